"""Jobs that wait, go on after their end in the same folder, are listed by kind and deleted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from store.errors import StoreError, StudioError
from store.runs import RunFolder, folder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path, "train", ["train", "--store", str(tmp_path)])


@pytest.fixture(scope="module")
def dead() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as child:
        child.wait()
    return child.pid


def kinds(run: RunFolder) -> list[str]:
    return [event.kind for event in run.read(0)[0]]


def test_a_job_is_asked_to_wait_and_to_go_on(run: RunFolder) -> None:
    job = RunFolder(run.path)
    assert not job.paused()
    run.pause()
    run.pause()
    assert job.paused()
    run.go_on()
    run.go_on()
    assert not job.paused()


@pytest.mark.parametrize("outcome", ["done", "failed", "cancelled"])
def test_a_job_that_has_ended_goes_on_in_its_folder(run: RunFolder, outcome: folder.Outcome) -> None:
    watcher = RunFolder(run.path)
    started = watcher.state().started
    run.event("step", step=1)
    run.finish(outcome, what="why")
    run.cancel()
    run.pause()
    (run.path / "told").touch()
    assert watcher.state().ended

    run.resume(["train", "--resume", run.id])
    # Both one that has watched all the time and one that comes now see it wait for its process.
    for one in (watcher, RunFolder(run.path)):
        state = one.state()
        assert (state.state, state.kind, state.started, state.result) == ("queued", "train", started, {})
    assert run.about()["command"] == ["train", "--resume", run.id]
    assert not run.cancelled()
    assert not run.paused()
    assert not (run.path / "told").exists()

    job = RunFolder(run.path)
    job.begin()
    assert watcher.state().state == "running"
    job.event("step", step=2)
    job.finish("done", best=0.5)
    assert kinds(run) == ["step", "finished", "resumed", "step", "finished"]
    assert watcher.state().result == RunFolder(run.path).state().result == {"best": 0.5}


def test_a_killed_job_is_resumed_and_its_half_line_costs_nothing(run: RunFolder, dead: int) -> None:
    run.event("step", step=1)
    with (run.path / "events.jsonl").open("ab") as events:
        events.write(b'{"kind": "step", "at": "2026-')
    (run.path / "pid").write_text(f"{dead} 1")
    assert run.state().state == "lost"
    run.resume(["train"])
    run.event("step", step=2)
    assert kinds(run) == ["step", "resumed", "step"]
    assert RunFolder(run.path).state().state == "running"


def test_a_job_that_runs_is_neither_resumed_nor_deleted(run: RunFolder) -> None:
    with pytest.raises(StoreError, match="still runs"):
        run.resume(["train"])
    run.begin()
    with pytest.raises(StoreError, match="still runs"):
        run.resume(["train"])
    with pytest.raises(StoreError, match="still runs"):
        run.delete()
    assert kinds(run) == []


def test_a_resumed_job_that_never_begins_is_lost_after_a_while(run: RunFolder) -> None:
    run.finish("failed")
    run.resume(["train"])
    past = time.time() - 3600
    os.utime(run.path / "run.json", (past, past))
    assert run.state().state == "lost"
    run.resume(["train"])
    assert run.state().state == "queued"


def test_a_job_resumed_on_another_machine_is_known_by_that_one(run: RunFolder) -> None:
    about = json.loads((run.path / "run.json").read_text())
    (run.path / "run.json").write_text(json.dumps({**about, "host": "elsewhere"}))
    run.finish("failed")
    run.resume(["train"])
    assert run.about()["host"] != "elsewhere"


def test_a_beat_keeps_a_silent_job_alive(run: RunFolder) -> None:
    run.begin()
    past = time.time() - 3600
    os.utime(run.path / "heartbeat", (past, past))
    run.beat()
    assert (run.path / "heartbeat").stat().st_mtime > past


def test_the_state_of_a_long_run_stands_in_its_last_events(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_TAIL_BYTES", 1000)
    run.event("progress", done=1, total=100)
    assert run.tail() == 0
    for step in range(100):
        run.event("step", step=step)
    run.event("progress", done=7, total=100)
    events, end = run.read(run.tail())
    assert 1 < len(events) < 30
    assert end == (run.path / "events.jsonl").stat().st_size
    assert events[-2].data == {"step": 99}
    assert RunFolder(run.path).state().done == 7
    (run.path / "events.jsonl").unlink()
    assert run.tail() == 0


def test_only_events_of_some_kinds_are_read(run: RunFolder) -> None:
    for step in range(5):
        run.event("step", step=step)
        run.event("stepping", step=step)
    run.event("epoch", epoch=1)
    events, end = run.read(0, ("step", "epoch"))
    assert [event.kind for event in events] == ["step"] * 5 + ["epoch"]
    assert run.read(end, ("step",)) == ([], end)
    assert end == run.read(0)[1]


def test_jobs_are_listed_by_kind(tmp_path: Path) -> None:
    made = {
        kind: RunFolder.create(tmp_path, kind, [kind]).id for kind in ("train", "evaluate", "import", "odd")
    }
    (tmp_path / "runs" / made["odd"] / "run.json").write_text("{")
    assert [run.id for run in RunFolder.all(tmp_path, "train")] == [made["train"]]
    assert {run.id for run in RunFolder.all(tmp_path, "train", "evaluate")} == {
        made["train"],
        made["evaluate"],
    }
    assert len(RunFolder.all(tmp_path)) == 4


def test_a_run_is_found_by_its_id_and_by_its_folder(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="There are none yet"):
        RunFolder.find(tmp_path, "x")
    run = RunFolder.create(tmp_path, "train", [])
    assert RunFolder.find(tmp_path, run.id).path == run.path
    assert RunFolder.find(tmp_path, str(run.path)).path == run.path
    with pytest.raises(StudioError, match=f"no run 'x'.*{run.id}"):
        RunFolder.find(tmp_path, "x")
    with pytest.raises(StudioError, match="no run ''"):
        RunFolder.find(tmp_path, "")


def test_a_run_is_deleted_with_all_that_is_in_it(run: RunFolder, tmp_path: Path) -> None:
    (run.path / "checkpoints").mkdir()
    (run.path / "checkpoints" / "last.ckpt").write_bytes(b"x" * 100)
    elsewhere = tmp_path / "kept"
    elsewhere.mkdir()
    (run.path / "link").symlink_to(elsewhere)
    run.finish("done")
    run.delete()
    assert not run.path.exists()
    assert elsewhere.is_dir()
    assert RunFolder.all(tmp_path) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_run_that_cannot_be_deleted_stays_listed(run: RunFolder, tmp_path: Path) -> None:
    kept = run.path / "checkpoints"
    kept.mkdir()
    (kept / "last.ckpt").write_bytes(b"x")
    run.finish("done")
    kept.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            run.delete()
    finally:
        kept.chmod(0o700)
    assert [one.id for one in RunFolder.all(tmp_path)] == [run.id]


def test_a_full_disk_is_told_and_not_taken_for_written(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    run.begin()
    (run.path / "events.jsonl").unlink()
    (run.path / "events.jsonl").symlink_to("/dev/full")
    with pytest.raises(StoreError, match="No space left"):
        run.event("step")

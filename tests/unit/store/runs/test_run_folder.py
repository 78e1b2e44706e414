"""The folder of a job, seen from the job and from those who watch it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from store.errors import Cancelled, StoreError
from store.progress import Progress
from store.runs import RunFolder, folder

REPOSITORY = Path(__file__).resolve().parents[4]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path, "Export COCO", ["export", "coco", "out.json"])


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every progress is written."""
    monkeypatch.setattr(folder, "_EVERY_SECONDS", 0.0)


def test_a_new_job_waits(run: RunFolder, tmp_path: Path) -> None:
    assert run.path.parent == tmp_path / "runs"
    assert run.id.endswith("-export-coco")
    about = run.about()
    assert about["command"] == ["export", "coco", "out.json"]
    assert about["store"] == str(tmp_path)
    state = RunFolder(run.path).state()
    assert (state.kind, state.state, state.done, state.total) == ("Export COCO", "queued", 0, 0)
    assert not state.ended
    assert run.log == run.path / "log.txt"


def test_progress_is_seen_by_a_watcher(run: RunFolder, eager: None) -> None:
    watcher = RunFolder(run.path)
    report: Progress = run.progress
    report(3, 10, "reading")
    state = watcher.state()
    assert (state.state, state.done, state.total, state.message) == ("running", 3, 10, "reading")
    report(4, 0)
    assert (watcher.state().done, watcher.state().total) == (4, 0)
    run.finish("done", images=5, files=["a.json"])
    state = watcher.state()
    assert (state.state, state.done) == ("done", 4)
    assert state.result == {"images": 5, "files": ["a.json"]}
    assert state.ended
    assert RunFolder(run.path).state() == state


@pytest.mark.parametrize("outcome", ["failed", "cancelled"])
def test_a_job_says_how_it_ended(run: RunFolder, outcome: folder.Outcome) -> None:
    run.finish(outcome, error="no room")
    state = run.state()
    assert (state.state, state.result) == (outcome, {"error": "no room"})


def test_events_are_written_at_most_ten_times_a_second_but_the_last_always(run: RunFolder) -> None:
    for done in range(1001):
        run.progress(done, 1000)
    events, _ = run.read(0)
    assert events[0].data["done"] == 0
    assert events[-1].data["done"] == 1000
    assert len(events) < 500


def test_cancelling(run: RunFolder, eager: None) -> None:
    run.progress(1, 2)
    assert not run.cancelled()
    RunFolder(run.path).cancel()
    assert run.cancelled()
    with pytest.raises(Cancelled, match=run.id):
        run.progress(2, 2)
    run.finish("cancelled")
    assert run.state().state == "cancelled"


def test_events_are_read_from_where_one_left_off(run: RunFolder) -> None:
    run.event("metric", loss=0.5)
    events, offset = run.read(0)
    assert [(e.kind, e.data) for e in events] == [("metric", {"loss": 0.5})]
    assert run.read(offset) == ([], offset)
    run.event("problem", file=Path("a.json"))
    events, end = run.read(offset)
    assert [(e.kind, e.data["file"]) for e in events] == [("problem", "a.json")]
    assert end > offset


def test_half_a_line_is_left_for_later_and_a_broken_one_skipped(run: RunFolder) -> None:
    run.event("one")
    events = run.path / "events.jsonl"
    whole = events.read_bytes()
    events.write_bytes(whole + b"{broken}\n[1]\n" + whole[:10])
    found, offset = run.read(0)
    assert [event.kind for event in found] == ["one"]
    events.write_bytes(whole + b"{broken}\n[1]\n" + whole)
    found, _ = run.read(offset)
    assert [event.kind for event in found] == ["one"]
    events.unlink()
    assert run.read(0) == ([], 0)


WORKER = """
import sys, time
from pathlib import Path
from store.runs import RunFolder

run = RunFolder(Path(sys.argv[1]))
run.progress(1, 9)
print("begun", flush=True)
time.sleep(60)
"""


def test_a_killed_job_is_lost(run: RunFolder) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(run.path)],
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    ) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        assert run.state().state == "running"
        worker.send_signal(signal.SIGTERM)
        worker.stdout.read()
        # Not waited for yet: a dead child that nobody has collected is lost as well.
        deadline = time.monotonic() + 10
        while run.state().state == "running" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert run.state().state == "lost"
    state = run.state()
    assert (state.state, state.done, state.total) == ("lost", 1, 9)
    assert state.ended


def test_another_process_with_the_same_number_is_not_the_job(run: RunFolder) -> None:
    run.event("begun")
    assert run.state().state == "running"
    (run.path / "pid").write_text(f"{os.getpid()} 1")
    assert run.state().state == "lost"


def test_a_job_that_never_began_is_lost_after_a_while(run: RunFolder) -> None:
    past = time.time() - 3600
    os.utime(run.path / "run.json", (past, past))
    assert run.state().state == "lost"


def test_a_job_on_another_machine_lives_by_its_heartbeat(run: RunFolder) -> None:
    run.event("begun")
    about = json.loads((run.path / "run.json").read_text())
    (run.path / "run.json").write_text(json.dumps({**about, "host": "elsewhere"}))
    (run.path / "pid").write_text("999999999 5")
    assert run.state().state == "running"
    past = time.time() - 3600
    os.utime(run.path / "heartbeat", (past, past))
    assert run.state().state == "lost"
    (run.path / "heartbeat").unlink()
    assert run.state().state == "lost"


def test_all_jobs_of_a_store_newest_first(tmp_path: Path) -> None:
    assert RunFolder.all(tmp_path) == []
    made = [RunFolder.create(tmp_path, "import", []) for _ in range(3)]
    (tmp_path / "runs" / "stray").mkdir()
    found = RunFolder.all(tmp_path)
    assert {run.id for run in found} == {run.id for run in made}
    assert [run.id for run in found] == sorted((run.id for run in found), reverse=True)


def test_what_cannot_be_written_or_read_is_told(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="No job can be started"):
        RunFolder.create(tmp_path / "file", "import", [])
    gone = RunFolder(tmp_path / "gone")
    with pytest.raises(StoreError, match="cannot be read"):
        gone.state()
    with pytest.raises(StoreError, match="cannot be written"):
        gone.event("x")
    with pytest.raises(StoreError, match="cannot be written"):
        gone.cancel()
    (run.path / "run.json").write_text("{")
    with pytest.raises(StoreError, match="cannot be read"):
        RunFolder(run.path).state()

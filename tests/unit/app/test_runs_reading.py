"""The reading of run folders: events come once, ended runs are read once, damage costs one run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.controllers import runs_reading
from app.controllers.runs_reading import Found, RunsReader
from app.jobs.naming import last_words, title_of_run
from store.runs import RunFolder
from store.runs.results import Evaluation, GarmentResults, write_evaluation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def make(folder: Path, kind: str = "train", name: str = "") -> RunFolder:
    run = RunFolder.create(folder, kind, [kind, "--store", str(folder)])
    if name:
        (run.path / "config.toml").write_text(f'name = "{name}"\n')
    return run


def train(run: RunFolder, steps: int = 10, first: int = 1) -> None:
    """What a training run says, shortened."""
    config = {"name": "x", "model": {"architecture": "match-rcnn"}}
    run.event("started", config=config, garments=9, images=8, epochs=2, steps_per_epoch=steps, step=first - 1)
    for step in range(first, first + steps):
        run.event("step", step=step, epoch=step / steps, loss=1 / step, losses={"box": 0.5})
    run.event("epoch", epoch=1, step=steps, metrics={"landmarks/AP": 0.5}, headline="landmarks/AP", best=True)


def by_id(found: tuple[Found, ...]) -> dict[str, Found]:
    return {one.run.id: one for one in found}


def test_a_store_without_runs_has_none(folder: Path) -> None:
    assert RunsReader(folder).look(()) == ()


def test_a_live_run_is_read_once_and_then_only_what_is_new(folder: Path) -> None:
    run = make(folder, name="first")
    train(run)
    reader = RunsReader(folder)
    (found,) = reader.look(())
    assert found.series is not None
    assert (found.name, found.state.state, found.summary) == ("first", "running", None)
    assert len(found.series.losses["loss"]) == 10
    (found,) = reader.look(())
    assert (found.series, found.events) == (None, ())
    run.event("step", step=11, epoch=1.1, loss=0.1)
    (found,) = reader.look(())
    assert found.series is None
    assert [event.data["step"] for event in found.events] == [11]


def test_much_that_is_new_comes_as_a_new_series(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_reading, "_MUCH", 500)
    run = make(folder)
    train(run)
    reader = RunsReader(folder)
    (before,) = reader.look(())
    for step in range(11, 31):
        run.event("step", step=step, epoch=step / 10, loss=0.1)
    (after,) = reader.look(())
    assert after.series is not None
    assert after.series is not before.series
    assert len(after.series.losses["loss"]) == 30


def test_an_ended_run_is_one_line_and_its_events_are_read_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make(folder, name="first")
    train(run)
    run.finish("done", model="first")
    (found,) = RunsReader(folder).look(())
    assert found.summary is not None
    assert found.summary.standing == "done"
    assert found.summary.headline == "landmark AP 0.500"
    assert (found.summary.epoch, found.summary.epochs, found.summary.network) == (1.0, 2, "match-rcnn")
    assert (run.path / "summary.json").exists()

    def never(*_arguments: Any) -> Any:
        raise AssertionError("read again")

    with monkeypatch.context() as patched:
        patched.setattr(runs_reading, "Series", never)
        (again,) = RunsReader(folder).look(())
    assert again.summary == found.summary

    # It goes on: the line that was kept counts no more.
    run.resume(["train"])
    (resumed,) = RunsReader(folder).look(())
    assert resumed.summary is None
    assert resumed.state.state == "queued"


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"version": 1, "size": 1}', '{"version": 0}'])
def test_a_damaged_line_is_made_anew(folder: Path, kept: str) -> None:
    run = make(folder, name="first")
    train(run)
    run.finish("failed", what="Nothing fits.", fix="Take more.")
    (run.path / "summary.json").write_text(kept)
    (found,) = RunsReader(folder).look(())
    assert found.summary is not None
    assert (found.summary.standing, found.summary.reason) == ("failed", "Nothing fits.")
    assert json.loads((run.path / "summary.json").read_text())["summary"]["name"] == "first"


def test_a_selected_run_is_followed_though_it_has_ended(folder: Path) -> None:
    run = make(folder)
    train(run)
    run.finish("cancelled")
    reader = RunsReader(folder)
    reader.look(())
    (found,) = reader.look({run.id})
    assert found.series is not None
    assert found.texts is not None
    (again,) = reader.look({run.id})
    assert (again.series, again.events) == (None, ())
    assert again.texts is found.texts
    (left,) = reader.look(())
    assert left.summary is not None
    (back,) = reader.look({run.id})
    assert back.series is not None


def test_what_lies_beside_the_events_is_read_when_it_changes(folder: Path) -> None:
    run = make(folder, name="first")
    train(run)
    reader = RunsReader(folder)
    (found,) = reader.look({run.id})
    assert found.texts is not None
    assert found.texts.config == 'name = "first"\n'
    assert found.texts.evaluation is None
    assert "train --store" in found.texts.command
    run.log.write_text("".join(f"line {number}\n" for number in range(10_000)))
    (run.path / "evaluation").mkdir()
    evaluation = Evaluation("first", "held out", "2026", 1, 1, {"boxes/AP": 0.5})
    none: Any = []
    write_evaluation(evaluation, GarmentResults(none, none, {}, {}), run.path / "evaluation")
    (found,) = reader.look({run.id})
    assert found.texts is not None
    assert found.texts.log.endswith("line 9999\n")
    assert found.texts.log.startswith("line ")
    assert len(found.texts.log) <= runs_reading._LOG_BYTES
    assert found.texts.evaluation == evaluation
    (run.path / "evaluation" / "evaluation.json").write_text("{}")
    (found,) = reader.look({run.id})
    assert found.texts is not None
    assert found.texts.evaluation is None
    assert found.texts.problem is not None


def test_a_request_to_stop_is_seen(folder: Path) -> None:
    run = make(folder)
    train(run)
    run.cancel()
    (found,) = RunsReader(folder).look(())
    assert found.stopping


def test_evaluations_are_listed_while_they_run_and_where_they_failed(folder: Path) -> None:
    trained = make(folder, name="first")
    trained.finish("done")
    evaluation = RunFolder.create(folder, "evaluate", ["evaluate", "run", str(trained.path), "--store", "s"])
    make(folder, "import")
    evaluation.begin()
    reader = RunsReader(folder)
    found = by_id(reader.look(()))
    assert found.keys() == {trained.id, evaluation.id}
    assert found[evaluation.id].name == "first, evaluation"
    assert title_of_run(evaluation) == "Evaluate first"
    evaluation.finish("done")
    assert by_id(reader.look(())).keys() == {trained.id}
    assert by_id(RunsReader(folder).look(())).keys() == {trained.id}


def test_a_broken_and_a_deleted_run_cost_nobody_else_anything(folder: Path) -> None:
    kept, gone, broken = (make(folder) for _ in range(3))
    for run in (kept, gone, broken):
        run.finish("done")
    reader = RunsReader(folder)
    assert len(reader.look(())) == 3
    gone.delete()
    (broken.path / "run.json").write_text("{")
    (broken.path / "events.jsonl").write_text("")
    assert by_id(reader.look(())).keys() >= {kept.id}
    assert gone.id not in by_id(reader.look(()))
    assert by_id(RunsReader(folder).look(())).keys() == {kept.id}


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("Reading\nError: a.toml is not TOML. Mend it.\n", "a.toml is not TOML. Mend it."),
        ("Error: first\nReading\n", "first"),
        ("╭─ Error ─╮\n│ No such command 'x'. │\n╰─────╯\n", "No such command 'x'."),
        ("\n", "It failed without a word."),
    ],
)
def test_what_a_failed_job_printed_last_is_found(folder: Path, log: str, said: str) -> None:
    run = make(folder)
    assert last_words(run) == "It failed without a word."
    run.log.write_text(log)
    assert last_words(run) == said


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_folder_that_may_not_be_written_is_read_all_the_same(folder: Path) -> None:
    run = make(folder)
    train(run)
    run.finish("done")
    run.path.chmod(0o500)
    try:
        (found,) = RunsReader(folder).look(())
    finally:
        run.path.chmod(0o700)
    assert found.summary is not None

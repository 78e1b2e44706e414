"""What a command tells a person, a program, and the folder of its job."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from app.cli import reporter as reporter_module
from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from store.errors import Cancelled, FormatError
from store.runs import RunFolder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path, "import", ["import", "coco", "a.json"])


def test_json_is_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with Reporter(as_json=True) as reporter:
        reporter(1, 3, "Reading")
        code = reporter.result({"images": 3, "path": Path("x")}, ["3 images"], Exit.PROBLEMS)
    captured = capsys.readouterr()
    assert code == 1
    assert json.loads(captured.out) == {"images": 3, "path": "x"}
    assert "Reading: 1 of 3" in captured.err


def test_people_get_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Reporter() as reporter:
        assert reporter.result({"images": 3}, ["3 images", "no problems"]) == 0
    assert capsys.readouterr().out == "3 images\nno problems\n"


def test_plain_progress_is_not_a_line_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    with Reporter() as reporter:
        for done in range(500):
            reporter(done, 500, "Reading")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_job_that_waits_does_not_say_the_same_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter_module, "PLAIN_EVERY", 0.0)
    with Reporter() as reporter:
        for done in (3, 3, 3, 4):
            reporter(done, 500, "Embedding")
    assert capsys.readouterr().err.splitlines() == ["Embedding: 3 of 500", "Embedding: 4 of 500"]


def test_a_job_leaves_its_steps_and_its_result_in_its_folder(run: RunFolder) -> None:
    with Reporter(run=run.path) as reporter:
        reporter(5, 10, "Reading")
        reporter.event("proof", key="counts", held=True)
        assert RunFolder(run.path).state().state == "running"
        reporter.result({"images": 10}, ["10 images"])
    state = RunFolder(run.path).state()
    assert (state.state, state.done, state.total, state.message) == ("done", 5, 10, "Reading")
    assert dict(state.result) == {"images": 10}
    assert [event.kind for event in run.read(0)[0]] == ["progress", "proof", "finished"]


def test_the_cancel_file_stops_a_job(run: RunFolder) -> None:
    run.cancel()
    with pytest.raises(Cancelled), Reporter(run=run.path) as reporter:
        reporter(1, 10)
    assert RunFolder(run.path).state().state == "cancelled"


def test_bad_input_is_kept_with_what_to_do(run: RunFolder) -> None:
    with pytest.raises(FormatError), Reporter(run=run.path):
        raise FormatError("a.json is not JSON.", "Choose another file.")
    state = RunFolder(run.path).state()
    assert state.state == "failed"
    assert dict(state.result) == {"what": "a.json is not JSON.", "fix": "Choose another file."}


def test_our_own_fault_is_marked_as_such(run: RunFolder) -> None:
    with pytest.raises(ZeroDivisionError), Reporter(run=run.path):
        raise ZeroDivisionError("by us")
    assert RunFolder(run.path).state().result["bug"] is True


def interrupt(times: int, reporter: Reporter) -> None:
    """Ctrl+C, so many times, then a step of the work."""
    with reporter:
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
        reporter(1, 2)


def test_ctrl_c_stops_at_the_next_step_and_the_handler_is_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(Cancelled):
        interrupt(1, Reporter())
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_does_not_wait() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupt(2, Reporter())

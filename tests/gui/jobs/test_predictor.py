"""The window asks, and goes on; whatever becomes of the process, the last question is answered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from pytestqt.qtbot import QtBot

from app.jobs import link, predictor
from inference.serving.messages import Ask, Embed, Embedded, Explain, Explained, Failure, Sight
from resources.taxonomy import categories
from store.runs.manifest import read_manifest
from store.runs.predicting import mapping
from tests.gui.jobs.forked_worker import SUBPROCESS


def test_a_question_before_the_model_is_there_is_answered(
    heard: Any, detector: Path, asks: list[Ask]
) -> None:
    heard.client.ask(asks[0])
    heard.client.start(detector, "cpu")
    assert heard.client.state.kind == "starting"
    assert not heard.answers
    heard.until(lambda: heard.answers)
    (answer,) = heard.answers
    assert (answer.id, answer.image_id, answer.model, answer.device) == (1, 101, "match-rcnn", "cpu")
    assert answer.prediction.garments
    assert heard.kinds == ["starting", "idle", "working", "idle"]
    state = heard.client.state
    assert (state.model, state.device, state.message) == ("match-rcnn", "cpu", "")
    assert state.ready.spec == read_manifest(detector).spec
    assert "cpu" in [one.id for one in state.devices]
    heard.until(lambda: 0 < heard.client.state.memory_used < heard.client.state.memory_total)


def test_only_the_newest_question_is_answered(warm: Any, detector: Path, asks: list[Ask]) -> None:
    for ask in asks[:5]:
        warm.client.ask(ask)
    assert not warm.answers
    assert warm.client.state.kind == "working"
    warm.until(lambda: warm.answers)
    warm.answer(asks[5])
    assert [one.id for one in warm.answers] == [5, 6]


def test_what_was_answered_or_done_ahead_needs_no_process(
    warm: Any, detector: Path, asks: list[Ask], qtbot: QtBot
) -> None:
    first = warm.answer(asks[0])
    warm.client.ahead(asks[1:4])
    warm.until(lambda: len(warm.client._answers) == 4)
    # Nobody has asked for these.
    assert warm.answers == [first]
    os.kill(warm.client.pid, signal.SIGSTOP)
    try:
        for ask in (asks[3], asks[0], asks[2]):
            answer = warm.answer(replace(ask, id=ask.id + 50))
            assert (answer.id, answer.image_id) == (ask.id + 50, ask.image_id)
        # Another box is another question.
        warm.client.ask(replace(asks[0], garments=asks[0].garments[:1]))
        qtbot.wait(50)
        assert warm.client.state.kind == "working"
    finally:
        os.kill(warm.client.pid, signal.SIGCONT)
    warm.until(lambda: warm.client.state.kind == "idle")


def test_a_picture_under_work_ahead_is_answered_when_it_is_asked_for(
    warm: Any, detector: Path, asks: list[Ask]
) -> None:
    warm.client.ahead(asks)
    answer = warm.answer(asks[0])
    assert answer.id == 1
    warm.until(lambda: len(warm.client._answers) == len(asks))
    assert len(warm.answers) == 1


@pytest.mark.usefixtures("forked")
def test_a_killed_process_is_started_again_for_the_question_but_not_for_ever(
    heard: Any, detector: Path, asks: list[Ask]
) -> None:
    heard.client.start(detector, "cpu")
    heard.answer(asks[0])
    first = heard.client.pid
    os.kill(first, signal.SIGSTOP)
    heard.client.ask(asks[1])
    os.kill(first, signal.SIGKILL)
    heard.until(lambda: heard.client.state.kind == "lost")
    assert "SIGKILL" in heard.client.state.message
    assert "starting again" in heard.client.state.message
    # What is kept is answered even now, and what was asked last comes in the end.
    assert heard.answer(asks[0]).id == 1
    heard.client.ask(asks[1])
    heard.until(lambda: len(heard.answers) == 3)
    assert heard.answers[-1].id == 2
    assert heard.client.pid != first
    assert heard.client.state.message == ""
    assert heard.kinds[-5:] == ["lost", "starting", "idle", "working", "idle"]
    assert not heard.failures

    # An image that kills it is given up.
    def fatal(state: predictor.PredictorState) -> None:
        if state.kind == "working" and heard.client._asked.image_id == asks[2].image_id:
            os.kill(heard.client.pid, signal.SIGKILL)

    heard.client.state_changed.connect(fatal)
    heard.client.ask(asks[2])
    heard.until(lambda: heard.failures)
    (failure,) = heard.failures
    assert (failure.id, failure.image_id) == (3, 103)
    assert "2 times" in failure.message
    assert failure.fix
    # The next image is answered.
    assert heard.answer(asks[3]).image_id == 104


@pytest.mark.usefixtures("forked")
def test_choosing_again_while_it_is_lost_starts_one_process(
    heard: Any, detector: Path, asks: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[link.Link] = []
    begin = link.Link.begin
    monkeypatch.setattr(link.Link, "begin", lambda self: (started.append(self), begin(self)))
    heard.client.start(detector, "cpu")
    heard.until(lambda: heard.client.pid)
    os.kill(heard.client.pid, signal.SIGKILL)
    heard.until(lambda: heard.client.state.kind == "lost")
    heard.client.start(detector, "cpu")
    heard.answer(asks[0])
    assert len(started) == 2


def test_a_process_that_cannot_live_is_not_started_for_ever(
    heard: Any, detector: Path, asks: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictor, "BACK_OFF", (1, 1))
    monkeypatch.setattr(link, "COMMAND", ("-c", "raise SystemExit('no torch here')"))
    heard.client.ask(asks[0])
    heard.client.start(detector, "cpu")
    heard.until(lambda: heard.failures)
    assert heard.client.state.kind == "lost"
    assert "no torch here" in heard.client.state.message
    assert heard.client.state.fix
    assert heard.kinds == ["starting", "lost", "starting", "lost", "starting", "lost"]
    monkeypatch.undo()
    # A person may try again.
    heard.client.start(detector, "cpu")
    heard.until(lambda: heard.answers)


def test_an_interpreter_that_is_not_there_is_told(
    heard: Any, detector: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictor, "BACK_OFF", ())
    monkeypatch.setattr(link.sys, "executable", "/no/such/python")
    heard.client.start(detector, "cpu")
    heard.until(lambda: heard.client.state.kind == "lost")
    assert "cannot be started" in heard.client.state.message


def test_another_model_is_asked_the_last_question(
    warm: Any, detector: Path, make_model: Callable[[str], Path], asks: list[Ask]
) -> None:
    warm.client.start(detector, "cpu")
    warm.answer(asks[0])
    process = warm.client.pid
    warm.client.start(make_model("fashionnet"), "cpu")
    warm.until(lambda: len(warm.answers) == 2)
    answer = warm.answers[-1]
    assert (answer.id, answer.model) == (1, "fashionnet")
    assert [one.garment_id for one in answer.prediction.garments] == [10, 11]
    # And back: what it has said before is still known.
    warm.client.start(detector, "cpu")
    warm.until(lambda: len(warm.answers) == 3)
    assert warm.answers[2].model == "match-rcnn"
    np.testing.assert_array_equal(
        warm.answers[2].prediction.garments[0].box, warm.answers[0].prediction.garments[0].box
    )
    assert warm.answers[2].seconds == warm.answers[0].seconds
    assert warm.client.pid == process


def test_a_mapped_model_answers_in_the_categories_of_the_store(
    warm: Any, detector: Path, asks: list[Ask]
) -> None:
    wanted = {"short sleeve top": "vest dress", "trousers": ""}
    mapped = mapping(read_manifest(detector).spec, categories(), wanted)
    warm.client.start(detector, "cpu", mapped)
    answer = warm.answer(asks[0])
    assert {one.category_id for one in answer.prediction.garments} <= {12}
    assert [one.id for one in warm.client.state.ready.spec.categories] == [12]


def test_a_model_or_device_that_cannot_be_used_is_told_and_another_one_taken(
    warm: Any, detector: Path, asks: list[Ask], tmp_path: Path
) -> None:
    warm.client.ask(asks[0])
    warm.client.start(tmp_path, "cpu")
    warm.until(lambda: warm.failures)
    assert (warm.failures[0].id, str(tmp_path) in warm.failures[0].message) == (1, True)
    assert (warm.client.state.kind, bool(warm.client.state.fix)) == ("off", True)
    warm.client.ask(asks[1])
    warm.until(lambda: len(warm.failures) == 2)
    assert warm.failures[1].image_id == 102
    warm.client.start(detector, "cuda:77")
    warm.until(lambda: len(warm.failures) == 3)
    assert "cuda:77" in warm.client.state.message
    assert warm.client.state.devices[0].id == "cpu"
    warm.client.start(detector, "cpu")
    warm.until(lambda: warm.answers)
    assert (warm.answers[0].id, warm.client.state.message) == (2, "")


def test_a_picture_that_is_none_is_told_and_the_next_one_answered(
    warm: Any, detector: Path, asks: list[Ask], tmp_path: Path
) -> None:
    file = tmp_path / "text.jpg"
    file.write_text("no picture")
    warm.client.ask(Ask(70, 7, str(file), 10, 10))
    warm.until(lambda: warm.failures)
    assert (warm.failures[0].id, str(file) in warm.failures[0].message) == (70, True)
    assert warm.answer(asks[0]).id == 1


def test_what_is_forgotten_is_not_answered(warm: Any, detector: Path, asks: list[Ask], qtbot: QtBot) -> None:
    warm.client.ask(asks[0])
    warm.client.forget()
    assert warm.client.state.kind == "idle"
    warm.until(lambda: warm.client._answers)
    assert not warm.answers


class Told:
    """What a client has said of sights."""

    def __init__(self, client: predictor.PredictorClient) -> None:
        self.embedded: list[Embedded] = []
        self.explained: list[Explained] = []
        self.failures: list[tuple[str, Failure]] = []
        client.embedded.connect(self.embedded.append)
        client.explained.connect(self.explained.append)
        client.not_embedded.connect(self._not_embedded)
        client.not_explained.connect(self._not_explained)

    def _not_embedded(self, failure: Failure) -> None:
        self.failures.append(("embed", failure))

    def _not_explained(self, failure: Failure) -> None:
        self.failures.append(("explain", failure))


def test_sights_are_embedded_and_explained_beside_the_question(warm: Any, asks: list[Ask]) -> None:
    told = Told(warm.client)
    one, other = Sight(asks[0].path, asks[0].garments[0].box), Sight(asks[1].path)
    for number in range(1, 4):
        warm.client.embed(Embed(number, one))
        warm.client.explain(Explain(number, one, other))
    warm.client.ask(asks[2])
    warm.until(lambda: warm.answers and told.embedded and told.explained)
    warm.client.embed(Embed(9, other))
    warm.until(lambda: told.embedded[-1].id == 9)
    assert [one.id for one in told.embedded] == [3, 9]
    (reason,) = told.explained
    assert (reason.id, reason.heat.ndim, float(reason.heat.max())) == (3, 2, pytest.approx(1))
    first, second = (one.vector for one in told.embedded)
    assert reason.likeness == pytest.approx(float(first @ second), abs=1e-4)
    assert [one.id for one in warm.answers] == [3]
    assert not told.failures


@pytest.mark.usefixtures("forked")
def test_a_sight_without_a_process_or_a_model_is_denied(
    heard: Any, asks: list[Ask], detector: Path, tmp_path: Path
) -> None:
    told = Told(heard.client)
    heard.client.embed(Embed(1, Sight(asks[0].path)))
    assert not told.failures
    heard.until(lambda: told.failures)
    assert (told.failures[0][0], told.failures[0][1].id) == ("embed", 1)
    heard.client.start(tmp_path, "cpu")
    heard.client.explain(Explain(2, Sight(asks[0].path), Sight(asks[1].path)))
    heard.until(lambda: len(told.failures) == 2)
    assert str(tmp_path) in told.failures[1][1].message
    heard.client.start(detector, "cpu")
    heard.client.embed(Embed(3, Sight(str(tmp_path / "gone.jpg"))))
    heard.until(lambda: len(told.failures) == 3)
    assert (told.failures[2][1].id, "gone.jpg" in told.failures[2][1].message) == (3, True)


@pytest.mark.usefixtures("forked")
def test_a_sight_outlives_the_process_unless_it_ends_it_again(
    heard: Any, asks: list[Ask], detector: Path
) -> None:
    told = Told(heard.client)
    heard.client.start(detector, "cpu")
    heard.until(lambda: heard.client.state.kind == "idle")
    os.kill(heard.client.pid, signal.SIGSTOP)
    heard.client.embed(Embed(1, Sight(asks[0].path)))
    os.kill(heard.client.pid, signal.SIGKILL)
    heard.until(lambda: told.embedded)
    assert told.embedded[0].id == 1

    def fatal(state: predictor.PredictorState) -> None:
        if state.kind == "idle" and heard.client.pid:
            os.kill(heard.client.pid, signal.SIGSTOP)
            os.kill(heard.client.pid, signal.SIGKILL)

    heard.client.state_changed.connect(fatal)
    os.kill(heard.client.pid, signal.SIGSTOP)
    heard.client.explain(Explain(2, Sight(asks[0].path), Sight(asks[1].path)))
    os.kill(heard.client.pid, signal.SIGKILL)
    heard.until(lambda: told.failures)
    assert (told.failures[0][0], told.failures[0][1].id) == ("explain", 2)
    assert "2 times" in told.failures[0][1].message


def stopped(client: predictor.PredictorClient) -> None:
    """Stops it, and looks that nothing is left."""
    process, threads = psutil.Process(client.pid), client._link
    client.stop()
    assert threads is not None
    assert threads.wait(5)
    assert not process.is_running()
    assert client.state == predictor.PredictorState(devices=client.state.devices)
    assert client.pid is None


def test_stopping_leaves_nothing_behind(
    heard: Any, detector: Path, asks: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.client.start(detector, "cpu")
    heard.until(lambda: heard.client.pid)
    assert heard.client.state.kind == "starting"
    stopped(heard.client)
    monkeypatch.setattr(link, "subprocess", SUBPROCESS)
    heard.client.start(detector, "cpu")
    heard.until(lambda: heard.client.state.kind == "idle")
    stopped(heard.client)
    heard.client.start(detector, "cpu")
    heard.answer(asks[0])
    heard.client.ask(asks[1])
    assert heard.client.state.kind == "working"
    stopped(heard.client)


def test_the_window_needs_no_torch_to_ask(detector: Path, asks: list[Ask]) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from app.jobs.predictor import PredictorClient\n"
        "from inference.serving.messages import *\n"
        "program = QCoreApplication([])\n"
        "client = PredictorClient()\n"
        "found = []\n"
        "client.answered.connect(found.append)\n"
        "client.answered.connect(program.quit)\n"
        "client.failed.connect(program.quit)\n"
        f"client.ask({asks[0]!r})\n"
        f"client.start(Path({str(detector)!r}), 'cpu')\n"
        "program.exec()\n"
        "client.stop()\n"
        "assert found[0].prediction.garments\n"
        "heavy = {'torch', 'torchvision', 'cv2', 'pydantic', 'sqlalchemy', 'pycocotools', 'lightning'}\n"
        "sys.stdout.write(' '.join(sorted(heavy & {n.split('.')[0] for n in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""

"""Small models without any training, pictures, and a client that is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.jobs import link
from app.jobs.predictor import PredictorClient, PredictorState
from inference.serving.messages import Answer, Ask, AskedGarment, Failure
from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec
from tests.gui.jobs.forked_worker import SUBPROCESS

#: The process reads in torch, and the machine may be busy.
PATIENCE = 60_000
WIDTH, HEIGHT = 96, 64


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writes the folder of a model with random weights."""

    def make(architecture: str) -> Path:
        import torch

        from inference.models import ARCHITECTURES, build, save_model
        from tests.unit.inference.sure import sure

        torch.manual_seed(3)
        kinds = (ModelCategory(1, "short sleeve top", 25), ModelCategory(8, "trousers", 14))
        schema = {"match-rcnn": "own", "fashionnet": "fashion8"}[architecture]
        spec = ModelSpec(architecture, "small", kinds, (), schema, 64, {"embedding_size": 16})
        network = build(spec)
        if ARCHITECTURES[architecture].whole_images:
            # Some garments of each category in every picture.
            sure(network, 60.0, 6.0)
        folder = tmp_path_factory.mktemp("models") / architecture
        folder.mkdir()
        save_model(network, ModelManifest(architecture, spec, ARCHITECTURES[architecture].tasks), folder)
        return folder

    return make


@pytest.fixture(scope="session")
def detector(make_model: Callable[[str], Path]) -> Path:
    return make_model("match-rcnn")


@pytest.fixture(scope="session")
def asks(tmp_path_factory: pytest.TempPathFactory) -> list[Ask]:
    """Questions about eight pictures with two garments each."""
    from store.cv import cv2

    folder = tmp_path_factory.mktemp("pictures")
    made = []
    for number in range(1, 9):
        file = folder / f"{number}.png"
        chance = np.random.default_rng(number)
        cv2.imwrite(str(file), chance.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8))
        garments = (
            AskedGarment(10 * number, 1, (5, 5, 50, 60)),
            AskedGarment(10 * number + 1, 8, (9, 9, 40, 30)),
        )
        made.append(Ask(number, 100 + number, str(file), WIDTH, HEIGHT, garments))
    return made


class Heard:
    """A client, and all that it has said."""

    def __init__(self, qtbot: QtBot, client: PredictorClient) -> None:
        self._qtbot = qtbot
        self.client = client
        self.states: list[PredictorState] = []
        self.answers: list[Answer] = []
        self.failures: list[Failure] = []
        self.client.state_changed.connect(self.states.append)
        self.client.answered.connect(self.answers.append)
        self.client.failed.connect(self.failures.append)

    def until(self, what: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(what()), timeout=PATIENCE)

    def answer(self, ask: Ask) -> Answer:
        """Ask, and wait for the answer."""
        before = len(self.answers)
        self.client.ask(ask)
        self.until(lambda: len(self.answers) > before)
        return self.answers[-1]

    @property
    def kinds(self) -> list[str]:
        """The kinds of the states it went through, each once in a row."""
        found: list[str] = []
        for state in self.states:
            if not found or found[-1] != state.kind:
                found.append(state.kind)
        return found

    def close(self) -> None:
        """Hear nothing more."""
        self.client.state_changed.disconnect(self.states.append)
        self.client.answered.disconnect(self.answers.append)
        self.client.failed.disconnect(self.failures.append)


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's prediction processes share one reading in of torch."""
    monkeypatch.setattr(link, "subprocess", SUBPROCESS)


@pytest.fixture
def heard(qtbot: QtBot) -> Iterator[Heard]:
    """A client of the test's own, without a process."""
    made = Heard(qtbot, PredictorClient())
    yield made
    link = made.client._link
    made.client.stop()
    assert link is None or link.wait(5)


@pytest.fixture(scope="module")
def running(qapp: QApplication, detector: Path) -> Iterator[PredictorClient]:
    """A client whose process stays: to begin one takes most of a test's time."""
    client = PredictorClient()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(link, "subprocess", SUBPROCESS)
        client.start(detector, "cpu")
        # Here and not in the first test, of which its threads would be left over.
        loop = QEventLoop()
        client.state_changed.connect(lambda state: loop.quit() if state.kind != "starting" else None)
        QTimer.singleShot(PATIENCE, loop, loop.quit)
        loop.exec()
    assert client.state.kind == "idle"
    yield client
    client.stop()


@pytest.fixture
def warm(running: PredictorClient, detector: Path, qtbot: QtBot) -> Iterator[Heard]:
    """A client that has the detector loaded, and has been asked nothing."""
    running.forget()
    running._answers.clear()
    running.start(detector, "cpu")
    made = Heard(qtbot, running)
    made.until(lambda: running.state.kind == "idle")
    made.states.clear()
    yield made
    made.close()

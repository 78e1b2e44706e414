"""Proposals in the real window, with a real process: only where they are wanted, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from resources.taxonomy import categories
from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec
from store.settings import SettingsFile
from widgets.panels.predictions import Standing

#: The process reads in torch, and the machine may be busy.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small detector with random weights."""
    import torch

    from inference.models import ARCHITECTURES, build, save_model

    torch.manual_seed(3)
    kinds = tuple(ModelCategory(one.id, one.name, one.schema.size) for one in categories())
    spec = ModelSpec("match-rcnn", "small", kinds, (), "own", 64, {"embedding_size": 16})
    folder = tmp_path_factory.mktemp("models") / "tiny"
    folder.mkdir()
    save_model(build(spec), ModelManifest("tiny", spec, ARCHITECTURES["match-rcnn"].tasks), folder)
    return folder


@pytest.fixture
def window(qtbot: QtBot, store_folder: Path, model: Path, predictions_as_asked: None) -> Iterator[MainWindow]:
    """The window with the first image of the small store in Annotate; the store has the model."""
    (store_folder / "models").mkdir()
    (store_folder / "models" / "tiny").symlink_to(model, target_is_directory=True)
    settings = SettingsFile()
    settings.set_layout(predictions={"model": "", "device": "cpu", "score": 0.0, "visibility": 0.0})
    made = MainWindow(settings)
    made.start(store_folder)
    made.show()
    qtbot.waitUntil(lambda: len(made.browse.slice.ids) > 0 and not made.session.desk.busy())
    made.open_row(0)
    qtbot.waitUntil(lambda: not made.session.desk.busy() and not made.annotate.proposals._soon.isActive())
    yield made
    made.close()
    made.deleteLater()


def test_switched_off_no_process_is_started(window: MainWindow, qtbot: QtBot) -> None:
    proposals = window.annotate.proposals
    assert not proposals.on
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    assert proposals.client.pid is None
    assert proposals.state.kind == "off"
    assert window.annotate.page.predictions_panel.standing is Standing.OFF
    window.annotate.step(1)
    qtbot.waitUntil(lambda: not proposals._soon.isActive() and not window.session.desk.busy())
    assert proposals.client.pid is None


@pytest.mark.predictions
def test_a_new_window_proposes_by_itself_and_its_process_ends_with_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    proposals, panel = window.annotate.proposals, window.annotate.page.predictions_panel
    assert proposals.on
    qtbot.waitUntil(lambda: panel.standing is Standing.READY, timeout=PATIENCE)
    assert proposals.model is not None
    assert proposals.model.name == "tiny"
    matches = window.annotate.page.predictions.matches
    assert matches
    process = psutil.Process(proposals.client.pid)

    # Off, nothing is shown and nothing asked; on again, the same process answers.
    window.annotate.page.set_layer("predictions", False)
    assert panel.standing is Standing.OFF
    assert not window.annotate.page.predictions.matches
    window.annotate.step(1)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    assert not window.annotate.page.predictions.matches
    with qtbot.waitSignal(proposals.shown, timeout=PATIENCE) as told:
        window.annotate.page.set_layer("predictions", True)
    assert told.args[0] > 0
    assert proposals.client.pid == process.pid

    threads = proposals.client._link
    window.close()
    assert threads.wait(10)
    assert not process.is_running()

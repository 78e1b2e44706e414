"""The steps of "The first correction" do what the guide says, key by key."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from store.db import Store
from store.demo import DemoOptions, write_demo
from store.importing import ImportOptions, import_dataset
from store.records import Review
from store.settings import SettingsFile
from tests.gui.docs.conftest import DOCS

Key = Qt.Key
NAME = "000004"


@pytest.fixture
def hand_module() -> ModuleType:
    """``docs/hand.py``, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("guide_hand", DOCS / "hand.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def store_folder(tmp_path: Path) -> Path:
    """A store of a few drawn images."""
    write_demo(tmp_path / "dataset", DemoOptions(images=8))
    with Store.create(tmp_path / "store", "demo") as store:
        import_dataset(store, "deepfashion2", tmp_path / "dataset", ImportOptions())
    return tmp_path / "store"


def test_filter_open_drag_undo_redo_accept(
    qapp: QApplication, hand_module: ModuleType, store_folder: Path
) -> None:
    with hand_module.working(SettingsFile()) as hand:
        window = hand.window
        hand.open_store(store_folder)
        hand.press(Key.Key_Slash)
        # At once: the offscreen platform does not give the keys back when completions have been offered.
        window.browse.page.filter.edit.insert(f"file ~ {NAME}")
        hand.press(Key.Key_Return)
        hand.settle()
        assert len(window.browse.slice.ids) == 1
        hand.press(Key.Key_Return)
        hand.settle()
        document = window.annotate.document
        assert document is not None
        assert NAME in document.image.name

        garment = document.garments[0]
        index = int(np.argmax(np.linalg.norm(garment.points - garment.points.mean(axis=0), axis=1)))
        x, y = garment.points[index].tolist()
        middle = garment.points.mean(axis=0)
        hand.drag((x, y), tuple(np.add((x, y), (middle - (x, y)) * 0.2).tolist()))
        moved = document.garments[0].points[index]
        assert np.linalg.norm(moved - (x, y)) > 3
        assert window.shell.status.saved.text().startswith("Saved ")
        hand.undo()
        assert document.garments[0].points[index].tolist() == [x, y]
        hand.redo()
        assert document.garments[0].points[index].tolist() == moved.tolist()
        hand.press(Key.Key_Return)
        assert document.image.review is Review.ACCEPTED

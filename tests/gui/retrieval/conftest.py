"""A small store whose ranking is made by hand, and a window that audits it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.records import Dataset, Domain, Garment, Image, ImageRecord
from tests.gui.small_windows import PATIENCE, done_with, draw, end_jobs, private_home, window_on
from tests.rankings import ranking_of
from widgets import style

#: Pair p has the consumer's garment 2p - 1 and the shop's 2p.
PAIRS = 6
#: The pairs whose queries find another pair's garment first: the pair after them.
FAILING = (1, 3)

Opened = Callable[[], MainWindow]
Key = Qt.Key


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    """The program's own look."""
    style.apply(qapp, "dark")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's models and settings are those of the test, and none ship."""
    private_home(tmp_path, monkeypatch)


@pytest.fixture
def no_jobs_left() -> Iterator[None]:
    """See :func:`end_jobs`."""
    yield
    end_jobs()


def vectors() -> np.ndarray:
    """One of unit length for each garment, by id."""
    made = np.zeros((2 * PAIRS, PAIRS + 1), np.float32)
    for pair in range(1, PAIRS + 1):
        made[2 * pair - 1, pair - 1] = 1.0
        near = pair if pair in FAILING else pair - 1
        made[2 * pair - 2, pair - 1] += 0.6
        made[2 * pair - 2, near] += 0.8
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


@pytest.fixture
def bare_store(tmp_path: Path) -> Path:
    """A store of pairs without index and ranking."""
    pictures, folder = tmp_path / "pictures", tmp_path / "store"
    pictures.mkdir()
    with Store.create(folder, "pairs") as store:
        dataset = store.datasets.add(
            Dataset(name="pairs", format="deepfashion2", root=str(tmp_path), images_root=str(pictures))
        )
        with store.bulk() as bulk:
            for number in range(1, 2 * PAIRS + 1):
                domain = Domain.CONSUMER if number % 2 else Domain.SHOP
                name = draw(pictures, number, 25 * number)
                image = Image(
                    dataset_id=dataset.id, name=name, width=60, height=80, size_known=True,
                    split="test", domain=domain, pair_id=(number + 1) // 2,
                )  # fmt: skip
                box = np.array([5.0, 5.0, 55.0, 75.0])
                garment = Garment(key="item1", category_id=1, box=box, style=1, pair_id=(number + 1) // 2)
                bulk.add(ImageRecord(image, (garment,)))
    return folder


@pytest.fixture
def store_folder(bare_store: Path) -> Path:
    """The store with an index, and a run whose lists have two failures."""
    ids = np.arange(1, 2 * PAIRS + 1)
    ranking_of(bare_store, vectors(), ids[::2], ids[1::2])
    return bare_store


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[[Path], MainWindow]]:
    """Opens a window on a store with Retrieval in front."""
    windows: list[MainWindow] = []

    def open_(folder: Path) -> MainWindow:
        made = window_on(qtbot, folder)
        windows.append(made)
        made.go_to("retrieval")
        quiet(qtbot, made)
        return made

    yield open_
    for window in windows:
        done_with(window)


def quiet(qtbot: QtBot, window: MainWindow) -> None:
    """Wait till everything that was asked for is shown."""
    page = window.retrieval.page

    def settled() -> bool:
        # Forecasts and heat are asked for a little later.
        later = any(one.isActive() and one.isSingleShot() for one in page.findChildren(QTimer))
        return not later and not window.session.desk.busy() and page.crops.idle

    # Twice: an answer may bring the next question.
    for _ in range(2):
        qtbot.wait(20)
        qtbot.waitUntil(settled, timeout=PATIENCE)


def press(qtbot: QtBot, window: MainWindow, *keys: Qt.Key) -> None:
    """Press keys where the focus is, and wait for what follows."""
    for key in keys:
        control = Qt.KeyboardModifier.ControlModifier if key == Key.Key_Z else Qt.KeyboardModifier.NoModifier
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key, control)
        quiet(qtbot, window)


def at_list(qtbot: QtBot, window: MainWindow) -> None:
    """Give the list the keys."""
    window.activateWindow()
    window.retrieval.page.list.setFocus()
    qtbot.waitUntil(lambda: window.retrieval.page.list.hasFocus())


def listed(window: MainWindow) -> list[int]:
    """The garments in the list."""
    return [row.garment_id for row in window.retrieval.page.list.queries.rows()]


@pytest.fixture
def window(open_window: Callable[[Path], MainWindow], store_folder: Path) -> MainWindow:
    """A window on the ranking."""
    return open_window(store_folder)

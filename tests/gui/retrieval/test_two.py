"""Two rankings on one query."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.runs import RunFolder
from tests.gui.retrieval.conftest import PAIRS, at_list, listed, press, quiet, vectors
from tests.rankings import index_of, ranking_of

Key = Qt.Key


def second_run(store: Path) -> str:
    """A ranking of another model, which finds everything first but the query of pair 3, as the first does."""
    made = vectors()
    made[0] = made[1]
    ids = np.arange(1, 2 * PAIRS + 1)
    facts = index_of(store, made, "other", "def")
    return ranking_of(store, made, ids[::2], ids[1::2], facts)


@pytest.fixture
def window(open_window: Callable[[Path], MainWindow], store_folder: Path, qtbot: QtBot) -> MainWindow:
    """A window on two rankings, with the first of them audited."""
    first = next((store_folder / "runs").iterdir()).name
    second_run(store_folder)
    made = open_window(store_folder)
    made.retrieval.open(first)
    quiet(qtbot, made)
    return made


def test_both_models_stand_side_by_side(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    qtbot.mouseClick(page.bar.views._buttons["two"], Qt.MouseButton.LeftButton)
    quiet(qtbot, window)
    two = page.board.two
    assert two.strips.isVisible()
    assert not page.side.isVisible()
    assert two.second.text().startswith("other")
    page.list.choose(next(row.query for row in page.list.queries.rows() if row.garment_id == 1))
    quiet(qtbot, window)
    above, below = (two.strips.strip(row) for row in (0, 1))
    assert [hit.match for hit in above[:2]] == [False, True]
    assert below[0].match
    assert two.stands[0].text().startswith("first true match at 2")
    assert two.stands[1].text().startswith("first true match at 1")
    assert "top-1 0.667" in two.stands[0].text()
    assert "top-1 0.833" in two.stands[1].text()
    # The same garments are joined, wherever they stand.
    for upper, lower in two.strips.joined():
        assert above[upper].garment_id == below[lower].garment_id
    assert (1, 0) in two.strips.joined()
    for cut in two.cuts():
        assert page.crops.get(cut) is not None


def test_the_list_begins_where_the_two_differ_most(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    assert not page.pane._orders["differ"].isVisible()
    page.show_view("two")
    quiet(qtbot, window)
    page.pane._orders["differ"].trigger()
    quiet(qtbot, window)
    assert listed(window) == [1, 5]
    assert [row.other for row in page.list.queries.rows()] == [1, 2]


def test_keys_move_both_rows(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    page.show_view("two")
    quiet(qtbot, window)
    at_list(qtbot, window)
    press(qtbot, window, Key.Key_Right)
    strips = page.board.two.strips
    assert strips.hasFocus()
    press(qtbot, window, Key.Key_Down, Key.Key_Right)
    hit = strips.selected()
    assert hit == strips.strip(1)[1]
    place = page.list.currentIndex().row()
    press(qtbot, window, Key.Key_PageUp if place else Key.Key_PageDown)
    assert page.list.currentIndex().row() == 1 - place
    assert strips.strip(0)[0].garment_id
    # A verdict is of the board: here its keys do nothing.
    press(qtbot, window, Key.Key_1)
    assert not any(button.isChecked() for button in page.side.buttons.values())


def test_a_repair_counts_in_both(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    page.show_view("two")
    quiet(qtbot, window)
    page.show_view("board")
    page.list.choose(next(row.query for row in page.list.queries.rows() if row.garment_id == 5))
    quiet(qtbot, window)
    at_list(qtbot, window)
    press(qtbot, window, Key.Key_1, Key.Key_Return)
    page.show_view("two")
    quiet(qtbot, window)
    assert "top-1 1.000" in page.board.two.stands[1].text()


def test_one_ranking_alone_says_how_to_make_another(
    open_window: Callable[[Path], MainWindow], store_folder: Path, qtbot: QtBot
) -> None:
    window = open_window(store_folder)
    page = window.retrieval.page
    page.show_view("two")
    quiet(qtbot, window)
    assert page.board.two.empty.isVisible()
    assert "deepfashion-studio index --model" in page.board.two.empty._sentence.text()
    assert not page.board.two.empty._button.isVisible()


def test_another_index_is_ranked_with_and_compared(
    open_window: Callable[[Path], MainWindow], store_folder: Path, qtbot: QtBot, no_jobs_left: None
) -> None:
    made = vectors()
    made[0] = made[1]
    index_of(store_folder, made, "other", "def")
    window = open_window(store_folder)
    page, audit = window.retrieval.page, window.retrieval.audit
    assert audit is not None
    page.show_view("two")
    quiet(qtbot, window)
    button = page.board.two.empty._button
    assert button.text() == "Rank with other-box-def"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "is being made" in page.board.two.empty._sentence.text()
    # A process of its own reads in torch, and the machine may be busy.
    qtbot.waitUntil(lambda: page.board.two.strips.isVisible(), timeout=120_000)
    quiet(qtbot, window)
    assert window.retrieval.audit is audit
    assert page.board.two.second.text().startswith("other, consumer-to-shop")
    assert "top-1 0.833" in page.board.two.stands[1].text()
    assert [row.other for row in page.list.queries.rows()] != [None, None]
    page.show_view("board")
    quiet(qtbot, window)
    assert [row.other for row in page.list.queries.rows()] == [None, None]


def test_a_second_ranking_that_is_damaged_is_told(
    open_window: Callable[[Path], MainWindow], store_folder: Path, qtbot: QtBot
) -> None:
    first = next((store_folder / "runs").iterdir()).name
    second = RunFolder(store_folder / "runs" / second_run(store_folder))
    made = open_window(store_folder)
    made.retrieval.open(first)
    quiet(qtbot, made)
    (second.path / "ranked.npz").write_bytes(b"nothing")
    made.retrieval.page.show_view("two")
    quiet(qtbot, made)
    assert "cannot be read" in made.retrieval.page.board.two.empty._sentence.text()

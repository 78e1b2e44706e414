"""The audit board, worked with keys and mouse: failures, verdicts, repairs and their undoing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.db.verdicts import Cause, Verdict
from store.document import Document
from store.document.edits import delete_garment, set_box
from tests.gui.retrieval.conftest import at_list, listed, press, quiet

Key = Qt.Key


def top_1(window: MainWindow) -> str:
    """What the bar says."""
    return window.retrieval.page.figures.text().split("   ")[0]


def identities(store: Path) -> list[tuple[int | None, int | None]]:
    """Pair and style of every garment, by id."""
    with Store.open(store, read_only=True) as opened:
        table = opened.products.table()
        garments = [opened.garments.get(one) for one in table.ids.tolist()]
        return [(one.pair_id, one.style) for one in garments]


def test_the_board_opens_on_failures(window: MainWindow) -> None:
    page = window.retrieval.page
    assert sorted(listed(window)) == [1, 5]
    assert page.count.text() == "Query 1 of 2 failures"
    assert top_1(window) == "top-1 0.667"
    query = page.query()
    assert query is not None
    assert [hit.match for hit in query.results][:2] == [False, True]
    assert query.matches[0].place == 2
    assert page.board.title.full_text() == "Top 5 of 6 shop garments"
    assert "beyond result 1" in query.why


def test_every_picture_is_there(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    query = page.query()
    assert query is not None
    wanted = [*page.board.results.cuts(), page.board.query.picture.cut(query)]
    for cut in wanted:
        made = page.crops.get(cut)
        assert made is not None
        assert made.pixmap is not None


def test_a_join_changes_the_metric_and_undo_changes_it_back(
    window: MainWindow, qtbot: QtBot, store_folder: Path
) -> None:
    page = window.retrieval.page
    before = identities(store_folder)
    at_list(qtbot, window)
    first = page.current()
    assert first is not None
    press(qtbot, window, Key.Key_1)
    assert "Join pair" in page.side.words.text()
    assert page.side.change.text().startswith("0.6667 → 0.8333")
    press(qtbot, window, Key.Key_Return)
    assert top_1(window) == "top-1 0.833"
    now = page.current()
    assert now is not None
    assert now.query != first.query
    after = identities(store_folder)
    # Both garments of the other pair have become the query's product.
    own, other = first.garment_id - 1, first.garment_id + 1
    assert after[other] == after[other + 1] == before[own]
    press(qtbot, window, Key.Key_Z)
    assert top_1(window) == "top-1 0.667"
    assert identities(store_folder) == before
    back = page.current()
    assert back is not None
    assert back.query == first.query


def test_a_verdict_is_kept_with_its_note(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    at_list(qtbot, window)
    row = page.current()
    assert row is not None
    press(qtbot, window, Key.Key_7)
    page.side.note.setFocus()
    qtbot.keyClicks(page.side.note, "from behind 1")
    qtbot.keyClick(page.side.note, Key.Key_Return)
    quiet(qtbot, window)
    said = window.session.needed().verdicts.of([row.garment_id])[row.garment_id]
    assert [one.cause for one in said] == [Cause.HARD_VIEW, Cause.HARD_VIEW]
    assert said[-1].note == "from behind 1"
    assert page.side.buttons[Cause.HARD_VIEW].isChecked()
    # The note's Enter is its own: the query is still the same.
    assert page.current() == page.list.queries.rows()[0]
    at_list(qtbot, window)
    press(qtbot, window, Key.Key_Return, Key.Key_Up)
    assert page.side.note.text() == "from behind 1"
    assert page.side.causes.isVisible()


def test_the_keys_go_through_the_results(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    at_list(qtbot, window)
    press(qtbot, window, Key.Key_Right)
    assert page.board.results.hasFocus()
    press(qtbot, window, Key.Key_Right)
    hit = page.board.results.selected()
    assert hit is not None
    assert hit.place == 2
    assert page.board.query._agreement_head.text() == "Agreement with result 2"
    press(qtbot, window, Key.Key_1)
    assert page.side.words.text().startswith("They are the same product already")
    press(qtbot, window, Key.Key_Left, Key.Key_Left)
    assert page.list.hasFocus()
    press(qtbot, window, Key.Key_Down)
    assert page.count.text() == "Query 2 of 2 failures"


def test_a_click_selects_a_result_and_z_zooms_all(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    results = page.board.results
    qtbot.mouseClick(results, Qt.MouseButton.LeftButton, pos=results.tile(2).center())
    hit = results.selected()
    assert hit is not None
    assert hit.place == 3
    near = results.cuts()[0]
    results.setFocus()
    QTest.keyClick(window, Key.Key_Z)
    quiet(qtbot, window)
    assert results.cuts()[0].zoom > near.zoom
    assert page.board.query.picture.zoom == results.zoom
    assert page.crops.get(results.cuts()[0]) is not None


def test_a_query_is_taken_out_of_a_wrong_product(
    window: MainWindow, qtbot: QtBot, store_folder: Path
) -> None:
    page = window.retrieval.page
    at_list(qtbot, window)
    row = page.current()
    assert row is not None
    press(qtbot, window, Key.Key_2)
    assert "Take this garment out" in page.side.words.text()
    press(qtbot, window, Key.Key_Return)
    assert identities(store_folder)[row.garment_id - 1] == ((row.garment_id + 1) // 2, 2)
    # It is no query any more: five are asked, four of them right.
    assert top_1(window) == "top-1 0.800"


def test_all_queries_and_other_orders(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    qtbot.mouseClick(page.which._buttons["all"], Qt.MouseButton.LeftButton)
    quiet(qtbot, window)
    assert len(listed(window)) == 6
    for action in page.pane.order_menu.actions():
        action.trigger()
        quiet(qtbot, window)
        assert sorted(listed(window)) == [1, 3, 5, 7, 9, 11]


def test_what_others_say_is_shown(open_window: Callable[[Path], MainWindow], store_folder: Path) -> None:
    with Store.open(store_folder) as store:
        for garment in (1, 5):
            store.verdicts.say(Verdict(0, garment, 4, Cause.DUPLICATE, "twice", "reviewer 2", "run"))
    page = open_window(store_folder).retrieval.page
    query = page.query()
    assert query is not None
    assert [one.author for one in query.others] == ["reviewer 2"]
    assert page.side.others.isVisible()
    assert not any(button.isChecked() for button in page.side.buttons.values())


def test_without_a_ranking_the_page_says_how_to_come_by_one(
    open_window: Callable[[Path], MainWindow], bare_store: Path
) -> None:
    page = open_window(bare_store).retrieval.page
    assert page.empty.isVisible()
    assert "deepfashion-studio retrieve" in page.empty._sentence.text()
    assert "No model here has an embedding" in page.empty._sentence.text()
    assert not page.side.isVisible()


def test_changed_and_deleted_garments_are_counted(
    open_window: Callable[[Path], MainWindow], store_folder: Path
) -> None:
    with Store.open(store_folder) as store:
        for image, change in ((3, "box"), (1, "delete")):
            document = Document(store, image)
            garment = document.garments[0]
            moved = set_box(garment, np.array([1.0, 1.0, 30.0, 40.0]))
            document.apply(moved if change == "box" else delete_garment(garment))
    window = open_window(store_folder)
    page = window.retrieval.page
    assert page.message.isVisible()
    assert "older than 1 garments" in page.message.accessibleName()
    assert "1 queries are gone" in page.message.accessibleName()
    assert listed(window) == [5]


def test_a_ranking_without_failures_says_so(
    open_window: Callable[[Path], MainWindow], bare_store: Path, monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    monkeypatch.setattr("tests.gui.retrieval.conftest.FAILING", ())
    page = open_window(request.getfixturevalue("store_folder")).retrieval.page
    assert "No failures" in page.empty._sentence.text()
    assert page.bar.isVisible()


def test_views_stand_beside_the_board(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    assert not page.bar.views.is_shown("similar")
    other = QLineEdit()
    page.add_view("similar", other)
    assert page.bar.views.is_shown("similar")
    with qtbot.waitSignal(page.view_changed) as told:
        qtbot.mouseClick(page.bar.views._buttons["similar"], Qt.MouseButton.LeftButton)
    assert told.args == ["similar"]
    assert other.isVisible()
    assert not page.side.isVisible()
    assert not page.bar.after.isEnabled()
    page.show_view("board")
    assert page.side.isVisible()
    assert page.bar.after.isEnabled()

"""The history drawer: what was changed, before and after, comparing and restoring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from store.db.revisions import Revision
from store.document.edits import move_landmarks, set_facts
from store.records import Garment
from tests.gui.annotate.annotate_keeper import CATEGORIES, SKIRT, TROUSERS, Keeper
from widgets.dialogs.compare import CompareDialog
from widgets.pages.annotate import AnnotatePage
from widgets.panels.compare import Comparison
from widgets.panels.history import when

Key = Qt.Key
NOON = datetime(2026, 5, 4, 12, 0, 7, tzinfo=UTC)


def test_the_newest_change_is_first_and_the_import_last(page: AnnotatePage, keeper: Keeper) -> None:
    page.show_history(
        [
            Revision(id=n, title=title, author="mira", at=NOON + timedelta(minutes=n), garment_id=SKIRT)
            for n, title in enumerate(["Move landmark 3", "Change box"], 1)
        ]
    )
    model = page.history_panel.view.model()
    assert model.rowCount() == 3
    assert model.index(0, 0).data().startswith("Change box")
    assert "mira" in model.index(0, 0).data()
    assert model.index(2, 0).data() == "As imported"


def test_what_was_saved_in_one_go_is_one_row(page: AnnotatePage, keeper: Keeper) -> None:
    both = [
        Revision(id=n, edit_id=1, title="Move landmark 3", at=NOON, garment_id=g)
        for n, g in ((1, 0), (2, SKIRT))
    ]
    page.show_history([*both, Revision(id=3, edit_id=3, title="Change box", at=NOON, garment_id=SKIRT)])
    assert [one.id for one in page.history_panel.entries] == [3, 2, 0]


def test_it_lies_over_the_panel_and_goes_away(page: AnnotatePage, keeper: Keeper) -> None:
    page.toolbar.history.click()
    assert page.drawer.isVisible()
    assert not page.side.isVisible()
    page.show_history([Revision(id=1, title="Change box", at=NOON, garment_id=SKIRT)])
    view = page.history_panel.view
    place = view.visualRect(view.model().index(0, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert page.canvas.selection.garment_id == SKIRT
    page.history_panel.closed.emit()
    assert page.side.isVisible()
    assert not page.toolbar.history.isChecked()


@pytest.fixture
def recalled(page: AnnotatePage, keeper: Keeper) -> AnnotatePage:
    """Two landmarks of the trousers moved, then the style of the skirt said; both are in the history."""
    page.set_history_shown(True)
    trousers, skirt = keeper.now(TROUSERS), keeper.now(SKIRT)
    x, y = trousers.points[5].tolist()
    for edit in (move_landmarks(trousers, {5: (x + 3, y + 4), 6: (1.0, 2.0)}), set_facts(skirt, style=9)):
        keeper.apply(edit)
    page.show_history(
        [
            Revision(
                id=number,
                edit_id=number,
                title=edit.title,
                at=NOON + timedelta(minutes=number),
                garment_id=edit.changes[0].state.id,
                before=edit.changes[0].before,
                after=edit.changes[0].after,
            )
            for number, edit in enumerate(keeper.edits, 1)
        ]
    )
    return page


def choose(page: AnnotatePage, row: int) -> None:
    view = page.history_panel.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(row, 0))


def words(page: AnnotatePage) -> str:
    return page.history_panel.compare.words.text()


def test_a_change_is_shown_before_and_after_with_numbers(recalled: AnnotatePage) -> None:
    choose(recalled, 1)
    assert "6 " in words(recalled)
    assert "px at most" in words(recalled)
    pane = recalled.history_panel.compare.after
    assert pane._side is not None
    assert set(pane._side.marked[TROUSERS]) == {5, 6}
    pane.grab()
    recalled.history_panel.compare.before.grab()
    view = recalled.history_panel.view
    QTest.keyClick(view, Key.Key_Up)
    assert words(recalled) == "style: 3 → 9"
    QTest.keyClick(view, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert words(recalled) == "style: 3 → 9", "of two the moments behind both"
    assert len(recalled.history_panel.chosen) == 2
    choose(recalled, 2)
    assert "1 trousers: " in words(recalled), "as imported is compared with now"
    assert "2 skirt: style: 3 → 9" in words(recalled)


def test_the_keys_find_the_newest_change_chosen(recalled: AnnotatePage) -> None:
    view = recalled.history_panel.view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert words(recalled) == "style: 3 → 9"
    QTest.keyClick(view, Key.Key_Down)
    assert "px at most" in words(recalled)
    recalled.canvas.setFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert "px at most" in words(recalled), "what is chosen stays"
    QTest.keyClick(view, Key.Key_Home)
    assert words(recalled) == "style: 3 → 9"


def test_a_garment_is_restored_by_button_and_the_image_too(recalled: AnnotatePage, keeper: Keeper) -> None:
    before = keeper.edits[0].changes[0].before
    assert isinstance(before, Garment)
    choose(recalled, 2)
    recalled.select(TROUSERS)
    recalled.recalled.follow()
    recalled.history_panel.restore_garment.click()
    assert np.array_equal(keeper.now(TROUSERS).points, before.points)
    assert keeper.now(SKIRT).style == 9
    assert keeper.edits[-1].title == "Restore the garment as imported"
    count = len(keeper.edits)
    recalled.history_panel.restore_garment.click()
    assert len(keeper.edits) == count
    assert recalled.hint == "It is so already"
    recalled.history_panel.restore_image.click()
    assert keeper.now(SKIRT).style == 3
    assert keeper.edits[-1].title == "Restore the image as imported"


def test_a_read_only_store_restores_nothing(recalled: AnnotatePage, keeper: Keeper) -> None:
    recalled.set_read_only(True)
    choose(recalled, 2)
    assert not recalled.history_panel.restore_image.isEnabled()
    count = len(keeper.edits)
    recalled.recalled.restore(True)
    assert len(keeper.edits) == count


def test_enter_shows_both_large(recalled: AnnotatePage, qtbot: object) -> None:
    asked: list[Comparison] = []
    recalled.recalled.large_wanted.connect(asked.append)
    choose(recalled, 1)
    QTest.keyClick(recalled.history_panel.view, Key.Key_Return)
    (found,) = asked
    dialog = CompareDialog(found, recalled.canvas.image, CATEGORIES)
    qtbot.addWidget(dialog)  # type: ignore[attr-defined]
    assert "moved" in dialog.compare.words.text()
    dialog.grab()
    recalled.set_history_shown(False)


def test_times_of_other_days_carry_their_date() -> None:
    local = NOON.astimezone()
    assert when(NOON, local) == local.strftime("%H:%M:%S")
    assert when(NOON, local + timedelta(days=2)).endswith(local.strftime("%H:%M:%S"))
    assert when(NOON, local + timedelta(days=2)) != when(NOON, local)

"""The history drawer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from store.db.revisions import Revision
from tests.gui.annotate.annotate_keeper import SKIRT, Keeper
from widgets.pages.annotate import AnnotatePage
from widgets.panels.history import when

NOON = datetime(2026, 5, 4, 12, 0, 7, tzinfo=UTC)


def test_the_newest_change_is_first(page: AnnotatePage, keeper: Keeper) -> None:
    page.show_history(
        [
            Revision(id=n, title=title, author="mira", at=NOON + timedelta(minutes=n), garment_id=SKIRT)
            for n, title in enumerate(["Move landmark 3", "Change box"])
        ]
    )
    model = page.history_panel.view.model()
    assert model.rowCount() == 2
    assert model.index(0, 0).data().startswith("Change box")
    assert "mira" in model.index(0, 0).data()


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


def test_times_of_other_days_carry_their_date() -> None:
    local = NOON.astimezone()
    assert when(NOON, local) == local.strftime("%H:%M:%S")
    assert when(NOON, local + timedelta(days=2)).endswith(local.strftime("%H:%M:%S"))
    assert when(NOON, local + timedelta(days=2)) != when(NOON, local)

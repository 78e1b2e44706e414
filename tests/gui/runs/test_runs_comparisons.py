"""Two runs beside each other: tables, lists of what changed, how one comes to them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from store.runs.results import Evaluation
from tests.gui.runs.conftest import Maker, Shown
from tests.gui.runs.runs_hand import cell_at, click, click_run
from widgets.pages.runs.page import TABS, RunsPage


def test_compare_offers_the_other_runs(
    show: Shown, make: Maker, evaluation: Evaluation, qtbot: QtBot
) -> None:
    page = show(
        make("second", "done", evaluation=evaluation),
        make("running"),
        make("first", "done"),
        make("zero", "done"),
    )
    click_run(page, qtbot, "zero", Qt.KeyboardModifier.ControlModifier)
    actions = page.head.compare.menu().actions()
    assert [action.text() for action in actions] == ["zero", "first"]
    with qtbot.waitSignal(page.compare_wanted) as caught:
        actions[1].trigger()
    assert caught.args == ["first", "second"]


def test_a_comparison_shows_tables_and_lists(compared: RunsPage, qtbot: QtBot) -> None:
    assert TABS[compared.tabs.currentIndex()] == "compare"
    assert compared.views.compare.title.full_text() == "second against first"
    model = compared.views.compare.figures.table.model_
    assert model.change(model.index(0, 1)) == pytest.approx(0.02)
    assert compared.views.compare.fixed.title.text() == "Fixed 3"
    with qtbot.waitSignal(compared.images_opened) as caught:
        click(qtbot, compared.views.compare.fixed.browse)
    assert caught.args == [[1, 3], "Fixed by second against first, landmarks"]
    with qtbot.waitSignal(compared.cell_opened):
        table = compared.views.compare.figures.table
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell_at(table, 0, 1))


def test_a_garment_of_a_list_is_opened_in_annotate(compared: RunsPage, qtbot: QtBot) -> None:
    view = compared.views.compare.broke.list
    place = view.visualRect(view.garments.index(0)).center()
    with qtbot.waitSignal(compared.image_annotated) as caught:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == [7]
    view = compared.views.compare.fixed.list
    view.setCurrentIndex(view.garments.index(2))
    with qtbot.waitSignal(compared.image_annotated) as caught:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert caught.args == [3]


def test_another_measure(compared: RunsPage, qtbot: QtBot) -> None:
    choice = compared.views.compare._choice
    assert choice is not None
    click(qtbot, choice._buttons["boxes"])
    assert compared.views.compare.fixed.title.text() == "Fixed 0"
    assert not compared.views.compare.fixed.browse.isEnabled()
    assert compared.views.compare.fixed.nothing.isVisible()
    assert not compared.views.compare.broke.nothing.isVisible()
    assert compared.views.compare.broke.title.text() == "Broke 1"
    assert compared.views.compare.unchanged.text() == "405 unchanged"


def test_the_overview_counts_what_changed(compared: RunsPage, qtbot: QtBot) -> None:
    compared.show_tab("overview")
    against = compared.overview.against
    assert (against.fixed.count(), against.broke.count(), against.unchanged.count()) == (3, 1, 400)
    assert compared.overview.figures.table.model_.has_changes()
    with qtbot.waitSignal(compared.images_opened) as caught:
        click(qtbot, against.broke)
    assert caught.args == [[7], "Broke by second against first, landmarks"]


def test_the_comparison_goes_with_its_run(compared: RunsPage, qtbot: QtBot) -> None:
    click_run(compared, qtbot, "first")
    assert compared.views.compare.empty.isVisible()
    compared.show_tab("overview")
    assert not compared.overview.against.isVisible()

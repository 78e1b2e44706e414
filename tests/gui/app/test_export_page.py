"""The Export page: what is chosen, what is shown of it, and what the button does."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from store.exporting import tables
from store.formats import registry
from widgets import style
from widgets.common import ElidedLabel
from widgets.pages.export import Bar, ExportPage, Preview, Row, Slice, WrittenFile
from widgets.pages.export_cards import RowsCard
from widgets.pages.export_form import narrowed

READY = Preview(
    "ok",
    "Ready to export",
    "6 images and 6 garments have been checked",
    "Export 6 garments",
    checks=(Row("circle-check", "ok", "Landmark count", "6", ""),),
    losses=(Row("circle-minus", "bad", "review", "6", "not in COCO", mark="lost"),),
    bars=(Bar("trousers", "#FEB1B6", 6), Bar("skirt", "#6E7F01", 0)),
    files=(WrittenFile("out.json", "3 kB"),),
    proofs={"read-back": "Read back", "official": "Open with pycocotools"},
    command="deepfashion-studio export coco out.json --store s",
)


@pytest.fixture
def page(qtbot: QtBot) -> ExportPage:
    made = ExportPage()
    qtbot.addWidget(made)
    made.resize(1500, 900)
    made.show()
    return made


def test_accepted_only_is_joined_to_the_filter() -> None:
    assert narrowed("", False) == ""
    assert narrowed("", True) == "review = accepted"
    assert narrowed("split = train or split = test", True) == (
        "(split = train or split = test) and review = accepted"
    )


def test_the_choice_follows_the_controls(page: ExportPage, qtbot: QtBot) -> None:
    page.show_slices([Slice("all", "All"), Slice("filter", "Filter", "category = trousers")], keep="filter")
    page.form.show_places({"coco": "/tmp/a.json", "deepfashion2": "/tmp/a"})
    with qtbot.waitSignal(page.changed):
        page.form.accepted.click()
    with qtbot.waitSignal(page.changed):
        page.form.formats.layouts["coco"]["294"].click()
    choice = page.choice()
    assert choice.where == "(category = trousers) and review = accepted"
    assert (choice.format, choice.layout, choice.out) == ("coco", "294", Path("/tmp/a.json"))
    with qtbot.waitSignal(page.changed):
        page.form.deepfashion2.click()
    assert (page.choice().format, page.choice().out) == ("deepfashion2", Path("/tmp/a"))
    assert not page.form.formats.layouts["coco"]["294"].isVisible()
    assert page.form.precise.isVisible()


def test_every_format_is_offered_with_its_layouts(page: ExportPage) -> None:
    assert set(page.form.formats.cards) == set(registry.FORMATS)
    for name, card in page.form.formats.cards.items():
        card.click()
        layouts = page.form.formats.layouts.get(name, {})
        # "As it came" stands for none on the command line.
        assert set(layouts) - {""} == set(registry.FORMATS[name].layouts)
        assert page.form.formats.format().is_file == registry.FORMATS[name].is_file
        for layout, choice in layouts.items():
            choice.click()
            assert (page.choice().format, page.choice().layout) == (name, layout)
            assert page.form.formats.table.isVisible() == bool(tables.set_of(name, layout))
        if not layouts:
            assert page.choice().layout == ""
            assert not page.form.formats.table.isVisible()


def test_each_format_keeps_the_place_that_was_named_for_it(page: ExportPage, qtbot: QtBot) -> None:
    page.form.show_places({"coco": "/tmp/a.json", "deepfashion2": "/tmp/a"})
    page.form.place.selectAll()
    qtbot.keyClicks(page.form.place, "/tmp/mine.json")
    page.form.deepfashion2.click()
    page.form.formats.cards["coco"].click()
    assert page.choice().out == Path("/tmp/mine.json")
    page.form.show_places({"coco": "/tmp/other.json"})
    assert page.choice().out == Path("/tmp/mine.json")


def test_a_slice_that_is_gone_falls_back_to_all(page: ExportPage) -> None:
    page.show_slices([Slice("all", "All"), Slice("selection", "3 selected", "id in (1, 2, 3)")], "selection")
    assert page.choice().key == "selection"
    page.show_slices([Slice("all", "All")])
    assert page.choice().key == "all"


def test_the_button_exports_only_what_has_been_checked(page: ExportPage, qtbot: QtBot) -> None:
    wanted: list[bool] = []
    page.export_wanted.connect(lambda: wanted.append(True))
    page.start_export()
    assert wanted == []
    page.show_preview(READY)
    qtbot.mouseClick(page.side.export, Qt.MouseButton.LeftButton)
    assert wanted == [True]
    page.show_checking()
    page.start_export()
    assert wanted == [True]


def test_what_blocks_is_said_and_disables_the_button(page: ExportPage) -> None:
    page.show_preview(Preview("bad", "Nothing to export", "", "Export", blocked="No image fits"))
    assert not page.side.export.isEnabled()
    assert page.side.export.toolTip() == "No image fits"


def test_proofs_are_ticked_off_one_by_one(page: ExportPage) -> None:
    page.show_preview(READY)
    page.show_running("Writing", 3, 6)
    page.side.set_proof("read-back", "held")
    page.side.set_proof("official", "running")
    page.side.set_proof("unheard of", "held")
    assert page.side.proofs() == {"read-back": "held", "official": "running"}


def test_while_it_runs_nothing_can_be_chosen_but_to_cancel(page: ExportPage, qtbot: QtBot) -> None:
    page.show_preview(READY)
    page.show_running("Writing", 3, 6)
    assert not page.form.isEnabled()
    assert page.side.cancel.isVisible()
    assert not page.side.export.isVisible()
    with qtbot.waitSignal(page.cancel_wanted):
        page.side.cancel.click()
    page.show_end("warn", "Cancelled", "Nothing was written", folder=False)
    assert page.form.isEnabled()
    assert page.side.export.isVisible()
    assert not page.side.folder.isVisible()


def test_the_command_goes_to_the_clipboard(page: ExportPage) -> None:
    page.show_preview(READY)
    page.copy_command.click()
    assert QGuiApplication.clipboard().text() == READY.command


def test_the_chart_says_its_numbers_in_words(page: ExportPage) -> None:
    page.show_preview(READY)
    assert page.bars.accessibleDescription() == "trousers 6, skirt 0"
    assert [bar.count for bar in page.bars.bars()] == [6, 0]


def test_rows_are_as_high_as_the_text_wants(qtbot: QtBot, qapp: QApplication) -> None:
    style.apply(qapp, "dark")
    card = RowsCard("Checks", ("check", "records", "what happens"))
    card.show_rows([Row("circle-check", "ok", "Missing pictures", "0", "All pictures are there.")])
    card.resize(420, 200)
    card.show()
    usual = card.sizeHint().height()
    try:
        style.apply(qapp, "dark", 1.5)
        qtbot.waitUntil(lambda: card.sizeHint().height() > usual)
    finally:
        style.apply(qapp, "dark")
    qtbot.waitUntil(lambda: card.sizeHint().height() == usual)
    title = next(one for one in card.findChildren(ElidedLabel) if one.full_text() == "Missing pictures")
    assert title.text() == "Missing pictures"
    card.close()

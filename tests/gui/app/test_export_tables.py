"""Before an export loses something it asks; what other categories become can be seen and changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.controllers.export_preview import arguments_of, files_of, question_of
from app.controllers.export_tables import chosen_in, dialog_of
from app.window import MainWindow
from resources.schemas import Schema
from resources.taxonomy import Category, categories
from store.exporting import Loss, Preflight, tables
from widgets.dialogs.category_mapping import CategoryMappingDialog
from widgets.dialogs.confirm import ConfirmDialog
from widgets.pages.export import ExportChoice

KNOWN = [*categories(), Category(1001, "Tee", "Tee", Schema("Tee", ()), "#123456")]
KNOWN += [Category(1002, "shoe", "shoe", Schema("shoe", ()), "#123456")]


def _choice(format: str, layout: str = "", precise: bool = False) -> ExportChoice:
    return ExportChoice("all", "", format, layout, True, precise, Path("/out/x"))


def test_the_question_says_what_and_how_many() -> None:
    losses = [Loss(f"kind {number}", number, False, "left out") for number in range(1, 12)]
    said = question_of(losses)
    assert "1 kind 1: left out" in said
    assert "3 more" in said


@pytest.mark.parametrize(
    ("choice", "arguments"),
    [
        (_choice("coco", "294", precise=True), ["--layout", "294", "--copy-images"]),
        (_choice("deepfashion2", precise=True), ["--precise", "--copy-images"]),
        (_choice("in-shop"), ["--copy-images"]),
    ],
)
def test_the_command_has_what_is_chosen(choice: ExportChoice, arguments: list[str]) -> None:
    assert arguments_of(choice, Path("/s"))[5:] == arguments


def test_the_lists_folders_are_named() -> None:
    found = Preflight(1, 1, (), (), {})
    names = [file.name for file in files_of(found, _choice("category-attribute", "fine"), ())]
    assert names == ["x", "Anno_fine", "Eval", "Img"]


def test_the_folders_of_splits_are_named() -> None:
    found = Preflight(1, 1, (), (), {})
    files = files_of(found, _choice("deepfashion2", "retrieval"), ("train", "validation", ""))
    names = [(file.name, file.depth) for file in files]
    assert names == [
        *(("x", 0), ("train", 1), ("annos", 2), ("image", 2), ("validation", 1), ("annos", 2), ("image", 2)),
        *(("annos", 1), ("image", 1), ("json_for_validation", 1), ("val_query.json", 1)),
    ]


def test_the_table_is_shown_and_changed(qtbot: QtBot) -> None:
    proposed = tables.proposed(tables.THIRTEEN, KNOWN)
    dialog = dialog_of(tables.THIRTEEN, KNOWN, {**proposed, "Tee": "vest"}, proposed)
    qtbot.addWidget(dialog)
    assert chosen_in(tables.THIRTEEN, dialog) == {"Tee": "vest", "shoe": ""}
    dialog.choose("shoe", 9)
    assert chosen_in(tables.THIRTEEN, dialog) == {"Tee": "vest", "shoe": "skirt"}
    dialog.propose()
    assert chosen_in(tables.THIRTEEN, dialog) == proposed
    dialog.choose("Tee", None)
    assert dialog.keep.isEnabled()


def test_the_window_asks_before_something_is_lost(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "out"
    window.go_to("export")
    page = window.export.page
    page.form.formats.cards["deepfashion2"].click()
    page.form.place.setText(str(out))
    page.form.place.textEdited.emit(str(out))
    qtbot.waitUntil(lambda: page.side.export.isEnabled() and str(out) in page.side.command.text())
    asked: list[str] = []

    def answer(dialog: ConfirmDialog) -> None:
        asked.append(dialog.heading.text())
        # The first time the person thinks better of it.
        dialog.reject() if len(asked) == 1 else dialog.confirm.click()

    window.dialog_opened.connect(answer)
    page.side.export.click()
    assert len(asked) == 1
    assert not page.running()
    page.side.export.click()
    assert len(asked) == 2
    qtbot.waitUntil(lambda: not page.running(), timeout=60000)
    assert (out / "annos").is_dir() or any(out.glob("*/annos"))


def test_another_table_is_kept_with_the_store(window: MainWindow, qtbot: QtBot) -> None:
    window.go_to("export")
    form = window.export.page.form.formats
    form.cards["category-attribute"].click()

    def answer(dialog: CategoryMappingDialog) -> None:
        dialog.choose("trousers", tables.names_in(tables.FIFTY).index("Chinos") + 1)
        dialog.keep.click()

    window.dialog_opened.connect(answer)
    form.table.click()
    folder = window.session.needed().folder
    assert tables.read(folder / tables.FILE, tables.FIFTY)["trousers"] == "Chinos"
    qtbot.waitUntil(lambda: not window.session.desk.busy())


def test_a_confirmation_names_what_is_lost(qtbot: QtBot) -> None:
    dialog = ConfirmDialog(
        "Export all the same?", question_of([Loss("tags", 2, False, "left out")]), "Export"
    )
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.accepted):
        dialog.confirm.click()

"""The Models page in the real window: what it lists, what it offers, and the jobs that it starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app import category_maps
from app.controllers import models_asking
from app.window import MainWindow
from store.runs.library import user_models
from store.runs.manifest import read_manifest
from store.settings import SettingsFile
from tests.gui.models.conftest import make_model
from tests.gui.models.models_hand import answered, arguments, select
from widgets.dialogs.category_mapping import CategoryMappingDialog
from widgets.dialogs.model_job import ModelJobDialog
from widgets.dialogs.new_run import NewRunDialog
from widgets.pages.models.page import ModelsPage


def test_models_are_listed_with_what_they_are_good_for_and_refused_ones_with_the_reason(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.models.page
    table = page.table
    texts = [
        [str(table.model().index(row, column).data()) for column in range(table.model().columnCount())]
        for row in range(table.model().rowCount())
    ]
    assert [row[0] for row in texts] == ["alpha", "beta", "broken", "clothes"]
    assert texts[0][1:] == ["boxes, masks", "13", "MIT", "1.5\u2009MB", "landmark AP 0.500", "this store"]
    assert texts[2][1].startswith("refused: manifest.toml does not describe a model")
    assert page.count.text() == "3 models, 1 refused"

    select(window, qtbot, "broken")
    assert page.side.refusal.isVisible()
    assert "manifest.toml" in page.side.refusal.text()
    assert not page.predict.isEnabled()
    assert "no model" in page.predict.toolTip()
    assert page.remove.isEnabled()
    select(window, qtbot, "beta")
    assert page.predict.isEnabled()
    assert ("licence", "MIT") in page.side.facts.rows()
    assert not page.side.refusal.isVisible()


def test_the_keys_go_through_the_table_and_the_search(window: MainWindow, qtbot: QtBot) -> None:
    page = window.models.page
    window.activateWindow()
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    current = page.current()
    assert current is not None
    assert current.name == "beta"
    page.search.set_text("clothes 50")
    current = page.current()
    assert current is not None
    assert current.name == "clothes"
    page.search.set_text("nothing such")
    assert page.current() is None
    assert page.foot.isHidden()
    page.search.clear()
    assert page.table.model().rowCount() == 4
    with qtbot.waitSignal(window.model_wanted) as caught:
        select(window, qtbot, "alpha")
        page.table.setFocus()
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert caught.args is not None
    assert caught.args[0].name == "alpha"
    assert window.shell.page() == "annotate"


def test_foreign_categories_are_proposed_asked_about_and_kept(
    window: MainWindow, qtbot: QtBot, store_folder: Path
) -> None:
    page = window.models.page
    row = select(window, qtbot, "clothes")
    assert page.side.categories.summary == "47 of 50 used"

    def choose(dialog: CategoryMappingDialog) -> None:
        assert dialog.chosen()["Tee"] == 1
        assert dialog.chosen()["Jumpsuit"] is None
        dialog.choose("Jumpsuit", 12)
        dialog.choose("Tee", None)
        dialog.keep.click()

    answered(window, CategoryMappingDialog, choose)
    page.side.change.click()
    file = store_folder / category_maps.FILE
    qtbot.waitUntil(lambda: file.exists() and not window.session.desk.busy())
    assert json.loads(file.read_text())["clothes"]["Jumpsuit"] == 12
    manifest = row.manifest
    assert manifest is not None
    assert category_maps.in_force(store_folder, manifest, window.session.categories)["Tee"] is None
    assert page.side.categories.summary == "47 of 50 used"


def test_a_map_must_use_at_least_one_category(window: MainWindow, qtbot: QtBot) -> None:
    select(window, qtbot, "clothes")
    said: list[bool] = []

    def empty(dialog: CategoryMappingDialog) -> None:
        for name in dialog.chosen():
            dialog.choose(name, None)
        said.append(dialog.keep.isEnabled())
        dialog.propose()
        said.append(dialog.keep.isEnabled())
        dialog.reject()

    answered(window, CategoryMappingDialog, empty)
    window.models.page.mapping.trigger()
    qtbot.waitUntil(lambda: said == [False, True])


def test_prediction_starts_a_job_with_the_categories_and_shows_its_run(
    window: MainWindow, qtbot: QtBot, store_folder: Path, stand_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.models, "ask_devices", lambda: None)
    select(window, qtbot, "clothes")
    window.browse.page.set_filter("split = test")

    def go(dialog: ModelJobDialog) -> None:
        assert dialog.map_note.isVisible()
        dialog.images.setCurrentIndex(1)
        dialog.batch.setValue(4)
        dialog.score.setValue(0.3)
        qtbot.waitUntil(lambda: dialog.start.text() == "Predict 2 images")
        dialog.start.click()

    answered(window, ModelJobDialog, go)
    window.models.page.predict.click()
    given = arguments(store_folder, "predict", qtbot)
    assert given[given.index("--where") + 1] == "split = test"
    assert given[given.index("--model") + 1] == str(store_folder / "models" / "clothes")
    assert (given[given.index("--batch") + 1], given[given.index("--score") + 1]) == ("4", "0.3")
    maps = [given[n + 1] for n, word in enumerate(given) if word == "--map"]
    assert "Tee=1" in maps
    assert "Jumpsuit=" in maps
    qtbot.waitUntil(lambda: window.shell.page() == "runs", timeout=20000)
    qtbot.waitUntil(lambda: bool(window.runs.page.selected()), timeout=20000)
    qtbot.waitUntil(lambda: not window.jobs.running() and not window.session.desk.busy(), timeout=20000)


def test_evaluation_takes_what_the_command_chooses_unless_told(
    window: MainWindow, qtbot: QtBot, store_folder: Path, stand_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.models, "ask_devices", lambda: None)
    select(window, qtbot, "beta")

    def go(dialog: ModelJobDialog) -> None:
        assert not dialog.map_note.isVisible()
        qtbot.waitUntil(lambda: "test split" in dialog.counted.text())
        dialog.start.click()

    answered(window, ModelJobDialog, go)
    window.models.page.evaluate.click()
    given = arguments(store_folder, "evaluate", qtbot)
    assert given[:3] == ["evaluate", "run", str(store_folder / "models" / "beta")]
    assert "--where" not in given
    qtbot.waitUntil(lambda: not window.jobs.running() and not window.session.desk.busy(), timeout=20000)


def test_a_filter_that_is_wrong_or_finds_nothing_blocks_the_start(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.models, "ask_devices", lambda: None)
    select(window, qtbot, "beta")
    done: list[bool] = []

    def go(dialog: ModelJobDialog) -> None:
        dialog.images.setCurrentIndex(dialog.images.count() - 1)
        dialog.where.setText("split =")
        qtbot.waitUntil(lambda: not dialog.start.isEnabled())
        dialog.where.setText("split = validation")
        qtbot.waitUntil(lambda: "0 images" in dialog.counted.text())
        assert not dialog.start.isEnabled()
        done.append(True)
        dialog.reject()

    answered(window, ModelJobDialog, go)
    window.models.page.predict.click()
    qtbot.waitUntil(lambda: bool(done))


def test_fine_tuning_begins_a_run_with_the_model(window: MainWindow, qtbot: QtBot) -> None:
    select(window, qtbot, "beta")
    values: list[dict[str, Any]] = []

    def keep(dialog: NewRunDialog) -> None:
        values.append(dialog.values())
        dialog.reject()

    answered(window, NewRunDialog, keep)
    window.models.page.fine_tune.click()
    qtbot.waitUntil(lambda: bool(values), timeout=20000)
    assert values[0]["model"]["start_from"] == "beta"
    assert values[0]["model"]["architecture"] == "fashionnet"
    assert values[0]["data"]["image_size"] == 64


def test_a_test_on_a_device_is_a_process_whose_answer_or_error_is_shown(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = window.models.page
    row = select(window, qtbot, "beta")
    # The weights are none: the command says so, and that is what is shown.
    window.models.test(row, "cpu", 0.1)
    assert page.side.test.start.text() == "Stop"
    qtbot.waitUntil(lambda: page.side.test.start.text() == "Test", timeout=60000)
    assert "weights.safetensors cannot be read" in page.side.test.text()

    found = {
        "device": "cpu",
        "images_per_second": 12.5,
        "memory": 2_000_000_000,
        "load_seconds": 1.0,
        "batch": 1,
    }
    window.models._testing.answered.emit(found)
    assert "12.5 images/s on cpu" in page.side.test.text()
    assert "2.0\u2009GB" in page.side.test.text()
    select(window, qtbot, "alpha")
    assert "not known yet" in page.side.test.text()
    select(window, qtbot, "beta")
    assert "12.5 images/s" in page.side.test.text()

    monkeypatch.setattr(models_asking.sys, "executable", str(tmp_path / "nothing"))
    window.models.test(row, "cpu")
    qtbot.waitUntil(lambda: "No process can be started" in page.side.test.text())


def test_a_test_can_be_stopped(window: MainWindow, qtbot: QtBot) -> None:
    page = window.models.page
    row = select(window, qtbot, "beta")
    window.models.test(row, "cpu")
    page.side.test.start.click()
    assert page.side.test.start.text() == "Test"
    assert not window.models._testing.running


def test_the_persons_own_models_are_listed_and_new_ones_when_the_page_comes_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.models.page
    make_model(user_models(), "mine")
    window.go_to("browse")
    window.go_to("models")
    qtbot.waitUntil(lambda: any(row.name == "mine" for row in page.table.rows.rows()))
    row = next(row for row in page.table.rows.rows() if row.name == "mine")
    assert (row.place, read_manifest(row.folder).name) == ("user", "mine")


def test_columns_are_remembered(window: MainWindow, qtbot: QtBot, store_folder: Path) -> None:
    head = window.models.page.table.horizontalHeader()
    head.resizeSection(0, 333)
    head.moveSection(6, 1)
    window.models.remember()
    again = MainWindow(SettingsFile())
    restored = again.models.page.table.horizontalHeader()
    assert restored.sectionSize(0) == 333
    assert restored.visualIndex(6) == 1
    again.close()
    again.deleteLater()


def test_without_models_the_page_says_how_to_get_one(qtbot: QtBot) -> None:
    page = ModelsPage()
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.show_models(())
    assert page.empty.isVisible()
    assert not page.side.isVisible()
    with qtbot.waitSignal(page.add_wanted):
        page.empty._button.click()

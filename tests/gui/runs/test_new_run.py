"""The New run dialog: fields of the network that is chosen, faults beside them, files and presets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from store.errors import FilterError
from store.runs.config import RunConfig
from store.runs.configuring import read_config
from store.runs.form import flat
from widgets.common import Segmented, SpinBox
from widgets.dialogs.new_run import NewRunDialog

Make = Callable[..., NewRunDialog]


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    def made(*args: object, **named: object) -> NewRunDialog:
        dialog = NewRunDialog(*args, **named)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    return made


def combo(dialog: NewRunDialog, name: str) -> QComboBox:
    box = dialog.editors[name].widget
    assert isinstance(box, QComboBox)
    return box


def choose(dialog: NewRunDialog, name: str, value: str) -> None:
    box = combo(dialog, name)
    box.setCurrentIndex(box.findData(value))


def line(dialog: NewRunDialog, name: str) -> QLineEdit:
    found = dialog.editors[name].widget
    assert isinstance(found, QLineEdit)
    return found


def test_it_begins_with_the_defaults(make: Make) -> None:
    dialog = make()
    assert dialog.config() == RunConfig()
    assert dialog.faults() == {}
    assert dialog.start.isEnabled()
    assert dialog.focusWidget() is line(dialog, "name")


def test_it_may_begin_with_other_values(make: Make) -> None:
    dialog = make(start={"training.batch": 4, "model.architecture": "fashionnet", "unheard of": 1})
    config = dialog.config()
    assert config is not None
    assert (config.training.batch, config.model.architecture) == (4, "fashionnet")


def test_controls_give_what_was_put_in(make: Make, qtbot: QtBot) -> None:
    dialog = make(["first"])
    qtbot.keyClicks(line(dialog, "name"), "mine")
    rate = line(dialog, "optimiser.learning_rate")
    rate.selectAll()
    dialog.sections.setCurrentRow(4)
    qtbot.keyClicks(rate, "2e-3")
    batch = dialog.editors["training.batch"].widget
    assert isinstance(batch, SpinBox)
    batch.setValue(3)
    accepted = dialog.editors["data.accepted_only"].widget
    assert isinstance(accepted, QCheckBox)
    accepted.setChecked(True)
    split = dialog.editors["data.split"].widget
    assert isinstance(split, Segmented)
    dialog.sections.setCurrentRow(2)
    qtbot.mouseClick(split._buttons["identity"], Qt.MouseButton.LeftButton)
    combo(dialog, "model.start_from").setCurrentText("first")
    config = dialog.config()
    assert config is not None
    assert (config.name, config.optimiser.learning_rate, config.training.batch) == ("mine", 2e-3, 3)
    assert (config.data.accepted_only, config.data.split, config.model.start_from) == (
        True,
        "identity",
        "first",
    )
    assert dialog.values()["training"]["batch"] == 3


def test_only_fields_of_the_network_are_shown(make: Make) -> None:
    dialog = make()
    dialog.sections.setCurrentRow(5)
    assert dialog.editors["loss.mask"].right.isVisible()
    assert not dialog.editors["loss.visibility"].right.isVisible()
    shown = [dialog.sections.item(row).text() for row in range(9) if not dialog.sections.item(row).isHidden()]
    assert "Stages" not in shown
    choose(dialog, "model.architecture", "fashionnet")
    assert dialog.editors["loss.visibility"].right.isVisible()
    assert not dialog.editors["loss.mask"].right.isVisible()
    shown = [dialog.sections.item(row).text() for row in range(9) if not dialog.sections.item(row).isHidden()]
    assert "Stages" in shown
    assert "mask" not in dialog.values()["loss"]
    # Its triplets have a margin; how many garments of a product come together is not asked.
    assert "margin" in dialog.values()["pairs"]
    assert "per_identity" not in dialog.values()["pairs"]
    choose(dialog, "model.architecture", "mask-rcnn")
    shown = [dialog.sections.item(row).text() for row in range(9) if not dialog.sections.item(row).isHidden()]
    assert "Pairs" not in shown


def test_backbones_follow_the_network(make: Make) -> None:
    dialog = make()
    box = combo(dialog, "model.backbone")
    assert [box.itemData(index) for index in range(box.count())] == ["small", "resnet50", "resnet50-v2"]
    choose(dialog, "model.backbone", "resnet50-v2")
    choose(dialog, "model.architecture", "fashionnet")
    assert [box.itemData(index) for index in range(box.count())] == ["small", "resnet50", "vgg16"]
    assert dialog.config() is not None


def test_a_section_that_vanishes_is_left(make: Make) -> None:
    dialog = make(start={"model.architecture": "fashionnet"})
    dialog.sections.setCurrentRow(6)
    choose(dialog, "model.architecture", "mask-rcnn")
    assert dialog.sections.currentRow() == 0


def test_faults_stand_beside_their_fields(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    dialog.sections.setCurrentRow(4)
    rate = line(dialog, "optimiser.learning_rate")
    rate.selectAll()
    qtbot.keyClicks(rate, "much")
    qtbot.waitUntil(lambda: bool(dialog.faults()))
    assert dialog.editors["optimiser.learning_rate"].fault() == "Must be a number"
    assert rate.property("state") == "bad"
    assert not dialog.start.isEnabled()
    assert dialog.sections.item(4).text() == "Optimiser (1 wrong)"
    assert dialog.config() is None
    rate.selectAll()
    qtbot.keyClicks(rate, "0,001")
    qtbot.waitUntil(lambda: not dialog.faults())
    assert dialog.start.isEnabled()
    assert dialog.editors["optimiser.learning_rate"].fault() == ""
    assert dialog.sections.item(4).text() == "Optimiser"


def test_start_goes_to_what_is_wrong(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    dialog.editors["optimiser.learning_rate"].show_value("much")
    dialog._start()
    assert dialog.result() == 0
    assert dialog.sections.currentRow() == 4
    assert dialog.focusWidget() is line(dialog, "optimiser.learning_rate")


def test_start_accepts_what_fits(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_garments_of_the_slices_are_counted(make: Make, qtbot: QtBot) -> None:
    asked: list[str] = []

    def count(where: str) -> int:
        asked.append(where)
        if "nonsense" in where:
            raise FilterError("There is no field nonsense.", "Take another.")
        return 0 if "validation" in where else 88_213

    dialog = make(count=count)
    qtbot.waitUntil(lambda: bool(asked))
    assert dialog.editors["data.train"].note() == "88,213 garments"
    assert dialog.editors["data.validation"].note().startswith("No garments")
    dialog.sections.setCurrentRow(2)
    field = dialog.editors["data.train"].widget
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, "nonsense = 1")
    qtbot.waitUntil(lambda: asked[-2:] == ["nonsense = 1", "split = validation"])
    assert dialog.editors["data.train"].note() == "There is no field nonsense. Take another."


def test_the_name_of_a_view_is_no_mistake(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    dialog.sections.setCurrentRow(2)
    field = dialog.editors["data.train"].widget
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, "view:Mine")
    field.apply()
    assert not field.is_wrong
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, "split ==")
    field.apply()
    assert field.is_wrong
    assert dialog.editors["data.train"].value() == "split =="


def test_a_file_is_saved_and_loaded(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = make(start={"name": "mine", "training.batch": 5, "model.architecture": "embedding"})
    file = tmp_path / "run.toml"
    dialog.save(file)
    assert read_config(file) == dialog.config()
    assert dialog.said.full_text() == "Saved as run.toml"
    other = make()
    other.load(file)
    assert other.config() == dialog.config()
    assert other.said.full_text() == "run.toml is loaded"


def test_files_that_do_not_work_are_told(make: Make, tmp_path: Path) -> None:
    dialog = make()
    dialog.load(tmp_path / "nowhere.toml")
    assert "nowhere.toml cannot be read" in dialog.said.full_text()
    broken = tmp_path / "broken.toml"
    broken.write_text("[training]\nbatch = 0\n", encoding="utf-8")
    dialog.load(broken)
    assert "training.batch" in dialog.said.full_text()
    assert dialog.config() == RunConfig()
    dialog.save(tmp_path / "nowhere" / "run.toml")
    assert "cannot be written" in dialog.said.full_text()
    dialog.editors["optimiser.learning_rate"].show_value("much")
    dialog.save(tmp_path / "bad.toml")
    assert not (tmp_path / "bad.toml").exists()


def test_presets_fill_the_form_and_leave_the_name(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "fashionnet-small.toml"
    file.write_text('name = "preset"\n[model]\narchitecture = "fashionnet"\n[training]\nepochs = 2\n')
    dialog = make(presets={"fashionnet-small": file})
    assert dialog.preset.currentText() == "Own settings"
    qtbot.keyClicks(line(dialog, "name"), "mine")
    dialog.preset.setCurrentText("fashionnet-small")
    dialog.preset.textActivated.emit("fashionnet-small")
    config = dialog.config()
    assert config is not None
    assert (config.name, config.model.architecture, config.training.epochs) == ("mine", "fashionnet", 2)
    assert dialog.preset.currentText() == "fashionnet-small"
    # What is changed afterwards is one's own.
    dialog.sections.setCurrentRow(0)
    qtbot.keyClicks(line(dialog, "name"), "2")
    assert dialog.preset.currentText() == "Own settings"


def test_what_means_nothing_to_the_network_is_left_out(make: Make) -> None:
    dialog = make(start={"model.architecture": "embedding"})
    names = set(flat(dialog.values()))
    assert "pairs.margin" in names
    assert not {"loss.mask", "loss.triplet", "stages.rounds"} & names


def test_the_wheel_scrolls_the_form_and_changes_nothing(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    dialog.sections.setCurrentRow(8)
    box = dialog.editors["training.batch"].widget
    assert isinstance(box, SpinBox)
    place = QPointF(box.rect().center())
    event = QWheelEvent(
        place,
        QPointF(box.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    assert box.value() == 8
    assert not event.isAccepted()


def test_escape_cancels(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

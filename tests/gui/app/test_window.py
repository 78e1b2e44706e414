"""The main window on a small store: from opening it to a saved edit, with real keys."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.document import Document
from store.document.edits import move_landmarks, set_review
from store.records import Review, Visibility
from store.runs import RunFolder
from store.settings import SettingsFile
from widgets import style

Key = Qt.Key
IMAGES = 6


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[[Path | None], MainWindow]]:
    """Opens the window on a store and waits till its images are listed."""
    made: list[MainWindow] = []

    def opened(folder: Path | None) -> MainWindow:
        window = MainWindow(SettingsFile())
        made.append(window)
        window.start(folder)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        if folder is not None:
            qtbot.waitUntil(lambda: window.session.store is not None and not window.session.desk.busy())
            qtbot.waitUntil(lambda: len(window.browse.slice.ids) > 0)
        return window

    yield opened
    for window in made:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, 52)


@pytest.fixture
def window(open_window: Callable[[Path | None], MainWindow], store_folder: Path) -> MainWindow:
    """The window with the small store open."""
    return open_window(store_folder)


@pytest.fixture
def annotating(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with the first image open in Annotate."""
    window.open_row(0)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    return window


def press(qtbot: QtBot, window: MainWindow, key: Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    """A key pressed where the focus is."""
    target = window.focusWidget() or window
    qtbot.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


def stored(window: MainWindow) -> Document:
    """The image in Annotate as the store has it now."""
    return Document(window.session.needed(), window.annotate.image_id)


def test_a_store_is_opened_after_the_first_paint_and_listed(window: MainWindow) -> None:
    assert window.shell.page() == "browse"
    assert len(window.browse.page.ids) == IMAGES
    assert window.windowTitle().startswith("small")
    assert not window.banner.isVisible()


def test_without_a_store_there_is_welcome_and_nothing_else(
    open_window: Callable[[Path | None], MainWindow],
) -> None:
    window = open_window(None)
    assert window.shell.page() == "welcome"
    assert not window.actions_["page.browse"].isEnabled()
    assert window.actions_["page.browse"].toolTip() == "No store is open"
    assert window.actions_["store.open"].isEnabled()


def test_the_last_store_is_opened_again(
    open_window: Callable[[Path | None], MainWindow], store_folder: Path, qtbot: QtBot
) -> None:
    open_window(store_folder).close()
    again = MainWindow(SettingsFile())
    qtbot.addWidget(again)
    again.start(None)
    again.show()
    qtbot.waitUntil(lambda: again.session.store is not None)
    assert again.session.needed().folder == store_folder
    again.close()


def test_a_folder_that_is_no_store_is_told_and_welcome_shown(
    open_window: Callable[[Path | None], MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    window = MainWindow(SettingsFile())
    qtbot.addWidget(window)
    window.start(tmp_path / "nowhere")
    window.show()
    qtbot.waitUntil(lambda: window.banner.isVisible())
    assert window.shell.page() == "welcome"
    assert "nowhere" in window.banner.accessibleName()
    window.close()


def test_a_nudge_is_saved_when_the_key_is_handled(annotating: MainWindow, qtbot: QtBot) -> None:
    before = annotating.annotate.document.garments[0].points[0].copy()
    press(qtbot, annotating, Key.Key_Tab)
    assert annotating.annotate.canvas.selection.landmark == 0
    press(qtbot, annotating, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(qtbot, annotating, Key.Key_Up)
    assert stored(annotating).garments[0].points[0] == pytest.approx(before + np.array([10, -1]), abs=0.01)
    assert stored(annotating).image.review is Review.IN_PROGRESS
    assert annotating.shell.status.saved.text().startswith("Saved ")


def test_undo_and_redo_by_key(annotating: MainWindow, qtbot: QtBot) -> None:
    before = annotating.annotate.document.garments[0].points.copy()
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_Left)
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(stored(annotating).garments[0].points, before)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(qtbot, annotating, Key.Key_Z, both)
    assert stored(annotating).garments[0].points[0, 0] == pytest.approx(before[0, 0] - 1, abs=0.01)


def test_what_is_taken_back_is_selected(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    [garment] = annotating.annotate.document.garments
    page.select(garment.id, 4)
    press(qtbot, annotating, Key.Key_Left)
    page.select(0)
    press(qtbot, annotating, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert page.garment is None, "there is nothing to redo"
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (page.canvas.selection.garment_id, page.canvas.selection.landmark) == (garment.id, 4)
    page.select(0)
    press(qtbot, annotating, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert page.canvas.selection.landmark == 4
    assert not np.array_equal(stored(annotating).garments[0].points, garment.points)


def test_what_is_being_typed_is_saved_before_the_next_image(annotating: MainWindow, qtbot: QtBot) -> None:
    first = annotating.annotate.image_id
    annotating.annotate.page.facts_panel.pair.setFocus()
    for key in (Key.Key_4, Key.Key_2):
        press(qtbot, annotating, key)
    press(qtbot, annotating, Key.Key_PageDown)
    assert annotating.annotate.image_id != first
    assert Document(annotating.session.needed(), first).garments[0].pair_id == 42
    assert annotating.annotate.canvas.hasFocus()
    press(qtbot, annotating, Key.Key_Tab)
    assert annotating.annotate.canvas.selection.landmark == 0


def test_a_key_goes_round_the_regions(annotating: MainWindow, qtbot: QtBot) -> None:
    shell, page = annotating.shell, annotating.annotate.page
    regions = [page.right, shell.status, shell.rail, annotating.annotate.canvas]
    control = Qt.KeyboardModifier.ControlModifier
    for region in regions:
        press(qtbot, annotating, Key.Key_F6, control)
        focus = annotating.focusWidget()
        assert region is focus or region.isAncestorOf(focus)
    press(qtbot, annotating, Key.Key_F6, control | Qt.KeyboardModifier.ShiftModifier)
    assert shell.rail.isAncestorOf(annotating.focusWidget())
    annotating.toggle_side()
    press(qtbot, annotating, Key.Key_F6, control)
    press(qtbot, annotating, Key.Key_F6, control)
    assert shell.status.isAncestorOf(annotating.focusWidget())


def test_all_landmarks_are_marked_and_placed_at_once(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    size = len(annotating.annotate.document.garments[0].points)
    assert annotating.annotate.canvas.selection.landmarks == set(range(size))
    press(qtbot, annotating, Key.Key_0)
    assert not stored(annotating).garments[0].visibility.any()
    press(qtbot, annotating, Key.Key_1)
    assert set(stored(annotating).garments[0].visibility.tolist()) == {Visibility.OCCLUDED}


def test_history_and_category_have_keys(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    press(qtbot, annotating, Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert page.history_panel.isVisible()
    press(qtbot, annotating, Key.Key_C)
    assert not page.history_panel.isVisible()
    view = page.facts_panel.category.view()
    qtbot.waitUntil(view.isVisible)
    qtbot.keyClick(view, Key.Key_Escape)
    qtbot.waitUntil(page.canvas.hasFocus)


def test_shapes_follow_the_settings(annotating: MainWindow) -> None:
    marks = annotating.annotate.canvas._overlays.selected._marks
    before = marks._marks[0].item.boundingRect().width()
    annotating.session.settings.change(large_shapes=True)
    annotating.settings.changed.emit()
    assert marks._marks[0].item.boundingRect().width() > before


def test_digits_set_the_state_of_the_landmark(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    for key, state in (
        (Key.Key_1, Visibility.OCCLUDED),
        (Key.Key_3, Visibility.CUT_OFF),
        (Key.Key_0, Visibility.UNLABELLED),
        (Key.Key_2, Visibility.VISIBLE),
    ):
        press(qtbot, annotating, key)
        assert stored(annotating).garments[0].visibility[0] == state


def test_what_is_typed_into_a_field_is_no_command(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    before = stored(annotating).garments[0].visibility.copy()
    annotating.go_to("browse")
    field = annotating.browse.page.filter.edit
    field.setFocus()
    qtbot.keyClicks(field, "id = 123 v k r")
    assert field.text() == "id = 123 v k r"
    assert annotating.annotate.canvas.tool == "select"
    assert np.array_equal(stored(annotating).garments[0].visibility, before)


def test_accept_and_go_on(annotating: MainWindow, qtbot: QtBot) -> None:
    first = annotating.annotate.image_id
    press(qtbot, annotating, Key.Key_Return)
    assert annotating.session.needed().images.get(first).review is Review.ACCEPTED
    assert annotating.annotate.image_id == int(annotating.browse.slice.ids[1])
    second = annotating.annotate.image_id
    press(qtbot, annotating, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert annotating.annotate.image_id == second
    assert stored(annotating).image.review is Review.ACCEPTED


def test_page_keys_walk_the_slice_and_stop_at_its_ends(annotating: MainWindow, qtbot: QtBot) -> None:
    ids = [int(i) for i in annotating.browse.slice.ids]
    press(qtbot, annotating, Key.Key_PageUp)
    assert annotating.annotate.image_id == ids[0]
    seen = [ids[0]]
    for _ in range(IMAGES + 1):
        press(qtbot, annotating, Key.Key_PageDown)
        seen.append(annotating.annotate.image_id)
    assert seen == [*ids, ids[-1], ids[-1]]
    assert annotating.browse.page.current_row == IMAGES - 1


def test_accepting_under_a_filter_does_not_lose_the_way(window: MainWindow, qtbot: QtBot) -> None:
    window.browse.page.set_filter('review = "to do"', apply=True)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    ids = [int(i) for i in window.browse.slice.ids]
    window.open_row(0)
    for expected in ids[1:4]:
        window.annotate.accept(advance=True)
        assert window.annotate.image_id == expected
    window.go_to("browse")
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) == IMAGES - 3)


def test_several_selected_images_are_walked_alone(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.browse.page.grid
    grid.select_rows(np.array([1, 3, 4]))
    grid.set_current_row(3)
    window.annotate_current()
    ids = window.browse.slice.ids
    assert window.annotate.facts()[0] == "2 of 3"
    press(qtbot, window, Key.Key_PageDown)
    assert window.annotate.image_id == ids[4]
    press(qtbot, window, Key.Key_PageDown)
    assert window.annotate.image_id == ids[4]
    window.open_row(0)
    assert window.annotate.facts()[0] == f"1 of {IMAGES}", "one that is not selected"


def test_keys_of_annotate_do_nothing_in_browse(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    document = annotating.annotate.document
    annotating.go_to("browse")
    before = document.saved_at
    for key in (Key.Key_1, Key.Key_K, Key.Key_F5):
        press(qtbot, annotating, key)
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.saved_at == before
    assert annotating.annotate.canvas.tool == "select"
    assert annotating.annotate.layers()["landmarks"]


def test_layers_and_tools_by_key(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_K)
    assert annotating.annotate.canvas.tool == "landmarks"
    press(qtbot, annotating, Key.Key_F6)
    layers = {"landmarks": True, "masks": False, "boxes": True, "predictions": False}
    assert annotating.annotate.layers() == layers
    assert not annotating.actions_["view.masks"].isChecked()
    press(qtbot, annotating, Key.Key_H)
    assert annotating.annotate.canvas.overlays_are_hidden


def test_what_another_program_changes_is_taken_over(
    annotating: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    image_id = annotating.annotate.image_id
    with Store.open(store_folder) as other:
        document = Document(other, image_id, author="other")
        document.apply(move_landmarks(document.garments[0], {0: (11.0, 12.0)}))
    qtbot.waitUntil(
        lambda: annotating.annotate.canvas.shown.garments[0].points[0].tolist() == [11, 12], timeout=5000
    )


def test_a_conflict_is_told_and_the_other_state_shown(
    annotating: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    with Store.open(store_folder) as other:
        document = Document(other, annotating.annotate.image_id, author="other")
        document.apply(move_landmarks(document.garments[0], {0: (11.0, 12.0)}))
    press(qtbot, annotating, Key.Key_Right)
    assert annotating.banner.isVisible()
    assert "somebody else" in annotating.banner.accessibleName()
    assert annotating.annotate.canvas.shown.garments[0].points[0].tolist() == [11, 12]
    assert stored(annotating).garments[0].points[0].tolist() == [11, 12]


def test_a_read_only_store_can_be_walked_but_not_changed(
    open_window: Callable[[Path | None], MainWindow],
    store_folder: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("store.db.folder.writable", lambda _folder: False)
    window = open_window(store_folder)
    assert "read-only" in window.shell.status.saved.text()
    window.open_row(0)
    press(qtbot, window, Key.Key_Tab)
    press(qtbot, window, Key.Key_Right)
    press(qtbot, window, Key.Key_Return)
    assert stored(window).image.review is Review.TO_DO
    assert stored(window).saved_at is None
    press(qtbot, window, Key.Key_PageDown)
    assert window.annotate.image_id == int(window.browse.slice.ids[1])


def test_the_review_of_a_selection_is_set_as_edits(window: MainWindow, qtbot: QtBot) -> None:
    ids = [int(i) for i in window.browse.slice.ids[:2]]
    window.browse.page.review_wanted.emit(ids, Review.SECOND_LOOK)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    store = window.session.needed()
    assert {store.images.get(i).review for i in ids} == {Review.SECOND_LOOK}
    assert (
        Document(store, ids[0]).undo_title == set_review(store.images.get(ids[0]), Review.SECOND_LOOK).title
    )


def test_a_missing_picture_that_turns_up_is_noted(
    window: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    store = window.session.needed()
    last = int(window.browse.slice.ids[-1])
    window.open_row(IMAGES - 1)
    qtbot.waitUntil(lambda: store.images.get(last).state == "missing")
    pictures = store_folder.parent / "pictures"
    (pictures / "000001.png").rename(pictures / "000006.png")
    window.annotate.step(-1)
    window.annotate.step(1)
    qtbot.waitUntil(lambda: store.images.get(last).state == "present")


def test_the_filter_and_the_current_image_are_remembered(
    open_window: Callable[[Path | None], MainWindow], store_folder: Path, qtbot: QtBot
) -> None:
    first = open_window(store_folder)
    first.browse.page.set_filter("split = train", apply=True)
    qtbot.waitUntil(lambda: len(first.browse.slice.ids) == IMAGES // 2)
    first.browse.page.select_row(1)
    wanted = first.browse.page.current_id
    first.close()
    second = open_window(store_folder)
    assert second.browse.page.filter_text == "split = train"
    qtbot.waitUntil(lambda: second.browse.page.current_id == wanted)


def test_a_filter_that_names_nothing_known_is_told_in_its_place(window: MainWindow, qtbot: QtBot) -> None:
    window.browse.page.set_filter("category = spaceship", apply=True)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    assert len(window.browse.slice.ids) == IMAGES
    assert not window.banner.isVisible()


def test_the_theme_changes_at_once_and_is_kept(window: MainWindow) -> None:
    window.actions_["view.theme"].trigger()
    assert style.tokens().theme == "light"
    assert SettingsFile().settings.theme == "light"


def test_closing_the_store_comes_back_to_welcome(annotating: MainWindow, qtbot: QtBot) -> None:
    annotating.actions_["store.close"].trigger()
    assert annotating.shell.page() == "welcome"
    assert annotating.session.store is None
    assert annotating.annotate.image_id == 0
    assert not annotating.actions_["page.annotate"].isEnabled()


def test_save_says_that_all_is_saved(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_Right)
    annotating.actions_["file.save"].trigger()
    assert "All is saved" in annotating.shell.status._hint.full_text()


def test_the_window_never_imports_torch_or_opencv(store_folder: Path) -> None:
    run = RunFolder.create(store_folder, "train", ["train", "--store", str(store_folder)])
    run.event("started", config={"name": "a"}, garments=9, images=8, steps_per_epoch=1, epochs=2, step=0)
    run.event("step", step=1, epoch=1, loss=0.5, losses={})
    run.finish("done")
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "import app.start, app.window\n"
        "from PySide6.QtCore import QTimer\n"
        "shown = app.window.MainWindow.show\n"
        "def show(self):\n"
        "    shown(self)\n"
        "    def step():\n"
        "        if self.session.store is None or self.session.desk.busy():\n"
        "            return\n"
        "        self.open_row(0)\n"
        "        self.go_to('export')\n"
        "        self.importing\n"
        "        self.timer.stop()\n"
        "        assert not {'pyqtgraph', 'pydantic'} & set(sys.modules)\n"
        f"        self.show_run({run.id!r})\n"
        "        self.seen = QTimer(self, interval=50)\n"
        "        self.seen.timeout.connect(finish)\n"
        "        self.seen.start()\n"
        "    def finish():\n"
        "        if self.shell.page() == 'runs' and self.runs._series:\n"
        "            self.seen.stop()\n"
        "            QTimer.singleShot(300, self.close)\n"
        "    self.timer = QTimer(self, interval=50)\n"
        "    self.timer.timeout.connect(step)\n"
        "    self.timer.start()\n"
        "app.window.MainWindow.show = show\n"
        f"code = app.start.run(Path({str(store_folder)!r}))\n"
        "heavy = {'torch', 'torchvision', 'cv2', 'typer', 'rich'} & {n.split('.')[0] for n in sys.modules}\n"
        "sys.stdout.write(' '.join(sorted(heavy)))\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_what_is_dear_is_not_read_in_before_the_first_paint() -> None:
    script = (
        "import sys, app.start\n"
        "dear = {'sqlalchemy', 'alembic', 'lark', 'platformdirs', 'typer', 'rich', 'cv2', 'torch'}\n"
        "dear |= {'pydantic', 'pyqtgraph', 'tomli_w'}\n"
        "sys.stdout.write(' '.join(sorted(dear & {n.split('.')[0] for n in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_the_problem_list_opens_its_image(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["view.problems"].trigger()
    dialog = window.problems.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.list.model.rowCount() == 1)
    dialog.list.table.selectRow(0)
    qtbot.waitUntil(lambda: dialog.list.current_image > 0)
    dialog.open_wanted.emit(dialog.list.current_image)
    assert window.shell.page() == "annotate"
    assert window.session.needed().problems.of_image(window.annotate.image_id)
    window.close_store()
    assert not dialog.isVisible()


def test_an_image_outside_the_slice_can_be_opened(window: MainWindow, qtbot: QtBot) -> None:
    every = {int(i) for i in window.browse.slice.ids}
    window.browse.page.set_filter("split = train", apply=True)
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) < IMAGES)
    outside = min(every - {int(i) for i in window.browse.slice.ids})
    window.open_image(outside)
    assert window.annotate.image_id == outside
    window.annotate.step(1)
    assert window.annotate.image_id == outside

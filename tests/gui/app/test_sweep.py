"""The sweep: a wall of crops of one landmark, corrected by click and key, saved at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from resources.taxonomy import category
from store.db import Store
from store.document import Document, many
from store.document.edits import move_landmarks
from store.document.order_edits import lock
from store.errors import AwayError
from store.records import Dataset, Garment, Image, ImageRecord, Review, Visibility
from tests.gui.app.window_hand import Key, press
from widgets.pages.sweep import painting

Mod = Qt.KeyboardModifier
TROUSERS = category(8)
COUNT, ODD, LANDMARK = 12, 7, 5
SHAPE = np.array(TROUSERS.schema.template) * [TROUSERS.schema.template_aspect, 1.0]


@pytest.fixture
def trousers(tmp_path: Path) -> Path:
    """A store of trousers; in one image a landmark lies far from where it should be."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    picture = QImage(300, 400, QImage.Format.Format_RGB32)
    picture.fill(QColor("#668899"))
    rng = np.random.default_rng(2)
    with Store.create(tmp_path / "store", "trousers") as store:
        dataset = store.datasets.add(
            Dataset(name="d", format="coco", root=str(tmp_path), images_root=str(pictures))
        )
        with store.bulk() as bulk:
            for number in range(COUNT):
                name = f"{number:02}.png"
                assert picture.save(str(pictures / name))
                points = SHAPE * 300 + [60, 50] + rng.normal(0, 1, SHAPE.shape)
                if number == ODD:
                    points[LANDMARK] += [50, -60]
                states = np.full(len(points), Visibility.VISIBLE)
                garment = Garment(category_id=8, points=points, visibility=states, box=[50, 40, 250, 360])
                image = Image(dataset_id=dataset.id, name=name, width=300, height=400, size_known=True)
                bulk.add(ImageRecord(image, (garment,)))
    return tmp_path / "store"


@pytest.fixture
def sweep(open_window: Callable[[Path], MainWindow], trousers: Path, qtbot: QtBot) -> MainWindow:
    """The window with the sweep open on the landmark that is odd in one image."""
    window = open_window(trousers)
    window.actions_["sweep.open"].trigger()
    assert window.shell.page() == "sweep"
    wait(qtbot, window)
    choose(qtbot, window, LANDMARK)
    return window


def wait(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.sweep.work.busy() and not window.session.desk.busy())


def choose(qtbot: QtBot, window: MainWindow, landmark: int) -> None:
    page = window.sweep.page
    page.category.setCurrentIndex(page.category.findText("trousers"))
    page.category.activated.emit(page.category.currentIndex())
    wait(qtbot, window)
    page.landmark.setCurrentIndex(landmark)
    page.landmark.activated.emit(landmark)
    wait(qtbot, window)


def stored(window: MainWindow, row: int) -> Garment:
    tile = window.sweep.tile(row)
    found = Document(window.session.needed(), tile.image_id).garment(tile.garment_id)
    assert found is not None
    return found


def place(window: MainWindow, row: int, x: float, y: float) -> QPoint:
    """The pixel of the wall where an image point of a row is."""
    wall = window.sweep.page.wall
    frame: QRect = painting.frame_in(wall.rect_of(row))
    part = painting.region(window.sweep.tile(row), wall.zoom)
    scale = frame.width() / part.width()
    return QPoint(
        round(frame.left() + (x - part.left()) * scale), round(frame.top() + (y - part.top()) * scale)
    )


def test_the_odd_one_comes_first_and_a_click_puts_it_right(sweep: MainWindow, qtbot: QtBot) -> None:
    wall = sweep.sweep.page.wall
    assert wall.count == COUNT
    first = sweep.sweep.tile(0)
    assert "off" in first.words
    assert first.expected is not None
    qtbot.waitUntil(lambda: wall.crops.idle)
    before = stored(sweep, 0)
    at = place(sweep, 0, *first.expected)
    qtbot.mouseClick(wall.viewport(), Qt.MouseButton.LeftButton, pos=at)
    made = stored(sweep, 0)
    assert made.points[LANDMARK] == pytest.approx(np.array(first.expected), abs=1.0)
    assert sweep.sweep.tile(0).changed
    assert (np.delete(made.points, LANDMARK, 0) == np.delete(before.points, LANDMARK, 0)).all()
    press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier)
    assert stored(sweep, 0).points.tolist() == before.points.tolist()
    press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier | Mod.ShiftModifier)
    assert stored(sweep, 0).points.tolist() == made.points.tolist()
    assert not sweep.actions_["sweep.redo"].isEnabled()
    # Another landmark, and back: what was corrected is known.
    choose(qtbot, sweep, LANDMARK + 1)
    choose(qtbot, sweep, LANDMARK)
    row = sweep.sweep._sweep.row_of(made.id)
    assert sweep.sweep.tile(row).points[LANDMARK].tolist() == made.points[LANDMARK].tolist()


def test_keys_go_from_crop_to_crop_and_set_states(sweep: MainWindow, qtbot: QtBot) -> None:
    wall = sweep.sweep.page.wall
    assert wall.hasFocus()
    for key, state in ((Key.Key_1, 1), (Key.Key_3, 3), (Key.Key_2, 2)):
        row = wall.current
        press(qtbot, sweep, key)
        assert stored(sweep, row).visibility[LANDMARK] == state
        assert wall.current == row + 1
    press(qtbot, sweep, Key.Key_Left)
    press(qtbot, sweep, Key.Key_Space)
    assert wall.current == 3
    press(qtbot, sweep, Key.Key_Home)
    before = stored(sweep, 0)
    press(qtbot, sweep, Key.Key_Right, Mod.ShiftModifier)
    assert stored(sweep, 0).points[LANDMARK] == pytest.approx(before.points[LANDMARK] + [1, 0], abs=0.01)
    expected = sweep.sweep.tile(0).expected
    press(qtbot, sweep, Key.Key_Y)
    assert stored(sweep, 0).points[LANDMARK] == pytest.approx(np.array(expected), abs=0.01)
    assert wall.current == 1
    # Undo goes back to what it took back.
    press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier)
    assert wall.current == 0


def test_a_click_with_ctrl_only_selects_and_enter_opens_the_garment(sweep: MainWindow, qtbot: QtBot) -> None:
    wall = sweep.sweep.page.wall
    tile, before = sweep.sweep.tile(2), stored(sweep, 2)
    at = painting.frame_in(wall.rect_of(2)).topLeft() + QPoint(5, 5)
    qtbot.mouseClick(wall.viewport(), Qt.MouseButton.LeftButton, Mod.ControlModifier, at)
    assert wall.current == 2
    assert stored(sweep, 2).same_as(before)
    qtbot.mouseClick(wall.viewport(), Qt.MouseButton.RightButton, pos=at)
    assert stored(sweep, 2).same_as(before)
    press(qtbot, sweep, Key.Key_Return)
    assert sweep.shell.page() == "annotate"
    assert sweep.annotate.image_id == tile.image_id
    assert sweep.annotate.canvas.selection.landmark == LANDMARK
    # And back, on the same landmark.
    sweep.actions_["sweep.open"].trigger()
    wait(qtbot, sweep)
    assert sweep.sweep.landmark == LANDMARK


def test_what_is_changed_elsewhere_is_not_undone_here(sweep: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, sweep, Key.Key_Right, Mod.ShiftModifier)
    tile = sweep.sweep.tile(0)
    document = Document(sweep.session.needed(), tile.image_id)
    document.apply(move_landmarks(document.garments[0], {LANDMARK: (9.0, 9.0)}))
    sweep.session.images_changed.emit(frozenset({tile.image_id}))
    assert sweep.sweep.tile(0).points[LANDMARK].tolist() == [9.0, 9.0]
    press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier)
    assert stored(sweep, 0).points[LANDMARK].tolist() == [9.0, 9.0]
    assert "changed since" in sweep.banner.accessibleName()


def test_only_what_is_in_view_is_cut(sweep: MainWindow, qtbot: QtBot) -> None:
    wall = sweep.sweep.page.wall
    sweep.resize(1280, 800)
    seen = wall.visible_rows()
    assert 0 < len(seen) <= COUNT
    press(qtbot, sweep, Key.Key_Plus)
    assert wall.zoom > 1
    press(qtbot, sweep, Key.Key_End)
    assert wall.current == COUNT - 1
    assert wall.viewport().rect().intersects(wall.rect_of(COUNT - 1))
    qtbot.waitUntil(lambda: wall.crops.idle)
    press(qtbot, sweep, Key.Key_1, Mod.ControlModifier)
    assert sweep.shell.page() == "browse"


def test_a_category_that_nobody_wears_says_so(sweep: MainWindow, qtbot: QtBot) -> None:
    page = sweep.sweep.page
    page.category.setCurrentIndex(page.category.findText("skirt"))
    page.category.activated.emit(page.category.currentIndex())
    wait(qtbot, sweep)
    assert page.empty.isVisible()
    assert "skirt" in page.empty.accessibleName()
    assert not sweep.actions_["sweep.expected"].isEnabled()


def test_two_corrections_of_one_garment_are_taken_back_one_after_the_other(
    sweep: MainWindow, qtbot: QtBot
) -> None:
    before = stored(sweep, 0)
    press(qtbot, sweep, Key.Key_Right, Mod.ShiftModifier)
    press(qtbot, sweep, Key.Key_Down, Mod.ShiftModifier)
    for _ in range(2):
        press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier)
    assert stored(sweep, 0).points.tolist() == before.points.tolist()
    for _ in range(2):
        press(qtbot, sweep, Key.Key_Y, Mod.ControlModifier)
    assert stored(sweep, 0).points[LANDMARK] == pytest.approx(before.points[LANDMARK] + [1, 1], abs=0.01)


def test_marked_crops_are_changed_together(sweep: MainWindow, qtbot: QtBot) -> None:
    wall, edits = sweep.sweep.page.wall, sweep.sweep.edits

    def states() -> list[int]:
        return [int(stored(sweep, row).visibility[LANDMARK]) for row in range(COUNT)]

    def at(row: int) -> QPoint:
        return painting.frame_in(wall.rect_of(row)).center()

    qtbot.mouseClick(wall.viewport(), Qt.MouseButton.LeftButton, Mod.ControlModifier, at(1))
    qtbot.mouseClick(wall.viewport(), Qt.MouseButton.LeftButton, Mod.ShiftModifier, at(3))
    qtbot.mouseClick(wall.viewport(), Qt.MouseButton.LeftButton, Mod.ControlModifier, at(2))
    assert wall.marked == {1, 3}
    locked = Document(sweep.session.needed(), sweep.sweep.tile(3).image_id)
    locked.apply(lock(locked.garments[0], True))
    before = stored(sweep, 0)
    press(qtbot, sweep, Key.Key_1)
    qtbot.waitUntil(lambda: not edits.work.busy())
    assert states() == [2, 1, *[2] * (COUNT - 2)]
    assert sweep.sweep.tile(1).changed
    press(qtbot, sweep, Key.Key_A, Mod.ControlModifier)
    assert len(wall.marked) == COUNT
    press(qtbot, sweep, Key.Key_M)
    qtbot.waitUntil(lambda: not edits.work.busy())
    order = list(TROUSERS.schema.mirrored())
    assert stored(sweep, 0).points.tolist() == before.points[order].tolist()
    for _ in range(2):
        press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier)
        qtbot.waitUntil(lambda: not edits.work.busy())
    assert states() == [2] * COUNT
    assert stored(sweep, 0).points.tolist() == before.points.tolist()
    press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier | Mod.ShiftModifier)
    qtbot.waitUntil(lambda: not edits.work.busy())
    assert states()[1] == 1
    press(qtbot, sweep, Key.Key_Escape)
    assert not wall.marked


def test_what_cannot_be_taken_back_now_can_be_later(
    sweep: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(sweep, 0)
    press(qtbot, sweep, Key.Key_Right, Mod.ShiftModifier)
    with monkeypatch.context() as gone:
        gone.setattr(Document, "undo", Mock(side_effect=AwayError("The server is away.")))
        with qtbot.waitSignal(sweep.sweep.failed):
            press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier)
    assert stored(sweep, 0).points[LANDMARK, 0] == pytest.approx(before.points[LANDMARK, 0] + 1, abs=0.01)
    assert sweep.sweep.edits.undo_title == "Move landmark 6"
    press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier)
    assert stored(sweep, 0).points.tolist() == before.points.tolist()
    assert not sweep.sweep.edits.undo_title


def test_many_that_are_taken_back_in_two_goes_are_made_again_in_one(
    sweep: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits, whole = sweep.sweep.edits, many.undo_many

    def states() -> list[int]:
        return [int(stored(sweep, row).visibility[LANDMARK]) for row in range(COUNT)]

    def part(store: Store, done: many.Outcome, **more: Any) -> many.Outcome:
        some = whole(store, replace(done, changed=done.changed[:5]), **more)
        return replace(some, stopped=True, error=AwayError("The server is away."))

    def back_or_again(key: Key) -> None:
        press(qtbot, sweep, key, Mod.ControlModifier)
        qtbot.waitUntil(lambda: not edits.work.busy())

    press(qtbot, sweep, Key.Key_A, Mod.ControlModifier)
    press(qtbot, sweep, Key.Key_1)
    qtbot.waitUntil(lambda: not edits.work.busy())
    with monkeypatch.context() as away, qtbot.waitSignal(sweep.sweep.failed):
        away.setattr(many, "undo_many", part)
        back_or_again(Key.Key_Z)
    assert sorted(states()) == [1] * (COUNT - 5) + [2] * 5
    back_or_again(Key.Key_Z)
    assert states() == [2] * COUNT
    assert not edits.undo_title
    back_or_again(Key.Key_Y)
    assert states() == [1] * COUNT
    assert not edits.redo_title


def test_garments_that_cannot_be_read_again_are_read_at_the_next_look(
    sweep: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    image_id = sweep.sweep.tile(0).image_id
    document = Document(sweep.session.needed(), image_id)
    document.apply(move_landmarks(document.garments[0], {LANDMARK: (7.0, 9.0)}))
    with monkeypatch.context() as away:
        gone = Mock(side_effect=AwayError("The server is away."))
        away.setattr(sweep.session.needed().garments, "of_images", gone)
        sweep.session.images_changed.emit(frozenset({image_id, 4711}))
        gone.assert_called_once_with([image_id])
    assert sweep.sweep.tile(0).points[LANDMARK].tolist() != [7, 9]
    sweep.sweep.show()
    wait(qtbot, sweep)
    tiles = [sweep.sweep.tile(row) for row in range(COUNT)]
    assert [7, 9] in [one.points[LANDMARK].tolist() for one in tiles if one.image_id == image_id]


def test_what_is_so_already_is_not_saved(sweep: MainWindow, qtbot: QtBot) -> None:
    wall, image_id = sweep.sweep.page.wall, sweep.sweep.tile(0).image_id
    press(qtbot, sweep, Key.Key_2)
    assert wall.current == 1, "on to the next"
    assert sweep.session.needed().revisions.of_image(image_id) == ()
    assert sweep.session.needed().images.get(image_id).review is Review.TO_DO
    assert not sweep.sweep.edits.undo_title


def test_nobody_asks_a_server_that_is_away(
    sweep: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(qtbot, sweep, Key.Key_1)
    before, store = stored(sweep, 0), sweep.session.needed()
    with monkeypatch.context() as gone:
        gone.setattr(sweep.session.others, "away", True)
        never = Mock(side_effect=AssertionError("asked"))
        gone.setattr(Document, "__init__", never)
        gone.setattr(type(store.images), "get", never)
        gone.setattr(type(store.garments), "of_images", never)
        for key, keys in (
            (Key.Key_3, Mod.NoModifier),
            (Key.Key_Right, Mod.ShiftModifier),
            (Key.Key_Z, Mod.ControlModifier),
            (Key.Key_A, Mod.ControlModifier),
            (Key.Key_1, Mod.NoModifier),
        ):
            press(qtbot, sweep, key, keys)
        sweep.session.images_changed.emit(frozenset({sweep.sweep.tile(0).image_id}))
        assert "cannot be reached" in sweep.banner.accessibleName()
    never.assert_not_called()
    assert stored(sweep, 0).same_as(before)
    assert sweep.sweep.edits.undo_title
    sweep.sweep.page.wall.mark(())
    press(qtbot, sweep, Key.Key_Z, Mod.ControlModifier)
    assert stored(sweep, 0).visibility[LANDMARK] == Visibility.VISIBLE


def test_a_double_click_that_scrolls_moves_one_landmark_only(sweep: MainWindow, qtbot: QtBot) -> None:
    wall = sweep.sweep.page.wall
    wall.setFixedHeight(260)
    bar = wall.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 150)
    # The first line is cut off above, but for the lower part of its crops.
    frame = painting.frame_in(wall.rect_of(0))
    bar.setValue(frame.top() + frame.height() // 2)
    frame = painting.frame_in(wall.rect_of(0))
    assert frame.top() < 0 < frame.bottom()
    before = [stored(sweep, row).points.tolist() for row in range(COUNT)]
    wall.current = wall.columns
    at = QPoint(frame.center().x(), frame.bottom() - 5)
    left, place = Qt.MouseButton.LeftButton, QPointF(at)
    QTest.mouseClick(wall.viewport(), left, Mod.NoModifier, at)
    once = [stored(sweep, row).points.tolist() for row in range(COUNT)]
    assert [row for row in range(COUNT) if before[row] != once[row]] == [0]
    assert painting.frame_in(wall.rect_of(0)).top() >= 0, "it has scrolled"
    again = QMouseEvent(QEvent.Type.MouseButtonDblClick, place, place, left, left, Mod.NoModifier)
    QApplication.sendEvent(wall.viewport(), again)
    assert [stored(sweep, row).points.tolist() for row in range(COUNT)] == once

"""GrabCut in the window: box and strokes, preview, accept, give up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest

import widgets.pages.annotate.segmenting as segmenting
from store.errors import StudioError
from store.records import Garment
from store.segmenting import GRABCUT, Picture, Piece, Prompt
from tests.gui.annotate.annotate_keeper import Keeper
from widgets.pages.annotate import AnnotatePage

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def picture_path(tmp_path: Path) -> Path:
    """A red garment on grey, with a blue patch."""
    image = QImage(600, 800, QImage.Format.Format_RGB32)
    image.fill(QColor("#8899AA"))
    painter = QPainter(image)
    painter.fillRect(200, 300, 200, 300, QColor("#CC2222"))
    painter.fillRect(260, 400, 80, 80, QColor("#2222CC"))
    painter.end()
    path = tmp_path / "000001.png"
    assert image.save(str(path))
    return path


@pytest.fixture
def boxed(page: AnnotatePage, keeper: Keeper) -> Keeper:
    keeper.garments = [Garment(id=5, image_id=1, category_id=8, box=[190, 290, 410, 610])]
    page.update_garments(keeper.garments, [5])
    page.select(5)
    page.set_tool("segment")
    page.canvas.setFocus()
    return keeper


def drag(
    page: AnnotatePage, start: tuple[float, float], end: tuple[float, float], keys: Qt.KeyboardModifier = NONE
) -> None:
    view, canvas = page.canvas.viewport(), page.canvas
    places = [canvas.map_from_image(QPointF(*at)).toPoint() for at in (start, end)]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, keys, places[0])
    QTest.mouseMove(view, places[1])
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, keys, places[1])


Settled = Callable[[], None]


@pytest.fixture
def settled(page: AnnotatePage, qtbot: object) -> Settled:
    def wait() -> None:
        found = page.masking.segmenting
        qtbot.waitUntil(lambda: not found.busy, timeout=10_000)  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: "Looking" not in page.hint, timeout=10_000)  # type: ignore[attr-defined]
        qtbot.wait(1)  # type: ignore[attr-defined]

    return wait


def test_enter_finds_in_the_box_and_enter_accepts(
    page: AnnotatePage, boxed: Keeper, settled: Settled
) -> None:
    assert "Enter looks for garment 1" in page.canvas.hint
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    settled()
    assert "Enter accepts; the outline is within" in page.hint
    assert boxed.edits == []
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    assert [edit.title for edit in boxed.edits] == ["Mask from GrabCut"]
    corners = np.concatenate(boxed.now(5).polygons)
    assert corners.min(axis=0) == pytest.approx([200, 300], abs=2)
    assert corners.max(axis=0) == pytest.approx([400, 600], abs=2)


def test_strokes_take_away_and_the_last_is_taken_back(
    page: AnnotatePage, boxed: Keeper, settled: Settled
) -> None:
    drag(page, (270, 440), (330, 440), CTRL)
    settled()
    tool = page.canvas._segmenting
    assert len(tool.prompt().drop) == 1
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    assert boxed.now(5).rle is not None
    page.set_tool("segment")
    drag(page, (270, 440), (330, 440))
    QTest.keyClick(page.canvas, Qt.Key.Key_Backspace)
    assert tool.prompt().keep == ()


def test_without_a_garment_the_first_drag_is_the_box(
    page: AnnotatePage, boxed: Keeper, settled: Settled
) -> None:
    page.select(0)
    assert "drag a box round a new garment" in page.canvas.hint
    drag(page, (190, 290), (410, 610))
    settled()
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    assert [edit.title for edit in boxed.edits] == ["Add garment"]


def test_escape_gives_it_up(page: AnnotatePage, boxed: Keeper, settled: Settled) -> None:
    drag(page, (220, 350), (380, 350))
    settled()
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert page.canvas.selection.garment_id == 5
    assert page.canvas._segmenting.prompt().keep == ()
    assert boxed.edits == []


def test_another_garment_begins_anew(page: AnnotatePage, boxed: Keeper, settled: Settled) -> None:
    drag(page, (220, 350), (380, 350))
    settled()
    page.select(0)
    drag(page, (20, 20), (22, 20))
    assert page.canvas._segmenting.prompt().empty
    assert boxed.edits == []


def test_without_a_picture_it_says_so(page: AnnotatePage, boxed: Keeper) -> None:
    page.canvas.show_picture(None, 600, 800)
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    assert page.hint == "There is no picture to look at"
    assert boxed.edits == []


@pytest.mark.parametrize("answer", ["refuses", "nothing"])
def test_a_segmenter_that_finds_nothing_says_why(
    page: AnnotatePage, boxed: Keeper, settled: Settled, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    class Poor:
        title = "Poor"

        def segment(self, _picture: object, _prompt: Prompt) -> Piece:
            if answer == "refuses":
                raise StudioError("It is too dark.", "Take another.")
            return Piece(np.zeros((3, 3), np.uint8))

    monkeypatch.setattr(segmenting, "segmenter", lambda _name: Poor())
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    settled()
    assert page.hint == (
        "It is too dark. Take another."
        if answer == "refuses"
        else "Nothing was found: draw over what belongs to the garment"
    )
    assert boxed.edits == []


def test_a_segmenter_is_made_once_and_tells_pictures_apart(
    page: AnnotatePage, boxed: Keeper, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    keys: list[str] = []

    class Slow:
        title = "Slow"

        def segment(self, picture: Picture, _prompt: Prompt) -> Piece:
            keys.append(picture.key)
            return Piece(np.zeros((3, 3), np.uint8))

    monkeypatch.setattr(segmenting, "segmenter", lambda name: made.append(name) or Slow())
    for _ in range(2):
        QTest.keyClick(page.canvas, Qt.Key.Key_Return)
        settled()
    other = QImage(600, 800, QImage.Format.Format_RGB32)
    other.fill(QColor("#224466"))
    # As with another store, whose images have the same ids.
    page.canvas.show_picture(other, 600, 800)
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    settled()
    assert made == [GRABCUT]
    assert keys[0] == keys[1] != keys[2]

"""The picture under the canvas: its tone on the screen, pictures too large to be kept whole, a crosshair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from widgets.canvas import Canvas, pictures
from widgets.canvas.pictures import decode, part_of, size_of
from widgets.canvas.tone import NEUTRAL, Tone, toned


@settings(max_examples=30, deadline=None)
@given(st.builds(Tone, st.integers(-100, 100), st.integers(-100, 100), st.integers(10, 500)))
def test_no_tone_turns_dark_and_light_round(tone: Tone) -> None:
    table = tone.table().astype(int)
    assert (np.diff(table) >= 0).all()
    assert (Tone().table() == np.arange(256)).all()


def test_brighter_is_brighter_and_leaves_the_picture(canvas: Canvas, qtbot: QtBot) -> None:
    before = canvas.image.pixelColor(5, 5)
    plain = canvas.grab().toImage().pixelColor(canvas.map_from_image(QPointF(5, 5)).toPoint())
    canvas.backdrop.set_tone(Tone(brightness=20))
    lighter = canvas.grab().toImage().pixelColor(canvas.map_from_image(QPointF(5, 5)).toPoint())
    assert lighter.lightness() > plain.lightness()
    assert canvas.backdrop.seen.pixelColor(5, 5).lightness() > before.lightness()
    assert canvas.image.pixelColor(5, 5) == before
    canvas.backdrop.set_tone(NEUTRAL)
    assert canvas.backdrop.seen.pixelColor(5, 5) == before


def test_a_large_picture_is_toned_small_first_and_whole_in_a_thread(canvas: Canvas, qtbot: QtBot) -> None:
    image = QImage(1601, 1201, QImage.Format.Format_RGB32)
    image.fill(QColor(100, 50, 20))
    canvas.show_picture(image, 1601, 1201)
    canvas.backdrop.set_tone(Tone(gamma=200))
    canvas.backdrop.set_tone(Tone(gamma=300))
    qtbot.waitUntil(lambda: canvas.backdrop.seen.width() == 1601)
    canvas.set_zoom(4.0)
    assert canvas.backdrop.seen.pixelColor(9, 9) == toned(image, Tone(gamma=300)).pixelColor(9, 9)
    assert canvas.image_size == (1601, 1201)
    # The next picture looks the same way.
    canvas.show_picture(image.copy(0, 0, 50, 50), 50, 50)
    assert canvas.backdrop.seen.pixelColor(9, 9) == toned(image, Tone(gamma=300)).pixelColor(9, 9)


def test_what_is_clear_stays_clear() -> None:
    image = QImage(2, 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0, 0))
    image.setPixelColor(1, 0, QColor(200, 100, 0, 128))
    made = toned(image, Tone(brightness=50))
    assert made.pixelColor(0, 0).alpha() == 0
    assert made.pixelColor(1, 0).alpha() == 128
    assert made.pixelColor(1, 0).red() > 200


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_picture_of_too_many_pixels_is_shown_smaller_at_its_place(
    canvas: Canvas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 20_000)
    path = tmp_path / f"wide.{suffix}"
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    assert image.save(str(path))
    picture = decode(path)
    assert picture.error == ""
    assert picture.image.width() * picture.image.height() <= 20_000
    assert picture.size == size_of(picture.image) == (400, 200)
    part = part_of(picture.image, QRect(100, 50, 80, 40))
    assert (part.width(), part.height()) == (80, 40)
    canvas.show_picture(picture.image, 400, 200)
    assert canvas.image_size == (400, 200)
    canvas.fit()
    shown = canvas.grab().toImage()
    corner = canvas.map_from_image(QPointF(396, 196)).toPoint() * shown.devicePixelRatio()
    assert shown.pixelColor(corner).lightness() > 240


def test_the_crosshair_follows_the_pointer_and_goes(canvas: Canvas, qtbot: QtBot) -> None:
    def bright(at: QPointF) -> set[int]:
        shown = canvas.grab().toImage()
        place = (canvas.map_from_image(at) * shown.devicePixelRatio()).toPoint()
        return {shown.pixelColor(place + QPoint(dx, 0)).lightness() for dx in range(-12, 13)}

    canvas.show_garments([], {})
    without = bright(QPointF(30, 70))
    canvas.crosshair.set_on(True)
    qtbot.mouseMove(canvas.viewport(), canvas.map_from_image(QPointF(60, 70)).toPoint())
    assert bright(QPointF(30, 70)) != without
    canvas.crosshair.set_on(False)
    assert bright(QPointF(30, 70)) == without

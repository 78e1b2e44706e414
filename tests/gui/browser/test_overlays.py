"""What lies over thumbnails: where it lies, what is read for it, when it is painted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from resources.taxonomy import categories
from store.records import Garment, Image, Visibility
from widgets.browser.overlays import Overlays, paint_overlays, placing
from widgets.browser.thumbnails import Frame, cut

KNOWN = {one.id: one for one in categories()}
RECT = QRect(3, 5, 120, 100)


def image(width: int, height: int, known: bool = True) -> Image:
    return Image(id=1, width=width, height=height, size_known=known)


@pytest.mark.parametrize("fill", [True, False])
@pytest.mark.parametrize("size", [(300, 400), (400, 300), (90, 400), (80, 60)])
def test_places_are_where_the_picture_has_them(size: tuple[int, int], fill: bool) -> None:
    width, height = size
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(QColor("black"))
    x, y = width // 2, height // 3
    for dx in range(-3, 4):
        for dy in range(-3, 4):
            picture.setPixel(x + dx, y + dy, 0xFFFFFFFF)
    shown = cut(picture, Frame(RECT.width(), RECT.height(), fill))
    scale, left, top = placing(image(width, height), RECT, fill)
    bright = [
        (px, py)
        for px in range(shown.width())
        for py in range(shown.height())
        if shown.pixelColor(px, py).red() > 128
    ]
    # Pictures that fit are drawn in the middle, as large as there is room.
    grown = 1.0 if fill else min(RECT.width() / shown.width(), RECT.height() / shown.height())
    middle = np.mean(bright, axis=0) + 0.5
    over = (RECT.width() - shown.width() * grown) / 2, (RECT.height() - shown.height() * grown) / 2
    seen = middle * grown + over + (RECT.x(), RECT.y())
    assert np.allclose(seen, [(x + 0.5) * scale + left, (y + 0.5) * scale + top], atol=1.5)


def painted(layers: Sequence[str], garment: Garment, known: bool = True) -> QImage:
    sheet = QImage(130, 110, QImage.Format.Format_RGB32)
    sheet.fill(QColor("black"))
    painter = QPainter(sheet)
    paint_overlays(painter, RECT, image(120, 100, known), (garment,), KNOWN, frozenset(layers), True)
    painter.end()
    return sheet


def coloured(sheet: QImage) -> int:
    return sum(
        sheet.pixelColor(x, y) != QColor("black") for x in range(sheet.width()) for y in range(sheet.height())
    )


@pytest.fixture
def skirt() -> Garment:
    schema = KNOWN[9].schema
    points = np.asarray(schema.template) * [60, 70] + [30, 15]
    corners = np.array([[30.0, 15], [90, 15], [90, 85], [30, 85]])
    states = [Visibility.VISIBLE] * (schema.size - 1) + [Visibility.OCCLUDED]
    return Garment(category_id=9, box=[30, 15, 90, 85], points=points, visibility=states, polygons=(corners,))


def test_each_layer_shows_something_of_its_own(skirt: Garment) -> None:
    amounts = [coloured(painted(layers, skirt)) for layers in ((), ("boxes",), ("landmarks",), ("masks",))]
    assert amounts[0] == 0
    assert min(amounts[1:]) > 0
    assert amounts[3] > amounts[1]
    more = [painted(layers, skirt) for layers in (("masks",), ("masks", "landmarks"))]
    assert all(one != other for one, other in pairwise(more))


def test_nothing_is_painted_beside_the_picture(skirt: Garment) -> None:
    sheet = painted(("masks", "boxes"), skirt.but(box=[-50, -50, 500, 500], polygons=()))
    outside = [(x, y) for x in range(130) for y in range(110) if not RECT.contains(x, y)]
    assert all(sheet.pixelColor(x, y) == QColor("black") for x, y in outside)


def test_nothing_is_painted_where_the_size_of_the_picture_is_not_known(skirt: Garment) -> None:
    assert coloured(painted(("boxes",), skirt, known=False)) == 0


def test_garments_of_other_categories_are_painted_too(skirt: Garment) -> None:
    assert coloured(painted(("boxes", "landmarks"), skirt.but(category_id=4711))) > 0


class Source:
    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def of_images(self, ids: Sequence[int]) -> dict[int, tuple[Garment, ...]]:
        self.asked.append(list(ids))
        return {one: (Garment(id=one),) for one in ids}


def test_garments_are_read_once_and_anew_when_they_were_changed(qtbot: QtBot) -> None:
    source, overlays = Source(), Overlays()
    overlays.set_source(source)
    for ids in ([1, 2], [2, 3], [1, 2, 3]):
        overlays.want(ids)
        qtbot.waitUntil(lambda ids=ids: all(overlays.get(one) for one in ids))
    assert source.asked == [[1, 2], [3]]
    overlays.forget([2])
    assert overlays.get(2)
    with qtbot.waitSignal(overlays.arrived):
        overlays.want([1, 2])
    assert source.asked[2:] == [[2]]
    overlays.set_source(None)
    assert overlays.get(1) == ()

"""Tiles and pictures that need no store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from store.records import Domain, Image, Review
from widgets.browser import ThumbnailGrid, Thumbnails, ThumbnailSource, TileModel


@dataclass(frozen=True)
class FakeTile:
    image: Image
    categories: tuple[int, ...]
    garments: int
    problems: int


class FakeTiles:
    """A tile source that remembers what it was asked, and can be held up."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.review = Review.TO_DO

    def tiles(self, ids: Sequence[int]) -> list[FakeTile]:
        self.asked.append(list(ids))
        assert self.may_answer.wait(5)
        return [
            FakeTile(
                Image(id=i, name=f"image/{i:06}.jpg", domain=Domain.SHOP, review=self.review),
                (1, 8),
                2,
                i % 2,
            )
            for i in ids
        ]

    @property
    def all_asked(self) -> set[int]:
        return {image_id for ids in self.asked for image_id in ids}


@pytest.fixture
def tiles() -> Iterator[FakeTiles]:
    source = FakeTiles()
    yield source
    source.may_answer.set()


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture of one colour, its upper half white."""

    def write(
        name: str = "picture.jpg", width: int = 300, height: int = 400, colour: str = "#2040a0"
    ) -> Path:
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        for y in range(height // 2):
            for x in range(width):
                image.setPixel(x, y, 0xFFFFFFFF)
        path = tmp_path / name
        assert image.save(str(path))
        return path

    return write


@pytest.fixture
def grid(qtbot: QtBot, tiles: FakeTiles, tmp_path: Path) -> Iterator[ThumbnailGrid]:
    """A shown grid over 800,000 images whose files are missing."""
    model, thumbnails = TileModel(), Thumbnails(threads=1)
    model.set_source(tiles)
    thumbnails.set_source(ThumbnailSource(lambda image: tmp_path / image.name))
    made = ThumbnailGrid(model, thumbnails)
    qtbot.addWidget(made)
    made.resize(QSize(900, 700))
    with qtbot.waitExposed(made):
        made.show()
    model.set_ids(np.arange(1, 800_001))
    made.set_current_row(0)
    qtbot.waitUntil(lambda: model.complete(*_span(made)) and thumbnails.idle)
    yield made
    tiles.may_answer.set()
    made.close()
    model.settle()
    thumbnails.settle()


def _span(grid: ThumbnailGrid) -> tuple[int, int]:
    rows = grid.rows_in_view()
    return rows.start, rows.stop

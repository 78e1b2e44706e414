"""A canvas with one picture and three garments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from resources.taxonomy import Category, categories
from store.document.edits import Edit
from store.records import Garment
from tests.gui.canvas.canvas_hand import SIZE, Hand, make_garments
from widgets import style
from widgets.canvas import Canvas


@pytest.fixture
def garments() -> list[Garment]:
    return make_garments()


@pytest.fixture
def all_categories() -> dict[int, Category]:
    return {one.id: one for one in categories()}


@pytest.fixture
def picture() -> QImage:
    made = QImage(*SIZE, QImage.Format.Format_RGB32)
    made.fill(QColor("#8899AA"))
    return made


@pytest.fixture
def canvas(
    qtbot: object, picture: QImage, garments: list[Garment], all_categories: dict[int, Category]
) -> Canvas:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply(app, "dark")
    made = Canvas()
    made.resize(900, 700)
    made.show()
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    qtbot.waitExposed(made)  # type: ignore[attr-defined]
    made.show_picture(picture, *SIZE)
    made.show_garments(garments, all_categories)
    return made


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)


@pytest.fixture
def after() -> Callable[[Edit], Garment]:
    """The one garment that an edit leaves."""

    def read(edit: Edit) -> Garment:
        assert len(edit.changes) == 1
        garment = edit.changes[0].after
        assert isinstance(garment, Garment)
        return garment

    return read

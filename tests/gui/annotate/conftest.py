"""The Annotate page with a small controller that applies edits in memory, as the real one does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from tests.gui.annotate.annotate_keeper import Keeper
from widgets import style
from widgets.pages.annotate import AnnotatePage


@pytest.fixture
def picture_path(tmp_path: Path) -> Path:
    image = QImage(600, 800, QImage.Format.Format_RGB32)
    image.fill(QColor("#8899AA"))
    path = tmp_path / "000001.png"
    assert image.save(str(path))
    return path


@pytest.fixture
def page(qtbot: object) -> Iterator[AnnotatePage]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply(app, "dark")
    made = AnnotatePage()
    made.resize(1524, 940)
    made.show()
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    qtbot.waitExposed(made)  # type: ignore[attr-defined]
    yield made
    made.close_pictures()


@pytest.fixture
def keeper(page: AnnotatePage, picture_path: Path, qtbot: object) -> Keeper:
    made = Keeper(page)
    with qtbot.waitSignal(page.picture_shown):  # type: ignore[attr-defined]
        made.open(picture_path)
    return made

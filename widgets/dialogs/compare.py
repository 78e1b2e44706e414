"""Two states of an image side by side, in a window of their own."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from resources.taxonomy import Category
from widgets import style
from widgets.common import Button
from widgets.dialogs.frame import Dialog
from widgets.panels.compare import CompareView, Comparison


class CompareDialog(Dialog):
    """Shows a comparison large; Esc and Enter close it."""

    def __init__(
        self,
        found: Comparison,
        picture: QImage,
        categories: Mapping[int, Category],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Before and after", 960, parent)
        self.compare = CompareView(wide=True)
        self.compare.show_comparison(found, picture, categories)
        for pane in (self.compare.before, self.compare.after):
            pane.setMinimumHeight(style.tokens().px(420))
        self.body.addWidget(self.compare, 1)
        close = Button("Close", key="Esc")
        close.clicked.connect(self.accept)
        self.add_button(close, main=True)

"""Where the parts of the Annotate page are, and what they give up in a small window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets import style
from widgets.common import Banner, SidePanel

if TYPE_CHECKING:
    from widgets.pages.annotate.view import AnnotateView

#: Below this width the panel is narrower and the place in the list is not said.
NARROW = 1300
#: Below this height the panel does not have room for everything at once.
LOW = 860
PANEL, PANEL_NARROW = 348, 320


class Arrangement:
    """Bars round the canvas with panels at their right; or, without an image, a sentence that says why.

    ``right`` shows the panel of garments and landmarks, ``side``, or that of the history, ``drawer``.
    """

    def __init__(self, view: AnnotateView) -> None:
        self._view = view
        self.side, self.drawer = self._make_side(), SidePanel(PANEL, name="History")
        self.drawer.add(view.history_panel, 1)
        self.right = QStackedWidget()
        for panel in (self.side, self.drawer):
            # The last section takes all the height that is left, not the space below it.
            panel.column.setStretch(panel.column.count() - 1, 0)
            self.right.addWidget(panel)
        self.banner = Banner("warn", "", closable=True)
        self.banner.hide()
        self._pages = QStackedWidget()
        self._pages.addWidget(view.empty)
        self._pages.addWidget(self._make_work())
        whole = QVBoxLayout(view)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def _make_side(self) -> SidePanel:
        view = self._view
        side = SidePanel(PANEL, name="Garments and landmarks")
        for panel in (view.garments_panel, view.problems_panel, view.facts_panel):
            side.add(panel)
        view.more.add_to(side)
        side.add(view.landmarks_panel, 1)
        # Always in view, however many garments and landmarks there are.
        side.set_foot(view.predictions_panel)
        return side

    def _make_work(self) -> QWidget:
        view = self._view
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(view.strip)
        middle.addWidget(view.canvas, 1)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(view.toolbar)
        left.addWidget(self.banner)
        left.addLayout(middle, 1)
        left.addWidget(view.filmstrip)
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.right)
        return work

    def show_work(self, shown: bool) -> None:
        """The canvas with all round it, or the sentence."""
        self._pages.setCurrentIndex(int(shown))

    def fit(self) -> None:
        """Follow the size of the page."""
        view = self._view
        narrow = view.width() < style.tokens().px(NARROW)
        for panel in (self.side, self.drawer):
            panel.set_width(PANEL_NARROW if narrow else PANEL)
        self.right.setFixedWidth(self.side.width())
        view.toolbar.place.setVisible(not narrow)
        self.fit_height()

    def fit_height(self) -> None:
        """In a low window the lists are shorter, and where predictions need the room the diagram is away."""
        view = self._view
        low = view.height() < style.tokens().px(LOW)
        view.garments_panel.set_low(low)
        view.predictions_panel.list.set_low(low)
        view.landmarks_panel.set_low(low and view.canvas.proposed.on)

"""The side panel of Browse: the filter's facets, or the details of the current image."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from widgets import style
from widgets.common import GhostButton, PageToolbar, surface
from widgets.panels.details import DetailsPanel
from widgets.panels.facets import FacetPanel


class _Tabs(QTabBar):
    """Tabs whose chosen one is semibold: room is kept for that, so that nothing moves or is cut."""

    def __init__(self) -> None:
        super().__init__()
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        side = style.tokens().px(16)
        self.setIconSize(QSize(side, side))

    def tabSizeHint(self, index: int) -> QSize:  # noqa: N802
        wide = QFontMetrics(style.font("strong")).horizontalAdvance(self.tabText(index))
        look, hint = style.tokens(), super().tabSizeHint(index)
        return QSize(wide + look.px(16 + 8 + 40), hint.height())


class SidePanel(QWidget):
    """``facets`` and ``details`` under ``tabs``; ``clear`` is shown beside the facets. As wide as such panels
    are at the font scale in force."""

    def __init__(self) -> None:
        super().__init__()
        surface(self, "sidepanel")
        self.setAccessibleName("Filter and details")
        self.facets, self.details = FacetPanel(), DetailsPanel()
        self.tabs, self.clear = _Tabs(), GhostButton("Clear", "x")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_head())
        self._panels = QStackedWidget()
        self._panels.addWidget(self.facets)
        self._panels.addWidget(self.details)
        column.addWidget(self._panels, 1)
        self.tabs.currentChanged.connect(self._show)
        self._fix()
        style.changed.connect(self._fix)

    def _build_head(self) -> QWidget:
        head = PageToolbar()
        head.row.setContentsMargins(4, 0, 8, 0)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        for text, icon in (("Filter", "filter"), ("Details", "info-circle")):
            self.tabs.addTab(style.icon(icon), text)
        self.tabs.setAccessibleName("Side panel")
        head.row.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignBottom)
        head.add_stretch()
        head.add(self.clear)
        return head

    def _show(self, tab: int) -> None:
        self._panels.setCurrentIndex(tab)
        self.clear.setVisible(tab == 0)

    def _fix(self) -> None:
        self.setFixedWidth(style.tokens().size("panel_browse"))

"""Surfaces: lines, cards, bars and the side panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from widgets import style
from widgets.common.texts import label


def surface(widget: QWidget, look: str) -> QWidget:
    """Give a plain widget a ground of the style sheet ("page", "panel", "chrome", ...); returns it."""
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    widget.setProperty("look", look)
    return widget


def hline() -> QFrame:
    """A separator 1 px high."""
    made = QFrame()
    made.setProperty("look", "line")
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made


def vline(height: int = 24) -> QFrame:
    """A separator 1 px wide for bars."""
    made = QFrame()
    made.setProperty("look", "vline")
    made.setFixedHeight(style.tokens().px(height))
    return made


class Card(QFrame):
    """A raised surface with an optional head: title, a note beside it, and room for buttons.

    Put the content into ``body``; ``head`` is the layout of the head, None without a title.
    """

    def __init__(self, title: str = "", note: str = "", padding: int = 12) -> None:
        super().__init__()
        self.setProperty("look", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.head: QHBoxLayout | None = None
        self.note = label(note, "note")
        if title:
            head = QFrame()
            head.setProperty("look", "cardhead")
            head.setFixedHeight(style.tokens().px(40))
            self.head = QHBoxLayout(head)
            self.head.setContentsMargins(14, 0, 10, 0)
            self.head.setSpacing(8)
            self.head.addWidget(label(title, "heading"))
            self.head.addWidget(self.note)
            self.head.addStretch(1)
            column.addWidget(head)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(padding, padding, padding, padding)
        self.body.setSpacing(8)
        column.addLayout(self.body)


class _Bar(QWidget):
    def __init__(self, look: str, height: int) -> None:
        super().__init__()
        surface(self, look)
        self._height = height
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(12, 0, 12, 0)
        self.row.setSpacing(8)
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        self.setFixedHeight(style.tokens().px(self._height))

    def add(self, widget: QWidget) -> QWidget:
        """Add a widget at the right of what is there; returns it."""
        self.row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        return widget

    def add_line(self) -> None:
        """A separator 24 px high."""
        self.row.addSpacing(4)
        self.row.addWidget(vline(), 0, Qt.AlignmentFlag.AlignVCenter)
        self.row.addSpacing(4)

    def add_stretch(self) -> None:
        """What follows goes to the right."""
        self.row.addStretch(1)


class PageToolbar(_Bar):
    """The bar at the top of a page, 48 high. ``row`` is its layout."""

    def __init__(self) -> None:
        super().__init__("toolbar", 48)


class FootBar(_Bar):
    """A bar at the foot of a page, 48 high: what can be done with the selection."""

    def __init__(self) -> None:
        super().__init__("footbar", 48)


class SidePanel(QWidget):
    """Sections on top of each other, scrolled where they do not fit.

    ``side`` is where the panel stands: "right" or "left"; its edge line is on the other side.
    """

    def __init__(self, width: int, side: str = "right", name: str = "Side panel") -> None:
        super().__init__()
        surface(self, "sidepanel" if side == "right" else "leftpanel")
        self.setAccessibleName(name)
        self._width = width
        whole = QVBoxLayout(self)
        edge = (1, 0, 0, 0) if side == "right" else (0, 0, 1, 0)
        whole.setContentsMargins(*edge)
        whole.setSpacing(0)
        self.top = QVBoxLayout()
        self.top.setSpacing(0)
        whole.addLayout(self.top)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("look", "scrolled")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addStretch(1)
        self.scroll.setWidget(inner)
        self.scroll.viewport().setAutoFillBackground(False)
        whole.addWidget(self.scroll, 1)
        self.foot = QVBoxLayout()
        self.foot.setSpacing(0)
        whole.addLayout(self.foot)
        self._fix()
        style.changed.connect(self._fix)

    def set_width(self, width: int) -> None:
        """Change the width, in logical pixels at a font scale of 1."""
        self._width = width
        self._fix()

    def _fix(self) -> None:
        self.setFixedWidth(style.tokens().px(self._width))

    def add(self, widget: QWidget, stretch: int = 0) -> QWidget:
        """Add a section below the others; returns it."""
        self.column.insertWidget(self.column.count() - 1, widget, stretch)
        return widget

    def set_top(self, widget: QWidget) -> None:
        """A part above the sections that does not scroll (tabs, a search field)."""
        self.top.addWidget(widget)

    def set_foot(self, widget: QWidget) -> None:
        """A part below the sections that does not scroll (the main action)."""
        self.foot.addWidget(widget)

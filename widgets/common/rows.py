"""The ground of a tall row in a list: what lies under its words, the same in every list."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from widgets import style


class RowState(NamedTuple):
    """Whether the row is the current one, and whether the pointer is over it."""

    current: bool
    hovered: bool


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> RowState:
    """Paint background and lower edge, a bar at the left of the current row, a frame where the focus is."""
    look, rect = style.tokens(), option.rect
    current = bool(option.state & QStyle.StateFlag.State_Selected)
    hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    painter.fillRect(rect, look.sel if current else look.hover if hovered else look.bg2)
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), look.line)
    if current:
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), look.acc)
    if current and option.state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(look.acc, 2))
        painter.drawRect(rect.adjusted(1, 1, -1, -2))
    return RowState(current, hovered)

"""The list of garments under the pointer, for where they overlap."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from store import geometry
from store.geometry import Point
from widgets import style
from widgets.canvas.state import Shown
from widgets.common.bars import swatch_icon


def garments_menu(shown: Shown, at: Point, selected: int, parent: QWidget) -> QMenu:
    """A menu of the garments at a point of the image, the smallest first, as a click takes them.

    An action's data is the garment's id; the selected one is semibold. Where there is no garment the menu
    says so. It deletes itself when it is closed.
    """
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for garment in geometry.garments_at(shown.visible, at):
        action = menu.addAction(f"{shown.number(garment.id)}  {shown.category_name(garment)}")
        action.setIcon(swatch_icon(shown.colour(garment), parent.devicePixelRatioF()))
        action.setData(garment.id)
        if garment.id == selected:
            menu.setActiveAction(action)
            action.setFont(style.font("strong"))
    if menu.isEmpty():
        menu.addAction("No garment here").setEnabled(False)
    return menu

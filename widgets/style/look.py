"""Puts a look in force on the whole application."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QToolTip

from resources.theme import MAXIMUM_SCALE, MINIMUM_SCALE, style_sheet
from widgets.style import fonts
from widgets.style.tokens import Tokens, set_tokens


class _Notifier(QObject):
    changed = Signal()


_notifier = _Notifier()

#: Emitted after the look has changed; who caches colours or sizes asks for them again.
changed = _notifier.changed


def _palette(look: Tokens) -> QPalette:
    role = QPalette.ColorRole
    made = QPalette()
    for where, colour in (
        (role.Window, look.bg1),
        (role.WindowText, look.t1),
        (role.Base, look.input),
        (role.AlternateBase, look.bg2),
        (role.Text, look.t1),
        (role.PlaceholderText, look.t3),
        (role.Button, look.bg3),
        (role.ButtonText, look.t1),
        (role.BrightText, look.bad),
        (role.Highlight, look.sel),
        (role.HighlightedText, look.t1),
        (role.Link, look.acc),
        (role.LinkVisited, look.acc),
        (role.ToolTipBase, look.bg3),
        (role.ToolTipText, look.t1),
        (role.Light, look.hover),
        (role.Midlight, look.bg3),
        (role.Mid, look.line),
        (role.Dark, look.line2),
        (role.Shadow, QColor("#000000")),
        (role.Accent, look.acc),
    ):
        made.setColor(where, colour)
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, look.dis)
    return made


def apply(
    app: QApplication, theme: str = "dark", font_scale: float = 1.0, density: str = "comfortable"
) -> None:
    """Put a theme ("dark" or "light"), a font scale (1 to 2) and a density in force.

    Emits ``changed``. KeyError for a theme or density that is not there.
    """
    look = Tokens(theme, min(max(font_scale, MINIMUM_SCALE), MAXIMUM_SCALE), density)
    set_tokens(look)
    fonts.load()
    if app.style().objectName().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(_palette(look))
    QToolTip.setPalette(_palette(look))
    app.setFont(fonts.font("body"))
    QToolTip.setFont(fonts.font("table"))
    app.setStyleSheet(style_sheet(theme, look.scale, density))
    changed.emit()

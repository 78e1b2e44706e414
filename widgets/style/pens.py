"""Pens whose width is the same at any zoom and on any screen."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QColor, QGuiApplication, QPen


@cache
def _ratio() -> float:
    application = QGuiApplication.instance()
    return application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0


def cosmetic_pen(colour: QColor, width: float) -> QPen:
    """A cosmetic pen of ``width`` logical pixels.

    Qt counts the width of a cosmetic pen in pixels of the screen: at 200 % it would be half as wide. Of
    several screens the finest one counts, as it is when the first pen is made.
    """
    pen = QPen(colour, width * _ratio())
    pen.setCosmetic(True)
    return pen

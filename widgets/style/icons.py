"""The line icons, drawn at any size and ratio in the colours of the theme in force."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from resources.theme import icon_svg
from widgets.style.tokens import tokens

#: A line is 1.5 px wide at every size: 36 divided by the size, on the icons' grid of 24.
_LINE = 36.0


@lru_cache(maxsize=1024)
def _rendered(name: str, colour: str, pixels: int, ratio: float) -> QPixmap:
    """A square pixmap of ``pixels`` device pixels; its device pixel ratio is 1."""
    logical = max(1.0, pixels / ratio)
    renderer = QSvgRenderer(QByteArray(icon_svg(name, colour, _LINE / logical).encode()))
    made = QPixmap(pixels, pixels)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return made


class _Engine(QIconEngine):
    """Draws one icon; the colour is looked up when it draws, so a new theme needs no new icons."""

    def __init__(self, name: str, role: str, on: str) -> None:
        super().__init__()
        self._name, self._role, self._on = name, role, on

    def _colour(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        role = self._on if state == QIcon.State.On else self._role
        if mode == QIcon.Mode.Disabled:
            role = "dis"
        return tokens().colour(role).name()

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:  # noqa: N802
        # The size is in logical pixels; the engine answers in device pixels and says so in the ratio.
        side = max(1, round(min(size.width(), size.height()) * scale))
        made = QPixmap(_rendered(self._name, self._colour(mode, state), side, scale))
        made.setDevicePixelRatio(scale)
        return made

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        corner = rect.center() - QPoint((side - 1) // 2, (side - 1) // 2)
        _paint(painter, QRectF(corner.x(), corner.y(), side, side), self._name, self._colour(mode, state))

    def actualSize(self, size: QSize, _mode: QIcon.Mode, _state: QIcon.State) -> QSize:
        return size

    def isNull(self) -> bool:  # noqa: N802
        return False

    def key(self) -> str:
        return "deepfashion-studio"

    def clone(self) -> QIconEngine:
        copy = _Engine(self._name, self._role, self._on)
        # Qt owns the clone, but Python would let go of it as soon as this returns.
        _clones.append(copy)
        return copy


_clones: list[QIconEngine] = []


def _paint(painter: QPainter, rect: QRectF, name: str, colour: str) -> None:
    device = painter.device()
    ratio = device.devicePixelRatio() if device is not None else 1.0
    side = min(rect.width(), rect.height())
    image = _rendered(name, colour, max(1, round(side * ratio)), ratio)
    painter.drawPixmap(rect, image, QRectF(image.rect()))


def icon(name: str, role: str = "t2", on: str = "") -> QIcon:
    """An icon of the set that follows the theme.

    ``role`` is a colour token or ``#RRGGBB``, ``on`` the one of the checked state (the same if empty).
    A disabled icon takes ``dis``. FileNotFoundError for a name that is not in the set.
    """
    icon_svg(name, "")
    return QIcon(_Engine(name, role, on or role))


def pixmap(name: str, role: str = "t2", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """An icon as a pixmap of ``size`` logical pixels in the colours in force now."""
    made = QPixmap(_rendered(name, tokens().colour(role).name(), max(1, round(size * ratio)), ratio))
    made.setDevicePixelRatio(ratio)
    return made


def draw(painter: QPainter, rect: QRect | QRectF, name: str, role: str = "t2") -> None:
    """Paint an icon sharply into ``rect`` (logical pixels), for delegates and painted widgets."""
    _paint(painter, QRectF(rect), name, tokens().colour(role).name())

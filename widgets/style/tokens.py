"""The look in force, as Qt types."""

from __future__ import annotations

from dataclasses import fields

from PySide6.QtGui import QColor

from resources import theme as look


class Tokens:
    """Colours and measures of the look in force.

    Every colour token of :class:`resources.theme.Colours` is an attribute holding a ``QColor``
    (``tokens().acc``). ``theme`` is "dark" or "light", ``scale`` the font scale, ``density`` a name of
    ``DENSITIES``; ``control``, ``list_row``, ``table_row`` and ``facet_row`` are heights in logical
    pixels with the scale in them. ``series`` holds ``(QColor, dash pattern)`` for charts, ``levels``
    the three fills of ordered levels, ``outline`` the edge of category shapes (None in the dark theme).
    """

    bg0: QColor
    bg1: QColor
    bg2: QColor
    bg3: QColor
    input: QColor
    hover: QColor
    press: QColor
    sel: QColor
    line: QColor
    line2: QColor
    t1: QColor
    t2: QColor
    t3: QColor
    dis: QColor
    acc: QColor
    onacc: QColor
    ok: QColor
    warn: QColor
    bad: QColor
    okbg: QColor
    warnbg: QColor
    badbg: QColor
    infobg: QColor
    hit: QColor
    onhit: QColor
    miss: QColor
    onmiss: QColor
    canvas: QColor

    def __init__(self, theme: str = "dark", scale: float = 1.0, density: str = "comfortable") -> None:
        colours = look.THEMES[theme]
        for field in fields(colours):
            setattr(self, field.name, QColor(getattr(colours, field.name)))
        self.theme = theme
        self.scale = scale
        self.density = density
        rows = look.DENSITIES[density]
        self.control = look.scaled(rows.control, scale)
        self.list_row = look.scaled(rows.list_row, scale)
        self.table_row = look.scaled(rows.table_row, scale)
        self.facet_row = look.scaled(rows.facet_row, scale)
        self.series = tuple((QColor(colour), dash) for colour, dash in look.SERIES[theme])
        self.levels = tuple(QColor(colour) for colour in look.LEVEL_FILLS[theme])
        self.outline = QColor(look.CATEGORY_OUTLINE) if theme == "light" else None

    def px(self, pixels: float) -> int:
        """A length at the font scale in force, in whole logical pixels."""
        return look.scaled(pixels, self.scale)

    def size(self, name: str) -> int:
        """A measure of ``resources.theme.SIZES`` at the font scale in force."""
        return self.px(look.SIZES[name])

    def colour(self, role: str) -> QColor:
        """A token by name, or a colour given as ``#RRGGBB``. KeyError for an unknown name."""
        if role.startswith("#"):
            return QColor(role)
        found = getattr(self, role, None)
        if not isinstance(found, QColor):
            raise KeyError(role)
        return found


class _Current:
    tokens: Tokens | None = None


def tokens() -> Tokens:
    """The look in force; the dark theme before ``apply`` was called."""
    if _Current.tokens is None:
        _Current.tokens = Tokens()
    return _Current.tokens


def set_tokens(new: Tokens) -> None:
    """Only for :func:`widgets.style.apply`."""
    _Current.tokens = new

"""The bundled fonts, with tabular figures."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from resources import theme as look
from widgets.style.tokens import tokens


@cache
def load() -> tuple[str, ...]:
    """Make the bundled fonts known to Qt, once; the families found.

    A font that cannot be read is no error: the next family in the list is used.
    """
    families: list[str] = []
    for name in look.FONT_FILES:
        number = QFontDatabase.addApplicationFont(str(look.FONTS / name))
        if number >= 0:
            families.extend(QFontDatabase.applicationFontFamilies(number))
    return tuple(families)


def font(use: str = "body", weight: int | None = None) -> QFont:
    """The font of a use named in ``resources.theme.TYPES``, at the font scale in force."""
    kind = look.TYPES[use]
    made = QFont()
    made.setFamilies(list(look.MONO if use == "mono" else look.SANS))
    if use == "mono":
        made.setStyleHint(QFont.StyleHint.Monospace)
    made.setPixelSize(tokens().px(kind.size))
    made.setWeight(QFont.Weight(weight or kind.weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made

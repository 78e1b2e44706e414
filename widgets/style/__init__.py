"""The look of the window: palette, style sheet, icons and fonts.

``apply`` is called once by the program and again on a change of theme, font scale or density; then
``changed`` is emitted. Painters ask ``tokens()`` at paint time and keep nothing of it.
"""

from widgets.style.fonts import font
from widgets.style.icons import draw, icon, pixmap
from widgets.style.look import apply, changed
from widgets.style.pens import cosmetic_pen
from widgets.style.tokens import Tokens, tokens

__all__ = ["Tokens", "apply", "changed", "cosmetic_pen", "draw", "font", "icon", "pixmap", "tokens"]

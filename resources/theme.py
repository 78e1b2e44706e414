"""How the window looks, as data: colour tokens, type, sizes, and the style sheet filled from them.

Nothing here knows Qt. Painters read the same tables through ``widgets.style.tokens()``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parent
ICONS = ROOT / "icons"
FONTS = ROOT / "fonts"

#: Families in the order in which they are tried; their bundled files lie in :data:`FONTS`.
SANS = ("Inter Tabular", "Inter", "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK KR")
MONO = ("Noto Sans Mono", "DejaVu Sans Mono")
FONT_FILES = ("InterTabular-Regular.ttf", "InterTabular-SemiBold.ttf", "NotoSansMono-Regular.ttf")


@dataclass(frozen=True, slots=True)
class Colours:
    """The colour tokens of one theme, each ``#RRGGBB``."""

    bg0: str
    bg1: str
    bg2: str
    bg3: str
    input: str
    hover: str
    press: str
    sel: str
    line: str
    line2: str
    t1: str
    t2: str
    t3: str
    dis: str
    acc: str
    onacc: str
    ok: str
    warn: str
    bad: str
    okbg: str
    warnbg: str
    badbg: str
    infobg: str
    hit: str
    onhit: str
    miss: str
    onmiss: str
    canvas: str


DARK = Colours(
    bg0="#171717",
    bg1="#1F1F1F",
    bg2="#262626",
    bg3="#313131",
    input="#1A1A1A",
    hover="#393939",
    press="#454545",
    sel="#263B5A",
    line="#383838",
    line2="#7A7A7A",
    t1="#EDEDED",
    t2="#C6C6C6",
    t3="#A6A6A6",
    dis="#6C6C6C",
    acc="#78AEFF",
    onacc="#0A1A33",
    ok="#5CC8A1",
    warn="#F2B84B",
    bad="#FF8A7A",
    okbg="#1E3A31",
    warnbg="#3D3118",
    badbg="#452723",
    infobg="#22344F",
    hit="#4CC3D9",
    onhit="#06262C",
    miss="#FF9A4D",
    onmiss="#331600",
    canvas="#2C2C2C",
)

LIGHT = Colours(
    bg0="#E3E3E3",
    bg1="#EEEEEE",
    bg2="#F7F7F7",
    bg3="#FFFFFF",
    input="#FFFFFF",
    hover="#E4E4E4",
    press="#D3D3D3",
    sel="#D3E3F8",
    line="#D0D0D0",
    line2="#808080",
    t1="#1A1A1A",
    t2="#454545",
    t3="#5E5E5E",
    dis="#A0A0A0",
    acc="#1B5DB8",
    onacc="#FFFFFF",
    ok="#0B6E4F",
    warn="#8A5A00",
    bad="#A5123D",
    okbg="#DDF1E8",
    warnbg="#FBEBC8",
    badbg="#FADCD8",
    infobg="#DCE8F9",
    hit="#006B79",
    onhit="#FFFFFF",
    miss="#A33F00",
    onmiss="#FFFFFF",
    canvas="#C9C9C9",
)

THEMES: Mapping[str, Colours] = MappingProxyType({"dark": DARK, "light": LIGHT})

#: Text on any category colour, and the outline of category shapes in the light theme.
CATEGORY_TEXT = "#000000"
CATEGORY_OUTLINE = "#1A1A1A"

#: Charts that are not about categories: colour and dash pattern (pixels) of each series.
SERIES: Mapping[str, tuple[tuple[str, tuple[int, ...]], ...]] = MappingProxyType(
    {
        "dark": (("#78AEFF", ()), ("#F2B84B", (7, 4)), ("#D98BC0", (2, 4))),
        "light": (("#1B5DB8", ()), ("#8A5A00", (7, 4)), ("#8E3A78", (2, 4))),
    }
)

#: Fills of ordered levels, lowest first (in the light theme with an outline of CATEGORY_OUTLINE).
LEVEL_FILLS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {"dark": ("#6F8FBF", "#A9BFE3", "#E3EBF7"), "light": ("#1B4F94", "#5C8BCB", "#A9C6EC")}
)


@dataclass(frozen=True, slots=True)
class Density:
    """Heights in logical pixels at a font scale of 1."""

    control: int
    list_row: int
    table_row: int
    facet_row: int


DENSITIES: Mapping[str, Density] = MappingProxyType(
    {"comfortable": Density(30, 34, 28, 25), "compact": Density(26, 26, 22, 21)}
)


@dataclass(frozen=True, slots=True)
class Type:
    """A text size in logical pixels at a font scale of 1, with its line height and weight."""

    size: int
    line: int
    weight: int = 400


TYPES: Mapping[str, Type] = MappingProxyType(
    {
        "name": Type(28, 34, 600),
        "title": Type(18, 24, 600),
        "heading": Type(14, 20, 600),
        "body": Type(13, 18),
        "strong": Type(13, 18, 600),
        "table": Type(12, 16),
        "section": Type(12, 16, 600),
        "small": Type(11, 14),
        "small_strong": Type(11, 14, 600),
        "mono": Type(11, 18),
    }
)

#: Fixed measures of the window's parts, in logical pixels at a font scale of 1.
SIZES: Mapping[str, int] = MappingProxyType(
    {
        "menu_bar": 32,
        "rail": 76,
        "rail_icons_only": 48,
        "rail_entry": 58,
        "toolbar": 48,
        "section_header": 32,
        "filmstrip": 104,
        "status_bar": 28,
        "panel_browse": 324,
        "panel_annotate": 348,
        "panel_export": 308,
    }
)

MINIMUM_SCALE, MAXIMUM_SCALE = 1.0, 2.0

_TOKEN = re.compile(r"@(?:(px)(\d+)|([a-z][a-z0-9_]*))")

#: The few shapes a style sheet can only take from a file: icon, colour token, line width on the 24 grid.
GLYPHS: Mapping[str, tuple[str, str, float]] = MappingProxyType(
    {
        "check": ("check", "onacc", 3.6),
        "check-off": ("check", "dis", 3.6),
        "mixed": ("minus", "onacc", 3.6),
        "down": ("chevron-down", "t2", 2.25),
        "down-off": ("chevron-down", "dis", 2.25),
        "up": ("chevron-up", "t2", 2.25),
        "up-off": ("chevron-up", "dis", 2.25),
        "right": ("chevron-right", "t2", 2.25),
        "close": ("x", "t2", 2.25),
    }
)


def scaled(pixels: float, scale: float) -> int:
    """A length at a font scale: whole pixels, never 0 for something that has a length."""
    return max(1, round(pixels * scale)) if pixels else 0


@cache
def _template() -> str:
    folder = ROOT / "theme"
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.qss")))


def style_sheet(theme: str, scale: float = 1.0, density: str = "comfortable") -> str:
    """The application's style sheet.

    In the templates ``@name`` is a colour token, ``@pxN`` a length of N pixels times ``scale``,
    the remaining names are heights of ``density`` and the path of the glyphs. KeyError for a theme,
    density or token that is not there.
    """
    values: dict[str, str] = dict(asdict(THEMES[theme]))
    for name, height in asdict(DENSITIES[density]).items():
        values[name] = str(scaled(height, scale))
    # A style sheet's heights leave out the border: 1 px on each side, 2 px with the focus ring.
    control = scaled(DENSITIES[density].control, scale)
    values["control_inner"], values["control_focus"] = f"{control - 2}px", f"{control - 4}px"
    values["spin_half"] = f"{control // 2 - 2}px"
    values["row_inner"] = f"{scaled(DENSITIES[density].list_row, scale)}px"
    values["table_row"] += "px"
    values["radio"] = f"{(scaled(14, scale) + 2) // 2}px"
    # Key caps and tags are told from a white ground by an edge, from a dark one by their own ground.
    values["edge"] = values["line2"] if theme == "light" else values["line"]
    values["acc_hover"] = blend(values["acc"], values["t1"], 0.15)
    values["acc_press"] = blend(values["acc"], values["t1"], 0.3)
    values["glyphs"] = (ROOT / "theme" / theme).as_posix()
    values["mono"] = ", ".join(f'"{family}"' for family in (*MONO, "monospace"))

    def fill(match: re.Match[str]) -> str:
        if match[1]:
            return f"{scaled(int(match[2]), scale)}px"
        return values[match[3]]

    return _TOKEN.sub(fill, _template())


def icon_svg(name: str, colour: str, stroke: float = 2.0) -> str:
    """An icon of the set as SVG text in a colour, with a line width on its 24 grid.

    FileNotFoundError for a name that is not in :data:`ICONS`.
    """
    text = _icon_text(name)
    return text.replace("currentColor", colour).replace('stroke-width="2"', f'stroke-width="{stroke:g}"')


@cache
def _icon_text(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text(encoding="utf-8")


def glyphs(theme: str) -> dict[str, str]:
    """The SVG text of each glyph file of a theme, by file name."""
    colours = asdict(THEMES[theme])
    return {
        f"{theme}-{name}.svg": icon_svg(icon, colours[token], stroke)
        for name, (icon, token, stroke) in GLYPHS.items()
    }


def write_glyphs() -> None:
    """Write the glyph files again; to be run by hand after a colour or an icon has changed."""
    for theme in THEMES:
        for name, text in glyphs(theme).items():
            (ROOT / "theme" / name).write_text(text, encoding="utf-8")


def blend(a: str, b: str, share: float) -> str:
    """The colour ``#RRGGBB`` at ``share`` (0 to 1) of the way from ``a`` to ``b``, in sRGB."""
    pairs = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + (y - x) * share):02X}" for x, y in pairs)


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB`` as WCAG 2 defines it, 0 to 1."""

    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two colours as WCAG 2 defines it, 1 to 21."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)

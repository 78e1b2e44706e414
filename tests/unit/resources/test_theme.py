"""The look as data: contrast, completeness, and that the files beside it say the same."""

from __future__ import annotations

import re
from dataclasses import asdict
from xml.etree import ElementTree

import pytest

from resources import theme
from resources.taxonomy import EXTRA_COLOURS, categories

GROUNDS = ("bg0", "bg1", "bg2", "bg3", "input", "sel", "hover")
THEMES = tuple(theme.THEMES)

#: The least contrast of each text colour over all grounds, as the design promises it.
PROMISED = {
    "dark": {"t1": 9.67, "t2": 6.63, "t3": 4.65, "acc": 5.01, "ok": 5.51, "warn": 6.32, "bad": 4.94}
    | {"hit": 5.45, "miss": 5.38},
    "light": {"t1": 13.35, "t2": 7.36, "t3": 4.98, "acc": 4.88, "ok": 4.80, "warn": 4.55, "bad": 5.85}
    | {"hit": 4.77, "miss": 4.93},
}
ON_FILLS = {
    "dark": {("onacc", "acc"): 7.69, ("onhit", "hit"): 7.66, ("onmiss", "miss"): 7.95},
    "light": {("onacc", "acc"): 6.36, ("onhit", "hit"): 6.21, ("onmiss", "miss"): 6.43},
}


def test_contrast_follows_the_definition() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#777777") == pytest.approx(1.0)
    # The value that the WCAG pages give for the grey that just passes on white.
    assert theme.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("name", THEMES)
def test_text_has_the_contrast_that_was_promised(name: str) -> None:
    colours = asdict(theme.THEMES[name])
    for text, promised in PROMISED[name].items():
        least = min(theme.contrast(colours[text], colours[ground]) for ground in GROUNDS)
        assert least == pytest.approx(promised, abs=0.006), text
        assert least >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_text_on_fills_has_the_contrast_that_was_promised(name: str) -> None:
    colours = asdict(theme.THEMES[name])
    for (text, ground), promised in ON_FILLS[name].items():
        assert theme.contrast(colours[text], colours[ground]) == pytest.approx(promised, abs=0.006)


@pytest.mark.parametrize(("name", "least"), [("dark", 3.03), ("light", 3.08)])
def test_edges_of_controls_can_be_seen(name: str, least: float) -> None:
    colours = asdict(theme.THEMES[name])
    grounds = ("bg0", "bg1", "bg2", "bg3", "input")
    found = min(theme.contrast(colours["line2"], colours[ground]) for ground in grounds)
    assert found == pytest.approx(least, abs=0.006)


@pytest.mark.parametrize("name", THEMES)
def test_banners_can_be_read(name: str) -> None:
    colours = asdict(theme.THEMES[name])
    for ground in ("okbg", "warnbg", "badbg", "infobg"):
        assert theme.contrast(colours["t1"], colours[ground]) >= 10.5
    for state in ("ok", "warn", "bad"):
        assert theme.contrast(colours[state], colours[f"{state}bg"]) >= 5.025


@pytest.mark.parametrize("name", THEMES)
def test_chrome_is_neutral_so_that_clothes_are_judged_right(name: str) -> None:
    colours = asdict(theme.THEMES[name])
    for token in ("bg0", "bg1", "bg2", "bg3", "input", "hover", "press", "line", "line2", "canvas"):
        red, green, blue = (colours[token][i : i + 2] for i in (1, 3, 5))
        assert red == green == blue, token


def test_category_colours_carry_black_text_and_differ() -> None:
    colours = [each.colour for each in categories()]
    assert len(set(colours) | set(EXTRA_COLOURS)) == 16
    for colour in colours:
        assert theme.contrast(theme.CATEGORY_TEXT, colour) >= 4.68
        assert theme.contrast(colour, theme.DARK.bg2) >= 3.37


@pytest.mark.parametrize("density", tuple(theme.DENSITIES))
@pytest.mark.parametrize("name", THEMES)
def test_style_sheet_leaves_nothing_to_fill(name: str, density: str) -> None:
    text = theme.style_sheet(name, 1.5, density)
    assert "@" not in text
    assert text.count("{") == text.count("}")
    for path in re.findall(r'url\("([^"]+)"\)', text):
        assert theme.Path(path).is_file(), path


def test_style_sheet_scales_lengths_but_not_hairlines() -> None:
    once, twice = theme.style_sheet("dark", 1.0), theme.style_sheet("dark", 2.0)
    assert "font-size: 13px" in once
    assert "font-size: 26px" in twice
    assert once.count("border: 1px solid") == twice.count("border: 1px solid")


def test_unknown_theme_is_refused() -> None:
    with pytest.raises(KeyError):
        theme.style_sheet("sepia")


@pytest.mark.parametrize("name", THEMES)
def test_glyph_files_are_those_of_the_colours(name: str) -> None:
    for file, text in theme.glyphs(name).items():
        assert (theme.ROOT / "theme" / file).read_text(encoding="utf-8") == text


def test_icons_take_colour_and_line() -> None:
    text = theme.icon_svg("hanger", "#123456", 1.8)
    assert 'stroke="#123456"' in text
    assert 'stroke-width="1.8"' in text
    assert "currentColor" not in text
    with pytest.raises(FileNotFoundError):
        theme.icon_svg("no-such-icon", "#000000")


def test_every_icon_is_an_outline_on_the_same_grid() -> None:
    files = sorted(theme.ICONS.glob("*.svg"))
    assert len(files) > 100
    for file in files:
        root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
        assert root.get("viewBox") == "0 0 24 24", file.name
        assert (root.get("stroke"), root.get("stroke-width"), root.get("fill")) == (
            "currentColor",
            "2",
            "none",
        )


def test_icons_and_fonts_come_with_their_licences() -> None:
    assert "MIT" in (theme.ICONS / "LICENSE").read_text(encoding="utf-8")
    for name in theme.FONT_FILES:
        assert (theme.FONTS / name).stat().st_size > 10_000
    for name in ("Inter-LICENSE.txt", "NotoSansMono-LICENSE.txt"):
        assert "SIL OPEN FONT LICENSE" in (theme.FONTS / name).read_text(encoding="utf-8").upper()


def test_nothing_is_under_eleven_pixels() -> None:
    assert min(each.size for each in theme.TYPES.values()) == 11

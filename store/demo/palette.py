"""Colours of the demo dataset, as ``(blue, green, red)`` of 0 to 255."""

from __future__ import annotations

from typing import NamedTuple

Colour = tuple[float, float, float]

WHITE: Colour = (255.0, 255.0, 255.0)


def colour(text: str) -> Colour:
    """From ``#rrggbb``."""
    return (float(int(text[5:7], 16)), float(int(text[3:5], 16)), float(int(text[1:3], 16)))


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """``a`` with a share of ``b``, 0 to 1."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def darker(a: Colour, share: float) -> Colour:
    """Towards a warm black, which keeps dark outlines from looking dirty."""
    return mix(a, (24.0, 16.0, 20.0), share)


def lighter(a: Colour, share: float) -> Colour:
    """Towards white."""
    return mix(a, WHITE, share)


def brightness(a: Colour) -> float:
    """Perceived brightness, 0 to 255."""
    return 0.114 * a[0] + 0.587 * a[1] + 0.299 * a[2]


class Swatch(NamedTuple):
    """Colours that go together: the ground of a fabric, its pattern, and an accent."""

    ground: Colour
    second: Colour
    accent: Colour


def _swatch(ground: str, second: str, accent: str) -> Swatch:
    return Swatch(colour(ground), colour(second), colour(accent))


SWATCHES = (
    _swatch("#3e5c8a", "#e9e4d8", "#c8553d"),
    _swatch("#b5483a", "#f3e9d9", "#2f3e46"),
    _swatch("#e7dcc6", "#6b7f5a", "#a4442f"),
    _swatch("#34453c", "#d9cba3", "#88a28b"),
    _swatch("#d9a441", "#3b3a36", "#8c3b2e"),
    _swatch("#f0ece3", "#2e4a7d", "#b23a48"),
    _swatch("#6e8b74", "#f1ede0", "#d8b26e"),
    _swatch("#8c5a7a", "#f0dde6", "#3c2a40"),
    _swatch("#2a2c33", "#dcd9d2", "#8a8a8a"),
    _swatch("#c98b70", "#fff4e6", "#5a3a2e"),
    _swatch("#7fa6bf", "#fbfbf8", "#274156"),
    _swatch("#9c3a52", "#f7d9c4", "#3d1c26"),
    _swatch("#5b6bb0", "#f3f3fa", "#d98f4e"),
    _swatch("#ddb7b0", "#9b4a52", "#5b6e4e"),
    _swatch("#4f7f7a", "#efe6d0", "#e0a458"),
    _swatch("#e6e3ea", "#8d7fb0", "#4a4063"),
    _swatch("#7a3b2e", "#e8c9a0", "#2b2a2a"),
    _swatch("#f4d9b8", "#c7643f", "#48655c"),
    _swatch("#1f3350", "#f2ead8", "#c9a24b"),
    _swatch("#9aa77c", "#faf6e8", "#5a4a3a"),
    _swatch("#e8a79a", "#fff7f0", "#7a2e3d"),
    _swatch("#b9b4a8", "#3d3b3a", "#f2efe8"),
)

DENIMS = (
    _swatch("#3d5a80", "#8fa9c4", "#e0b070"),
    _swatch("#263a57", "#5f7c9f", "#d8a860"),
    _swatch("#7f9dbb", "#c3d3e2", "#d9b27a"),
    _swatch("#33363d", "#6b7079", "#b8bcc4"),
    _swatch("#5d7791", "#a6bbce", "#e2b878"),
)

LEATHERS = (
    _swatch("#2b2726", "#4a4341", "#b9b1a5"),
    _swatch("#5a3524", "#7c4d36", "#d3b083"),
    _swatch("#6d2730", "#8f3f48", "#c9a979"),
)

NEUTRALS = (
    _swatch("#c3b08f", "#8f7d5e", "#5a4d39"),
    _swatch("#4a4f57", "#7a808a", "#c9ccd2"),
    _swatch("#6b6f54", "#969a7a", "#393c2c"),
    _swatch("#24272e", "#4c515c", "#9aa0ab"),
    _swatch("#e4dfd2", "#b8b09c", "#6b6350"),
    _swatch("#8a6f58", "#b59a80", "#4a3a2d"),
    _swatch("#7d8794", "#aab2bd", "#3f464f"),
    _swatch("#2d3d5c", "#5a6d92", "#d8d2c2"),
)

SKINS = tuple(
    colour(text)
    for text in ("#f0d3bd", "#e3b894", "#cf9d74", "#b27c54", "#8c5a3a", "#6b4229", "#4d2f20", "#f3dcc9")
)
MANNEQUINS = tuple(
    colour(text) for text in ("#e2ded8", "#cfcac2", "#f1efec", "#b9b6b2", "#d9c8b2", "#8f8c89")
)
HAIRS = tuple(
    colour(text) for text in ("#1f1a1c", "#33231c", "#5a3a26", "#8a5a34", "#b98d56", "#7b3f28", "#9a9692")
)

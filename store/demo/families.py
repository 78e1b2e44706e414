"""What designs are drawn from: trims, patterns and proportions, by category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Range = tuple[float, float]

LOWER = frozenset({7, 8, 9})
DRESSES = frozenset({10, 11, 12, 13})
OUTWEAR = frozenset({3, 4})


@dataclass(frozen=True, slots=True)
class Trim:
    """A way of making up a category; ``necks`` and ``patterns`` are what it may have."""

    name: str
    clothes_category: str
    necks: tuple[str, ...] = ("",)
    patterns: tuple[str, ...] = ("plain",)
    material: str = "cotton"
    held_patterns: tuple[str, ...] = ("vertical", "zigzag", "leaves", "windowpane", "argyle")


_PRINTS = ("plain", "stripe", "block stripe", "dots", "floral", "gingham", "heather", "sprigs")
_SHIRTS = ("plain", "gingham", "plaid", "pinstripe", "floral", "sprigs")
_KNITS = ("knit", "cable", "heather", "stripe")
_TAILORED = ("plain", "herringbone", "pinstripe", "plaid")
_COTTON = ("plain", "heather")
_HELD_SHIRT = ("vertical", "windowpane", "leaves")
_HELD_KNIT = ("argyle", "zigzag", "ribbed")
_HELD_SUIT = ("windowpane", "ribbed")
_HELD_DENIM = ("ribbed", "windowpane")
TRIMS: dict[int, tuple[Trim, ...]] = {
    1: (
        Trim("tee", "Tee", ("crew", "v", "boat"), _PRINTS),
        Trim("graphic tee", "Tee", ("crew",), _COTTON, held_patterns=("vertical", "ribbed")),
        Trim(
            "polo", "Top", ("v",), ("plain", "stripe", "block stripe", "heather"), held_patterns=_HELD_SHIRT
        ),
        Trim("shirt", "Button-Down", ("v",), _SHIRTS, held_patterns=_HELD_SHIRT),
        Trim("henley", "Henley", ("crew",), ("plain", "heather", "stripe")),
        Trim("blouse", "Blouse", ("v", "square"), ("floral", "dots", "plain", "sprigs"), "chiffon"),
    ),
    2: (
        Trim("tee", "Top", ("crew", "boat", "v"), _PRINTS),
        Trim("sweater", "Sweater", ("crew", "v"), _KNITS, "knit", _HELD_KNIT),
        Trim("hoodie", "Hoodie", ("crew",), ("plain", "heather", "block stripe")),
        Trim("shirt", "Button-Down", ("v",), _SHIRTS, held_patterns=_HELD_SHIRT),
        Trim("shirt", "Flannel", ("v",), ("plaid", "gingham"), held_patterns=("windowpane",)),
        Trim("turtleneck", "Turtleneck", ("turtle",), _KNITS, "knit", _HELD_KNIT),
        Trim("blouse", "Blouse", ("v", "crew"), ("floral", "dots", "plain", "sprigs"), "chiffon"),
    ),
    3: (
        Trim(
            "camp shirt", "Jacket", patterns=("floral", "plain", "gingham", "dots"), held_patterns=_HELD_SHIRT
        ),
        Trim("cardigan", "Cardigan", patterns=_KNITS, material="knit", held_patterns=_HELD_KNIT),
        Trim("safari", "Jacket", patterns=("denim", "plain"), held_patterns=_HELD_DENIM),
    ),
    4: (
        Trim("blazer", "Blazer", patterns=_TAILORED, held_patterns=_HELD_SUIT),
        Trim("cardigan", "Cardigan", patterns=_KNITS, material="knit", held_patterns=_HELD_KNIT),
        Trim("bomber", "Bomber", patterns=("plain", "leather"), material="faux", held_patterns=("ribbed",)),
        Trim("coat", "Coat", patterns=("herringbone", "plain", "plaid"), held_patterns=_HELD_SUIT),
        Trim("jean jacket", "Jacket", patterns=("denim",), material="denim", held_patterns=_HELD_DENIM),
    ),
    5: (
        Trim("tank", "Tank", ("crew", "v", "square"), _PRINTS),
        Trim("knit vest", "Sweater", ("v",), ("cable", "knit", "stripe"), "knit", _HELD_KNIT),
        Trim("blouse", "Blouse", ("v", "crew"), ("floral", "dots", "plain"), "chiffon"),
    ),
    6: (
        Trim("camisole", "Tank", ("sling", "sweetheart", "straight"), ("plain", "dots", "floral", "stripe")),
        Trim("lace top", "Top", ("sweetheart", "sling"), ("plain", "sprigs"), "chiffon"),
    ),
    7: (
        Trim("jeans", "Cutoffs", patterns=("denim",), material="denim", held_patterns=_HELD_DENIM),
        Trim(
            "chino",
            "Shorts",
            patterns=("plain", "gingham", "pinstripe"),
            held_patterns=("vertical", "windowpane"),
        ),
        Trim("sweat", "Sweatshorts", patterns=("heather", "plain"), held_patterns=("ribbed", "vertical")),
    ),
    8: (
        Trim("jeans", "Jeans", patterns=("denim",), material="denim", held_patterns=_HELD_DENIM),
        Trim("chino", "Chinos", patterns=("plain", "herringbone"), held_patterns=("ribbed", "windowpane")),
        Trim(
            "tailored",
            "Chinos",
            patterns=("pinstripe", "plaid", "plain"),
            held_patterns=("windowpane", "vertical"),
        ),
        Trim("sweat", "Joggers", patterns=("heather", "plain"), held_patterns=("ribbed", "vertical")),
    ),
    9: (
        Trim(
            "skirt",
            "Skirt",
            patterns=("plain", "floral", "gingham", "dots", "plaid", "pleats"),
            held_patterns=("leaves", "windowpane", "zigzag"),
        ),
        Trim("jean skirt", "Skirt", patterns=("denim",), material="denim", held_patterns=_HELD_DENIM),
        Trim("leather skirt", "Skirt", patterns=("leather",), material="leather", held_patterns=("ribbed",)),
    ),
    10: (
        Trim("dress", "Dress", ("crew", "v", "square"), _PRINTS),
        Trim("shirt dress", "Dress", ("v",), _SHIRTS, held_patterns=_HELD_SHIRT),
        Trim("tiered dress", "Dress", ("v", "crew"), ("floral", "dots", "gingham", "plain"), "chiffon"),
    ),
    11: (
        Trim("dress", "Dress", ("crew", "v", "boat"), _PRINTS),
        Trim("knit dress", "Dress", ("crew", "turtle"), _KNITS, "knit", _HELD_KNIT),
        Trim("tiered dress", "Dress", ("v", "square"), ("floral", "dots", "sprigs", "plain"), "chiffon"),
    ),
    12: (
        Trim("dress", "Dress", ("crew", "v", "square"), _PRINTS),
        Trim("belted dress", "Dress", ("v", "crew"), ("plain", "gingham", "floral", "stripe")),
        Trim("tiered dress", "Jumpsuit", ("v",), ("floral", "plain"), "chiffon"),
    ),
    13: (
        Trim("dress", "Dress", ("sling", "sweetheart"), ("floral", "dots", "plain", "gingham")),
        Trim("tiered dress", "Dress", ("sling", "straight"), ("floral", "plain", "sprigs"), "chiffon"),
        Trim("slip dress", "Dress", ("sweetheart", "sling"), ("plain", "floral"), "chiffon"),
    ),
}


Family = Mapping[str, Range]
_TOPS: dict[str, Family] = {
    "regular": {"chest": (27, 28.5), "waist": (25.5, 26.5), "hem": (27.8, 29), "length": (90, 98)},
    "boxy": {
        "chest": (29.5, 31),
        "waist": (30, 31),
        "hem": (30.5, 32),
        "length": (82, 92),
        "shoulder": (31, 33),
        "sleeve_top": (10.5, 11.5),
        "sleeve_mid": (10, 10.8),
        "cuff": (9.5, 10.5),
    },
    "fitted": {
        "chest": (25.8, 26.4),
        "waist": (22.5, 23.6),
        "hem": (26.5, 27.5),
        "length": (90, 97),
        "sleeve_top": (8.4, 9),
        "sleeve_mid": (7, 7.6),
        "cuff": (6, 6.8),
    },
    "cropped": {"chest": (26.5, 28), "waist": (25, 26.5), "hem": (25.5, 27.5), "length": (68, 77)},
    "longline": {
        "chest": (28, 29.5),
        "waist": (28, 29),
        "hem": (29.5, 32),
        "length": (108, 120),
        "hem_curve": (4, 8),
    },
}


_JACKETS: dict[str, Family] = {
    "regular": {"chest": (29, 30.5), "waist": (28, 29.5), "hem": (30, 31.5), "length": (92, 104)},
    "cropped": {"chest": (29, 30.5), "waist": (28.5, 30), "hem": (28.5, 30), "length": (72, 82)},
    "long": {"chest": (29.5, 31), "waist": (28, 30), "hem": (32, 36), "length": (120, 158)},
    "cocoon": {
        "chest": (31.5, 33),
        "waist": (33, 35),
        "hem": (29, 31),
        "length": (98, 130),
        "shoulder": (32, 34),
    },
}


_FROCKS: dict[str, Family] = {
    "a-line": {"waist": (22.8, 24), "hem": (36, 43), "length": (128, 148), "chest": (26.2, 27.2)},
    "shift": {"waist": (26, 27.5), "hem": (30.5, 33), "length": (122, 140), "chest": (27, 28)},
    "fit and flare": {
        "waist": (21.8, 22.8),
        "hem": (47, 56),
        "length": (130, 150),
        "chest": (26, 26.8),
        "hem_curve": (3, 5),
    },
    "pencil": {"waist": (22.4, 23.4), "hem": (26, 28), "length": (140, 156), "chest": (26, 26.8)},
    "maxi": {
        "waist": (22.6, 24.5),
        "hem": (38, 50),
        "length": (176, 196),
        "chest": (26.2, 27.4),
        "hem_curve": (2, 4),
    },
}


_SHORTS: dict[str, Family] = {
    "regular": {"length": (134, 145), "ankle": (15, 16.2)},
    "short": {"length": (123, 130), "ankle": (15.4, 17)},
    "loose": {"length": (134, 148), "ankle": (17.5, 19.5), "hips": (29.5, 31)},
    "bermuda": {"length": (149, 158), "ankle": (13.6, 15)},
}


_TROUSERS: dict[str, Family] = {
    "straight": {"knee": (10.6, 11.4), "ankle": (9.6, 10.6), "length": (196, 206)},
    "slim": {"knee": (8.8, 9.4), "ankle": (6.2, 7), "length": (190, 205)},
    "tapered": {"knee": (11.6, 12.8), "ankle": (7, 8), "length": (188, 203), "hips": (29, 30)},
    "wide": {"knee": (13.6, 15.2), "ankle": (14.5, 17), "length": (192, 207), "hips": (29, 30)},
    "flared": {"knee": (8.8, 9.6), "ankle": (14, 17), "length": (200, 208)},
}


_SKIRTS: dict[str, Family] = {
    "a-line": {"hem": (35, 42), "length": (120, 146)},
    "pencil": {"hem": (25.4, 27), "length": (136, 156)},
    "mini": {"hem": (30, 36), "length": (112, 122)},
    "full": {"hem": (44, 52), "length": (126, 162), "hem_curve": (3, 5)},
    "circle": {"hem": (56, 64), "length": (118, 142), "hem_curve": (5, 8)},
}


#: Outline families that only the test split uses.
HELD_OUT_FAMILIES = frozenset({"longline", "cocoon", "maxi", "bermuda", "flared", "circle"})
FAMILIES = frozenset().union(_TOPS, _JACKETS, _FROCKS, _SHORTS, _TROUSERS, _SKIRTS)


def families(category_id: int) -> Mapping[str, Family]:
    """The outline families of a category and their ranges."""
    lower = {7: _SHORTS, 8: _TROUSERS, 9: _SKIRTS}
    if category_id in LOWER:
        return lower[category_id]
    if category_id in OUTWEAR:
        return _JACKETS
    return _FROCKS if category_id in DRESSES else _TOPS

"""What a garment is before anybody wears it: cut, trim, fabric, colours, and the facts that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from resources.taxonomy import clothes_categories
from store.demo.fabrics import HELD_OUT, Fabric, pattern_attribute
from store.demo.palette import DENIMS, LEATHERS, NEUTRALS, SWATCHES, Swatch, brightness
from store.demo.shapes import Outline

Generator = np.random.Generator
Range = tuple[float, float]

UPPER = frozenset({1, 2, 3, 4, 5, 6})
LOWER = frozenset({7, 8, 9})
DRESSES = frozenset({10, 11, 12, 13})
OUTWEAR = frozenset({3, 4})


@dataclass(frozen=True, slots=True)
class Design:
    """One product: everything that is the same in every picture of it."""

    category_id: int
    trim: str
    outline: Outline
    fabric: Fabric
    clothes_category: int
    material: str
    fit: str
    seed: int

    @property
    def clothes_type(self) -> int:
        """DeepFashion's clothes type: 1 upper, 2 lower, 3 full body."""
        return clothes_categories()[self.clothes_category - 1].type

    def attributes(self) -> tuple[str, ...]:
        """The names that apply among DeepFashion's 26 fine attributes, one a group, in their order."""
        pattern = "graphic" if self.trim == "graphic tee" else pattern_attribute(self.fabric.pattern)
        if self.category_id in (1, 3, 10):
            sleeve = "short_sleeve"
        else:
            sleeve = "long_sleeve" if self.category_id in (2, 4, 11) else "sleeveless"
        length = "no_dress"
        if self.category_id in DRESSES:
            length = "maxi_length" if self.outline.length > 158 else "mini_length"
        necks = {"crew": "crew_neckline", "v": "v_neckline", "square": "square_neckline"}
        neck = necks.get(self.outline.neck, "no_neckline")
        if self.category_id in LOWER | OUTWEAR:
            neck = "no_neckline"
        return (pattern, sleeve, length, neck, self.material, self.fit)


@dataclass(frozen=True, slots=True)
class _Trim:
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

_TRIMS: dict[int, tuple[_Trim, ...]] = {
    1: (
        _Trim("tee", "Tee", ("crew", "v", "boat"), _PRINTS),
        _Trim("graphic tee", "Tee", ("crew",), _COTTON, held_patterns=("vertical", "ribbed")),
        _Trim(
            "polo", "Top", ("v",), ("plain", "stripe", "block stripe", "heather"), held_patterns=_HELD_SHIRT
        ),
        _Trim("shirt", "Button-Down", ("v",), _SHIRTS, held_patterns=_HELD_SHIRT),
        _Trim("henley", "Henley", ("crew",), ("plain", "heather", "stripe")),
        _Trim("blouse", "Blouse", ("v", "square"), ("floral", "dots", "plain", "sprigs"), "chiffon"),
    ),
    2: (
        _Trim("tee", "Top", ("crew", "boat", "v"), _PRINTS),
        _Trim("sweater", "Sweater", ("crew", "v"), _KNITS, "knit", _HELD_KNIT),
        _Trim("hoodie", "Hoodie", ("crew",), ("plain", "heather", "block stripe")),
        _Trim("shirt", "Button-Down", ("v",), _SHIRTS, held_patterns=_HELD_SHIRT),
        _Trim("shirt", "Flannel", ("v",), ("plaid", "gingham"), held_patterns=("windowpane",)),
        _Trim("turtleneck", "Turtleneck", ("turtle",), _KNITS, "knit", _HELD_KNIT),
        _Trim("blouse", "Blouse", ("v", "crew"), ("floral", "dots", "plain", "sprigs"), "chiffon"),
    ),
    3: (
        _Trim(
            "camp shirt", "Jacket", patterns=("floral", "plain", "gingham", "dots"), held_patterns=_HELD_SHIRT
        ),
        _Trim("cardigan", "Cardigan", patterns=_KNITS, material="knit", held_patterns=_HELD_KNIT),
        _Trim("safari", "Jacket", patterns=("denim", "plain"), held_patterns=_HELD_DENIM),
    ),
    4: (
        _Trim("blazer", "Blazer", patterns=_TAILORED, held_patterns=_HELD_SUIT),
        _Trim("cardigan", "Cardigan", patterns=_KNITS, material="knit", held_patterns=_HELD_KNIT),
        _Trim("bomber", "Bomber", patterns=("plain", "leather"), material="faux", held_patterns=("ribbed",)),
        _Trim("coat", "Coat", patterns=("herringbone", "plain", "plaid"), held_patterns=_HELD_SUIT),
        _Trim("jean jacket", "Jacket", patterns=("denim",), material="denim", held_patterns=_HELD_DENIM),
    ),
    5: (
        _Trim("tank", "Tank", ("crew", "v", "square"), _PRINTS),
        _Trim("knit vest", "Sweater", ("v",), ("cable", "knit", "stripe"), "knit", _HELD_KNIT),
        _Trim("blouse", "Blouse", ("v", "crew"), ("floral", "dots", "plain"), "chiffon"),
    ),
    6: (
        _Trim("camisole", "Tank", ("sling", "sweetheart", "straight"), ("plain", "dots", "floral", "stripe")),
        _Trim("lace top", "Top", ("sweetheart", "sling"), ("plain", "sprigs"), "chiffon"),
    ),
    7: (
        _Trim("jeans", "Cutoffs", patterns=("denim",), material="denim", held_patterns=_HELD_DENIM),
        _Trim(
            "chino",
            "Shorts",
            patterns=("plain", "gingham", "pinstripe"),
            held_patterns=("vertical", "windowpane"),
        ),
        _Trim("sweat", "Sweatshorts", patterns=("heather", "plain"), held_patterns=("ribbed", "vertical")),
    ),
    8: (
        _Trim("jeans", "Jeans", patterns=("denim",), material="denim", held_patterns=_HELD_DENIM),
        _Trim("chino", "Chinos", patterns=("plain", "herringbone"), held_patterns=("ribbed", "windowpane")),
        _Trim(
            "tailored",
            "Chinos",
            patterns=("pinstripe", "plaid", "plain"),
            held_patterns=("windowpane", "vertical"),
        ),
        _Trim("sweat", "Joggers", patterns=("heather", "plain"), held_patterns=("ribbed", "vertical")),
    ),
    9: (
        _Trim(
            "skirt",
            "Skirt",
            patterns=("plain", "floral", "gingham", "dots", "plaid", "pleats"),
            held_patterns=("leaves", "windowpane", "zigzag"),
        ),
        _Trim("jean skirt", "Skirt", patterns=("denim",), material="denim", held_patterns=_HELD_DENIM),
        _Trim("leather skirt", "Skirt", patterns=("leather",), material="leather", held_patterns=("ribbed",)),
    ),
    10: (
        _Trim("dress", "Dress", ("crew", "v", "square"), _PRINTS),
        _Trim("shirt dress", "Dress", ("v",), _SHIRTS, held_patterns=_HELD_SHIRT),
        _Trim("tiered dress", "Dress", ("v", "crew"), ("floral", "dots", "gingham", "plain"), "chiffon"),
    ),
    11: (
        _Trim("dress", "Dress", ("crew", "v", "boat"), _PRINTS),
        _Trim("knit dress", "Dress", ("crew", "turtle"), _KNITS, "knit", _HELD_KNIT),
        _Trim("tiered dress", "Dress", ("v", "square"), ("floral", "dots", "sprigs", "plain"), "chiffon"),
    ),
    12: (
        _Trim("dress", "Dress", ("crew", "v", "square"), _PRINTS),
        _Trim("belted dress", "Dress", ("v", "crew"), ("plain", "gingham", "floral", "stripe")),
        _Trim("tiered dress", "Jumpsuit", ("v",), ("floral", "plain"), "chiffon"),
    ),
    13: (
        _Trim("dress", "Dress", ("sling", "sweetheart"), ("floral", "dots", "plain", "gingham")),
        _Trim("tiered dress", "Dress", ("sling", "straight"), ("floral", "plain", "sprigs"), "chiffon"),
        _Trim("slip dress", "Dress", ("sweetheart", "sling"), ("plain", "floral"), "chiffon"),
    ),
}

_Family = Mapping[str, Range]

_TOPS: dict[str, _Family] = {
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
_JACKETS: dict[str, _Family] = {
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
_FROCKS: dict[str, _Family] = {
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
_SHORTS: dict[str, _Family] = {
    "regular": {"length": (134, 145), "ankle": (15, 16.2)},
    "short": {"length": (123, 130), "ankle": (15.4, 17)},
    "loose": {"length": (134, 148), "ankle": (17.5, 19.5), "hips": (29.5, 31)},
    "bermuda": {"length": (149, 158), "ankle": (13.6, 15)},
}
_TROUSERS: dict[str, _Family] = {
    "straight": {"knee": (10.6, 11.4), "ankle": (9.6, 10.6), "length": (196, 206)},
    "slim": {"knee": (8.8, 9.4), "ankle": (6.2, 7), "length": (190, 205)},
    "tapered": {"knee": (11.6, 12.8), "ankle": (7, 8), "length": (188, 203), "hips": (29, 30)},
    "wide": {"knee": (13.6, 15.2), "ankle": (14.5, 17), "length": (192, 207), "hips": (29, 30)},
    "flared": {"knee": (8.8, 9.6), "ankle": (14, 17), "length": (200, 208)},
}
_SKIRTS: dict[str, _Family] = {
    "a-line": {"hem": (35, 42), "length": (120, 146)},
    "pencil": {"hem": (25.4, 27), "length": (136, 156)},
    "mini": {"hem": (30, 36), "length": (112, 122)},
    "full": {"hem": (44, 52), "length": (126, 162), "hem_curve": (3, 5)},
    "circle": {"hem": (56, 64), "length": (118, 142), "hem_curve": (5, 8)},
}

#: Outline families that only the test split uses.
HELD_OUT_FAMILIES = frozenset({"longline", "cocoon", "maxi", "bermuda", "flared", "circle"})
FAMILIES = frozenset().union(_TOPS, _JACKETS, _FROCKS, _SHORTS, _TROUSERS, _SKIRTS)

_TIGHT = frozenset({"fitted", "slim", "pencil"})
_LOOSE = frozenset({"boxy", "longline", "cocoon", "wide", "loose", "full", "circle", "maxi", "fit and flare"})


def families(category_id: int) -> Mapping[str, _Family]:
    """The outline families of a category and their ranges."""
    lower = {7: _SHORTS, 8: _TROUSERS, 9: _SKIRTS}
    if category_id in LOWER:
        return lower[category_id]
    if category_id in OUTWEAR:
        return _JACKETS
    return _FROCKS if category_id in DRESSES else _TOPS


def design(category_id: int, rng: Generator, *, held_out: bool) -> Design:
    """A new product of a category; ``held_out`` chooses from the patterns and families kept for testing."""
    trims = _TRIMS[category_id]
    trim = trims[int(rng.integers(len(trims)))]
    seed = int(rng.integers(1 << 31))
    pattern = str(rng.choice(trim.held_patterns if held_out else trim.patterns))
    known = families(category_id)
    names = sorted(name for name in known if (name in HELD_OUT_FAMILIES) == held_out)
    family = str(rng.choice(names))
    if trim.name == "jeans" and category_id == 7 and not held_out:
        family = "short"
    if category_id == 4 and trim.name == "coat" and not held_out:
        family = "long"
    if category_id == 3 and family == "long":
        family = "regular"
    neck = str(rng.choice(trim.necks))
    outline = _proportions(category_id, trim.name, family, neck, rng)
    fabric = Fabric(
        pattern, _colours(trim, pattern, rng), round(float(rng.uniform(0.85, 1.25)), 2), seed % 997
    )
    fit = "tight" if family in _TIGHT else "loose" if family in _LOOSE else "conventional"
    material = {"denim": "denim", "leather": "leather", "knit": "knit", "cable": "knit"}.get(
        pattern, trim.material
    )
    clothes = next(c.id for c in clothes_categories() if c.name == trim.clothes_category)
    if trim.clothes_category == "Jumpsuit":
        clothes = next(c.id for c in clothes_categories() if c.name == "Dress")
    return Design(category_id, trim.name, outline, fabric, clothes, material, fit, seed)


def recoloured(product: Design, rng: Generator) -> Design:
    """The same product in other colours: another style of the same pair."""
    sets = _palette(product.material, product.fabric.pattern, product.category_id)
    others = [swatch for swatch in sets if swatch != product.fabric.swatch]
    swatch = others[int(rng.integers(len(others)))]
    return replace(product, fabric=replace(product.fabric, swatch=swatch))


def _palette(material: str, pattern: str, category_id: int) -> tuple[Swatch, ...]:
    if pattern == "denim" or material == "denim":
        return DENIMS
    if pattern == "leather" or material == "leather":
        return LEATHERS
    if category_id in (7, 8) or (category_id == 4 and material == "cotton"):
        return NEUTRALS
    return SWATCHES


def _colours(trim: _Trim, pattern: str, rng: Generator) -> Swatch:
    sets = _palette(trim.material, pattern, _category_of(trim))
    swatch = sets[int(rng.integers(len(sets)))]
    if pattern in ("plain", "heather") and brightness(swatch.ground) < 45:
        return swatch._replace(second=swatch.accent)
    return swatch


def _category_of(trim: _Trim) -> int:
    return next(category for category, trims in _TRIMS.items() if trim in trims)


def _proportions(category_id: int, trim: str, family: str, neck: str, rng: Generator) -> Outline:
    values = {name: float(rng.uniform(*limits)) for name, limits in families(category_id)[family].items()}
    base: dict[str, float] = {"hem_curve": float(rng.uniform(0.5, 3.0))}
    if category_id in LOWER:
        base |= {"rise": float(rng.uniform(64, 77)), "hips": float(rng.uniform(28.2, 29.2))}
        if category_id == 9:
            base["rise"] = float(rng.uniform(60, 72))
        return Outline(family=family, neck="", **(base | values))
    base |= _neck(category_id, trim, neck, rng)
    base |= _sleeves(category_id, trim, rng)
    if category_id in OUTWEAR:
        base["open"] = float(rng.choice([0.4, rng.uniform(4, 11)]))
        if category_id == 3:
            values["length"] = min(values["length"], 110.0)
        if trim == "bomber":
            values["length"], values["hem"] = float(rng.uniform(76, 88)), min(values["hem"], 29.0)
    if trim == "sweater" and family != "longline":
        values["hem"] = values["waist"] + 0.4
    if category_id in (5, 12):
        values.pop("shoulder", None)
    return Outline(family=family, neck=neck, **(base | values))


def _neck(category_id: int, trim: str, neck: str, rng: Generator) -> dict[str, float]:
    def pick(width: Range, depth: Range, back: Range) -> dict[str, float]:
        return {
            "neck_width": float(rng.uniform(*width)),
            "neck_depth": float(rng.uniform(*depth)),
            "neck_back": float(rng.uniform(*back)),
        }

    if category_id in OUTWEAR:
        depth = {"blazer": (34.0, 48.0), "coat": (26.0, 40.0), "cardigan": (22.0, 42.0)}.get(
            trim, (13.0, 18.0)
        )
        return pick((11, 13), depth, (3, 4.5))
    if category_id in (6, 13):
        return pick((13.5, 16.5), (27.5, 32.0), (3, 6))
    if category_id in (5, 12):
        depth = (24.0, 34.0) if neck == "v" else (15.0, 23.0)
        return pick((13, 15.5), depth, (7, 11)) | {"shoulder": float(rng.uniform(20.5, 24.5))}
    if trim in ("shirt", "polo", "shirt dress"):
        return pick((9.5, 10.5), (13.0, 18.0), (2.2, 3))
    sizes: dict[str, tuple[Range, Range, Range]] = {
        "v": ((10, 12.5), (20, 29), (3, 4.5)),
        "square": ((13, 16), (13, 18), (4, 6)),
        "boat": ((15, 18), (6, 9), (2, 3.5)),
        "turtle": ((8.6, 9.4), (6.5, 7.5), (1.5, 2)),
    }
    return pick(*sizes.get(neck, ((10.5, 13.5), (9.5, 15), (3, 4.5))))


def _sleeves(category_id: int, trim: str, rng: Generator) -> dict[str, float]:
    if category_id in (2, 4, 11):
        wide = (
            {"shoulder": 30.5, "sleeve_top": 10.6, "sleeve_mid": 8.9, "cuff": 7.4} if category_id == 4 else {}
        )
        blouse = {"sleeve_mid": 10.0, "cuff": 7.4} if trim == "blouse" else {"sleeve_mid": 7.6, "cuff": 6.0}
        if trim in ("sweater", "hoodie", "cardigan"):
            blouse = {"sleeve_mid": 9.2, "cuff": 6.6}
        return {"sleeve": float(rng.uniform(71, 77))} | blouse | wide
    if category_id in (1, 3, 10):
        wide = {"shoulder": 30.5, "sleeve_top": 10.8} if category_id == 3 else {}
        return {
            "sleeve": float(rng.uniform(22, 33)),
            "sleeve_mid": float(rng.uniform(8.6, 9.4)),
            "cuff": float(rng.uniform(8, 9.8)),
        } | wide
    return {}


def held_out_patterns() -> list[str]:
    """Patterns that only the test split uses, sorted."""
    return sorted(HELD_OUT)

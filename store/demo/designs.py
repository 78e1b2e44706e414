"""What a garment is before anybody wears it: cut, trim, fabric, colours, and the facts that follow."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from resources.taxonomy import clothes_categories
from store.demo.fabrics import Fabric, pattern_attribute
from store.demo.families import DRESSES, HELD_OUT_FAMILIES, LOWER, OUTWEAR, TRIMS, Range, Trim, families
from store.demo.palette import DENIMS, LEATHERS, NEUTRALS, SWATCHES, Swatch, brightness
from store.demo.shapes import Outline

Generator = np.random.Generator


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


_TIGHT = frozenset({"fitted", "slim", "pencil"})
_LOOSE = frozenset({"boxy", "longline", "cocoon", "wide", "loose", "full", "circle", "maxi", "fit and flare"})


def design(category_id: int, rng: Generator, *, held_out: bool) -> Design:
    """A new product of a category; ``held_out`` chooses from the patterns and families kept for testing."""
    trims = TRIMS[category_id]
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


def _colours(trim: Trim, pattern: str, rng: Generator) -> Swatch:
    sets = _palette(trim.material, pattern, _category_of(trim))
    swatch = sets[int(rng.integers(len(sets)))]
    if pattern in ("plain", "heather") and brightness(swatch.ground) < 45:
        return swatch._replace(second=swatch.accent)
    return swatch


def _category_of(trim: Trim) -> int:
    return next(category for category, trims in TRIMS.items() if trim in trims)


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

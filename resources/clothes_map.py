"""What other sets of clothes categories are called among DeepFashion2's thirteen, and those among the 50.

DeepFashion's 50 say what a garment is, DeepFashion2's 13 how long its sleeves are and how it is worn. Where
a name says nothing of the sleeves the usual one is taken; what has no counterpart (a jumpsuit, a belt) has
none. The other way the most frequent of the 50 that a garment can be is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from resources.taxonomy import categories, clothes_categories

#: DeepFashion's 50, and the words for garments in the in-shop set, by DeepFashion2's id.
_NAMES: Mapping[int, str] = MappingProxyType(
    {
        1: "tee, jersey, top, tees tanks, shirt",
        2: "blouse, button-down, flannel, henley, hoodie, sweater, turtleneck, sweatshirts hoodies, "
        "sweaters, blouses shirts, shirts polos",
        4: "anorak, blazer, bomber, cardigan, jacket, parka, peacoat, poncho, cape, coat, coverup, kimono, "
        "robe, outer, jackets coats, jackets vests, cardigans",
        5: "tank",
        6: "halter",
        7: "cutoffs, shorts, sweatshorts, trunks",
        8: "capris, chinos, culottes, gauchos, jeans, jeggings, jodhpurs, joggers, leggings, sweatpants, "
        "pants, denim, trouser",
        9: "sarong, skirt, skirts",
        10: "dress, dresses",
        11: "caftan, kaftan, shirtdress",
        13: "nightdress, sundress",
    }
)

#: For each of the 13 the name of one of the 50. Those are tops, what is worn below, and dresses as ours are.
_FIFTY: Mapping[int, str] = MappingProxyType(
    {
        1: "Tee",
        2: "Blouse",
        3: "Jacket",
        4: "Jacket",
        5: "Tank",
        6: "Halter",
        7: "Shorts",
        8: "Jeans",
        9: "Skirt",
        10: "Dress",
        11: "Dress",
        12: "Dress",
        13: "Dress",
    }
)


def plain(name: str) -> str:
    """A category's name without what is written one way here and another there."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").replace("&", " ").split())


@cache
def _table() -> Mapping[str, int]:
    known = {plain(name): number for number, names in _NAMES.items() for name in names.split(", ")}
    known |= {plain(one.name): one.id for one in categories()}
    return MappingProxyType(known | {plain(one.coco_name): one.id for one in categories()})


def counterpart(name: str) -> int | None:
    """The id, 1 to 13, of what a category of another set is among DeepFashion2's; None where it is none."""
    return _table().get(plain(name))


@cache
def _own_fifty() -> Mapping[str, str]:
    return MappingProxyType({plain(one.name): one.name for one in clothes_categories()})


def among_fifty(name: str) -> str:
    """The name among DeepFashion's 50 of what a category of another set is; "" where it is none."""
    known = counterpart(name)
    return _own_fifty().get(plain(name)) or (_FIFTY[known] if known is not None else "")

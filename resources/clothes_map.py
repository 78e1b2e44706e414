"""What other sets of clothes categories are called among DeepFashion2's thirteen.

DeepFashion's 50 say what a garment is, DeepFashion2's 13 how long its sleeves are and how it is worn. Where
a name says nothing of the sleeves the usual one is taken; what has no counterpart (a jumpsuit, a belt) has
none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from resources.taxonomy import categories

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

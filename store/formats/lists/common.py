"""Lists and rows that the benchmarks have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store.formats.base import Complaints
from store.formats.lists import values
from store.formats.lists.benchmark import Rows
from store.formats.lists.style import Style, Value
from store.formats.lists.table import ListFile, Row
from store.records import Floats, Garment

#: Facts of a garment in its ``extra``: they have no field of their own.
VARIATION = "variation"

STATUSES = ("train", "val", "test")
#: DeepFashion2's word, and that of the benchmarks.
_OTHER_WORDS = {"validation": "val"}

BOX_FIELDS = frozenset({"box"})
MARK_FIELDS = frozenset({"points", "visibility", "clothes_type"})
SPLIT_FIELD = frozenset({"split"})


def box_list(place: str, pad: int, before: str = "", *, kinds: int = -1) -> ListFile:
    """A list of boxes; ``before`` are the columns between the name and the box."""
    columns = "  ".join(["image_name", *before.split(), "x_1", "y_1", "x_2", "y_2"])
    gaps = ("  ",) * (len(before.split()) + 1) + (" ",)
    return ListFile("bbox", (place,), columns, kinds=kinds, style=Style(pad=pad, gaps=gaps))


def landmark_list(place: str, pad: int, *, varied: bool, kinds: int = -1) -> ListFile:
    """A list of landmarks, with a variation type or without."""
    columns = ["image_name", "clothes_type", *(["variation_type"] if varied else [])]
    for number in range(1, 9):
        columns += [f"landmark_{what}_{number}" for what in ("visibility", "location_x", "location_y")]
    gaps = ("  ",) * (3 if varied else 2) + (" ", " ")
    style = Style(pad=pad, gaps=gaps, period=3)
    return ListFile("landmarks", (place,), "  ".join(columns), kinds=kinds, style=style)


def first(rows: Rows, key: str) -> Row | None:
    """The row of an image in a list."""
    return next(iter(rows.get(key, ())), None)


def split_of(row: Row | None, place: int, told: Complaints | None) -> str:
    """The evaluation status in a column; "" where there is none."""
    if row is None:
        return ""
    if len(row.values) <= place:
        if told:
            told.file = row.file
            told.error("row-short", "The row has no evaluation status; it is kept aside.", values.where(row))
        return ""
    return row.values[place]


def status_of(split: str, statuses: tuple[str, ...] = STATUSES) -> str:
    """The status that a split is written as; "" where the lists know none for it."""
    split = _OTHER_WORDS.get(split, split)
    return split if split in statuses else ""


def box_in(row: Row | None, place: int, told: Complaints | None) -> Floats | None:
    """The box that begins in a column of a row."""
    return None if row is None else values.read_box(row, row.values[place:], told)


def without_nothing(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts that are known."""
    return {key: value for key, value in facts.items() if value is not None}


def code(facts: Mapping[str, Any], key: str, made_up: set[str]) -> Value:
    """A code of a row; 1 where nobody stated it, and then named in ``made_up``."""
    found = facts.get(key)
    if type(found) is int:
        return str(found)
    made_up.add(key)
    return "1"


def garment_in(
    format: str,
    category_id: int,
    box: Floats | None,
    marks: values.Marks | None,
    facts: Mapping[str, Any],
) -> Garment:
    """The one garment of an image, with the facts that no field holds."""
    garment = Garment(category_id=category_id, box=box, extra={format: dict(facts)} if facts else {})
    return garment if marks is None else garment.but(points=marks.points, visibility=marks.visibility)

"""What two versions of a garment differ in, in words: one row a part."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from resources.taxonomy import LEVELS, Category
from store.document.clash import Clash, Difference
from store.document.order_edits import LOCKED
from store.document.parking import PARKED
from store.notes import Note
from store.records import REVIEW_WORDS, VISIBILITY_WORDS, Garment, Visibility

_UNCHANGED = "as it was"
_WORDS = {
    "category_id": "Category",
    "box": "Box",
    "mask": "Mask",
    "landmarks": "Landmarks",
    "key": "Name in the file",
    "pair_id": "Pair",
    "item_id": "Item",
    "zoom_in": "Zoom-in",
    "clothes_category": "Clothes category",
    "clothes_type": "Clothes type",
}
#: What lies in ``extra`` and is ours.
_EXTRA = {LOCKED: "Lock", PARKED: "Parked landmarks"}
#: How much of a note is shown.
_LETTERS = 60
_ATTRIBUTE = {1: "yes", -1: "no", 0: "unknown"}


@dataclass(frozen=True, slots=True)
class Row:
    """One part: what it is, what each version makes of it; ``both``: both changed it, each differently."""

    what: str
    mine: str
    theirs: str
    both: bool


def rows_of(clash: Clash, categories: Mapping[int, Category]) -> tuple[Row, ...]:
    """The rows of a clash; one that speaks of the whole garment where somebody has deleted it."""
    if clash.mine is None or clash.theirs is None:
        words = {True: "deleted", False: "changed"}
        return (Row("The garment", words[clash.mine is None], words[clash.theirs is None], True),)
    named = _names(clash, categories)
    rows = []
    for one in clash.differences():
        if one.landmark >= 0 and any(part.part[0] == "landmarks" for part in clash.differences()):
            # With another schema each landmark is another one: the row of all of them says so.
            continue
        rows.append(
            Row(
                named(one),
                _told(one, one.mine, one.by_mine, categories),
                _told(one, one.theirs, one.by_theirs, categories),
                one.by_both,
            )
        )
    return tuple(rows)


def _names(clash: Clash, categories: Mapping[int, Category]) -> Callable[[Difference], str]:
    base = clash.base
    category = categories.get(base.category_id) if isinstance(base, Garment) else None
    count = len(base.points) if isinstance(base, Garment) else 0
    names = category.schema.names if category is not None and category.schema.size == count else ()

    def named(one: Difference) -> str:
        kind, which = one.part
        if one.landmark >= 0:
            name = f"  {names[one.landmark]}" if one.landmark < len(names) else ""
            return f"{one.landmark + 1}{name}" if name else f"Landmark {one.landmark + 1}"
        if kind == "attribute":
            return f"Attribute {which}"
        if kind == "note":
            return f"Note “{_text(one)}”"
        if kind == "extra":
            return _EXTRA.get(which, f"What “{which}” says")
        return _WORDS.get(kind, kind.capitalize())

    return named


def _told(one: Difference, value: Any, changed: bool, categories: Mapping[int, Category]) -> str:
    """What a version makes of a part."""
    kind, _ = one.part
    if not changed:
        return _UNCHANGED
    if one.landmark >= 0:
        return _landmark(one.base, value)
    if kind == "box":
        return _box(one.base, value)
    if kind == "note":
        return _note(one.base, value)
    if one.part == ("extra", LOCKED):
        return "locked" if value else "not locked"
    if kind in ("mask", "extra"):
        return "changed" if value is not None else "removed"
    if kind == "category_id":
        category = categories.get(value)
        return category.name if category is not None else f"category {value}"
    if kind == "attribute":
        return _ATTRIBUTE.get(value, "unknown")
    if kind == "review":
        return REVIEW_WORDS[value]
    if kind == "landmarks":
        return f"{value}, placed anew"
    return _fact(kind, value)


def _fact(kind: str, value: Any) -> str:
    if value is None or value in ("", ()):
        return "unknown" if kind in LEVELS else "none"
    if kind in LEVELS:
        return LEVELS[kind].get(value, str(value))
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _text(one: Difference) -> str:
    """The beginning of a note, as it was where it was there before."""
    note = one.base or one.mine or one.theirs
    line = " ".join(note.text.split())
    return line if len(line) <= _LETTERS else f"{line[: _LETTERS - 1]}…"


def _note(base: Note | None, value: Note | None) -> str:
    if base is None or value is None:
        return "added" if base is None else "deleted"
    if base.text != value.text:
        return "changed"
    return "settled" if value.settled else "open again"


def _landmark(base: Any, value: Any) -> str:
    if base is None or value is None:
        return "added" if base is None else "removed"
    was, now = base[2], value[2]
    if now == Visibility.UNLABELLED:
        return VISIBILITY_WORDS[Visibility.UNLABELLED]
    words = []
    places = (base[0], base[1], value[0], value[1])
    if was == Visibility.UNLABELLED or None in places:
        words.append("placed")
    elif (far := math.dist(base[:2], value[:2])) > 0:
        words.append(f"moved {_pixels(far)}")
    if was != now:
        words.append(VISIBILITY_WORDS[now])
    return ", ".join(words) or "changed"


def _box(base: Any, value: Any) -> str:
    if base is None or value is None:
        return "drawn" if base is None else "removed"
    far = max(abs(a - b) for a, b in zip(base, value, strict=True))
    return f"moved {_pixels(far)}"


def _pixels(far: float) -> str:
    return f"{far:.1f}\u202fpx" if far < 10 else f"{far:.0f}\u202fpx"

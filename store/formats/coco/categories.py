"""COCO categories: which of ours they are, and how ours are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from resources.schemas import Schema
from resources.taxonomy import EXTRA_COLOURS, Category, categories, clothes_types
from store.formats.base import FIRST_OWN_CATEGORY, Complaints
from store.formats.source import Entry
from store.formats.values import integer, mapping, numeral, text, word

#: Landmarks of all 13 categories one after the other.
ALL_LANDMARKS = sum(kind.schema.size for kind in categories())

_SIDES = re.compile(r"(?<![a-z])(left|right)(?![a-z])|(?<![a-z])([lr])(?=[_ -])", re.IGNORECASE)
_LARGEST_SCHEMA = 2_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A category of a file: ours (``local`` has a reader-local id), and how its keypoints lie there.

    ``block`` is the number of keypoints that an annotation must have, 0 for none; the category's own
    begin at ``offset``.
    """

    local: Category
    block: int
    offset: int = 0


def _plain(name: str) -> str:
    return " ".join(re.split(r"[\s_-]+", name.strip().casefold()))


_BUILT_IN = {_plain(name): kind for kind in categories() for name in (kind.name, kind.coco_name)}


def decode(entries: Sequence[Entry], told: Complaints) -> dict[int, Kind]:
    """The categories of a file by the id they have there."""
    found: dict[int, Kind] = {}
    own = FIRST_OWN_CATEGORY
    for number, entry in enumerate(entries, 1):
        where = f"category {number}"
        category_id = numeral(entry.get("id"))
        if category_id is None or category_id in found:
            what = "has no whole number as id" if category_id is None else f"repeats the id {category_id}"
            told.error("category-id", f"The category {what}; it is not read.", where)
            continue
        kind = _kind(entry, own, told, where)
        same = next((i for i, other in found.items() if other.local.id == kind.local.id), None)
        if same is not None:
            told.warn("category-twice", f"It is {kind.local.name}, as category id {same} is.", where)
        found[category_id] = kind
        own += kind.local.id == own
    return found


def _kind(entry: Entry, own: int, told: Complaints, where: str) -> Kind:
    name = word(entry.get("name")) or f"category {entry['id']}"
    built_in = _BUILT_IN.get(_plain(name))
    names = _keypoint_names(entry, told, where)
    if built_in is not None:
        size = built_in.schema.size
        if names is None or len(names) == size:
            return Kind(built_in, size)
        if len(names) == ALL_LANDMARKS:
            return Kind(built_in, ALL_LANDMARKS, built_in.offset or 0)
    schema = _schema(name, names or (), entry, told, where)
    local = Category(
        id=own,
        name=name,
        coco_name=name,
        schema=schema,
        colour=EXTRA_COLOURS[(own - FIRST_OWN_CATEGORY) % len(EXTRA_COLOURS)],
        supercategory=word(entry.get("supercategory")) or "clothes",
    )
    return Kind(local, schema.size)


def _keypoint_names(entry: Entry, told: Complaints, where: str) -> tuple[str, ...] | None:
    value = entry.get("keypoints")
    if value is None or value == []:
        return None
    if not isinstance(value, list) or len(value) > _LARGEST_SCHEMA:
        told.error("category-keypoints", "The keypoints of the category are not a list of names.", where)
        return None
    return tuple(name if isinstance(name, str) else text(name).decode() for name in value)


def _schema(name: str, names: tuple[str, ...], entry: Entry, told: Complaints, where: str) -> Schema:
    links = _links(entry, len(names), told, where)
    plain = [_plain(landmark) for landmark in names]
    for kind in clothes_types():
        if names and plain == [_plain(landmark) for landmark in kind.schema.names]:
            return replace(kind.schema, key=name, names=names, links=links)
    return Schema(key=name, names=names, links=links, swaps=swaps_of(names))


def _links(entry: Entry, size: int, told: Complaints, where: str) -> tuple[tuple[int, int], ...]:
    links: list[tuple[int, int]] = []
    value = entry.get("skeleton") or []
    for pair in value if isinstance(value, list) else [value]:
        ends = [integer(end) for end in pair] if isinstance(pair, list) else []
        if len(ends) == 2 and all(end is not None and 1 <= end <= size for end in ends):
            links.append(((ends[0] or 0) - 1, (ends[1] or 0) - 1))
        elif size:
            told.warn("category-skeleton", f"The link {text(pair).decode()} joins no two keypoints.", where)
    return tuple(links)


def swaps_of(names: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Pairs of landmarks whose names differ only in left and right."""
    places = {_plain(name): index for index, name in enumerate(names)}
    pairs: list[tuple[int, int]] = []
    for index, name in enumerate(names):
        other = places.get(_plain(_SIDES.sub(_other_side, name)), index)
        if other > index:
            pairs.append((index, other))
    return tuple(pairs)


def _other_side(found: re.Match[str]) -> str:
    return {"left": "right", "right": "left", "l": "r", "r": "l"}[found.group().casefold()]


def encode(kind: Category, category_id: int, layout: str, source: Entry | None) -> Entry:
    """A category as COCO writes it: with its own keypoints, or with the 294 of all.

    ``source`` is the entry that it was read from: taken over where it fits the layout.
    """
    size = ALL_LANDMARKS if layout == "294" else kind.schema.size
    if source is not None:
        names = source.get("keypoints")
        if isinstance(names, list) and len(names) == size and source.get("id") == category_id:
            return source
    if layout == "294":
        keypoints = [str(number) for number in range(1, size + 1)]
        skeleton: list[list[int]] = []
    else:
        keypoints = list(kind.schema.names)
        skeleton = [[a + 1, b + 1] for a, b in kind.schema.links]
    own: Entry = {"id": category_id, "name": kind.coco_name or kind.name, "supercategory": kind.supercategory}
    entry = {**mapping(source), **own}
    return {**entry, "keypoints": keypoints, "skeleton": skeleton} if size else entry


def numbered(
    kinds: Sequence[Category], entries: Sequence[Entry], layout: str
) -> tuple[dict[int, int], list[Entry]]:
    """COCO ids by our category ids, and the entries to write.

    ``entries`` are those of the one source of the whole export, if there is one: its ids and order
    stay, and what it listed but nothing uses is listed again.
    """
    found = decode(entries, Complaints(""))
    sources = {category_id: entry for entry in entries if (category_id := numeral(entry.get("id"))) in found}
    ids: dict[int, int] = {}
    for kind in kinds:
        match = next(
            (i for i, one in found.items() if i not in ids.values() and _same(one.local, kind)), None
        )
        if match is not None:
            ids[kind.id] = match
    taken = {*found}
    for kind in kinds:
        if kind.id not in ids:
            ids[kind.id] = next(i for i in (kind.id, *range(1, len(taken) + 2)) if i not in taken)
            taken.add(ids[kind.id])
    written = {ids[kind.id]: encode(kind, ids[kind.id], layout, sources.get(ids[kind.id])) for kind in kinds}
    listed = [written.pop(category_id, entry) for category_id, entry in sources.items()]
    return ids, [*listed, *written.values()]


def _same(one: Category, other: Category) -> bool:
    if one.offset is not None or other.offset is not None:
        return one.id == other.id
    return one.name == other.name and one.schema.names == other.schema.names

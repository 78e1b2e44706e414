"""What differs between two states of an image, in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from resources.schemas import Schema
from resources.taxonomy import LEVELS
from store.document.fact_edits import LEVEL_WORDS, VALUE_WORDS
from store.document.order_edits import is_locked
from store.document.recalling import Moment
from store.geometry import has_place
from store.notes import notes_of
from store.outlines.rings import flat, is_pixels, outline_of, rings
from store.records import REVIEW_WORDS, VISIBILITY_WORDS, Floats, Garment, Image, Visibility

#: Facts that are one value each, with what they are called.
_FACTS = {
    "pair_id": "pair",
    "style": "style",
    "item_id": "item",
    "clothes_category": "DeepFashion category",
    "clothes_type": "clothes type",
    **LEVEL_WORDS,
}
#: Moves of less than this many pixels are none: numbers may have been rounded on their way.
_LEAST = 0.005
#: More landmarks, or attributes, than this are counted and not named.
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Moved:
    """Landmarks that both states have, and that are elsewhere or in another state: 0-based indices."""

    places: tuple[int, ...]
    states: tuple[int, ...]
    mean: float
    most: float


def moved(before: Garment, after: Garment) -> Moved:
    """Which landmarks differ, and how far those went that had a place in both states, in pixels."""
    size = min(len(before.points), len(after.points))
    was, now = before.visibility[:size], after.visibility[:size]
    # A landmark that is cut off may have no place: it has not come from the corner of the image then.
    both = has_place(before.points[:size], was) & has_place(after.points[:size], now)
    far: Floats = np.hypot(*(after.points[:size] - before.points[:size]).T) if size else np.zeros(0)
    places = np.flatnonzero(both & (far > _LEAST))
    distances = far[places]
    return Moved(
        tuple(places.tolist()),
        tuple(np.flatnonzero(was != now).tolist()),
        float(distances.mean()) if len(distances) else 0.0,
        float(distances.max()) if len(distances) else 0.0,
    )


def garment_words(
    before: Garment | None, after: Garment | None, schema: Schema | None, names: dict[int, str]
) -> list[str]:
    """What differs between two states of a garment, a line each; ``schema`` names the landmarks of the later
    one, ``names`` are those of categories by id."""
    if before is None or after is None:
        return [] if before is after else ["added" if before is None else "deleted"]
    lines = []
    if before.category_id != after.category_id:
        was, now = (names.get(one.category_id, str(one.category_id)) for one in (before, after))
        lines.append(f"category: {was} → {now}")
    if len(before.points) != len(after.points):
        lines.append(f"landmarks: {len(before.points)} → {len(after.points)}")
    else:
        lines += _landmark_words(before, after, schema)
    lines += [*_box_words(before, after), *_mask_words(before, after), *_fact_words(before, after)]
    lines += _attribute_words(before, after)
    lines += _note_words(before, after)
    if is_locked(before) != is_locked(after):
        lines.append("locked" if is_locked(after) else "unlocked")
    if before.position != after.position:
        lines.append("its place among the garments")
    return lines


def image_words(before: Image, after: Image) -> list[str]:
    """What differs between two states of an image itself, a line each."""
    lines = [
        f"{_FACTS.get(name, name)}: {_said(getattr(before, name))} → {_said(getattr(after, name))}"
        for name in ("split", "role", "domain", "pair_id")
        if getattr(before, name) != getattr(after, name)
    ]
    if before.review is not after.review:
        lines.insert(0, f"review: {REVIEW_WORDS[before.review]} → {REVIEW_WORDS[after.review]}")
    if before.tags != after.tags:
        lines.append(f"tags: {', '.join(before.tags) or 'none'} → {', '.join(after.tags) or 'none'}")
    return lines + _note_words(before, after)


def differing(before: Moment, after: Moment) -> list[int]:
    """The ids of garments that are not the same in two moments; versions and origins do not count."""
    ids = dict.fromkeys([*before.garments, *after.garments])
    return [one for one in ids if not _same(before.garments.get(one), after.garments.get(one))]


def _same(before: Garment | None, after: Garment | None) -> bool:
    if before is None or after is None:
        return before is after
    return before.same_as(after, ignore=frozenset({"version", "origin"}))


def _landmark_words(before: Garment, after: Garment, schema: Schema | None) -> list[str]:
    found = moved(before, after)
    lines = []
    if found.places:
        which = _landmarks(found.places, schema)
        far = (
            f"{found.most:.1f} px"
            if len(found.places) == 1
            else (f"{found.mean:.1f} px on average, {found.most:.1f} px at most")
        )
        lines.append(f"{which} moved: {far}")
    by_state: dict[tuple[int, int], list[int]] = {}
    for index in found.states:
        by_state.setdefault((int(before.visibility[index]), int(after.visibility[index])), []).append(index)
    for (was, now), indices in by_state.items():
        states = f"{VISIBILITY_WORDS[Visibility(was)]} → {VISIBILITY_WORDS[Visibility(now)]}"
        lines.append(f"{_landmarks(indices, schema)}: {states}")
    return lines


def _landmarks(indices: tuple[int, ...] | list[int], schema: Schema | None) -> str:
    if len(indices) > _NAMED:
        return f"{len(indices)} landmarks"
    known = schema.names if schema is not None else ()
    return ", ".join(f"{i + 1} {known[i]}" if i < len(known) else f"landmark {i + 1}" for i in indices)


def _box_words(before: Garment, after: Garment) -> list[str]:
    was, now = before.box, after.box
    if was is None or now is None:
        return [] if was is now else ["box added" if was is None else "box taken away"]
    far = np.abs(now - was)
    if far.max() <= _LEAST:
        return []
    inner = np.minimum(was[2:], now[2:]) - np.maximum(was[:2], now[:2])
    common = float(np.prod(np.maximum(inner, 0)))
    whole = float(np.prod(was[2:] - was[:2]) + np.prod(now[2:] - now[:2])) - common
    return [f"box: edges by up to {far.max():.1f} px, overlap {common / whole if whole > 0 else 0:.2f}"]


def _mask_words(before: Garment, after: Garment) -> list[str]:
    same_rle = (before.rle is None) == (after.rle is None) and dict(before.rle or {}) == dict(after.rle or {})
    was_rings, now_rings = rings(before), rings(after)
    same = len(was_rings) == len(now_rings) and all(
        np.array_equal(a, b) for a, b in zip(was_rings, now_rings, strict=True)
    )
    if same and same_rle:
        return []
    was, now = _mask(before), _mask(after)
    unsaid = "mask: other pixels" if is_pixels(after) else "mask: corners moved"
    return [f"mask: {was} → {now}" if was != now else unsaid]


def _mask(garment: Garment) -> str:
    """What a mask is drawn from: "1 with 4 corners", "2 with 9 corners and 1 hole", "pixels", "none"."""
    outline = outline_of(garment)
    if not outline:
        return "pixels" if is_pixels(garment) else "none"
    holes = sum(len(part.holes) for part in outline)
    said = f"{len(outline)} with {sum(map(len, flat(outline)))} corners"
    return f"{said} and {holes} hole{'s' if holes != 1 else ''}" if holes else said


def _fact_words(before: Garment, after: Garment) -> list[str]:
    return [
        f"{word}: {_level(name, getattr(before, name))} → {_level(name, getattr(after, name))}"
        for name, word in _FACTS.items()
        if getattr(before, name) != getattr(after, name)
    ]


def _level(name: str, value: Any) -> str:
    return LEVELS.get(name, {}).get(value) or _said(value)


def _attribute_words(before: Garment, after: Garment) -> list[str]:
    names = dict.fromkeys([*before.attributes, *after.attributes])
    other = [one for one in names if before.attributes.get(one, 0) != after.attributes.get(one, 0)]
    if len(other) > _NAMED:
        return [f"{len(other)} attributes"]
    return [f"{one}: {VALUE_WORDS.get(after.attributes.get(one, 0), 'unknown')}" for one in other]


def _note_words(before: Garment | Image, after: Garment | Image) -> list[str]:
    was, now = len(notes_of(before)), len(notes_of(after))
    if was != now:
        return [f"notes: {was} → {now}"]
    return ["a note changed"] if notes_of(before) != notes_of(after) else []


def _said(value: Any) -> str:
    return "not said" if value is None or value == "" else str(value)

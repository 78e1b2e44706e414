"""Slices: the levels of a fact, as columns of a table with the filter that shows their images.

See docs/decisions/0006-slices.md for what a slice means for detections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import LEVELS
from store.errors import StudioError
from store.runs.results import Column

#: What can be sliced by, in the order of the tables.
GROUPS = ("scale", "occlusion", "zoom_in", "viewpoint", "category", "variation", "pose")
#: DeepFashion2's own tables.
USUAL = GROUPS[:4]
#: Levels in their order, where there is one; DeepFashion's words for its variation and pose types.
WORDS: Mapping[str, tuple[str, ...]] = {
    **{group: tuple(words[level] for level in sorted(words)) for group, words in LEVELS.items()},
    "variation": ("normal pose", "medium pose", "large pose", "medium zoom-in", "large zoom-in"),
    "pose": ("frontal", "side", "back", "zoom-out", "zoom-in", "stand-alone"),
}
#: Groups that the filter language knows as fields of a garment; the images of others are listed one by one.
_FIELDS = ("scale", "occlusion", "zoom_in", "viewpoint", "category")
#: Longest list of image ids in a filter.
LONGEST = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """A column and which of the N garments are in it, ``(N,)``; None for the overall column: all."""

    column: Column
    chosen: NDArray[np.bool_] | None


def checked(by: Sequence[str]) -> tuple[str, ...]:
    """The groups in the order of the tables; StudioError that names one which is none."""
    unknown = [name for name in by if name not in GROUPS]
    if unknown:
        raise StudioError(
            f"There are no slices by {', '.join(map(repr, unknown))}.", f"Choose among {', '.join(GROUPS)}."
        )
    return tuple(group for group in GROUPS if group in by)


def slices(
    by: Sequence[str],
    facts: Sequence[Mapping[str, str]],
    image_ids: NDArray[np.int64],
    where: str = "",
) -> tuple[list[Slice], list[str]]:
    """The slices of N garments, the overall one last, and what must be said of those that are missing.

    ``facts`` has the levels of each garment by group, ``image_ids`` ``(N,)`` their images in the store.
    ``where`` is the filter by which all of them were chosen: every column's filter keeps within it.
    """
    found, notes, silent_groups = [], [], []
    for group in checked(by):
        values = np.array([str(one.get(group, "")) for one in facts], dtype=object)
        seen = {value for value in values if value}
        name = group.replace("_", "-")
        if not seen:
            silent_groups.append(name)
            continue
        silent = int((values == "").sum())
        if silent:
            notes.append(f"{silent:,} garments have no {name} and are in none of its slices.")
        known = WORDS.get(group, ())
        for level in (*known, *sorted(seen - set(known))):
            chosen = np.asarray(values == level)
            found.append(Slice(Column(group, level, _filter(group, level, image_ids[chosen], where)), chosen))
    if silent_groups:
        notes.append(f"There are no slices by {', '.join(silent_groups)}: the ground truth does not say.")
    found.append(Slice(Column("", "overall", where), None))
    return found, notes


def level(group: str, value: object) -> str:
    """The level that a value of a file says, a number from 1 or a word; "" where it says none."""
    words = WORDS.get(group, ())
    if type(value) is int and 1 <= value <= len(words):
        return words[value - 1]
    return value if isinstance(value, str) else ""


def _filter(group: str, level: str, image_ids: NDArray[np.int64], where: str) -> str:
    if group in _FIELDS:
        return within(where, f"{group} = {quoted(level)}")
    ids = np.unique(image_ids)
    if len(ids) == 0 or len(ids) > LONGEST:
        return where
    return f"id in ({', '.join(map(str, ids.tolist()))})"


def quoted(word: str) -> str:
    """A word as a value of the filter language."""
    if word and not any(sign in "()=!<>~,\"'" or sign.isspace() for sign in word):
        return word
    return f"'{word}'" if '"' in word else f'"{word}"'


def within(where: str, term: str) -> str:
    """A filter for what both say."""
    if not where.strip():
        return term
    return f"({where}) and {term}"

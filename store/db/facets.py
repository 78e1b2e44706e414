"""How many images have each value of a fact."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import LEVELS, clothes_categories, clothes_types
from store.db.facts.snapshot import LEVEL_BITS, Facts, Links, Words, note_parts, picked
from store.filters import UNKNOWN
from store.filters.fields import NONE
from store.records import REVIEW_WORDS

Facets = dict[str, dict[str, int]]
Flags = NDArray[np.bool_]
Picked = NDArray[np.int64] | slice

#: The two words of the facet "problems".
WITH_PROBLEMS = "with problems"
WITHOUT_PROBLEMS = "without problems"


#: Facets that :func:`more` counts; all others are those of :func:`held`.
MORE = frozenset({"clothes_type", "clothes_category", "attribute", "tag", "problem"})


def facets(facts: Facts, chosen: Flags, datasets: Mapping[int, str], categories: Mapping[int, str]) -> Facets:
    """The facets of the images that are chosen, ``(images,)``; names by id.

    Of what garments have an image counts once for each value that one of its garments has; of tags,
    attributes and kinds of problems once for each that it has.
    """
    return held(facts, chosen, datasets, categories) | more(facts, chosen)


def held(facts: Facts, chosen: Flags, datasets: Mapping[int, str], categories: Mapping[int, str]) -> Facets:
    """Those facets of which each image holds one code, or a bit for each value: quickly counted."""
    images = facts.images
    # Rows are quicker to take than flags are to look through, and the whole needs no copy at all.
    rows: Picked = slice(None) if chosen.all() else np.flatnonzero(chosen)
    texts = ("split", "role", "domain", "state")
    found = {name: _words(getattr(images, name), rows) for name in texts}
    found["review"] = _numbers(images.reviews[rows], {int(r): word for r, word in REVIEW_WORDS.items()})
    found["reviewer"] = _words(images.reviewers, rows)
    found["notes"] = _notes(images.notes, chosen)
    found["dataset"] = _numbers(images.datasets[rows], datasets)
    found["problems"] = _problems(images.problems[rows])
    kinds, bits = facts.kinds
    found["category"] = _of_garments(bits[rows], [categories.get(kind, UNKNOWN) for kind in kinds])
    words = [(name, word) for name, known in LEVELS.items() for word in (UNKNOWN, *known.values())]
    assert len(words) == LEVEL_BITS * len(LEVELS)
    found |= {name: {} for name in LEVELS}
    for (name, word), count in zip(words, _of_bits(facts.level_bits[rows], len(words)), strict=True):
        if count:
            found[name][word] = count
    return found


def more(facts: Facts, chosen: Flags) -> Facets:
    """The facets of :data:`MORE`, which lie in lists of their own."""
    return _of_clothes(facts, chosen) | _of_several(facts, chosen)


def _of_clothes(facts: Facts, chosen: Flags) -> Facets:
    types = {one.id: one.name for one in clothes_types()}
    kinds = {one.id: one.name for one in clothes_categories()}
    known = (("clothes_type", types), ("clothes_category", kinds))
    return {
        name: _named(_counts(links, chosen), names)
        for (name, names), links in zip(known, facts.clothes, strict=True)
    }


def _of_several(facts: Facts, chosen: Flags) -> Facets:
    """Of what an image may have several; the commonest first."""
    found: Facets = {}
    links = {"attribute": facts.attributes, "tag": facts.images.tags, "problem": facts.findings}
    for name, mine in links.items():
        counts = _counts(mine, chosen)
        by_count = np.argsort(-counts, kind="stable").tolist()
        found[name] = {mine.words[place]: int(counts[place]) for place in by_count if counts[place]}
    return found


def _counts(links: Links, chosen: Flags) -> NDArray[np.int64]:
    """How many of the chosen images have each code."""
    return np.bincount(picked(links.codes, chosen.take(links.rows)), minlength=len(links.words))


def _words(column: Words, rows: Picked) -> dict[str, int]:
    counts = np.bincount(column.codes[rows], minlength=len(column.words))
    return {word or UNKNOWN: int(n) for word, n in zip(column.words, counts, strict=False) if n}


def _numbers(values: NDArray[np.integer], names: Mapping[int, str]) -> dict[str, int]:
    # Ids and states are small numbers: counting them needs no sorting.
    return _named(np.bincount(values), names)


def _named(counts: NDArray[np.int64], names: Mapping[int, str]) -> dict[str, int]:
    """Counts by name; numbers of one name, or of none, are one value."""
    found: dict[str, int] = {}
    for value in np.flatnonzero(counts).tolist():
        name = names.get(value, UNKNOWN)
        found[name] = found.get(name, 0) + int(counts[value])
    return found


def _notes(notes: Links, chosen: Flags) -> dict[str, int]:
    """How many images have an open note, a settled one, none."""
    states = note_parts(notes, 0)
    found: dict[str, int] = {}
    noted = np.zeros(len(chosen), np.bool_)
    for word in ("open", "settled"):
        codes = np.array([one == word for one in states.words] or [False])
        rows = np.unique(states.rows[codes[states.codes]])
        noted[rows] = True
        found[word] = int(np.count_nonzero(chosen[rows]))
    if noted.any():
        found[NONE] = int(np.count_nonzero(chosen & ~noted))
    return {word: count for word, count in found.items() if count}


def _problems(problems: NDArray[np.int32]) -> dict[str, int]:
    some = int(np.count_nonzero(problems))
    counts = ((WITH_PROBLEMS, some), (WITHOUT_PROBLEMS, len(problems) - some))
    return {word: count for word, count in counts if count}


def _of_garments(bits: NDArray[np.uint64], words: list[str]) -> dict[str, int]:
    """How many have the bit of each word; words of one name (two datasets brought it) are one value."""
    found: dict[str, int] = {}
    counts = _of_bits(bits, min(len(words), 64))
    for place, word in enumerate(words):
        if words.count(word) > 1 or place >= 63:
            mask = np.uint64(sum(1 << min(at, 63) for at, other in enumerate(words) if other == word))
            found[word] = int(np.count_nonzero(bits & mask))
        else:
            found[word] = counts[place]
    return {word: count for word, count in found.items() if count}


def _of_bits(bits: NDArray[np.uint64], count: int) -> list[int]:
    """How many have each of the lowest ``count`` bits; sixteen of them are counted in one go."""
    lanes = np.ascontiguousarray(bits).astype("<u8", copy=False).view("<u2").reshape(-1, 4)
    found: list[int] = []
    for lane in range(-(-count // 16)):
        often = np.bincount(lanes[:, lane], minlength=1 << 16)
        found += [int(often.reshape(-1, 2, 1 << bit)[:, 1].sum()) for bit in range(16)]
    return found[:count]

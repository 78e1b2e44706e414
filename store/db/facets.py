"""How many images have each value of a fact."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import LEVELS
from store.db.facts.snapshot import LEVEL_BITS, Facts, ImageFacts, Words
from store.filters import UNKNOWN
from store.records import REVIEW_WORDS

Facets = dict[str, dict[str, int]]
Flags = NDArray[np.bool_]

#: The two words of the facet "problems".
WITH_PROBLEMS = "with problems"
WITHOUT_PROBLEMS = "without problems"


def facets(facts: Facts, chosen: Flags, datasets: Mapping[int, str], categories: Mapping[int, str]) -> Facets:
    """The facets of the images that are chosen, ``(images,)``; names by id.

    Of category and levels an image counts once for each value that one of its garments has.
    """
    whole = bool(chosen.all())
    images = facts.images
    found = {name: _words(getattr(images, name), chosen, whole) for name in ("split", "domain", "state")}
    found["review"] = _numbers(images.reviews, chosen, {int(r): word for r, word in REVIEW_WORDS.items()})
    found["dataset"] = _numbers(images.datasets, chosen, datasets)
    found["problems"] = _problems(images, chosen)
    kinds, bits = facts.kinds
    found["category"] = _of_garments(
        bits if whole else bits[chosen], [categories.get(kind, UNKNOWN) for kind in kinds]
    )
    levels = facts.level_bits if whole else facts.level_bits[chosen]
    for place, (name, words) in enumerate(LEVELS.items()):
        mine = levels >> np.uint64(LEVEL_BITS * place)
        found[name] = _of_garments(mine, [UNKNOWN, *words.values()])
    return found


def _words(column: Words, chosen: Flags, whole: bool) -> dict[str, int]:
    counts = np.bincount(column.codes if whole else column.codes[chosen], minlength=len(column.words))
    return {word or UNKNOWN: int(n) for word, n in zip(column.words, counts, strict=False) if n}


def _numbers(column: NDArray[np.integer], chosen: Flags, names: Mapping[int, str]) -> dict[str, int]:
    values, counts = np.unique(column[chosen], return_counts=True)
    found: dict[str, int] = {}
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        name = names.get(value, UNKNOWN)
        found[name] = found.get(name, 0) + count
    return found


def _problems(images: ImageFacts, chosen: Flags) -> dict[str, int]:
    some = int(np.count_nonzero(images.problems[chosen]))
    none = int(np.count_nonzero(chosen)) - some
    return {word: n for word, n in ((WITH_PROBLEMS, some), (WITHOUT_PROBLEMS, none)) if n}


def _of_garments(bits: NDArray[np.uint64], words: list[str]) -> dict[str, int]:
    """How many have the bit of each word; words of one name (two datasets brought it) are one value."""
    found: dict[str, int] = {}
    for word in dict.fromkeys(words):
        mask = np.uint64(sum(1 << min(place, 63) for place, other in enumerate(words) if other == word))
        if count := int(np.count_nonzero(bits & mask)):
            found[word] = count
    return found

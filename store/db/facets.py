"""How many images have each value of a fact."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import LEVELS, clothes_categories, clothes_types
from store.db.facts.snapshot import LEVEL_BITS, Facts, ImageFacts, Links, Words
from store.filters import UNKNOWN
from store.records import REVIEW_WORDS

Facets = dict[str, dict[str, int]]
Flags = NDArray[np.bool_]

#: The two words of the facet "problems".
WITH_PROBLEMS = "with problems"
WITHOUT_PROBLEMS = "without problems"


def facets(facts: Facts, chosen: Flags, datasets: Mapping[int, str], categories: Mapping[int, str]) -> Facets:
    """The facets of the images that are chosen, ``(images,)``; names by id.

    Of what garments have an image counts once for each value that one of its garments has; of tags,
    attributes and kinds of problems once for each that it has.
    """
    whole = bool(chosen.all())
    images = facts.images
    texts = ("split", "role", "domain", "state")
    found = {name: _words(getattr(images, name), chosen, whole) for name in texts}
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
    return found | _of_clothes(facts, chosen, whole) | _of_several(facts, chosen, whole)


def _of_clothes(facts: Facts, chosen: Flags, whole: bool) -> Facets:
    types = {one.id: one.name for one in clothes_types()}
    kinds = {one.id: one.name for one in clothes_categories()}
    found: Facets = {}
    for name, names, links in zip(
        ("clothes_type", "clothes_category"), (types, kinds), facts.clothes, strict=True
    ):
        counted: dict[str, int] = {}
        for code, count in enumerate(_counts(links, chosen, whole).tolist()):
            if count:
                word = names.get(code, UNKNOWN)
                counted[word] = counted.get(word, 0) + count
        found[name] = counted
    return found


def _of_several(facts: Facts, chosen: Flags, whole: bool) -> Facets:
    """Of what an image may have several; the commonest first."""
    found: Facets = {}
    links = {"attribute": facts.attributes, "tag": facts.images.tags, "problem": facts.findings}
    for name, mine in links.items():
        counts = _counts(mine, chosen, whole)
        by_count = np.argsort(-counts, kind="stable").tolist()
        found[name] = {mine.words[place]: int(counts[place]) for place in by_count if counts[place]}
    return found


def _counts(links: Links, chosen: Flags, whole: bool) -> NDArray[np.int64]:
    """How many of the chosen images have each code."""
    codes = links.codes if whole else links.codes[chosen[links.rows]]
    return np.bincount(codes, minlength=len(links.words))


def _words(column: Words, chosen: Flags, whole: bool) -> dict[str, int]:
    counts = np.bincount(column.codes if whole else column.codes[chosen], minlength=len(column.words))
    return {word or UNKNOWN: int(n) for word, n in zip(column.words, counts, strict=False) if n}


def _numbers(column: NDArray[np.integer], chosen: Flags, names: Mapping[int, str]) -> dict[str, int]:
    # Ids and states are small numbers: counting them needs no sorting.
    counts = np.bincount(column[chosen])
    found: dict[str, int] = {}
    for value in np.flatnonzero(counts).tolist():
        name = names.get(value, UNKNOWN)
        found[name] = found.get(name, 0) + int(counts[value])
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

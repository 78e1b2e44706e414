"""Which picture shows what: outfits, pairs, splits. All follows from the seed and the picture's number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from store.demo.designs import Design, design, recoloured
from store.demo.families import DRESSES, LOWER, OUTWEAR

Generator = np.random.Generator

#: Pictures of one outfit, in the order they are drawn.
DOMAINS = ("shop", "user", "user", "shop")
PICTURES = len(DOMAINS)
_SPLITS = ("train", "train", "validation", "train", "train", "test", "train")
CATEGORIES = 13


@dataclass(frozen=True, slots=True)
class Piece:
    """A garment to be drawn and its style: 0 where it has no counterpart in the other domain."""

    design: Design
    style: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What one picture shows; ``number`` is from 1 and names its files."""

    number: int
    split: str
    domain: str
    pair_id: int
    main: Piece
    matching: tuple[Piece, ...]
    companions: tuple[Piece, ...]
    held_out: bool
    seed: int

    @property
    def name(self) -> str:
        """The file name without its ending."""
        return f"{self.number:06d}"


def generator(*key: int) -> Generator:
    """Random numbers that depend on the key alone."""
    return np.random.default_rng(np.random.SeedSequence(key))


def split_of(group: int) -> str:
    """The split of an outfit."""
    return _SPLITS[group % len(_SPLITS)]


@lru_cache(maxsize=8)
def _order(seed: int, block: int) -> tuple[int, ...]:
    return tuple(int(c) + 1 for c in generator(seed, 1, block).permutation(CATEGORIES))


@dataclass(frozen=True, slots=True)
class _Outfit:
    main: Design
    matching: tuple[Design, ...]
    variant: tuple[Design, ...]


@lru_cache(maxsize=16)
def _outfit(seed: int, group: int) -> _Outfit:
    rng = generator(seed, 2, group)
    category = _order(seed, group // CATEGORIES)[group % CATEGORIES]
    held_out = split_of(group) == "test"
    main = design(category, rng, held_out=held_out)
    matching: tuple[Design, ...] = ()
    if rng.random() < 0.3 and category not in DRESSES:
        other = _companion_category(category, rng)
        matching = (design(other, rng, held_out=held_out),)
    variant = tuple(recoloured(d, rng) for d in (main, *matching)) if rng.random() < 0.3 else ()
    return _Outfit(main, matching, variant)


def _companion_category(category: int, rng: Generator) -> int:
    if category in LOWER:
        return int(rng.choice([1, 1, 2, 5, 6]))
    return int(rng.choice([7, 8, 8, 9]))


def picture(seed: int, index: int) -> Picture:
    """The plan of picture ``index``, from 0; independent of how many there are."""
    group, turn = divmod(index, PICTURES)
    outfit = _outfit(seed, group)
    rng = generator(seed, 3, index)
    designs = (outfit.main, *outfit.matching)
    first = 1
    if outfit.variant and turn >= 2:
        designs, first = outfit.variant, 1 + len(designs)
    pieces = [Piece(d, first + k) for k, d in enumerate(designs)]
    held_out = split_of(group) == "test"
    companions = tuple(
        Piece(design(category, rng, held_out=held_out), 0)
        for category in _missing([d.category_id for d in designs], rng)
    )
    return Picture(
        number=index + 1,
        split=split_of(group),
        domain=DOMAINS[turn],
        pair_id=group + 1,
        main=pieces[0],
        matching=tuple(pieces[1:]),
        companions=companions,
        held_out=held_out,
        seed=int(rng.integers(1 << 62)),
    )


def _missing(categories: list[int], rng: Generator) -> list[int]:
    """What somebody must wear besides, and sometimes wears over it."""
    have = set(categories)
    needed: list[int] = []
    if have & DRESSES:
        return [int(rng.choice([3, 4]))] if rng.random() < 0.15 else []
    if not have & LOWER:
        needed.append(int(rng.choice([7, 8, 8, 8, 9])))
    if not have & {1, 2, 5, 6}:
        long_coat = 4 in have
        needed.append(int(rng.choice([1, 2, 2, 5] if long_coat else [1, 5, 6, 1])))
    if not have & OUTWEAR and not have & {2} and rng.random() < 0.14:
        needed.append(int(rng.choice([4, 4, 3])))
    return needed

"""Records drawn at random by hypothesis: anything that a reader may hand to the store."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from store.records import (
    Domain,
    Garment,
    Image,
    ImageState,
    Origin,
    Problem,
    Review,
    Severity,
)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
IDS = st.integers(0, 2**62)
COORDINATES = st.floats(allow_nan=True, allow_infinity=True, width=64)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
MAPPINGS = st.dictionaries(WORDS, JSON, max_size=4)
LEVELS = st.none() | st.integers(1, 3)


def points(count: int) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, (count, 2), elements=COORDINATES)


@st.composite
def landmarks(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    count = draw(st.integers(0, 8))
    return draw(points(count)), draw(arrays(np.uint8, count, elements=st.integers(0, 3)))


@st.composite
def garments(draw: st.DrawFn) -> Garment:
    where, states = draw(landmarks())
    return Garment(
        key=draw(WORDS),
        category_id=draw(st.integers(1, 13)),
        box=draw(st.none() | arrays(np.float64, 4, elements=COORDINATES)),
        points=where,
        visibility=states,
        polygons=tuple(draw(st.lists(st.integers(0, 5).flatmap(points), max_size=3))),
        rle=draw(st.none() | st.just({"size": [4, 5], "counts": "0a;"})),
        pair_id=draw(st.none() | IDS),
        style=draw(st.none() | st.integers(0, 9)),
        item_id=draw(WORDS),
        scale=draw(LEVELS),
        occlusion=draw(LEVELS),
        zoom_in=draw(LEVELS),
        viewpoint=draw(LEVELS),
        clothes_category=draw(st.none() | st.integers(1, 50)),
        clothes_type=draw(LEVELS),
        attributes=draw(st.dictionaries(WORDS, st.sampled_from([-1, 0, 1]), max_size=4)),
        origin=draw(st.sampled_from(Origin)),
        extra=draw(MAPPINGS),
    )


@st.composite
def images(draw: st.DrawFn) -> Image:
    return Image(
        name=draw(WORDS),
        width=draw(st.integers(0, 10**5)),
        height=draw(st.integers(0, 10**5)),
        size_known=draw(st.booleans()),
        state=draw(st.sampled_from(ImageState)),
        split=draw(WORDS),
        role=draw(WORDS),
        domain=draw(st.sampled_from(Domain)),
        pair_id=draw(st.none() | IDS),
        review=draw(st.sampled_from(Review)),
        tags=tuple(sorted(draw(st.sets(WORDS.filter(bool), max_size=3)))),
        extra=draw(MAPPINGS),
    )


def problems() -> st.SearchStrategy[Problem]:
    return st.builds(
        Problem,
        code=st.sampled_from(["box-swapped", "no-picture"]),
        message=WORDS,
        severity=st.sampled_from(Severity),
        file=WORDS,
        item=st.just(""),
    )

"""What models say and what is annotated, drawn at random or plain, for the tests of accepting."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from resources.correspondence import fashion8
from resources.schemas import Schema
from resources.taxonomy import categories, category, clothes_types
from store.document.edits import Edit
from store.proposals import Proposal, Source
from store.records import Garment, Image, Visibility

KNOWN = {one.id: one for one in categories()}
NET = Source("net", "20260101-train", "c0ffee")
IMAGE = Image(id=1, width=400, height=300, size_known=True, pair_id=12)
SCHEMAS = [*(one.schema for one in categories()), *(kind.schema for kind in clothes_types())]

places = st.integers(0, 40_000).map(lambda cents: cents / 100)


@st.composite
def proposals(draw: st.DrawFn, schema: Schema | None = None) -> Proposal:
    kind = draw(st.sampled_from(categories()))
    schema = schema or draw(st.sampled_from((kind.schema, kind.schema, fashion8())))
    size = schema.size
    points = draw(st.lists(st.tuples(places, places), min_size=size, max_size=size))
    states = draw(st.lists(st.sampled_from((0, 2)), min_size=size, max_size=size))
    return Proposal(
        0,
        kind.id,
        0.75,
        box=draw(st.sampled_from((None, np.array([10.0, 20.0, 110.0, 220.0])))),
        polygons=draw(st.sampled_from(((), (np.array([[1.0, 1.0], [9.0, 1.0], [9.0, 9.0]]),)))),
        points=np.minimum(np.array(points), [400.0, 300.0]),
        visibility=states,
        point_scores=np.full(size, 0.8),
        schema=schema,
        source=NET,
    )


@st.composite
def garments(draw: st.DrawFn) -> Garment:
    kind = draw(st.sampled_from(categories()))
    size = draw(st.sampled_from((kind.schema.size, kind.schema.size, 0, 4, 6)))
    states = np.array(draw(st.lists(st.sampled_from(Visibility), min_size=size, max_size=size)), np.uint8)
    points = np.array(draw(st.lists(st.tuples(places, places), min_size=size, max_size=size))).reshape(-1, 2)
    points[states == Visibility.UNLABELLED] = 0
    box = draw(st.sampled_from((None, np.array([0.0, 0.0, 100.0, 200.0]))))
    return Garment(id=5, image_id=1, category_id=kind.id, box=box, points=points, visibility=states)


def after_of(edit: Edit) -> Garment:
    after = edit.changes[0].after
    assert isinstance(after, Garment)
    return after


def top(points: float = 50.0, **more: object) -> Proposal:
    schema = category(1).schema
    values: dict[str, object] = {
        "box": np.array([10.0, 20.0, 110.0, 220.0]),
        "points": np.full((25, 2), points),
        "visibility": np.full(25, 2),
        "point_scores": np.ones(25),
        "schema": schema,
        "source": NET,
    }
    return Proposal(0, 1, 0.9, **{**values, **more})


def annotated(**more: object) -> Garment:
    values: dict[str, object] = {
        "box": np.array([0.0, 0.0, 100.0, 200.0]),
        "points": np.full((25, 2), 40.0),
        "visibility": np.full(25, 2),
    }
    return Garment(id=5, image_id=1, category_id=1, **{**values, **more})

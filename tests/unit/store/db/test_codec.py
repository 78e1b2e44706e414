"""Arrays and mappings survive the way into a BLOB and back, bit by bit."""

from __future__ import annotations

import struct
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.db.codec import (
    dump_json,
    load_json,
    pack_box,
    pack_mapping,
    pack_points,
    pack_polygons,
    unpack_box,
    unpack_mapping,
    unpack_points,
    unpack_polygons,
)
from store.db.states import dump_state, load_state
from store.records import Garment, Image
from tests.unit.store.db.drawn import JSON, MAPPINGS, garments, images, landmarks


@given(landmarks())
def test_points_round_trip(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    points, visibility = unpack_points(pack_points(*drawn))
    assert points.shape == drawn[0].shape
    assert points.tobytes() == drawn[0].tobytes()
    assert visibility.tolist() == drawn[1].tolist()


@given(garments())
def test_polygons_and_box_round_trip(garment: Garment) -> None:
    polygons = unpack_polygons(pack_polygons(garment.polygons))
    assert [p.shape for p in polygons] == [p.shape for p in garment.polygons]
    assert [p.tobytes() for p in polygons] == [p.tobytes() for p in garment.polygons]
    box = unpack_box(pack_box(garment.box))
    assert (box is None) == (garment.box is None)
    assert box is None or box.tobytes() == garment.box.tobytes()


def test_layout_of_points_is_little_endian_pairs_then_states() -> None:
    blob = pack_points(np.array([[1.5, -2.0]]), np.array([3], np.uint8))
    assert blob == struct.pack("<ddB", 1.5, -2.0, 3)


def test_layout_of_polygons_is_counts_then_vertices() -> None:
    blob = pack_polygons((np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]])))
    assert blob == struct.pack("<III6d", 2, 1, 2, 1, 2, 3, 4, 5, 6)


def test_nothing_is_null() -> None:
    assert pack_points(np.empty((0, 2)), np.empty(0, np.uint8)) is None
    assert pack_polygons(()) is None
    assert pack_box(None) is None
    assert pack_mapping({}) is None


def test_impossible_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 17"):
        unpack_points(b"x" * 18)
    with pytest.raises(ValueError, match="promises 3 vertices"):
        unpack_polygons(struct.pack("<II2d", 1, 3, 0, 0))


@given(MAPPINGS)
def test_mappings_round_trip_with_the_order_of_their_keys(mapping: dict[str, object]) -> None:
    back = unpack_mapping(pack_mapping(mapping))
    assert back == mapping
    assert list(back) == list(mapping)


def test_a_thousand_attributes_are_compressed() -> None:
    attributes = {f"attribute {i}": -1 for i in range(1000)}
    blob = pack_mapping(attributes)
    assert blob is not None
    assert len(blob) < len(dump_json(attributes)) / 3
    assert list(unpack_mapping(blob).items()) == list(attributes.items())


@given(JSON)
def test_json_round_trip(value: object) -> None:
    assert load_json(dump_json(value)) == value


def test_json_takes_what_readers_bring() -> None:
    values = {"d": Decimal("1.50"), "i": Decimal("7"), "a": np.array([1, 2])}
    assert dump_json(values) == b'{"d":1.5,"i":7,"a":[1,2]}'
    for odd in ({"big": 2**70}, {"half a pair": "\ud800"}, {"\udfff": -(2**64)}):
        assert load_json(dump_json(odd)) == odd
        assert unpack_mapping(pack_mapping({"long": "x" * 5_000, **odd})) == {"long": "x" * 5_000, **odd}
    with pytest.raises(TypeError, match="object cannot be stored"):
        dump_json({"x": object()})


@given(garments(), st.integers(1, 9), st.integers(1, 10**6))
def test_garment_states_round_trip(garment: Garment, version: int, garment_id: int) -> None:
    state = garment.but(id=garment_id, image_id=3, version=version)
    back = load_state(dump_state(state))
    assert back is not None
    assert back.same_as(state)


@given(images())
def test_image_states_round_trip(image: Image) -> None:
    back = load_state(dump_state(image))
    assert back is not None
    assert back.same_as(image)


def test_no_state_is_none() -> None:
    assert dump_state(None) is None
    assert load_state(None) is None

"""Which landmarks mean the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.correspondence import fashion8, pairs, schema_of, sigmas, to_fashion8
from resources.schemas import Schema
from resources.taxonomy import categories, category, clothes_types

SCHEMAS = [*(one.schema for one in categories()), *(kind.schema for kind in clothes_types())]
schemas = st.sampled_from(SCHEMAS)


@given(schemas, schemas)
def test_pairs_are_one_to_one_and_the_same_both_ways(one: Schema, other: Schema) -> None:
    found = pairs(one, other)
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)
    assert {(b, a) for a, b in found} == set(pairs(other, one))


@given(schemas, schemas, st.randoms(use_true_random=False))
def test_landmarks_that_both_know_come_back_from_the_other_schema(
    one: Schema, other: Schema, random: object
) -> None:
    found = pairs(one, other)
    places = np.arange(2.0 * one.size).reshape(-1, 2)
    there, back = np.zeros((other.size, 2)), np.full((one.size, 2), np.nan)
    for a, b in found:
        there[b] = places[a]
    for b, a in pairs(other, one):
        back[a] = there[b]
    common = [a for a, _ in found]
    assert np.array_equal(back[common], places[common])
    assert np.isnan(np.delete(back, common, axis=0)).all()


@given(schemas, schemas)
def test_left_stays_left(one: Schema, other: Schema) -> None:
    for a, b in pairs(one, other):
        for side in ("left", "right"):
            assert one.names[a].startswith(side) == other.names[b].startswith(side)


@pytest.mark.parametrize(
    ("category_id", "expected"),
    [
        (1, {"left collar": "left neck", "right sleeve": "right cuff, outer", "left hem": "left hem"}),
        (8, {"left waistline": "left waist", "right hem": "right leg hem, outer"}),
        (12, {"left collar": "left neck", "left waistline": "left waist", "left hem": "left hem"}),
    ],
)
def test_the_eight_in_the_landmarks_of_a_category(category_id: int, expected: dict[str, str]) -> None:
    schema = category(category_id).schema
    found = {fashion8().names[a]: schema.names[b] for a, b in pairs(fashion8(), schema)}
    assert expected.items() <= found.items()
    assert "left sleeve" not in found or category_id != 12


def test_four_and_six_landmarks_are_among_the_eight() -> None:
    for kind in clothes_types():
        eight = {fashion8().names[a]: kind.schema.names[b] for a, b in pairs(fashion8(), kind.schema)}
        assert all(name == same for name, same in eight.items())
        assert len(eight) == kind.schema.size


def test_a_category_beside_the_eight_agrees_with_its_table() -> None:
    for one in categories():
        table = [(a, b) for a, b in enumerate(to_fashion8(one.schema)) if b >= 0]
        assert list(pairs(fashion8(), one.schema)) == table


def test_every_landmark_has_a_sigma() -> None:
    assert sigmas(category(1).schema) == category(1).schema.sigmas
    for kind in clothes_types():
        assert len(sigmas(kind.schema)) == kind.schema.size
        assert all(0.01 < sigma < 0.1 for sigma in sigmas(kind.schema))
    collar = dict(zip(fashion8().names, sigmas(fashion8()), strict=True))
    assert collar["left collar"] < collar["left hem"]
    assert sigmas(Schema("scarf", ("one", "two"))) == pytest.approx([sigmas(Schema("x", ("a",)))[0]] * 2)


def test_the_schema_that_a_number_of_landmarks_follows() -> None:
    skirt = category(9).schema
    assert schema_of(skirt, 8) is skirt
    assert schema_of(category(1).schema, 8) is fashion8()
    assert schema_of(category(1).schema, 0) is None
    assert schema_of(category(1).schema, 7) is None

"""Landmarks outlive a change of category: by name, or parked until their category comes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.taxonomy import Category, categories, category
from store.document import Edit, edits
from store.document.note_edits import add_note
from store.document.parking import LAST_POINTS, PARKED
from store.notes import Note, notes_of
from store.records import Garment, Visibility

V = Visibility


def after(edit: Edit) -> Garment:
    (change,) = edit.changes
    assert isinstance(change.after, Garment)
    return change.after


@st.composite
def worn(draw: st.DrawFn) -> tuple[Garment, Category]:
    kind = draw(st.sampled_from(categories()))
    states = np.array(
        draw(st.lists(st.sampled_from(V), min_size=kind.schema.size, max_size=kind.schema.size))
    )
    points = np.arange(2.0 * kind.schema.size).reshape(-1, 2) + 1
    points[states == V.UNLABELLED] = 0
    return Garment(id=3, category_id=kind.id, points=points, visibility=states), kind


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(worn(), st.lists(st.sampled_from(categories()), min_size=1, max_size=3))
def test_changing_back_brings_every_landmark_back(
    start: tuple[Garment, Category], way: list[Category]
) -> None:
    garment, kind = start
    now, known = garment, kind
    for there in [*way, kind]:
        now, known = after(edits.set_category(now, there, known)), there
    # From vest to sling the landmarks stay by number; every other way goes by name.
    by_number = {one.id for one in [*way, kind]} & {5, 6, 12, 13}
    if not by_number:
        assert now.same_as(garment)


def test_what_the_new_category_has_no_name_for_is_parked(garment: Garment) -> None:
    trousers, skirt = category(8), category(9)
    changed = after(edits.set_category(garment, skirt, trousers))
    labelled = [n for n, v in zip(trousers.schema.names, garment.visibility, strict=True) if v]
    assert set(changed.extra[PARKED]) == set(labelled) - set(skirt.schema.names)
    back = after(edits.set_category(changed, trousers, skirt))
    assert back.same_as(garment)


def test_a_place_that_an_unlabelled_landmark_had_is_parked_too(garment: Garment) -> None:
    crotch = category(8).schema.names.index("crotch")
    visible = after(edits.move_landmarks(garment, {crotch: (20.0, 30.0)}))
    gone = after(edits.set_visibility(visible, [crotch], V.UNLABELLED))
    skirt = after(edits.set_category(gone, category(9), category(8)))
    back = after(edits.set_category(skirt, category(8), category(9)))
    again = after(edits.set_visibility(back, [crotch], V.VISIBLE))
    assert again.points[crotch].tolist() == [20.0, 30.0]


def test_a_note_goes_with_its_landmark(garment: Garment) -> None:
    """As its name goes: to another number, to the whole garment, and back."""
    start = category(garment.category_id)
    skirt, dress = category(9), category(11)
    names = start.schema.names
    shared = next(n for n, name in enumerate(names) if name in dress.schema.names)
    lost = next(n for n, name in enumerate(names) if name not in skirt.schema.names)
    noted = garment
    for number, text in ((shared, "one"), (lost, "other"), (-1, "all of it")):
        noted = after(add_note(noted, Note.new(text, "ada", number)))
    there = after(edits.set_category(noted, dress, start))
    assert notes_of(there)[0].landmark == dress.schema.names.index(names[shared])
    away = after(edits.set_category(noted, skirt, start))
    one = notes_of(away)[1]
    assert (one.landmark, one.parked) == (-1, names[lost])
    assert (notes_of(away)[2].landmark, notes_of(away)[2].parked) == (-1, "")
    assert notes_of(after(edits.set_category(away, start, skirt))) == notes_of(noted)


def test_as_many_landmarks_of_other_names_do_not_stay_by_number(garment: Garment) -> None:
    trousers = category(8)
    other = replace(trousers, id=1001, schema=replace(trousers.schema, names=tuple(map(str, range(14)))))
    changed = after(edits.set_category(garment, other, trousers))
    assert not changed.visibility.any()
    assert after(edits.set_category(changed, trousers, other)).same_as(garment)


@pytest.mark.parametrize(
    "junk", ["x", {"crotch": 3}, {"crotch": [1, 2]}, {"crotch": [1, float("nan"), 2]}, {"a": [1, 2, 9]}]
)
def test_what_a_file_has_under_our_key_is_not_believed(garment: Garment, junk: object) -> None:
    odd = garment.but(extra={PARKED: junk})
    assert not after(edits.set_category(odd, category(1))).visibility.any()


@pytest.mark.parametrize(
    "junk", ["x", [1, 2], {"0": "x"}, {"0": [1, 2, 3]}, {"0": [1, float("inf")]}, {"x": 1}]
)
def test_nor_are_places_where_landmarks_were(garment: Garment, junk: object) -> None:
    odd = after(edits.set_visibility(garment, [0], V.UNLABELLED)).but(extra={LAST_POINTS: junk})
    seen = after(edits.set_visibility(odd, [0], V.VISIBLE))
    assert np.isfinite(seen.points).all()
    assert LAST_POINTS not in seen.extra
    trousers = category(8)
    for edit in (
        edits.set_visibility(odd, [1], V.UNLABELLED),
        edits.move_landmarks(odd, {2: (3.0, 4.0)}),
        edits.swap_sides(odd, trousers.schema),
        edits.set_category(odd, category(1), trousers),
    ):
        assert np.isfinite(after(edit).points).all()

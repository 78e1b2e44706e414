"""What each edit makes of a garment; nothing else of it changes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import store.db
import store.document
from resources.taxonomy import category
from store.document import Edit, edits
from store.records import Garment, Image, Origin, Review, Visibility

V = Visibility
ROOT = Path(__file__).resolve().parents[4]


def after(edit: Edit) -> Garment:
    (change,) = edit.changes
    assert isinstance(change.after, Garment)
    return change.after


def differing(edit: Edit) -> set[str]:
    (change,) = edit.changes
    assert isinstance(change.before, Garment)
    names = [field.name for field in fields(Garment)]
    return {n for n in names if not change.before.same_as(change.before.but(**{n: getattr(after(edit), n)}))}


def test_moving_landmarks_makes_them_visible_but_keeps_them_occluded(garment: Garment) -> None:
    edit = edits.move_landmarks(garment, {0: (9, 8), 1: (7, 6), 2: (5, 4), 3: (3, 2)})
    assert edit.title == "Move 4 landmarks"
    assert edit.origin is Origin.PERSON
    moved = after(edit)
    assert moved.points[:4].tolist() == [[9, 8], [7, 6], [5, 4], [3, 2]]
    assert moved.visibility[:4].tolist() == [V.VISIBLE, V.OCCLUDED, V.VISIBLE, V.VISIBLE]
    assert moved.points[4:].tolist() == garment.points[4:].tolist()
    assert differing(edit) == {"points", "visibility"}
    assert garment.points[0].tolist() == [0.25, 1.25]


def test_titles_have_numbers_from_one(garment: Garment) -> None:
    assert edits.move_landmarks(garment, {0: (1, 1)}).title == "Move landmark 1"
    assert edits.set_visibility(garment, [13], V.CUT_OFF).title == "Set landmark 14 to cut off"
    assert edits.set_visibility(garment, range(3), V.OCCLUDED).title == "Set 3 landmarks to occluded"


@pytest.mark.parametrize("index", [-1, 14])
def test_landmarks_that_are_not_there(garment: Garment, index: int) -> None:
    with pytest.raises(IndexError, match="no landmark index"):
        edits.move_landmarks(garment, {index: (0, 0)})
    with pytest.raises(IndexError, match="no landmark index"):
        edits.set_visibility(garment, [index], V.VISIBLE)


def test_an_unlabelled_landmark_comes_back_where_it_was(garment: Garment) -> None:
    gone = after(edits.set_visibility(garment, [0, 5], V.UNLABELLED))
    assert gone.points[0].tolist() == gone.points[5].tolist() == [0, 0]
    assert gone.visibility[[0, 5]].tolist() == [0, 0]
    again = after(edits.set_visibility(gone, [0, 5], V.UNLABELLED))
    assert again.same_as(gone)
    back = after(edits.set_visibility(again, [0, 5], V.VISIBLE))
    assert back.same_as(garment)


def test_one_that_was_moved_forgets_where_it_was(garment: Garment) -> None:
    gone = after(edits.set_visibility(garment, [0], V.UNLABELLED))
    moved = after(edits.move_landmarks(gone, {0: (50, 60)}))
    assert moved.extra == garment.extra
    assert moved.visibility[0] == V.VISIBLE


def test_one_that_never_was_anywhere_appears_in_the_middle(garment: Garment) -> None:
    assert after(edits.set_visibility(garment, [3], V.VISIBLE)).points[3].tolist() == [15.5, 21.25]
    boxless = garment.but(box=None)
    mean = garment.points[garment.visibility != 0].mean(axis=0)
    assert after(edits.set_visibility(boxless, [3], V.OCCLUDED)).points[3].tolist() == mean.tolist()
    empty = Garment(points=np.zeros((2, 2)), visibility=np.zeros(2))
    assert after(edits.set_visibility(empty, [1], V.VISIBLE)).points[1].tolist() == [0, 0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sets(st.integers(0, 13), min_size=1), st.sampled_from(V)), max_size=6))
def test_states_never_lose_a_position(garment: Garment, steps: list[tuple[set[int], Visibility]]) -> None:
    now = garment
    for indices, state in steps:
        now = after(edits.set_visibility(now, indices, state))
        assert (now.points[now.visibility == V.UNLABELLED] == 0).all()
    now = after(edits.set_visibility(now, range(14), V.VISIBLE))
    labelled = garment.visibility != V.UNLABELLED
    assert now.points[labelled].tolist() == garment.points[labelled].tolist()
    assert now.extra == garment.extra


def test_swapped_corners_of_a_box_are_put_right(garment: Garment) -> None:
    edit = edits.set_box(garment, (30, 2, 10, 40))
    assert after(edit).box.tolist() == [10, 2, 30, 40]
    assert differing(edit) == {"box"}
    with pytest.raises(ValueError, match="reshape"):
        edits.set_box(garment, (1, 2, 3))


def test_a_category_of_another_schema_begins_anew(garment: Garment) -> None:
    kept = garment.but(extra={**garment.extra, edits.LAST_POINTS: {"3": [1.0, 2.0]}})
    skirt = after(edits.set_category(kept, category(9)))
    assert (skirt.category_id, len(skirt.points)) == (9, category(9).schema.size)
    assert not skirt.visibility.any()
    assert skirt.extra == garment.extra
    same = edits.set_category(garment, category(8))
    assert same.title == "Change category to trousers"
    assert differing(same) == set()


def test_landmarks_of_the_same_name_outlive_another_category(garment: Garment) -> None:
    trousers, skirt = category(8), category(9)
    changed = after(edits.set_category(garment, skirt, trousers))
    common = set(trousers.schema.names) & set(skirt.schema.names)
    assert common >= {"left waist", "middle waist", "right waist"}
    for index, name in enumerate(skirt.schema.names):
        if name in common:
            old = trousers.schema.names.index(name)
            assert changed.points[index].tolist() == garment.points[old].tolist()
            assert changed.visibility[index] == garment.visibility[old]
        else:
            assert changed.visibility[index] == V.UNLABELLED
            assert not changed.points[index].any()
    # A category that does not fit the landmarks says nothing of them.
    assert not after(edits.set_category(garment, skirt, category(1))).visibility.any()


def test_sides_are_swapped_and_swapped_back(garment: Garment) -> None:
    schema = category(8).schema
    kept = garment.but(extra={**garment.extra, edits.LAST_POINTS: {"0": [1.0, 2.0], "1": [3.0, 4.0]}})
    edit = edits.swap_sides(kept, schema)
    swapped = after(edit)
    assert edit.title == "Swap left and right"
    for index, other in enumerate(schema.mirrored()):
        assert swapped.points[index].tolist() == garment.points[other].tolist()
        assert swapped.visibility[index] == garment.visibility[other]
    left, right = schema.names.index("left waist"), schema.names.index("right waist")
    assert (left, schema.mirrored()[left]) == (0, right)
    assert swapped.extra[edits.LAST_POINTS] == {str(right): [1.0, 2.0], "1": [3.0, 4.0]}
    assert after(edits.swap_sides(swapped, schema)).same_as(kept)
    with pytest.raises(ValueError, match="14 landmarks, not"):
        edits.swap_sides(garment, category(9).schema)


def test_facts(garment: Garment) -> None:
    edit = edits.set_facts(garment, scale=3, pair_id=None)
    assert edit.title == "Change scale, pair"
    assert differing(edit) == {"scale", "pair_id"}
    assert after(edits.set_facts(garment, occlusion=None)).occlusion is None
    with pytest.raises(TypeError, match="box is no fact"):
        edits.set_facts(garment, box=None)
    with pytest.raises(ValueError, match="scale has no level 4"):
        edits.set_facts(garment, scale=4)


def test_edits_are_joined_when_they_do_not_meet(garment: Garment) -> None:
    other = garment.but(id=6)
    joined = edits.together("Both", [edits.set_facts(garment, style=2), edits.set_facts(other, style=2)])
    assert (joined.title, len(joined.changes)) == ("Both", 2)
    review = edits.set_review(Image(id=5), Review.ACCEPTED)
    assert len(edits.together("x", [edits.set_facts(garment, style=2), review]).changes) == 2
    with pytest.raises(ValueError, match="two edits of the same"):
        edits.together("x", [edits.set_facts(garment, style=2), edits.delete_garment(garment)])
    with pytest.raises(ValueError, match="different origins"):
        edits.together("x", [review, Edit("y", (), Origin.MODEL)])


def test_making_edits_does_not_load_the_database() -> None:
    """The canvas makes edits; the window must be on the screen before SQLAlchemy is read."""
    code = (
        "import sys\n"
        "from store.document.edits import Edit\n"
        "import store.db, store.filters, store.thumbnails, store.runs\n"
        "print(sorted({'sqlalchemy', 'alembic', 'lark'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_lazy_names_are_those_that_are_offered() -> None:
    for package in (store.db, store.document):
        assert set(package.__all__) == set(package._HOMES)
        assert all(getattr(package, name) is not None for name in package.__all__)
        with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
            package.Nothing  # noqa: B018

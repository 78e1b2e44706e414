"""What two versions differ in, and both put together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from resources.schemas import Schema
from resources.taxonomy import Category, category
from store.document import edits
from store.document.clash import Choice, Clash
from store.document.provenance import Said, noted, said_of, said_of_landmarks
from store.records import Garment, Image, Review, Visibility


def trousers() -> Garment:
    points = np.arange(28, dtype=np.float64).reshape(14, 2) + 5
    return Garment(id=3, image_id=1, category_id=8, points=points, visibility=[2] * 14, box=[0, 0, 40, 40])


def after(edit: edits.Edit) -> Garment:
    found = edit.changes[0].after
    assert isinstance(found, Garment)
    return found.but(version=2)


def clash(mine: Garment | None, theirs: Garment | None) -> Clash:
    return Clash(trousers(), mine, theirs)


BASE = trousers()
EDITS = {
    "landmark": edits.move_landmarks(BASE, {0: (1, 2)}),
    "other landmark": edits.set_visibility(BASE, [5], Visibility.UNLABELLED),
    "box": edits.set_box(BASE, [1, 1, 30, 30]),
    "facts": edits.set_facts(BASE, scale=2, pair_id=4),
    "attributes": edits.set_facts(BASE, attributes={"striped": 1}),
    "same size": edits.set_category(BASE, replace(category(8), id=9)),
}


@pytest.mark.parametrize("one", EDITS)
@pytest.mark.parametrize("two", EDITS)
def test_different_parts_go_together_and_the_same_does_not(one: str, two: str) -> None:
    mine, theirs = after(EDITS[one]), after(EDITS[two])
    found = clash(mine, theirs)
    assert found.settled is (one == two)
    both = found.merged()
    assert isinstance(both, Garment)
    assert both.version == theirs.version
    for part in found.differences():
        assert not part.by_both
    # Each edit made after the other gives the same, but for what only says who said so.
    again = Clash(BASE, both, theirs)
    assert all(part.by_mine for part in again.differences())
    assert Clash(BASE, theirs, mine).merged() is not None
    other = Clash(BASE, theirs, mine).merged()
    assert other is not None
    assert both.same_as(other, frozenset({"origin"}))


def test_a_part_that_both_changed_keeps_them_apart() -> None:
    mine = after(edits.move_landmarks(BASE, {0: (1, 2), 1: (3, 4)}))
    theirs = after(edits.move_landmarks(BASE, {1: (3, 5)}))
    found = clash(mine, theirs)
    assert {part.landmark: part.by_both for part in found.differences()} == {0: False, 1: True}
    assert not found.mergeable
    taken = found.chosen(Choice.MINE)
    assert isinstance(taken, Garment)
    assert taken.points[:2].tolist() == [[1, 2], [3, 4]]


def test_another_schema_leaves_no_landmark_of_the_old_one() -> None:
    mine = after(edits.set_category(BASE, category(1), category(8)))
    assert not clash(mine, after(EDITS["landmark"])).mergeable
    assert not clash(after(EDITS["landmark"]), mine).mergeable
    both = clash(mine, after(EDITS["box"])).merged()
    assert isinstance(both, Garment)
    assert (both.category_id, len(both.points)) == (1, category(1).schema.size)
    assert both.box is not None
    assert both.box.tolist() == [1, 1, 30, 30]
    turned = clash(after(EDITS["box"]), mine).merged()
    assert isinstance(turned, Garment)
    assert turned.same_as(both)


def test_landmarks_that_another_category_arranges_anew_are_not_mixed_with_the_old_ones() -> None:
    names = (*(f"knot {n}" for n in range(13)), category(8).schema.names[0])
    scarf = Category(77, "scarf", "scarf", Schema("scarf", names, ()), "#808080")
    base = BASE.but(visibility=np.where(np.arange(14) == 5, 0, BASE.visibility).astype(np.uint8))
    mine = after(edits.set_category(base, scarf, category(8)))
    theirs = after(edits.move_landmarks(base, {5: (7, 7)}))
    assert Clash(base, mine, theirs).merged() is None
    assert Clash(base, theirs, mine).merged() is None


def test_who_said_a_part_comes_along_with_it() -> None:
    said, other = Said("net", 0.9), Said("other", 0.8)
    mine = after(EDITS["landmark"])
    mine = mine.but(extra=noted(mine.extra, said, ["box"], [0]), box=np.array([2.0, 2, 9, 9]))
    theirs = after(EDITS["other landmark"])
    theirs = theirs.but(extra=noted(theirs.extra, other, ["category"], [7]))
    both = clash(mine, theirs).merged()
    assert isinstance(both, Garment)
    assert said_of(both.extra, "box") == said
    assert said_of(both.extra, "category") == other
    assert said_of_landmarks(both.extra) == {0: said, 7: other}


def test_what_is_deleted_cannot_be_put_together() -> None:
    for mine, theirs in ((None, after(EDITS["box"])), (after(EDITS["box"]), None)):
        found = clash(mine, theirs)
        assert not found.settled
        assert found.differences() == ()
        assert not found.mergeable
    assert clash(None, None).settled
    assert clash(None, after(EDITS["box"])).chosen(Choice.MINE) is None


def test_places_that_are_no_numbers_do_not_differ_from_themselves() -> None:
    odd = np.array(BASE.points)
    odd[3] = np.nan
    base = BASE.but(points=odd)
    found = Clash(base, base.but(scale=2), base.but(scale=3))
    assert [part.part[0] for part in found.differences()] == ["scale"]


def test_an_image_has_parts_too() -> None:
    base = Image(id=1, review=Review.TO_DO)
    found = Clash(base, base.but(review=Review.ACCEPTED), base.but(tags=("x",), version=2))
    both = found.merged()
    assert isinstance(both, Image)
    assert (both.review, both.tags, both.version) == (Review.ACCEPTED, ("x",), 2)
    assert Clash(base, base.but(review=Review.ACCEPTED), base.but(review=Review.REJECTED)).merged() is None

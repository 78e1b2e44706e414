"""Two people on one store, over every back end: news of each other, and what becomes of a clash."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from store.db import RevisionKind, Store
from store.document import Document, Edit, KeepingDocument, edits
from store.document.clash import Choice
from store.errors import ConflictError
from store.records import Dataset, Garment, Image, ImageRecord, Review, Visibility

SAME = frozenset({"version", "origin"})


@pytest.fixture
def filled(store: Store) -> Store:
    """Two images; the first has two garments."""
    dataset = store.datasets.add(Dataset(name="d"))
    points, box = np.arange(28.0).reshape(14, 2) + 5, np.array([1.0, 2, 30, 40])
    garment = Garment(category_id=8, points=points, visibility=[2] * 14, box=box, scale=2)
    with store.bulk() as bulk:
        bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="a.jpg"), (garment, garment.but(position=1))))
        bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="b.jpg"), (garment,)))
    return store


@pytest.fixture
def mine(filled: Store) -> KeepingDocument:
    return KeepingDocument(filled, 1, author="anna")


@pytest.fixture
def theirs(other: Store, filled: Store) -> Document:
    return Document(other, 1, author="bert")


def move(document: Document, index: int, x: float, place: int = 0) -> Edit:
    return edits.move_landmarks(document.garments[place], {index: (x, 60.0)})


def clash_of(mine: KeepingDocument, theirs: Document, own: Edit, first: Edit) -> None:
    """``first`` is saved by the others, ``own`` was made before that was seen."""
    theirs.apply(first)
    with pytest.raises(ConflictError):
        mine.apply(own)
    mine.hold(own)


def test_each_sees_what_the_other_has_changed(filled: Store, other: Store) -> None:
    start = filled.news().number
    assert filled.news(start).images == frozenset()
    document = Document(other, 2)
    document.apply(edits.set_review(document.image, Review.ACCEPTED))
    news = filled.news(start)
    assert (news.images, news.others) == ({2}, {2})
    own = Document(filled, 1)
    own.apply(move(own, 0, 9))
    later = filled.news(news.number)
    assert (later.images, later.others) == ({1}, frozenset()), "one's own changes are no news of others"
    assert other.news(start).others == {1}
    assert filled.news(later.number).images == frozenset()


def test_an_edit_of_somebody_else_behind_an_own_one_is_known(
    mine: KeepingDocument, theirs: Document, filled: Store
) -> None:
    start = filled.news().number
    assert mine.knows_all()
    theirs.apply(move(theirs, 0, 9, place=1))
    mine.apply(move(mine, 0, 8))
    assert filled.news(start).others == frozenset(), "the last to write it was this one"
    assert not mine.knows_all()
    mine.refresh()
    assert mine.knows_all()
    for x in range(3):
        mine.apply(move(mine, 1, 7 + x))
        assert mine.knows_all()
    theirs.refresh()
    theirs.apply(move(theirs, 1, 9, place=1))
    mine.apply(move(mine, 1, 9))
    assert not mine.knows_all()
    mine.refresh()
    assert mine.knows_all()
    assert mine.garments[1].points[:2, 0].tolist() == [9, 9]


def test_a_change_that_was_not_saved_is_nobodys(filled: Store, other: Store) -> None:
    start = filled.news().number
    stale = Document(filled, 1)
    theirs = Document(other, 1)
    theirs.apply(move(theirs, 0, 9))
    with pytest.raises(ConflictError):
        stale.apply(move(stale, 0, 10))
    theirs.apply(move(theirs, 0, 11))
    assert filled.news(start).others == {1}


def test_what_is_in_hand_is_shown_and_what_others_do_beside_it(
    mine: KeepingDocument, theirs: Document, filled: Store
) -> None:
    clash_of(mine, theirs, move(mine, 0, 50), move(theirs, 0, 99))
    assert mine.garments[0].points[0, 0] == 50
    assert mine.undo_title == "Move landmark 1 (not saved yet)"
    theirs.apply(move(theirs, 3, 77, place=1))
    mine.refresh()
    assert mine.garments[0].points[0, 0] == 50
    assert mine.garments[1].points[3, 0] == 77
    assert filled.garments.of_image(1)[0].points[0, 0] == 99
    assert mine.undo() is None
    assert mine.held == ()
    assert mine.garments[0].points[0, 0] == 99


@pytest.mark.parametrize(
    ("choice", "first", "second"),
    [(Choice.MINE, 50, 6 + 2), (Choice.THEIRS, 5, 99), (Choice.BOTH, 50, 99)],
)
def test_what_is_chosen_is_saved_and_the_other_stays_in_the_history(
    mine: KeepingDocument, theirs: Document, filled: Store, choice: Choice, first: float, second: float
) -> None:
    own, first_edit = move(mine, 0, 50), move(theirs, 1, 99)
    clash_of(mine, theirs, own, first_edit)
    (clash,) = mine.clashes()
    assert clash.mergeable
    assert (clash.author, clash.title) == ("bert", "Move landmark 2")
    mine.settle((clash,), {clash.key: choice})
    stored = filled.garments.of_image(1)[0]
    assert stored.points[0, 0] == first
    assert stored.points[1, 0] == (7 if choice is Choice.MINE else second)
    assert mine.held == ()
    assert mine.garments[0].same_as(stored)
    history = [one for one in filled.revisions.of_garment(stored.id) if isinstance(one.after, Garment)]
    wanted = [own.changes[0].after, first_edit.changes[0].after]
    if choice is not Choice.BOTH:
        for version in wanted:
            assert isinstance(version, Garment)
            assert any(one.after is not None and one.after.same_as(version, SAME) for one in history)
    if choice is Choice.THEIRS:
        assert history[-1].kind is RevisionKind.UNDO
        mine.redo()
        assert mine.garments[0].points[0, 0] == 50


def test_where_both_moved_the_same_they_cannot_be_put_together(
    mine: KeepingDocument, theirs: Document
) -> None:
    clash_of(mine, theirs, move(mine, 0, 50), move(theirs, 0, 99))
    (clash,) = mine.clashes()
    assert not clash.mergeable
    assert [(one.landmark, one.by_both) for one in clash.differences()] == [(0, True)]
    with pytest.raises(ValueError, match="together"):
        clash.chosen(Choice.BOTH)


@pytest.mark.parametrize("choice", [Choice.MINE, Choice.THEIRS])
def test_a_garment_that_the_other_deleted(
    mine: KeepingDocument, theirs: Document, filled: Store, choice: Choice
) -> None:
    gone = theirs.garments[0]
    clash_of(mine, theirs, move(mine, 0, 50), edits.delete_garment(gone))
    (clash,) = mine.clashes()
    assert clash.theirs is None
    assert not clash.mergeable
    mine.settle((clash,), {gone.id: choice})
    found = [garment.points[0, 0] for garment in filled.garments.of_image(1) if garment.id == gone.id]
    assert found == ([50] if choice is Choice.MINE else [])
    assert filled.images.tiles([1])[0].garments == 1 + len(found)
    if choice is Choice.THEIRS:
        mine.redo()
        assert filled.garments.get(gone.id).points[0, 0] == 50


@pytest.mark.parametrize("choice", [Choice.MINE, Choice.THEIRS])
def test_a_garment_that_i_deleted_and_the_other_changed(
    mine: KeepingDocument, theirs: Document, filled: Store, choice: Choice
) -> None:
    gone = mine.garments[0]
    clash_of(mine, theirs, edits.delete_garment(gone), move(theirs, 0, 99))
    assert gone.id not in {garment.id for garment in mine.garments}
    (clash,) = mine.clashes()
    mine.settle((clash,), {gone.id: choice})
    found = [garment.points[0, 0] for garment in filled.garments.of_image(1) if garment.id == gone.id]
    assert found == ([] if choice is Choice.MINE else [99])


def test_several_edits_in_hand_are_decided_as_one(
    mine: KeepingDocument, theirs: Document, filled: Store
) -> None:
    clash_of(mine, theirs, move(mine, 0, 50), move(theirs, 1, 99))
    mine.hold(move(mine, 0, 51))
    mine.hold(edits.set_facts(mine.garments[0], scale=3))
    mine.hold(move(mine, 2, 52, place=1))
    (clash,) = mine.clashes()
    mine.settle((clash,), {clash.key: Choice.BOTH})
    one, two = filled.garments.of_image(1)
    assert (one.points[:2, 0].tolist(), one.scale, two.points[2, 0]) == ([51, 99], 3, 52)
    assert filled.revisions.of_garment(one.id)[-1].title == "Move landmark 1 and 3 more"


def test_a_choice_that_is_old_again_is_refused(mine: KeepingDocument, theirs: Document) -> None:
    clash_of(mine, theirs, move(mine, 0, 50), move(theirs, 1, 99))
    clashes = mine.clashes()
    theirs.apply(move(theirs, 2, 98))
    with pytest.raises(ConflictError):
        mine.settle(clashes, {clashes[0].key: Choice.BOTH})
    (again,) = mine.clashes()
    mine.settle((again,), {again.key: Choice.BOTH})
    assert mine.garments[0].points[:3, 0].tolist() == [50, 99, 98]


def test_the_same_change_by_both_needs_no_decision(
    mine: KeepingDocument, theirs: Document, filled: Store
) -> None:
    clash_of(mine, theirs, move(mine, 0, 50), move(theirs, 0, 50))
    count = filled.revisions.count()
    assert mine.clashes() == ()
    mine.settle((), {})
    assert mine.held == ()
    assert filled.revisions.count() == count


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        (lambda theirs: move(theirs, 0, 9), False),
        (lambda theirs: edits.set_review(theirs.image, Review.REJECTED), True),
        (lambda theirs: edits.set_tags(theirs.image, ["new"]), False),
    ],
)
def test_a_review_clashes_only_with_another_review(
    mine: KeepingDocument, theirs: Document, filled: Store, first: Callable[[Document], Edit], asked: bool
) -> None:
    clash_of(mine, theirs, edits.set_review(mine.image, Review.ACCEPTED), first(theirs))
    clashes = mine.clashes()
    assert bool(clashes) is asked
    mine.settle(clashes, {0: Choice.MINE})
    image = filled.images.get(1)
    assert image.review is Review.ACCEPTED
    assert image.tags == theirs.image.tags
    assert mine.image.same_as(image)


def test_a_model_that_said_a_part_is_named_after_both_are_put_together(
    mine: KeepingDocument, theirs: Document, filled: Store
) -> None:
    own = edits.set_visibility(mine.garments[0], [4], Visibility.UNLABELLED)
    first = edits.set_visibility(theirs.garments[0], [5], Visibility.UNLABELLED)
    clash_of(mine, theirs, own, first)
    (clash,) = mine.clashes()
    mine.settle((clash,), {clash.key: Choice.BOTH})
    stored = filled.garments.of_image(1)[0]
    assert stored.visibility[4:6].tolist() == [0, 0]
    assert sorted(stored.extra[edits.LAST_POINTS]) == ["4", "5"]

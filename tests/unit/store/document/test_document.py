"""The document: saving, undo and redo, versions, conflicts, history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from resources.taxonomy import category
from store.db import RevisionKind, Store
from store.document import Change, Document, Edit, edits
from store.errors import ConflictError, StoreError
from store.filters import parse
from store.records import Garment, Image, ImageState, Origin, Review, Visibility

VERSION = frozenset({"version"})


def move(document: Document, place: int = 0, x: float = 50.0) -> Edit:
    return edits.move_landmarks(document.garments[place], {0: (x, 60.0)})


def test_an_edit_is_in_the_store_when_apply_returns(store: Store) -> None:
    document = Document(store, 1, author="anna")
    before = document.garments[0]
    assert (document.saved_at, document.undo_title) == (None, None)
    revision = document.apply(move(document))
    after = document.garments[0]
    assert after.points[0].tolist() == [50, 60]
    assert (after.version, after.origin) == (2, Origin.PERSON)
    assert store.garments.get(after.id).same_as(after)
    assert (revision.title, revision.author, revision.kind) == ("Move landmark 1", "anna", RevisionKind.EDIT)
    assert revision.garment_id == after.id
    assert revision.before is not None
    assert revision.before.same_as(before)
    assert revision.after is not None
    assert revision.after.same_as(after)
    assert document.saved_at == revision.at
    assert abs(datetime.now(UTC) - revision.at) < timedelta(minutes=1)


def test_the_first_edit_begins_the_review_and_undo_takes_that_back(store: Store) -> None:
    document = Document(store, 1)
    document.apply(move(document))
    assert document.image.review is Review.IN_PROGRESS
    assert store.images.get(1).same_as(document.image)
    assert store.garments.count(parse('review = "in progress"')) == 3
    document.undo()
    assert document.image.review is Review.TO_DO
    assert store.images.get(1).review is Review.TO_DO
    assert store.garments.count(parse('review = "to do"')) == 4


def test_a_review_is_the_persons_own(store: Store) -> None:
    document = Document(store, 1)
    document.apply(edits.set_review(document.image, Review.ACCEPTED))
    document.apply(move(document))
    assert document.image.review is Review.ACCEPTED
    document.undo()
    assert document.image.review is Review.ACCEPTED
    assert store.garments.count(parse("review = accepted")) == 3
    document.undo()
    assert document.image.review is Review.TO_DO


def test_undo_and_redo_as_far_as_history_goes(store: Store) -> None:
    document = Document(store, 1)
    states = [document.garments]
    for x in range(5):
        document.apply(move(document, x % 3, 100.0 + x))
        states.append(document.garments)
    for state in reversed(states[:-1]):
        document = Document(store, 1)
        assert document.undo() is not None
        assert same(document.garments, state)
    assert (document.undo(), document.undo_title) == (None, None)
    for state in states[1:]:
        document = Document(store, 1)
        assert document.redo_title is not None
        assert document.redo() is not None
        assert same(document.garments, state)
    assert (document.redo(), document.redo_title) == (None, None)
    assert [g.version for g in document.garments] == [7, 7, 4]


def same(left: tuple[Garment, ...], right: tuple[Garment, ...]) -> bool:
    return len(left) == len(right) and all(a.same_as(b, VERSION) for a, b in zip(left, right, strict=True))


def test_a_new_edit_forgets_what_could_be_redone(store: Store) -> None:
    document = Document(store, 1)
    document.apply(move(document))
    document.undo()
    assert document.redo_title == "Move landmark 1"
    document.apply(move(document, 1))
    assert document.redo() is None
    assert Document(store, 1).redo_title is None


def test_garments_are_added_and_deleted_and_come_back_as_they_were(store: Store) -> None:
    document = Document(store, 1)
    gone = document.garments[1]
    document.apply(edits.delete_garment(gone))
    assert [g.key for g in document.garments] == ["item1", "item3"]
    assert store.images.tiles([1])[0].garments == 2
    with pytest.raises(StoreError, match="no garment"):
        store.garments.get(gone.id)
    document = Document(store, 1)
    document.undo()
    assert document.garments[1].same_as(gone, VERSION)
    assert document.garments[1].version > gone.version
    new = Garment(image_id=1, key="new", position=3, category_id=2)
    revision = document.apply(edits.add_garment(new))
    added = document.garment(revision.garment_id)
    assert added is not None
    assert added.same_as(new.but(id=added.id, origin=Origin.PERSON))
    assert added.id > gone.id
    assert store.images.tiles([1])[0].categories == (8, 2)
    document.undo()
    assert document.garment(added.id) is None
    document.redo()
    back = document.garment(added.id)
    assert back is not None
    assert back.same_as(added, VERSION)
    assert store.garments.get(added.id).same_as(back)


def test_ids_of_deleted_garments_are_not_given_again(store: Store) -> None:
    document = Document(store, 2)
    last = document.garments[0]
    document.apply(edits.delete_garment(last))
    revision = document.apply(edits.add_garment(Garment(image_id=2, category_id=1)))
    assert revision.garment_id > last.id


def test_somebody_elses_change_is_a_conflict_and_nothing_is_written(store: Store) -> None:
    mine, theirs = Document(store, 1), Document(store, 1, author="bert")
    theirs.apply(move(theirs))
    count = store.revisions.count()
    with pytest.raises(ConflictError, match=r"somebody else has changed garment 1 of image 1"):
        mine.apply(move(mine))
    both = edits.together("Both", [edits.set_facts(mine.garments[1], style=3), move(mine)])
    with pytest.raises(ConflictError):
        mine.apply(both)
    assert store.revisions.count() == count
    assert store.garments.get(mine.garments[1].id).style == 1
    mine.apply(move(mine, 1))
    assert mine.refresh()
    assert mine.garments[0].points[0].tolist() == [50, 60]
    mine.apply(move(mine, 0, 70))


def test_conflicts_of_deleted_garments_and_stale_images(store: Store) -> None:
    mine, theirs = Document(store, 1), Document(store, 1)
    theirs.apply(edits.delete_garment(theirs.garments[0]))
    with pytest.raises(ConflictError, match="garment 1 of image 1"):
        mine.apply(move(mine))
    with pytest.raises(ConflictError, match="garment 1 of image 1"):
        mine.apply(edits.delete_garment(mine.garments[0]))
    with pytest.raises(ConflictError, match=r'image 1 \("a.jpg"\)'):
        mine.apply(edits.set_review(mine.image, Review.REJECTED))


def test_undo_is_refused_when_somebody_changed_that_garment_since(store: Store) -> None:
    mine = Document(store, 1)
    mine.apply(move(mine))
    theirs = Document(store, 1)
    theirs.apply(move(theirs, 0, 99))
    with pytest.raises(ConflictError, match=r"cannot be taken back: garment 1 .* changed since"):
        mine.undo()
    assert mine.undo_title == "Move landmark 1"
    assert mine.refresh()
    mine.undo()
    assert mine.garments[0].points[0].tolist() == [50, 60]
    theirs.refresh()
    theirs.apply(edits.delete_garment(theirs.garments[0]))
    with pytest.raises(ConflictError, match="cannot be taken back"):
        mine.undo()


def test_a_change_back_and_forth_is_still_somebody_elses(store: Store) -> None:
    mine = Document(store, 1)
    mine.apply(move(mine))
    theirs = Document(store, 1)
    theirs.apply(move(theirs, 0, 99))
    theirs.undo()
    with pytest.raises(ConflictError):
        mine.undo()
    assert mine.refresh()
    mine.undo()
    assert mine.garments[0].points[0].tolist() == [0.25, 1.25]


def test_undo_leaves_other_garments_of_others_alone(store: Store) -> None:
    mine = Document(store, 1)
    mine.apply(move(mine))
    theirs = Document(store, 1)
    theirs.apply(move(theirs, 1, 99))
    mine.undo()
    assert store.garments.get(mine.garments[1].id).points[0].tolist() == [99, 60]


def test_refresh_says_whether_anything_changed(store: Store) -> None:
    document = Document(store, 1)
    calls: list[frozenset[int]] = []
    document.on_change.append(calls.append)
    assert not document.refresh()
    document.apply(move(document))
    assert not document.refresh()
    assert calls == [{0, document.garments[0].id}]
    store.images.set_state(1, ImageState.MISSING)
    assert document.refresh()
    assert calls[1:] == [{0}]
    other = Document(store, 1)
    other.apply(edits.delete_garment(other.garments[2]))
    assert document.refresh()
    assert calls[2:] == [{3}]


def test_a_picture_file_that_turns_up_is_kept_by_undo(store: Store) -> None:
    document = Document(store, 1)
    document.apply(edits.set_review(document.image, Review.ACCEPTED))
    store.images.set_state(1, ImageState.PRESENT, (640, 480))
    document.undo()
    image = store.images.get(1)
    assert (image.review, image.width, image.size_known) == (Review.TO_DO, 640, True)


def test_tags_and_split_of_an_image(store: Store) -> None:
    document = Document(store, 1)
    document.apply(edits.set_tags(document.image, ["winter", "dark"]))
    assert store.images.get(1).tags == ("dark", "winter")
    after = document.image.but(split="test")
    document.apply(Edit("Move to test", (Change(document.image, after),)))
    assert store.garments.count(parse("split = test")) == 3
    document.undo()
    document.undo()
    assert store.images.get(1).tags == ()
    assert store.garments.count(parse("split = train")) == 3
    assert store.tags.all() == ()


def join(store: Store) -> tuple[Document, Document]:
    first, second = Document(store, 1), Document(store, 2)
    parts = [edits.set_facts(d.garments[0], pair_id=42) for d in (first, second)]
    first.apply(edits.together("Join identities", parts))
    second.refresh()
    return first, second


def test_an_edit_of_two_images_is_undone_from_either(store: Store) -> None:
    first, second = join(store)
    assert first.undo_title == second.undo_title == "Join identities (also changes 1 other image)"
    assert (first.undo_images, second.undo_images) == ((2,), (1,))
    assert (first.redo_images, second.redo_title) == ((), None)
    second.undo()
    assert [store.garments.get(d.garments[0].id).pair_id for d in (first, second)] == [7, 7]
    assert store.images.get(1).review is Review.TO_DO
    assert first.refresh()
    assert (first.undo_title, first.redo_images) == (None, (2,))
    first.redo()
    assert store.garments.get(second.garments[0].id).pair_id == 42


def test_undo_over_two_images_is_refused_whole(store: Store) -> None:
    first, second = join(store)
    second.apply(move(second))
    with pytest.raises(ConflictError, match="garment 4 of image 2"):
        first.undo()
    assert store.garments.get(first.garments[0].id).pair_id == 42
    second.undo()
    first.undo()
    assert store.garments.get(4).pair_id == 7


def test_a_models_proposal_keeps_its_origin(store: Store) -> None:
    document = Document(store, 1)
    proposal = edits.set_box(document.garments[0], (1, 1, 2, 2))
    document.apply(Edit(proposal.title, proposal.changes, Origin.MODEL))
    assert document.garments[0].origin is Origin.MODEL
    document.undo()
    assert document.garments[0].origin is Origin.FILE


def test_history_of_images_and_garments(store: Store) -> None:
    document = Document(store, 1, author="anna")
    document.apply(move(document))
    document.apply(edits.set_visibility(document.garments[0], [1], Visibility.CUT_OFF))
    document.undo()
    document.apply(edits.delete_garment(document.garments[0]))
    history = store.revisions.of_garment(1)
    assert [(r.kind, r.title) for r in history] == [
        ("edit", "Move landmark 1"),
        ("edit", "Set landmark 2 to cut off"),
        ("undo", "Set landmark 2 to cut off"),
        ("edit", "Delete garment"),
    ]
    assert history[2].of_edit == history[1].edit_id
    assert history[-1].after is None
    assert {r.author for r in history} == {"anna"}
    whole = store.revisions.of_image(1)
    assert [r.garment_id for r in whole] == [0, 1, 1, 1, 1]
    start = whole[0]
    assert isinstance(start.after, Image)
    assert start.after.review is Review.IN_PROGRESS
    assert [r.id for r in store.revisions.of_edit(start.edit_id)] == [start.id, history[0].id]


def test_nothing_is_no_edit(store: Store) -> None:
    document = Document(store, 1)
    with pytest.raises(ValueError, match="changes nothing"):
        document.apply(Edit("Nothing", ()))
    with pytest.raises(ValueError, match="nothing into nothing"):
        document.apply(Edit("Nothing", (Change(None, None),)))
    with pytest.raises(ValueError, match="not added or deleted"):
        document.apply(Edit("Gone", (Change(document.image, None),)))
    assert store.revisions.count() == 0


def test_an_image_that_is_not_there(store: Store) -> None:
    with pytest.raises(StoreError, match="no image 9"):
        Document(store, 9)
    document = Document(store, 1)
    with pytest.raises(ConflictError, match="Image 9 is no longer"):
        document.apply(edits.add_garment(Garment(image_id=9, category_id=1)))


def test_a_category_change_is_undone_with_its_landmarks(store: Store) -> None:
    document = Document(store, 1)
    before = document.garments[0]
    document.apply(edits.set_category(before, category(1)))
    assert len(document.garments[0].points) == 25
    document.undo()
    assert document.garments[0].same_as(before, VERSION)


def test_a_full_disk_costs_the_edit_and_nothing_else(store: Store) -> None:
    document = Document(store, 1)
    before = document.garments
    # SQLite says the same of a file that may not grow as of a full disk.
    with store.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    large = document.garments[0].but(extra={str(i): float(i) for i in range(50_000)})
    with pytest.raises(StoreError, match="full"):
        document.apply(Edit("Grow", (Change(document.garments[0], large),)))
    assert document.garments is before
    assert store.garments.get(1).same_as(before[0])
    document.apply(edits.set_review(document.image, Review.ACCEPTED))

"""One change of many images: made, stopped, undone at one image or in all, and made again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resources.taxonomy import categories, category
from store.db import Store
from store.document import Document
from store.document import many as module
from store.document.edits import set_review, set_tags
from store.document.many import (
    change_many,
    last_many,
    recategorised,
    redo_many,
    reviewed,
    swapped,
    tagged,
    undo_many,
)
from store.document.order_edits import lock
from store.errors import Cancelled, StoreError
from store.records import Dataset, Garment, Image, ImageRecord, Origin, Review

COUNT = 25
KNOWN = {one.id: one for one in categories()}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """25 images with trousers, every other one with a skirt beside; four are saved at a time."""
    monkeypatch.setattr(module, "PIECE", 4)
    with Store.create(tmp_path / "store") as made:
        dataset = made.datasets.add(Dataset(name="clothes"))
        with made.bulk() as bulk:
            for number in range(COUNT):
                worn = [_garment(8, number), *([_garment(9, number)] if number % 2 else [])]
                image = Image(
                    dataset_id=dataset.id, name=f"{number:03}.jpg", tags=("old",) * (number % 3 == 0)
                )
                bulk.add(ImageRecord(image, tuple(worn)))
        yield made


def _garment(kind: int, number: int) -> Garment:
    size = category(kind).schema.size
    points = np.arange(size * 2, dtype=np.float64).reshape(size, 2) + number + 1
    return Garment(
        key=f"item{kind}", category_id=kind, box=[1, 2, 30, 40], points=points, visibility=[2] * size
    )


def ids(store: Store) -> list[int]:
    return store.images.ids(order="id").tolist()


def state(store: Store) -> list[object]:
    """Everything that an edit may change, but for versions."""
    return [
        (
            (record.image.review, record.image.tags),
            [(g.category_id, g.points.tolist(), g.visibility.tolist(), g.origin) for g in record.garments],
        )
        for record in store.stream()
    ]


@pytest.mark.parametrize(
    "wish",
    [
        reviewed(Review.ACCEPTED),
        tagged("to ask"),
        tagged("old", on=False),
        recategorised(category(7), KNOWN, frozenset({8})),
        swapped(KNOWN),
    ],
    ids=lambda wish: wish.title,
)
def test_all_of_it_is_undone_and_made_again(store: Store, wish: module.Wish) -> None:
    before = state(store)
    done = change_many(store, wish, ids(store), author="Ada")
    after = state(store)
    assert after != before
    assert len(done.changed) + done.left == COUNT
    assert undo_many(store, done).changed.tolist() == done.changed.tolist()
    assert state(store) == before
    assert redo_many(store, done).changed.tolist() == done.changed.tolist()
    assert state(store) == after
    assert undo_many(store, done).left == 0
    assert state(store) == before


def test_images_that_are_right_already_are_left(store: Store) -> None:
    first = Document(store, ids(store)[0])
    first.apply(set_review(first.image, Review.REJECTED))
    done = change_many(store, reviewed(Review.REJECTED), ids(store))
    assert (len(done.changed), done.left) == (COUNT - 1, 1)
    assert change_many(store, reviewed(Review.REJECTED), ids(store)).group == 0
    undo_many(store, done)
    assert store.images.get(ids(store)[0]).review is Review.REJECTED


def test_only_the_garments_of_a_category_change(store: Store) -> None:
    change_many(store, recategorised(category(7), KNOWN, frozenset({8})), ids(store))
    kinds = [sorted(g.category_id for g in record.garments) for record in store.stream()]
    assert kinds == [[7, 9] if number % 2 else [7] for number in range(COUNT)]
    changed = store.garments.of_image(ids(store)[0])[0]
    assert (changed.origin, changed.version) == (Origin.PERSON, 2)
    # Who edits its garments has begun to review an image.
    assert store.images.get(ids(store)[0]).review is Review.IN_PROGRESS


def test_locked_garments_are_left(store: Store) -> None:
    document = Document(store, ids(store)[1])
    edit = lock(document.garments[0], True)
    assert edit is not None
    document.apply(edit)
    change_many(store, recategorised(category(7), KNOWN), ids(store)[:2])
    change_many(store, swapped(KNOWN), ids(store)[:2])
    first, second = store.garments.of_image(ids(store)[1])
    assert first.same_as(document.garments[0])
    assert second.category_id == 7


def test_sides_change_places(store: Store) -> None:
    before = store.garments.of_image(ids(store)[1])
    change_many(store, swapped(KNOWN, frozenset({9})), ids(store))
    trousers, skirt = store.garments.of_image(ids(store)[1])
    assert trousers.same_as(before[0])
    order = list(category(9).schema.mirrored())
    assert skirt.points.tolist() == before[1].points[order].tolist()


def test_each_image_has_a_history_of_its_own(store: Store) -> None:
    done = change_many(store, reviewed(Review.ACCEPTED), ids(store), author="Ada")
    one = Document(store, ids(store)[3])
    assert one.undo_title == "Set review to accepted"
    assert one.undo_images == ()
    assert len(store.revisions.of_image(ids(store)[3])) == 1
    one.undo()
    assert [store.images.get(i).review for i in ids(store)[2:5]] == [
        Review.ACCEPTED,
        Review.TO_DO,
        Review.ACCEPTED,
    ]
    # The rest can still be taken back together.
    back = undo_many(store, done)
    assert (len(back.changed), back.left) == (COUNT - 1, 1)
    assert {record.image.review for record in store.stream()} == {Review.TO_DO}
    assert Document(store, ids(store)[0]).redo_title == "Set review to accepted"


def test_what_somebody_has_changed_since_stays(store: Store) -> None:
    done = change_many(store, reviewed(Review.ACCEPTED), ids(store))
    second = Document(store, ids(store)[1])
    second.apply(set_review(second.image, Review.REJECTED))
    other = Document(store, ids(store)[2])
    other.apply(set_tags(other.image, ["mine"]))
    back = undo_many(store, done)
    assert back.left == 1
    reviews = [record.image.review for record in store.stream()]
    assert reviews == [Review.REJECTED if number == 1 else Review.TO_DO for number in range(COUNT)]
    assert store.images.get(ids(store)[2]).tags == ("mine",)


def test_it_can_be_stopped_and_what_was_done_can_be_taken_back(store: Store) -> None:
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, message: str = "") -> None:
        seen.append((done, total))
        if done >= 8:
            raise Cancelled

    done = change_many(store, tagged("new"), ids(store), progress=progress)
    assert done.stopped
    assert seen == [(0, COUNT), (4, COUNT), (8, COUNT)]
    assert done.changed.tolist() == ids(store)[:8]
    assert store.tags.all() == ("new", "old")
    undo_many(store, done)
    assert store.tags.all() == ("old",)


def test_the_last_change_is_known_after_a_start(store: Store) -> None:
    assert last_many(store) is None
    done = change_many(store, swapped(KNOWN), ids(store))
    with Store.open(store.folder) as again:
        found = last_many(again)
        assert found is not None
        assert (found.title, found.group) == (done.title, done.group)
        assert found.changed.tolist() == sorted(done.changed.tolist())
        assert undo_many(again, found).left == 0
        assert last_many(again) is None
    change_many(store, reviewed(Review.ACCEPTED), ids(store))
    one = Document(store, ids(store)[0])
    one.apply(set_tags(one.image, ["mine"]))
    assert last_many(store) is None


def test_images_that_are_gone_are_left(store: Store) -> None:
    done = change_many(store, reviewed(Review.ACCEPTED), [*ids(store)[:2], 10**6])
    assert (len(done.changed), done.left) == (2, 1)


def test_filters_see_it(store: Store) -> None:
    from store.filters import parse

    assert store.images.count(parse("tag has new")) == 0
    change_many(store, tagged("new"), ids(store)[:7])
    assert store.images.count(parse("tag has new")) == 7
    assert store.statistics.facets()["tag"] == {"old": 9, "new": 7}


def test_groups_come_edit_by_edit(store: Store) -> None:
    done = change_many(store, swapped(KNOWN), ids(store))
    seen: list[int] = []
    after = 0
    while found := store.revisions.of_group(done.group, after, limit=4):
        edits = {one.edit_id for one in found}
        assert all({r.id for r in store.revisions.of_edit(e)} <= {r.id for r in found} for e in edits)
        seen += [one.id for one in found]
        after = found[-1].id
    # An image that is to do also gets its review set.
    assert len(seen) == len(set(seen)) == 2 * COUNT + COUNT // 2


def test_an_error_half_way_leaves_what_was_done_to_be_undone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, count = module.save_piece, 0

    def failing(*given: Any, **more: Any) -> Any:
        nonlocal count
        count += 1
        if count == 3:
            raise StoreError("being written by somebody else")
        return real(*given, **more)

    with monkeypatch.context() as broken:
        broken.setattr(module, "save_piece", failing)
        done = change_many(store, tagged("new"), ids(store))
        assert isinstance(done.error, StoreError)
        assert (done.stopped, done.changed.tolist()) == (True, ids(store)[:8])
        count = 2
        with pytest.raises(StoreError):
            change_many(store, tagged("other"), ids(store))
    assert len(undo_many(store, done).changed) == 8
    assert store.tags.all() == ("old",)


def test_only_what_an_undo_took_back_is_made_again(store: Store) -> None:
    three = ids(store)[:3]
    done = change_many(store, tagged("new"), three)
    one = Document(store, three[0], author="anna")
    one.undo()
    back = undo_many(store, done)
    assert (back.changed.tolist(), back.left) == (three[1:], 1)
    assert redo_many(store, back).changed.tolist() == three[1:]
    assert "new" not in store.images.get(three[0]).tags


def test_what_somebody_else_did_last_is_not_offered(store: Store) -> None:
    change_many(store, tagged("new"), ids(store)[:3], author="bert")
    assert last_many(store, author="anna") is None
    assert last_many(store, author="bert") is not None
    one = Document(store, ids(store)[0], author="anna")
    one.undo()
    one.redo()
    assert last_many(store, author="anna") is None, "the rest of it is not hers"

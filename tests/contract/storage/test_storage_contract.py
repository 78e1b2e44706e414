"""What every storage back end promises to the rest of the program."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from math import inf, nan, pi

import numpy as np
import pytest

from resources.schemas import Schema
from store.db import ORDERS, Store
from store.document import Document, edits
from store.errors import ConflictError, StoreError
from store.filters import parse
from store.records import (
    Dataset,
    Domain,
    Garment,
    Image,
    ImageRecord,
    ImageState,
    Origin,
    Problem,
    Review,
    Severity,
    View,
    Visibility,
)

GIVEN = frozenset({"id", "image_id", "dataset_id", "position"})
AWKWARD = {"zebra": [1, 2.5, None, {"ü": "👗"}], "apple": {"b": True, "a": -0.1}, "": 2**53 + 1}


def full_garment(key: str = "item1", **facts: object) -> Garment:
    """A garment with something in every field."""
    values: dict[str, object] = {
        "key": key,
        "category_id": 8,
        "box": np.array([0.1, -2.0, 1e9, pi]),
        "points": np.array([[0.1, 0.2], [nan, inf], [5e-324, -1.0]]),
        "visibility": np.array([2, 0, 3]),
        "polygons": (np.array([[0.1, 0.2], [3.0, 4.0], [5.0, 6.0]]), np.empty((0, 2))),
        "rle": {"size": [3, 2], "counts": "0a;"},
        "pair_id": 2**40,
        "style": 0,
        "item_id": "id_00001",
        "scale": 1,
        "occlusion": 2,
        "zoom_in": 3,
        "viewpoint": 1,
        "clothes_category": 3,
        "clothes_type": 2,
        "attributes": {"floral": 1, "a-line": -1, "lace": 0},
        "origin": Origin.MODEL,
        "extra": AWKWARD,
    }
    return Garment(**{**values, **facts})


def fill(store: Store, count: int = 3) -> Dataset:
    dataset = store.datasets.add(
        Dataset(name="clothes", format="coco", root="/r", images_root="/i", extra=AWKWARD)
    )
    with store.bulk() as bulk:
        for number in range(count):
            image = Image(
                dataset_id=dataset.id,
                name=f"{count - number:04}.jpg",
                width=number,
                size_known=bool(number % 2),
                state=list(ImageState)[number % 3],
                split="train" if number % 2 else "test",
                role="query",
                domain=list(Domain)[number % 3],
                pair_id=number or None,
                review=list(Review)[number % 5],
                tags=("a", "b"),
                extra=AWKWARD,
            )
            problem = Problem(code="x", message="m", severity=Severity.ERROR, file="f", item="item2")
            bulk.add(ImageRecord(image, (full_garment(), full_garment("item2", category_id=1)), (problem,)))
    return dataset


def test_everything_comes_back_bit_by_bit(store: Store, other: Store) -> None:
    dataset = fill(store, 1)
    (record,) = other.stream()
    expected = full_garment()
    assert record.image.tags == ("a", "b")
    assert record.image.extra == AWKWARD
    assert list(record.image.extra) == list(AWKWARD)
    assert record.garments[0].same_as(expected, GIVEN)
    assert list(record.garments[0].attributes) == list(expected.attributes)
    assert record.garments[0].polygons[1].shape == (0, 2)
    assert record.problems[0].garment_id == record.garments[1].id
    assert other.datasets.get(dataset.id).same_as(dataset)
    assert other.garments.get(record.garments[0].id).same_as(record.garments[0])


def test_records_cannot_be_changed(store: Store) -> None:
    fill(store, 1)
    garment = store.garments.of_image(1)[0]
    with pytest.raises(ValueError, match="read-only"):
        garment.points[0] = 1
    with pytest.raises(AttributeError):
        garment.scale = 2  # type: ignore[misc]


def test_every_order_is_total_and_complete(store: Store) -> None:
    fill(store, 50)
    for order in ORDERS:
        ids = store.images.ids(order=order)
        assert ids.dtype == np.int64
        assert sorted(ids.tolist()) == list(range(1, 51))
        assert store.images.ids(order=order).tolist() == ids.tolist()
    names = [image.name for image in store.images.get_many(store.images.ids(order="name"))]
    assert names == sorted(names)


def test_filters_count_select_and_stream_the_same(store: Store) -> None:
    fill(store, 30)
    for text in (
        "split = train",
        "category = trousers and scale = small",
        "not review = accepted",
        "tag = a",
    ):
        where = parse(text)
        ids = sorted(store.images.ids(where).tolist())
        assert store.images.count(where) == len(ids) > 0
        assert [record.image.id for record in store.stream(where, batch=4)] == ids
        facets = store.statistics.facets(where)
        assert sum(facets["review"].values()) == len(ids)


def test_an_edit_is_seen_by_others_at_once(store: Store, other: Store) -> None:
    fill(store)
    document = Document(store, 1)
    document.apply(edits.set_visibility(document.garments[0], [0], Visibility.OCCLUDED))
    assert other.garments.get(document.garments[0].id).same_as(document.garments[0])
    theirs = Document(other, 1)
    assert theirs.undo_title == "Set landmark 1 to occluded"
    theirs.undo()
    with pytest.raises(ConflictError):
        document.apply(edits.delete_garment(document.garments[0]))
    assert document.refresh()
    document.redo()
    assert other.garments.get(document.garments[0].id).visibility[0] == Visibility.OCCLUDED


def test_everybody_can_see_that_somebody_has_written(store: Store, other: Store) -> None:
    fill(store)
    other.database.stamp()
    time.sleep(1.0)
    before = other.database.stamp()
    document = Document(store, 1)
    document.apply(edits.delete_garment(document.garments[0]))
    deadline = time.monotonic() + 10
    while other.database.stamp() == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_of_two_who_change_one_garment_one_is_told(store: Store, other: Store) -> None:
    fill(store)
    start = threading.Barrier(2)

    def change(opened: Store, style: int) -> bool:
        document = Document(opened, 1)
        start.wait()
        try:
            document.apply(edits.set_facts(document.garments[0], style=style))
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(change, (store, other), (4, 5)))
    assert sorted(done) == [False, True]
    assert store.garments.of_image(1)[0].style == (4 if done[0] else 5)
    assert len(store.revisions.of_garment(store.garments.of_image(1)[0].id)) == 1


def test_an_import_and_edits_go_on_side_by_side(store: Store, other: Store) -> None:
    dataset = fill(store)

    def bring() -> int:
        with other.bulk() as bulk:
            for number in range(400):
                image = Image(dataset_id=dataset.id, name=f"new/{number}.jpg")
                bulk.add(ImageRecord(image, (full_garment(), full_garment("item2"))))
        return bulk.images

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(bring)
        document = Document(store, 1)
        for number in range(30):
            document.apply(edits.set_facts(document.garments[0], style=number))
        assert work.result() == 400
    assert store.images.count() == 403
    assert store.garments.count() == 806
    assert len(store.revisions.of_garment(document.garments[0].id)) == 30


def test_reading_goes_on_while_somebody_writes(store: Store, other: Store) -> None:
    fill(store)
    with other.database.write():
        assert store.images.count() == 3
        assert store.garments.of_image(1)


def test_ids_are_never_given_twice(store: Store, other: Store) -> None:
    fill(store)
    document = Document(store, 3)
    gone = [garment.id for garment in document.garments]
    for garment in document.garments:
        document.apply(edits.delete_garment(garment))
    with other.bulk() as bulk:
        image = Image(dataset_id=1, name="later.jpg")
        bulk.add(ImageRecord(image, (full_garment(),)))
    assert other.garments.of_image(4)[0].id not in gone
    while document.undo() is not None:
        pass
    assert [garment.id for garment in store.garments.of_image(3)] == gone


def test_what_else_is_kept(store: Store, other: Store) -> None:
    schema = Schema("two", ("left", "right"), ((0, 1),), ((0, 1),), (0.1, 0.2), ((0.0, 0.0), (1.0, 1.0)), 1.5)
    category = store.categories.add("two", schema, coco_name="Two", supercategory="things")
    assert other.categories.get(category.id) == category
    view = store.views.save(View(name="mine", where="split = train", order="review"))
    assert [v.same_as(view) for v in other.views.all()] == [True]
    fill(store)
    assert other.tags.all() == ("a", "b")
    assert other.problems.count() == 3
    totals = other.statistics.totals()
    assert (totals.images, totals.garments, totals.missing) == (3, 6, 1)


def test_what_is_not_there_is_told_in_words(store: Store) -> None:
    for ask in (store.images.get, store.garments.get, store.datasets.get, store.categories.get):
        with pytest.raises(StoreError, match="has no"):
            ask(4711)
    assert store.garments.of_image(4711) == ()
    assert store.problems.of_image(4711) == ()
    assert store.revisions.of_image(4711) == ()

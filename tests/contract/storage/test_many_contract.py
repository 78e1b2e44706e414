"""Changes of many images and products, on every storage back end."""

from __future__ import annotations

from resources.taxonomy import categories
from store.db import Store
from store.db.facts.grouping import grouped
from store.document import Document
from store.document.edits import set_review
from store.document.many import change_many, redo_many, reviewed, swapped, tagged, undo_many
from store.filters import parse
from store.records import Dataset, Domain, Garment, Image, ImageRecord, Problem, Review

KNOWN = {one.id: one for one in categories()}
SKIRT = KNOWN[9].schema


def fill(store: Store, count: int = 12) -> list[int]:
    """Images with a skirt each, three of every product; every third of a shop."""
    dataset = store.datasets.add(Dataset(name="small", format="deepfashion2"))
    with store.bulk() as bulk:
        for number in range(count):
            points = [[x * 50 + number, y * 80] for x, y in SKIRT.template]
            worn = Garment(
                category_id=9,
                points=points,
                visibility=[2] * SKIRT.size,
                pair_id=number // 3,
                style=1,
                clothes_type=2,
                attributes={"striped": 1 if number % 2 else -1},
            )
            domain = Domain.CONSUMER if number % 3 else Domain.SHOP
            image = Image(dataset_id=dataset.id, name=f"{number:03}.jpg", domain=domain, width=100 + number)
            problems = (Problem(code="outside"),) if number == 4 else ()
            bulk.add(ImageRecord(image, (worn,), problems))
    return store.images.ids(order="id").tolist()


def test_a_change_of_many_is_seen_by_others_and_taken_back(store: Store, other: Store) -> None:
    ids = fill(store)
    before = [g.points.tolist() for g in (store.garments.of_image(i)[0] for i in ids)]
    tags = change_many(store, tagged("to ask"), ids[:5], author="Ada")
    sides = change_many(store, swapped(KNOWN), ids, author="Ada")
    assert other.images.count(parse('tag has "to ask"')) == 5
    order = list(SKIRT.mirrored())
    after = [g.points.tolist() for g in (other.garments.of_image(i)[0] for i in ids)]
    assert after == [[points[index] for index in order] for points in before]
    assert other.images.count(parse('review = "in progress"')) == len(ids)
    assert undo_many(store, sides).left == 0
    assert [other.garments.of_image(i)[0].points.tolist() for i in ids] == before
    assert len(redo_many(store, sides).changed) == len(ids)
    assert len(undo_many(store, tags).changed) == 5
    assert other.tags.all() == ()


def test_what_somebody_else_has_changed_stays(store: Store, other: Store) -> None:
    ids = fill(store)
    done = change_many(store, reviewed(Review.ACCEPTED), ids)
    theirs = Document(other, ids[3], author="Bob")
    theirs.apply(set_review(theirs.image, Review.REJECTED))
    back = undo_many(store, done)
    assert (len(back.changed), back.left) == (len(ids) - 1, 1)
    assert store.images.get(ids[3]).review is Review.REJECTED
    assert Document(other, ids[0]).redo_title == "Set review to accepted"


def test_facets_and_filters_know_all_facts(store: Store) -> None:
    fill(store)
    facets = store.statistics.facets(parse("width >= 106"))
    assert facets["attribute"] == {"striped": 3}
    assert facets["clothes_type"] == {"lower-body": 6}
    assert facets["problem"] == {}
    assert store.statistics.facets()["problem"] == {"outside": 1}
    where = parse("problem has outside and clothes_type = lower-body and not attribute has striped")
    assert store.images.count(where) == 1


def test_images_stand_with_those_of_their_product(store: Store) -> None:
    ids = fill(store)
    found = grouped(store.facts, store.datasets.all(), None, "id")
    assert found.ids.tolist() == ids
    assert found.starts.tolist() == [0, 3, 6, 9]
    assert (found.shop.tolist(), found.consumer.tolist()) == ([1] * 4, [2] * 4)
    assert found.key(2) == ("pair", 1, "", 2, 1)

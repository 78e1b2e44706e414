"""Imports in bulk: everything comes back as it went in, and a failure costs one batch."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.db import Store, bulk
from store.errors import StoreError
from store.records import Dataset, Garment, Image, ImageRecord, Problem
from tests.examples import examples
from tests.unit.store.db.drawn import garments, images, problems

GIVEN = frozenset({"id", "image_id", "dataset_id", "position"})


def record(dataset: Dataset, number: int, count: int = 1) -> ImageRecord:
    image = Image(dataset_id=dataset.id, name=f"{number:06}.jpg", tags=("a", "b")[: number % 3])
    return ImageRecord(image, tuple(Garment(key=f"item{i + 1}", category_id=1) for i in range(count)))


@settings(examples(12, 50), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(images(), st.lists(garments(), max_size=3), st.lists(problems(), max_size=2)),
        max_size=4,
        unique_by=lambda one: one[0].name,
    )
)
def test_records_come_back_as_they_went_in(
    store: Store, drawn: list[tuple[Image, list[Garment], list[Problem]]]
) -> None:
    dataset = store.datasets.add(Dataset(name="d"))
    before = {int(i) for i in store.images.ids()}
    with store.bulk() as writer:
        for image, own, wrong in drawn:
            writer.add(ImageRecord(image.but(dataset_id=dataset.id), tuple(own), tuple(wrong)))
    assert writer.images == len(drawn)
    found = [r for r in store.stream() if r.image.id not in before]
    assert len(found) == len(drawn)
    for back, (image, own, wrong) in zip(found, drawn, strict=True):
        assert back.image.same_as(image, GIVEN)
        assert list(back.image.extra) == list(image.extra)
        assert len(back.garments) == len(own)
        assert all(b.same_as(g, GIVEN) for b, g in zip(back.garments, own, strict=True))
        assert [(p.message, p.image_id) for p in back.problems] == [(p.message, back.image.id) for p in wrong]


def test_ids_rise_and_garments_know_their_image_and_place(store: Store, dataset: Dataset) -> None:
    with store.bulk() as writer:
        for number in range(300):
            writer.add(record(dataset, number, number % 4))
    assert (writer.images, writer.garments, writer.skipped) == (300, 450, 0)
    assert store.images.ids(order="id").tolist() == list(range(1, 301))
    own = store.garments.of_image(4)
    assert [(g.image_id, g.position, g.key) for g in own] == [
        (4, 0, "item1"),
        (4, 1, "item2"),
        (4, 2, "item3"),
    ]
    assert store.statistics.totals().garments == 450


def test_flush_makes_it_visible(store: Store, dataset: Dataset) -> None:
    with store.bulk() as writer:
        writer.add(record(dataset, 1))
        assert store.images.count() == 0
        writer.flush()
        assert store.images.count() == 1


def test_an_image_that_is_there_already_is_left_out_and_reported(store: Store, dataset: Dataset) -> None:
    with store.bulk() as writer:
        writer.add(record(dataset, 1))
    with store.bulk() as writer:
        writer.add(record(dataset, 1, 5))
        writer.add(record(dataset, 2))
        writer.add(record(dataset, 2))
    assert (writer.images, writer.skipped, writer.problems) == (1, 2, 2)
    assert store.garments.count() == 2
    problem = store.problems.page(0, 10)[0]
    assert problem.code == "image-exists"
    assert "000001.jpg" in problem.message
    other = store.datasets.add(Dataset(name="other"))
    with store.bulk() as writer:
        writer.add(record(other, 1))
    assert writer.images == 1


def test_an_exception_drops_only_what_was_being_collected(
    store: Store, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_FIRST_BATCH", 10)
    monkeypatch.setattr(bulk, "_LARGEST", 10)

    def interrupted() -> None:
        with store.bulk() as writer:
            for number in range(25):
                writer.add(record(dataset, number))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.images.count() == 20
    with store.bulk() as writer:
        writer.add(record(dataset, 24))
    assert store.images.count() == 21


def test_a_failing_batch_is_rolled_back_whole(
    store: Store, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    with store.bulk() as writer:
        writer.add(record(dataset, 1))
    monkeypatch.setattr(bulk, "insert_problems", fail)
    with pytest.raises(StoreError, match="disk is full"), store.bulk() as writer:
        writer.add(ImageRecord(record(dataset, 2).image, (Garment(category_id=1),), (Problem(code="x"),)))
    assert (store.images.count(), store.garments.count()) == (1, 1)


def test_problems_are_tied_to_the_garment_they_name(store: Store, dataset: Dataset) -> None:
    with store.bulk() as writer:
        wrong = (Problem(code="box-swapped", item="item2"), Problem(code="no-picture"))
        plain = record(dataset, 1, 2)
        writer.add(ImageRecord(plain.image, plain.garments, wrong))
        writer.add_problem(Problem(code="not-json", file="x.json", dataset_id=dataset.id))
    assert writer.problems == 3
    found = store.problems.page(0, 10)
    second = store.garments.of_image(1)[1]
    assert [(p.code, p.image_id, p.garment_id) for p in found] == [
        ("box-swapped", 1, second.id),
        ("no-picture", 1, 0),
        ("not-json", 0, 0),
    ]
    assert store.images.tiles([1])[0].problems == 2


def test_an_image_without_a_dataset_is_our_fault(store: Store) -> None:
    with store.bulk() as writer, pytest.raises(ValueError, match="belongs to no dataset"):
        writer.add(ImageRecord(Image(name="x.jpg")))


def test_batches_grow_and_shrink_with_the_time_they_take(store: Store) -> None:
    writer = store.bulk()
    writer._batch = 100
    writer._adapt(0.002, 100)
    assert writer._batch == 150
    for _ in range(20):
        writer._adapt(0.5, 100)
    assert writer._batch == bulk._SMALLEST


def test_the_log_is_folded_in_on_the_way(
    store: Store, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bulk, "_CHECKPOINT_EVERY", 50)
    before = (store.folder / "studio.db").stat().st_size
    with store.bulk() as writer:
        for number in range(400):
            writer.add(record(dataset, number, 3))
    assert (store.folder / "studio.db").stat().st_size > before

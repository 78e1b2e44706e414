"""Facets that come at once and those that follow are together what is asked for in one go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.db import Store
from store.db.facets import MORE
from store.filters import parse
from store.records import Dataset, Domain, Garment, Image, ImageRecord, Problem, Review


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """40 images of two splits; some with attributes, tags, problems and clothes types."""
    with Store.create(tmp_path / "store") as made:
        dataset = made.datasets.add(Dataset(name="small", format="coco", images_root="/nowhere"))
        with made.bulk() as bulk:
            for number in range(40):
                image = Image(
                    dataset_id=dataset.id,
                    name=f"{number:03}.jpg",
                    width=60,
                    height=80,
                    split="train" if number % 3 else "test",
                    domain=Domain.SHOP if number % 2 else Domain.CONSUMER,
                    review=Review(number % 5),
                    tags=("odd",) if number % 2 else (),
                )
                clothes = Garment(
                    category_id=1 + number % 13,
                    box=(0, 0, 10, 10),
                    attributes={"striped": 1} if number % 4 == 0 else {},
                    clothes_type=1 + number % 3,
                    clothes_category=1 + number % 7,
                )
                problems = (
                    (Problem(code="outside", message="a landmark is outside"),) if number % 5 == 0 else ()
                )
                bulk.add(ImageRecord(image, (clothes,), problems))
        yield made


@pytest.mark.parametrize(
    "text", ["", "split = test", "category = trousers", "id = 999", "attribute has striped"]
)
def test_both_parts_are_the_whole(store: Store, text: str) -> None:
    where = parse(text)
    held, more = store.statistics.facets_held(where), store.statistics.facets_more(where)
    assert not held.keys() & more.keys()
    assert more.keys() == MORE
    assert held | more == store.statistics.facets(where)


def test_each_part_counts_something(store: Store) -> None:
    more = store.statistics.facets_more()
    assert more["tag"] == {"odd": 20}
    assert more["attribute"] == {"striped": 10}
    assert more["problem"] == {"outside": 8}
    assert store.statistics.facets_held()["split"] == {"test": 14, "train": 26}

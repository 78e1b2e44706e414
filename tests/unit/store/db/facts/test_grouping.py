"""Images by product, held against a plain reading of the same in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from store.db import Store
from store.db.facts.grouping import Grouping, grouped
from store.filters import parse
from store.identities import Key, identity_key
from store.records import Dataset, Domain, Garment, Image, ImageRecord


@pytest.fixture(scope="module")
def wardrobe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """90 images of three datasets: pairs by split, pairs over all, items; some garments without any."""
    random = Random(5)
    with Store.create(tmp_path_factory.mktemp("grouping") / "store") as store:
        formats = ("deepfashion2", "consumer-to-shop", "in-shop")
        own = [store.datasets.add(Dataset(name=name, format=name)) for name in formats]
        with store.bulk() as bulk:
            for number in range(90):
                dataset = random.choice(own)
                image = Image(
                    dataset_id=dataset.id,
                    name=f"{number:03}.jpg",
                    split=random.choice(["train", "test"]),
                    domain=random.choice(list(Domain)),
                    pair_id=random.choice([None, 1, 2, 3]),
                )
                worn = tuple(_garment(random, dataset) for _ in range(random.choice([0, 1, 1, 2, 3])))
                bulk.add(ImageRecord(image, worn))
        yield store


def _garment(random: Random, dataset: Dataset) -> Garment:
    item = random.choice(["", "id_1", "id_2"]) if dataset.format == "in-shop" else ""
    return Garment(
        category_id=random.choice([1, 8]),
        pair_id=random.choice([None, 1, 2, 40]),
        style=random.choice([None, 0, 1, 2]),
        item_id=item,
    )


def groups(found: Grouping) -> list[tuple[Key | None, bool, list[int]]]:
    ends = [*found.starts.tolist()[1:], len(found.ids)]
    return [
        (found.key(group), bool(found.alone[group]), found.ids[start:end].tolist())
        for group, (start, end) in enumerate(zip(found.starts.tolist(), ends, strict=True))
    ]


def products(store: Store, record: ImageRecord, category: int = 0) -> list[Key]:
    dataset = store.datasets.get(record.image.dataset_id)
    worn = [g for g in record.garments if g.category_id == category] or record.garments
    return [key for one in worn if (key := identity_key(one, record.image, dataset)) is not None]


@pytest.mark.parametrize(("text", "category"), [("", 0), ("category = trousers", 8), ("split = test", 0)])
def test_each_image_is_once_with_the_product_that_most_show(
    wardrobe: Store, text: str, category: int
) -> None:
    where = parse(text)
    found = grouped(wardrobe.facts, wardrobe.datasets.all(), where, "name")
    assert sorted(found.ids.tolist()) == sorted(wardrobe.images.ids(where).tolist())
    records = {record.image.id: record for record in wardrobe.stream(where)}
    shown = Counter(key for record in records.values() for key in set(products(wardrobe, record, category)))
    seen: set[Key] = set()
    for key, alone, ids in groups(found):
        for image_id in ids:
            mine = products(wardrobe, records[image_id], category)
            if key is None:
                assert bool(mine) is alone
            else:
                assert key in mine
                assert shown[key] == max(shown[one] for one in mine)
        if key is not None:
            assert len(ids) > 1
            assert key not in seen
            seen.add(key)
    assert seen


def test_shops_come_first_and_are_counted(wardrobe: Store) -> None:
    found = grouped(wardrobe.facts, wardrobe.datasets.all(), None, "name")
    sides = {Domain.SHOP: 0, Domain.CONSUMER: 1, Domain.UNKNOWN: 2}
    for place, (_key, alone, ids) in enumerate(groups(found)):
        domains = [sides[image.domain] for image in wardrobe.images.get_many(ids)]
        assert found.shop[place] == domains.count(0)
        assert found.consumer[place] == domains.count(1)
        if not alone:
            assert domains == sorted(domains)


def test_groups_come_in_the_order_of_their_first_image(wardrobe: Store) -> None:
    for order in ("name", "name desc", "id"):
        found = grouped(wardrobe.facts, wardrobe.datasets.all(), None, order)
        place = {image_id: at for at, image_id in enumerate(wardrobe.images.ids(None, order).tolist())}
        firsts = [min(place[i] for i in ids) for key, _alone, ids in groups(found) if key is not None]
        assert firsts == sorted(firsts)


def test_nothing_is_no_group(tmp_path: Path) -> None:
    with Store.create(tmp_path / "store") as store:
        found = grouped(store.facts, [], None, "name")
        assert (len(found.ids), len(found.starts), len(found.shop)) == (0, 0, 0)

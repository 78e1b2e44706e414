"""Products of several datasets in one export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store import exporting
from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord

#: Of each dataset, what its garments say. Both have the pair 7 and the item id_1.
SAID: dict[str, tuple[dict[str, Any], ...]] = {
    "one": (
        {"pair_id": 7, "style": 1},
        {"pair_id": 8, "style": 1},
        {"pair_id": 9, "style": 0},
        {"item_id": "id_1"},
        {"item_id": "id_2"},
        {},
    ),
    "two": ({"pair_id": 7, "style": 2}, {"pair_id": 9, "style": 1}, {"item_id": "id_1"}),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        with made.bulk() as bulk:
            for name, garments in SAID.items():
                dataset = Dataset(name=name, format="deepfashion2", images_root=str(tmp_path))
                number = made.datasets.add(dataset).id
                for place, said in enumerate(garments):
                    image = Image(
                        dataset_id=number, name=f"{name}/{place}.jpg", split="train", width=9, height=9
                    )
                    bulk.add(ImageRecord(image, (Garment(category_id=1, box=[1, 1, 5, 5], **said),)))
        yield made


@pytest.mark.parametrize(("format", "count"), [("coco", 4), ("deepfashion2", 2)])
def test_products_that_become_one_are_told(store: Store, format: str, count: int) -> None:
    checks = {check.name: check for check in exporting.preflight(store, format).checks}
    assert (checks["products"].severity, checks["products"].count) == ("warn", count)
    alone = exporting.preflight(store, format, 'dataset = "one"').checks
    assert "products" not in {check.name for check in alone}

"""The attributes that a store knows, with their types."""

from __future__ import annotations

from pathlib import Path

from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord
from store.vocabulary import attributes_of


def test_names_come_from_lists_from_the_26_and_from_garments(tmp_path: Path) -> None:
    with Store.create(tmp_path / "store") as store:
        rows = ["a-line   3", "abstract print  1", "striped", 7]
        extra = {"category_attribute": {"names": {"attr_cloth": rows}}, "other": {"names": ["soft touch"]}}
        dataset = store.datasets.add(Dataset(name="d", format="category_attribute", extra=extra))
        with store.bulk() as bulk:
            said = Garment(category_id=1, attributes={"own word": 1, "knit": -1})
            bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="a.jpg"), (said,)))
        found = attributes_of(store)
    assert ("shape", "a-line") in found
    assert ("texture", "abstract print") in found
    assert ("pattern", "striped") in found, "one of the 26"
    assert ("fabric", "knit") in found
    assert found[-2:] == (("others", "soft touch"), ("others", "own word"))
    groups = [group for group, _ in found]
    assert [g for n, g in enumerate(groups) if n == 0 or groups[n - 1] != g] == list(dict.fromkeys(groups))

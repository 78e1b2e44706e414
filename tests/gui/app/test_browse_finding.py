"""What Browse asks of a store that another process writes into at the same moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.controllers.browse_finding import find
from store.db import Store
from store.db.facts.keeper import FactsKeeper
from store.db.facts.snapshot import Facts
from store.records import Dataset, Garment, Image, ImageRecord


def add(store: Store, name: str) -> None:
    dataset = store.datasets.add(Dataset(name=name))
    with store.bulk() as bulk:
        for number in range(2):
            worn = (Garment(category_id=1, pair_id=5, style=1),)
            bulk.add(ImageRecord(Image(dataset_id=dataset.id, name=f"{number}.jpg"), worn))


def test_a_dataset_that_is_added_meanwhile_has_products_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FactsKeeper.now

    def later(keeper: FactsKeeper) -> Facts:
        monkeypatch.setattr(FactsKeeper, "now", real)
        with Store.open(tmp_path / "store") as other:
            add(other, "second")
        return real(keeper)

    with Store.create(tmp_path / "store") as store:
        add(store, "first")
        monkeypatch.setattr(FactsKeeper, "now", later)
        groups = find(store, None, "name", by_product=True).groups
        assert groups is not None
        assert [groups.title(number) for number in range(len(groups.starts))] == ["pair 5 style 1"] * 2

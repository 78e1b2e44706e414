"""All leaks of a store in one go, and their list as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from store.db import Store
from store.errors import Cancelled, StoreError
from store.filters import parse
from store.records import Dataset, Garment, Image, ImageRecord
from store.retrieval.index import IndexFacts, Rows, VectorIndex
from store.retrieval.leaks_found import find_leaks, write_csv

#: Images by (split, item, direction of the vector in degrees, bytes of the file).
IMAGES = (
    ("train", "a", 0.0, b"one"),
    ("test", "a", 1.0, b"two"),
    ("test", "b", 1.5, b"one"),
    ("", "c", 90.0, b"four"),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one product in two splits, three garments that look alike, and two equal files."""
    made = Store.create(tmp_path / "store", "leaks")
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    dataset = made.datasets.add(
        Dataset(name="shop", format="deepfashion", root=str(tmp_path), images_root=str(pictures))
    )
    with made.bulk() as bulk:
        for number, (split, item, _, data) in enumerate(IMAGES, 1):
            (pictures / f"{number}.jpg").write_bytes(data)
            image = Image(dataset_id=dataset.id, name=f"{number}.jpg", width=9, height=9, split=split)
            garment = Garment(key="item1", category_id=1, box=np.array([0.0, 0, 9, 9]), item_id=item)
            bulk.add(ImageRecord(image, (garment,)))
    return made


@pytest.fixture
def index(store: Store) -> VectorIndex:
    """The index of all but the last garment."""
    table = store.products.table().chosen(np.array([True, True, True, False]))
    turned = np.radians([one[2] for one in IMAGES[:3]])
    made = VectorIndex.begin(store.folder, IndexFacts("fn", "abc", "box", 2))
    rows = Rows(
        np.zeros(3, np.int64), table.ids, table.image_ids, table.versions, np.full(3, "cut"),
        table.category_ids, np.ones(3), np.tile([0.0, 0.0, 9.0, 9.0], (3, 1)),
    )  # fmt: skip
    made.append(rows, np.stack([np.cos(turned), np.sin(turned)], 1).astype(np.float32))
    return made


def test_all_is_found_and_counted(store: Store, index: VectorIndex) -> None:
    found = find_leaks(store, index, limit=0.1)
    assert [one.name for one in found.across.identities] == ["item a"]
    assert {one.images for one in found.across.images} == {(1, 2), (1, 3)}
    assert [one.images for one in found.images] == [(2, 3), (1, 2), (1, 3)]
    assert found.files.groups == ((1, 3),)
    assert found.sides((1, 3)) == ("test", "train")
    assert found.leaking_files() == 1
    assert found.notes == ("1 garment is not in the index: not compared.",)
    store.close()


def test_a_filter_and_no_files(store: Store, index: VectorIndex) -> None:
    found = find_leaks(store, index, parse("split = test"), 0.1, files=False)
    assert found.garments == 2
    assert [one.images for one in found.images] == [(2, 3)]
    assert not found.across.identities
    assert not found.files.groups
    nothing = find_leaks(store, index, parse("id > 3"), 0.1)
    assert "The index has nothing of these images: nothing was compared." in nothing.notes
    assert "No image has a split: nothing can stand on both sides." in nothing.notes
    store.close()


def test_the_list_as_csv(store: Store, index: VectorIndex, tmp_path: Path) -> None:
    file = tmp_path / "leaks.csv"
    assert write_csv(find_leaks(store, index, limit=0.1), file) == 7
    with file.open(encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    kinds = [line["list"] for line in lines]
    assert kinds == [
        *("product across splits", "pictures across splits", "pictures across splits"),
        *("same look", "same look", "same look", "same file"),
    ]
    product = lines[0]
    assert {product["split_1"], product["split_2"]} == {"train", "test"}
    assert {product["name_1"], product["name_2"]} == {"1.jpg", "2.jpg"}
    assert product["what"] == "item a"
    assert float(lines[3]["distance"]) == pytest.approx(2 * np.sin(np.radians(0.25)), abs=1e-4)
    with pytest.raises(StoreError, match="cannot be written"):
        write_csv(find_leaks(store, index, limit=0.1), tmp_path / "nowhere" / "leaks.csv")
    store.close()


def test_it_can_be_stopped(store: Store, index: VectorIndex) -> None:
    def stop(done: int, total: int, message: str = "") -> None:
        if message.startswith("Reading files"):
            raise Cancelled

    with pytest.raises(Cancelled):
        find_leaks(store, index, limit=0.1, progress=stop)
    store.close()

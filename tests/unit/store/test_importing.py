"""Whole datasets into a store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import importing
from store.db import Store
from store.errors import Cancelled, FormatError, StoreError
from store.importing import ImportOptions
from store.records import Domain, ImageState
from tests.unit.store.small_dataset import SIZE, make, picture, skirt

NONE = ImportOptions()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        yield made


def _codes(store: Store) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.file, problem.item) for problem in store.problems.page(0, 99)]


def test_a_dataset_comes_in_whole(store: Store, tmp_path: Path) -> None:
    report = importing.import_dataset(store, "auto", make(tmp_path / "clothes"), NONE)
    assert (report.images, report.garments, report.problems, report.missing) == (3, 3, 0, 0)
    assert (report.dataset, report.format) == ("clothes", "deepfashion2")
    first, *_ = store.stream()
    image = first.image
    assert (image.name, image.split, image.domain) == ("train/image/000001.jpg", "train", Domain.SHOP)
    assert (image.width, image.height, image.size_known, image.state) == (*SIZE, True, ImageState.PRESENT)
    assert store.images.path(image).is_file()


def test_a_path_without_a_dataset_writes_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nowhere"):
        importing.import_dataset(store, "auto", tmp_path / "nowhere", NONE)
    options = ImportOptions(images=tmp_path / "no pictures")
    folder = make(tmp_path / "d")
    with pytest.raises(FormatError, match="not a folder"):
        importing.import_dataset(store, "deepfashion2", folder, options)
    assert store.datasets.all() == ()


def test_a_read_only_store_is_refused(tmp_path: Path) -> None:
    Store.create(tmp_path / "s").close()
    folder = make(tmp_path / "d")
    with Store.open(tmp_path / "s", read_only=True) as store, pytest.raises(StoreError, match="read-only"):
        importing.import_dataset(store, "auto", folder, NONE)


def test_every_dataset_gets_a_name_of_its_own(store: Store, tmp_path: Path) -> None:
    folders = [make(tmp_path / place / "clothes", 1) for place in "abc"]
    names = [importing.import_dataset(store, "auto", folder, NONE).dataset for folder in folders]
    assert names == ["clothes", "clothes 2", "clothes 3"]
    assert store.images.count() == 3


def test_the_same_comes_in_twice_under_another_name(store: Store, tmp_path: Path) -> None:
    folder = make(tmp_path / "clothes", 1)
    importing.import_dataset(store, "auto", folder, NONE)
    report = importing.import_dataset(store, "auto", folder, ImportOptions(name="second"))
    assert (report.dataset, report.images, report.again) == ("second", 1, False)
    assert store.images.count() == 2


def test_pictures_that_cannot_be_shown_keep_their_annotations(store: Store, tmp_path: Path) -> None:
    folder = make(tmp_path / "d", 4)
    pictures = folder / "train" / "image"
    whole = (pictures / "000001.jpg").read_bytes()
    (pictures / "000001.jpg").write_bytes(whole[: len(whole) // 2])
    (pictures / "000002.jpg").write_bytes(b"no picture at all")
    (pictures / "000003.jpg").unlink()
    report = importing.import_dataset(store, "auto", folder, NONE)
    found = [record.image for record in store.stream()]
    assert [image.state for image in found] == ["unreadable", "unreadable", "missing", "present"]
    assert [(image.width, image.height) for image in found] == [SIZE, (31, 41), (31, 41), SIZE]
    assert [image.size_known for image in found] == [True, False, False, True]
    assert [code for code, _, _ in _codes(store)] == ["picture-unreadable"] * 2 + ["picture-missing"]
    assert (report.garments, report.missing, report.problems) == (4, 1, 3)


def test_what_lies_outside_the_image_is_listed_and_kept(store: Store, tmp_path: Path) -> None:
    stray = skirt(bounding_box=[-3, 2, 30, 40], landmarks=[400, 20, 2, *[10, 20, 1] * 7])
    importing.import_dataset(store, "auto", make(tmp_path / "d", 1, item2=stray), NONE)
    assert _codes(store) == [("outside", "train/image/000001.jpg", "item2")]
    (record,) = store.stream()
    assert record.garments[1].points[0].tolist() == [400, 20]
    (problem,) = store.problems.page(0, 9)
    assert problem.garment_id == record.garments[1].id
    assert "box, 1 landmarks" in problem.message


def test_a_turned_picture_and_a_wrong_size_are_listed(store: Store, tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg", (40, 60))
    document = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 60, "height": 40}],
        "annotations": [],
        "categories": [],
    }
    (tmp_path / "c.json").write_text(json.dumps(document))
    exif = bytes.fromhex(
        "ffe10022457869660000 49492a0008000000 0100 1201 0300 01000000 06000000 00000000".replace(" ", "")
    )
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[:2] + exif + data[2:])
    importing.import_dataset(store, "coco", tmp_path / "c.json", NONE)
    assert [code for code, _, _ in _codes(store)] == ["orientation", "size-differs"]
    (record,) = store.stream()
    assert (record.image.width, record.image.height) == (40, 60)


def test_own_categories_join_the_store_once(store: Store, tmp_path: Path) -> None:
    document = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 60, "height": 40}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 1, 2, 2]}],
        "categories": [{"id": 3, "name": "hat"}, {"id": 7, "name": "glove", "keypoints": ["thumb"]}],
    }
    (tmp_path / "c.json").write_text(json.dumps(document))
    for _ in range(2):
        importing.import_dataset(store, "coco", tmp_path / "c.json", NONE)
    own = [category for category in store.categories.all() if category.id > 1000]
    assert [category.name for category in own] == ["hat", "glove"]
    assert {g.category_id for record in store.stream() for g in record.garments} == {own[1].id}


def test_a_cancelled_import_leaves_what_was_read(store: Store, tmp_path: Path) -> None:
    def stop(done: int, total: int, message: str = "") -> None:
        assert total in (0, 120)
        if done >= 50:
            raise Cancelled

    with pytest.raises(Cancelled, match=r"50 of 120 images are in the store"):
        importing.import_dataset(store, "auto", make(tmp_path / "d", 120), NONE, stop)
    assert store.images.count() == store.garments.count() == 50


def test_progress_ends_at_the_total(store: Store, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    importing.import_dataset(
        store,
        "auto",
        make(tmp_path / "d", 3),
        NONE,
        lambda done, total, message="": seen.append((done, total)),
    )
    assert seen[0] == (0, 3)
    assert seen[-1] == (3, 3)

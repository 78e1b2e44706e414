"""Where DeepFashion2 keeps its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store.errors import FormatError
from store.formats.base import ReadOptions
from store.formats.deepfashion2.naming import Names
from store.formats.deepfashion2.reader import DeepFashion2Reader
from store.records import Image, ImageState

ANNOTATION = json.dumps({"source": "shop", "pair_id": 7})


def _put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ANNOTATION if name.endswith(".json") else "picture")


def _images(path: Path, **options: object) -> dict[str, Image]:
    reader = DeepFashion2Reader(path, ReadOptions(**options))  # type: ignore[arg-type]
    found = {record.image.name: record.image for record in reader.records()}
    assert len(found) == len(reader)
    return found


def test_one_split_is_named_by_its_folder(tmp_path: Path) -> None:
    _put(tmp_path / "validation", "image/000001.jpg", "annos/000001.json", "image/000002.jpg")
    found = _images(tmp_path / "validation")
    assert [(i.name, i.split, i.pair_id) for i in found.values()] == [
        ("000001.jpg", "validation", 7),
        ("000002.jpg", "validation", None),
    ]


def test_a_root_of_splits_names_images_from_the_root(tmp_path: Path) -> None:
    _put(tmp_path, "train/image/000001.jpg", "train/annos/000001.json", "test/test/image/000001.jpg")
    found = _images(tmp_path)
    assert {name: image.split for name, image in found.items()} == {
        "test/test/image/000001.jpg": "test",
        "train/image/000001.jpg": "train",
    }
    assert list(_images(tmp_path, split="train")) == ["train/image/000001.jpg"]
    with pytest.raises(FormatError, match="no split 'half'"):
        _images(tmp_path, split="half")


def test_annotations_and_pictures_may_be_given_apart(tmp_path: Path) -> None:
    _put(tmp_path, "labels/000001.json", "labels/000002.json", "elsewhere/000001.png")
    found = _images(tmp_path / "labels", images=tmp_path / "elsewhere", split="train")
    assert {n: i.state for n, i in found.items()} == {
        "000001.png": ImageState.PRESENT,
        "000002.jpg": ImageState.MISSING,
    }


def test_two_pictures_of_one_stem_are_a_problem(tmp_path: Path) -> None:
    _put(tmp_path, "image/000001.png", "image/000001.jpg", "annos/000001.json")
    (record,) = DeepFashion2Reader(tmp_path, ReadOptions()).records()
    assert record.image.name == "000001.jpg"
    assert [(p.code, "000001.png" in p.message) for p in record.problems] == [("picture-name", True)]


def test_images_of_one_name_in_two_splits_are_told_apart(tmp_path: Path) -> None:
    _put(tmp_path, "data/a/annos/1.json", "data/b/annos/1.json", "pictures/1.jpg")
    reader = DeepFashion2Reader(tmp_path / "data", ReadOptions(images=tmp_path / "pictures"))
    first, second = reader.records()
    assert (first.image.name, second.image.name) == ("1.jpg", "b/1.jpg")
    assert [problem.code for problem in second.problems] == ["picture-name"]


@pytest.mark.parametrize(
    ("text", "comes_back"),
    [
        ('{"source":"user","pair_id":1}', True),
        ('{\n  "pair_id": 1,\n  "source": "user"\n}\n', True),
        ('{ "source" : "user" }', True),
        ('{"source": "caf\\u00e9", "x": 1.50e1}', True),
        ('{"source": "café", "pair_id": "seven", "note": null}', True),
    ],
)
def test_any_way_of_writing_json_comes_back(text: str, comes_back: bool, tmp_path: Path) -> None:
    from store.formats.deepfashion2.documents import dump, notes_of, write

    (tmp_path / "annos").mkdir()
    (tmp_path / "annos" / "1.json").write_text(text)
    (record,) = DeepFashion2Reader(tmp_path, ReadOptions()).records()
    document = write(record.image, record.garments, precise=False)
    assert (dump(document, notes_of(record.image)) == text) is comes_back


def test_a_key_that_stands_there_twice_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "annos").mkdir()
    (tmp_path / "annos" / "1.json").write_text('{"pair_id": 1, "pair_id": 2}')
    (record,) = DeepFashion2Reader(tmp_path, ReadOptions()).records()
    assert record.image.pair_id == 2
    assert [(p.code, p.item) for p in record.problems] == [("json-key", "pair_id")]


def test_images_that_share_a_name_get_the_next_number() -> None:
    images = [
        Image(id=1, name="a/000007.jpg", split="train"),
        Image(id=2, name="b/000007.jpg", split="train"),
        Image(id=3, name="c/000007.jpg", split="test"),
    ]
    names = Names(images)
    assert [names.of(image) for image in images] == [
        ("train", "000007"),
        ("train", "000008"),
        ("test", "000007"),
    ]
    assert names.changed == 1


def test_a_folder_that_holds_nothing_of_the_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(FormatError, match="no DeepFashion2 dataset"):
        DeepFashion2Reader(tmp_path, ReadOptions())

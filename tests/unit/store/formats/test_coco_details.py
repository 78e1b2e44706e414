"""What COCO files say in more ways than one."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.taxonomy import category
from store import masks
from store.formats.base import Complaints, ReadOptions
from store.formats.coco.categories import decode, numbered, swaps_of
from store.formats.coco.numbering import FileNames, ImageNumbers, number_of
from store.formats.coco.reader import CocoReader
from store.formats.coco.scan import Broken, Scan
from store.records import Dataset, Image, ImageState


def _file(folder: Path, **top: Any) -> Path:
    images = [{"id": 5, "file_name": "a.jpg", "width": 40, "height": 30}]
    path = folder / "c.json"
    path.write_text(json.dumps({"images": images, "annotations": [], "categories": [], **top}))
    return path


@pytest.mark.parametrize("name", ["trousers", "Trousers"])
@pytest.mark.parametrize("keypoints", [None, [], ["x"] * 14, [str(n) for n in range(294)]])
def test_the_13_are_known_by_name_and_count(name: str, keypoints: list[str] | None) -> None:
    told = Complaints("c.json")
    found = decode([{"id": 3, "name": name, "keypoints": keypoints}], told)[3]
    assert found.local == category(8)
    assert (found.block, found.offset) == ((294, 168) if keypoints and len(keypoints) > 14 else (14, 0))
    assert told.found == []


@pytest.mark.parametrize("name", ["short_sleeved_shirt", "short sleeve top", "Short-Sleeve_Top"])
def test_both_spellings_are_known(name: str) -> None:
    assert decode([{"id": 1, "name": name}], Complaints(""))[1].local == category(1)


def test_another_number_of_keypoints_is_another_category() -> None:
    entry = {
        "id": 1,
        "name": "trousers",
        "keypoints": ["left_hip", "right_hip", "knee"],
        "skeleton": [[1, 2], [2, 9]],
    }
    told = Complaints("c.json")
    local = decode([entry], told)[1].local
    assert (local.id, local.name, local.offset) == (1001, "trousers", None)
    assert (local.schema.links, local.schema.swaps) == (((0, 1),), ((0, 1),))
    assert [problem.code for problem in told.found] == ["category-skeleton"]


@pytest.mark.parametrize(
    ("names", "swaps"),
    [
        (["nose", "left_eye", "right_eye"], ((1, 2),)),
        (["Right Hem", "Left Hem"], ((0, 1),)),
        (["L_knee", "R_knee", "bright light"], ((0, 1),)),
        (["left collar", "middle"], ()),
    ],
)
def test_swaps_follow_from_names(names: list[str], swaps: tuple[tuple[int, int], ...]) -> None:
    assert swaps_of(names) == swaps


def test_category_ids_of_the_one_source_stay_and_others_give_way() -> None:
    entries = [{"id": 8, "name": "hat", "supercategory": "head"}, {"id": 2, "name": "trousers"}]
    hat = decode(entries, Complaints(""))[8].local
    ids, written = numbered([category(1), category(8), hat], entries, "per-category")
    assert ids == {8: 2, hat.id: 8, 1: 1}
    assert [entry["id"] for entry in written] == [8, 2, 1]
    assert written[0] == entries[0]


def test_run_lengths_of_both_kinds_are_kept_as_they_are(tmp_path: Path) -> None:
    mask = np.zeros((30, 40), np.uint8)
    mask[3:9, 4:12] = 1
    packed = masks.encode(mask)
    plain = {"size": [30, 40], "counts": masks.rle_counts(packed).tolist()}
    annotations = [
        {
            "id": n,
            "image_id": 5,
            "category_id": 1,
            "iscrowd": n - 1,
            "area": 48,
            "bbox": [4, 3, 8, 6],
            "segmentation": s,
        }
        for n, s in enumerate((packed, plain), 1)
    ]
    path = _file(tmp_path, annotations=annotations, categories=[{"id": 1, "name": "skirt"}])
    (record,) = CocoReader(path, ReadOptions()).records()
    assert [garment.rle for garment in record.garments] == [packed, plain]
    assert record.garments[1].extra["coco"]["iscrowd"] == 1
    assert record.problems == ()


def test_images_and_categories_may_come_after_the_annotations(tmp_path: Path) -> None:
    document = json.loads(_file(tmp_path).read_text())
    document["annotations"] = [{"id": 1, "image_id": 5, "category_id": 4, "bbox": [1, 1, 2, 2]}]
    document["categories"] = [{"id": 4, "name": "vest"}]
    order = ("annotations", "categories", "images")
    (tmp_path / "c.json").write_text(json.dumps({key: document[key] for key in order}))
    (record,) = CocoReader(tmp_path / "c.json", ReadOptions()).records()
    assert [garment.category_id for garment in record.garments] == [5]


def test_two_images_of_one_file_are_both_kept(tmp_path: Path) -> None:
    images = [{"id": n, "file_name": "a.jpg", "width": 4, "height": 3} for n in (1, 2)]
    first, second = CocoReader(_file(tmp_path, images=images), ReadOptions()).records()
    assert (first.image.name, second.image.name) == ("a.jpg", "./a.jpg")
    assert first.image.state is second.image.state is ImageState.PRESENT
    assert [problem.code for problem in second.problems] == ["picture-name"]


def test_the_pictures_are_found_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").write_text("picture")
    assert CocoReader(_file(tmp_path), ReadOptions()).images_root == tmp_path / "images"


def test_an_absolute_name_inside_the_folder_is_made_relative(tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": f"{tmp_path}/deep/a.jpg", "width": 4, "height": 3}]
    (record,) = CocoReader(_file(tmp_path, images=images), ReadOptions(images=tmp_path)).records()
    assert record.image.name == "deep/a.jpg"
    assert record.problems == ()


def test_image_ids_are_the_numbers_of_the_names_where_only_one_has_them() -> None:
    names = ["train/000003.jpg", "000012.jpg", "val/000003.jpg", "none.jpg"]
    images = [Image(id=i, name=name) for i, name in enumerate(names, 1)]
    numbers = ImageNumbers(images)
    assert numbers.of([image.id for image in images]) == [13, 12, 14, 15]


@settings(max_examples=60 if settings.default.derandomize else 1_000, deadline=None)
@given(name=st.text("a1./ ", max_size=8))
def test_names_and_numbers_are_those_of_the_path(name: str) -> None:
    image, path = Image(dataset_id=1, name=name), PurePosixPath(name)
    assert FileNames([Dataset(id=1, images_root="/data")], None).of(image) == path.as_posix()
    assert number_of(image) == number_of(Image(name=f"{path.stem}.jpg") if path.stem else Image())


def test_pictures_of_several_datasets_are_named_from_the_folder_above() -> None:
    datasets = [Dataset(id=1, images_root="/data/a/image"), Dataset(id=2, images_root="/data/b")]
    names = FileNames(datasets, None)
    assert names.root == Path("/data")
    assert names.of(Image(dataset_id=1, name="1.jpg")) == "a/image/1.jpg"
    assert names.of(Image(dataset_id=2, name="1.jpg")) == "b/1.jpg"


def _places(folder: Path, text: str) -> list[tuple[str, Any]]:
    (folder / "s.json").write_text(text)
    scan = Scan(folder / "s.json")
    found = [(p.key, scan.value(p.start, p.end)) for p in scan.places() if p.start < p.end]
    scan.close()
    return found


def test_entries_are_found_whatever_their_strings_hold(tmp_path: Path) -> None:
    entries = [{"a": '}]{\\"', "b": {"c": ["]", {"d": "é\n"}]}}, {}, {"n": [[1, 2], [3]]}]
    text = json.dumps({"images": entries, "info": {"x": "{"}, "version": 3, "annotations": "none"}, indent=1)
    assert _places(tmp_path, text) == [
        *(("images", entry) for entry in entries),
        ("info", {"x": "{"}),
        ("version", 3),
        ("annotations", "none"),
    ]


@pytest.mark.parametrize(
    "text", ["[1]", '{"images": [{"a": 1}', '{"images": [1 2]}', '{"a" 1}', '{"a": }', "{1: 2}"]
)
def test_damage_is_found_where_it_is(text: str, tmp_path: Path) -> None:
    with pytest.raises(Broken) as caught:
        _places(tmp_path, text)
    assert 0 <= caught.value.at <= len(text)


def test_without_notes_all_else_is_read(tmp_path: Path) -> None:
    path = _file(tmp_path)
    for one, bare in zip(
        CocoReader(path, ReadOptions()).records(),
        CocoReader(path, ReadOptions(), notes=False).records(),
        strict=True,
    ):
        assert "coco" in one.image.extra
        assert "coco" not in bare.image.extra
        assert one.image.same_as(bare.image, frozenset({"extra"}))
        for garment, other in zip(one.garments, bare.garments, strict=True):
            assert garment.same_as(other, frozenset({"extra"}))

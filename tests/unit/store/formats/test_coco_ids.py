"""Ids, categories and names in COCO files that are not what COCO says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from store.errors import FormatError
from store.formats.base import Reader
from store.records import ImageRecord, ImageState
from tests.contract.formats.format_records import dataset_of, read, write
from tests.contract.formats.test_format_failures import annotation, coco_file

COCO = ("coco", "per-category")
KEYPOINTS = [f"k{n}" for n in range(8)]


def _read(path: Path) -> tuple[Reader, list[ImageRecord]]:
    return read(COCO, path)


def _image(number: Any, **changes: Any) -> dict[str, Any]:
    return {"file_name": f"{number}.jpg", "id": number, "width": 50, "height": 60, **changes}


def _written(folder: Path, reader: Reader, records: list[ImageRecord]) -> dict[str, Any]:
    """What an export of the records says, after it was read back."""
    writer, back = write(COCO, folder / "out.json", records, dataset_of(reader), reader.categories())
    assert [len(record.garments) for record in back] == [len(record.garments) for record in records]
    writer.finish()
    found: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return found


def test_ids_that_are_texts_are_taken_for_their_numbers(tmp_path: Path) -> None:
    path = coco_file(
        tmp_path,
        images=[_image("7"), _image("8")],
        annotations=[annotation(1, 7, id="12", image_id="7", category_id="9")],
        categories=[{"id": "9", "name": "skirt", "keypoints": KEYPOINTS, "skeleton": []}],
    )
    reader, found = _read(path)
    assert [len(record.garments) for record in found] == [1, 0]
    assert [(p.code, p.message[:5]) for p in reader.problems()] == [("id-text", "6 ids")]
    out = _written(tmp_path, reader, found)
    (written,) = out["annotations"]
    assert (written["id"], written["image_id"], written["category_id"]) == (12, 7, 9)


def test_images_without_a_number_get_one_and_keep_their_annotations(tmp_path: Path) -> None:
    images = [_image("a"), _image(1), {**_image(1), "file_name": "b.jpg"}, _image(-4), {"file_name": "c.jpg"}]
    notes = [
        annotation(1, 1, image_id="a"),
        annotation(2, 1),
        annotation(3, -4),
        annotation(4, 1, image_id="z"),
    ]
    reader, found = _read(coco_file(tmp_path, images=images, annotations=notes))
    assert [record.image.name for record in found] == ["a.jpg", "1.jpg", "b.jpg", "-4.jpg", "c.jpg"]
    assert [len(record.garments) for record in found] == [1, 1, 0, 1, 0]
    said = [problem.message for problem in reader.problems()]
    assert said == [
        'There is no image "z"; the annotation is not read.',
        'The id "a" is no whole number from 0; the image becomes 2.',
        "The id 1 stands there twice; the image becomes 3.",
        "The id -4 is no whole number from 0; the image becomes 4.",
        "The id null is no whole number from 0; the image becomes 5.",
    ]
    out = _written(tmp_path, reader, found)
    assert [image["id"] for image in out["images"]] == [2, 1, 3, 4, 5]


@pytest.mark.parametrize("number", [0, -5, 5.5, None, 10**30, 2**62])
def test_an_annotation_id_that_tools_cannot_hold_is_replaced(number: Any, tmp_path: Path) -> None:
    reader, found = _read(coco_file(tmp_path, annotation(1, 2, id=number)))
    (problem,) = found[1].problems
    assert problem.code == "annotation-id"
    assert problem.message.endswith("it becomes 32.")
    assert 32 in [entry["id"] for entry in _written(tmp_path, reader, found)["annotations"]]


def test_two_entries_of_one_category_are_one(tmp_path: Path) -> None:
    skirts = [{"id": n, "name": "skirt", "keypoints": KEYPOINTS, "skeleton": []} for n in (9, 11)]
    path = coco_file(tmp_path, annotation(21, 2, category_id=11), categories=skirts)
    reader, found = _read(path)
    assert [problem.code for problem in reader.problems()] == ["category-twice"]
    assert {g.category_id for record in found for g in record.garments} == {9}
    assert len(_written(tmp_path, reader, found)["annotations"]) == 6


def test_one_flat_list_of_numbers_is_one_problem(tmp_path: Path) -> None:
    flat = [1, 2, 30, 2, 30, 40]
    reader, found = _read(coco_file(tmp_path, annotation(21, 2, segmentation=flat)))
    (problem,) = found[1].problems
    assert problem.code == "polygons-damaged"
    assert json.dumps(flat) in json.dumps(_written(tmp_path, reader, found))


def test_names_with_half_a_surrogate_pair_or_a_backslash_come_back(tmp_path: Path) -> None:
    images = [_image(1, file_name="half\ud800.jpg"), _image(2, file_name="a\\b.jpg")]
    reader, found = _read(coco_file(tmp_path, images=images, annotations=[]))
    assert [record.image.name for record in found] == ["half\ufffd.jpg", "a/b.jpg"]
    out = _written(tmp_path, reader, found)
    assert out["images"][1]["file_name"] == "a\\b.jpg"


def test_a_wild_size_is_not_believed(tmp_path: Path) -> None:
    images = [_image(1, width=10**9, height=10**9), _image(2, width=60.0, height=80.0)]
    _, found = _read(coco_file(tmp_path, images=images, annotations=[annotation(1, 1)]))
    assert (found[0].image.width, found[0].image.height, found[0].image.size_known) == (31, 41, False)
    assert [problem.code for problem in found[0].problems] == ["size"]
    assert (found[1].image.width, found[1].image.height, found[1].problems) == (60, 80, ())
    assert found[0].image.state is ImageState.PRESENT


def test_many_problems_of_one_kind_are_counted(tmp_path: Path) -> None:
    strays = [annotation(number, 77) for number in range(1, 1_502)]
    reader, _ = _read(coco_file(tmp_path, annotations=strays))
    problems = reader.problems()
    assert len(problems) == 1_001
    assert problems[-1].message == "501 more of the kind."


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ('{"images": []}'.encode("utf-16"), "UTF-16 text and must be saved as UTF-8"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
        (b"PK\x03\x04", "ZIP file"),
        (b"[1]", "does not begin with an object"),
    ],
)
def test_a_file_of_another_kind_is_told_what_it_is(raw: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(raw)
    with pytest.raises(FormatError, match=said):
        read(COCO, tmp_path / "x.json")


def test_what_follows_the_end_is_a_problem(tmp_path: Path) -> None:
    path = coco_file(tmp_path)
    path.write_text(path.read_text() + ' {"images": []}')
    reader, found = _read(path)
    assert len(found) == 3
    assert [(p.code, "follows the end" in p.message) for p in reader.problems()] == [("json", True)]

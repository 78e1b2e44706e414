"""What every format does when the world is against it."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store.errors import FormatError
from store.formats import registry
from store.formats.base import ReadOptions, WriteOptions
from store.records import Garment, Image, ImageRecord
from tests.contract.formats.format_records import KINDS, OWN, read, write

KEYPOINTS = [10, 20, 2] * 8
BOX = [1, 2, 30, 40]


def item(**changes: Any) -> dict[str, Any]:
    """A skirt as DeepFashion2 writes it."""
    plain = {
        "segmentation": [[1, 2, 30, 2, 30, 40, 1, 2]],
        "scale": 2,
        "viewpoint": 2,
        "zoom_in": 1,
        "landmarks": KEYPOINTS,
        "style": 0,
        "bounding_box": BOX,
        "category_id": 9,
        "occlusion": 1,
        "category_name": "skirt",
    }
    return {**plain, **changes}


def annotation(number: int, image: int, **changes: Any) -> dict[str, Any]:
    """A skirt as COCO writes it."""
    plain = {
        "area": 1102,
        "bbox": [1, 2, 29, 38],
        "category_id": 9,
        "id": number,
        "image_id": image,
        "iscrowd": 0,
        "num_keypoints": 8,
        "keypoints": [float(v) for v in KEYPOINTS],
        "segmentation": [[1, 2, 30, 2, 30, 40, 1, 2]],
    }
    return {**plain, **changes}


def deepfashion2_folder(folder: Path, bad: Any) -> Path:
    """Three images, the second with a bad item (or a text instead of a file)."""
    annos = folder / "data" / "annos"
    annos.mkdir(parents=True)
    for number in (1, 2, 3):
        document = {"source": "shop", "pair_id": number, "item1": item(), "item2": item()}
        if number == 2 and not isinstance(bad, str):
            document["item1"] = bad
        text = bad if number == 2 and isinstance(bad, str) else json.dumps(document)
        (annos / f"{number:06d}.json").write_text(text)
    return folder / "data"


def coco_file(folder: Path, *bad: dict[str, Any], **top: Any) -> Path:
    """Three images with two garments each; the bad ones belong to the second."""
    good = [annotation(number, number // 10) for number in (10, 11, 20, 30, 31)]
    document = {
        "info": {},
        "images": [{"file_name": f"{n}.jpg", "id": n, "width": 50, "height": 60} for n in (1, 2, 3)],
        "annotations": [*good[:3], *bad, *good[3:]],
        "categories": [{"id": 9, "name": "skirt", "keypoints": [f"k{n}" for n in range(8)], "skeleton": []}],
        **top,
    }
    path = folder / "bad.json"
    path.write_text(json.dumps(document))
    return path


BAD_ITEMS = {
    "landmarks-length": item(landmarks=KEYPOINTS[:-1]),
    "box-corners": item(bounding_box=[30, 2, 1, 40]),
    "box-damaged": item(bounding_box=[1, 2, None, "x"]),
    "polygons-damaged": item(segmentation=[[1, 2, 3], [1, 2, 30, 2, 30, 40]]),
    "polygon-short": item(segmentation=[[1, 2, 3, 4]]),
    "category-unknown": item(category_id=14),
    "fact-damaged": item(style="two"),
    "fact-unknown": item(scale=9),
    "landmark-at-origin": item(landmarks=[0, 0, 2, *KEYPOINTS[3:]]),
    "landmark-visibility": item(landmarks=[5, 5, 7, *KEYPOINTS[3:]]),
    "landmark-unlabelled": item(landmarks=[5, 5, 0, *KEYPOINTS[3:]]),
    "item-damaged": ["not", "an", "object"],
}


@pytest.mark.parametrize("code", BAD_ITEMS)
def test_a_bad_item_is_listed_and_comes_back_unchanged(code: str, tmp_path: Path) -> None:
    folder = deepfashion2_folder(tmp_path, BAD_ITEMS[code])
    reader, found = read(("deepfashion2", ""), folder)
    assert [problem.code for problem in found[1].problems] == [code]
    (problem,) = found[1].problems
    assert (problem.file, problem.item) == ("annos/000002.json", "item1")
    assert [len(record.garments) for record in found] == [2, 1 if "categ" in code or "item" in code else 2, 2]
    writer, _ = write(("deepfashion2", ""), tmp_path / "out", found)
    writer.finish()
    for number in (1, 2, 3):
        name = f"annos/{number:06d}.json"
        assert (tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes()
    assert reader.problems() == ()


@pytest.mark.parametrize("text", ['{"item1": {"scale": 2,}}', "", "[1, 2]", '{"item1":', "[" * 100_000])
def test_an_annotation_that_does_not_parse_gives_its_image_alone(text: str, tmp_path: Path) -> None:
    _, found = read(("deepfashion2", ""), deepfashion2_folder(tmp_path, text))
    assert [problem.code for problem in found[1].problems] == ["json"]
    assert found[1].problems[0].file == "annos/000002.json"
    assert [len(record.garments) for record in found] == [2, 0, 2]


def test_where_an_annotation_stops_making_sense_is_said(tmp_path: Path) -> None:
    _, found = read(("deepfashion2", ""), deepfashion2_folder(tmp_path, '{"a": 1,\n "b" 2}'))
    assert found[1].problems[0].item == "line 2, column 6"


BAD_ANNOTATIONS = {
    "landmarks-length": annotation(21, 2, keypoints=[1, 2, 2]),
    "box-corners": annotation(21, 2, bbox=[30, 2, -29, 38]),
    "box-damaged": annotation(21, 2, bbox=[1, 2, 3]),
    "polygons-damaged": annotation(21, 2, segmentation=["x", [1, 2, 30, 2, 30, 40]]),
    "polygon-short": annotation(21, 2, segmentation=[[1, 2, 3, 4]]),
    "mask-damaged": annotation(21, 2, segmentation={"size": [60, 50], "counts": "11"}),
    "category-unknown": annotation(21, 2, category_id=77),
    "landmark-at-origin": annotation(21, 2, keypoints=[0, 0, 2, *KEYPOINTS[3:]]),
    "landmark-visibility": annotation(21, 2, keypoints=[5, 5, 7, *KEYPOINTS[3:]]),
    "landmark-unlabelled": annotation(21, 2, keypoints=[5, 5, 0, *KEYPOINTS[3:]]),
    "annotation-id": annotation(20, 2),
}


@pytest.mark.parametrize("code", BAD_ANNOTATIONS)
def test_a_bad_annotation_is_listed_and_nothing_of_it_lost(code: str, tmp_path: Path) -> None:
    bad = BAD_ANNOTATIONS[code]
    reader, found = read(("coco", "per-category"), coco_file(tmp_path, bad))
    assert [problem.code for problem in found[1].problems] == [code]
    assert found[1].problems[0].file == "bad.json"
    assert [len(record.garments) for record in found] == [2, 1 if code == "category-unknown" else 2, 2]
    writer, back = write(("coco", "per-category"), tmp_path / "out.json", found, own=reader.categories())
    assert writer.sample(100) == sum(len(record.garments) for record in found)
    writer.finish()
    out = json.loads((tmp_path / "out.json").read_text())
    said = json.dumps(out)
    kept = {"polygon-short": "short_polygons", "box-corners": '"bbox": [1, 2, 29, 38]'}
    lost_key = {"landmarks-length": "keypoints", "category-unknown": "category_id", "box-damaged": "bbox"}
    assert kept.get(code, json.dumps(bad[lost_key.get(code, "segmentation")])) in said
    assert [len(record.garments) for record in back] == [len(record.garments) for record in found]


def test_a_truncated_coco_file_gives_what_it_still_has(tmp_path: Path) -> None:
    path = coco_file(tmp_path)
    whole = path.read_text()
    path.write_text(whole[: whole.index('"id": 31')])
    reader, found = read(("coco", ""), path)
    assert len(found) == 3
    (problem,) = [p for p in reader.problems() if p.code == "json"]
    assert "4 annotations" in problem.message


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/passwd", "a/../../b.jpg", "C:\\x.jpg", "..\\x.jpg"])
def test_a_file_name_that_leads_outside_is_never_followed(name: str, tmp_path: Path) -> None:
    images = [{"file_name": name, "id": 1, "width": 5, "height": 5}]
    _, (found,) = read(("coco", ""), coco_file(tmp_path, images=images, annotations=[]))
    assert found.image.state == "missing"
    assert [problem.code for problem in found.problems] == ["file-name"]
    assert ".." not in found.image.name
    assert not found.image.name.startswith("/")


def test_annotations_of_images_that_are_not_there_are_listed(tmp_path: Path) -> None:
    reader, found = read(("coco", ""), coco_file(tmp_path, annotation(99, 12345)))
    assert len(found) == 3
    assert [problem.code for problem in reader.problems()] == ["image-id"]
    assert "12345" in reader.problems()[0].message


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"annotations": []}', "no json", '{"images": 3}'])
@pytest.mark.parametrize("format", ["coco", "auto"])
def test_what_is_no_dataset_at_all_is_refused(format: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(FormatError, match=r"x\.json"):
        list(registry.reader(format, path, ReadOptions()).records())


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_a_path_that_is_not_there_is_named(kind: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nowhere"):
        registry.reader(kind[0], tmp_path / "nowhere", ReadOptions())


def test_an_unknown_format_or_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="deepfashion2, coco"):
        registry.reader("pascal", tmp_path, ReadOptions())
    with pytest.raises(FormatError, match="295"):
        registry.writer("coco", tmp_path / "x.json", WriteOptions(layout="295"))


def _record() -> ImageRecord:
    image = Image(id=1, dataset_id=1, name="a.jpg", width=9, height=9, size_known=True)
    return ImageRecord(image, (Garment(key="item1", category_id=9, box=np.array([1, 2, 3, 4])),))


def _out(folder: Path, kind: tuple[str, str]) -> Path:
    return folder / ("out.json" if kind[0] == "coco" else "out")


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_a_full_disk_leaves_no_half_file(
    kind: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    writer, _ = write(kind, _out(tmp_path, kind), [_record()], own=())
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FormatError, match="disk is full"):
        writer.finish()
    writer.abort()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_a_folder_that_may_not_be_written_is_refused_before_the_work(
    kind: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    with pytest.raises(FormatError, match="may not write there"):
        write(kind, _out(tmp_path, kind), [_record()], own=())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_an_existing_export_is_replaced_whole(kind: tuple[str, str], tmp_path: Path) -> None:
    out = _out(tmp_path, kind)
    for _ in range(2):
        writer, _ = write(kind, out, [_record()], own=())
        writer.finish()
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    assert len(read(kind, out)[1]) == 1


def test_annotations_of_another_export_are_not_mixed_in(tmp_path: Path) -> None:
    stranger = tmp_path / "out" / "annos" / "999999.json"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("{}")
    with pytest.raises(FormatError, match=r"999999\.json"):
        write(("deepfashion2", ""), tmp_path / "out", [_record()])
    assert stranger.read_text() == "{}"
    shutil.rmtree(tmp_path / "out")
    assert OWN.id == 1001

"""The quick way through COCO entries says what the careful one says, and leaves alone whatever is odd."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resources.taxonomy import category
from store.formats.base import ReadOptions
from store.formats.coco import images, quick, reader
from store.records import Garment, ImageRecord

Change = Callable[[dict[str, Any]], object]
SKIRT, OWN = 9, 2
#: Where the landmarks of a skirt begin among the 294, and how many there are.
OFFSET, SIZE = category(SKIRT).offset or 0, category(SKIRT).schema.size


def marks(number: type, block: int = 294, offset: int = OFFSET) -> list[Any]:
    """Landmarks of a skirt among those of all categories."""
    values = [0] * 3 * block
    for place in range(SIZE - 1):
        values[3 * (offset + place) : 3 * (offset + place) + 3] = [10 + place, 20 + 2 * place, 1 + place % 2]
    return list(map(number, values))


def annotation() -> dict[str, Any]:
    """As the official converter writes one."""
    return {
        "area": 800,
        "bbox": [5, 10, 20, 40],
        "category_id": SKIRT,
        "id": 7,
        "pair_id": 3,
        "image_id": 1,
        "iscrowd": 0,
        "style": 1,
        "num_keypoints": SIZE - 1,
        "keypoints": marks(float),
        "segmentation": [[5, 10, 25, 10, 25, 50, 5, 50], [6.5, 11.5, 7.5, 12.5, 8.5, 13.5]],
        "scale": 2,
        "occlusion": 1,
        "zoom_in": 1,
        "viewpoint": 2,
    }


def entry() -> dict[str, Any]:
    """As the official converter writes an image."""
    return {
        "coco_url": "",
        "date_captured": "",
        "file_name": "a/000001.jpg",
        "flickr_url": "",
        "id": 1,
        "license": 0,
        "width": 60,
        "height": 70,
        "source": "user",
        "pair_id": 3,
    }


def document(said: dict[str, Any], image: dict[str, Any] | None = None) -> dict[str, Any]:
    """A file with one annotation."""
    names = [str(number) for number in range(1, 295)]
    kinds = [
        {"id": SKIRT, "name": "skirt", "supercategory": "clothes", "keypoints": names, "skeleton": []},
        {"id": OWN, "name": "poncho", "supercategory": "clothes"},
    ]
    return {"images": [image or entry()], "annotations": [said], "categories": kinds}


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[bool]]:
    """Reads a file both ways, asserts that they say the same, and gives whether each was quick at hand."""

    def read(said: dict[str, Any], image: dict[str, Any] | None = None, **options: Any) -> list[bool]:
        path = tmp_path / "a.json"
        path.write_text(json.dumps(document(said, image)), encoding="utf-8")
        found: list[bool] = []

        def seen(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **named: Any) -> Any:
                result = real(*args, **named)
                found.append(result is not None)
                return result

            return call

        def records() -> list[ImageRecord]:
            return list(reader.CocoReader(path, ReadOptions(**options)).records())

        with monkeypatch.context() as patch:
            patch.setattr(quick, "decode", seen(quick.decode))
            patch.setattr(images, "_usual_notes", seen(images._usual_notes))
            fast = records()
        with monkeypatch.context() as patch:
            patch.setattr(quick, "decode", lambda *_args, **_named: None)
            patch.setattr(images, "_usual_notes", lambda *_args: None)
            slow = records()
        _assert_same(fast, slow)
        return found

    return read


def _assert_same(fast: list[ImageRecord], slow: list[ImageRecord]) -> None:
    for one, other in zip(fast, slow, strict=True):
        assert one.image.same_as(other.image)
        assert json.dumps(one.image.extra) == json.dumps(other.image.extra)
        assert [p.message for p in one.problems] == [p.message for p in other.problems]
        for a, b in zip(one.garments, other.garments, strict=True):
            assert a.same_as(b)
            assert json.dumps(a.extra) == json.dumps(b.extra)


USUAL: list[Change] = [
    lambda _a: None,
    lambda a: a.update(keypoints=marks(int)),
    lambda a: a.update(area=801.5),
    lambda a: a.update(area=800.0),
    lambda a: a.update(bbox=[5.0, 10.0, 20.0, 40.0]),
    lambda a: a.update(bbox=[5.5, 10.25, 20.125, 40.5], area=20.125 * 40.5),
    lambda a: a.update(bbox=[5, 10.25, 20, 40.5]),
    lambda a: a.update(segmentation=[[5.0, 10.0, 25.0, 10.0, 25.0, 50.0]]),
    lambda a: [a.pop(key) for key in ("pair_id", "style", "scale", "occlusion", "zoom_in", "viewpoint")],
    lambda a: a.update(area=a.pop("area")),
    lambda a: a.update(deepfashion_studio={"key": "item1"}),
    lambda a: a.update(deepfashion_studio={"extra": {"fld": {"x": [1, {"y": 2.0}]}}, "key": "item1"}),
    lambda a: [a.update(category_id=OWN), a.pop("keypoints"), a.pop("num_keypoints")],
]


@pytest.mark.parametrize("change", USUAL)
def test_the_usual_goes_the_quick_way(change: Change, both: Callable[..., list[bool]]) -> None:
    said = annotation()
    change(said)
    assert both(said) == [True, True]


ODD: list[Change] = [
    lambda a: a.update(more=1),
    lambda a: a.update(bbox=[0.1, 10, 0.2, 40]),
    lambda a: a.update(bbox=[25, 10, -20, 40]),
    lambda a: a.update(bbox=[5.0, 10, 20.5, 40]),
    lambda a: a.update(bbox=[5, 10, 20]),
    lambda a: a.update(bbox=[5, 10, 20, True]),
    lambda a: a.update(area=True),
    lambda a: a.update(area=-1),
    lambda a: a.pop("area"),
    lambda a: a.update(iscrowd=1),
    lambda a: a.pop("iscrowd"),
    lambda a: a.update(num_keypoints=3),
    lambda a: a.update(num_keypoints=7.0),
    lambda a: a.update(keypoints=marks(float, offset=OFFSET - 1)),
    lambda a: a.update(keypoints=marks(float)[:-1]),
    lambda a: a.update(keypoints=[*marks(float)[:-1], 0]),
    lambda a: a.update(keypoints=[*marks(float)[:-1], -0.0]),
    lambda a: a["keypoints"].__setitem__(3 * OFFSET + 2, 3.0),
    lambda a: a["keypoints"].__setitem__(3 * OFFSET + 2, 0.0),
    lambda a: a["keypoints"].__setitem__(3 * OFFSET, 10),
    lambda a: a["keypoints"].__setitem__(3 * (OFFSET + SIZE) - 1, 2.0),
    lambda a: a.pop("keypoints"),
    lambda a: a.update(segmentation=[]),
    lambda a: a.update(segmentation=[[1, 2, 3, 4]]),
    lambda a: a.update(segmentation=[[1, 2, 3, 4, 5, 6.0, 7, 8.5]]),
    lambda a: a.update(segmentation=[[1, 2, 3, 4, 5, 10**7]]),
    lambda a: a.update(segmentation=[[1, 2, 3, 4, 5, "6"]]),
    lambda a: a.update(segmentation={"size": [70, 60], "counts": [0, 4200]}),
    lambda a: a.update(style=-1),
    lambda a: a.update(scale=4),
    lambda a: a.update(scale=True),
    lambda a: a.update(pair_id=None),
    lambda a: a.update(id="7"),
    lambda a: a.update(deepfashion_studio={}),
    lambda a: a.update(deepfashion_studio={"key": "item1", "extra": {"fld": {"a": 1}}}),
    lambda a: a.update(deepfashion_studio={"extra": {"coco": {"a": 1}}}),
    lambda a: a.update(deepfashion_studio={"key": "item1", "origin": "person"}),
    lambda a: a.update(deepfashion_studio={"key": ""}),
    lambda a: a.update(deepfashion_studio={"extra": {"x": {"keypoints": [0.0]}}}),
    lambda a: a.update(deepfashion_studio={"key": "\\"}),
]


@pytest.mark.parametrize("change", ODD)
def test_whatever_is_odd_goes_the_careful_way(change: Change, both: Callable[..., list[bool]]) -> None:
    said = annotation()
    change(said)
    assert both(said)[0] is False


def test_landmarks_of_another_object_do_not_stand_for_those_of_the_annotation(tmp_path: Path) -> None:
    said = annotation()
    said["keypoints"][0] = 5.0
    raw = json.dumps({"deepfashion_studio": {"extra": {"x": {"keypoints": marks(float)}}}, **said})
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document(said)).replace(json.dumps(said), raw), encoding="utf-8")
    (record,) = reader.CocoReader(path, ReadOptions()).records()
    assert [problem.code for problem in record.problems] == ["landmarks-elsewhere"]


IMAGES: list[tuple[Change, bool]] = [
    (lambda _e: None, True),
    (lambda e: e.update(id=e.pop("id")), True),
    (lambda e: e.update(deepfashion_studio={"extra": {"fld": {"a": 1}}}), True),
    (lambda e: e.update(deepfashion_studio={"split": "train"}), True),
    (lambda e: e.update(coco_url="http://a/b", license=3), True),
    (lambda e: [e.pop("source"), e.pop("pair_id")], True),
    (lambda e: e.pop("license"), False),
    (lambda e: e.update(more=1), False),
    (lambda e: e.update(file_name="./a.jpg"), False),
    (lambda e: e.update(file_name="../a.jpg"), False),
    (lambda e: e.update(file_name="a\\b.jpg"), False),
    (lambda e: e.update(width=60.0), False),
    (lambda e: e.update(width=-1), False),
    (lambda e: e.update(source="elsewhere"), False),
    (lambda e: e.update(pair_id=None), False),
    (lambda e: e.update(id="1"), False),
    (lambda e: e.update(deepfashion_studio={}), False),
    (lambda e: e.update(deepfashion_studio={"extra": {"fld": {"a": 1}}, "split": "train"}), False),
    (lambda e: e.update(deepfashion_studio={"tags": ["a"]}), False),
    (lambda e: e.update(deepfashion_studio={"role": ""}), False),
    (lambda e: e.update(deepfashion_studio={"size_known": False}), False),
]


@pytest.mark.parametrize("split", ["", "train", "test"])
@pytest.mark.parametrize(("change", "usual"), IMAGES)
def test_images_go_the_quick_way_where_they_are_usual(
    change: Change, usual: bool, split: str, both: Callable[..., list[bool]]
) -> None:
    image = entry()
    change(image)
    said = copy.deepcopy(annotation())
    found = both(said, image, split=split)[-1]
    ours = "deepfashion_studio" in image
    if not ours or not split:
        assert found == usual


def test_without_notes_a_garment_has_none() -> None:
    said = annotation()
    kinds = document(said)["categories"]
    known = reader.decode_categories(kinds, reader.Complaints(""))
    found = quick.decode(
        json.dumps(said).encode(), said, known[SKIRT], reader.Ids(7, 1, SKIRT), 0, noted=False
    )
    assert isinstance(found, Garment)
    assert found.extra == {}

"""Datasets that are imported again when their files are damaged or half copied: nothing is taken away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from store import importing
from store.db import Store
from store.errors import FormatError
from store.importing import ImportOptions, ImportReport
from store.records import ImageRecord
from tests.unit.store.formats.list_folders import folder, listed
from tests.unit.store.small_dataset import make

NONE = ImportOptions()
BOXES, MARKS = "Anno/list_bbox.txt", "Anno/list_landmarks.txt"
QUERY = Path("json_for_train") / "train_query.json"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        yield made


def _imported(store: Store, path: Path, format: str = "auto") -> ImportReport:
    return importing.import_dataset(store, format, path, NONE)


def _coco(path: Path) -> Path:
    images = [{"id": n, "file_name": f"{n}.jpg", "width": 90, "height": 90} for n in range(1, 6)]
    boxes = [{"id": n, "image_id": n, "category_id": 1, "bbox": [1, 1, 20, 20]} for n in range(1, 6)]
    kinds = [{"id": 1, "name": "short sleeve top"}]
    path.write_text(json.dumps({"images": images, "categories": kinds, "annotations": boxes}, indent=1))
    return path


def _lists(place: Path) -> Path:
    box = "image_name  x_1  y_1  x_2  y_2"
    mark = "image_name  clothes_type  variation_type"
    names = ("img/a.jpg", "img/b.jpg", "img/c.jpg")
    return folder(
        place,
        {
            BOXES: listed(box, *(f"{name}  001 002 030 040" for name in names)),
            MARKS: listed(mark, *(f"{name}  2  1{'  0 001 002' * 4}" for name in names)),
        },
    )


def _searched(place: Path) -> Path:
    made = make(place, 3)
    (made / QUERY).parent.mkdir()
    box = {"query_image_id": 1, "style": 1, "cls": 9, "bbox": [1, 2, 30, 40]}
    (made / QUERY).write_text(json.dumps([box, {**box, "query_image_id": 2}]))
    return made


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _in_utf_16(path: Path) -> None:
    path.write_bytes(path.read_text().encode("utf-16"))


def _same(one: ImageRecord, other: ImageRecord) -> bool:
    return all(a.same_as(b) for a, b in zip(one.garments, other.garments, strict=True))


@pytest.mark.parametrize(
    ("made", "name", "damage"),
    [
        (lambda place: _coco(place.with_suffix(".json")), "", _cut),
        (_lists, BOXES, _in_utf_16),
        (_lists, MARKS, _in_utf_16),
        (_lists, MARKS, _cut),
        (_lists, BOXES, Path.unlink),
        (_searched, str(QUERY), _cut),
        (_searched, str(QUERY), Path.unlink),
    ],
)
def test_what_cannot_be_read_any_more_is_not_taken_away(
    made: Callable[[Path], Path], name: str, damage: Callable[[Path], None], store: Store, tmp_path: Path
) -> None:
    source = made(tmp_path / "data")
    damaged = source / name if name else source
    format = _imported(store, source).format
    before, whole = list(store.stream()), damaged.read_bytes()
    assert before[0].garments
    damage(damaged)
    with pytest.raises(FormatError, match="is not brought up to date") as told:
        _imported(store, source, format)
    assert Path(name).name in told.value.what or source.name in told.value.what
    assert "Put the whole file back" in told.value.fix
    for was, now in zip(before, store.stream(), strict=True):
        assert was.image.same_as(now.image)
        assert _same(was, now)
    assert store.problems.loose(1) == ()
    damaged.write_bytes(whole)
    assert _imported(store, source).same == len(before)


def test_damage_that_was_there_before_stops_nothing(store: Store, tmp_path: Path) -> None:
    source = _coco(tmp_path / "data.json")
    _cut(source)
    assert _imported(store, source).problems
    for _ in range(2):
        report = _imported(store, source)
        assert (report.again, report.changed, report.gone) == (True, 0, 0)
        assert [problem.code for problem in store.problems.loose(1)] == ["json"]


def test_an_annotation_that_is_not_there_any_more_takes_nothing_away(store: Store, tmp_path: Path) -> None:
    source = make(tmp_path / "data", 3)
    _imported(store, source)
    (before, *_) = store.stream()
    annotation, picture = (source / "train" / part for part in ("annos/000001.json", "image/000001.jpg"))
    whole = annotation.read_bytes()
    annotation.unlink()
    report = _imported(store, source)
    assert (report.changed, report.same, report.problems) == (0, 3, 1)
    (now, *_) = store.stream()
    assert _same(before, now)
    assert now.image.domain == "shop"
    assert [problem.code for problem in now.problems] == ["annotation-gone"]
    annotation.write_bytes(whole)
    assert _imported(store, source).same == 3
    assert store.problems.count() == 0
    assert picture.is_file()


@pytest.mark.parametrize(
    ("list", "whole", "damaged"),
    [
        (BOXES, "img/b.jpg  001 002 030 040", "img/b.jpg  001 002"),
        (BOXES, "img/b.jpg  001 002 030 040", "img/b.jpg  001 002 x 040"),
        (MARKS, "img/b.jpg  2  1  0 001 002", "img/b.jpg  2  1  0 x 002"),
    ],
)
def test_a_damaged_row_takes_nothing_away(
    list: str, whole: str, damaged: str, store: Store, tmp_path: Path
) -> None:
    path = _lists(tmp_path / "lists")
    _imported(store, path)
    before = [*store.stream()]
    assert before[1].garments[0].box is not None
    text = (path / list).read_text()
    (path / list).write_text(text.replace(whole, damaged))
    for _ in range(2):
        _imported(store, path)
        after = [*store.stream()]
        for name in ("box", "points", "visibility", "category_id", "clothes_type"):
            one, other = (getattr(record.garments[0], name) for record in (before[1], after[1]))
            assert np.array_equal(one, other)
        assert "damage-spared" in [problem.code for problem in after[1].problems]
    (path / list).write_text(text)
    assert _imported(store, path).kept == 0
    assert all(map(_same_places, before, store.stream()))
    assert not [p for record in store.stream() for p in record.problems if p.code == "damage-spared"]


def test_a_list_whose_only_word_of_an_image_is_damaged_does_not_delete_its_garment(
    store: Store, tmp_path: Path
) -> None:
    path = _lists(tmp_path / "lists")
    (path / MARKS).unlink()
    _imported(store, path, "landmarks")
    (path / BOXES).write_text((path / BOXES).read_text().replace("img/b.jpg  001", "img/b.jpg  x"))
    report = _imported(store, path, "landmarks")
    assert store.statistics.totals().garments == 3
    assert "box-damaged" in [problem.code for problem in report.listed]


def _same_places(one: ImageRecord, other: ImageRecord) -> bool:
    return np.array_equal(one.garments[0].box, other.garments[0].box) and np.array_equal(
        one.garments[0].points, other.garments[0].points
    )


MASKS = "Anno/segmentation/DeepFashion_segmentation_train.json"
WORDS = "Anno/list_description_inshop.json"


@pytest.mark.parametrize("gone", [MASKS, WORDS])
def test_masks_and_descriptions_that_are_gone_are_missed(gone: str, store: Store, tmp_path: Path) -> None:
    name = "img/WOMEN/Dresses/id_00000002/02_1_front.jpg"
    box = "image_name  clothes_type  pose_type  x_1  y_1  x_2  y_2"
    image = {"id": 1, "file_name": name, "width": 90, "height": 90}
    path = folder(
        tmp_path / "shop",
        {
            "Anno/list_bbox_inshop.txt": listed(box, f"{name}  3  1  010 020 030 040"),
            WORDS: json.dumps([{"item": "id_00000002", "color": "Red", "description": ["A dress"]}]),
            MASKS: json.dumps({"images": [image], "annotations": [], "categories": []}),
        },
    )
    _imported(store, path)
    assert _imported(store, path).same == 1
    (path / gone).unlink()
    with pytest.raises(FormatError, match=gone):
        _imported(store, path)

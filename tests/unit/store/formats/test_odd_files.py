"""What damaged datasets have taught, one by one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from store.errors import FormatError
from store.formats import registry
from store.formats.base import ReadOptions
from tests.unit.store.formats.list_folders import codes, folder, listed, read, write

BOXES = "Anno/list_bbox.txt"
MARKS = "Anno/list_landmarks.txt"
SHOP = "Anno/list_bbox_consumer2shop.txt"
PAIRS = "Eval/list_eval_partition.txt"
#: What makes it landmarks.
MARKED = listed("image_name  clothes_type  variation_type", "img/z.jpg  2  1" + "  0 001 002" * 4)


def _boxes(*names: str) -> str:
    return listed("image_name  x_1  y_1  x_2  y_2", *(f"{name}  001 002 003 004" for name in names))


def test_names_that_mean_the_same_picture_stay_two_images(tmp_path: Path) -> None:
    names = ("img/a.jpg", "img//a.jpg", "./img/a.jpg", "/x/b.jpg", "/y/../x/b.jpg")
    files = {BOXES: _boxes(*names), MARKS: MARKED}
    reader, found = read(folder(tmp_path / "in", files))
    assert len({one.image.name for one in found}) == len(names) + 1
    out = write(reader, found, tmp_path / "out")
    assert len(out[BOXES].splitlines()) == len(names) + 2


def test_text_of_two_bytes_a_character_is_told(tmp_path: Path) -> None:
    files = {BOXES: _boxes("img/a.jpg").encode("utf-16-be"), MARKS: MARKED}
    reader, found = read(folder(tmp_path, files), "landmarks")
    assert [(problem.code, problem.file) for problem in reader.problems()] == [("list-text", BOXES)]
    assert [one.image.name for one in found] == ["img/z.jpg"]


def test_a_row_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    files = {BOXES: _boxes("img/a.jpg", "img/\0.jpg", "img/c.jpg"), MARKS: MARKED}
    reader, found = read(folder(tmp_path, files))
    assert ("list-row", "line 4") in [(problem.code, problem.item) for problem in reader.problems()]
    assert {one.image.name for one in found} == {"img/a.jpg", "img/c.jpg", "img/z.jpg"}


def test_a_pair_with_an_image_that_gets_another_name_is_lost_and_the_garment_is_not(tmp_path: Path) -> None:
    files = {
        SHOP: listed(
            "image_name  clothes_type  source_type  x_1  y_1  x_2  y_2", "img/u.jpg  1  2  001 002 003 004"
        ),
        PAIRS: listed(
            "image_pair_name_1 image_pair_name_2 item_id evaluation_status",
            "img/u.jpg  elsewhere/s.jpg  id_00000001 train",
        ),
    }
    reader, found = read(folder(tmp_path / "in", files))
    assert [one.garments[0].item_id for one in found] == ["id_00000001"] * 2
    write(reader, found, tmp_path / "out")
    _, again = read(tmp_path / "out")
    assert {one.image.name for one in again} == {one.image.name for one in found}
    assert [one.garments[0].item_id for one in again] == ["id_00000001"] * 2


def test_a_comma_in_a_name_is_part_of_it(tmp_path: Path) -> None:
    files = {BOXES: _boxes("img/a,b.jpg", "img/c.jpg"), MARKS: MARKED}
    reader, found = read(folder(tmp_path / "in", files))
    tagged = [one.but(image=one.image.but(tags=("x",))) for one in found]
    write(reader, tagged, tmp_path / "out")
    _, again = read(tmp_path / "out")
    assert {one.image.name: one.image.tags for one in again} == {one.image.name: ("x",) for one in found}


def test_a_pipe_is_no_coco_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "out.json")
    with pytest.raises(FormatError, match="pipe"):
        registry.reader("coco", tmp_path / "out.json", ReadOptions())


def test_half_a_character_and_nothing_can_be_stored(tmp_path: Path) -> None:
    ours = {"tags": ["\ud800", "a\0b"], "split": "\udc00"}
    image = {"id": 1, "file_name": "a.jpg", "width": 3, "height": 4, "deepfashion_studio": ours}
    document = {"images": [image], "annotations": [], "categories": []}
    (tmp_path / "c.json").write_text(json.dumps(document))
    _, (found,) = read(tmp_path / "c.json")
    assert (found.image.tags, found.image.split) == (("�", "a�b"), "�")
    assert codes(found) == []

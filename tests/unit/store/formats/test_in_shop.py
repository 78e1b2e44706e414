"""The lists of the in-shop benchmark: products, sides, colours, attributes and descriptions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.formats import registry
from store.formats.base import ReadOptions
from tests.unit.store.formats.list_folders import (
    codes,
    damaged,
    folder,
    listed,
    read,
    read_and_written,
    write,
)

BLOUSE = "img/WOMEN/Blouses_Shirts/id_00000001"
FRONT, SIDE = f"{BLOUSE}/02_1_front.jpg", f"{BLOUSE}/02_2_side.jpg"
DRESS = "img/WOMEN/Dresses/id_00000002/02_1_front.jpg"
MARKS = "1  1  0 117 067  0 144 065  0 073 219  0 183 210  1 100 250  2 000 000"
SAID = [
    {"item": "id_00000001", "color": "Cream", "description": ["Sheer. ", "Unlined", '24" long']},
    {"item": "id_00000002", "color": "Heather grey", "description": ["Café dress"]},
]
FILES = {
    "Anno/list_bbox_inshop.txt": listed(
        "image_name  clothes_type  pose_type  x_1  y_1  x_2  y_2",
        f"{FRONT:<71}1  1  065 045 233 252",
        f"{SIDE:<71}1  2  001 002 100 200",
        f"{DRESS:<71}3  1  010 020 030 040",
    ),
    "Anno/list_landmarks_inshop.txt": listed("image_name clothes_type variation_type", f"{FRONT:<71}{MARKS}"),
    "Anno/list_item_inshop.txt": "2\nid_00000001\nid_00000002\n",
    "Anno/list_description_inshop.json": json.dumps(SAID, indent=4, ensure_ascii=False),
    "Anno/attributes/list_attr_cloth.txt": listed(
        "attribute_name", "lightweight", "heather grey", "high point shoulder"
    ),
    "Anno/attributes/list_attr_items.txt": listed(
        "item_id attribute_labels", "id_00000001  1 -1  0", "id_00000002 -1  0  1"
    ),
    "Anno/attributes/list_color_cloth.txt": listed(
        "image_name  clothes_color", f"{FRONT:<71}Cream ", f"{SIDE:<71}Cream ", f"{DRESS:<71}Heather grey "
    ),
    "Eval/list_eval_partition.txt": listed(
        "image_name item_id evaluation_status",
        f"{FRONT:<71}id_00000001 query      ",
        f"{SIDE:<71}id_00000001 gallery      ",
        f"{DRESS:<71}id_00000002 train      ",
    ),
}


def test_the_lists_say_what_the_page_of_formats_says(tmp_path: Path) -> None:
    reader, (front, side, dress) = read(folder(tmp_path, FILES))
    assert reader.format == "in-shop"
    assert [(one.image.split, one.image.role) for one in (front, side, dress)] == [
        ("test", "query"),
        ("test", "gallery"),
        ("train", ""),
    ]
    assert {str(one.image.domain) for one in (front, side, dress)} == {"shop"}
    (garment,) = front.garments
    assert (garment.item_id, garment.clothes_type, len(garment.points)) == ("id_00000001", 1, 6)
    assert garment.attributes == {"lightweight": 1, "heather grey": -1}
    assert garment.extra["in-shop"] == {"variation": 1, "pose": 1, "colour": "Cream", "described": SAID[:1]}
    assert side.garments[0].extra["in-shop"]["pose"] == 2
    assert dress.garments[0].extra["in-shop"]["colour"] == "Heather grey"
    assert dress.garments[0].attributes == {"lightweight": -1, "high point shoulder": 1}
    assert [code for record in (front, side, dress) for code in codes(record)] == []
    assert not reader.problems()


def test_untouched_lists_come_back_byte_for_byte(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path / "in", FILES))
    out = write(reader, found, tmp_path / "out")
    assert out == {name: text.encode() for name, text in FILES.items()}


def test_a_product_of_which_no_attribute_is_known_keeps_its_row(tmp_path: Path) -> None:
    name = "Anno/attributes/list_attr_items.txt"
    files = {**FILES, name: FILES[name].replace("-1  0  1", " 0  0  0")}
    reader, found = read(folder(tmp_path / "in", files))
    assert found[2].garments[0].attributes == {}
    assert write(reader, found, tmp_path / "out")[name] == files[name].encode()


def test_the_older_places_are_known(tmp_path: Path) -> None:
    files = {name.replace("Anno/attributes/", "Anno/"): text for name, text in FILES.items()}
    reader, found = read(folder(tmp_path / "in", files))
    assert found[0].garments[0].attributes == {"lightweight": 1, "heather grey": -1}
    assert write(reader, found, tmp_path / "out").keys() == files.keys()


def test_a_repaired_product_takes_its_own_description(tmp_path: Path) -> None:
    reader, (front, side, dress) = read(folder(tmp_path / "in", FILES))
    moved = side.but(garments=(side.garments[0].but(item_id="id_00000002"),))
    out = write(reader, [front, moved, dress], tmp_path / "out")
    assert out["Anno/list_description_inshop.json"].decode() == FILES["Anno/list_description_inshop.json"]
    again = read(tmp_path / "out")[1][1].garments[0]
    assert again.item_id == "id_00000002"
    assert again.extra["in-shop"]["described"] == SAID[1:]
    assert again.attributes == side.garments[0].attributes


DAMAGED = {
    "code-unknown": ("Anno/list_bbox_inshop.txt", "1  2  001", "1  9  001", "line 4"),
    "clothes-type": ("Anno/list_bbox_inshop.txt", "3  1  010", "x  1  010", "line 5"),
    "landmarks-length": ("Anno/list_landmarks_inshop.txt", MARKS, MARKS[:-4], "line 3"),
    "row-short": ("Eval/list_eval_partition.txt", "id_00000001 query", "id_00000001", "line 3"),
    "attributes-length": ("Anno/attributes/list_attr_items.txt", "-1  0  1", "-1  0  1  1", "line 4"),
}


@pytest.mark.parametrize("code", DAMAGED)
def test_a_damaged_row_is_told_and_the_rest_is_read(code: str, tmp_path: Path) -> None:
    name, before, after, line = DAMAGED[code]
    text = FILES[name].replace(before, after, 1)
    reader, found = read(folder(tmp_path / "in", {**FILES, name: text}))
    told = [problem for record in found for problem in record.problems]
    assert {(problem.code, problem.file, problem.item) for problem in told} == {(code, name, line)}
    out = write(reader, found, tmp_path / "out")
    if code != "attributes-length":
        assert out[name] == text.encode()


DESCRIPTIONS = {
    "[1, 2": "json",
    '{"item": "x"}': "json",
    "[]": "",
    '[{"color": "red"}, 7]': "description-damaged",
    "\udcff": "json",
}


@pytest.mark.parametrize("text", DESCRIPTIONS)
def test_damaged_descriptions_are_told_and_the_lists_are_read(text: str, tmp_path: Path) -> None:
    raw = text.encode("utf-8", "surrogateescape")
    reader, found = read(folder(tmp_path, {**FILES, "Anno/list_description_inshop.json": raw}))
    assert len(found) == 3
    assert {problem.code for problem in reader.problems()} == ({DESCRIPTIONS[text]} - {""})


# -- the masks -----------------------------------------------------------------------------------

LARGE = FRONT.replace("img/", "img_highres/")
CLASSES = (
    *(
        "top",
        "skirt",
        "leggings",
        "dress",
        "outer",
        "pants",
        "bag",
        "neckwear",
        "headwear",
        "eyeglass",
        "belt",
    ),
    *("footwear", "hair", "skin", "face"),
)


def masks(name: str) -> str:
    """A segmentation file with a dress as a polygon and hair as run lengths."""
    document = {
        "info": {},
        "images": [{"file_name": name, "height": 40, "width": 30, "id": 7}],
        "annotations": [
            {
                "segmentation": [[1, 2, 20, 2, 20, 30]],
                "area": 266.0,
                "iscrowd": 0,
                "image_id": 7,
                "bbox": [1, 2, 19, 28],
                "id": 1,
                "category_id": 4,
            },
            {
                "segmentation": {"size": [40, 30], "counts": [0, 40, 1160]},
                "area": 40,
                "iscrowd": 1,
                "image_id": 7,
                "bbox": [0, 0, 1, 40],
                "id": 2,
                "category_id": 13,
            },
        ],
        "categories": [
            {"supercategory": "CLOTHES", "id": i, "name": name} for i, name in enumerate(CLASSES, 1)
        ],
    }
    return json.dumps(document)


@pytest.mark.parametrize("word", ["segmentation", "instances"])
def test_masks_of_large_pictures_are_images_of_their_own(word: str, tmp_path: Path) -> None:
    name = f"Anno/segmentation/DeepFashion_{word}_query.json"
    reader, found = read(folder(tmp_path / "in", {**FILES, name: masks(LARGE)}))
    large = found[-1]
    assert [len(found), large.image.name, large.image.role, large.image.width] == [4, LARGE, "query", 30]
    names = {category.id: category.name for category in reader.categories()}
    assert [names[garment.category_id] for garment in large.garments] == ["dress", "hair"]
    assert large.garments[1].rle is not None
    assert [garment.item_id for garment in large.garments] == ["", ""]
    out = write(reader, found, tmp_path / "out")
    assert out["Anno/list_bbox_inshop.txt"] == FILES["Anno/list_bbox_inshop.txt"].encode()
    before = json.loads(masks(LARGE))
    after = json.loads(out["Anno/segmentation/DeepFashion_segmentation_query.json"])
    assert after["categories"] == before["categories"]
    for one, other in zip(before["annotations"], after["annotations"], strict=True):
        assert {**one, "image_id": 4} == other
    reader, (*_, again) = read(tmp_path / "out")
    assert [{c.id: c.name for c in reader.categories()}[g.category_id] for g in again.garments] == [
        "dress",
        "hair",
    ]
    local = frozenset({"category_id"})
    assert all(a.same_as(b, local) for a, b in zip(large.garments, again.garments, strict=True))


def test_masks_of_listed_pictures_follow_their_garment(tmp_path: Path) -> None:
    name = "Anno/segmentation/DeepFashion_segmentation_query.json"
    reader, found = read(folder(tmp_path / "in", {**FILES, name: masks(FRONT)}))
    (front,) = (record for record in found if record.image.name == FRONT)
    assert [len(found), len(front.garments), len(front.garments[0].points)] == [3, 3, 6]
    write(reader, found, tmp_path / "out")
    again = {record.image.name: record for record in read(tmp_path / "out")[1]}
    assert [len(again), len(again[FRONT].garments)] == [3, 3]
    assert again[FRONT].garments[1].polygons[0].tolist() == [[1, 2], [20, 2], [20, 30]]


def test_masks_that_were_changed_elsewhere_count(tmp_path: Path) -> None:
    name = "Anno/segmentation/DeepFashion_segmentation_query.json"
    reader, found = read(folder(tmp_path / "in", {**FILES, name: masks(FRONT)}))
    write(reader, found, tmp_path / "out")
    place = tmp_path / "out" / name
    document = json.loads(place.read_text())
    document["annotations"] = document["annotations"][:1]
    place.write_text(json.dumps(document))
    reader, found = read(tmp_path / "out")
    (front,) = (record for record in found if record.image.name == FRONT)
    assert len(front.garments) == 2
    assert "masks-changed" in [problem.code for problem in reader.problems()]


def test_damaged_masks_do_not_stop_the_lists(tmp_path: Path) -> None:
    name = "Anno/segmentation/DeepFashion_segmentation_query.json"
    reader, found = read(folder(tmp_path, {**FILES, name: "[1, 2"}))
    assert len(found) == 3
    assert [(problem.code, problem.file) for problem in reader.problems()] == [("json", name)]


# -- the samples ---------------------------------------------------------------------------------


def test_the_real_descriptions_come_back_byte_for_byte(samples: Path, tmp_path: Path) -> None:
    raw = (samples / "inshop" / "list_description_inshop_2items.json").read_bytes()
    name = "Anno/list_description_inshop.json"
    files = {key: text.replace("id_00000002", "id_00000009") for key, text in FILES.items()}
    reader, found = read(folder(tmp_path / "in", {**files, name: raw}))
    assert found[2].garments[0].extra["in-shop"]["described"][0]["color"] == "Cream-multi"
    assert write(reader, found, tmp_path / "out")[name] == raw


def test_the_real_partition_comes_back_byte_for_byte(samples: Path, tmp_path: Path) -> None:
    raw = (samples / "inshop" / "list_eval_partition_first_rows.txt").read_bytes()
    reader, found = read(folder(tmp_path / "in", {"Eval/list_eval_partition.txt": raw}))
    assert reader.format == "in-shop"
    assert [record.garments[0].item_id for record in found] == ["id_00000002"] * 2
    assert [problem.code for problem in reader.problems()] == ["list-count"]
    out = write(reader, found, tmp_path / "out")["Eval/list_eval_partition.txt"]
    assert out.split(b"\n")[1:] == raw.split(b"\n")[1:]


def test_the_463_names_are_read_without_a_count(samples: Path, tmp_path: Path) -> None:
    raw = (samples / "inshop" / "list_attr_cloth_463_names.txt").read_bytes()
    items = listed("item_id attribute_labels", f"id_00000001 {' 1' * 463}")
    files = {
        **FILES,
        "Anno/attributes/list_attr_cloth.txt": raw,
        "Anno/attributes/list_attr_items.txt": items,
    }
    reader, found = read(folder(tmp_path, files))
    assert len(found[0].garments[0].attributes) == 463
    assert "high point shoulder" in found[0].garments[0].attributes
    assert "list-count" in [problem.code for problem in reader.problems()]


def test_colours_are_read_from_a_table_with_commas(samples: Path, tmp_path: Path) -> None:
    raw = (samples / "inshop" / "list_color_cloth_first300.csv").read_bytes()
    files = {name: text for name, text in FILES.items() if "color" not in name}
    _, found = read(folder(tmp_path, {**files, "Anno/attributes/list_color_cloth.csv": raw}))
    by_name = {record.image.name: record.garments[0].extra.get("in-shop", {}) for record in found}
    assert by_name[FRONT]["colour"] == "Cream"
    assert any(" " in facts.get("colour", "") for facts in by_name.values())


@settings(max_examples=15)
@given(data=st.data())
def test_no_damage_stops_the_reading(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("fuzz")
    files = damaged(data, FILES)
    bbox = "Anno/list_bbox_inshop.txt"
    reader = registry.reader("in-shop", folder(place, {bbox: FILES[bbox], **files}), ReadOptions())
    read_and_written(reader, place / "out")

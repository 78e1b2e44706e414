"""The lists of the consumer-to-shop benchmark: pairs, products, and attributes of products."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.formats import registry
from store.formats.base import ReadOptions, WriteOptions
from store.records import Domain
from tests.unit.store.formats.list_folders import (
    codes,
    damaged,
    folder,
    listed,
    read,
    read_and_written,
    write,
)

HOME = "img/TOPS/T_Shirt/id_00000218"
USER, OTHER, SHOP, SECOND = (
    f"{HOME}/{name}.jpg" for name in ("comsumer_01", "comsumer_02", "shop_01", "shop_02")
)
SKIRT = "img/SKIRTS/Skirt/id_00000300/comsumer_01.jpg"
MARKS = "1  1  0 117 067  0 144 065  0 073 219  0 183 210  1 100 250  2 000 000"
FILES = {
    "Anno/list_bbox_consumer2shop.txt": listed(
        "image_name  clothes_type  source_type  x_1  y_1  x_2  y_2",
        *(
            f"{name:<60}{said}"
            for name, said in (
                (USER, "1  2  010 020 200 280"),
                (OTHER, "1  2  001 002 003 004"),
                (SHOP, "1  1  005 006 150 290"),
                (SECOND, "1  1  005 006 150 290"),
                (SKIRT, "2  2  001 001 050 060"),
            )
        ),
    ),
    "Anno/list_landmarks_consumer2shop.txt": listed(
        "image_name clothes_type", f"{USER}  {MARKS}", f"{SHOP}  {MARKS}"
    ),
    "Anno/list_item_consumer2shop.txt": "2\nid_00000218\nid_00000300\n",
    "Anno/list_attr_cloth.txt": listed(
        "attribute_name attribute_type", "圆领 round collar 1", "长款 (女) long 2", "条纹 striped 3"
    ),
    "Anno/list_attr_type.txt": listed("type_name", "领型 collar 1", "衣长 length 2"),
    "Anno/list_attr_items.txt": listed(
        "item_id attribute_labels", "id_00000218  1 -1  0", "id_00000300 -1  0  1"
    ),
    "Eval/list_eval_partition.txt": listed(
        "image_pair_name_1 image_pair_name_2 item_id evaluation_status",
        *(f"{one}  {two}  id_00000218 train" for one, two in ((USER, SHOP), (USER, SECOND), (OTHER, SHOP))),
    ),
}


def test_the_lists_say_what_the_page_of_formats_says(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path, FILES))
    assert reader.format == "consumer-to-shop"
    assert [record.image.name for record in found] == [USER, OTHER, SHOP, SECOND, SKIRT]
    assert [str(record.image.domain) for record in found] == [
        "consumer",
        "consumer",
        "shop",
        "shop",
        "consumer",
    ]
    assert [record.image.split for record in found] == ["train"] * 4 + [""]
    assert [record.garments[0].item_id for record in found] == ["id_00000218"] * 4 + ["id_00000300"]
    assert found[0].garments[0].attributes == {"round collar": 1, "long": -1}
    assert found[4].garments[0].attributes == {"round collar": -1, "striped": 1}
    assert found[0].image.extra == {"consumer-to-shop": {"pairs": [SHOP, SECOND]}}
    assert [code for record in found for code in codes(record)] == []
    assert not reader.problems()


def test_untouched_lists_come_back_byte_for_byte(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path / "in", FILES))
    out = write(reader, found, tmp_path / "out")
    assert out == {name: text.encode() for name, text in FILES.items()}


def test_a_part_keeps_the_pairs_that_are_whole_and_says_which_are_not(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path / "in", FILES))
    part = [found[0], found[2]]
    writer = registry.writer("consumer-to-shop", tmp_path / "x", WriteOptions())
    writer.begin([], [], [record.image for record in part])
    lost = writer.losses(part[0])
    writer.abort()
    assert lost["pairs with images that are not exported", False, "left out"] == 1
    out = write(reader, part, tmp_path / "out")
    assert out["Eval/list_eval_partition.txt"].decode().splitlines()[0] == "1"
    again = read(tmp_path / "out")[1]
    assert [record.image.split for record in again] == ["train", "train"]


def test_a_repaired_product_is_written_and_comes_back(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path / "in", FILES))
    moved = [record.but(garments=(record.garments[0].but(item_id="id_00000999"),)) for record in found[:3:2]]
    write(reader, [moved[0], found[1], moved[1], *found[3:]], tmp_path / "out")
    again = read(tmp_path / "out")[1]
    assert [record.garments[0].item_id[-3:] for record in again] == ["999", "218", "999", "218", "300"]


def test_products_of_another_format_are_paired(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path / "in", FILES))
    foreign = [
        record.but(
            image=record.image.but(extra={}, name=f"{n}.jpg", split="validation"),
            garments=(record.garments[0].but(item_id="", pair_id=7, style=style),),
        )
        for n, (record, style) in enumerate(zip(found[:4], (1, 2, 1, 1), strict=True))
    ]
    out = write(reader, foreign, tmp_path / "out")
    rows = out["Eval/list_eval_partition.txt"].decode().splitlines()[2:]
    assert rows == [f"img/0.jpg  img/{n}.jpg  id_00000007_1 val" for n in (2, 3)]
    again = read(tmp_path / "out")[1]
    assert [(r.image.name, r.image.split, r.garments[0].item_id, r.garments[0].style) for r in again] == [
        (r.image.name, "validation", "", r.garments[0].style) for r in foreign
    ]


DAMAGED = {
    "code-unknown": ("Anno/list_bbox_consumer2shop.txt", "1  2  010", "1  9  010", "line 3"),
    "clothes-type": ("Anno/list_bbox_consumer2shop.txt", "2  2  001", "x  2  001", "line 7"),
    "box-damaged": ("Anno/list_bbox_consumer2shop.txt", "010 020 200 280", "010 020", "line 3"),
    "row-short": (
        "Eval/list_eval_partition.txt",
        f"{OTHER}  {SHOP}  id_00000218 train",
        f"{OTHER}  {SHOP}",
        "line 5",
    ),
    "attributes-length": ("Anno/list_attr_items.txt", "-1  0  1", "-1  0  1  1", "line 4"),
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


def test_pairs_alone_are_a_dataset(tmp_path: Path) -> None:
    name = "Eval/list_eval_partition.txt"
    reader, found = read(folder(tmp_path, {name: FILES[name]}))
    assert reader.format == "consumer-to-shop"
    assert {record.image.name: record.image.domain for record in found} == {
        USER: Domain.CONSUMER,
        OTHER: Domain.CONSUMER,
        SHOP: Domain.SHOP,
        SECOND: Domain.SHOP,
    }


@settings(max_examples=15)
@given(data=st.data())
def test_no_damage_stops_the_reading(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("fuzz")
    files = damaged(data, FILES)
    bbox = "Anno/list_bbox_consumer2shop.txt"
    reader = registry.reader("consumer-to-shop", folder(place, {bbox: FILES[bbox], **files}), ReadOptions())
    read_and_written(reader, place / "out")

"""The lists of the category and attribute benchmark, coarse and fine, and the files of its splits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.taxonomy import clothes_categories, fine_attributes
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

ONE, TWO = "img/Sheer_Pleated-Front_Blouse/img_00000001.jpg", "img/Dress/img_00000002.jpg"
BLOUSE = "1  0 146 102  0 173 095  0 094 242  0 205 255  0 136 229  0 177 232 "
DRESS = "3  0 146 102  0 173 095  0 094 242  0 205 255  1 136 229  0 177 232  2 000 000  0 005 006 "
FIFTY = listed("category_name  category_type", *(f"{c.name:<15}{c.type}" for c in clothes_categories()))
COARSE = {
    "Anno/list_category_cloth.txt": FIFTY,
    "Anno/list_category_img.txt": listed("image_name  category_label", f"{ONE:<71}3", f"{TWO:<71}41"),
    "Anno/list_attr_cloth.txt": listed(
        "attribute_name   attribute_type",
        "a-line                    3",
        "abstract print            1",
        "abstract  1",
    ),
    "Anno/list_attr_img.txt": listed(
        "image_name  attribute_labels", f"{ONE:<72} 1 -1  0", f"{TWO:<72}-1  0 -1"
    ),
    "Anno/list_bbox.txt": listed(
        "image_name  x_1  y_1  x_2  y_2", f"{ONE}  072 079 232 273", f"{TWO}  001 002 100 200"
    ),
    "Anno/list_landmarks.txt": listed(
        "image_name clothes_type landmark_visibility_1", f"{ONE:<72}{BLOUSE}", f"{TWO:<72}{DRESS}"
    ),
    "Eval/list_eval_partition.txt": listed("image_name  evaluation_status", f"{ONE}  train", f"{TWO}  val"),
}


def test_the_lists_say_what_the_page_of_formats_says(tmp_path: Path) -> None:
    reader, (blouse, dress) = read(folder(tmp_path, COARSE))
    assert reader.format == "category-attribute"
    assert [(c.name, c.schema.size) for c in reader.categories()] == [("Blouse", 6), ("Dress", 8)]
    (garment,) = blouse.garments
    assert (garment.clothes_category, garment.clothes_type) == (3, 1)
    assert garment.attributes == {"a-line": 1, "abstract print": -1}
    assert dress.garments[0].attributes == {"a-line": -1, "abstract": -1}
    assert garment.points[0].tolist() == [146, 102]
    assert [blouse.image.split, dress.image.split] == ["train", "val"]
    assert dress.garments[0].visibility.tolist() == [2, 2, 2, 2, 1, 2, 3, 2]
    assert [*codes(blouse), *codes(dress), *reader.problems()] == []


def test_untouched_lists_come_back_byte_for_byte(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path / "in", COARSE))
    assert all(not record.image.extra for record in found)
    out = write(reader, found, tmp_path / "out")
    assert out == {name: text.encode() for name, text in COARSE.items()}


def test_a_corrected_category_is_written_by_its_name(tmp_path: Path) -> None:
    reader, (blouse, dress) = read(folder(tmp_path / "in", COARSE))
    garment = blouse.garments[0].but(category_id=dress.garments[0].category_id)
    out = write(reader, [blouse.but(garments=(garment,)), dress], tmp_path / "out")
    assert out["Anno/list_category_img.txt"].decode().splitlines()[2] == f"{ONE:<71}41"
    _, (again, _) = read(tmp_path / "out")
    assert (again.garments[0].clothes_category, len(again.garments[0].points)) == (3, 6)


def test_an_attribute_that_the_list_lacks_is_added_for_all(tmp_path: Path) -> None:
    reader, (blouse, dress) = read(folder(tmp_path / "in", COARSE))
    new = dress.garments[0].but(attributes={"a-line": -1, "very long": 1})
    out = write(reader, [blouse, dress.but(garments=(new,))], tmp_path / "out")
    assert out["Anno/list_attr_cloth.txt"].decode().splitlines()[0] == "4"
    rows = [line.split()[1:] for line in out["Anno/list_attr_img.txt"].decode().splitlines()[2:]]
    assert rows == [["1", "-1", "0", "0"], ["-1", "0", "0", "1"]]
    assert read(tmp_path / "out")[1][1].garments[0].attributes == {"a-line": -1, "very long": 1}


DAMAGED = {
    "category-unknown": ("Anno/list_category_img.txt", "41", "77"),
    "attributes-length": ("Anno/list_attr_img.txt", "-1  0 -1", "-1  0"),
    "attribute-value": ("Anno/list_attr_img.txt", "-1  0 -1", "-1  7 -1"),
    "landmarks-length": ("Anno/list_landmarks.txt", DRESS, DRESS[:-5]),
    "box-damaged": ("Anno/list_bbox.txt", "001 002 100 200", "001 002 100 x"),
}


@pytest.mark.parametrize("code", DAMAGED)
def test_a_damaged_row_is_told_and_comes_back(code: str, tmp_path: Path) -> None:
    name, before, after = DAMAGED[code]
    text = COARSE[name].replace(before, after)
    reader, found = read(folder(tmp_path / "in", {**COARSE, name: text}))
    assert codes(found[0]) == []
    (problem,) = found[1].problems
    assert (problem.code, problem.file, problem.item) == (code, name, "line 4")
    assert write(reader, found, tmp_path / "out")[name] == text.encode()


# -- the 26, and the files of the splits ---------------------------------------------------------

ATTRIBUTES = " ".join(
    "1" if name in ("floral", "long_sleeve", "denim") else "0" for _, name in fine_attributes()
)
SPLITS = {
    "Anno_fine/train.txt": f"{ONE}\n",
    "Anno_fine/train_attr.txt": f"{ATTRIBUTES}\n",
    "Anno_fine/train_bbox.txt": "72 79 232 273\n",
    "Anno_fine/train_cate.txt": "3\n",
    "Anno_fine/train_landmards.txt": "146 102 173 95 94 242 205 255 136 229 0 0 0 0 0 0\n",
    "Anno_fine/val.txt": f"{TWO}\n",
    "Anno_fine/val_attr.txt": "0 " * 25 + "1\n",
    "Anno_fine/val_bbox.txt": "1 2 100 200\n",
    "Anno_fine/val_cate.txt": "41\n",
    "Anno_fine/val_landmards.txt": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
}


def test_the_files_of_the_splits_are_read_by_row(tmp_path: Path) -> None:
    reader, (one, two) = read(folder(tmp_path, SPLITS))
    assert (reader.format, one.image.split, two.image.split) == ("category-attribute", "train", "val")
    garment = one.garments[0]
    assert garment.attributes == {"floral": 1, "long_sleeve": 1, "denim": 1}
    assert garment.box is not None
    assert (garment.box.tolist(), garment.clothes_category) == ([72, 79, 232, 273], 3)
    assert garment.visibility.tolist() == [2, 2, 2, 2, 2, 0]
    assert two.garments[0].points[-1].tolist() == [15, 16]
    assert [problem.code for problem in reader.problems()] == ["landmarks-plain"]


def test_the_other_spelling_of_landmarks_will_do(tmp_path: Path) -> None:
    files = {name.replace("landmards", "landmarks"): text for name, text in SPLITS.items()}
    assert len(read(folder(tmp_path, files))[1][1].garments[0].points) == 8


def test_untouched_files_of_the_splits_come_back_with_the_lists_beside_them(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path / "in", SPLITS))
    out = write(reader, found, tmp_path / "out")
    assert {name: text for name, text in out.items() if name in SPLITS} == {
        n: t.encode() for n, t in SPLITS.items()
    }
    assert "Anno_fine/list_attr_img.txt" in out
    assert [codes(record) for record in read(tmp_path / "out")[1]] == [[], []]


def test_a_file_of_another_length_is_not_mixed_up(tmp_path: Path) -> None:
    reader, (one, two) = read(folder(tmp_path, {**SPLITS, "Anno_fine/train_bbox.txt": "1 2 3 4\n5 6 7 8\n"}))
    assert one.garments[0].box is None
    assert two.garments[0].box is not None
    assert "Anno_fine/train_bbox.txt" in [problem.file for problem in reader.problems()]


def test_attributes_may_be_places_in_their_groups(tmp_path: Path) -> None:
    files = {**SPLITS, "Anno_fine/train_attr.txt": "0 2 1 0 5 2\n", "Anno_fine/val_attr.txt": "6 0 0 0 0 0\n"}
    one, _ = read(folder(tmp_path, files))[1]
    yes = [name for name, said in one.garments[0].attributes.items() if said == 1]
    assert yes == ["floral", "sleeveless", "mini_length", "crew_neckline", "knit", "conventional"]
    assert len(one.garments[0].attributes) == 26


def test_with_both_layouts_there_the_folder_decides(tmp_path: Path) -> None:
    folder(tmp_path, {**COARSE, **SPLITS})
    assert read(tmp_path)[1][0].garments[0].attributes == {"a-line": 1, "abstract print": -1}
    assert "floral" in read(tmp_path / "Anno_fine")[1][0].garments[0].attributes


# -- the samples ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("list_category_cloth.txt", []),
        ("list_category_cloth_46rows_count_says_50.txt", ["list-count", "category-list"]),
        ("list_category_cloth_blank_count_line.txt", ["list-count"]),
        ("list_category_cloth_tabs_no_count.txt", ["list-count"]),
    ],
)
def test_real_lists_of_categories_are_read(name: str, told: list[str], samples: Path, tmp_path: Path) -> None:
    text = (samples / "category_attribute" / name).read_bytes()
    reader, found = read(folder(tmp_path, {**COARSE, "Anno/list_category_cloth.txt": text}))
    assert [problem.code for problem in reader.problems()] == told
    assert [record.garments[0].clothes_category for record in found] == [3, 41]


def test_real_first_rows_come_back_byte_for_byte(samples: Path, tmp_path: Path) -> None:
    real = samples / "category_attribute"
    files = {
        "Anno/list_category_img.txt": (real / "list_category_img_first_rows.txt").read_bytes(),
        "Anno/list_landmarks.txt": b"1\nimage_name\n" + (real / "list_landmarks_first_row.txt").read_bytes(),
    }
    reader, found = read(folder(tmp_path / "in", files))
    assert [problem.code for problem in reader.problems()] == ["list-count"]
    assert found[0].garments[0].points.tolist()[-1] == [177, 232]
    out = write(reader, found, tmp_path / "out")
    for name, text in files.items():
        assert out[name].split(b"\n")[1:] == text.split(b"\n")[1:]


@settings(max_examples=15)
@given(data=st.data())
def test_no_damage_stops_the_reading(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("fuzz")
    files = damaged(data, {**COARSE, **SPLITS})
    folder(place, {**files, "Anno/list_bbox.txt": COARSE["Anno/list_bbox.txt"]})
    reader = registry.reader("category-attribute", place, ReadOptions())
    read_and_written(reader, place / "out")

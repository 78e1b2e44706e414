"""The lists of the landmark benchmark: as they are, as they are met in the wild, and damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.formats import registry
from store.formats.base import ReadOptions
from store.records import Visibility
from tests.unit.store.formats.list_folders import (
    codes,
    damaged,
    folder,
    listed,
    read,
    read_and_written,
    write,
)

MARKS = (
    "image_name clothes_type variation_type landmark_visibility_1 landmark_location_x_1 landmark_location_y_1"
)
FULL = "3  1  0 071 019  0 127 015  0 037 080  0 162 071  0 060 112  1 145 109  2 000 000  0 172 235"
LOWER = "2  4  0 010 020  0 030 020  0 010 090  2 000 000"
FILES = {
    "Anno/list_landmarks.txt": listed(
        MARKS, f"img/img_00000132.jpg  {FULL}", f"img/img_00000128.jpg  {LOWER}"
    ),
    "Anno/list_bbox.txt": listed(
        "image_name  x_1  y_1  x_2  y_2",
        "img/img_00000132.jpg  001 001 200 250",
        "img/img_00000128.jpg  005 010 100 200",
    ),
    "Eval/list_eval_partition.txt": listed(
        "image_name  evaluation_status", "img/img_00000132.jpg  test", "img/img_00000128.jpg  train"
    ),
}


def test_the_lists_say_what_the_page_of_formats_says(tmp_path: Path) -> None:
    reader, (full, lower) = read(folder(tmp_path, FILES))
    assert reader.format == "landmarks"
    assert [category.name for category in reader.categories()] == ["lower-body", "full-body"]
    assert (full.image.name, full.image.split) == ("img/img_00000132.jpg", "test")
    (garment,) = full.garments
    assert garment.clothes_type == 3
    assert garment.box is not None
    assert garment.box.tolist() == [1, 1, 200, 250]
    assert garment.points[0].tolist() == [71, 19]
    assert garment.visibility.tolist() == [2, 2, 2, 2, 2, 1, 3, 2]
    assert garment.extra == {"landmarks": {"variation": 1}}
    assert len(lower.garments[0].points) == 4
    assert [*codes(full), *codes(lower), *reader.problems()] == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", " ", "   "])
@pytest.mark.parametrize("gap", ["  ", " ", "\t", "          "])
def test_untouched_lists_come_back_byte_for_byte(newline: str, end: str, gap: str, tmp_path: Path) -> None:
    files = {
        name: text.replace(".jpg  ", f".jpg{gap}").replace("\n", f"{end}\n").replace("\n", newline)
        for name, text in FILES.items()
    }
    files = {name: text.replace(end + newline, newline, 2) for name, text in files.items()}
    reader, found = read(folder(tmp_path / "in", files))
    assert all(not record.image.extra for record in found)
    out = write(reader, found, tmp_path / "out")
    assert out == {name: text.encode() for name, text in files.items()}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["Anno", "Eval"]


def test_rows_of_another_make_come_back_as_well(tmp_path: Path) -> None:
    odd = FILES["Anno/list_bbox.txt"].replace("005 010 100 200", "5   10 100.50 0200 ")
    reader, found = read(folder(tmp_path / "in", {**FILES, "Anno/list_bbox.txt": odd}))
    box = found[1].garments[0].box
    assert box is not None
    assert box.tolist() == [5, 10, 100.5, 200]
    assert write(reader, found, tmp_path / "out")["Anno/list_bbox.txt"] == odd.encode()


def test_a_corrected_garment_is_written_anew_and_the_others_are_not(tmp_path: Path) -> None:
    reader, (full, lower) = read(folder(tmp_path / "in", FILES))
    points = full.garments[0].points.copy()
    points[0] = (80.4, 20)
    moved = full.but(garments=(full.garments[0].but(points=points),))
    out = write(reader, [moved, lower], tmp_path / "out")
    assert out["Anno/list_landmarks.txt"].decode() == FILES["Anno/list_landmarks.txt"].replace(
        "071 019", "080 020"
    )
    assert out["Anno/list_bbox.txt"].decode() == FILES["Anno/list_bbox.txt"]


def test_a_removed_garment_has_no_rows_and_its_image_stays(tmp_path: Path) -> None:
    reader, (full, lower) = read(folder(tmp_path / "in", FILES))
    out = write(reader, [full.but(garments=()), lower], tmp_path / "out")
    assert b"132" not in out["Anno/list_bbox.txt"]
    assert out["Anno/list_bbox.txt"].startswith(b"1\n")
    assert [len(record.garments) for record in read(tmp_path / "out")[1]] == [0, 1]


VARIANTS = {
    "no count": ("2\nimage", "image", "list-count"),
    "blank count": ("2\nimage", "\nimage", "list-count"),
    "another count": ("2\nimage", "50\nimage", "list-count"),
    "tabs": ("  ", "\t", ""),
    "a byte order mark": ("2\n", "\ufeff2\n", ""),
    "no column line": ("image_name  x_1  y_1  x_2  y_2\n", "", ""),
    "Windows": ("\n", "\r\n", ""),
    "no padding": ("005 010", "5 10", ""),
    "blank lines": ("200\n", "200\n\n", ""),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_lists_as_they_are_met_are_read(variant: str, tmp_path: Path) -> None:
    before, after, code = VARIANTS[variant]
    text = FILES["Anno/list_bbox.txt"].replace(before, after)
    reader, found = read(folder(tmp_path, {**FILES, "Anno/list_bbox.txt": text}))
    boxes = [record.garments[0].box for record in found]
    assert [box.tolist() for box in boxes if box is not None] == [[1, 1, 200, 250], [5, 10, 100, 200]]
    assert [problem.code for problem in reader.problems()] == ([code] if code else [])
    assert [codes(record) for record in found] == [[], []]


DAMAGED = {
    "landmarks-length": ("Anno/list_landmarks.txt", LOWER, LOWER[:-4]),
    "landmarks-damaged": ("Anno/list_landmarks.txt", "0 010 020", "0 nan 020"),
    "landmark-visibility": ("Anno/list_landmarks.txt", "0 010 020", "5 010 020"),
    "landmark-at-origin": ("Anno/list_landmarks.txt", "0 010 020", "0 000 000"),
    "clothes-type": ("Anno/list_landmarks.txt", LOWER, f"7{LOWER[1:]}"),
    "code-unknown": ("Anno/list_landmarks.txt", LOWER, f"2  9{LOWER[4:]}"),
    "box-damaged": ("Anno/list_bbox.txt", "005 010 100 200", "005 010 100"),
    "box-corners": ("Anno/list_bbox.txt", "005 010 100 200", "100 200 005 010"),
    "row-short": ("Eval/list_eval_partition.txt", "128.jpg  train", "128.jpg"),
}


@pytest.mark.parametrize("code", DAMAGED)
def test_a_damaged_row_is_told_and_comes_back(code: str, tmp_path: Path) -> None:
    name, before, after = DAMAGED[code]
    text = FILES[name].replace(before, after)
    assert text != FILES[name]
    reader, found = read(folder(tmp_path / "in", {**FILES, name: text}), "landmarks")
    assert codes(found[0]) == []
    (problem,) = found[1].problems
    assert (problem.code, problem.file, problem.item) == (code, name, "line 4")
    out = write(reader, found, tmp_path / "out")
    assert out == {path: said.encode() for path, said in {**FILES, name: text}.items()}


def test_what_only_one_list_knows_is_an_image_too(tmp_path: Path) -> None:
    box = FILES["Anno/list_bbox.txt"].replace("img_00000128", "img_00000777")
    _, found = read(folder(tmp_path, {**FILES, "Anno/list_bbox.txt": box}))
    assert [record.image.name[-7:] for record in found] == ["132.jpg", "128.jpg", "777.jpg"]
    assert [record.image.split for record in found] == ["test", "train", ""]
    assert found[2].garments[0].clothes_type is None


def test_a_second_row_of_an_image_is_told(tmp_path: Path) -> None:
    box = FILES["Anno/list_bbox.txt"].replace("2\n", "3\n", 1) + "img/img_00000132.jpg  007 007 008 008\n"
    _, found = read(folder(tmp_path, {**FILES, "Anno/list_bbox.txt": box}))
    (problem,) = found[0].problems
    assert (problem.code, problem.item) == ("row-twice", "line 5")
    assert found[0].garments[0].box is not None
    assert found[0].garments[0].box.tolist() == [1, 1, 200, 250]


def test_joints_are_kept_as_they_stand(tmp_path: Path) -> None:
    columns = (
        "image_name clothes_type variation_type joint_visibility_1 joint_location_x_1 joint_location_y_1"
    )
    joints = "  ".join(f"{n % 2} {n:03d} {2 * n:03d}" for n in range(1, 15))
    rows = (f"img/img_00000132.jpg  3  1  {joints}", "img/img_00000128.jpg  2  4")
    files = {**FILES, "Anno/list_joints.txt": listed(columns, *rows)}
    reader, found = read(folder(tmp_path / "in", files))
    assert found[0].garments[0].extra["landmarks"]["joints"][:6] == [1, 1, 2, 0, 2, 4]
    assert [codes(record) for record in found] == [[], []]
    assert write(reader, found, tmp_path / "out") == {name: text.encode() for name, text in files.items()}


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/passwd", "img/../../b.jpg"])
def test_a_name_that_leads_outside_is_never_followed(name: str, tmp_path: Path) -> None:
    files = {path: text.replace("img/img_00000128.jpg", name) for path, text in FILES.items()}
    _, found = read(folder(tmp_path, files))
    assert found[1].image.state == "missing"
    assert codes(found[1]) == ["file-name"]
    assert ".." not in found[1].image.name
    assert not found[1].image.name.startswith("/")


def test_pictures_are_found_below_img(tmp_path: Path) -> None:
    folder(tmp_path, {**FILES, "Img/img/img_00000132.jpg": b"x"})
    assert read(tmp_path)[0].images_root == tmp_path / "Img"
    assert read(tmp_path / "Anno")[0].images_root == tmp_path / "Img"
    assert read(tmp_path / "Anno" / "list_landmarks.txt")[0].images_root == tmp_path / "Img"


def test_a_deepfashion2_garment_has_its_landmarks_among_the_eight(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path / "in", FILES))
    points = np.arange(74.0).reshape(37, 2) + 1
    states = np.full(37, Visibility.VISIBLE, np.uint8)
    dress = found[0].garments[0].but(category_id=11, points=points, visibility=states, clothes_type=None)
    out = write(reader, [found[0].but(garments=(dress,)), found[1]], tmp_path / "out")
    row = out["Anno/list_landmarks.txt"].decode().splitlines()[2].split()
    assert row[1:6] == ["3", "1", "0", "003", "004"]
    _, (again, _) = read(tmp_path / "out")
    assert again.garments[0].category_id == 11
    assert np.array_equal(again.garments[0].points, points)


def test_rows_that_were_changed_elsewhere_count(tmp_path: Path) -> None:
    reader, found = read(folder(tmp_path / "in", FILES))
    tagged = found[0].but(image=found[0].image.but(tags=("odd",)))
    polygon = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 1.0]])
    write(
        reader,
        [tagged.but(garments=(found[0].garments[0].but(polygons=(polygon,)),)), found[1]],
        tmp_path / "out",
    )
    place = tmp_path / "out" / "Anno" / "list_bbox.txt"
    place.write_text(place.read_text().replace("001 001 200 250", "002 002 100 100"))
    _, (again, _) = read(tmp_path / "out")
    assert codes(again) == ["row-changed"]
    assert again.garments[0].box is not None
    assert again.garments[0].box.tolist() == [2, 2, 100, 100]
    assert again.image.tags == ("odd",)
    assert len(again.garments[0].polygons) == 1


@settings(max_examples=60)
@given(data=st.data())
def test_no_damage_stops_the_reading(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("fuzz")
    files = {name: text.encode() for name, text in FILES.items()}
    reader = registry.reader("landmarks", folder(place, {**files, **damaged(data, FILES)}), ReadOptions())
    read_and_written(reader, place / "out")

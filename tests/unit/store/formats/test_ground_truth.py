"""The query and gallery ground truth of DeepFashion2's retrieval benchmark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from store.errors import FormatError
from store.formats import registry
from store.formats.base import ReadOptions
from store.records import Domain
from tests.unit.store.formats.list_folders import codes, read, write
from tests.unit.store.small_dataset import skirt

QUERY = [
    {"style": 2, "pair_id": 1, "query_image_id": 1, "bbox": [1, 2, 30, 40], "cls": 9},
    {"style": 0, "pair_id": 1, "query_image_id": 1, "bbox": [5, 6, 7, 8], "cls": 9},
]
GALLERY = [{"gallery_image_id": 2, "style": 2, "pair_id": 1, "bbox": [1, 2, 30, 40]}]


def _annotation(source: str, **items: Any) -> str:
    return json.dumps({"source": source, "pair_id": 1, **items})


def _dataset(folder: Path, **files: str) -> Path:
    """A query, a gallery image and one that is neither, with the ground truth of the split."""
    said = {
        "validation/annos/000001.json": _annotation(
            "user", item1=skirt(style=2), item2=skirt(style=0, bounding_box=[5, 6, 7, 8])
        ),
        "validation/annos/000002.json": _annotation("shop", item1=skirt(style=2)),
        "validation/annos/000003.json": _annotation("shop"),
        "json_for_validation/val_query.json": json.dumps(QUERY),
        "json_for_validation/val_gallery.json": json.dumps(GALLERY),
        "json_for_validation/list_query.txt": "000001.json\n",
        "json_for_validation/list_gallery.txt": "000002.json\n000003.json\n",
        **{name.replace("__", "/"): text for name, text in files.items()},
    }
    for name, text in said.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}


def test_the_ground_truth_gives_images_their_role(tmp_path: Path) -> None:
    reader, found = read(_dataset(tmp_path))
    assert reader.format == "deepfashion2"
    assert [one.image.role for one in found] == ["query", "gallery", "gallery"]
    assert [codes(one) for one in found] == [[], [], []]
    assert not reader.problems()


def test_all_of_it_is_written_again_byte_for_byte(tmp_path: Path) -> None:
    reader, found = read(_dataset(tmp_path / "in"))
    assert write(reader, found, tmp_path / "out") == _bytes(tmp_path / "in")


def test_on_wish_only_the_annotations_are_written_and_then_say_the_role(tmp_path: Path) -> None:
    reader, found = read(_dataset(tmp_path / "in"))
    out = write(reader, found, tmp_path / "out", layout="annotations")
    assert {name.split("/")[0] for name in out} == {"validation"}
    _, again = read(tmp_path / "out")
    assert [one.image.role for one in again] == ["query", "gallery", ""]


def test_a_moved_box_is_in_the_ground_truth_too(tmp_path: Path) -> None:
    reader, (query, shop, bare) = read(_dataset(tmp_path / "in"))
    garment = shop.garments[0]
    assert garment.box is not None
    moved = shop.but(garments=(garment.but(box=garment.box + 1),))
    out = write(reader, [query, moved, bare], tmp_path / "out")
    assert json.loads(out["json_for_validation/val_gallery.json"]) == [{**GALLERY[0], "bbox": [2, 3, 31, 41]}]
    assert json.loads(out["json_for_validation/val_query.json"]) == QUERY


def test_entries_that_the_annotation_contradicts_are_told_and_kept(tmp_path: Path) -> None:
    other = json.dumps([QUERY[1], {**QUERY[0], "bbox": [9, 9, 10, 10]}])
    files = {"json_for_validation__val_query.json": other}
    reader, found = read(_dataset(tmp_path / "in", **files))
    assert codes(found[0]) == ["ground-truth"]
    assert found[0].garments[0].box is not None
    assert found[0].garments[0].box.tolist() == [1, 2, 30, 40]
    assert write(reader, found, tmp_path / "out") == _bytes(tmp_path / "in")


def test_another_dataset_gets_a_ground_truth_on_wish(tmp_path: Path) -> None:
    source = _dataset(tmp_path / "in")
    for path in (source / "json_for_validation").iterdir():
        path.unlink()
    reader, found = read(source)
    assert [one.image.role for one in found] == ["", "", ""]
    assert not any("json_for" in name for name in write(reader, found, tmp_path / "plain"))
    out = write(reader, found, tmp_path / "out", layout="retrieval")
    assert json.loads(out["json_for_validation/val_query.json"]) == QUERY
    assert json.loads(out["json_for_validation/val_gallery.json"]) == GALLERY
    assert out["json_for_validation/list_gallery.txt"] == b"000002.json\n"
    _, again = read(tmp_path / "out")
    assert [one.image.role for one in again] == ["", "", ""]


def test_a_ground_truth_alone_is_a_dataset_of_boxes(tmp_path: Path) -> None:
    folder = tmp_path / "json_for_validation"
    folder.mkdir()
    (folder / "val_query.json").write_text(json.dumps(QUERY))
    (folder / "val_gallery.json").write_text(json.dumps(GALLERY))
    for path in (folder, folder / "val_gallery.json", tmp_path):
        reader, (query, shop) = read(path)
        assert reader.format == "deepfashion2"
        assert (query.image.name, query.image.split, query.image.role) == (
            "000001.jpg",
            "validation",
            "query",
        )
        assert (query.image.domain, shop.image.domain) == (Domain.CONSUMER, Domain.SHOP)
        assert [(g.category_id, g.pair_id, g.style) for g in query.garments] == [(9, 1, 2), (9, 1, 0)]
        assert [own.name for own in reader.categories()] == ["clothes"]
        assert shop.garments[0].category_id == reader.categories()[0].id
        assert codes(query) == codes(shop) == []


def test_what_is_wrong_with_a_file_is_told_with_its_place(tmp_path: Path) -> None:
    files = {
        "json_for_validation__val_query.json": json.dumps([7, *QUERY, {**QUERY[0], "query_image_id": 99}]),
        "json_for_validation__val_gallery.json": '[{"gallery_image_id": 2,\n]',
        "json_for_validation__list_query.txt": "000001.json\n../2.json\n",
        "json_for_validation__list_gallery.txt": "000001.json\n000002.jpg\n",
    }
    reader, found = read(_dataset(tmp_path, **files))
    assert [one.image.role for one in found] == ["query", "gallery", ""]
    told = [(problem.file.rpartition("/")[2], problem.item) for problem in reader.problems()]
    assert told == [
        ("val_query.json", "entry 1"),
        ("list_query.txt", "line 2"),
        ("val_gallery.json", "line 2"),
        ("list_gallery.txt", "line 1"),
        ("val_query.json", ""),
    ]
    assert "000099" in reader.problems()[-1].message


def test_the_ground_truth_of_other_images_is_not_mixed_in(tmp_path: Path) -> None:
    reader, found = read(_dataset(tmp_path / "in"))
    write(reader, found, tmp_path / "out")
    with pytest.raises(FormatError, match="ground truth"):
        write(reader, found, tmp_path / "out", layout="annotations")


def test_the_ground_truth_of_a_split_that_is_not_exported_stays(tmp_path: Path) -> None:
    reader, found = read(_dataset(tmp_path / "in"))
    for place in ("json_for_test/test_query.json", "json_for_test/list_gallery.txt", "test_query.json"):
        out = tmp_path / place.replace("/", "-")
        there = out / place
        there.parent.mkdir(parents=True)
        there.write_text("[]")
        with pytest.raises(FormatError, match="does not replace") as told:
            write(reader, found, out, layout="retrieval")
        assert "layout" not in told.value.fix
        assert _bytes(out) == {place: b"[]"}


def test_a_ground_truth_of_the_same_split_is_replaced_wherever_it_lies(tmp_path: Path) -> None:
    source = _dataset(tmp_path / "in")
    for path in list((source / "json_for_validation").iterdir()):
        path.rename(source / path.name)
    reader, found = read(source)
    out = write(reader, found, tmp_path / "out")
    assert "val_query.json" in out
    assert write(reader, found, tmp_path / "out") == out
    assert write(reader, found, tmp_path / "out", layout="retrieval") == out


def test_there_is_a_ground_truth_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, found = read(_dataset(tmp_path / "in"))
    out = tmp_path / "out"
    (out / "validation").mkdir(parents=True)
    (out / "validation" / "val_query.json").write_text("[]")
    seen = []

    def stopped(work: Path, target: Path) -> None:
        seen.append((work / "json_for_validation" / "val_query.json").is_file())
        raise OSError("pulled out")

    with monkeypatch.context() as patched:
        patched.setattr("store.formats.deepfashion2.writer.move_into", stopped)
        with pytest.raises(FormatError):
            write(reader, found, out, layout="retrieval")
    assert seen == [True]
    assert (out / "validation" / "val_query.json").is_file()
    written = write(reader, found, out, layout="retrieval")
    assert "validation/val_query.json" not in written
    assert json.loads(written["json_for_validation/val_query.json"]) == QUERY


def test_a_coco_file_of_such_a_name_is_none(tmp_path: Path) -> None:
    path = tmp_path / "fixed_query.json"
    path.write_text(json.dumps({"images": [], "annotations": [], "categories": []}))
    assert registry.detect(path) == "coco"


def test_the_real_ground_truth(samples: Path) -> None:
    reader = registry.reader("auto", samples / "retrieval_gt", ReadOptions())
    found = list(reader.records())
    assert len(found) == len(reader)
    roles = [one.image.role for one in found]
    garments = {role: sum(len(o.garments) for o in found if o.image.role == role) for role in set(roles)}
    assert garments == {"query": 2701, "gallery": 4036}
    assert not any(one.problems for one in found)
    assert not reader.problems()

"""Bad input goes the whole road: in, named on the problem list, and out again in every format."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store import importing
from store.db import Store
from store.exporting import ExportOptions, export
from store.importing import ImportOptions
from store.records import ImageState, Problem
from tests.unit.store.small_dataset import picture, skirt

MARKS = [10, 20, 2] * 8
DEEP = "[" * 300 + "]" * 300
KINDS = [("deepfashion2", ""), ("coco", "per-category"), ("coco", "294")]

#: Values of a second item, with the code of the problem that each is ("" for none) and what it says.
ITEMS: list[tuple[dict[str, Any], str, str]] = [
    ({"landmarks": ["a"] * 24}, "landmarks-length", "24 values, not all of them numbers"),
    ({"landmarks": None}, "landmarks-length", "no list"),
    ({"landmarks": [1e300, 1, 2, *MARKS[3:]]}, "landmarks-length", "some beyond 100,000 pixels"),
    ({"landmarks": [10**400, 1, 2, *MARKS[3:]]}, "landmarks-length", "not all of them numbers"),
    ({"landmarks": [-10, 500, 2, *MARKS[3:]]}, "outside", "1 landmarks"),
    ({"category_id": 0}, "category-unknown", "0"),
    ({"category_id": "8"}, "category-unknown", '"8"'),
    ({"category_id": None}, "category-unknown", "null"),
    ({"category_id": 10**30}, "category-unknown", "1e+30"),
    ({"bounding_box": [1, 2, 3]}, "box-damaged", "3 numbers, not x1 y1 x2 y2"),
    ({"bounding_box": [0, 0, 1e300, 1e300]}, "box-damaged", "some beyond 100,000 pixels"),
    ({"bounding_box": [30, 40, 1, 2]}, "box-corners", "swapped"),
    ({"segmentation": None}, "polygons-damaged", "not a list"),
    ({"segmentation": [[1e300, 2, 3, 4, 5, 6]]}, "polygons-damaged", "some beyond 100,000 pixels"),
    ({"segmentation": [[[1, 2], [3, 4], [5, 6]]]}, "polygons-damaged", "not x y pairs"),
    ({"segmentation": [[]]}, "polygon-short", "0 points"),
    ({"style": 2**70}, "fact-damaged", "style"),
    ({"note": "half a pair: \ud800, a nul: \0"}, "", ""),
    ({"note": 2**70, "\udfff": 1}, "", ""),
    ({"note": float("nan")}, "json-number", "NaN is not JSON"),
]
#: Whole annotation files, with the code of the problem and what it says.
FILES: list[tuple[bytes, str]] = [
    (b"", "Expecting value"),
    (b"\0" * 100, "Expecting value"),
    (b'{"item1": ', "Expecting value"),
    (b'"text"', "not an object"),
    (json.dumps({"item1": skirt()}).encode("utf-16"), "UTF-16"),
    (b'{"source": "sh\xe4p"}', "not UTF-8 text (byte 14)"),
    (f'{{"item1": {DEEP}}}'.encode(), "nested too deeply"),
    (b'{"a": ' * 5_000, "nested too deeply"),
    (b'{"a": ' + b"1" * 5_000 + b"}", "digits"),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    (made / "annos").mkdir(parents=True)
    (made / "image").mkdir()
    return made


def _put(folder: Path, name: str, raw: bytes) -> None:
    (folder / "annos" / f"{name}.json").write_bytes(raw)
    picture(folder / "image" / f"{name}.jpg")


def _document(*items: Any) -> bytes:
    numbered = {f"item{number}": item for number, item in enumerate(items, 1)}
    return json.dumps({"source": "shop", "pair_id": 1, **numbered}).encode()


def _problems(store: Store) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in store.problems.page(0, 999):
        found.setdefault(Path(problem.file).stem, []).append(problem)
    return found


def _goes_round(store: Store, tmp_path: Path, kind: tuple[str, str]) -> Store:
    """An export, which compares what it wrote, and a fresh store made of it."""
    out = tmp_path / ("out.json" if kind[0] == "coco" else "out")
    report = export(store, kind[0], out, options=ExportOptions(layout=kind[1], precise=True))
    assert report.verified == report.images == store.images.count()
    back = Store.create(tmp_path / "back")
    pictures = None if kind[0] == "coco" else tmp_path / "data" / "image"
    importing.import_dataset(back, kind[0], out, ImportOptions(images=pictures))
    assert back.images.count() == store.images.count()
    assert back.garments.count() == store.garments.count()
    return back


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_bad_values_are_named_and_go_round(
    store: Store, folder: Path, tmp_path: Path, kind: tuple[str, str]
) -> None:
    for number, (changes, _, _) in enumerate(ITEMS):
        _put(folder, f"{number:06d}", _document(skirt(), skirt(**changes)))
    importing.import_dataset(store, "deepfashion2", folder, ImportOptions())
    found = _problems(store)
    for number, (changes, code, said) in enumerate(ITEMS):
        problems = found.get(f"{number:06d}", [])
        assert code in [problem.code for problem in problems] or not (code or problems), changes
        assert said in " ".join(problem.message for problem in problems)
    _goes_round(store, tmp_path, kind).close()


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_bad_files_are_named_and_their_images_stay(
    store: Store, folder: Path, tmp_path: Path, kind: tuple[str, str]
) -> None:
    _put(folder, "good", _document(skirt()))
    for number, (raw, _) in enumerate(FILES):
        _put(folder, f"{number:06d}", raw)
    report = importing.import_dataset(store, "deepfashion2", folder, ImportOptions())
    assert (report.images, report.garments) == (len(FILES) + 1, 1)
    found = _problems(store)
    for number, (_, said) in enumerate(FILES):
        (problem,) = found[f"{number:06d}"]
        assert (problem.code, problem.severity) == ("json", "error")
        assert said in problem.message
    _goes_round(store, tmp_path, kind).close()


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_odd_names_go_round(store: Store, folder: Path, tmp_path: Path, kind: tuple[str, str]) -> None:
    names = ["with space é", "new\nline", "back\\slash", "'quoted\" %s {x}", "ＦＵＬＬ", "a" * 200]
    for name in names:
        _put(folder, name, _document(skirt()))
    importing.import_dataset(store, "deepfashion2", folder, ImportOptions())
    assert store.problems.count() == 0
    with _goes_round(store, tmp_path, kind) as back:
        found = {record.image.name: record.image for record in back.stream()}
        assert {Path(name).stem for name in found} == set(names)
        assert {image.state for image in found.values()} == {ImageState.PRESENT}


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has such files")
def test_what_is_no_file_is_named(store: Store, folder: Path) -> None:
    _put(folder, "good", _document(skirt()))
    (folder / "image" / "loop.jpg").symlink_to("loop.jpg")
    (folder / "image" / "folder.jpg").mkdir()
    (folder / "annos" / "dir.json").mkdir()
    (folder / "annos" / "ring.json").symlink_to("ring.json")
    os.mkfifo(folder / "annos" / "pipe.json")
    with open(os.fsencode(folder / "annos") + b"/bad\xff.json", "wb") as file:  # noqa: PTH123
        file.write(_document(skirt()))
    report = importing.import_dataset(store, "deepfashion2", folder, ImportOptions())
    assert (report.images, report.garments) == (7, 2)
    said = {name: " ".join(p.message for p in problems) for name, problems in _problems(store).items()}
    assert sorted(said) == ["bad\\xff", "dir", "folder", "loop", "pipe", "ring"]
    assert "not UTF-8" in said["bad\\xff"]
    assert "is a folder" in said["folder"]
    assert "symbolic links" in said["loop"]
    assert "symbolic links" in said["ring"]

"""Real files, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pycocotools.coco import COCO

from store import exporting, importing
from store.db import Store
from store.records import ImageState

OPTIONS = exporting.ExportOptions


@pytest.fixture
def deepfashion2(samples: Path, tmp_path: Path) -> Store:
    with Store.create(tmp_path / "store") as made:
        importing.import_dataset(made, "auto", samples / "deepfashion2", importing.ImportOptions())
    return Store.open(tmp_path / "store")


@pytest.fixture
def fld(samples: Path, tmp_path: Path) -> Store:
    options = importing.ImportOptions(images=samples / "fld")
    with Store.create(tmp_path / "store") as made:
        importing.import_dataset(made, "coco", samples / "fld" / "test_fld.json", options)
    return Store.open(tmp_path / "store")


def test_an_annotation_without_its_image_is_kept(deepfashion2: Store) -> None:
    with deepfashion2 as store:
        (record,) = store.stream()
        image = record.image
        assert (image.name, image.width, image.height) == ("000001.jpg", 468, 624)
        assert (image.state, image.size_known) == (ImageState.MISSING, False)
        assert [garment.key for garment in record.garments] == ["item2", "item1"]
        assert [problem.code for problem in record.problems] == ["picture-missing"]
        trousers = record.garments[0]
        assert trousers.polygons[0][0].tolist() == trousers.polygons[0][-1].tolist() == [460, 438]


def test_the_annotation_is_given_back_byte_for_byte(
    deepfashion2: Store, samples: Path, tmp_path: Path
) -> None:
    with deepfashion2 as store:
        report = exporting.export(store, "deepfashion2", tmp_path / "out")
    original = samples / "deepfashion2" / "annos" / "000001.json"
    assert (tmp_path / "out" / "annos" / "000001.json").read_bytes() == original.read_bytes()
    assert (report.images, report.garments, report.losses, report.verified) == (1, 2, (), 1)


def test_the_294_layout_is_what_the_official_script_writes(
    deepfashion2: Store, samples: Path, tmp_path: Path
) -> None:
    with deepfashion2 as store:
        exporting.export(store, "coco", tmp_path / "out.json", None, OPTIONS(layout="294"))
    expected = samples / "deepfashion2" / "expected" / "000001_coco_by_official_script.json"
    official, ours = json.loads(expected.read_text()), json.loads((tmp_path / "out.json").read_text())
    assert list(ours)[:-1] == list(official)
    assert ours["categories"] == official["categories"]
    for key in ("images", "annotations"):
        for theirs, mine in zip(official[key], ours[key], strict=True):
            same = {k: mine[k] for k in theirs if k not in ("width", "height")}
            assert json.dumps(same) == json.dumps({k: theirs[k] for k in same})


@pytest.mark.parametrize("layout", ["per-category", "294"])
def test_a_coco_export_imported_again_says_the_same(deepfashion2: Store, layout: str, tmp_path: Path) -> None:
    with deepfashion2 as store:
        exporting.export(store, "coco", tmp_path / "out.json", None, OPTIONS(layout=layout))
        (before,) = store.stream()
    with Store.create(tmp_path / "again") as again:
        importing.import_dataset(again, "coco", tmp_path / "out.json", importing.ImportOptions())
        (after,) = again.stream()
    ids = frozenset({"id", "image_id", "extra"})
    for a, b in zip(before.garments, after.garments, strict=True):
        assert a.same_as(b, ids)
    assert before.image.same_as(after.image, frozenset({"extra"}))
    assert after.image.extra["deepfashion2"] == before.image.extra["deepfashion2"]
    exporting_again = tmp_path / "back"
    with Store.open(tmp_path / "again") as again:
        exporting.export(again, "deepfashion2", exporting_again)
    with deepfashion2 as store:
        root = Path(store.datasets.get(1).root)
    written = json.loads((exporting_again / "annos" / "000001.json").read_text())
    original = json.loads((root / "annos" / "000001.json").read_text())
    for key in ("item1", "item2"):
        assert {k: written[key][k] for k in original[key]} == original[key]


def test_fld_comes_in_with_its_own_landmarks(fld: Store) -> None:
    with fld as store:
        category = store.categories.by_name("fashion")
        assert category is not None
        assert category.schema.size == 8
        assert category.schema.swaps == ((0, 1), (2, 3), (4, 5), (6, 7))
        assert len(category.schema.template) == 8
        first, second = store.stream()
        assert first.image.state is ImageState.PRESENT
        assert first.garments[0].points[0].tolist() == [108, 33]
        assert second.garments[0].visibility.tolist() == [2, 2, 2, 2, 2, 2, 0, 2]
        assert store.problems.count() == 0


def test_fld_goes_out_as_it_came(fld: Store, samples: Path, tmp_path: Path) -> None:
    with fld as store:
        report = exporting.export(store, "coco", tmp_path / "out.json")
    before = json.loads((samples / "fld" / "test_fld.json").read_text())
    after = json.loads((tmp_path / "out.json").read_text())
    for key in before:
        assert json.dumps(after[key]) == json.dumps(before[key])
    assert set(after) - set(before) == {"deepfashion_studio"}
    coco = COCO(str(tmp_path / "out.json"))
    assert (sorted(coco.imgs), sorted(coco.cats), report.sampled) == ([128, 132], [1], 2)

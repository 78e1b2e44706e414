"""From one format to another: categories, landmarks, visibility, products, and what is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import exporting, importing
from store.db import Store
from store.exporting import ExportOptions, tables
from store.exporting.products import ProductNumbers
from store.filters import parse
from tests.unit.store.formats.list_folders import folder, listed
from tests.unit.store.small_dataset import make, skirt

FRONT = "img/WOMEN/Tees/id_00000012/02_1_front.jpg"
TEE, ROMPER = "img/a/img_00000001.jpg", "img/a/img_00000002.jpg"
MARKS = "0 10 20  0 30 20  1 05 40  0 35 40  2 10 60  0 30 60"
FILES = {
    "Anno_coarse/list_category_img.txt": listed("image_name  category_label", f"{TEE}  18", f"{ROMPER}  48"),
    "Anno_coarse/list_bbox.txt": listed(
        "image_name  x_1  y_1  x_2  y_2", f"{TEE}  001 002 040 061", f"{ROMPER}  001 002 040 061"
    ),
    "Anno_coarse/list_landmarks.txt": listed("image_name  clothes_type", f"{TEE}  1  {MARKS}"),
}

TOPS = ExportOptions(categories={"upper-body": "long sleeve top"})


@pytest.fixture
def fifty(tmp_path: Path) -> Iterator[Store]:
    """A tee and a romper of the attribute benchmark."""
    source = folder(tmp_path / "source", FILES)
    with Store.create(tmp_path / "store") as made:
        importing.import_dataset(made, "auto", source, importing.ImportOptions())
        yield made


def test_one_of_the_50_becomes_one_of_the_13_with_its_landmarks(fifty: Store, tmp_path: Path) -> None:
    report = exporting.export(fifty, "deepfashion2", tmp_path / "out")
    item = json.loads((tmp_path / "out" / "annos" / "img_00000001.json").read_text())["item1"]
    assert (item["category_id"], item["category_name"]) == (1, "short sleeve top")
    triplets = [item["landmarks"][i : i + 3] for i in range(0, 75, 3)]
    # The collars are the points of the neck, visibility after the place; a hem that is cut off is 0 0 0.
    assert triplets[1] == [10, 20, 2]
    assert triplets[5] == [30, 20, 2]
    assert sum(v > 0 for *_, v in triplets) == 5
    assert item["deepfashion_studio"]["clothes_category"] == 18
    lost = {loss.what: loss.count for loss in report.losses if not loss.kept}
    assert lost == {"garments of categories that DeepFashion2 does not have": 1}
    left = [loss for loss in report.losses if loss.how == "left out"]
    assert [loss.count for loss in left] == [1]


def test_the_store_s_table_says_what_else_is_written(fifty: Store, tmp_path: Path) -> None:
    tables.save(fifty.folder, tables.THIRTEEN, {"Romper": "vest dress"})
    exporting.export(fifty, "coco", tmp_path / "out.json", None, ExportOptions(layout="294"))
    annotations = json.loads((tmp_path / "out.json").read_text())["annotations"]
    assert [one["category_id"] for one in annotations] == [1, 12]
    assert annotations[0]["num_keypoints"] == 5
    checks = [c for c in exporting.preflight(fifty, "deepfashion2").checks if c.name == "categories"]
    assert [(c.severity, c.count) for c in checks] == [("warn", 2)]
    assert fifty.images.count(parse(checks[0].where)) == 2


def test_a_table_of_the_moment_goes_before_the_store_s(fifty: Store, tmp_path: Path) -> None:
    options = ExportOptions(categories={"Tee": "vest", "Romper": ""})
    exporting.export(fifty, "deepfashion2", tmp_path / "out", None, options)
    item = json.loads((tmp_path / "out" / "annos" / "img_00000001.json").read_text())["item1"]
    assert item["category_name"] == "vest"


def test_strict_writes_nothing_where_a_category_changes(fifty: Store, tmp_path: Path) -> None:
    report = exporting.export(fifty, "deepfashion2", tmp_path / "out", None, ExportOptions(strict=True))
    assert report.files == ()
    assert not (tmp_path / "out").exists()
    report = exporting.export(fifty, "coco", tmp_path / "out.json", None, ExportOptions(strict=True))
    assert report.files


def test_one_of_the_13_gets_a_label_of_the_50_and_stays_what_it_is(tmp_path: Path) -> None:
    source = make(tmp_path / "clothes", 2, item2=skirt(category_id=8, landmarks=[5, 6, 1] * 14))
    trousers = skirt(category_id=8, landmarks=[5, 6, 1] * 14, category_name="trousers")
    (source / "train" / "annos" / "000002.json").write_text(json.dumps({"item1": trousers}))
    with Store.create(tmp_path / "store") as store:
        importing.import_dataset(store, "auto", source, importing.ImportOptions())
        report = exporting.export(store, "category-attribute", tmp_path / "out")
    assert not [loss for loss in report.losses if not loss.kept]
    rows = (tmp_path / "out" / "Anno_coarse" / "list_category_img.txt").read_text().splitlines()[2:]
    assert [row.split()[1] for row in rows] == ["33", "26"]
    with Store.create(tmp_path / "again") as again:
        importing.import_dataset(again, "auto", tmp_path / "out", importing.ImportOptions())
        second = list(again.stream())[1].garments[0]
    assert (second.category_id, second.clothes_category) == (8, None)


def _in_shop(place: Path, *items: str) -> Path:
    """A garment of each item."""
    names = [
        FRONT.replace("id_00000012", item).replace("02_1", f"0{n}_{n}") for n, item in enumerate(items, 1)
    ]
    boxes = [f"{name}  1  1  001 002 040 061" for name in names]
    parts = [f"{name} {item} train" for name, item in zip(names, items, strict=True)]
    files = {
        "Anno/list_bbox_inshop.txt": listed(
            "image_name  clothes_type  pose_type  x_1  y_1  x_2  y_2", *boxes
        ),
        "Eval/list_eval_partition.txt": listed("image_name item_id evaluation_status", *parts),
    }
    return folder(place, files)


def test_a_product_becomes_a_pair(tmp_path: Path) -> None:
    with Store.create(tmp_path / "store") as store:
        source = _in_shop(tmp_path / "in", "id_00000012")
        importing.import_dataset(store, "auto", source, importing.ImportOptions())
        exporting.export(store, "deepfashion2", tmp_path / "out", None, TOPS)
    found = json.loads((tmp_path / "out" / "train" / "annos" / "01_1_front.json").read_text())
    assert (found["pair_id"], found["item1"]["style"], found["item1"]["category_id"]) == (12, 1, 2)
    assert found["item1"]["deepfashion_studio"]["item_id"] == "id_00000012"


def test_products_of_several_datasets_stay_apart(tmp_path: Path) -> None:
    sources = [
        make(tmp_path / "clothes", 1),
        _in_shop(tmp_path / "one", "id_00000001", "id_00000002"),
        _in_shop(tmp_path / "two", "id_00000002", "id_00000001", "id_00000003"),
    ]
    with Store.create(tmp_path / "store") as store:
        for source in sources:
            importing.import_dataset(store, "auto", source, importing.ImportOptions())
        table = store.products.table()
        assert len(table.keys) == 6
        exporting.export(store, "deepfashion2", tmp_path / "out", None, TOPS)
        exporting.export(store, "deepfashion2", tmp_path / "alone", 'dataset = "one"', TOPS)
    told = [json.loads(path.read_text()) for path in (tmp_path / "out").rglob("annos/*.json")]
    pairs = [(one["pair_id"], one["item1"]["style"]) for one in told]
    assert len(set(pairs)) == 6
    assert {(1, 1), (2, 1), (3, 1)} < set(pairs)
    told = [json.loads(path.read_text()) for path in (tmp_path / "alone").rglob("annos/*.json")]
    assert sorted(one["pair_id"] for one in told) == [1, 2]


def test_numbers_of_products() -> None:
    numbers = ProductNumbers({7, 1_000_000_000})
    assert numbers.of(1, "id_00000012_3") == (12, 3)
    assert numbers.of(1, "id_00000012") == (12, 1)
    asked = ["id_012", "id_00000012_0", "id_7", "shirt", "id_00000007_2", "id_1000000001"]
    found = [numbers.of(1, item) for item in asked] + [numbers.of(2, "id_00000012_3")]
    assert len({(12, 3), (12, 1), *found}) == 9
    assert not {pair for pair, _ in found} & {7, 12, 1_000_000_000}
    # What is one pair with two styles stays one.
    assert found[2][0] == found[4][0]
    assert all(style >= 1 for _, style in found)
    assert [numbers.of(1, item) for item in asked] == found[:-1]

"""Slices out of a store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store import exporting, importing
from store.db import Store
from store.document import Document
from store.document.edits import move_landmarks, set_review
from store.errors import Cancelled, FilterError, FormatError
from store.exporting import ExportOptions
from store.filters import parse
from store.formats import registry
from store.formats.base import WriteOptions
from store.formats.coco import pieces
from store.records import Review
from tests.unit.store.small_dataset import make, skirt

FORMATS = [("deepfashion2", ""), ("coco", "per-category"), ("coco", "294")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        folder = make(tmp_path / "clothes", 4, item2=skirt(category_id=8, landmarks=[5, 6, 1] * 14))
        make(folder, 2, "test")
        importing.import_dataset(made, "auto", folder, importing.ImportOptions())
        yield made


def _out(folder: Path, format: str) -> Path:
    return folder / ("out.json" if format == "coco" else "out")


@pytest.mark.parametrize(("format", "layout"), FORMATS)
def test_an_export_imported_again_is_the_same_record_by_record(
    store: Store, format: str, layout: str, tmp_path: Path
) -> None:
    out = _out(tmp_path / "e", format)
    report = exporting.export(store, format, out, None, ExportOptions(layout=layout, copy_images=True))
    assert (report.images, report.garments, report.verified) == (6, 7, 6)
    assert report.sampled == (7 if format == "coco" else 0)
    with Store.create(tmp_path / "again") as again:
        importing.import_dataset(again, "auto", out, importing.ImportOptions())
        before = {record.image.name: record for record in store.stream()}
        after = {record.image.name: record for record in again.stream()}
    assert before.keys() == after.keys()
    ids = frozenset({"id", "image_id", "dataset_id", "extra"})
    for name, record in before.items():
        assert record.image.same_as(after[name].image, ids)
        for one, other in zip(record.garments, after[name].garments, strict=True):
            assert one.same_as(other, ids)


@pytest.mark.parametrize(("format", "layout"), FORMATS)
def test_only_what_the_filter_selects_goes_out(
    store: Store, format: str, layout: str, tmp_path: Path
) -> None:
    out = _out(tmp_path, format)
    report = exporting.export(store, format, out, "split = test", ExportOptions(layout=layout))
    assert (report.images, report.garments) == (2, 2)
    assert report.files == (out,)


def test_a_dragged_landmark_goes_out_where_it_was_dropped(store: Store, tmp_path: Path) -> None:
    image = next(store.stream()).image
    document = Document(store, image.id)
    document.apply(move_landmarks(document.garments[0], {0: (12.4, 21.6)}))
    exporting.export(store, "deepfashion2", tmp_path / "whole")
    exporting.export(store, "deepfashion2", tmp_path / "precise", None, ExportOptions(precise=True))
    exporting.export(store, "coco", tmp_path / "c.json")
    name = f"{image.split}/annos/{Path(image.name).stem}.json"
    found = [json.loads((tmp_path / kind / name).read_text())["item1"] for kind in ("whole", "precise")]
    assert [entry["landmarks"][:6] for entry in found] == [[12, 22, 2, 10, 20, 2], [12.4, 21.6, 2, 10, 20, 2]]
    assert found[0]["deepfashion_studio"]["origin"] == "person"
    coco = json.loads((tmp_path / "c.json").read_text())
    (entry,) = [a for a in coco["annotations"] if a["keypoints"][:2] == [12.4, 21.6]]
    assert entry["num_keypoints"] == 7


def test_undoing_an_edit_gives_the_file_back_as_it_was(store: Store, tmp_path: Path) -> None:
    image = next(store.stream()).image
    document = Document(store, image.id)
    document.apply(move_landmarks(document.garments[0], {0: (12.5, 21.5)}))
    document.undo()
    exporting.export(store, "deepfashion2", tmp_path / "out")
    name = f"{image.split}/annos/{Path(image.name).stem}.json"
    assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "clothes" / name).read_bytes()


def test_decimals_that_would_be_rounded_are_a_loss(store: Store, tmp_path: Path) -> None:
    document = Document(store, 1)
    document.apply(move_landmarks(document.garments[0], {0: (12.5, 21.5)}))
    found = exporting.preflight(store, "deepfashion2")
    assert [(loss.what, loss.count) for loss in found.lost] == [("decimals of coordinates", 1)]
    assert exporting.preflight(store, "deepfashion2", None, ExportOptions(precise=True)).lost == ()
    report = exporting.export(store, "deepfashion2", tmp_path / "out", None, ExportOptions(strict=True))
    assert report.files == ()
    assert not (tmp_path / "out").exists()


def test_preflight_says_what_goes_out(store: Store, tmp_path: Path) -> None:
    document = Document(store, 1)
    document.apply(set_review(document.image, Review.REJECTED))
    (tmp_path / "clothes" / "train" / "image" / "000002.jpg").unlink()
    found = exporting.preflight(store, "coco", "split in (train, test)")
    assert (found.images, found.garments) == (6, 7)
    assert found.categories == {"trousers": 1, "skirt": 6}
    checks = {check.name: check for check in found.checks}
    assert (checks["rejected"].severity, checks["rejected"].count) == ("warn", 1)
    assert checks["review"].count == 5
    assert store.images.count(parse(checks["review"].where)) == 5
    assert not found.blocked
    assert all(loss.kept for loss in found.losses)


def test_an_empty_selection_is_blocked_and_refused(store: Store, tmp_path: Path) -> None:
    found = exporting.preflight(store, "coco", "split = validation")
    assert found.blocked
    with pytest.raises(FormatError, match="no images"):
        exporting.export(store, "coco", tmp_path / "c.json", "split = validation")
    with pytest.raises(FilterError):
        exporting.preflight(store, "coco", "split = = 3")
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize(("format", "layout"), FORMATS)
@pytest.mark.parametrize("phase", ["Writing", "Reading back"])
def test_a_cancelled_export_leaves_nothing(
    store: Store, format: str, layout: str, phase: str, tmp_path: Path
) -> None:
    def stop(done: int, total: int, message: str = "") -> None:
        if message == phase:
            raise Cancelled

    place = tmp_path / "e"
    options = ExportOptions(layout=layout, copy_images=True)
    with pytest.raises(Cancelled):
        exporting.export(store, format, _out(place, format), None, options, stop)
    assert not place.exists()


@pytest.mark.parametrize("quick", [True, False])
def test_what_does_not_read_back_equal_is_never_given_its_name(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: bool
) -> None:
    write, usual = pieces.coco_annotations.write, pieces.usual

    def wrong(*arguments: Any) -> dict[str, Any]:
        entry = write(*arguments)
        return {**entry, "bbox": [0, 0, 1, 1]} if entry["image_id"] % 2 else entry

    def wrong_text(*arguments: Any) -> tuple[bytes, bytes] | None:
        texts = usual(*arguments)
        return None if texts is None else (texts[0].replace(b'"bbox":[', b'"bbox":[1'), texts[1])

    monkeypatch.setattr(pieces.coco_annotations, "write", wrong)
    monkeypatch.setattr(pieces, "usual", wrong_text if quick else lambda *_: None)
    with pytest.raises(FormatError, match=r"0000\d\d.*does not read back"):
        exporting.export(store, "coco", tmp_path / "e" / "c.json")
    assert not (tmp_path / "e").exists()


def test_the_file_that_was_there_stays_when_the_export_fails(store: Store, tmp_path: Path) -> None:
    def stop(done: int, total: int, message: str = "") -> None:
        raise Cancelled

    (tmp_path / "c.json").write_text("mine")
    with pytest.raises(Cancelled):
        exporting.export(store, "coco", tmp_path / "c.json", None, None, stop)
    assert (tmp_path / "c.json").read_text() == "mine"


def test_the_proofs_are_told_in_order(store: Store, tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    exporting.export(store, "coco", tmp_path / "c.json", proof=lambda key, state: told.append((key, state)))
    assert [key for key, state in told if state == "held"] == ["written", "compared", "official", "named"]


def test_two_datasets_with_the_same_names_share_one_file(store: Store, tmp_path: Path) -> None:
    other = make(tmp_path / "other", 2)
    importing.import_dataset(store, "auto", other, importing.ImportOptions())
    for copied, folder in ((False, "plain"), (True, "copied")):
        out = tmp_path / folder / "c.json"
        exporting.export(store, "coco", out, None, ExportOptions(copy_images=copied))
        with Store.create(tmp_path / f"again {folder}") as again:
            report = importing.import_dataset(again, "coco", out, importing.ImportOptions())
        assert (report.images, report.garments, report.missing, report.problems) == (8, 9, 0, 0)


def test_pycocotools_is_given_a_sample_of_a_large_file(store: Store, tmp_path: Path) -> None:
    writer, records = registry.writer("coco", tmp_path / "c.json", WriteOptions()), list(store.stream())
    writer.begin(store.datasets.all(), store.categories.all(), [record.image for record in records])
    for record in records:
        writer.add(record)
    assert writer.sample(7) == 7
    assert 0 < writer.sample(3) <= 3
    writer.abort()

"""The quick way through DeepFashion2 annotations says what the careful one says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store.db.packing import pack
from store.formats.base import Complaints
from store.formats.deepfashion2 import documents, plain
from store.records import Floats, Garment, Image, ImageRecord, ImageState
from tests.unit.store.small_dataset import skirt


def _careful(raw: str, image: Image, monkeypatch: pytest.MonkeyPatch) -> tuple[ImageRecord, Complaints]:
    told = Complaints("a.json")
    with monkeypatch.context() as patch:
        patch.setattr(plain, "decode", lambda _raw, _image: None)
        return documents.decode(raw, image, told), told


def _assert_same(plainly: plain.Plain, careful: ImageRecord) -> None:
    quick = plainly.record()
    _assert_rows_say_the_same(plainly)
    assert quick.image.same_as(careful.image)
    assert len(quick.garments) == len(careful.garments)
    assert all(a.same_as(b) for a, b in zip(quick.garments, careful.garments, strict=True))
    notes = [json.dumps([r.image.extra, *(g.extra for g in r.garments)]) for r in (quick, careful)]
    assert notes[0] == notes[1]


def _assert_rows_say_the_same(plainly: plain.Plain) -> None:
    seen = {"dataset_id": 7, "width": 900, "height": 800, "size_known": True}
    record = plainly.record()
    packed = plainly.packed(7, (900, 800))
    if record.image.state is ImageState.PRESENT:
        assert packed == pack(record.but(image=record.image.but(**seen)))
    assert packed.garments == pack(record).garments
    right, bottom, least = plainly.reach
    together = np.concatenate([_pairs(garment) for garment in record.garments])
    assert ((right, bottom), least) == (tuple(together.max(axis=0)), together.min())


def _pairs(garment: Garment) -> Floats:
    assert garment.box is not None
    return np.concatenate([garment.points, garment.box.reshape(2, 2), *garment.polygons])


def _samples(samples: Path) -> list[str]:
    return [file.read_text() for file in sorted((samples / "deepfashion2" / "annos").glob("*.json"))]


@pytest.mark.parametrize("state", [ImageState.PRESENT, ImageState.MISSING])
def test_official_annotations_go_the_quick_way(
    samples: Path, monkeypatch: pytest.MonkeyPatch, state: ImageState
) -> None:
    image = Image(name="a.jpg", split="train", state=state)
    quick = [(raw, plain.decode(raw, image)) for raw in _samples(samples)]
    assert any(found is not None for _, found in quick)
    for raw, found in quick:
        careful, told = _careful(raw, image, monkeypatch)
        if found is not None:
            _assert_same(found, careful)
            assert told.found == []


def test_orders_of_keys_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image(name="a.jpg")
    turned = dict(reversed(skirt().items()))
    for document in (
        {"source": "shop", "pair_id": 3, "item1": skirt(), "item2": turned},
        {"item2": skirt(), "pair_id": 3, "item1": turned, "source": "user"},
        {"pair_id": 3, "source": "user", "item7": skirt()},
        {"source": "user", "item1": skirt(), "pair_id": 3},
    ):
        raw = json.dumps(document)
        found = plain.decode(raw, image)
        assert found is not None
        _assert_same(found, _careful(raw, image, monkeypatch)[0])


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("source"),
        lambda d: d.update(source="elsewhere"),
        lambda d: d.update(pair_id=True),
        lambda d: d.update(pair_id=1.0),
        lambda d: d.update(more=1),
        lambda d: d.update(item=skirt()),
        lambda d: d.update({"item\u0664": skirt()}),
        lambda d: d["item1"].pop("style"),
        lambda d: d["item1"].update(more=1),
        lambda d: d["item1"].update(style=-1),
        lambda d: d["item1"].update(style=True),
        lambda d: d["item1"].update(scale=4),
        lambda d: d["item1"].update(occlusion=2.0),
        lambda d: d["item1"].update(category_name="Skirt"),
        lambda d: d["item1"].update(category_id=14),
        lambda d: d["item1"].update(bounding_box=[30, 2, 1, 40]),
        lambda d: d["item1"].update(bounding_box=[1, 2, 30]),
        lambda d: d["item1"].update(segmentation=[[1, 2, 3, 4]]),
        lambda d: d["item1"].update(segmentation=[[1, 2, 3, 4, 5.5, 6.0]]),
        lambda d: d["item1"].update(segmentation=[[1, 2, 3, 4, 5, 0.00001]]),
        lambda d: d["item1"].update(segmentation=[[1, 2, 3, 4, 5, 1e17]]),
        lambda d: d["item1"].update(segmentation=[[1, 2, 3, 4, 5, True]]),
        lambda d: d["item1"].update(segmentation=[[1, 2, 3, 4, 5, None]]),
        lambda d: d["item1"].update(segmentation=[[1, 2, 3, 4, 5, [6]]]),
        lambda d: d["item1"].update(landmarks=[3.0, 4.0, 2.0] * 8),
        lambda d: d["item1"].update(segmentation=[1, 2, 3, 4, 5, 6]),
        lambda d: d["item1"].update(landmarks=[0, 0, 1] * 8),
        lambda d: d["item1"].update(landmarks=[3, 4, 0] * 8),
        lambda d: d["item1"].update(landmarks=[3, 4, 3] * 8),
        lambda d: d["item1"].update(landmarks=[3, 10**6, 2] * 8),
        lambda d: d["item1"].update(landmarks=[3, 4, 2] * 7),
        lambda d: d["item1"].update(deepfashion_studio={}),
    ],
)
def test_whatever_is_odd_goes_the_careful_way(change: Callable[[dict[str, Any]], object]) -> None:
    document = {"source": "shop", "pair_id": 3, "item1": skirt()}
    assert plain.decode(json.dumps(document), Image()) is not None
    change(document)
    assert plain.decode(json.dumps(document), Image()) is None


@pytest.mark.parametrize(
    "polygons",
    [
        [[1, 2, 3, 4, 5, 6.5]],
        [[1.5, 2.25, 3.1, 4.7, 5.3, 6.9], [7.5, 8.5, 9.5, 10.5, 11.5, 12.5]],
        [[1.0, 2.0, 3.5, 4.0, 5.0, 6.0]],
        [[1.5, 2.5, 3.5, 4.5, 5.5, 6.5], [1, 2, 3, 4, 5, 6]],
        [[-0.0, 2.0, 3.0, 4.0, 5.0, 6.0]],
        [],
    ],
)
def test_fractions_in_polygons_go_the_quick_way(
    polygons: list[list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {"source": "shop", "pair_id": 3, "item1": skirt(), "item2": skirt(segmentation=polygons)}
    raw = json.dumps(document)
    found = plain.decode(raw, Image(name="a.jpg"))
    assert found is not None
    _assert_same(found, _careful(raw, Image(name="a.jpg"), monkeypatch)[0])
    record = found.record()
    back = documents.write(record.image, record.garments, precise=False)
    assert documents.dump(back, documents.notes_of(record.image)) == raw


@pytest.mark.parametrize(
    ("written", "other"), [("5.5", "5.50"), ("5.5", "55e-1"), ("50.5", "5.05e1"), ("4,", "4.0,")]
)
def test_numbers_written_otherwise_go_the_careful_way(written: str, other: str) -> None:
    document = {"source": "shop", "pair_id": 3, "item1": skirt(segmentation=[[1, 2, 3, 4, 5.5, 50.5]])}
    raw = json.dumps(document)
    assert plain.decode(raw, Image()) is not None
    assert written in raw
    assert plain.decode(raw.replace(written, other, 1), Image()) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"source": "shop", "pair_id": 3}', "NaN"])
def test_what_is_no_annotation_goes_the_careful_way(text: str) -> None:
    assert plain.decode(text, Image()) is None


def test_other_spacing_and_repeated_keys_go_the_careful_way() -> None:
    document = {"source": "shop", "pair_id": 3, "item1": skirt()}
    assert plain.decode(json.dumps(document, indent=2), Image()) is None
    assert plain.decode(json.dumps(document) + "\n", Image()) is None
    twice = json.dumps(document).replace('"pair_id": 3', '"pair_id": 3, "pair_id": 3')
    assert plain.decode(twice, Image()) is None

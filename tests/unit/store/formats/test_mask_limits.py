"""What a format cannot hold of a mask is said while it is drawn, and counted when it is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from store import masks
from store.document import mask_edits
from store.formats.mask_limits import HOLES, mask_limit
from store.outlines.rings import RINGS, has_holes, rings
from store.records import Garment, Image, ImageRecord
from tests.contract.formats.format_records import write

SIZE = (60, 50)


@pytest.fixture
def holed() -> Garment:
    outer = np.array([[10, 10], [40, 10], [40, 40], [10, 40]], float)
    hole = np.array([[20, 20], [30, 20], [30, 30], [20, 30]], float)
    garment = Garment(id=1, image_id=1, key="item1", category_id=8, box=[10, 10, 40, 40], polygons=(outer,))
    edit = mask_edits.cut_hole(garment, hole, SIZE)
    assert edit is not None
    after = edit.changes[0].after
    assert isinstance(after, Garment)
    return after


@pytest.mark.parametrize(
    ("format", "words"),
    [("deepfashion2", "no holes"), ("coco", ""), ("in-shop", "no masks"), ("", ""), ("unheard of", "")],
)
def test_limits_are_said(holed: Garment, format: str, words: str) -> None:
    said = mask_limit(format, holed)
    assert (words in said) if words else said == ""


def test_pixels_are_outlined_in_deepfashion2(holed: Garment) -> None:
    assert "single pixels" in mask_limit("deepfashion2", holed.but(extra={}))
    assert mask_limit("deepfashion2", holed.but(polygons=holed.polygons, rle=None)) == ""


@pytest.mark.parametrize("format", ["deepfashion2", "coco"])
def test_a_hole_comes_back_with_its_corners(holed: Garment, format: str, tmp_path: Path) -> None:
    image = Image(id=1, name="000001.jpg", width=SIZE[0], height=SIZE[1], size_known=True)
    record = ImageRecord(image, (holed,))
    path = tmp_path / ("out.json" if format == "coco" else "out")
    layout = "per-category" if format == "coco" else "annotations"
    writer, (found,) = write((format, layout), path, [record])
    losses = writer.losses(record)
    assert any(what == HOLES for what, *_ in losses) == (format == "deepfashion2")
    (again,) = found.garments
    assert again.rle is not None
    assert masks.rle_area(again.rle) == masks.rle_area(holed.rle or {})
    assert has_holes(again)
    assert [ring.tolist() for ring in rings(again)] == [ring.tolist() for ring in rings(holed)]
    assert RINGS in again.extra

"""What other processes pack is what the store itself would write."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given, settings

from store.db import tables
from store.db.packing import GARMENT_COLUMNS, IMAGE_COLUMNS, garment_row, image_row
from store.db.rows import garment_values, image_values
from store.records import Garment, Image
from tests.examples import examples
from tests.unit.store.db.drawn import garments, images


def test_columns_stand_in_the_order_of_the_tables() -> None:
    names = ("id", *IMAGE_COLUMNS, "garments", "problems", "changed", "touched")
    assert tuple(tables.images.c.keys()) == names
    assert tuple(tables.garments.c.keys()) == ("id", "image_id", *GARMENT_COLUMNS)


@settings(examples(12, 50))
@given(images(), garments())
def test_rows_hold_the_values_of_the_columns(image: Image, garment: Garment) -> None:
    assert dict(zip(IMAGE_COLUMNS, image_row(image), strict=True)) == image_values(image)
    packed = dict(zip(GARMENT_COLUMNS, garment_row(garment, 4), strict=True))
    assert {**packed, "image_id": garment.image_id} == garment_values(garment.but(position=4))


def test_a_process_that_reads_does_not_load_the_database() -> None:
    code = "import sys, store.importing.worker; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

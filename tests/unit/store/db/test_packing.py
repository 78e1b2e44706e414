"""What other processes pack is what the store itself would write."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given, settings

from store.db import tables
from store.db.packing import GARMENT_COLUMNS, IMAGE_COLUMNS, garment_row, image_row
from store.db.rows import garment_of, image_of
from store.records import Garment, Image
from tests.examples import examples
from tests.unit.store.db.drawn import garments, images


def test_columns_stand_in_the_order_of_the_tables() -> None:
    names = ("id", *IMAGE_COLUMNS, "garments", "problems", "changed", "touched")
    assert tuple(tables.images.c.keys()) == names
    assert tuple(tables.garments.c.keys()) == ("id", "image_id", *GARMENT_COLUMNS)


@settings(examples(12, 50))
@given(images(), garments())
def test_rows_are_read_as_what_was_packed(image: Image, garment: Garment) -> None:
    """As the tables give them back: ids first, and behind an image what is counted."""
    assert image_of((7, *image_row(image), 0, 0, 0, 0), image.tags).same_as(image.but(id=7))
    packed = garment_of((3, 7, *garment_row(garment, 4)))
    assert packed.same_as(garment.but(id=3, image_id=7, position=4))


def test_a_process_that_reads_does_not_load_the_database() -> None:
    code = "import sys, store.importing.worker; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""The demo in every format and layout: recognised by itself, and the same again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.program import run
from store import exporting, importing
from store.db import Store
from store.exporting import ExportOptions
from store.formats import registry
from store.records import ImageRecord

KINDS = [(one.name, layout) for one in registry.FORMATS.values() for layout in (one.layouts or ("",))]
#: What an image is called is up to the lists, and ids to the store.
IMAGE = frozenset({"id", "dataset_id", "name", "version", "extra", "state"})
GARMENT = frozenset({"id", "image_id", "version", "extra"})


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A drawn dataset with faults in it."""
    folder = tmp_path_factory.mktemp("demo")
    command = ["demo", "--dir", str(folder), "--images", "8", "--errors", "0.2", "--headless"]
    assert run(command) == 0
    with Store.open(folder / "store") as store:
        yield store


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_an_export_is_recognised_and_equal(kind: tuple[str, str], demo: Store, tmp_path: Path) -> None:
    format, layout = kind
    out = tmp_path / ("out.json" if registry.FORMATS[format].is_file else "out")
    options = ExportOptions(layout=layout, precise=True, copy_images=True)
    found = exporting.preflight(demo, format, None, options)
    assert not found.lost
    report = exporting.export(demo, format, out, None, options)
    assert report.losses == found.losses
    assert registry.detect(out) == format
    with Store.create(tmp_path / "again") as again:
        told = importing.import_dataset(again, "auto", out, importing.ImportOptions())
        assert (told.format, told.missing) == (format, demo.statistics.totals().missing)
        for before, after in zip(_ordered(demo), _ordered(again), strict=True):
            assert before.image.same_as(after.image, IMAGE)
            for one, other in zip(before.garments, after.garments, strict=True):
                assert one.same_as(other, GARMENT)


def _ordered(store: Store) -> list[ImageRecord]:
    """The records by file name, whatever folder it lies in."""
    return sorted(store.stream(), key=lambda record: (record.image.split, Path(record.image.name).stem))

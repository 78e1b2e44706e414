"""Which formats there are. A new one is a module and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from store.errors import FormatError
from store.formats import category_attribute, consumer_to_shop, deepfashion2, fld, in_shop, in_shop_files
from store.formats.base import Reader, ReadOptions, WriteOptions, Writer
from store.formats.category_attribute import formats as category_attribute_formats
from store.formats.coco.reader import CocoReader
from store.formats.coco.writer import LAYOUTS, CocoWriter
from store.formats.deepfashion2.reader import DeepFashion2Reader
from store.formats.deepfashion2.writer import DeepFashion2Writer
from store.formats.files import reading
from store.formats.titles import TITLES

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how it is shown, recognised, read and written. ``is_file``: an export is one file."""

    name: str
    detects: Callable[[Path], bool]
    reader: Callable[[Path, ReadOptions], Reader]
    writer: Callable[[Path, WriteOptions], Writer]
    is_file: bool = False
    layouts: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What people call it."""
        return TITLES[self.name]


FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format(
            deepfashion2.FORMAT,
            DeepFashion2Reader.detects,
            DeepFashion2Reader,
            DeepFashion2Writer,
            layouts=deepfashion2.LAYOUTS,
        ),
        Format("coco", CocoReader.detects, CocoReader, CocoWriter, is_file=True, layouts=LAYOUTS),
        Format(
            category_attribute.FORMAT,
            category_attribute_formats.detects,
            category_attribute_formats.read,
            category_attribute_formats.write,
            layouts=category_attribute.LAYOUTS,
        ),
        Format(
            consumer_to_shop.FORMAT, consumer_to_shop.detects, consumer_to_shop.read, consumer_to_shop.write
        ),
        Format(in_shop.FORMAT, in_shop_files.detects, in_shop_files.read, in_shop_files.write),
        Format(fld.FORMAT, fld.detects, fld.read, fld.write),
    )
}


def detect(path: Path) -> str:
    """The format that a path looks like. Raises :class:`FormatError` where none does."""
    if not path.exists():
        raise FormatError(f"{path} does not exist.", "Check the path.")
    for entry in FORMATS.values():
        if entry.detects(path):
            return entry.name
    raise FormatError(f"{path} looks like none of: {_names()}.", "Name the format.")


def reader(format: str, path: Path, options: ReadOptions) -> Reader:
    """A reader of a dataset; ``auto`` detects the format.

    Raises :class:`FormatError` for an unknown format, or a path that holds no such dataset.
    """
    with reading(path):
        return _format(detect(path) if format == AUTO else format).reader(path, options)


def writer(format: str, out: Path, options: WriteOptions) -> Writer:
    """A writer to a file or folder. Raises :class:`FormatError` for an unknown format or layout."""
    entry = _format(format)
    if options.layout and options.layout not in entry.layouts:
        fix = f"Choose {' or '.join(entry.layouts)}." if entry.layouts else "It has only one: name none."
        raise FormatError(f"There is no layout {options.layout!r} of {format}.", fix)
    return entry.writer(out, options)


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise FormatError(f"There is no format {name!r}.", f"Choose one of: {_names()}.")
    return FORMATS[name]


def _names() -> str:
    return ", ".join(FORMATS)

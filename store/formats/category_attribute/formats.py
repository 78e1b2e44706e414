"""Reader and writer of the benchmark, and how it is recognised."""

from __future__ import annotations

from pathlib import Path

from store.formats.base import ReadOptions, WriteOptions
from store.formats.category_attribute import COARSE, FINE, FORMAT, LAYOUTS
from store.formats.category_attribute.benchmark import CategoryAttribute
from store.formats.category_attribute.files import files
from store.formats.lists.reader import ListsReader, found, home_of, said_format
from store.formats.lists.writer import ListsWriter

_TELLING = ("category_img", "attr_img", "category_cloth")


def layout_of(path: Path) -> str:
    """The layout of a folder: fine where that is all there is, or where its folder is named."""
    folder = path if path.is_dir() else path.parent
    if folder.name.casefold() == "anno_fine":
        return FINE
    coarse = any(found(path, listed) for listed in files(COARSE) if listed.key != "eval")
    return COARSE if coarse or not (home_of(path) / "Anno_fine").is_dir() else FINE


def read(path: Path, options: ReadOptions) -> ListsReader:
    """A reader of a folder of either layout; where both are there, of the thousand attributes."""
    return ListsReader(path, options, CategoryAttribute(layout_of(path)))


def write(out: Path, options: WriteOptions) -> ListsWriter:
    """A writer to a folder."""
    return ListsWriter(out, options, CategoryAttribute(options.layout, options.categories), read)


def detects(path: Path) -> bool:
    """Whether a path looks like the benchmark: it alone lists categories and attributes of images."""
    if not path.exists():
        return False
    if said := said_format(path):
        return said == FORMAT
    lists = [listed for layout in LAYOUTS for listed in files(layout)]
    return any(found(path, listed) for listed in lists if listed.key in (*_TELLING, "train_cate", "val_cate"))

"""What the two retrieval benchmarks have in common: garments are products, with attributes of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from store.formats.base import Complaints
from store.formats.lists import values
from store.formats.lists.benchmark import Benchmark
from store.formats.lists.common import BOX_FIELDS, MARK_FIELDS, SPLIT_FIELD
from store.formats.lists.style import Style
from store.formats.lists.table import ListFile, Row, Table
from store.formats.lists.vocabulary import OfItems, Vocabulary, Words
from store.records import Garment

#: What a dataset keeps of products with attributes of which none is known.
UNKNOWN = "unknown"
#: Lists with a row an image, by what their rows say.
FIELDS: Mapping[str, frozenset[str]] = {
    "bbox": BOX_FIELDS | {"clothes_type"},
    "landmarks": MARK_FIELDS,
    "eval": SPLIT_FIELD | {"item_id"},
}


def item_attributes(*places: str) -> ListFile:
    """The list of the attributes of products."""
    style = Style(pad=14, gaps=("  ", " "), width=3)
    return ListFile("attr_items", places, "item_id  attribute_labels", style=style)


def type_in(box: Row | None, marks: Row | None, told: Complaints | None) -> int | None:
    """The clothes type in the row of a box, else in one of landmarks that cannot be read."""

    def read(row: Row | None, told: Complaints | None) -> int | None:
        return values.read_type(row, row.values[0], told) if row is not None and row.values else None

    return read(box, told) or read(marks, None)


class ProductBenchmark(Benchmark):
    """A benchmark of products; ``words``: how its list of attributes spells them."""

    def __init__(
        self, format: str, lists: tuple[ListFile, ...], about: Iterable[str], words: Words, **more: Any
    ) -> None:
        super().__init__(format, lists, about=frozenset(about), **more)
        self.items = OfItems(Vocabulary(Style(gaps=(" ",), zeros=0), words))
        self._styles: dict[str, Style] = {}

    def prepare(self, tables: Mapping[str, Table], told: Complaints) -> None:
        """See :class:`Benchmark`."""
        if (names := tables.get("attr_cloth")) is not None:
            with names.opened():
                self.items.words.take(names, told)
        self.items.words.settle()
        self.items.read_from(tables.get("attr_items"))

    def styled(self, styles: Mapping[str, Style]) -> None:
        """See :class:`Benchmark`."""
        self._styles = dict(styles)

    def closing(self) -> Mapping[str, Iterable[str]]:
        """See :class:`Benchmark`."""
        return {
            "items": self.items.items(),
            "attr_cloth": self.items.words.rows,
            "attr_items": self.items.rows(self._styles.get("attr_items", item_attributes().style)),
        }

    def ordered(self, garment: Garment) -> Garment:
        """See :class:`Benchmark`."""
        return garment.but(attributes=self.items.words.ordered(garment.attributes))

    def fields_of(self, key: str) -> frozenset[str]:
        """See :class:`Benchmark`."""
        return FIELDS.get(key, frozenset())

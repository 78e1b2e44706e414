"""The Consumer-to-shop benchmark: images of consumers and shops, paired by product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from store.formats.base import Complaints, Losses, ReadOptions, WriteOptions
from store.formats.lists import common, values
from store.formats.lists.benchmark import Encoded, Rows, typed
from store.formats.lists.common import VARIATION, first, status_of
from store.formats.lists.items import item_in, item_of
from store.formats.lists.names import keeps_its_name
from store.formats.lists.products import UNKNOWN, ProductBenchmark, item_attributes, type_in
from store.formats.lists.reader import ListsReader, found, said_format
from store.formats.lists.style import Style, Value, kept_rows
from store.formats.lists.table import ListFile, Row, Table, fields_of, row_of
from store.formats.lists.vocabulary import translated_words
from store.formats.lists.writer import ListsWriter
from store.formats.values import mapping, texts
from store.records import Domain, Garment, Image, ImageRecord

FORMAT = "consumer-to-shop"

_PAD = 72
_PAIRS = "Eval/list_eval_partition.txt"
_PAIR_COLUMNS = "image_pair_name_1 image_pair_name_2 item_id evaluation_status"
_PAIR_STYLE = Style(gaps=("  ", "  ", " "))
_BOXES = common.box_list("Anno/list_bbox_consumer2shop.txt", _PAD, "clothes_type source_type", kinds=1)
_LANDMARKS = common.landmark_list("Anno/list_landmarks_consumer2shop.txt", _PAD, varied=True, kinds=1)
_LISTS = (
    _BOXES,
    _LANDMARKS,
    ListFile("eval", (_PAIRS,), _PAIR_COLUMNS, style=_PAIR_STYLE),
    ListFile("shop", (_PAIRS,), _PAIR_COLUMNS, column=1, view=True, style=_PAIR_STYLE),
    # The page of the benchmark calls it items; the file and all who read it do not.
    ListFile("items", ("Anno/list_item_consumer2shop.txt", "Anno/list_items_consumer2shop.txt")),
    ListFile("attr_cloth", ("Anno/list_attr_cloth.txt",), "attribute_name  attribute_type"),
    ListFile("attr_type", ("Anno/list_attr_type.txt",), "attribute_type  type_name"),
    item_attributes("Anno/list_attr_items.txt"),
)
_ABOUT_IMAGES = ("bbox", "landmarks", "eval", "shop")
_NAMES = ("attr_cloth", "attr_type")
_SOURCES = {"1": Domain.SHOP, "2": Domain.CONSUMER}
_CODES = {domain: word for word, domain in _SOURCES.items()}


class ConsumerToShop(ProductBenchmark):
    """What the lists of the benchmark say.

    The pairs are noted with the image of the consumer, ``pairs`` in its extra: the names of the shop's
    images. ``paired`` is the first consumer's image that an image of a shop is paired with; ``named`` is what
    it is called there, where it will have another name in the lists.
    """

    def __init__(self) -> None:
        super().__init__(
            FORMAT,
            _LISTS,
            _ABOUT_IMAGES,
            translated_words,
            master="bbox",
            several=frozenset({"eval", "shop"}),
            derived=frozenset({"shop"}),
        )
        self._rows: dict[str, list[str]] = {}
        #: By product the names that are to be paired: of consumers with their split, of shops.
        self._unpaired: dict[str, tuple[list[tuple[str, str]], list[str]]] = {}

    # -- what is about no image -----------------------------------------------------------------

    def prepare(self, tables: Mapping[str, Table], told: Complaints) -> None:
        """See :class:`Benchmark`."""
        for key in _NAMES:
            if (table := tables.get(key)) is not None:
                with table.opened():
                    rows = list(table)
                self._rows[key] = [row.text for row in rows]
        super().prepare(tables, told)

    def begin(self, notes: Mapping[str, Any]) -> None:
        """See :class:`Benchmark`."""
        kept = mapping(notes.get("names"))
        for key in _NAMES:
            self._rows[key] = kept_rows(kept.get(key))
        self.items.words.take([row_of("", 0, row) for row in self._rows["attr_cloth"]], None)
        self.items.words.settle()
        self.items.keep_unknown(texts(notes.get(UNKNOWN)))

    def extra(self) -> Mapping[str, Any]:
        """See :class:`Benchmark`."""
        return {"names": self._rows, UNKNOWN: self.items.unknown()}

    def closing(self) -> Mapping[str, Iterable[str]]:
        """See :class:`Benchmark`."""
        types = self._rows.get("attr_type", [])
        return {"eval": self._new_pairs(), **super().closing(), "attr_type": types}

    def _new_pairs(self) -> Iterator[str]:
        """A row for each image of a consumer and each of a shop that show the same product."""
        for item, (consumers, shops) in self._unpaired.items():
            for name, status in consumers:
                for shop in shops:
                    yield _PAIR_STYLE.row(name, [shop, item, status])

    def written(self, name: str, record: ImageRecord) -> None:
        """See :class:`Benchmark`."""
        garment = record.garments[0] if record.garments else Garment()
        item = item_of(garment)
        self.items.written(item, garment.attributes)
        if not item or self._notes(record.image):
            return
        consumers, shops = self._unpaired.setdefault(item, ([], []))
        status = status_of(record.image.split)
        if record.image.domain is Domain.CONSUMER and status:
            consumers.append((name, status))
        elif record.image.domain is Domain.SHOP:
            shops.append(name)

    def _notes(self, image: Image) -> Mapping[str, Any]:
        """The pairs of an image as they were read."""
        found = mapping(image.extra.get(FORMAT))
        return {key: found[key] for key in ("pairs", "paired", "named") if key in found}

    # -- reading --------------------------------------------------------------------------------

    def decode(self, name: str, rows: Rows, told: Complaints | None) -> ImageRecord:
        """See :class:`Benchmark`."""
        pairs = [row for row in rows.get("eval", ()) if _is_whole(row, told)]
        shown = [row for row in rows.get("shop", ()) if _is_whole(row, None)]
        box_row, mark_row = first(rows, "bbox"), first(rows, "landmarks")
        domain = _domain(name, box_row, bool(pairs), bool(shown), told)
        said = pairs or shown
        image = Image(
            name=name,
            domain=domain,
            split=said[0].values[2] if said else "",
            extra=_noted(name, pairs, shown),
        )
        marks = None if mark_row is None else values.read_marks(mark_row, told)
        kind = marks.clothes_type if marks else type_in(box_row, mark_row, told)
        box = common.box_in(box_row, 2, told)
        item = (pairs[0].values[1] if pairs else "") or item_in(name) or (shown[0].values[1] if shown else "")
        if kind is None and box is None and not item:
            return ImageRecord(image)
        facts = {VARIATION: marks.variation} if marks and marks.variation is not None else {}
        garment = common.garment_in(FORMAT, typed(self.own, kind), box, marks, facts)
        attributes = self.items.of(item, told)
        return ImageRecord(image, (garment.but(clothes_type=kind, item_id=item, attributes=attributes),))

    # -- writing --------------------------------------------------------------------------------

    def encode(self, record: ImageRecord, precise: bool) -> Encoded:
        """See :class:`Benchmark`."""
        rows: dict[str, list[list[Value]]] = {}
        made_up: set[str] = set()
        garment = record.garments[0] if record.garments else Garment()
        kind = self.kind_of(garment) if record.garments else None
        if garment.box is not None and kind is not None:
            source = _CODES.get(record.image.domain, "1")
            rows["bbox"] = [[str(kind), source, *values.box_values(garment.box, precise)]]
        triplets = self.marks(garment, kind, precise)
        if triplets:
            rows["landmarks"] = [[str(kind), common.code(self.facts(garment), VARIATION, made_up), *triplets]]
        self.items.expect(item_of(garment), garment.attributes)
        rows |= self._pair_rows(record, item_of(garment) or item_in(record.image.name))
        return Encoded(rows, frozenset(made_up), self._unsure(record, rows))

    def _pair_rows(self, record: ImageRecord, item: str) -> dict[str, list[list[Value]]]:
        status, notes = status_of(record.image.split), self._notes(record.image)
        if not status or not item:
            return {}
        paired = notes.get("paired")
        if notes.get("named") not in (None, record.image.name):
            # The pair calls it otherwise, and so no row is about it.
            return {}
        if isinstance(paired, str) and self.exported(paired):
            # The image of the consumer has the row; this is what it says of this one.
            return {"shop": [[record.image.name, item, status]]}
        shops = texts(notes.get("pairs"))
        return {"eval": [[shop, item, status] for shop in shops if self.exported(shop)]}

    def _unsure(self, record: ImageRecord, rows: Mapping[str, Any]) -> frozenset[str]:
        """What rows that are written for other images may say otherwise."""
        notes, named = self._notes(record.image), item_in(record.image.name)
        if notes.get("pairs") and rows.get("eval"):
            return frozenset()
        item = item_of(record.garments[0]) if record.garments else ""
        if isinstance(notes.get("paired"), str) and rows.get("shop") and named == item:
            return frozenset()
        return frozenset({"split", "domain", "item_id"})

    def dropped(self, record: ImageRecord) -> Losses:
        """See :class:`Benchmark`."""
        shops = texts(self._notes(record.image).get("pairs"))
        return Losses(
            {
                ("pairs with images that are not exported", False, "left out"): sum(
                    not self.exported(s) for s in shops
                )
            }
        )


def _is_whole(row: Row, told: Complaints | None) -> bool:
    if len(row.values) == 3:
        return True
    if told:
        told.file = row.file
        what = f"{len(row.values) + 1} values, not two images, a product and a status"
        told.error("row-short", f"The row has {what}; it is kept aside.", values.where(row))
    return False


def _noted(name: str, pairs: Sequence[Row], shown: Sequence[Row]) -> dict[str, Any]:
    if pairs:
        return {FORMAT: {"pairs": [row.values[0] for row in pairs]}}
    if not shown:
        return {}
    paired = {"paired": fields_of(shown[0].text)[0]}
    return {FORMAT: paired if keeps_its_name(name) else {**paired, "named": name}}


def _domain(name: str, row: Row | None, pairs: bool, shown: bool, told: Complaints | None) -> Domain:
    """Where an image was taken: as its row says, else its side of a pair or its name."""
    if row is not None and len(row.values) > 1:
        if row.values[1] in _SOURCES:
            return _SOURCES[row.values[1]]
        if told:
            told.file = row.file
            told.warn("code-unknown", f"The source is {row.values[1]}, not 1 (shop) or 2.", values.where(row))
    file = PurePosixPath(name).name
    # The data spells it so.
    if pairs or file.startswith(("comsumer", "consumer")):
        return Domain.CONSUMER
    return Domain.SHOP if shown or file.startswith("shop") else Domain.UNKNOWN


def read(path: Path, options: ReadOptions) -> ListsReader:
    """A reader of a folder of the benchmark."""
    return ListsReader(path, options, ConsumerToShop())


def write(out: Path, options: WriteOptions) -> ListsWriter:
    """A writer to a folder."""
    return ListsWriter(out, options, ConsumerToShop(), read)


def detects(path: Path) -> bool:
    """Whether a path looks like the benchmark: its lists have names of their own, or there are pairs."""
    if not path.exists():
        return False
    if said := said_format(path):
        return said == FORMAT
    if found(path, _BOXES) or found(path, _LANDMARKS):
        return True
    place = found(path, _LISTS[2])
    if place is None:
        return False
    with place.open("rb") as file:
        return any(b"image_pair_name_1" in file.readline(1 << 16) for _ in range(3))

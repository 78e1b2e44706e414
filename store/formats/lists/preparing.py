"""A record on its way into the lists: its rows, what will be read of them, and the line beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from resources.taxonomy import Category
from store.formats.base import Losses
from store.formats.lists import sidecar
from store.formats.lists.benchmark import Benchmark, Encoded
from store.formats.lists.losses import losses_of
from store.formats.lists.names import Names, listed_name
from store.formats.lists.reader import checksum
from store.formats.lists.style import Style, from_notes, is_blank
from store.formats.lists.table import Row, fields_of, row_of
from store.formats.values import mapping, rounded
from store.records import Garment, Image, ImageRecord


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record on its way: its name and rows in the lists, what will be read, the line beside them.

    ``said`` is of that line what the rows do not say; the rest only makes sure.
    """

    record: ImageRecord
    name: str
    rows: Mapping[str, Sequence[str]]
    wanted: ImageRecord
    line: Mapping[str, Any]
    said: Mapping[str, Any]
    encoded: Encoded


class Preparer:
    """Prepares the records of one export; ``precise`` keeps decimals."""

    def __init__(self, benchmark: Benchmark, precise: bool) -> None:
        self._benchmark = benchmark
        self._precise = precise
        self._names: Names | None = None
        self._keys: dict[int, sidecar.CategoryKey] = {}
        self._shown: dict[int, sidecar.CategoryKey] = {}
        #: The categories that are none of the 13, by the key that lines use.
        self.own: dict[str, Category] = {}
        self.styles: dict[str, Style] = {listed.key: listed.style for listed in benchmark.lists}
        self._columns = {listed.key: listed.column for listed in benchmark.lists}
        self._last: Prepared | None = None

    def begin(
        self, notes: Mapping[str, Any], categories: Sequence[Category], images: Iterable[Image]
    ) -> None:
        """``notes`` are what the dataset kept of its files; ``images`` are all images to come."""
        self._benchmark.known = {category.id: category for category in categories}
        self._keys, self.own = sidecar.category_keys(categories)
        self._shown = self._with_local()
        self._benchmark.begin(notes)
        files = mapping(notes.get("files"))
        for listed in self._benchmark.lists:
            said = mapping(files.get(listed.key))
            self.styles[listed.key] = from_notes(said.get("style"), listed.style)
        self._benchmark.styled(self.styles)
        self._names = Names(images)
        self._benchmark.exported = self._names.__contains__

    def of(self, record: ImageRecord) -> Prepared:
        """What becomes of a record; what is asked again of the last one is remembered."""
        if self._last is not None and self._last.record is record:
            return self._last
        name = self._names.of(record.image) if self._names is not None else listed_name(record.image)
        ordered = sorted(record.garments, key=lambda garment: garment.position)
        garments = tuple(g if g.position == i else g.but(position=i) for i, g in enumerate(ordered))
        record_as_listed = ImageRecord(record.image.but(name=name), garments)
        encoded = self._benchmark.encode(record_as_listed, self._precise)
        rows = self._as_read(record_as_listed, self._rows(name, encoded))
        plain = self._plain(name, rows)
        again = self._benchmark.repeated(record_as_listed, _parsed(rows))
        rows |= self._rows(name, Encoded(again))
        # In the order of the list from here on: the line beside it must say the same as a row would.
        rounded_ones = map(self._benchmark.ordered, self._rounded(plain, garments))
        wanted = record_as_listed.but(garments=tuple(rounded_ones))
        said = sidecar.differing(plain, wanted, self._shown, self._benchmark.format)
        if name != record.image.name:
            said["name"] = record.image.name
        line = self._line(said, wanted, encoded, rows)
        self._last = Prepared(record, name, rows, wanted.but(image=record.image), line, said, encoded)
        return self._last

    def _line(
        self,
        said: Mapping[str, Any],
        wanted: ImageRecord,
        encoded: Encoded,
        rows: Mapping[str, Sequence[str]],
    ) -> dict[str, Any]:
        """The line beside the lists: what they do not say, and what they may say otherwise."""
        line = dict(said)
        if encoded.unsure:
            if "garments" in line:
                line["garments"] = [dict(entry) for entry in line["garments"]]
            _make_sure(line, wanted, encoded.unsure)
        if encoded.made_up:
            line["made_up"] = sorted(encoded.made_up)
        if line and any(rows.get(key) for key in self._benchmark.signed):
            line["rows"] = checksum(self._benchmark, _parsed(rows))
        return line

    def losses(self, record: ImageRecord) -> Losses:
        """What the lists have no column for."""
        made = self.of(record)
        ordered = sorted(record.garments, key=lambda garment: garment.position)
        found = losses_of(made.said, made.encoded.made_up)
        decimals = any(
            not _alike(a.box, b.box) or not _alike(a.points, b.points)
            for a, b in zip(made.wanted.garments, ordered, strict=True)
        )
        what = ("decimals of coordinates", False, "rounded to whole pixels; ask for precise numbers")
        found[what] += decimals
        found.update(self._benchmark.dropped(record))
        return +found

    def _rows(self, name: str, encoded: Encoded) -> dict[str, list[str]]:
        return {
            key: [self.styles[key].row(name, values) for values in several]
            for key, several in encoded.rows.items()
            if several
        }

    def _with_local(self) -> dict[int, sidecar.CategoryKey]:
        """The keys of categories by id, with those of the benchmark's own under their negative local ids."""
        same = {(one.name, one.schema): self._keys[number] for number, one in self._benchmark.known.items()}
        local = {-one.id: same.get((one.name, one.schema), "") for one in self._benchmark.own}
        return {**self._keys, **local}

    def _plain(self, name: str, rows: Mapping[str, Sequence[str]]) -> ImageRecord:
        record = self._benchmark.decode(name, _parsed(rows), None)
        # Local ids become negative, so that they are not taken for ids of the store.
        garments = tuple(garment.but(category_id=-garment.category_id) for garment in record.garments)
        return record.but(garments=garments)

    def _as_read(self, record: ImageRecord, rows: dict[str, list[str]]) -> dict[str, list[str]]:
        """The rows as the source had them, where those still say what the record says."""
        notes = mapping(mapping(record.image.extra.get(self._benchmark.format)).get("rows"))
        aside = {
            key: said
            for key, said in notes.items()
            if key in self.styles
            and isinstance(said, list)
            and all(isinstance(row, str) and not is_blank(row) for row in said)
        }
        if not aside:
            return rows
        exact = self._rows(record.image.name, self._benchmark.encode(record, precise=True))
        exactly = self._plain(record.image.name, exact)
        for key, said in aside.items():
            name = record.image.name
            if any(name != _named(row, self._columns[key]) for row in said):
                continue
            tried = {**rows, key: said}
            if self._same(self._plain(name, {**exact, key: said}), exactly, record, key):
                rows = tried
        return rows

    def _same(self, plain: ImageRecord, exactly: ImageRecord, record: ImageRecord, key: str) -> bool:
        """Whether rows of the source, read as ``plain``, say what a record says, as far as a list can."""
        if not record.garments and plain.garments:
            return False
        fields = self._benchmark.fields_of(key)
        split = plain.image.split
        if "split" in fields and split not in (exactly.image.split, record.image.split):
            return False
        one, *others = (
            found.garments[0] if found.garments else Garment() for found in (plain, exactly, record)
        )
        same = all(
            any(_alike(getattr(one, name), getattr(other, name)) for other in others)
            for name in fields
            if name != "split"
        )
        return same and self._benchmark.still(key, plain, record)

    def _rounded(self, plain: ImageRecord, garments: tuple[Garment, ...]) -> tuple[Garment, ...]:
        """The garments as the lists will say them: without decimals, where those were rounded."""
        if self._precise or not garments or not plain.garments:
            return garments
        said, first = plain.garments[0], garments[0]
        changes: dict[str, Any] = {}
        for name, shape in (("box", first.box), ("points", first.points)):
            found = getattr(said, name)
            if shape is not None and not _alike(found, shape) and _alike(found, rounded(shape)):
                changes[name] = found
        return (first.but(**changes), *garments[1:]) if changes else garments


def _named(row: str, column: int) -> str:
    """What a row is about; "" for one that is too short."""
    fields = fields_of(row)
    return fields[column] if column < len(fields) else ""


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return bool(np.array_equal(one, other))
    return bool(one is other or (one is not None and other is not None and one == other))


def _make_sure(line: dict[str, Any], record: ImageRecord, unsure: frozenset[str]) -> None:
    """Says in a line what rows of other images may say of this one."""
    if "split" in unsure:
        line["split"] = record.image.split
    if "domain" in unsure:
        line["domain"] = str(record.image.domain)
    entries = line.setdefault("garments", [{} for _ in record.garments])
    if "item_id" in unsure and entries:
        entries[0]["item_id"] = record.garments[0].item_id
        # A product's attributes come with its id.
        entries[0]["attributes"] = dict(record.garments[0].attributes)


def _parsed(rows: Mapping[str, Sequence[str]]) -> dict[str, list[Row]]:
    return {key: [row_of(key, 0, row) for row in several] for key, several in rows.items()}

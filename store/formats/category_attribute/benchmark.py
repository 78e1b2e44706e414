"""What the files of the benchmark say of an image, and how that is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from resources.taxonomy import Category, clothes_categories, fine_attributes
from store.formats.base import FIRST_OWN_CATEGORY, Complaints
from store.formats.category_attribute import COARSE, FINE, FORMAT
from store.formats.category_attribute.files import NAMES_KEYS, SPLIT_KEYS, files
from store.formats.lists import values
from store.formats.lists.benchmark import Benchmark, Encoded, Rows, own_category, type_categories
from store.formats.lists.common import (
    BOX_FIELDS,
    MARK_FIELDS,
    SPLIT_FIELD,
    STATUSES,
    box_in,
    first,
    garment_in,
    split_of,
    status_of,
)
from store.formats.lists.style import Style, Value, kept_rows
from store.formats.lists.table import ListFile, Row, Table, fields_of, row_of
from store.formats.lists.vocabulary import Vocabulary, typed_words
from store.formats.values import mapping
from store.records import Garment, Image, ImageRecord, Visibility

_FIELDS = {
    "bbox": BOX_FIELDS,
    "landmarks": MARK_FIELDS,
    "eval": SPLIT_FIELD,
    "category_img": frozenset({"clothes_category"}),
    "attr_img": frozenset({"attributes"}),
}
_CATEGORIES = {category.id: category for category in clothes_categories()}
_BY_NAME = {category.name.casefold(): category.id for category in clothes_categories()}
_LIST_STYLE = Style(pad=15, gaps=(" ",), zeros=0)
_ATTRIBUTE_STYLE = Style(pad=30, gaps=("  ",), zeros=0)
_MOST_PLACES = 8
_LISTS = frozenset({"category_img", "attr_img", "bbox", "landmarks"})


def _own() -> tuple[Category, ...]:
    """The 50 with the landmarks of their type, then the types alone."""
    *types, untyped = type_categories()
    schemas = {kind: types[kind - 1].schema for kind in values.SIZES}
    fifty = [
        own_category(FIRST_OWN_CATEGORY + c.id - 1, c.name, schemas[c.type]) for c in clothes_categories()
    ]
    others = enumerate((*types, untyped), FIRST_OWN_CATEGORY + len(fifty))
    return (*fifty, *(own_category(number, one.name, one.schema) for number, one in others))


class CategoryAttribute(Benchmark):
    """Categories, attributes, boxes and landmarks of a layout; "" is that of the dataset, else coarse."""

    def __init__(self, layout: str, called: Mapping[str, str] | None = None) -> None:
        """``called``: the names among the 50 of categories that are none of them."""
        super().__init__(
            FORMAT,
            files(layout or COARSE),
            master="category_img",
            signed=("category_img", "bbox", "landmarks"),
            derived=SPLIT_KEYS,
            own=_own(),
        )
        self.layout = layout
        self._called = called or {}
        self._words = Vocabulary(_ATTRIBUTE_STYLE, typed_words)
        self._categories: list[str] = []
        self._reading: frozenset[str] = frozenset()
        self._splits_too = True

    def about_images(self) -> tuple[ListFile, ...]:
        """See :class:`Benchmark`."""
        return tuple(listed for listed in self.lists if listed.key not in NAMES_KEYS)

    # -- names ----------------------------------------------------------------------------------

    def prepare(self, tables: Mapping[str, Table], told: Complaints) -> None:
        """See :class:`Benchmark`."""
        self._reading = frozenset(tables)
        self._read_categories(tables.get("category_cloth"), told)
        if (names := tables.get("attr_cloth")) is not None:
            with names.opened():
                self._words.take(names, told)
        counts = {key: _values_in(tables.get(key)) for key in ("attr_img", *(f"{s}_attr" for s in STATUSES))}
        groups = len({group for group, _ in fine_attributes()})
        if not len(self._words):
            most = max(counts.values(), default=0)
            self._words.number(len(fine_attributes()) if most == groups else most)
        self._words.settle()
        if any(f"{split}_landmards" in tables for split in STATUSES) and "landmarks" not in tables:
            told.file = "Anno_fine"
            told.warn("landmarks-plain", "The landmarks of the splits have no visibility; taken as visible.")

    def _read_categories(self, table: Table | None, told: Complaints) -> None:
        if table is None:
            return
        with table.opened():
            rows = list(table)
        self._categories = [row.text for row in rows]
        for number, row in enumerate(rows, 1):
            name, official = fields_of(row.text)[0], _CATEGORIES.get(number)
            if official is None or official.name.casefold() != name.casefold():
                told.file = row.file
                shown = official.name if official else "none"
                told.warn(
                    "category-list",
                    f"Category {number} is called {name} there and {shown} in the benchmark, and labels are "
                    "read as the benchmark's.",
                    values.where(row),
                )
                break

    def begin(self, notes: Mapping[str, Any]) -> None:
        """See :class:`Benchmark`."""
        if not self.layout:
            self.layout = FINE if notes.get("layout") == FINE else COARSE
            self.lists = files(self.layout)
        kept = mapping(notes.get("names"))
        self._categories = kept_rows(kept.get("category_cloth"))
        if len(self._categories) != len(_CATEGORIES):
            self._categories = [_LIST_STYLE.row(c.name, [str(c.type)]) for c in clothes_categories()]
        rows = [row_of("", 0, row) for row in kept_rows(kept.get("attr_cloth"))]
        self._words.take(rows, None)
        had = mapping(notes.get("files"))
        self._splits_too = not had or bool(SPLIT_KEYS & set(had))
        if not len(self._words) and self.layout == FINE:
            self._words.number(len(fine_attributes()))
        self._words.settle()

    def extra(self) -> Mapping[str, Any]:
        """See :class:`Benchmark`."""
        names = {"category_cloth": self._categories, "attr_cloth": self._words.rows}
        return {"layout": self.layout, "names": names}

    def closing(self) -> Mapping[str, Iterable[str]]:
        """See :class:`Benchmark`."""
        return {"category_cloth": self._categories, "attr_cloth": self._words.rows}

    def padded(self, key: str) -> int:
        """See :class:`Benchmark`."""
        grown = len(self._words) > self._words.least
        return len(self._words) if grown and key in ("attr_img", *(f"{s}_attr" for s in STATUSES)) else 0

    def says_nothing(self, key: str) -> bool:
        """See :class:`Benchmark`."""
        return key == "attr_img" and not len(self._words)

    def ordered(self, garment: Garment) -> Garment:
        """See :class:`Benchmark`."""
        return (
            garment.but(attributes=self._words.ordered(garment.attributes)) if garment.attributes else garment
        )

    def category_of(self, key: str, word: str) -> int:
        """See :class:`Benchmark`."""
        number = values.whole(word)
        if key == "category_img":
            return self.own[number - 1].id if number in _CATEGORIES else self.own[-1].id
        return self._typed(number if number in values.SIZES else None)

    def _typed(self, kind: int | None) -> int:
        return self.own[-1].id if kind is None else self.own[len(_CATEGORIES) + kind - 1].id

    # -- reading --------------------------------------------------------------------------------

    def decode(self, name: str, rows: Rows, told: Complaints | None) -> ImageRecord:
        """See :class:`Benchmark`."""
        split = next((split for split in STATUSES if rows.get(split)), "")
        image = Image(name=name, split=split_of(first(rows, "eval"), 0, told) or split)
        category = self._category(self._row(rows, "category_img", f"{split}_cate"), told)
        official = _CATEGORIES.get(category or 0)
        row = first(rows, "landmarks")
        marks = None if row is None else values.read_marks(row, told, varied=False)
        if self._reading and "landmarks" not in self._reading and split and official is not None:
            marks = _plain_marks(first(rows, f"{split}_landmards"), official.type, told)
        kind = marks.clothes_type if marks else official.type if official else None
        box = box_in(self._row(rows, "bbox", f"{split}_bbox"), 0, told)
        attributes = self._attributes(self._row(rows, "attr_img", f"{split}_attr"), told)
        if category is None and marks is None and box is None and not attributes:
            return ImageRecord(image)
        number = self.own[category - 1].id if category is not None else self._typed(kind)
        facts = {"variation": marks.variation} if marks and marks.variation is not None else {}
        garment = garment_in(FORMAT, number, box, marks, facts)
        garment = garment.but(clothes_category=category, clothes_type=kind, attributes=attributes)
        return ImageRecord(image, (garment,))

    def _row(self, rows: Rows, key: str, of_split: str) -> Row | None:
        """The row of a list; that of the split's file only where there is no such list."""
        return first(rows, of_split if self._reading and key not in self._reading else key)

    def _category(self, row: Row | None, told: Complaints | None) -> int | None:
        if row is None:
            return None
        found = values.whole(row.values[0]) if row.values else None
        if found in _CATEGORIES:
            return found
        if told:
            told.file = row.file
            shown = row.values[0] if row.values else "missing"
            told.error(
                "category-unknown",
                f"The category is {shown}, not 1 to 50; the row is kept aside.",
                values.where(row),
            )
        return None

    def _attributes(self, row: Row | None, told: Complaints | None) -> dict[str, int]:
        if row is None:
            return {}
        groups = list(dict.fromkeys(group for group, _ in fine_attributes()))
        if len(row.values) == len(groups) and len(self._words) == len(fine_attributes()):
            return _of_groups(row, groups)
        return self._words.read(row, told)

    # -- writing --------------------------------------------------------------------------------

    def encode(self, record: ImageRecord, precise: bool) -> Encoded:
        """See :class:`Benchmark`."""
        status = status_of(record.image.split)
        rows: dict[str, list[list[Value]]] = {"eval": [[status]]} if status else {}
        garment = record.garments[0] if record.garments else Garment()
        label = self._label(garment) if record.garments else None
        if label is not None:
            rows["category_img"] = [[str(label)]]
        kind = self._kind(garment, label) if record.garments else None
        if garment.box is not None:
            rows["bbox"] = [values.box_values(garment.box, precise)]
        triplets = self.marks(garment, kind, precise)
        if triplets:
            rows["landmarks"] = [[str(kind), *triplets]]
        if garment.attributes or label is not None:
            # Also while no attribute is known: whether there are any shows at the end.
            rows["attr_img"] = [[*self._words.values(garment.attributes)]]
        return Encoded(rows)

    def repeated(self, record: ImageRecord, rows: Rows) -> Mapping[str, Sequence[Sequence[Value]]]:
        """The rows of a split's files, which have one for every image: zeros where nothing is known."""
        split = status_of(record.image.split)
        if not split or not self._splits_too:
            return {}
        # Without a list the zeros in the files of the splits would be taken for what they say.
        self.always = _LISTS
        said = {key: several[0].values for key, several in rows.items() if several}
        attributes = said.get("attr_img", ("0",) * len(self._words))
        marks = said.get("landmarks", ())
        spots = [value for i, value in enumerate(marks[2 if len(marks) % 3 == 2 else 1 :]) if i % 3]
        return {
            split: [[]],
            f"{split}_attr": [["1" if value == "1" else "0" for value in attributes]],
            f"{split}_bbox": [_filled(said.get("bbox", ()), 4)],
            f"{split}_cate": [[*said.get("category_img", ("0",))][:1]],
            f"{split}_landmards": [_filled(spots, 2 * _MOST_PLACES)],
        }

    def _label(self, garment: Garment) -> int | None:
        """The number of the garment's category among the 50: its own if it is one of them, else the fact.

        Else what its category is called among them; the lines beside the lists say what it really is.
        """
        name = self.category_name(garment)
        named, fact = _BY_NAME.get(name.casefold()), garment.clothes_category
        if named is None and fact not in _CATEGORIES:
            return _BY_NAME.get(self._called.get(name, "").casefold())
        return named or fact

    def _kind(self, garment: Garment, label: int | None) -> int | None:
        kind = self.kind_of(garment)
        return _CATEGORIES[label].type if kind is None and label is not None else kind

    def fields_of(self, key: str) -> frozenset[str]:
        """See :class:`Benchmark`."""
        return _FIELDS.get(key, frozenset())


def _values_in(table: Table | None) -> int:
    """The number of values in the first row of a list."""
    if table is None or not len(table):
        return 0
    with table.opened():
        return len(table.row(0).values)


def _of_groups(row: Row, groups: Sequence[str]) -> dict[str, int]:
    """Attributes given as the place of the one that holds, in each of the six groups."""
    found: dict[str, int] = {}
    for group, text in zip(groups, row.values, strict=True):
        names = [name for its, name in fine_attributes() if its == group]
        place = values.whole(text)
        if place is not None and 0 <= place < len(names):
            found |= {name: 1 if i == place else -1 for i, name in enumerate(names)}
    return found


def _plain_marks(row: Row | None, kind: int, told: Complaints | None) -> values.Marks | None:
    """Landmarks as places alone, filled with zeros: what lies at (0, 0) is unlabelled."""
    if row is None:
        return None
    array = values.floats(row.values)
    if array is None or len(array) < 2 * values.SIZES[kind] or len(array) % 2:
        if told:
            told.file = row.file
            told.error(
                "landmarks-length",
                f"The row has {len(row.values)} values, not the places of {values.SIZES[kind]} landmarks.",
                values.where(row),
            )
        return None
    points = array.reshape(-1, 2)[: values.SIZES[kind]]
    visibility = np.where(points.any(axis=1), Visibility.VISIBLE, Visibility.UNLABELLED).astype(np.uint8)
    return values.Marks(kind, None, points, visibility)


def _filled(texts: Sequence[str], count: int) -> list[Value]:
    """So many coordinates: zeros for those that are missing, and for all where one is no number."""
    array = values.floats(texts)
    found: list[Value] = [] if array is None else [*array.tolist()][:count]
    return [*found, *[0.0] * (count - len(found))]

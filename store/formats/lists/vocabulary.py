"""The names of attributes: read from their list, grown by what is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from resources.taxonomy import fine_attributes
from store.formats.base import Complaints
from store.formats.lists import values
from store.formats.lists.style import Style
from store.formats.lists.table import Row, Table, fields_of

#: The type of an attribute that nobody gave one: style.
_OTHER_TYPE = 5

_GROUPS = tuple(dict.fromkeys(group for group, _ in fine_attributes()))
#: The numbers of the groups of the 26.
_FINE_TYPES = {name: _GROUPS.index(group) + 1 for group, name in fine_attributes()}


class Words(Protocol):
    """How a list spells its names."""

    def __call__(self, fields: Sequence[str]) -> str:
        """The name in the fields of a row."""
        ...


def plain_words(fields: Sequence[str]) -> str:
    """A name alone."""
    return " ".join(fields)


def typed_words(fields: Sequence[str]) -> str:
    """A name, then a type."""
    typed = len(fields) > 1 and values.whole(fields[-1]) is not None
    return " ".join(fields[:-1] if typed else fields)


def translated_words(fields: Sequence[str]) -> str:
    """A name in Chinese, the same in English, then a type. The Chinese may go on in brackets."""
    fields = fields[:-1] if len(fields) > 1 and values.whole(fields[-1]) is not None else fields
    if len(fields) < 2:
        return " ".join(fields)
    return " ".join(fields[2:] if len(fields) > 2 and fields[1].startswith(("(", "（")) else fields[1:])


class Vocabulary:
    """Attribute names in the order of a row's values, with the rows that list them."""

    def __init__(self, style: Style, words: Words) -> None:
        self._style = style
        self._words = words
        self._places: dict[str, int] = {}
        #: Names that were there before any were added: no row has fewer values.
        self.least = 0
        self.rows: list[str] = []

    def __len__(self) -> int:
        return len(self._places)

    @property
    def names(self) -> Sequence[str]:
        """The names in order."""
        return [*self._places]

    def take(self, rows: Iterable[Row], told: Complaints | None) -> None:
        """The names of a list, in the words that it has them in."""
        for row in rows:
            name = first = self._words(fields_of(row.text))
            number = 2
            while name in self._places:
                name, number = f"{first} ({number})", number + 1
            if told and name != first:
                told.file = row.file
                told.warn(
                    "attribute-twice", f"{first} stands there already; read as {name}.", values.where(row)
                )
            self._places[name] = len(self._places)
            self.rows.append(row.text)

    def number(self, count: int) -> None:
        """Names for so many attributes of which no list says the names."""
        fine = [name for _, name in fine_attributes()]
        for name in fine if count == len(fine) else [f"attribute {n}" for n in range(1, count + 1)]:
            self.add(name)

    def settle(self) -> None:
        """All names are there that the rows that are read have values for."""
        self.least = len(self)

    def add(self, name: str) -> None:
        """A name at the end, unless it is there or no row can say it."""
        if name in self._places:
            return
        kind = str(_FINE_TYPES.get(name, _OTHER_TYPE))
        row = {plain_words: name, typed_words: self._style.row(name, [kind])}.get(self._words)
        row = row or self._style.row(name.replace(" ", "_"), [name, kind])
        if self._words(fields_of(row)) == name:
            self._places[name] = len(self._places)
            self.rows.append(row)

    def read(self, row: Row, told: Complaints | None) -> dict[str, int]:
        """The attributes of a row that are yes (1) or no (-1); 0, which is unknown, says nothing.

        A row may end early where names were added. Empty, with a problem, where it does not fit.
        """
        said = row.values
        if not self.least <= len(said) <= len(self):
            if told:
                told.file = row.file
                what = f"{len(said)} values for {len(self)} attributes"
                told.error("attributes-length", f"The row has {what}; it is kept aside.", values.where(row))
            return {}
        odd = set(said) - {"1", "-1", "0"}
        if odd and told:
            told.file = row.file
            shown = ", ".join(sorted(odd)[:5])
            told.warn(
                "attribute-value", f"Values that are not 1, -1 or 0 are unknown: {shown}.", values.where(row)
            )
        return {name: int(v) for name, v in zip(self._places, said, strict=False) if v in ("1", "-1")}

    def values(self, attributes: Mapping[str, int]) -> list[str]:
        """The values of a row, 0 where nothing is said; new names are added, if a list can hold them."""
        for name in attributes:
            self.add(name)
        return [str(attributes.get(name, 0)) for name in self._places]

    def says_any(self, attributes: Mapping[str, int]) -> bool:
        """Whether one of these names is known: a row is about it, however many names there are."""
        return any(name in self._places for name in attributes)

    def ordered(self, attributes: Mapping[str, int]) -> dict[str, int]:
        """Attributes in the order of the names, where a row says them all."""
        if 0 in attributes.values() or not attributes.keys() <= self._places.keys():
            return dict(attributes)
        return {name: attributes[name] for name in self._places if name in attributes}


class OfItems:
    """The attributes of products: of those that were read by their id, of those that are written so far."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self._table: Table | None = None
        self._written: dict[str, bytes] = {}
        self._coming: tuple[str, bytes] = ("", b"")
        self._unknown: frozenset[str] = frozenset()

    def read_from(self, table: Table | None) -> None:
        """Where they are read from."""
        self._table = table

    def of(self, item: str, told: Complaints | None) -> dict[str, int]:
        """The attributes of a product, yes and no; none where no row is about it."""
        if not item:
            return {}
        if self._table is not None:
            rows = self._table.rows(item)
            return self.words.read(rows[0], told) if rows else {}
        said = self._written.get(item, self._coming[1] if item == self._coming[0] else b"")
        return {name: v - 1 for name, v in zip(self.words.names, said, strict=False) if v != 1}

    def unknown(self) -> list[str]:
        """The products that have a row of nothing but zeros, which no garment says."""
        if self._table is None:
            return []
        with self._table.opened():
            return [fields_of(row.text)[0] for row in self._table if set(row.values) == {"0"}]

    def keep_unknown(self, items: Iterable[str]) -> None:
        """These products get such a row, where nothing more is known of them by then."""
        self._unknown = frozenset(items)

    def expect(self, item: str, attributes: Mapping[str, int]) -> None:
        """What the next garment says of its product: the first that is written counts."""
        if self._table is not None:
            return
        said = self.words.values(attributes) if attributes else []
        # A product of which no list can say anything has no row, whatever names there are already.
        self._coming = (item, bytes(int(v) + 1 for v in said) if self.words.says_any(attributes) else b"")

    def written(self, item: str, attributes: Mapping[str, int]) -> None:
        """A garment of a product was written."""
        if item and item not in self._written:
            self.expect(item, attributes)
            self._written[item] = self._coming[1]

    def rows(self, style: Style) -> Iterator[str]:
        """A row for each product that has attributes, by id."""
        for item in sorted(self._written):
            said = [str(v - 1) for v in self._written[item]]
            if said or item in self._unknown:
                yield style.row(item, [*said, *["0"] * (len(self.words) - len(said))])

    def items(self) -> list[str]:
        """The products that were written, by id."""
        return sorted(self._written)

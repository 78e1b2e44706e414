"""The names of the attributes: read from their list, grown by what is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from resources.taxonomy import fine_attributes
from store.formats.base import Complaints
from store.formats.lists import values
from store.formats.lists.style import Style
from store.formats.lists.table import Row, fields_of

#: The type of an attribute that nobody gave one: style.
_OTHER_TYPE = 5

_GROUPS = tuple(dict.fromkeys(group for group, _ in fine_attributes()))
#: The numbers of the groups of the 26.
_FINE_TYPES = {name: _GROUPS.index(group) + 1 for group, name in fine_attributes()}


class Vocabulary:
    """Attribute names in the order of a row's values, with the rows that list them."""

    def __init__(self, style: Style) -> None:
        self._style = style
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
        """The names of a list: all of a row but the last field, which is the type."""
        for row in rows:
            fields = fields_of(row.text)
            typed = len(fields) > 1 and values.whole(fields[-1]) is not None
            name = first = " ".join(fields[:-1] if typed else fields)
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
        """A name at the end, unless it is there."""
        if name not in self._places:
            self._places[name] = len(self._places)
            kind = _FINE_TYPES.get(name, _OTHER_TYPE)
            self.rows.append(self._style.row(name, [str(kind)]))

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
            if " ".join(fields_of(name)) == name:
                self.add(name)
        return [str(attributes.get(name, 0)) for name in self._places]

    def ordered(self, attributes: Mapping[str, int]) -> dict[str, int]:
        """Attributes in the order of the names, where a row says them all."""
        if 0 in attributes.values() or not attributes.keys() <= self._places.keys():
            return dict(attributes)
        return {name: attributes[name] for name in self._places if name in attributes}

"""What a shop says of its products: a JSON array of objects with ``item``, ``color`` and ``description``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from store.formats.base import Complaints
from store.formats.source import Entry
from store.formats.values import loads, mapping, word

#: Ways to write the file that are recognised, the official one first.
_LAYOUTS: dict[str, dict[str, Any]] = {
    "": {"indent": 4, "ensure_ascii": False},
    "ascii": {"indent": 4},
    "indent 2": {"indent": 2, "ensure_ascii": False},
    "one line": {"ensure_ascii": False},
}


class Descriptions:
    """The entries of each product, as they stand; nearly always one."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}
        self._layout = ""
        self._end = ""

    def read(self, path: Path, shown: str, told: Complaints) -> None:
        """All entries of a file; what is wrong with it or with one of them goes to ``told``."""
        told.file = shown
        try:
            raw = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
            said = loads(raw, told.odd_number)
        except OSError as error:
            told.error("json", f"The descriptions cannot be read: {error.strerror}.")
            return
        except ValueError as error:
            place = f"line {error.lineno}" if isinstance(error, JSONDecodeError) else ""
            told.error("json", f"The descriptions do not parse: {error}.", place)
            return
        if not isinstance(said, list):
            told.error("json", "The descriptions are not a list.")
            return
        for number, entry in enumerate(said, 1):
            item = word(mapping(entry).get("item"))
            if not item:
                told.error(
                    "description-damaged", "The entry names no item; it is not read.", f"entry {number}"
                )
                continue
            self._entries.setdefault(item, []).append(entry)
        self._recognise(raw, said)

    def _recognise(self, raw: str, said: Sequence[Any]) -> None:
        for name, layout in _LAYOUTS.items():
            text = json.dumps(said, **layout)
            if raw.startswith(text) and not raw[len(text) :].strip():
                self._layout, self._end = name, raw[len(text) :]
                return

    def of(self, item: str) -> list[Entry]:
        """The entries of a product."""
        return self._entries.get(item, [])

    def written(self, item: str, entries: Sequence[Any]) -> None:
        """A garment of a product was written that knows these entries; those of other products are not
        its."""
        own = [entry for entry in entries if isinstance(entry, dict) and entry.get("item") == item]
        if item and own:
            self._entries.setdefault(item, own)

    def notes(self) -> Entry:
        """How the file was written."""
        return {"layout": self._layout, "end": self._end}

    def begin(self, notes: Mapping[str, Any]) -> None:
        """As the file was written."""
        self._layout, self._end = word(notes.get("layout")), word(notes.get("end")).strip("[]{}")

    def text(self) -> str:
        """The file; "" where there are no entries."""
        entries = [entry for item in sorted(self._entries) for entry in self._entries[item]]
        if not entries:
            return ""
        return json.dumps(entries, **_LAYOUTS.get(self._layout, _LAYOUTS[""])) + self._end

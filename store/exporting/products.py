"""Products as DeepFashion2 tells them apart: by a pair and a style."""

from __future__ import annotations

import re
from collections.abc import Collection

_ITEM = re.compile(r"id_(\d{1,15})(?:_(\d{1,9}))?")
#: Products that cannot have the number of their id are numbered from here.
_FIRST_OTHER = 1_000_000_000


class ProductNumbers:
    """Gives item ids a pair and a style: ``id_00000012`` 12 and 1, ``id_00000012_3`` 12 and 3.

    An item id is one product only within its dataset. Where another dataset has the number already, a real
    pair of the export has it (``taken``), or there is none in the id, the product gets a number that nothing
    else has. Which, hangs on the order in which products are asked for.
    """

    def __init__(self, taken: Collection[int] = ()) -> None:
        self._used = set(taken)
        self._next = _FIRST_OTHER
        self._known: dict[tuple[int, str], tuple[int, int]] = {}
        self._pairs: dict[tuple[int, int], int] = {}
        self._given: set[tuple[int, int]] = set()

    def of(self, dataset_id: int, item_id: str) -> tuple[int, int]:
        """Pair and style of an item of a dataset."""
        key = (dataset_id, item_id)
        if key not in self._known:
            self._known[key] = self._new(dataset_id, item_id)
            self._given.add(self._known[key])
        return self._known[key]

    def _new(self, dataset_id: int, item_id: str) -> tuple[int, int]:
        found = _ITEM.fullmatch(item_id)
        if found is not None:
            number, style = int(found[1]), int(found[2] or 1)
            if (dataset_id, number) not in self._pairs:
                self._pairs[dataset_id, number] = self._free() if number in self._used else number
                self._used.add(self._pairs[dataset_id, number])
            pair = self._pairs[dataset_id, number]
            # Style 0 says that a garment has no counterpart; id_12 and id_012 are not the same.
            if style and (pair, style) not in self._given:
                return pair, style
        return self._free(), 1

    def _free(self) -> int:
        """A number that nothing has, and nothing else will have."""
        while self._next in self._used:
            self._next += 1
        self._used.add(self._next)
        return self._next

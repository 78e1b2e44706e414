"""Rows of a long list, fetched page by page in a thread as they come into view."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from widgets.browser.courier import Courier, Failure

T = TypeVar("T")


class Pages(QObject, Generic[T]):
    """The newest pages of a list of ``count`` rows, of which only those asked for are fetched.

    ``fetch(offset, limit)`` gives the rows from ``offset``; it runs in a thread, one call at a time.
    Each :meth:`ask` replaces what was wanted before, so a fast scroll fetches only where it stops.
    ``arrived(first, last)`` names rows that can now be had (half open); ``failed`` carries a
    :class:`store.errors.StudioError`.
    """

    arrived = Signal(int, int)
    failed = Signal(object)

    def __init__(self, page_size: int = 64, capacity: int = 64, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._size = page_size
        self._capacity = capacity
        self._fetch: Callable[[int, int], Sequence[T]] | None = None
        self._count = 0
        self._generation = 0
        self._wanted: list[int] = []
        self._flying: set[int] = set()
        self._lost: set[int] = set()
        self._dirty: set[int] = set()
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict()
        self._courier = Courier(1, self)
        self._courier.arrived.connect(self._take)

    def __len__(self) -> int:
        return self._count

    def reset(self, fetch: Callable[[int, int], Sequence[T]] | None, count: int) -> None:
        """Begin another list. What is on its way for the old one is dropped when it comes."""
        self._generation += 1
        self._fetch = fetch
        self._count = count if fetch is not None else 0
        self._wanted.clear()
        self._flying.clear()
        self._lost.clear()
        self._dirty.clear()
        self._pages.clear()

    def get(self, row: int) -> T | None:
        """The row if it is here; asks for nothing."""
        page = self._pages.get(row // self._size)
        place = row % self._size
        return page[place] if page is not None and place < len(page) else None

    def has(self, first: int, last: int) -> bool:
        """Whether every row from ``first`` up to but not including ``last`` is here or will never be."""
        return all(n in self._pages or n in self._lost for n in self._numbers(first, last))

    def ask(self, first: int, last: int) -> None:
        """Want the rows from ``first`` up to but not including ``last``, and nothing else any more."""
        numbers = self._numbers(first, last)
        for number in numbers:
            if number in self._pages:
                self._pages.move_to_end(number)
        here = (self._pages.keys() - self._dirty) | self._flying | self._lost
        self._wanted = [n for n in numbers if n not in here]
        self._send()

    def forget(self, rows: Sequence[int]) -> None:
        """Fetch the pages that hold these rows anew when they are asked for; until then they stay."""
        self._dirty.update(row // self._size for row in rows)

    def forget_all(self) -> None:
        """Fetch every page anew when it is asked for; until then they stay."""
        self._dirty.update(self._pages)
        self._lost.clear()

    def here(self) -> Iterator[T]:
        """The rows that are here, page by page."""
        for rows in self._pages.values():
            yield from rows

    def settle(self) -> None:
        """Wait for the call that runs now; its rows are dropped."""
        self._courier.settle()
        self._flying.clear()

    def _numbers(self, first: int, last: int) -> range:
        first, last = max(0, first), min(self._count, last)
        return range(first // self._size, (last + self._size - 1) // self._size) if first < last else range(0)

    def _send(self) -> None:
        if not self._wanted or not self._courier.free or self._fetch is None:
            return
        number = self._wanted.pop(0)
        self._flying.add(number)
        self._dirty.discard(number)
        fetch, offset = self._fetch, number * self._size
        limit = min(self._size, self._count - offset)
        self._courier.send((self._generation, number), lambda: fetch(offset, limit))

    @Slot(object, object)
    def _take(self, token: tuple[int, int], result: Sequence[T] | Failure) -> None:
        generation, number = token
        if generation == self._generation:
            self._flying.discard(number)
            if isinstance(result, Failure):
                self._lost.add(number)
                if result.error is not None:
                    self.failed.emit(result.error)
            else:
                self._keep(number, result)
        self._send()

    def _keep(self, number: int, rows: Sequence[T]) -> None:
        self._pages[number] = rows
        while len(self._pages) > self._capacity:
            self._pages.popitem(last=False)
        first = number * self._size
        self.arrived.emit(first, min(first + self._size, self._count))

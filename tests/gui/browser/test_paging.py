"""Pages come when they are asked for, newest wish first, stale ones never."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from store.errors import StoreError
from widgets.browser.paging import Pages


class Numbers:
    def __init__(self) -> None:
        self.asked: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.offset = 0

    def __call__(self, offset: int, limit: int) -> list[int]:
        self.asked.append(offset)
        assert self.gate.wait(5)
        if offset == 70:
            raise StoreError("row 70 is broken")
        return [self.offset + i for i in range(offset, offset + limit)]


@pytest.fixture
def numbers() -> Iterator[Numbers]:
    made = Numbers()
    yield made
    made.gate.set()


@pytest.fixture
def pages(qtbot: QtBot, numbers: Numbers) -> Iterator[Pages[int]]:
    made: Pages[int] = Pages(page_size=10, capacity=3)
    made.reset(numbers, 95)
    yield made
    numbers.gate.set()
    made.settle()


def test_only_what_is_asked_for_is_fetched(qtbot: QtBot, pages: Pages[int], numbers: Numbers) -> None:
    assert pages.get(12) is None
    pages.ask(12, 25)
    qtbot.waitUntil(lambda: pages.has(12, 25))
    assert numbers.asked == [10, 20]
    assert [pages.get(i) for i in (10, 29, 30)] == [10, 29, None]


def test_the_last_page_is_short(qtbot: QtBot, pages: Pages[int]) -> None:
    pages.ask(90, 500)
    qtbot.waitUntil(lambda: pages.has(90, 95))
    assert (pages.get(94), pages.get(95)) == (94, None)


def test_a_newer_wish_replaces_the_older(qtbot: QtBot, pages: Pages[int], numbers: Numbers) -> None:
    numbers.gate.clear()
    pages.ask(0, 30)
    pages.ask(50, 60)
    numbers.gate.set()
    qtbot.waitUntil(lambda: pages.has(50, 60))
    assert numbers.asked == [0, 50]


def test_rows_of_the_list_before_are_dropped(qtbot: QtBot, pages: Pages[int], numbers: Numbers) -> None:
    numbers.gate.clear()
    pages.ask(0, 10)
    later = Numbers()
    later.offset = 1000
    pages.reset(later, 95)
    pages.ask(0, 10)
    numbers.gate.set()
    qtbot.waitUntil(lambda: pages.has(0, 10))
    assert pages.get(3) == 1003


def test_few_pages_are_kept(qtbot: QtBot, pages: Pages[int]) -> None:
    for first in (0, 10, 20, 30):
        pages.ask(first, first + 10)
        qtbot.waitUntil(lambda first=first: pages.has(first, first + 10))
    assert pages.get(0) is None
    assert pages.get(10) == 10


def test_a_failed_page_is_said_once_and_not_asked_again(
    qtbot: QtBot, pages: Pages[int], numbers: Numbers
) -> None:
    with qtbot.waitSignal(pages.failed) as said:
        pages.ask(70, 80)
    assert "row 70" in str(said.args[0])
    pages.ask(70, 90)
    qtbot.waitUntil(lambda: pages.has(70, 90))
    assert numbers.asked == [70, 80]


def test_what_is_forgotten_stays_until_it_comes_anew(
    qtbot: QtBot, pages: Pages[int], numbers: Numbers
) -> None:
    pages.ask(0, 10)
    qtbot.waitUntil(lambda: pages.has(0, 10))
    numbers.offset = 500
    pages.forget([4])
    assert pages.get(4) == 4
    pages.ask(0, 10)
    qtbot.waitUntil(lambda: pages.get(4) == 504)

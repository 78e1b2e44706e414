"""Short work in threads: what was done is let go."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from pytestqt.qtbot import QtBot

from widgets.browser.courier import Courier


class _Held:
    """Something that a call holds."""

    def answer(self) -> str:
        return "done"


def test_nothing_is_kept_of_what_was_handed_over(qtbot: QtBot) -> None:
    courier = Courier(2)
    came: list[tuple[Any, Any]] = []
    courier.arrived.connect(lambda token, result: came.append((token, result)))
    held: list[weakref.ref[_Held]] = []
    for number in range(20):
        qtbot.waitUntil(lambda: courier.free > 0)
        one = _Held()
        held.append(weakref.ref(one))
        courier.send(number, one.answer)
        del one
    qtbot.waitUntil(lambda: len(came) == 20)
    courier.settle()
    gc.collect()
    assert sorted(came) == [(number, "done") for number in range(20)]
    assert not [one for one in held if one() is not None]

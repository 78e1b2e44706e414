"""The keys that controls show: a control names the usual key of what it does, and shows the one it has now.

On one page no usual key means two things, so the page and the usual key say which action is meant. The
program tells what has another key (:meth:`KeyCaps.set`); what is not told is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

#: The property of a page's widget that holds its name.
PAGE = "page"
#: A key in brackets at the end of a tool tip.
_IN_TIP = re.compile(r" \(([^()]+)\)$")


class KeyCaps(QObject):
    """``changed()``: keys are shown otherwise now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._now: dict[str, Mapping[str, str]] = {}

    def set(self, now: Mapping[str, Mapping[str, str]]) -> None:
        """By page ("" is everywhere): usual key to the key now, "" for none; only what differs."""
        if now != self._now:
            self._now = dict(now)
            self.changed.emit()

    def refresh(self) -> None:
        """A page has been put into the window: what it shows may be another key there."""
        if self._now:
            self.changed.emit()

    def key(self, widget: QWidget, usual: str) -> str:
        """The key that a widget has to show where its usual one is ``usual``."""
        if not self._now or not usual:
            return usual
        page = _page(widget)
        for known in (self._now.get(page, {}), self._now.get("", {})):
            if usual in known:
                return known[usual]
        return usual

    def tip(self, widget: QWidget, text: str) -> str:
        """A tool tip that ends with a usual key in brackets, with the key that it has now."""
        found = _IN_TIP.search(text) if self._now else None
        if found is None:
            return text
        key = self.key(widget, found[1])
        return text[: found.start()] + (f" ({key})" if key else "")


def _page(widget: QWidget) -> str:
    at: QWidget | None = widget
    while at is not None:
        page = at.property(PAGE)
        if page:
            return str(page)
        at = at.parentWidget()
    return ""


#: Those of the program.
caps = KeyCaps()


class KeyTips:
    """Mixed into a widget before its Qt class: its tool tip follows the keys. Call :meth:`tip_again` then."""

    _tip = ""

    def setToolTip(self, text: str) -> None:  # noqa: N802
        """Set a tool tip with the usual key in brackets; the key that holds now is shown."""
        self._tip = text
        super().setToolTip(caps.tip(self, text))

    def tip_again(self) -> None:
        """Show the key that holds now."""
        if self._tip:
            super().setToolTip(caps.tip(self, self._tip))

"""Keeps the filter line and what else shows the filter together: boxes, ranges, the cross that clears it.

The text is the truth. What a person does elsewhere is written into it, and all others follow the text.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from store.errors import FilterError
from widgets.browser.filterfield import FilterField
from widgets.browser.ranges import Limits, limits, named, with_limits, with_named
from widgets.browser.sidepanel import SidePanel
from widgets.browser.ticks import tick, ticks
from widgets.panels.ranges import RANGES


class FilterJoint(QObject):
    """Joins a filter line to a side panel. ``changed(str)`` when a person has put another filter in force."""

    changed = Signal(str)

    def __init__(self, line: FilterField, side: SidePanel) -> None:
        super().__init__(line)
        self._line, self._side = line, side
        line.applied.connect(self._applied)
        line.changed.connect(lambda text: side.clear.setEnabled(bool(text)))
        side.clear.clicked.connect(lambda: line.clear())
        side.clear.setEnabled(False)
        side.facets.toggled.connect(self.tick)
        side.facets.ranges.limits_changed.connect(self._limit)
        side.facets.ranges.named.connect(self._name)

    def set_filter(self, text: str, *, apply: bool = False) -> None:
        """Show a filter; ``changed`` is emitted only with ``apply``."""
        if apply:
            self._line.set_text(text)
            self._line.apply()
        else:
            self._line.show_text(text)
            self.show()

    def tick(self, facet: str, word: str, on: bool) -> None:
        """Choose a word of a facet, or do not any more."""
        text = tick(self._line.in_force, facet, word, on, self._side.facets.words())
        self.set_filter(text, apply=True)

    def show(self) -> None:
        """Show the filter in force in boxes and ranges."""
        text, facets = self._line.in_force, self._side.facets
        facets.show_ticks(ticks(text, facets.words()))
        facets.ranges.show_limits({field: limits(text, field) for field in RANGES}, named(text))

    def _applied(self, text: str) -> None:
        self.show()
        self.changed.emit(text)

    def _limit(self, field: str, wanted: Limits) -> None:
        self.set_filter(with_limits(self._line.in_force, field, wanted), apply=True)

    def _name(self, part: str) -> None:
        try:
            text = with_named(self._line.in_force, part)
        except FilterError:
            # Both kinds of quotes in one name: there is no way to write it.
            return
        self.set_filter(text, apply=True)

"""The bar of the Retrieval page: the query's place, the views, the figures, and the way to find similar."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal

from widgets import style
from widgets.common import Button, IconButton, PageToolbar, Segmented, label, vline

#: The views of the page by key, in the order of the switch.
VIEWS: Mapping[str, str] = {
    "board": "Board",
    "two": "Two models",
    "map": "Map",
    "leaks": "Leaks",
    "report": "Report",
    "similar": "Similar",
}
#: The views that go from query to query.
OF_QUERIES = ("board", "two")
_COUNT = 156


class RetrievalBar(PageToolbar):
    """``stepped(by)``: to the next query, or the one before; ``view_chosen(key)``; ``similar_wanted()``."""

    stepped = Signal(int)
    view_chosen = Signal(str)
    similar_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._there = self._compact = False
        self.before = IconButton("chevron-left", "Query before", "Page Up", look="square")
        self.after = IconButton("chevron-right", "Next query", "Page Down", look="square")
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        self.count = label("", "strong")
        self.views = Segmented(list(VIEWS.items()), "board", name="View")
        self.views.chosen.connect(self.view_chosen)
        for key in VIEWS:
            self.views.set_shown(key, key == "board")
        self.figures = label("", "second")
        self.similar = Button("Find similar", "photo-search")
        self.similar.setToolTip("Look for garments that look like the current one")
        self.similar.clicked.connect(self.similar_wanted)
        for part in (self.before, self.after, self.count):
            self.add(part)
        self.add(vline())
        self.add(self.views)
        self.add_stretch()
        self.add(self.figures)
        self.add(self.similar)

    def offer_view(self, key: str) -> None:
        """Have a view in the switch."""
        self.views.set_shown(key, True)

    def show_queries(self, there: bool, active: bool) -> None:
        """Whether there are queries to go through, and whether this view goes through them."""
        self._there = there
        if not there:
            self.count.setText("No queries")
        for part in (self.before, self.after, self.count):
            part.setEnabled(there and active)
        self._show_words()

    def set_compact(self, compact: bool) -> None:
        """Leave out what can be read elsewhere: figures and count."""
        if compact != self._compact:
            self._compact = compact
            self._show_words()

    def _show_words(self) -> None:
        # The count keeps its place while there are no queries: the views are not to move under the pointer.
        self.count.setMinimumWidth(style.tokens().px(_COUNT))
        self.count.setVisible(not self._compact)
        self.figures.setVisible(self._there and not self._compact)

"""The facets of the filter: check boxes with counts and bars, in sections that fold; and ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QVBoxLayout, QWidget

from resources import taxonomy
from resources.taxonomy import Category
from store.filters import FIELDS, UNKNOWN, plain
from widgets.browser.ticks import PROBLEM_WORDS
from widgets.common import SearchField
from widgets.panels.facet_tree import (
    COLOUR_ROLE,
    COUNT_ROLE,
    MORE_ROLE,
    NAME_ROLE,
    SHARE_ROLE,
    FacetTree,
)
from widgets.panels.ranges import RangePanel

#: Facets in the order shown, with their titles.
TITLES: Mapping[str, str] = {
    "dataset": "Dataset",
    "split": "Split",
    "category": "Category",
    "domain": "Domain",
    "review": "Review",
    "reviewer": "Reviewer",
    "notes": "Notes",
    "problems": "Problems",
    "problem": "Kind of problem",
    "tag": "Tag",
    "clothes_type": "Clothes type",
    "clothes_category": "Clothes category",
    "attribute": "Attribute",
    "scale": "Scale",
    "occlusion": "Occlusion",
    "zoom_in": "Zoom-in",
    "viewpoint": "Viewpoint",
    "role": "Role",
    "state": "Picture file",
}
#: Sections that are open at first.
OPEN = ("split", "category", "domain", "review", "problems")
#: Facets of very many words: they have rows only for the commonest, the ticked and what is searched for.
LONG = frozenset({"attribute", "tag", "clothes_category", "dataset", "problem"})
#: Facets that are left out where nothing has them.
OPTIONAL = frozenset(
    {"clothes_type", "clothes_category", "attribute", "tag", "problem", "role", "reviewer", "notes"}
)
#: Of more words than this only the commonest are shown at first.
FEW = 8
#: Counts that come later than this have a placeholder till then, in milliseconds.
LATE_MS = 150
#: A search shows at most so many words of a long facet.
MOST = 200


def known_words(facet: str) -> tuple[str, ...]:
    """The words that a facet always shows, also when nothing has them."""
    if facet == "category":
        return tuple(category.name for category in taxonomy.categories())
    if facet == "problems":
        return PROBLEM_WORDS
    if facet == "role":
        return ()
    # "unknown" is shown only where something is.
    return tuple(word for word in FIELDS[facet].words if word != UNKNOWN)


class FacetPanel(QWidget):
    """All facets below a search line and the ranges. ``toggled(facet, word, on)`` when a person ticks a box.

    Boxes follow only :meth:`show_ticks`: what a person ticks goes into the filter text and comes back.
    """

    toggled = Signal(str, str, bool)

    def __init__(self) -> None:
        super().__init__()
        self._colours = {c.name: c.colour for c in taxonomy.categories()}
        self._heads: dict[str, QStandardItem] = {}
        self._rows: dict[tuple[str, str], QStandardItem] = {}
        #: All words of each facet in the order shown, with their places.
        self._known: dict[str, dict[str, int]] = {}
        self._counts: dict[str, Mapping[str, int]] = {}
        self._most: dict[str, int] = {}
        self._ticks: dict[str, frozenset[str]] = {}
        self._seen: set[str] = set()
        self._sorted: set[str] = set()
        self._all_shown: set[str] = set()
        #: Facets that are being counted, and those of them that say so.
        self._coming: frozenset[str] = frozenset()
        self._uncounted: frozenset[str] = frozenset()
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(self._show_uncounted)
        self._model = QStandardItemModel(self)
        self.search = SearchField("Find a facet or attribute", name="Find a facet or attribute")
        self.search.changed.connect(lambda _text: self._show_fitting())
        self.ranges = RangePanel()
        self.tree = FacetTree()
        self.tree.setModel(self._model)
        self.tree.pressed_row.connect(self._on_pressed)
        self.tree.more_wanted.connect(self._on_more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        above = QVBoxLayout()
        above.setContentsMargins(12, 12, 12, 12)
        above.addWidget(self.search)
        column.addLayout(above)
        column.addWidget(self.ranges)
        column.addWidget(self.tree, 1)
        self.reset()

    def reset(self) -> None:
        """Forget all counts: another store."""
        self._late.stop()
        self._coming = self._uncounted = frozenset()
        self._model.clear()
        for kept in (self._heads, self._rows, self._known, self._counts, self._most, self._ticks):
            kept.clear()
        for marked in (self._seen, self._sorted, self._all_shown):
            marked.clear()
        for facet in TITLES:
            head = QStandardItem(TITLES[facet])
            head.setEditable(False)
            self._heads[facet] = head
            self._model.appendRow(head)
            self._known[facet] = {word: place for place, word in enumerate(known_words(facet))}
            self.tree.setExpanded(head.index(), facet in OPEN)
        self._show_fitting()

    def set_categories(self, categories: Iterable[Category]) -> None:
        """Know the colours of these, beside the 13 that are always known."""
        self._colours.update((c.name, c.colour) for c in categories)

    def set_words(self, words: Mapping[str, Sequence[str]]) -> None:
        """Know all words that the store has of some facets, the commonest first, to be searched for."""
        for facet in LONG & words.keys():
            self._learn(facet, words[facet])
        self._show_fitting()

    def words(self) -> dict[str, Sequence[str]]:
        """All words of each facet, in the order shown."""
        return {facet: tuple(known) for facet, known in self._known.items()}

    def show_counts(
        self, facets: Mapping[str, Mapping[str, int]], more_to_come: bool = False, patient: bool = False
    ) -> None:
        """Show how many images have each word; words that are not named have none.

        With ``more_to_come`` facets that are not named are still being counted: what they said stays, and
        after a moment, unless one is ``patient``, a placeholder stands there. No row moves.
        """
        self._coming = frozenset(self._heads) - facets.keys() if more_to_come else frozenset()
        self._uncounted = self._uncounted & self._coming
        if not self._coming or patient:
            self._late.stop()
        elif not self._late.isActive():
            self._late.start()
        for facet in self._heads.keys() - self._coming:
            counts = self._counts[facet] = facets.get(facet, {})
            self._most[facet] = max(counts.values(), default=0)
            self._learn(facet, counts)
            if facet == "category" or facet in LONG:
                self._sort(facet, counts)
        for (facet, _word), row in self._rows.items():
            self._fill(facet, row)
        self._show_fitting()

    def _show_uncounted(self) -> None:
        """Say of the facets that are waited for that they are not counted yet."""
        self._uncounted = self._coming
        for (facet, _word), row in self._rows.items():
            if facet in self._uncounted:
                self._fill(facet, row)

    def show_ticks(self, ticks: Mapping[str, frozenset[str]]) -> None:
        """Tick exactly these words."""
        for facet, head in self._heads.items():
            chosen = self._ticks[facet] = ticks.get(facet, frozenset())
            head.setData(f"{len(chosen)} on" if chosen else "", COUNT_ROLE)
        for (facet, _word), row in self._rows.items():
            self._fill(facet, row)
        self._show_fitting()

    def save_state(self) -> list[str]:
        """The names of the facets that are open."""
        return [facet for facet, head in self._heads.items() if self.tree.isExpanded(head.index())]

    def restore_state(self, opened: Sequence[str]) -> None:
        """Open these facets and fold the others."""
        for facet, head in self._heads.items():
            self.tree.setExpanded(head.index(), facet in opened)

    # -- words and rows -------------------------------------------------------------------------

    def _learn(self, facet: str, words: Iterable[str]) -> None:
        """Know these words beside those that are known; what something has makes a facet worth showing."""
        known = self._known[facet]
        for word in words:
            known.setdefault(word, len(known))
            if word != UNKNOWN:
                self._seen.add(facet)

    def _sort(self, facet: str, counts: Mapping[str, int]) -> None:
        """Commonest first, once: rows that move under the hand while it ticks would be a nuisance."""
        if facet in self._sorted or not any(counts.values()):
            return
        self._sorted.add(facet)
        ordered = sorted(self._known[facet], key=lambda word: -counts.get(word, 0))
        self._known[facet] = {word: place for place, word in enumerate(ordered)}
        head = self._heads[facet]
        rows = [head.takeRow(0)[0] for _ in range(head.rowCount())]
        for row in sorted(rows, key=lambda row: self._known[facet][row.data(NAME_ROLE)]):
            head.appendRow(row)

    def _need(self, facet: str, word: str) -> None:
        """Make the row of a word where there is none, in its place among the others."""
        if (facet, word) in self._rows:
            return
        row = QStandardItem(word)
        row.setEditable(False)
        row.setData(word, NAME_ROLE)
        row.setData(self._colours.get(word, "") if facet == "category" else "", COLOUR_ROLE)
        self._rows[facet, word] = row
        self._fill(facet, row)
        head, known = self._heads[facet], self._known[facet]
        place = head.rowCount()
        while place and known[head.child(place - 1).data(NAME_ROLE)] > known[word]:
            place -= 1
        head.insertRow(place, row)

    def _fill(self, facet: str, row: QStandardItem) -> None:
        """Write count and tick into a row; what is so already costs nothing."""
        word, counts = row.data(NAME_ROLE), self._counts.get(facet, {})
        count, on = counts.get(word, 0), word in self._ticks.get(facet, ())
        most, waits = self._most.get(facet, 0), facet in self._uncounted
        words = "not counted yet" if waits else f"{count:,} images"
        said = f"{word}, {words}, {'ticked' if on else 'not ticked'}"
        share = count / most if most and not waits else 0.0
        if row.accessibleText() == said and row.data(SHARE_ROLE) == share:
            return
        row.setData(None if waits else count, COUNT_ROLE)
        row.setData(share, SHARE_ROLE)
        row.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        row.setAccessibleText(said)

    # -- what is shown --------------------------------------------------------------------------

    def _fitting(self, facet: str, wanted: str) -> list[str]:
        """The words to show: what the search finds; without one the commonest and the ticked."""
        known, chosen = self._known[facet], self._ticks.get(facet, frozenset())
        if wanted:
            whole = wanted in plain(TITLES[facet])
            return [word for word in known if whole or wanted in plain(word)][:MOST]
        if facet in self._all_shown:
            return [word for word, place in known.items() if place < MOST or word in chosen]
        if len(known) <= FEW:
            return list(known)
        return [word for word, place in known.items() if place < FEW - 1 or word in chosen]

    def _show_fitting(self) -> None:
        """Hide what the search does not find, and of long facets all but the first and the ticked."""
        wanted = plain(self.search.text())
        self.ranges.setVisible(not wanted)
        for facet, head in self._heads.items():
            shown = self._fitting(facet, wanted)
            for word in shown if facet in LONG else self._known[facet]:
                self._need(facet, word)
            chosen, index = set(shown), head.index()
            for i in range(head.rowCount()):
                hidden = head.child(i).data(NAME_ROLE) not in chosen
                if self.tree.isRowHidden(i, index) != hidden:
                    self.tree.setRowHidden(i, index, hidden)
            self._show_head(facet, head, len(shown), bool(wanted))

    def _show_head(self, facet: str, head: QStandardItem, shown: int, searched: bool) -> None:
        left = len(self._known[facet]) - shown
        folds = len(self._known[facet]) > FEW and not searched
        more = f"{left:,} more" if facet not in self._all_shown else "fewer"
        head.setData(more if folds else "", MORE_ROLE)
        absent = facet in OPTIONAL and facet not in self._seen and not self._ticks.get(facet)
        self.tree.setRowHidden(head.row(), QModelIndex(), not shown or absent)
        if searched and shown:
            self.tree.setExpanded(head.index(), True)

    def _on_pressed(self, index: QModelIndex) -> None:
        row = self._model.itemFromIndex(index)
        facet = next(name for name, head in self._heads.items() if head is row.parent())
        self.toggled.emit(facet, row.data(NAME_ROLE), row.checkState() != Qt.CheckState.Checked)

    def _on_more(self, index: QModelIndex) -> None:
        head = self._model.itemFromIndex(index)
        facet = next(name for name, known in self._heads.items() if known is head)
        self._all_shown ^= {facet}
        self._show_fitting()

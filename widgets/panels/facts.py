"""What is known of the selected garment: category, pair and style, and the four levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout

from resources.taxonomy import LEVELS, Category
from store.document import edits
from store.document.fact_edits import LEVEL_WORDS, take_hints
from store.document.fact_hints import Hint
from store.records import Garment
from widgets import style
from widgets.common import IconButton, Section
from widgets.common.bars import swatch_icon
from widgets.panels.choices import UNSAID, Choice, Number

#: More categories than these scroll in their list.
MOST_CATEGORIES = 20


class FactsPanel(Section):
    """Shows and changes the facts of one garment; ``edit_wanted`` carries an ``Edit``.

    ``chosen()``: a list of choices was opened and closed again, so the person is done here.
    """

    edit_wanted = Signal(object)
    chosen = Signal()

    def __init__(self) -> None:
        super().__init__("Facts", chevron=False)
        self._garment: Garment | None = None
        self._categories: Mapping[int, Category] = {}
        self._hints: tuple[Hint, ...] = ()
        self.category = Choice("")
        self.category.setMaxVisibleItems(MOST_CATEGORIES)
        self.category.activated.connect(self._category_chosen)
        self.pair = Number("pair")
        self.pair.changed.connect(lambda value: self._say(pair_id=value))
        self.style_number = Number("style")
        self.style_number.changed.connect(lambda value: self._say(style=value))
        self.levels: dict[str, Choice] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.category, 0, 0, 1, 2)
        grid.addWidget(self.pair, 1, 0)
        grid.addWidget(self.style_number, 1, 1)
        for place, (name, word) in enumerate(LEVEL_WORDS.items()):
            combo = Choice(word)
            combo.addItem(UNSAID, None)
            for level, text in LEVELS[name].items():
                combo.addItem(text, level)
            combo.activated.connect(lambda _row, name=name: self._level_chosen(name))
            grid.addWidget(combo, 2 + place // 2, place % 2)
            self.levels[name] = combo
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.add(grid)
        self.take_button = IconButton("ruler", "Take what the geometry suggests", "G")
        self.take_button.clicked.connect(self.take)
        self.add_action(self.take_button)
        for choice in (self.category, *self.levels.values()):
            choice.closed.connect(self.chosen)
        style.changed.connect(self._dress)
        self.show_garment(None, {})

    def choose_category(self) -> None:
        """Open the list of categories; letters and numbers find one in it."""
        self.category.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.category.showPopup()

    def show_garment(self, garment: Garment | None, categories: Mapping[int, Category]) -> None:
        """Show a garment's facts, or nothing. What is being typed stays while it is the same garment."""
        same = garment is not None and garment is self._garment
        self._garment = garment
        if categories is not self._categories:
            self._categories = categories
            self._fill_categories()
        self.body_widget_enabled(garment is not None)
        row = self.category.findData(garment.category_id) if garment else -1
        self.category.setCurrentIndex(row)
        numbers = (garment.pair_id, garment.style) if garment else (None, None)
        for field, value in zip((self.pair, self.style_number), numbers, strict=True):
            if not (same and field.is_typed_into):
                field.set_value(value)
        for name, combo in self.levels.items():
            combo.setCurrentIndex(max(combo.findData(getattr(garment, name)), 0) if garment else 0)

    def show_hints(self, hints: Sequence[Hint]) -> None:
        """Mark the facts of which geometry suggests something else; all hints differ from what is said."""
        self._hints = tuple(hints)
        by_fact = {hint.fact: hint for hint in hints}
        for name, combo in self.levels.items():
            hint = by_fact.get(name)
            if combo.isEnabled():
                combo.set_hint(hint.level if hint else None, hint.because if hint else "")
        words = ", ".join(f"{LEVEL_WORDS[hint.fact]} {hint.word}" for hint in hints)
        self.set_note(f"geometry: {words}" if words else "")
        self.take_button.setEnabled(bool(hints))
        reasons = "\n".join(f"{LEVEL_WORDS[one.fact]} {one.word}: {one.because}" for one in hints)
        self.take_button.setToolTip(
            f"Take what the geometry suggests (G)\n{reasons}"
            if hints
            else "The geometry suggests nothing else than what is said"
        )

    @property
    def hints(self) -> tuple[Hint, ...]:
        """What geometry suggests otherwise than is said."""
        return self._hints

    def take(self) -> None:
        """Set what geometry suggests."""
        if self._garment is not None and self._hints:
            self.edit_wanted.emit(take_hints(self._garment, self._hints))

    def body_widget_enabled(self, enabled: bool) -> None:
        """Enable all fields, or none while no garment is selected."""
        for field in (self.category, self.pair, self.style_number, *self.levels.values()):
            field.setEnabled(enabled)
            field.setToolTip("" if enabled else "Select a garment first")

    def _fill_categories(self) -> None:
        self.category.clear()
        for one in sorted(self._categories.values(), key=lambda one: one.id):
            self.category.addItem(swatch_icon(one.colour, self.devicePixelRatioF()), one.name, one.id)

    def _dress(self) -> None:
        chosen = self.category.currentIndex()
        self._fill_categories()
        self.category.setCurrentIndex(chosen)

    def _category_chosen(self, _row: int) -> None:
        chosen = self._categories.get(self.category.currentData())
        if self._garment is not None and chosen is not None and chosen.id != self._garment.category_id:
            before = self._categories.get(self._garment.category_id)
            self._wish(edits.set_category(self._garment, chosen, before))

    def _level_chosen(self, name: str) -> None:
        value = self.levels[name].currentData()
        if self._garment is not None and value != getattr(self._garment, name):
            self._say(**{name: value})

    def _say(self, **facts: int | None) -> None:
        if self._garment is not None:
            self._wish(edits.set_facts(self._garment, **facts))

    def _wish(self, edit: edits.Edit) -> None:
        """Ask for an edit; where it is not made, as of a locked garment, the fields say what is so."""
        before = self._garment
        self.edit_wanted.emit(edit)
        if self._garment is before:
            for field in (self.pair, self.style_number):
                field.setModified(False)
            self.show_garment(before, self._categories)

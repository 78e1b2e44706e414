"""What DeepFashion's benchmarks say of a garment: its type, one of 50 categories, its item, attributes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout

from resources.taxonomy import clothes_categories, clothes_types
from store.document.edits import Edit, set_facts
from store.document.fact_edits import set_attribute, set_clothes
from store.records import Garment
from widgets.common import Section
from widgets.panels.attributes import AttributesList
from widgets.panels.choices import UNSAID, Choice, Word

_TYPES = {one.id: one for one in clothes_types()}
_KINDS = {one.id: one for one in clothes_categories()}
#: More rows than these scroll in an opened list.
_MOST = 20


class ClothesPanel(Section):
    """Shows and changes those facts; ``edit_wanted`` carries an ``Edit``, ``chosen()`` as in FactsPanel.

    It folds; its head says in short what is said.
    """

    edit_wanted = Signal(object)
    chosen = Signal()

    def __init__(self) -> None:
        super().__init__("DeepFashion facts", is_folded=True, padding=0)
        self._garment: Garment | None = None
        self.kind = Choice("category", name="DeepFashion category")
        self.type = Choice("type", name="clothes type")
        for choice, known in ((self.kind, _KINDS), (self.type, _TYPES)):
            choice.setMaxVisibleItems(_MOST)
            choice.addItem(UNSAID, None)
            for one in known.values():
                choice.addItem(one.name, one.id)
            choice.closed.connect(self.chosen)
        self.kind.activated.connect(self._kind_chosen)
        self.type.activated.connect(self._type_chosen)
        self.item = Word("item id")
        self.item.changed.connect(self._item_changed)
        self.attributes = AttributesList()
        self.attributes.said.connect(self._attribute_said)
        self.attributes.left.connect(self.chosen)
        grid = QGridLayout()
        grid.setContentsMargins(12, 8, 12, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.kind, 0, 0, 1, 2)
        grid.addWidget(self.type, 1, 0)
        grid.addWidget(self.item, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.add(grid)
        self.add(self.attributes)
        self.folded.connect(lambda folded: None if folded else self._fill())
        self._fill()

    def set_words(self, words: Sequence[tuple[str, str]]) -> None:
        """The attributes that the store knows, as ``(type, name)``, types together."""
        self.attributes.set_words(words)

    def show_garment(self, garment: Garment | None) -> None:
        """Show a garment's facts, or nothing."""
        if garment is not None and garment is self._garment:
            return
        self._garment = garment
        self.set_note(_in_short(garment) if garment else "")
        if not self.is_folded():
            self._fill()

    def _fill(self) -> None:
        """Show all of it; nobody waits for that while it is folded."""
        garment = self._garment
        for field in (self.kind, self.type, self.item):
            field.setEnabled(garment is not None)
            field.setToolTip("" if garment is not None else "Select a garment first")
        for choice, value in (
            (self.kind, garment.clothes_category if garment else None),
            (self.type, garment.clothes_type if garment else None),
        ):
            choice.setCurrentIndex(max(choice.findData(value), 0))
        self.item.set_value(garment.item_id if garment else "")
        self.attributes.show_garment(garment)

    def choose_kind(self) -> None:
        """Open the list of the 50 categories; letters and numbers find one in it."""
        self.set_folded(False)
        self.kind.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.kind.showPopup()

    def find_attribute(self) -> None:
        """Give the keys to the search for attributes."""
        self.set_folded(False)
        self.attributes.to_search()

    def _kind_chosen(self, _row: int) -> None:
        chosen = self.kind.currentData()
        if self._garment is not None and chosen != self._garment.clothes_category:
            self._wish(set_clothes(self._garment, _KINDS.get(chosen)))

    def _type_chosen(self, _row: int) -> None:
        chosen = self.type.currentData()
        if self._garment is not None and chosen != self._garment.clothes_type:
            self._wish(set_facts(self._garment, clothes_type=chosen))

    def _item_changed(self, item: str) -> None:
        if self._garment is not None:
            self._wish(set_facts(self._garment, item_id=item))

    def _wish(self, edit: Edit) -> None:
        """Ask for an edit; where it is not made, as of a locked garment, the fields say what is so."""
        before = self._garment
        self.edit_wanted.emit(edit)
        if self._garment is before:
            self._fill()

    def _attribute_said(self, name: str, value: int) -> None:
        if self._garment is not None and self._garment.attributes.get(name, 0) != value:
            self._wish(set_attribute(self._garment, name, value))


def _in_short(garment: Garment) -> str:
    """Category, or type, and how many attributes it has: "Blouse, 4 attributes"."""
    kind, type_ = _KINDS.get(garment.clothes_category or 0), _TYPES.get(garment.clothes_type or 0)
    yes = sum(value == 1 for value in garment.attributes.values())
    attributes = f"{yes} attribute{'s' if yes != 1 else ''}" if garment.attributes else ""
    return ", ".join(
        word for word in (kind.name if kind else type_.name if type_ else "", attributes) if word
    )

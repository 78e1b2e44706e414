"""The category mapping dialog: what each category of a model becomes in the open store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QScrollArea, QWidget

from widgets import style
from widgets.common import Banner, Button, ElidedLabel, IconLabel, PrimaryButton, label
from widgets.common.bars import swatch_icon
from widgets.dialogs.frame import Dialog
from widgets.pages.models.records import MapLine, StoreCategory

_WIDTH, _HEIGHT = 720, 640
#: So many names are said of those that are left out.
_NAMED = 6


@dataclass(frozen=True, slots=True)
class MappingWords:
    """What the dialog says: its title and first line, the heads of both columns, and how much is mapped.

    ``may_be_none``: leaving all of them out is an answer too.
    """

    title: str
    said: str
    source: str = "Of the model"
    target: str = "Of the store"
    all_there: str = "Every category of the model has one in the store"
    none_there: str = "Nothing is used"
    may_be_none: bool = False


def _of_model(model: str) -> MappingWords:
    return MappingWords(
        f"Categories of {model}",
        "Garments that this model finds get the store's category at the right. What is left out is not "
        "proposed and not counted.",
    )


class _Row:
    """The widgets of one category of the model."""

    def __init__(self, line: MapLine, categories: Sequence[StoreCategory], ratio: float) -> None:
        self.line = line
        many = f", {line.source.landmarks} landmarks" if line.source.landmarks else ""
        self.name = ElidedLabel(line.source.name)
        self.name.setToolTip(f"{line.source.name}{many}")
        self.arrow = IconLabel("arrow-right", "t3")
        self.choice = QComboBox()
        self.choice.setAccessibleName(f"{line.source.name} becomes")
        self.choice.addItem("Leave out", None)
        for one in categories:
            if one.colour:
                self.choice.addItem(swatch_icon(one.colour, ratio), one.name, one.id)
            else:
                self.choice.addItem(one.name, one.id)
        self.why = label("", "note")
        self.put(line.target)

    def put(self, target: int | None) -> None:
        self.choice.setCurrentIndex(max(0, self.choice.findData(target)))

    def target(self) -> int | None:
        found = self.choice.currentData()
        return int(found) if found is not None else None

    def say(self) -> None:
        target = self.target()
        same = target == self.line.target
        self.why.setText(
            "left out" if target is None else self.line.why if same and self.line.why else "chosen"
        )
        self.why.setProperty("look", "warn" if target is None else "note")
        self.why.style().polish(self.why)


class CategoryMappingDialog(Dialog):
    """Asks what each category of a model becomes; accepted with :meth:`chosen`.

    ``lines`` are what is in force or proposed, ``proposed`` what "Propose again" puts back. With other
    ``words`` it asks what each category of a store is written as.
    """

    def __init__(
        self,
        model: str,
        lines: Sequence[MapLine],
        categories: Sequence[StoreCategory],
        proposed: Mapping[str, int | None] | None = None,
        parent: QWidget | None = None,
        *,
        words: MappingWords | None = None,
    ) -> None:
        self._words = words or _of_model(model)
        super().__init__(self._words.title, _WIDTH, parent)
        self._proposed = (
            dict(proposed) if proposed is not None else {one.source.name: one.target for one in lines}
        )
        ratio = self.devicePixelRatioF()
        self._rows = [_Row(line, categories, ratio) for line in lines]
        self.body.addWidget(label(self._words.said, "second", wrap=True))
        self.said = Banner("info", " ")
        self.body.addWidget(self.said)
        self.body.addLayout(self._build_heads())
        self.body.addWidget(self._build_rows(), 1)
        again = Button("Propose again", "wand")
        again.clicked.connect(self.propose)
        self.add_button(again, left=True)
        cancel = Button("Cancel", key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_button(cancel)
        self.keep = PrimaryButton("Keep these categories")
        self.keep.clicked.connect(self.accept)
        self.add_button(self.keep, main=True)
        self._follow()

    def _build_heads(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label(self._words.source, "section"), 5)
        row.addSpacing(style.tokens().px(24))
        row.addWidget(label(self._words.target, "section"), 6)
        row.addWidget(label("Why", "section"), 3)
        return row

    def _build_rows(self) -> QWidget:
        inside = QWidget()
        inside.setProperty("look", "scrolled")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for column, share in ((0, 5), (2, 6), (3, 3)):
            grid.setColumnStretch(column, share)
        for number, row in enumerate(self._rows):
            for column, part in enumerate((row.name, row.arrow, row.choice, row.why)):
                grid.addWidget(part, number, column)
            row.choice.currentIndexChanged.connect(lambda _index: self._follow())
        grid.setRowStretch(len(self._rows), 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setAccessibleName(self._words.title)
        scroll.setWidget(inside)
        self._scroll = scroll
        scroll.viewport().setAutoFillBackground(False)
        return scroll

    # -- what others ask ------------------------------------------------------------------------

    def chosen(self) -> dict[str, int | None]:
        """The store's category of each of the model's, by name; None: left out."""
        return {row.line.source.name: row.target() for row in self._rows}

    def choose(self, name: str, target: int | None) -> None:
        """Choose for one category. KeyError for one that the model does not have."""
        {row.line.source.name: row for row in self._rows}[name].put(target)

    def propose(self) -> None:
        """Put back what was proposed."""
        for row in self._rows:
            row.put(self._proposed.get(row.line.source.name))

    # -- what happens ---------------------------------------------------------------------------

    def _follow(self) -> None:
        for row in self._rows:
            row.say()
        lost = [row.line.source.name for row in self._rows if row.target() is None]
        if not lost:
            self.said.show_message("ok", self._words.all_there)
        elif len(lost) == len(self._rows):
            kind = "warn" if self._words.may_be_none else "bad"
            self.said.show_message(kind, self._words.none_there, "Choose a category for at least one.")
        else:
            more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
            count = f"{len(lost)} categories are" if len(lost) > 1 else "1 category is"
            self.said.show_message("warn", f"{count} left out", f"{', '.join(lost[:_NAMED])}{more}")
        self.keep.setEnabled(len(lost) < len(self._rows) or self._words.may_be_none)
        self.keep.setToolTip("" if self.keep.isEnabled() else "Choose at least one category")

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(_WIDTH), style.tokens().px(_HEIGHT))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_room()
        if self._rows:
            # What needs a choice first; the rows scroll to it when they have their places.
            first = next((row for row in self._rows if row.target() is None), self._rows[0])
            QTimer.singleShot(0, first.choice, lambda: self._go_to(first))

    def _go_to(self, row: _Row) -> None:
        row.choice.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(row.choice, 0, style.tokens().px(80))

    def _make_room(self) -> None:
        """The rows scroll: the height is what the screen has room for, not what all of them want."""
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))

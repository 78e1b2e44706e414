"""The dialogs before a change of many images: which tag, which garments, which category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLineEdit, QWidget

from resources.taxonomy import Category
from widgets import style
from widgets.common import Button, PrimaryButton, Segmented, label
from widgets.common.bars import swatch_icon
from widgets.dialogs.frame import Dialog

_WIDTH = 560
#: Longer tags cannot be read anywhere.
_LONGEST = 80


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def _garments(count: int) -> str:
    return f"{count:,} garment{'' if count == 1 else 's'}"


def _form() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(10)
    grid.setColumnMinimumWidth(0, style.tokens().px(108))
    grid.setColumnStretch(1, 1)
    return grid


class _ManyDialog(Dialog):
    """A dialog whose main action says how much it changes."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(title, _WIDTH, parent)
        self.start = PrimaryButton(title)

    def _close_with(self, note: str) -> None:
        self.body.addWidget(label(note, "note", wrap=True))
        self.body.addStretch(1)
        cancel = Button("Cancel", key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_button(cancel)
        self.start.clicked.connect(self.accept)
        self.add_button(self.start, main=True)


class TagDialog(_ManyDialog):
    """Asks for a tag that images get or lose; accepted with ``tag`` and ``adds``."""

    def __init__(self, images: int, known: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("Tag images", parent)
        self._count = images
        grid = _form()
        self.what = Segmented([("add", "Add"), ("remove", "Remove")], "add", name="Add or remove the tag")
        self.what.chosen.connect(lambda _key: self._changed())
        self.line = QLineEdit()
        self.line.setAccessibleName("Tag")
        self.line.setMaxLength(_LONGEST)
        self.line.setPlaceholderText(known[0] if known else "to ask")
        completer = QCompleter(list(known), self.line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.line.setCompleter(completer)
        self.line.textChanged.connect(lambda _text: self._changed())
        grid.addWidget(label("What", "second"), 0, 0)
        grid.addWidget(self.what, 0, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(label("Tag", "second"), 1, 0)
        grid.addWidget(self.line, 1, 1)
        self.body.addLayout(grid)
        self._close_with("Find them again with  tag has …  in the filter. Ctrl+Z takes it back.")
        self.line.setFocus(Qt.FocusReason.TabFocusReason)
        self._changed()

    @property
    def tag(self) -> str:
        """The tag, without spaces around it."""
        return self.line.text().strip()

    @property
    def adds(self) -> bool:
        """Whether the images get it; else they lose it."""
        return self.what.value() == "add"

    def _changed(self) -> None:
        # A tag with both kinds of quotes could not be written in a filter.
        self.start.setEnabled(bool(self.tag) and not {'"', "'"} <= set(self.tag))
        verb = "Tag" if self.adds else "Remove from"
        self.start.set_face(f"{verb} {_images(self._count)}")


class GarmentsDialog(_ManyDialog):
    """Asks which garments of the selected images are changed, and where ``to`` is given into what.

    ``counts`` are numbers of garments by category id, the commonest first. Accepted with ``of`` and
    ``category``.
    """

    def __init__(
        self,
        title: str,
        counts: Mapping[int, int],
        categories: Mapping[int, Category],
        *,
        first: int = 0,
        choose: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._counts, self._choose = counts, choose
        grid = _form()
        self.which = self._which(counts, categories)
        self.which.setCurrentIndex(max(0, self.which.findData(first)))
        self.which.currentIndexChanged.connect(lambda _index: self._changed())
        grid.addWidget(label("Garments", "second"), 0, 0)
        grid.addWidget(self.which, 0, 1)
        self.to = QComboBox()
        self.to.setAccessibleName("New category")
        for category in categories.values():
            icon = swatch_icon(category.colour, self.devicePixelRatioF())
            self.to.addItem(icon, category.name, category.id)
        self.to.currentIndexChanged.connect(lambda _index: self._changed())
        if choose:
            grid.addWidget(label("Become", "second"), 1, 0)
            grid.addWidget(self.to, 1, 1)
        self.body.addLayout(grid)
        self._close_with(
            "Landmarks that the new category has too stay; the others begin unlabelled. Ctrl+Z takes it back."
            if choose
            else "Each left landmark gets what the right one of its pair has, and the other way round. "
            "Ctrl+Z takes it back."
        )
        self._changed()

    def _which(self, counts: Mapping[int, int], categories: Mapping[int, Category]) -> QComboBox:
        """The choice of the garments that are there."""
        box = QComboBox()
        box.setAccessibleName("Which garments")
        box.addItem(f"every garment ({sum(counts.values()):,})", 0)
        for category_id, count in counts.items():
            known = categories.get(category_id)
            name = known.name if known is not None else f"category {category_id}"
            icon = swatch_icon(known.colour if known is not None else "#B9B9B9", self.devicePixelRatioF())
            box.addItem(icon, f"{name} ({count:,})", category_id)
        return box

    @property
    def of(self) -> frozenset[int] | None:
        """The ids of the categories whose garments are changed; None: all."""
        chosen = int(self.which.currentData())
        return frozenset({chosen}) if chosen else None

    @property
    def category(self) -> int:
        """The id of the category that they become."""
        return int(self.to.currentData())

    def _changed(self) -> None:
        chosen = self.of
        of = [n for i, n in self._counts.items() if chosen is None or i in chosen]
        if self._choose:
            same = self._counts.get(self.category, 0) if chosen is None or self.category in chosen else 0
        else:
            same = 0
        count = sum(of) - same
        self.start.set_face(f"{'Change' if self._choose else 'Swap'} {_garments(count)}")
        self.start.setEnabled(count > 0)

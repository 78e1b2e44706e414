"""Rows of a name and what is said of it, kept from one query to the next: only their words are changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLabel

from widgets.common import ElidedLabel, IconLabel, label

#: A name, its words, and whether two agree in it (None where nothing is compared).
FactRow = tuple[str, str, bool | None]


class FactRows(QGridLayout):
    """A grid of facts. Rows that are not needed are hidden: to make, style and throw away some twenty labels
    takes longer than all the rest of showing a query."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(10)
        self.setVerticalSpacing(3)
        self.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, ElidedLabel, IconLabel]] = []

    def show_facts(self, facts: Sequence[FactRow]) -> None:
        """Show these rows and no others."""
        while len(self._rows) < len(facts):
            self._rows.append(self._made(len(self._rows)))
        for row, (name, words, mark) in enumerate(self._rows):
            there = row < len(facts)
            if there:
                called, said, same = facts[row]
                name.setText(called)
                words.set_full_text(said)
                if same is not None:
                    mark.set_icon(*(("check", "hit", "the same") if same else ("x", "miss", "different")))
                mark.setVisible(same is not None)
            else:
                mark.hide()
            name.setVisible(there)
            words.setVisible(there)

    def facts(self) -> list[FactRow]:
        """What is shown."""
        return [
            (
                name.text(),
                words.full_text(),
                mark.accessibleName() == "the same" if not mark.isHidden() else None,
            )
            for name, words, mark in self._rows
            if not name.isHidden()
        ]

    def _made(self, row: int) -> tuple[QLabel, ElidedLabel, IconLabel]:
        made = label("", "hint"), ElidedLabel("", "table"), IconLabel("check", "hit")
        for column, one in enumerate(made):
            self.addWidget(one, row, column)
        return made

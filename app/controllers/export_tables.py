"""What the store's categories are written as in a format with categories of its own: shown, changed, kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.session import Session
from resources.taxonomy import Category
from store.errors import StoreError, StudioError
from store.exporting import tables
from store.runs.manifest import ModelCategory
from widgets.dialogs.category_mapping import CategoryMappingDialog, MappingWords
from widgets.pages.models.records import MapLine, StoreCategory

_TITLES: Mapping[str, str] = {tables.THIRTEEN: "DeepFashion2's 13", tables.FIFTY: "DeepFashion's 50"}
_LEFT_OUT: Mapping[str, str] = {
    tables.THIRTEEN: "Garments of a category that is left out are not in the export.",
    tables.FIFTY: "Garments of a category that is left out get no label.",
}


class ExportTables(QObject):
    """The dialog of the table of categories.

    ``changed``: another table was kept. ``failed(StudioError)``. ``dialog_wanted(QDialog)``: show it till it
    is closed.
    """

    changed = Signal()
    failed = Signal(object)
    dialog_wanted = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def show(self, format: str, layout: str, window: QWidget) -> None:
        """Show the table of a format; nothing for one that takes any category."""
        store, which = self._session.store, tables.set_of(format, layout)
        if store is None or not which:
            return
        known = list(self._session.categories.values())
        folder = store.folder
        try:
            table = tables.in_force(folder, which, known)
        except StudioError as error:
            self.failed.emit(error)
            return
        proposed = tables.proposed(which, known)
        dialog = dialog_of(which, known, table, proposed, window)
        dialog.accepted.connect(lambda: self._keep(folder, which, dialog))
        self.dialog_wanted.emit(dialog)

    def _keep(self, folder: Path, which: str, dialog: CategoryMappingDialog) -> None:
        store = self._session.store
        try:
            if store is None or store.read_only:
                raise StoreError("The store is read-only.", "Copy it to keep another table.")
            tables.save(folder, which, chosen_in(which, dialog))
        except StudioError as error:
            self.failed.emit(error)
            return
        self.changed.emit()


def dialog_of(
    which: str,
    known: list[Category],
    table: tables.Table,
    proposed: tables.Table,
    window: QWidget | None = None,
) -> CategoryMappingDialog:
    """The dialog that shows a table and lets the person change it."""
    numbers = {name: number for number, name in enumerate(tables.names_in(which), 1)}

    def why(name: str) -> str:
        return "known table" if table[name] == proposed[name] else "chosen"

    lines = [
        MapLine(ModelCategory(one.id, one.name, one.schema.size), numbers.get(table[one.name]), why(one.name))
        for one in tables.foreign(which, known)
    ]
    words = MappingWords(
        title=f"Categories among {_TITLES[which]}",
        said=f"Garments of the categories at the left are written as those at the right. {_LEFT_OUT[which]}",
        source="Of the store",
        target=f"Of {_TITLES[which]}",
        all_there="Every category is written as one of them",
        none_there="Nothing else is written",
        may_be_none=True,
    )
    return CategoryMappingDialog(
        "",
        lines,
        [StoreCategory(number, name) for name, number in numbers.items()],
        {name: numbers.get(found) for name, found in proposed.items()},
        window,
        words=words,
    )


def chosen_in(which: str, dialog: CategoryMappingDialog) -> dict[str, str]:
    """The table that a dialog shows."""
    names = dict(enumerate(tables.names_in(which), 1))
    return {name: names.get(target or 0, "") for name, target in dialog.chosen().items()}

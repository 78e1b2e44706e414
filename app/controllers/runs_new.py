"""The dialog of a new run: read in, filled and counted off the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.session import Session
from resources.presets import presets
from store.errors import StudioError
from store.filters import parse
from store.runs.library import all_models

if TYPE_CHECKING:
    from store.db import Store
    from widgets.dialogs.new_run import NewRunDialog

#: What is typed into a filter must stand so long before its garments are counted, in milliseconds.
_SETTLE = 400
_VIEW = "view:"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a new run can begin with: the names of all models, and configuration files by name."""

    models: tuple[str, ...]
    presets: Mapping[str, Path]


def offer_of(store: Store) -> Offer:
    """What a new run can begin with. Reads in the dialog and pydantic too: call it in a thread."""
    import widgets.dialogs.new_run  # noqa: F401  (so that the GUI thread finds it read in)

    return Offer(tuple(dict.fromkeys(model.name for model in all_models(store.folder))), presets())


def garments_of(store: Store, where: str) -> int:
    """How many garments a filter selects, or the saved view of ``view:NAME``. StudioError as in training."""
    text = where.strip()
    if text.startswith(_VIEW):
        name = text.removeprefix(_VIEW).strip()
        views = {view.name: view.where for view in store.views.all()}
        if name not in views:
            raise StudioError(
                f'There is no saved view "{name}".', f"There are: {', '.join(views) or 'none'}."
            )
        text = views[name]
    return store.garments.count(parse(text))


class NewRunController(QObject):
    """Opens the dialog. ``chosen(RunConfig)`` when a person has started a run with it."""

    chosen = Signal(object)
    dialog_wanted = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dialog: NewRunDialog | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE)
        self._settle.timeout.connect(self._count)

    def open(self, window: QWidget, start: Mapping[str, Any] | None = None) -> None:
        """Open the dialog over a window; ``start`` are values by name that it begins with."""
        store = self._session.store
        if store is not None and self._dialog is None:
            self._session.desk.ask(
                "runs.new",
                lambda: offer_of(store),
                lambda offer: self._show(window, offer, start),
                self.failed.emit,
            )

    def _show(self, window: QWidget, offer: Offer, start: Mapping[str, Any] | None) -> None:
        from widgets.dialogs.new_run import NewRunDialog
        from widgets.dialogs.run_fields import FILTERS

        dialog = NewRunDialog(offer.models, offer.presets, start=start, parent=window)
        self._dialog = dialog
        for name in FILTERS:
            dialog.editors[name].changed.connect(self._settle.start)
        self._settle.start()
        dialog.accepted.connect(lambda: self.chosen.emit(dialog.config()))
        dialog.finished.connect(self._closed)
        self.dialog_wanted.emit(dialog)

    def _closed(self, _result: int) -> None:
        self._settle.stop()
        self._dialog = None

    def _count(self) -> None:
        from widgets.dialogs.run_fields import FILTERS

        store, dialog = self._session.store, self._dialog
        if store is None or dialog is None:
            return
        for name in FILTERS:
            self._count_of(store, dialog, name)

    def _count_of(self, store: Store, dialog: NewRunDialog, name: str) -> None:
        editor = dialog.editors[name]
        where = str(editor.value())

        def show(text: str) -> None:
            if dialog is self._dialog:
                editor.show_note(text)

        self._session.desk.ask(
            f"runs.count.{name}",
            lambda: garments_of(store, where),
            lambda found: show(f"{found:,} garments" if found else "No garments: the run would stop at once"),
            lambda error: show(str(error)),
        )

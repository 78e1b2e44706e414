"""The status bar: counts or the selection at the left, what is saved at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from app.actions.action import State
from app.session import Session
from widgets.frame import StatusBar

if TYPE_CHECKING:
    from app.controllers.annotate import AnnotateController
    from app.jobs.predictor import PredictorState

_GIB = 1024**3


class StatusController(QObject):
    """Says in the status bar what is open, selected and saved."""

    def __init__(self, session: Session, bar: StatusBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._bar = bar
        session.opened.connect(self._opened)
        session.closed.connect(self._closed)

    def show(self, state: State, annotate: AnnotateController | None) -> None:
        """Follow the window's state."""
        bar, totals = self._bar, self._session.totals
        if totals is None:
            bar.set_facts([])
            bar.set_hint("")
        elif state.page == "annotate" and annotate is not None:
            bar.set_facts(annotate.facts())
            bar.set_hint(annotate.hint())
        else:
            counts = (("image", totals.images), ("garment", totals.garments))
            bar.set_facts([f"{count:,} {one}{'' if count == 1 else 's'}" for one, count in counts])
            bar.set_hint("")
        if annotate is not None and annotate.saving.unsaved:
            bar.saved.not_saved(annotate.saving.unsaved)
        elif self._session.others.away:
            bar.saved.server_away()
        elif annotate is not None and annotate.saved_at is not None and state.writable:
            bar.saved.saved(annotate.saved_at.astimezone())
        elif state.writable:
            bar.saved.all_saved()

    def show_device(self, state: PredictorState) -> None:
        """Say where the model runs that proposes in Annotate, and how full its memory is."""
        text, place = "", state.device
        if state.kind == "starting":
            text = "Loading the model"
        elif state.kind == "lost":
            text = "The model stopped"
        elif place:
            text = place
            if state.memory_total:
                used, total = state.memory_used / _GIB, state.memory_total / _GIB
                text = f"{place}  {used:.1f} of {total:.0f}\u202fGB"
        tip = state.message or f"{state.model} runs on {place}; press to choose another device"
        self._bar.set_device(text, tip if text else "", bool(state.message))

    def device_menu(self, state: PredictorState, chosen: str, choose: Callable[[str], object]) -> None:
        """Offer the devices that there are; ``choose`` gets "auto" or a device's name."""
        menu = QMenu(self._bar)
        menu.aboutToHide.connect(menu.deleteLater)
        words = {"auto": "Automatic"} | {one.id: f"{one.id}  {one.name}" for one in state.devices}
        for name, text in words.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(name == chosen)
            action.triggered.connect(lambda _on=False, name=name: choose(name))
        at = self._bar.device
        menu.popup(at.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def tell_saved(self, annotate: AnnotateController | None) -> None:
        """Say that everything is saved already, or try to save what is not."""
        if annotate is not None and annotate.saving.unsaved:
            annotate.saving.decide()
            return
        if self._session.others.away:
            self._bar.set_hint(
                "The server cannot be reached; it is asked again and again. All is saved so far."
            )
            return
        at = annotate.saved_at if annotate is not None else None
        when = f" The last change of this image was saved at {at.astimezone():%H:%M:%S}." if at else ""
        if self._session.store is not None and not self._session.writable:
            self._bar.set_hint("The store is open read-only: nothing can be changed, and nothing is lost.")
        else:
            self._bar.set_hint(f"All is saved; every change is written the moment it is made.{when}")

    def tell(self, text: str) -> None:
        """Say something till the next thing is said."""
        self._bar.set_hint(text)

    def _opened(self) -> None:
        store = self._session.needed()
        place = store.database.place
        # Where the data lies in the folder itself, the folder says all.
        self._bar.set_store(
            store.name,
            str(store.folder) if place.startswith(str(store.folder)) else f"{store.folder}, data on {place}",
        )
        if store.read_only:
            self._bar.saved.not_saved("read-only store")
        else:
            self._bar.saved.all_saved()

    def _closed(self) -> None:
        self._bar.set_store("")
        self._bar.saved.clear()

"""Welcome: the stores used lately, and the ways to begin."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from app.session import Session
from store.errors import StudioError
from store.settings import is_store
from widgets.pages.welcome import WelcomePage

#: The guide in a checkout, and where the wheel puts it.
GUIDES = (
    Path(__file__).resolve().parents[2] / "docs" / "README.md",
    Path(sys.prefix) / "share" / "deepfashion-studio" / "docs" / "README.md",
)


class WelcomeController(QObject):
    """Joins the Welcome page to the settings and the session."""

    demo_wanted = Signal()
    import_wanted = Signal(str)
    shortcuts_wanted = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, page: WelcomePage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.page = page
        page.demo_wanted.connect(self.demo_wanted)
        page.import_wanted.connect(lambda: self.import_wanted.emit(""))
        page.open_wanted.connect(self.choose_store)
        page.store_chosen.connect(session.open)
        page.dropped.connect(self._dropped)
        page.locate_wanted.connect(self._locate)
        page.forget_wanted.connect(self._forget)
        page.shortcuts_wanted.connect(self.shortcuts_wanted)
        page.guide_wanted.connect(self.show_guide)

    def show_recent(self) -> None:
        """List the stores used lately as they are now."""
        self.page.show_recent(self._session.settings.recent())

    def choose_store(self) -> None:
        """Ask for the folder of a store and open it."""
        start = str(Path.home())
        if recent := self._session.settings.recent():
            start = str(recent[0].path.parent)
        chosen = QFileDialog.getExistingDirectory(self.page.window(), "Open a store", start)
        if chosen:
            self._session.open(Path(chosen))

    def show_guide(self) -> None:
        """Open the user guide."""
        file = next((guide for guide in GUIDES if guide.is_file()), None)
        if file is None:
            self.failed.emit(
                StudioError(f"The user guide is not there: {GUIDES[-1]}.", "Install the program again.")
            )
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

    def _dropped(self, path: Path) -> None:
        """A store is opened, anything else is offered to the import."""
        if is_store(path):
            self._session.open(path)
        else:
            self.import_wanted.emit(str(path))

    def _locate(self, old: Path) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self.page.window(), f"Where is {old.name} now?", str(old.parent)
        )
        if not chosen:
            return
        new = Path(chosen)
        if not is_store(new):
            self.failed.emit(
                StudioError(f"{new} is not a store: it has no store.toml.", "Choose the store's own folder.")
            )
            return
        self._change(lambda: self._session.settings.locate(old, new))
        self._session.open(new)

    def _forget(self, path: Path) -> None:
        self._change(lambda: self._session.settings.forget(path))

    def _change(self, change: Callable[[], None]) -> None:
        try:
            change()
        except StudioError as error:
            self.failed.emit(error)
        self.show_recent()

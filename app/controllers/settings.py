"""The settings: kept in their file, and in force at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from store.errors import StudioError
from store.settings import Settings, SettingsFile
from widgets import style


def apply_look(application: QApplication, settings: Settings) -> None:
    """Put the theme, the text size and the density of the settings in force."""
    style.apply(application, settings.theme, settings.font_scale / 100, settings.density)


def _look(settings: Settings) -> tuple[str, int, str]:
    return settings.theme, settings.font_scale, settings.density


class SettingsController(QObject):
    """Shows the settings dialog and puts every change in force. ``changed()`` after one."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, file: SettingsFile, window: QWidget) -> None:
        super().__init__(window)
        self._file = file
        self._window = window
        #: What the program's start has put in force.
        self._shown = _look(file.settings)

    def show(self, run: Callable[[QDialog], None]) -> None:
        """Open the dialog with ``run``; every change there is in force at once."""
        from widgets.dialogs.settings import SettingsDialog

        dialog = SettingsDialog(self._file.settings, self._file.author, self._window)
        dialog.changed.connect(self._take)
        run(dialog)

    def switch_theme(self) -> None:
        """From dark to light and back."""
        try:
            self._file.change(theme="light" if self._file.settings.theme == "dark" else "dark")
        except StudioError as error:
            self.failed.emit(error)
        self._apply()

    def _take(self, settings: Settings) -> None:
        self._file.settings = settings
        try:
            self._file.save()
        except StudioError as error:
            self.failed.emit(error)
        self._apply()

    def _apply(self) -> None:
        look = _look(self._file.settings)
        # Half a second of work for a large window: only where it changes something.
        if look != self._shown:
            application = QApplication.instance()
            assert isinstance(application, QApplication)
            apply_look(application, self._file.settings)
            self._shown = look
        self.changed.emit()

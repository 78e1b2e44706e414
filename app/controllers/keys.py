"""The keys of the window: those that hold now, the editor that changes them, and who shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog

from app.actions.action import Action
from app.actions.binding import ActionBinding, key_words, sheet
from app.actions.keymap import Keymap, shown_otherwise, where
from app.actions.table import GESTURES
from store.errors import StudioError
from store.settings import SettingsFile
from widgets.common.keycaps import caps

if TYPE_CHECKING:
    from app.window import MainWindow
    from widgets.dialogs.keys import KeyRow


class KeysController(QObject):
    """Reads the keys from the settings and puts them in force: shortcuts, menus, tool tips, key caps."""

    failed = Signal(object)

    def __init__(self, table: tuple[Action, ...], file: SettingsFile, window: MainWindow) -> None:
        super().__init__(window)
        self._table, self._file, self._window = table, file, window
        self.map = Keymap(table, file.settings.key_preset, file.keys)
        self._binding: ActionBinding | None = None

    def bind(self, binding: ActionBinding) -> None:
        """Put the keys in force in the window's actions, now and after each change."""
        self._binding = binding
        self._apply()

    def follow_settings(self) -> None:
        """The settings have changed: another preset may have been chosen."""
        if self._file.settings.key_preset != self.map.preset:
            self.map.preset = self._file.settings.key_preset
            self._apply()

    def show_sheet(self) -> None:
        """Open the sheet of shortcuts."""
        from widgets.dialogs.shortcuts import ShortcutsDialog

        dialog = ShortcutsDialog(sheet(self.map.actions(), GESTURES), self._window)
        dialog.edit_wanted.connect(lambda: QTimer.singleShot(0, self, self.edit))
        self._window.run_dialog(dialog)

    def edit(self) -> None:
        """Open the editor; every change there is in force at once."""
        from widgets.dialogs.keys import KeysDialog

        dialog: QDialog = KeysDialog(self, self._window)
        self._window.run_dialog(dialog)

    # -- what the editor asks (:class:`widgets.dialogs.keys.KeyBook`) ----------------------------

    @property
    def preset(self) -> str:
        """The name of the preset; "" is our own keys."""
        return self.map.preset

    def rows(self) -> list[KeyRow]:
        """Every action with its keys, in the order of the menus."""
        from widgets.dialogs.keys import KeyRow

        made = []
        for one in self.map.actions():
            keys = tuple(zip(one.keys, _words(one), strict=True))
            made.append(
                KeyRow(one.id, one.title.rstrip("…"), where(one), one.icon, keys, one.id in self.map.own)
            )
        return made

    def refusal(self, action_id: str, key: str) -> str:
        """Why an action can never have a key; "" where it can."""
        return self.map.why_not(action_id, key)

    def clash(self, action_id: str, key: str) -> str:
        """Who has a key already, in words; "" for nobody."""
        return "; ".join(str(one) for one in self.map.clashes(action_id, key))

    def add(self, action_id: str, key: str) -> None:
        """Give an action a key, and take it from whoever has it."""
        self._change(lambda: self.map.add(action_id, key))

    def remove(self, action_id: str, key: str) -> None:
        """Take a key from an action."""
        self._change(lambda: self.map.remove(action_id, key))

    def reset(self, action_id: str) -> None:
        """Give an action its usual keys back."""
        self._change(lambda: self.map.reset(action_id))

    def reset_all(self) -> None:
        """Give every action its usual keys back."""
        self._change(self.map.reset_all)

    def set_preset(self, name: str) -> None:
        """Take another preset; what was chosen for single actions stays."""
        try:
            self._file.change(key_preset=name)
        except StudioError as error:
            self.failed.emit(error)
        self.follow_settings()

    def _change(self, change: Callable[[], None]) -> None:
        change()
        try:
            self._file.set_keys(self.map.own)
        except StudioError as error:
            self.failed.emit(error)
        self._apply()

    def _apply(self) -> None:
        now = self.map.actions()
        if self._binding is not None:
            self._binding.rebind(now)
        told: Mapping[str, Mapping[str, str]] = shown_otherwise(self._table, now, key_words)
        caps.set(told)


def _words(action: Action) -> list[str]:
    """Each key of an action as people read it; Qt calls the large Enter key Return."""
    texts = (QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in action.keys)
    return [text.replace("Enter", "Num+Enter").replace("Return", "Enter") for text in texts]

"""The command palette: all actions as they stand now, the ones used lately first."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.actions.action import Action
from app.actions.binding import key_words
from store.errors import StudioError

if TYPE_CHECKING:
    from app.window import MainWindow

_log = logging.getLogger(__name__)
#: What the settings call the list of actions used lately, and how many are kept.
_LAYOUT, _KEPT = "palette", 8
#: What is no use in a list of things to do: the palette itself.
_LEFT_OUT = frozenset({"help.palette"})


class PaletteController(QObject):
    """Opens the palette and runs what is chosen in it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    @property
    def recent(self) -> list[str]:
        """The ids of the actions that were run from here, the last one first."""
        kept = self._window.session.settings.layout(_LAYOUT, [])
        return [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []

    def show(self) -> None:
        """Open it; what is chosen is run once it is closed and the keys are where they were."""
        from widgets.dialogs.palette import CommandPalette, Entry

        binding = self._window.actions_
        entries = [
            Entry(
                one.id,
                binding[one.id].text().split("\t")[0].rstrip("…") if one.menu else one.title.rstrip("…"),
                _place(one),
                one.icon,
                key_words(one).split(" / ")[0],
                binding.reason(one.id),
            )
            for one in binding.table
            if one.id not in _LEFT_OUT
        ]
        palette = CommandPalette(entries, self.recent, self._window)
        palette.run_wanted.connect(self._run)
        self._window.run_dialog(palette)

    def _run(self, action_id: str) -> None:
        kept = [action_id, *(one for one in self.recent if one != action_id)][:_KEPT]
        try:
            self._window.session.settings.set_layout(**{_LAYOUT: kept})
        except StudioError as error:
            # Not to be able to remember what was used is no reason not to do it.
            _log.warning("%s", error)
        QTimer.singleShot(0, self, lambda: self._window.actions_[action_id].trigger())


def _place(action: Action) -> str:
    """The page of an action, or its menu where it works everywhere."""
    return action.page.capitalize() or action.menu

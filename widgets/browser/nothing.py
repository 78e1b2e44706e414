"""What stands in the place of the grid while there is no image to show."""

from __future__ import annotations

from PySide6.QtCore import Signal

from widgets.browser.ticks import drop_last
from widgets.common import EmptyState

#: A longer term is cut on the button that drops it.
_LONGEST = 40


class Nothing(EmptyState):
    """Says why there is nothing, and offers a way out: another filter, or an import.

    ``filter_wanted(str)``: this filter should be in force instead. Its ``link`` asks for all images.
    """

    import_wanted = Signal()
    filter_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("photo", "", "", "")
        self._rest: str | None = None
        self.action.connect(self._act)

    def say_why(self, text: str, store_is_empty: bool) -> None:
        """Say that a filter finds nothing, and offer to drop its last term; or that there are no images."""
        if store_is_empty:
            self._rest = None
            self.say("No images here yet", "Import a dataset", icon="photo")
            return
        term, self._rest = drop_last(text)
        cut = term if len(term) <= _LONGEST else f"{term[: _LONGEST - 1]}…"
        sentence = f"No image fits  {term}" if term else "No images to show"
        self.say(sentence, f"Drop {cut}" if term else "", "Show all images", "filter-off")

    def _act(self) -> None:
        if self._rest is None:
            self.import_wanted.emit()
        else:
            self.filter_wanted.emit(self._rest)

"""What is said where a store's server is away and something was to be changed that cannot be kept in hand."""

from __future__ import annotations

from store.errors import AwayError, StudioError
from widgets.common import Banner

_MEANWHILE = "The image that is open in Annotate can be worked on meanwhile."


class NotDone(AwayError):
    """Something that a person wanted was not done, or perhaps not; other errors of the same kind are of what
    the program reads by itself."""


def refusal() -> AwayError:
    """Nothing is tried while it is known that nobody answers."""
    return NotDone(
        "The server cannot be reached: nothing was changed.", f"Do it again when it is back. {_MEANWHILE}"
    )


def in_words(error: StudioError, title: str) -> StudioError:
    """An error of a change, named by its title: where nobody answered it says what is known of the change."""
    if not isinstance(error, AwayError):
        return error
    return NotDone(
        f"{title}: the server went away, and nothing is known to be changed.",
        f"When it is back you see what was saved; do it again then if it was not. {_MEANWHILE}",
    )


def unopened() -> AwayError:
    """Another image cannot be read."""
    return NotDone(
        "The server cannot be reached: no other image can be opened.",
        f"Try again when it is back. {_MEANWHILE}",
    )


class ErrorBanner:
    """Says errors above the page. What holds only while the server is away goes when it is back."""

    def __init__(self, banner: Banner) -> None:
        self._banner, self._away = banner, ""

    def tell(self, error: StudioError) -> None:
        """Say what went wrong. What became of a wish is not talked over by what is only read."""
        away = isinstance(error, AwayError)
        if away and not isinstance(error, NotDone) and self._says_away():
            return
        self._banner.show_message("bad", error.what, error.fix)
        self._away = self._banner.accessibleName() if away else ""
        self._banner.show()

    def server_back(self) -> None:
        """What was said of its being away is wrong now."""
        if self._says_away():
            self._banner.hide()
        self._away = ""

    def _says_away(self) -> bool:
        return self._banner.isVisible() and self._banner.accessibleName() == self._away != ""

"""The one family of errors that means "the world is wrong": shown to a person, exit code 2.

Everything else that is raised is our own fault and belongs in the crash dialog.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class StudioError(Exception):
    """Something outside the program is wrong.

    ``what`` names the file, line or id and says what is wrong; ``fix`` says what to do next.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what} {self.fix}".strip()


class StoreError(StudioError):
    """A store that cannot be opened, read or written."""


class FormatError(StudioError):
    """A dataset file that cannot be read or written at all."""


class FilterError(StudioError):
    """A filter expression that does not parse; ``position`` is the 0-based place in the text."""

    def __init__(self, what: str, fix: str = "", position: int = 0) -> None:
        super().__init__(what, fix)
        self.position = position


class AwayError(StoreError):
    """The database cannot be reached now. Nothing is known to be written; the same may work later."""


class ConflictError(StudioError):
    """Somebody else has changed the garment or image since it was read. Nothing was written."""


class GoneError(ConflictError):
    """Somebody else has taken the image out of the store since it was read."""


class MemoryShortage(StudioError):
    """There is not enough memory; ``settings`` ({"training.batch": 4}) are those to try instead."""

    def __init__(self, what: str, fix: str = "", settings: Mapping[str, Any] | None = None) -> None:
        super().__init__(what, fix)
        self.settings = dict(settings or {})


class Cancelled(Exception):
    """The person cancelled a job. Not an error: exit code 130."""

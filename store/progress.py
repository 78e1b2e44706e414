"""How long work reports how far it is, and learns that it should stop."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called every so often by long work.

    ``total`` is 0 while it is not known. Implementations raise :class:`store.errors.Cancelled` from
    the call when the person has cancelled; the work then cleans up and lets it pass.
    """

    def __call__(self, done: int, total: int, message: str = "") -> None: ...


def silent(done: int, total: int, message: str = "") -> None:
    """A progress that nobody watches."""

"""How a command ends: the exit codes, and the one place where an error becomes one."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from enum import IntEnum
from types import TracebackType
from typing import Self

from store.errors import Cancelled, StudioError


class Exit(IntEnum):
    """Exit codes of the command line."""

    DONE = 0
    PROBLEMS = 1
    BAD_INPUT = 2
    OUR_BUG = 3
    CANCELLED = 130


class Boundary:
    """Where errors stop: a context manager that turns what was raised into an exit code.

    ``StudioError`` is told as one sentence, everything else as our own fault with its traceback;
    ``SystemExit`` passes. ``tell`` gets the text.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        self.code = Exit.DONE
        self._tell = tell

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None:
            return True
        if isinstance(error, SystemExit):
            return False
        if isinstance(error, (Cancelled, KeyboardInterrupt)):
            self.code = Exit.CANCELLED
            self._tell(str(error) or "Cancelled.")
        elif isinstance(error, StudioError):
            self.code = Exit.BAD_INPUT
            self._tell(f"Error: {error}")
        else:
            self.code = Exit.OUR_BUG
            self._tell_bug(kind, error, trace)
        return True

    def _tell_bug(
        self, kind: type[BaseException] | None, error: BaseException, trace: TracebackType | None
    ) -> None:
        from app import log

        where = log.crash(error)
        self._tell("".join(traceback.format_exception(kind, error, trace)).rstrip())
        self._tell(f"This is a fault in DeepFashion Studio. What was saved is safe. Log: {where}")

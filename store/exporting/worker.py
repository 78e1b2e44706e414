"""A process that helps with an export; see :mod:`store.exporting.helpers`.

On its standard input it is told what to do, then what to do it with, again and again, all as pickles. It
answers on its standard output, and ends with its input, and so with the export, however that ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Callable
from typing import Any, Protocol

from store.errors import StudioError

#: So many objects are made between two searches for cycles: records have none.
_COLLECTED_AFTER = 200_000
#: The window and whoever else is at work come first.
_NICE = 1


class Task(Protocol):
    """What is to be done, in a form that can be pickled."""

    def begun(self) -> Callable[[Any], Any]:
        """What does it, called with one part of the work after the other."""
        ...


def main() -> None:
    """Work until there is no more to be done."""
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever is printed must not come between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if hasattr(os, "nice"):
        os.nice(_NICE)
    gc.set_threshold(_COLLECTED_AFTER)
    work: Callable[[Any], Any] | None = None
    while True:
        try:
            is_task, told = pickle.load(source)
        except EOFError:
            return
        try:
            if is_task:
                work = told.begun()
                continue
            assert work is not None
            answer = work(told)
        except StudioError as error:
            answer = error
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()

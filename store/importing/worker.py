"""A process that reads images for an import; see :mod:`store.importing.workers`.

It is told on its standard input what is imported, then which pieces to read, and answers on its standard
output, all as pickles. It ends with its input, and so with the import, however that ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from dataclasses import dataclass
from pathlib import Path

from store.formats import registry
from store.formats.base import Divisible, ReadOptions
from store.importing.looking import Looking, Place

#: The window and whoever else is at work come first, also the process that writes: it holds a lock.
_NICE = 10
#: So many objects are made between two searches for cycles.
_COLLECTED_AFTER = 200_000


@dataclass(frozen=True, slots=True)
class Task:
    """What is imported, and where it goes."""

    format: str
    path: Path
    images: Path | None
    split: str
    place: Place


def give_way() -> None:
    """Let others go first, where the system knows how (Windows does not)."""
    if hasattr(os, "nice"):
        os.nice(_NICE)


def main() -> None:
    """Read until there is no more to be read."""
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever is printed must not come between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    give_way()
    # Records have no cycles: looking for some would take a quarter of the time.
    gc.set_threshold(_COLLECTED_AFTER)
    task: Task = pickle.load(source)
    reader = registry.reader(task.format, task.path, ReadOptions(images=task.images, split=task.split))
    assert isinstance(reader, Divisible)
    looking = Looking(task.place)
    while True:
        try:
            piece = pickle.load(source)
        except EOFError:
            return
        pickle.dump(list(looking.pack(reader.read(piece))), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()

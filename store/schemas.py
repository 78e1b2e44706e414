"""Landmark schemas of a person's own categories: a YAML file in the folder of the store.

``schemas.yaml`` says it by category::

    categories:
      - name: glove
        landmarks: [left wrist, right wrist, thumb, middle finger]
        links: [[left wrist, thumb], [right wrist, thumb], [thumb, middle finger]]
        pairs: [[left wrist, right wrist]]
        template: [[0, 1], [1, 1], [0.1, 0.5], [0.5, 0]]
        aspect: 0.6
        colour: "#B9B9B9"

Landmarks are named in ``links`` and ``pairs`` by name or by number from 1. All but ``name`` and ``landmarks``
may be left out. What is wrong is told with its line, and the other categories are taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from resources.schemas import Schema
from store.errors import StudioError

if TYPE_CHECKING:
    from store.db import Store

#: The file in the folder of a store.
FILE = "schemas.yaml"
#: A file larger than this, in bytes, is a mistake.
LARGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in the file: its line from 1, and what."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"{FILE}, line {self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class OwnCategory:
    """A category of the file: its name, its landmarks, its colour as ``#RRGGBB`` or "", and its line."""

    name: str
    schema: Schema
    colour: str = ""
    line: int = 0


@dataclass(slots=True)
class Found:
    """What a file says, and what is wrong with it."""

    categories: list[OwnCategory] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(path: Path) -> Found:
    """The categories of a file; none where there is no file. StudioError where it cannot be read at all."""
    found = Found()
    if not path.is_file():
        return found
    try:
        if path.stat().st_size > LARGEST:
            raise StudioError(f"{path} is larger than {LARGEST:,} bytes.", "Schemas are small: check it.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudioError(f"{path} cannot be read: {error}.", "Check the file.") from error
    # Loaded where there is a file to read: most stores have none.
    from store.schema_yaml import parse

    return parse(text)


# --- the store -----------------------------------------------------------------------------------


def take_over(store: Store) -> tuple[Fault, ...]:
    """Give the store the categories of its file, and say what is wrong with it.

    A category that the store has already takes the new names, links, pairs, template and colour; the number
    of its landmarks changes only while no garment is of it. Nothing is written to a read-only store.
    """
    try:
        found = read(store.folder / FILE)
    except StudioError as error:
        return (Fault(1, error.what),)
    faults = list(found.faults)
    if store.read_only:
        return tuple(faults)
    for one in found.categories:
        try:
            why = store.categories.put(one.name, one.schema, one.colour)
        except StudioError as error:
            # A store that is busy now is opened all the same.
            why = error.what
        if why:
            faults.append(Fault(one.line, why))
    return tuple(faults)

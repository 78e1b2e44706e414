"""Segmenters that are asked for a mask by a box, strokes and points, and how others are added.

A segmenter is told what of a picture is meant (:class:`Prompt`) and says which pixels that is. The one that
is built in is GrabCut; a package that is installed beside the program adds one by an entry point of the group
:data:`GROUP`, which names something that makes a :class:`Segmenter` when it is called without arguments
(``docs/masks.md`` has an example). Nothing here loads more than NumPy: each loads what it needs in
:meth:`Segmenter.segment`, which is called in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from store.document.mask_edits import Stroke
from store.errors import StudioError
from store.geometry import Point
from store.outlines.drawing import Window
from store.records import Floats

#: The group of entry points by which packages add segmenters.
GROUP = "deepfashion_studio.segmenters"
#: The one that is built in.
GRABCUT = "grabcut"

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """What is meant, in pixels of the image: a box ``(4,)`` round it, strokes over what belongs to it
    (``keep``) and what does not (``drop``), points of both kinds."""

    box: Floats | None = None
    keep: tuple[Stroke, ...] = ()
    drop: tuple[Stroke, ...] = ()
    inside: tuple[Point, ...] = ()
    outside: tuple[Point, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is meant yet."""
        return self.box is None and not self.keep and not self.inside


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A mask ``(height, width)`` uint8 of 0 and 1, and where its first pixel lies in the image."""

    mask: Pixels
    corner: tuple[int, int] = (0, 0)


class Picture(Protocol):
    """A picture that a segmenter looks at; any thread may ask."""

    @property
    def key(self) -> str:
        """The same for the same picture: what was computed of it may be kept under this."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    def pixels(self, window: Window) -> Pixels:
        """A piece of it, ``(height, width, 3)`` uint8, red green blue."""


class Segmenter(Protocol):
    """Says which pixels are meant."""

    @property
    def title(self) -> str:
        """What people call it: "GrabCut"."""

    def segment(self, picture: Picture, prompt: Prompt) -> Piece:
        """The mask of what is meant; empty where nothing is. Called in a thread, one question at a time.

        StudioError where it cannot say, with what to do about it.
        """


def names() -> tuple[str, ...]:
    """The names of all segmenters there are, the one that is built in first."""
    return (GRABCUT, *sorted({one.name for one in entry_points(group=GROUP)} - {GRABCUT}))


def segmenter(name: str = GRABCUT) -> Segmenter:
    """The segmenter of a name. StudioError for one that is not there, or that cannot be loaded."""
    if name == GRABCUT:
        from store.segmenting.grabcut import GrabCut

        return GrabCut()
    found = [one for one in entry_points(group=GROUP) if one.name == name]
    if not found:
        raise StudioError(f"There is no segmenter {name}.", f"There are: {', '.join(names())}.")
    try:
        made: Any = found[0].load()()
    except (ImportError, AttributeError, TypeError) as error:
        raise StudioError(
            f"The segmenter {name} cannot be loaded: {error}.",
            f"Look at the package that adds {found[0].value}.",
        ) from error
    chosen: Segmenter = made
    return chosen

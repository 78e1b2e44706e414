"""What a garment's geometry says of its facts: hints for a person, who decides.

The bounds are those of the DeepFashion2 paper: scale by the box's share of the image against 10 and 40 %,
occlusion by the share of hidden landmarks against 20 and 50 %, zoom-in by the share of landmarks outside
of the image against none and 30 %. The paper has no rule for the viewpoint: a garment of whose one side
nearly nothing is visible is seen from the side or from behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from resources.schemas import Schema
from resources.taxonomy import LEVELS
from store.records import Bytes, Garment, Visibility

#: A box that ends within so many pixels of the image's border goes on behind it, as far as one can see.
_BORDER = 2.0
#: So many pairs of landmarks must be labelled before anything is said of the sides.
_LEAST_PAIRS = 2
_FEW, _MOST = 0.34, 0.67


@dataclass(frozen=True, slots=True)
class Hint:
    """A fact (its field in :class:`Garment`), the level that geometry suggests, and what it is read from."""

    fact: str
    level: int
    because: str

    @property
    def word(self) -> str:
        """The level in words."""
        return LEVELS[self.fact][self.level]


def hints(garment: Garment, schema: Schema | None, size: tuple[int, int]) -> tuple[Hint, ...]:
    """What can be told of a garment in an image of ``size`` (width, height in pixels), fact by fact.

    Nothing is said of a fact where the geometry is silent: without a box, without labelled landmarks, in an
    image of unknown size (0, 0).
    """
    found = (_scale(garment, size), *_of_landmarks(garment, size), _viewpoint(garment, schema))
    return tuple(hint for hint in found if hint is not None)


def differing(garment: Garment, found: tuple[Hint, ...]) -> tuple[Hint, ...]:
    """Those hints that say something else than the garment does."""
    return tuple(hint for hint in found if getattr(garment, hint.fact) != hint.level)


def _scale(garment: Garment, size: tuple[int, int]) -> Hint | None:
    area = size[0] * size[1]
    if garment.box is None or not area:
        return None
    x1, y1, x2, y2 = garment.box.clip(0, [size[0], size[1], size[0], size[1]]).tolist()
    share = max(0.0, x2 - x1) * max(0.0, y2 - y1) / area
    level = 1 if share < 0.1 else 2 if share < 0.4 else 3
    return Hint("scale", level, f"the box takes {share:.0%} of the image")


def _of_landmarks(garment: Garment, size: tuple[int, int]) -> tuple[Hint, ...]:
    states = garment.visibility
    labelled = states != Visibility.UNLABELLED
    if not labelled.any():
        return ()
    outside = states == Visibility.CUT_OFF
    if _reaches_border(garment, size):
        # DeepFashion2 has no word for "cut off": there such landmarks are unlabelled.
        outside |= ~labelled
    hidden = int(np.count_nonzero(states == Visibility.OCCLUDED))
    seen = int(np.count_nonzero(labelled))
    occlusion = hidden / seen
    zoom = np.count_nonzero(outside) / len(states)
    return (
        Hint(
            "occlusion",
            1 if occlusion < 0.2 else 2 if occlusion <= 0.5 else 3,
            f"{hidden} of {seen} labelled landmarks are occluded",
        ),
        Hint(
            "zoom_in",
            1 if zoom == 0 else 2 if zoom <= 0.3 else 3,
            f"{np.count_nonzero(outside)} of {len(states)} landmarks are outside of the image",
        ),
    )


def _reaches_border(garment: Garment, size: tuple[int, int]) -> bool:
    if garment.box is None or not all(size):
        return False
    x1, y1, x2, y2 = garment.box.tolist()
    return bool(min(x1, y1) <= _BORDER or x2 >= size[0] - _BORDER or y2 >= size[1] - _BORDER)


def _viewpoint(garment: Garment, schema: Schema | None) -> Hint | None:
    if schema is None or schema.size != len(garment.points) or len(schema.swaps) < _LEAST_PAIRS:
        return None
    pairs = np.array(schema.swaps)
    left, right = (_visible(garment.visibility[pairs[:, side]]) for side in (0, 1))
    if np.count_nonzero(garment.visibility[pairs.ravel()] != Visibility.UNLABELLED) < 2 * _LEAST_PAIRS:
        return None
    if min(left, right) <= _FEW and max(left, right) >= _MOST:
        side = "left" if left < right else "right"
        return Hint("viewpoint", 3, f"only {min(left, right):.0%} of its {side} landmarks are visible")
    # Whether somebody wears it does not follow from where its landmarks are.
    if min(left, right) >= 0.5 and garment.viewpoint != 1:
        return Hint("viewpoint", 2, f"{min(left, right):.0%} of the landmarks of both sides are visible")
    return None


def _visible(states: Bytes) -> float:
    return float(np.count_nonzero(states == Visibility.VISIBLE)) / len(states)

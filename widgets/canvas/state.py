"""What the canvas is told to show: layers, the selection, and the garments with their categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from resources.schemas import Schema
from resources.taxonomy import EXTRA_COLOURS, Category
from store.document.order_edits import is_locked
from store.geometry import drawn_points
from store.records import Floats, Garment


@dataclass(frozen=True, slots=True)
class Layers:
    """Which overlays are drawn."""

    landmarks: bool = True
    masks: bool = True
    boxes: bool = True

    def but(self, **changes: bool) -> Layers:
        return replace(self, **changes)


NO_LAYERS = Layers(landmarks=False, masks=False, boxes=False)


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected garment (0: none), its current landmark (-1: none) and others marked with it."""

    garment_id: int = 0
    landmark: int = -1
    others: frozenset[int] = field(default_factory=frozenset)

    @property
    def landmarks(self) -> frozenset[int]:
        """All marked landmarks."""
        return self.others | {self.landmark} if self.landmark >= 0 else self.others


NO_SELECTION = Selection()


@dataclass(frozen=True, slots=True)
class Modes:
    """How landmarks are worked with: ``symmetric``, the other one of a pair goes along, mirrored; ``names``,
    labels say names instead of numbers."""

    symmetric: bool = False
    names: bool = False


USUAL = Modes()


class Shown:
    """The garments of the image, where their landmarks are drawn, and what their categories say.

    ``put`` replaces one garment, as a drag does for its preview; nothing here is saved.
    """

    def __init__(self) -> None:
        self.size: tuple[int, int] = (0, 0)
        self.hidden: frozenset[int] = frozenset()
        self._garments: dict[int, Garment] = {}
        self._categories: Mapping[int, Category] = {}
        self._drawn: dict[int, tuple[Garment, tuple[int, int], Floats]] = {}

    def set(self, garments: Sequence[Garment], categories: Mapping[int, Category]) -> None:
        self._garments = {one.id: one for one in garments}
        self._categories = categories
        self._drawn = {key: value for key, value in self._drawn.items() if key in self._garments}

    def put(self, garment: Garment) -> None:
        self._garments[garment.id] = garment

    @property
    def garments(self) -> list[Garment]:
        """All garments in order of their position."""
        return list(self._garments.values())

    @property
    def visible(self) -> list[Garment]:
        """The garments that the person has not hidden."""
        return [one for one in self._garments.values() if one.id not in self.hidden]

    @property
    def pickable(self) -> list[Garment]:
        """The garments that a click may take: neither hidden nor locked."""
        return [one for one in self.visible if not is_locked(one)]

    def garment(self, garment_id: int) -> Garment | None:
        return self._garments.get(garment_id)

    def number(self, garment_id: int) -> int:
        """The 1-based place of a garment in the list, 0 if it is not there."""
        return next((n for n, one in enumerate(self._garments, 1) if one == garment_id), 0)

    def category(self, garment: Garment) -> Category | None:
        return self._categories.get(garment.category_id)

    def category_name(self, garment: Garment) -> str:
        found = self.category(garment)
        return found.name if found else f"category {garment.category_id}"

    def colour(self, garment: Garment) -> str:
        """The colour of the garment's category as ``#RRGGBB``."""
        found = self.category(garment)
        return found.colour if found else EXTRA_COLOURS[0]

    def category_of(self, category_id: int) -> tuple[str, str]:
        """Name and colour of a category."""
        found = self._categories.get(category_id)
        return (found.name, found.colour) if found else (f"category {category_id}", EXTRA_COLOURS[0])

    def schema(self, garment: Garment) -> Schema | None:
        """The schema of the category if the garment's landmarks follow it."""
        found = self.category(garment)
        return found.schema if found and found.schema.size == len(garment.points) else None

    def landmark_name(self, garment: Garment, index: int) -> str:
        schema = self.schema(garment)
        return schema.names[index] if schema else f"landmark {index + 1}"

    def labels(self, garment: Garment) -> tuple[str, ...]:
        """What the landmarks are labelled with where they are labelled by name."""
        schema = self.schema(garment)
        if schema is None:
            return tuple(str(number) for number in range(1, len(garment.points) + 1))
        return schema.names

    def drawn(self, garment: Garment) -> Floats:
        """Where each landmark is drawn, ``(n, 2)`` with NaN for none; computed once a record."""
        kept = self._drawn.get(garment.id)
        if kept is None or kept[0] is not garment or kept[1] != self.size:
            points = drawn_points(garment, self.schema(garment), *self.size)
            kept = (garment, self.size, points)
            self._drawn[garment.id] = kept
        return kept[2]

    def is_drawn(self, garment: Garment, index: int) -> bool:
        drawn = self.drawn(garment)
        return 0 <= index < len(drawn) and bool(np.isfinite(drawn[index]).all())

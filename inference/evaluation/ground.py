"""A ground truth and the predictions for it as arrays that every measure reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from resources.schemas import Schema
from resources.taxonomy import categories as built_in
from resources.taxonomy import clothes_types
from store.errors import StudioError
from store.runs.manifest import ModelCategory
from store.runs.measures.bootstrap import Weights, draws, interval
from store.runs.measures.slices import Slice, slices
from store.runs.predictions import GarmentPrediction, GarmentTruth, ImagePrediction, ImageTruth
from store.runs.results import Cell, Column, draws_key

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Landmarks of DeepFashion2's whole layout, in which every category has its own block.
ALL_LANDMARKS = sum(category.schema.size for category in built_in())

#: Garments from which a figure has an interval.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an evaluation beside the figures themselves.

    ``by`` are the groups of slices, ``where`` the filter that chose the images, ``attributes`` ``(group,
    name)`` in the order of the scores, ``seed`` of the intervals. Not ``detailed``: figures alone, no tables.
    """

    by: tuple[str, ...] = ()
    where: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    seed: int = 0
    detailed: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A prediction, the index of its image, and the index of its category."""

    image: int
    category: int
    garment: GarmentPrediction


class Ground:
    """The N garments of a ground truth, in ascending order of their ids, and what was found in its images.

    ``categories`` are what the evaluation tells apart: garments and predictions of others are left out and
    said so in ``notes``. ValueError where two garments share an id.
    """

    def __init__(
        self,
        truths: Sequence[ImageTruth],
        predictions: Sequence[ImagePrediction],
        categories: Sequence[ModelCategory],
        wanted: Wanted,
    ) -> None:
        self.wanted = wanted
        self.images = tuple(sorted(truths, key=lambda image: image.image_id))
        self.categories = tuple(categories)
        self.notes: list[str] = []
        self.draws: dict[str, NDArray[np.float32]] = {}
        self._place = {category.id: index for index, category in enumerate(self.categories)}
        self._row_of_image = {image.image_id: index for index, image in enumerate(self.images)}
        if len(self._row_of_image) != len(self.images):
            raise ValueError("two images of the ground truth share an id")
        pairs = self._known_garments()
        self.garments: tuple[GarmentTruth, ...] = tuple(garment for _, garment in pairs)
        self.ids = np.array([garment.garment_id for garment in self.garments], np.int64)
        if len(np.unique(self.ids)) != len(self.ids):
            raise ValueError("two garments of the ground truth share an id")
        self.image = np.array([index for index, _ in pairs], np.int64)
        self.category = np.array([self._place[g.category_id] for g in self.garments], np.int64)
        self.row = {int(garment): row for row, garment in enumerate(self.ids)}
        self.found = tuple(self._known_predictions(predictions))

    def __len__(self) -> int:
        return len(self.garments)

    def cell(
        self, table: str, row: str, column: Column, value: float | None, count: int, draws: Floats
    ) -> Cell:
        """A cell with the interval of its ``draws`` ``(B,)``, kept for comparing with another run.

        A handful of garments has no interval: drawing them again says nothing of others.
        """
        if value is None:
            return Cell(None)
        self.draws[draws_key(table, row, column)] = draws.astype(np.float32)
        return Cell(value, *(interval(draws) if count >= FEWEST else (None, None)), count)

    @property
    def image_ids(self) -> Ints:
        """The id of each garment's image, ``(N,)``."""
        ids = np.array([image.image_id for image in self.images], np.int64)
        return ids[self.image] if len(ids) else ids

    @cached_property
    def boxes(self) -> Floats:
        """The box of each garment, ``(N, 4)`` x1 y1 x2 y2; NaN where it has none."""
        out = np.full((len(self), 4), np.nan)
        for row, garment in enumerate(self.garments):
            if garment.box is not None:
                out[row] = garment.box
        return out

    @cached_property
    def sizes(self) -> Floats:
        """Width and height of each garment's box, else of its image, ``(N, 2)``; at least a pixel."""
        sizes = self.boxes[:, 2:] - self.boxes[:, :2]
        whole = np.array([(image.width, image.height) for image in self.images], np.float64).reshape(-1, 2)
        return np.maximum(np.where(np.isnan(sizes), whole[self.image], sizes), 1.0)

    @cached_property
    def slices(self) -> list[Slice]:
        """The columns of every table, the overall one last."""
        names = [category.name for category in self.categories]
        facts = [
            {**garment.facts, "category": names[category]}
            for garment, category in zip(self.garments, self.category.tolist(), strict=True)
        ]
        found, notes = slices(self.wanted.by, facts, self.image_ids, self.wanted.where)
        self.notes += notes
        return found

    @cached_property
    def weights(self) -> Weights:
        """How often each image is in each draw of the bootstrap, ``(I, B)``."""
        return draws(len(self.images), self.wanted.seed)

    def schema(self, category: int) -> Schema | None:
        """The schema of a category by its index, where it is one of DeepFashion2's; else None."""
        return next((one.schema for one in built_in() if one.id == self.categories[category].id), None)

    def offset(self, category: int) -> int | None:
        """Where the landmarks of a category begin in the whole layout; None outside DeepFashion2."""
        return next((one.offset for one in built_in() if one.id == self.categories[category].id), None)

    def own_landmarks(self, one: Found) -> Floats | None:
        """The landmarks ``(n, 3)`` of a prediction in its category's own schema; None where it has none."""
        points, offset = one.garment.landmarks, self.offset(one.category)
        schema = self.schema(one.category)
        if points is None or len(points) != ALL_LANDMARKS or offset is None or schema is None:
            return points
        return points[offset : offset + schema.size]

    def schema_name(self, category: int, size: int, *, own: bool = True) -> str:
        """What a schema of ``size`` landmarks is called: the category's own, or a clothes type's.

        Models that are asked about garments speak of clothes types only: then it is not ``own``.
        """
        schema = self.schema(category)
        if own and schema is not None and schema.size == size:
            return schema.key
        for kind in clothes_types():
            if kind.schema.size == size:
                return kind.schema.key
        return f"{self.categories[category].name}, {size} landmarks"

    def _known_garments(self) -> list[tuple[int, GarmentTruth]]:
        pairs, others = [], Counter[int]()
        for index, image in enumerate(self.images):
            for garment in image.garments:
                if garment.category_id in self._place:
                    pairs.append((index, garment))
                else:
                    others[garment.category_id] += 1
        if others:
            self.notes.append(
                f"{others.total():,} garments of categories that are not evaluated are left out "
                f"(ids {', '.join(map(str, sorted(others)))})."
            )
        return sorted(pairs, key=lambda pair: pair[1].garment_id)

    def _known_predictions(self, predictions: Sequence[ImagePrediction]) -> Iterator[Found]:
        strays, others = 0, 0
        ordered = []
        for image in predictions:
            index = self._row_of_image.get(image.image_id)
            if index is None:
                strays += len(image.garments)
            else:
                ordered.append((index, image))
        for index, image in sorted(ordered, key=lambda pair: pair[0]):
            for garment in image.garments:
                category = self._place.get(garment.category_id)
                if category is None:
                    others += 1
                else:
                    yield Found(index, category, garment)
        if strays:
            self.notes.append(f"{strays:,} predictions for images outside the ground truth are left out.")
        if others:
            self.notes.append(f"{others:,} predictions of categories that are not evaluated are left out.")


def check_not_empty(ground: Ground) -> None:
    """StudioError where there is no garment to evaluate."""
    if not len(ground):
        raise StudioError(
            "There are no garments to evaluate: the ground truth has none of the categories of the model.",
            "Choose other images, or another model.",
        )

"""What a model must beat: the mean template, the same network untrained, what is most frequent.

Each rival is asked about the same garments and measured as the model is, so its figures have the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from inference.data import Slice
from inference.evaluation.assemble import quick
from inference.models import ARCHITECTURES, build
from inference.prediction import Predictor, in_fashion8
from resources.correspondence import to_fashion8
from resources.taxonomy import Category
from store.progress import Progress, silent
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentPrediction, GarmentTruth, ImagePrediction, ImageTruth

Floats = NDArray[np.float64]
#: The shape of a category: places ``(n, 2)`` in 0..1 of the garment's box.
Shapes = Mapping[int, Floats]

TEMPLATE = "mean template"
RANDOM = "random initialisation"
FREQUENT = "most frequent"
#: No rival: the model itself, told where the garments are, as the template is.
GIVEN = "given true boxes"

FASHION8 = "fashion8"
#: An untrained detector finds its fill in every picture; more of them would say nothing new.
_MOST_IMAGES = 1000
#: Images whose garments are looked at together.
_PART = 1000
#: Where a landmark lies of which nothing is known.
_MIDDLE = 0.5
#: Added to the seed of the model, so that the untrained network is none that it has been.
_OTHER_SEED = 7919


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """What the rivals reached, by rival and name of the figure, and sentences for the person."""

    figures: Mapping[str, Mapping[str, float]]
    notes: tuple[str, ...] = ()


def baselines(
    spec: ModelSpec,
    data: Slice,
    truths: Sequence[ImageTruth],
    learnt: Slice | None,
    attributes: Sequence[tuple[str, str]] = (),
    *,
    seed: int = 0,
    device: str = "cpu",
    batch: int = 8,
    workers: int = 0,
    progress: Progress = silent,
) -> Rivals:
    """All rivals of a model with tasks that they can do.

    ``truths`` are those of ``data`` in the landmarks that the model speaks, ``learnt`` what the model learnt
    from (None: not known), ``attributes`` ``(group, name)`` in the order of the spec's. ``seed`` is the
    model's: the untrained network gets another one.
    """
    notes = []
    tasks = ARCHITECTURES[spec.architecture].tasks
    said: dict[str, tuple[Sequence[ImagePrediction], Sequence[ImageTruth]]] = {}
    if "landmarks" in tasks and spec.schema:
        shapes = template_shapes(spec, _taught(learnt, spec), data.known)
        said[TEMPLATE] = templates_fitted(spec, truths, shapes), truths
        if learnt is None:
            notes.append(
                f"The {TEMPLATE} is the one that comes with the program: the training data is unknown."
            )
    pictures, over, note = _untrained(spec, data, truths, seed, device, batch, workers, progress)
    said[RANDOM] = pictures, over
    notes += note
    if "category" in tasks:
        said[FREQUENT] = frequent(spec, truths, truths if learnt is None else _taught(learnt, spec)), truths
        if learnt is None:
            notes.append(
                f"What is {FREQUENT} was counted on the evaluated garments themselves: the training data is "
                "unknown. That flatters this rival."
            )
    return Rivals(_figures(said, spec, attributes), tuple(notes))


def _figures(
    said: Mapping[str, tuple[Sequence[ImagePrediction], Sequence[ImageTruth]]],
    spec: ModelSpec,
    attributes: Sequence[tuple[str, str]],
) -> dict[str, Mapping[str, float]]:
    """What each rival reached with what it said of which images; none of one that has no figure."""
    figures = {
        name: quick(over, pictures, categories=spec.categories, attributes=attributes)
        for name, (pictures, over) in said.items()
    }
    if TEMPLATE in figures:
        # Its boxes are the true ones: only its landmarks say anything.
        own = figures[TEMPLATE].items()
        figures[TEMPLATE] = {name: value for name, value in own if name.startswith("landmarks/")}
    return {name: found for name, found in figures.items() if found}


def truths_of(data: Slice, spec: ModelSpec) -> tuple[ImageTruth, ...]:
    """The garments of the categories that a model knows, with its attributes and in its landmarks."""
    known = {one.id for one in spec.categories}
    truths = tuple(
        replace(image, garments=tuple(one for one in image.garments if one.category_id in known))
        for image in data.truths(spec.attributes)
    )
    return in_fashion8(truths, data.known) if spec.schema == FASHION8 else truths


def _taught(learnt: Slice | None, spec: ModelSpec) -> Iterator[ImageTruth]:
    """The garments that a model learnt from, part by part: all at once would fill the memory."""
    if learnt is None:
        return
    for start in range(0, len(learnt), _PART):
        yield from truths_of(learnt.subset(range(start, min(start + _PART, len(learnt)))), spec)


# ---------------------------------------------------------------------- the mean template


def template_shapes(spec: ModelSpec, learnt: Iterable[ImageTruth], known: Mapping[int, Category]) -> Shapes:
    """The mean place of each landmark in its garment's box, by category.

    The mean is over the labelled landmarks of ``learnt``; one that is never labelled there is where the
    program's own template of the category has it. ``known`` are the store's categories by id.
    """
    shapes = {
        one.id: shipped_shape(known.get(one.id), 8 if spec.schema == FASHION8 else one.landmarks, spec.schema)
        for one in spec.categories
    }
    sums = {number: np.zeros((len(shape), 3)) for number, shape in shapes.items()}
    for image in learnt:
        for garment in image.garments:
            total = sums.get(garment.category_id)
            if total is not None and not garment.crowd:
                total += _normalised(garment, len(total))
    return {
        number: np.where(total[:, 2:] > 0, total[:, :2] / np.maximum(total[:, 2:], 1), shapes[number])
        for number, total in sums.items()
    }


def shipped_shape(category: Category | None, count: int, schema: str) -> Floats:
    """The template that comes with the program, ``(count, 2)`` in 0..1 of the box; the middle without one."""
    places = np.full((count, 2), _MIDDLE)
    if category is None or not category.schema.template:
        return places
    own = np.array(category.schema.template)
    if schema == FASHION8:
        order = np.array(to_fashion8(category.schema))
        places[order >= 0] = own[order[order >= 0]]
    elif len(own) == count:
        places = own
    return places


def _normalised(garment: GarmentTruth, count: int) -> Floats:
    """Labelled places in 0..1 of the box and a 1, ``(count, 3)``; zeros for the others."""
    points, box = garment.landmarks, garment.box
    out = np.zeros((count, 3))
    if points is None or box is None or len(points) != count:
        return out
    labelled = points[:, 2] > 0
    sides = np.maximum(box[2:] - box[:2], 1.0)
    out[labelled, :2] = (points[labelled, :2] - box[:2]) / sides
    out[labelled, 2] = 1.0
    return out


def templates_fitted(
    spec: ModelSpec, truths: Sequence[ImageTruth], shapes: Shapes
) -> tuple[ImagePrediction, ...]:
    """The shape of its true category in the true box of each garment.

    For detectors these are detections of score 1, so that they have an AP; for models of crops they are
    answers about the garment.
    """
    crops = not ARCHITECTURES[spec.architecture].whole_images

    def fitted(garment: GarmentTruth) -> GarmentPrediction | None:
        shape, box = shapes.get(garment.category_id), garment.box
        if shape is None or box is None or not len(shape):
            return None
        places = shape * (box[2:] - box[:2]) + box[:2]
        points = np.column_stack([places, np.ones(len(places))])
        asked = garment.garment_id if crops else None
        return GarmentPrediction(garment.category_id, 1.0, box=box, landmarks=points, garment_id=asked)

    return _about_each(truths, fitted)


# ---------------------------------------------------------------------- the same network, untrained


def _untrained(
    spec: ModelSpec,
    data: Slice,
    truths: Sequence[ImageTruth],
    seed: int,
    device: str,
    batch: int,
    workers: int,
    progress: Progress,
) -> tuple[tuple[ImagePrediction, ...], Sequence[ImageTruth], list[str]]:
    """What the network says with random weights, of which images, and what to say where these are not all."""
    notes = []
    if len(data) > _MOST_IMAGES:
        full = np.flatnonzero(np.diff(data.first))
        chosen = full[np.linspace(0, len(full) - 1, min(_MOST_IMAGES, len(full))).round().astype(np.int64)]
        data, truths = data.subset(chosen.tolist()), [truths[image] for image in chosen]
        notes.append(f"The {RANDOM} was measured on {len(chosen):,} of the images, evenly spread.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed + _OTHER_SEED)
        network = build(spec)
    said, _ = Predictor(network, spec, device).predict(data, batch=batch, workers=workers, progress=progress)
    return said, truths, notes


# ---------------------------------------------------------------------- what is most frequent


def frequent(
    spec: ModelSpec, truths: Sequence[ImageTruth], learnt: Iterable[ImageTruth]
) -> tuple[ImagePrediction, ...]:
    """For every garment the same answer: categories and attributes in the order of how many have them."""
    place = {one.id: index for index, one in enumerate(spec.categories)}
    categories, attributes = np.zeros(len(place)), np.zeros(len(spec.attributes))
    for image in learnt:
        for garment in image.garments:
            if garment.category_id in place:
                categories[place[garment.category_id]] += 1
                if garment.attributes is not None:
                    attributes += garment.attributes == 1
    categories /= max(categories.sum(), 1)
    best = spec.categories[int(categories.argmax())].id

    def said(garment: GarmentTruth) -> GarmentPrediction | None:
        if garment.category_id not in place or garment.crowd:
            return None
        return GarmentPrediction(
            best,
            float(categories.max()),
            category_scores=categories,
            attribute_scores=attributes if len(attributes) else None,
            garment_id=garment.garment_id,
        )

    return _about_each(truths, said)


def _about_each(
    truths: Sequence[ImageTruth], said: Callable[[GarmentTruth], GarmentPrediction | None]
) -> tuple[ImagePrediction, ...]:
    return tuple(
        ImagePrediction(
            image.image_id,
            tuple(one for garment in image.garments if (one := said(garment)) is not None),
        )
        for image in truths
    )

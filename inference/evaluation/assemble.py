"""One evaluation from truths and predictions in memory: everything that the predictions allow.

Both the files of others (:mod:`inference.evaluation.files`) and our own models end here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.classification import attribute_part, category_part
from inference.evaluation.detection import confusion, precision_part
from inference.evaluation.ground import Ground, Wanted, check_not_empty
from inference.evaluation.landmarks import error_part
from inference.evaluation.matching import Kind, Matched
from inference.evaluation.retrieval import retrieval_part
from inference.evaluation.tables import Part
from resources.published import published
from store.runs.manifest import ModelCategory
from store.runs.measures.slices import checked
from store.runs.predictions import ImagePrediction, ImageTruth
from store.runs.results import Draws, Evaluation, GarmentResults, Published, Table

Ints = NDArray[np.int64]


def evaluate(
    truths: Sequence[ImageTruth],
    predictions: Sequence[ImagePrediction],
    *,
    by: Sequence[str] = (),
    categories: Sequence[ModelCategory],
    model: str,
    data: str,
    seed: int = 0,
    where: str = "",
    attributes: Sequence[tuple[str, str]] = (),
    visibility: str = "all",
    only: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> tuple[Evaluation, GarmentResults]:
    """Every measure that the predictions allow, with slices, intervals, curves and confusions.

    ``by`` are groups of slices, ``categories`` what is told apart, in the order of the category scores;
    ``model`` and ``data`` are for people. ``where`` is the filter that chose the images of a store, so that
    the tables' cells lead back to them. ``attributes`` are ``(group, name)`` in the order of their scores (26
    scores: the fine ones). ``visibility`` says which landmarks of the truths are in them, "all" or "visible",
    and only decides which published figures stand beside. ``only`` keeps some kinds: "boxes", "masks",
    "landmarks". Garments with ``garment_id`` predicted (crops) have no box AP; see
    docs/evaluation.md for the protocols. StudioError where there is nothing to evaluate; ValueError where ids
    are not unique.
    """
    wanted = Wanted(checked(by), where, tuple(attributes), seed)
    ground = Ground(truths, predictions, categories, wanted)
    check_not_empty(ground)
    parts = measured(ground, only)
    return assembled(ground, parts, model=model, data=data, visibility=visibility, notes=notes)


def quick(
    truths: Sequence[ImageTruth],
    predictions: Sequence[ImagePrediction],
    *,
    categories: Sequence[ModelCategory],
    attributes: Sequence[tuple[str, str]] = (),
    only: Sequence[str] = (),
) -> dict[str, float]:
    """The headline figures alone, by name: no slices, no intervals. StudioError where there is no garment."""
    ground = Ground(truths, predictions, categories, Wanted(attributes=tuple(attributes), detailed=False))
    check_not_empty(ground)
    return dict(_metrics(measured(ground, only)))


def measured(ground: Ground, only: Sequence[str] = ()) -> list[Part]:
    """The parts of everything that the predictions have."""
    kept = set(only) or {"boxes", "masks", "landmarks"}
    parts: list[Part] = []
    made: dict[Kind, Matched] = {}
    for kind in _kinds(ground):
        if kind in kept:
            part, made[kind] = precision_part(kind, ground)
            parts.append(part)
    detector = any(one.garment.garment_id is None for one in ground.found)
    speaker = _speakers(ground, made)
    more: list[Part | None] = []
    if "landmarks" in kept:
        more.append(error_part(ground, speaker))
    if ground.wanted.detailed and "boxes" in made:
        more.append(Part(confusion=confusion(ground)))
    more += [category_part(ground, speaker, all_asked=detector), attribute_part(ground, speaker)]
    more.append(retrieval_part(ground))
    return parts + [part for part in more if part is not None]


def _kinds(ground: Ground) -> list[Kind]:
    """What the predictions have that can be detected right or wrong."""
    free = [one.garment for one in ground.found if one.garment.garment_id is None]
    kinds: list[Kind] = []
    # A detector that found nothing has found nothing: its box AP is 0, not unknown.
    if not ground.found or any(one.box is not None for one in free):
        kinds.append("boxes")
    if any(one.mask is not None for one in free):
        kinds.append("masks")
    if any(_scorable(ground, index) for index in range(len(ground.found))):
        kinds.append("landmarks")
    return kinds


def _scorable(ground: Ground, index: int) -> bool:
    one = ground.found[index]
    if one.garment.garment_id is not None:
        # Asked about, not found; its eight landmarks are FashionNet's, though a skirt has eight as well.
        return False
    schema, points = ground.schema(one.category), ground.own_landmarks(one)
    return schema is not None and points is not None and bool(schema.sigmas) and len(points) == schema.size


def _speakers(ground: Ground, made: Mapping[Kind, Matched]) -> Ints:
    """The index in ``ground.found`` of the prediction that speaks for each garment, ``(N,)``; -1 for none.

    The one that was asked about it; else the one that found it: by its box, by its mask, by its landmarks.
    Where none of these can be matched (landmarks without sigmas, as FLD's) the surest of its category speaks
    for a garment that is alone in its image.
    """
    out = np.full(len(ground), -1, np.int64)
    if not made:
        out = _alone(ground)
    for kind in ("landmarks", "masks", "boxes"):
        if kind in made:
            out = made[kind].by.copy()
    for index, one in enumerate(ground.found):
        row = ground.row.get(one.garment.garment_id) if one.garment.garment_id is not None else None
        if row is not None:
            out[row] = index
    return out


def _alone(ground: Ground) -> Ints:
    """The surest prediction with landmarks of each garment that is the only one of its image; -1 for none."""
    out = np.full(len(ground), -1, np.int64)
    count = np.bincount(ground.image, minlength=len(ground.images))
    only = {int(image): row for row, image in enumerate(ground.image) if count[image] == 1}
    for index, one in enumerate(ground.found):
        row = only.get(one.image)
        if row is None or one.garment.landmarks is None or one.category != ground.category[row]:
            continue
        if out[row] < 0 or one.garment.score > ground.found[int(out[row])].garment.score:
            out[row] = index
    return out


def assembled(
    ground: Ground,
    parts: Sequence[Part],
    *,
    model: str,
    data: str,
    visibility: str = "all",
    notes: Sequence[str] = (),
) -> tuple[Evaluation, GarmentResults]:
    """The parts in one, with published figures beside."""
    tables = tuple(table for part in parts for table in part.tables)
    protocols = {name for part in parts for name in part.protocols}
    evaluation = Evaluation(
        model=model,
        data=data,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        images=len(ground.images),
        garments=len(ground),
        metrics=_metrics(parts),
        tables=tables,
        published=_beside(tables, protocols, visibility),
        curves=tuple(curve for part in parts for curve in part.curves),
        confusion=next((part.confusion for part in parts if part.confusion is not None), None),
        landmark_errors=tuple(error for part in parts for error in part.landmark_errors),
        notes=(*notes, *ground.notes, *(note for part in parts for note in part.notes)),
    )
    scores = {key: values for part in parts for key, values in part.scores.items()}
    correct = {key: values for part in parts for key, values in part.correct.items()}
    images = np.array([image.image_id for image in ground.images], np.int64)
    draws = Draws(ground.wanted.seed, images, ground.draws)
    return evaluation, GarmentResults(ground.ids, ground.image_ids, scores, correct, draws)


def _metrics(parts: Sequence[Part]) -> dict[str, float]:
    return {name: value for part in parts for name, value in part.metrics.items()}


def _beside(tables: Sequence[Table], protocols: set[str], visibility: str) -> tuple[Published, ...]:
    rows = {(table.key, row) for table in tables for row in table.rows}
    return tuple(
        Published(one.table, one.row, one.method, one.value, one.data, one.source)
        for one in published()
        if one.protocol in protocols and (one.table, one.row) in rows and one.visibility in ("", visibility)
    )

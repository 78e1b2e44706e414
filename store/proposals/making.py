"""From what a model says of an image to proposals that can be shown and accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from resources.clothes_map import counterpart, plain
from resources.correspondence import fashion8, schema_of
from resources.schemas import Schema
from resources.taxonomy import Category
from resources.taxonomy import categories as built_in
from store.geometry import clip_box, clip_points
from store.proposals.matching import OVER, box_iou
from store.proposals.outlines import outlines
from store.proposals.records import NO_SCHEMA, Part, Proposal, Source
from store.records import Floats, Visibility
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentPrediction, ImagePrediction

#: Places are kept to a hundredth of a pixel: models give many more digits than they know.
_DIGITS = 2


def categories_of(
    spec: ModelSpec, categories: Mapping[int, Category], mapping: Mapping[str, int | None] | None = None
) -> dict[int, int]:
    """The store's category id for each of a model's; those that the store does not have are left out.

    ``mapping`` is what a person chose, from the model's names to the store's ids, None leaving one out. For
    others the same id and name count, else the name, else what is known of DeepFashion's names.
    """
    by_name = {plain(category.name): category.id for category in reversed(list(categories.values()))}
    found = {}
    for one in spec.categories:
        own = categories.get(one.id)
        if mapping is not None and one.name in mapping:
            chosen = mapping[one.name]
        elif own is not None and plain(own.name) == plain(one.name):
            chosen = own.id
        else:
            chosen = by_name.get(plain(one.name), counterpart(one.name))
        if chosen is not None and chosen in categories:
            found[one.id] = chosen
    return found


def proposals_of(
    prediction: ImagePrediction,
    spec: ModelSpec,
    categories: Mapping[int, Category],
    source: Source,
    *,
    least_score: float = 0.5,
    least_visibility: float = 0.5,
    wanted: frozenset[int] | None = None,
    same_iou: float = 0.65,
    mapping: Mapping[str, int | None] | None = None,
    size: tuple[int, int] | None = None,
) -> tuple[Proposal, ...]:
    """The garments of a prediction that are to be shown, best score first.

    ``categories`` are the store's by id, ``mapping`` as in :func:`categories_of`. Left out are garments with
    a score below ``least_score`` or none, of a category that is not ``wanted`` (the store's ids; None: all),
    and detections of a category that the store does not have. Of a garment that a model for crops was asked
    about only the category hangs on the score, and the crop is no box of its. A landmark scored below
    ``least_visibility`` keeps its place and is unlabelled: accepting it changes nothing. Of detections whose
    boxes overlap by ``same_iou`` the surest is kept, except of outwear and what is worn under it. ``size``
    (width, height) keeps boxes and landmarks inside the image.

    The outlines of masks load OpenCV on first use, some tenths of a second: ask where nobody waits.
    """
    known = categories_of(spec, categories, mapping)
    found = []
    for garment in prediction.garments:
        category_id = known.get(garment.category_id, 0)
        asked = garment.garment_id is not None
        sure = bool(garment.score >= least_score)
        there = np.isfinite(garment.score) and (asked or (sure and category_id))
        if not there or (wanted is not None and category_id not in wanted):
            continue
        proposal = _proposal(garment, spec, categories.get(category_id), source, least_visibility, size)
        if asked:
            proposal = _of_crop(proposal, says=sure and garment.category_scores is not None)
        if proposal.parts if asked else proposal.parts - {Part.CATEGORY}:
            found.append(proposal)
    found.sort(key=lambda one: -one.score)
    return tuple(one.but(number=number) for number, one in enumerate(_once(found, same_iou)))


def _of_crop(proposal: Proposal, *, says: bool) -> Proposal:
    """What is proposed for a garment that a model for crops was asked about; ``says``: of its category too.

    Its box is the crop that the model was shown, which says nothing of the garment.
    """
    return proposal.but(box=None, withheld=frozenset() if says else frozenset({Part.CATEGORY}))


def _once(proposals: Sequence[Proposal], same_iou: float) -> list[Proposal]:
    """The surest of detections that are one garment under several names: detectors drop doubles by
    category."""
    kept: list[Proposal] = []
    for proposal in proposals:
        detected = [other for other in kept if proposal.garment_id is None and other.garment_id is None]
        doubles = (
            other
            for other in detected
            if (other.category_id in OVER) == (proposal.category_id in OVER)
            and box_iou(other.box, proposal.box) >= same_iou
        )
        if next(doubles, None) is None:
            kept.append(proposal)
    return kept


def _proposal(
    said: GarmentPrediction,
    spec: ModelSpec,
    category: Category | None,
    source: Source,
    least: float,
    size: tuple[int, int] | None,
) -> Proposal:
    schema = _schema(said, spec, category)
    places, scores = _landmarks(said, schema, size)
    polygons, rle = outlines(said.mask)
    attributes: dict[str, float] = {}
    if said.attribute_scores is not None:
        pairs = zip(spec.attributes, said.attribute_scores.tolist(), strict=False)
        attributes = {name: score for name, score in pairs if np.isfinite(score)}
    sure = scores >= least
    return Proposal(
        number=0,
        category_id=0 if category is None else category.id,
        score=float(said.score),
        box=_box(said, size),
        polygons=polygons,
        rle=rle,
        points=places,
        visibility=np.where(sure, Visibility.VISIBLE, Visibility.UNLABELLED),
        point_scores=scores,
        schema=schema,
        attributes=attributes,
        source=source,
        garment_id=said.garment_id,
    )


def _schema(said: GarmentPrediction, spec: ModelSpec, category: Category | None) -> Schema:
    """What the landmarks mean; none where their number fits nothing that is known.

    Those of the model's own category, whatever the store's is that it was taken for.
    """
    count = 0 if said.landmarks is None else len(said.landmarks)
    if not count or not spec.schema:
        return NO_SCHEMA
    if spec.schema == "fashion8":
        return schema_of(fashion8(), count) or NO_SCHEMA
    names = {plain(one.name) for one in spec.categories if one.id == said.category_id}
    own = next((one.schema for one in built_in() if plain(one.name) in names), None)
    if own is not None and own.size == count:
        return own
    found = None if category is None else schema_of(category.schema, count)
    return found or NO_SCHEMA


def _landmarks(
    said: GarmentPrediction, schema: Schema, size: tuple[int, int] | None
) -> tuple[Floats, Floats]:
    """Places ``(n, 2)`` and scores ``(n,)``; one that is nowhere has score -1, so that no threshold lets it
    in."""
    if said.landmarks is None or not schema.size:
        return np.empty((0, 2)), np.empty(0)
    raw = np.asarray(said.landmarks, dtype=np.float64)
    places, scores = raw[:, :2].copy(), np.clip(raw[:, 2], 0.0, 1.0)
    nowhere = np.logical_not(np.isfinite(raw).all(axis=1))
    places[nowhere], scores[nowhere] = 0.0, -1.0
    if size is not None:
        places = clip_points(places, *size)
    return places.round(_DIGITS), scores


def _box(said: GarmentPrediction, size: tuple[int, int] | None) -> Any:
    if said.box is None or not np.isfinite(said.box).all():
        return None
    box = np.round(said.box if size is None else clip_box(said.box, *size), _DIGITS)
    return box if box[2] > box[0] and box[3] > box[1] else None

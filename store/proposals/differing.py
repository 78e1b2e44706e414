"""Where annotation and proposal differ, landmark by landmark."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from resources.correspondence import pairs, schema_of, sigmas
from resources.schemas import Schema
from resources.taxonomy import Category
from store.geometry import box_area, box_of, garment_area, has_place
from store.proposals.records import Difference, DifferenceKind, Proposal
from store.records import Garment, Visibility


def garment_schema(garment: Garment, categories: Mapping[int, Category]) -> Schema | None:
    """What the garment's landmarks mean; None where it has none or another number than any schema."""
    category = categories.get(garment.category_id)
    return None if category is None else schema_of(category.schema, len(garment.points))


def differences(
    garment: Garment, proposal: Proposal, categories: Mapping[int, Category]
) -> tuple[Difference, ...]:
    """What becomes of each landmark that both know if the proposal is accepted, the worst first.

    Landmarks that mean the same are compared, whatever the schemas. First those that would move, most sigmas
    first, then those that the annotation has not, last those that the model is not sure of.
    """
    schema = garment_schema(garment, categories)
    if schema is None or not len(proposal.points):
        return ()
    constants = sigmas(schema)
    unit = 2.0 * math.sqrt(_area(garment, proposal))
    placed = has_place(garment.points, garment.visibility)
    found = []
    for theirs, own in pairs(proposal.schema, schema):
        start = _at(garment.points[own].tolist()) if placed[own] else None
        proposed = proposal.visibility[theirs] != Visibility.UNLABELLED
        end = _at(proposal.points[theirs].tolist()) if proposed else None
        if start is None and end is None:
            continue
        pixels = math.dist(start, end) if start is not None and end is not None else 0.0
        far = pixels / (unit * constants[own]) if unit > 0 and pixels else 0.0
        kind = _kind(start is not None, end is not None)
        found.append(Difference(own, own + 1, schema.names[own], start, end, pixels, far, kind, theirs))
    order = list(DifferenceKind)
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), -one.sigmas, one.index)))


def _at(place: list[float]) -> tuple[float, float]:
    return place[0], place[1]


def _kind(annotated: bool, proposed: bool) -> DifferenceKind:
    if annotated and proposed:
        return DifferenceKind.MOVED
    return DifferenceKind.EXTRA if annotated else DifferenceKind.MISSING


def _area(garment: Garment, proposal: Proposal) -> float:
    """Of the garment's mask or box; else of the proposal's box; else of the landmarks' extent."""
    area = garment_area(garment)
    if area <= 0 and proposal.box is not None:
        area = box_area(proposal.box)
    if area <= 0:
        everywhere = box_of(np.concatenate([garment.points, proposal.points]))
        area = 0.0 if everywhere is None else box_area(everywhere)
    return area

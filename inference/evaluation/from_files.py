"""The evaluations of the command line: files of any model against a ground truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.assemble import assembled, evaluate
from inference.evaluation.files import Results, facts, read_ground_truth, read_results
from inference.evaluation.ground import Ground, Wanted, check_not_empty
from inference.evaluation.reading import Record, described, read_json, records
from inference.evaluation.retrieval import table_part
from resources.taxonomy import categories as built_in
from store.errors import StudioError
from store.runs.manifest import ModelCategory
from store.runs.measures.retrieval_boxes import Detections, Queries, first_right, speakers
from store.runs.measures.slices import checked
from store.runs.predictions import GarmentTruth, ImageTruth
from store.runs.results import Evaluation, GarmentResults

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

QUERY = '{"query_image_id", "bbox": [x1, y1, x2, y2], "cls", "style", "pair_id"}'
GALLERY = '{"gallery_image_id", "bbox": [x1, y1, x2, y2], "style", "pair_id"}'
RETRIEVED = (
    '{"query_image_id", "query_bbox": [x1, y1, x2, y2], "query_cls", "query_score", "gallery_image_id": '
    '[20 ids], "gallery_bbox": [20 boxes x1, y1, x2, y2]}'
)
#: How many results of a query the protocol looks at.
MOST = 20


def detections_of_files(
    kind: Results,
    ground_truth: Path,
    results: Path,
    *,
    by: Sequence[str] = (),
    visibility: str = "all",
    seed: int = 0,
) -> tuple[Evaluation, GarmentResults]:
    """COCO's average precision of boxes, masks or landmarks (OKS). StudioError as of the readers."""
    groups = checked(by)
    truth = read_ground_truth(ground_truth, visibility)
    predictions, notes = read_results(results, truth, kind)
    data = ground_truth.name
    if kind == "landmarks":
        data += ", visible landmarks" if visibility == "visible" else ", visible and occluded landmarks"
    evaluation, garments = evaluate(
        truth.images,
        predictions,
        by=groups,
        categories=truth.categories,
        model=results.name,
        data=data,
        seed=seed,
        visibility=visibility,
        only=(kind,),
        notes=(*truth.notes, *notes),
    )
    if not evaluation.metrics:
        raise StudioError(
            f"Nothing of {results} can be measured on {ground_truth}: the garments there have no {kind}, or "
            "landmarks without sigmas and several garments an image.",
            "Check that both files are of the same task.",
        )
    return evaluation, garments


def retrieval_of_files(
    query: Path, gallery: Path, results: Path, *, by: Sequence[str] = (), seed: int = 0
) -> tuple[Evaluation, GarmentResults]:
    """DeepFashion2's retrieval protocol; garments are numbered from 1 in the order of the query file.

    StudioError where a file has another layout, or no query has a counterpart.
    """
    groups = checked(by)
    identities: dict[tuple[int, int], int] = {}
    asked = _queries(query, identities)
    wanted = _gallery(gallery, identities)
    answers = _results(results)
    ground = Ground(asked.images, (), _categories(asked.queries.category), Wanted(groups, seed=seed))
    check_not_empty(ground)
    ground.notes += answers.notes
    speaker = speakers(asked.queries, answers.detections)
    rows = np.flatnonzero(speaker >= 0)
    first = np.zeros(len(speaker), np.int64)
    first[rows] = first_right(
        [answers.found[index] for index in speaker[rows]], wanted, asked.queries.identity[rows].tolist()
    )
    sought = asked.queries.identity >= 0
    missed = int((sought & (speaker < 0)).sum())
    silent = ~np.isin(asked.queries.image, answers.detections.image)
    note = (
        f"DeepFashion2's protocol over {int(sought.sum()):,} garments of consumers with a counterpart; "
        f"{missed:,} were missed, which is wrong ({int((sought & silent).sum()):,} of them in images without "
        "any result)."
    )
    part = table_part(ground, first, sought, None, note=note, notes=(), protocol="deepfashion2")
    return assembled(ground, [part], model=results.name, data=f"{query.name} in {gallery.name}")


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    queries: Queries
    images: list[ImageTruth]


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    detections: Detections
    found: list[tuple[Ints, Floats]]
    notes: list[str]


def _identity(record: Record, identities: dict[tuple[int, int], int]) -> int:
    """Garments share an identity where pair and style are equal and the style is above 0; -1: none."""
    style, pair = record.whole("style"), record.whole("pair_id")
    return identities.setdefault((pair, style), len(identities)) if style > 0 else -1


def _queries(path: Path, identities: dict[tuple[int, int], int]) -> _Asked:
    images, kinds, named, boxes = [], [], [], []
    truths: dict[int, list[GarmentTruth]] = {}
    for index, value in enumerate(records(path, read_json(path), QUERY)):
        record = Record(path, index, value, f"a JSON array of {QUERY}")
        box = np.array(record.numbers("bbox", 4), np.float64)
        images.append(record.whole("query_image_id"))
        kinds.append(record.whole("cls"))
        named.append(_identity(record, identities))
        boxes.append(box)
        garment = GarmentTruth(index + 1, kinds[-1], box, identity=named[-1], shop=False, facts=facts(record))
        truths.setdefault(images[-1], []).append(garment)
    queries = Queries(np.array(images), np.array(kinds), np.array(named), np.array(boxes).reshape(-1, 4))
    return _Asked(queries, [ImageTruth(image, 0, 0, tuple(members)) for image, members in truths.items()])


def _gallery(path: Path, identities: dict[tuple[int, int], int]) -> Mapping[int, Mapping[int, Floats]]:
    found: dict[int, dict[int, list[list[float]]]] = {}
    for index, value in enumerate(records(path, read_json(path), GALLERY)):
        record = Record(path, index, value, f"a JSON array of {GALLERY}")
        identity, image, box = (
            _identity(record, identities),
            record.whole("gallery_image_id"),
            record.numbers("bbox", 4),
        )
        if identity >= 0:
            found.setdefault(identity, {}).setdefault(image, []).append(box)
    return {
        identity: {image: np.array(boxes, np.float64) for image, boxes in images.items()}
        for identity, images in found.items()
    }


def _results(path: Path) -> _Answers:
    images, kinds, scores, boxes, found = [], [], [], [], []
    fewer, more = 0, 0
    for index, value in enumerate(records(path, read_json(path), RETRIEVED)):
        record = Record(path, index, value, f"a JSON array of {RETRIEVED}")
        images.append(record.whole("query_image_id"))
        kinds.append(record.whole("query_cls"))
        scores.append(record.number("query_score"))
        boxes.append(record.numbers("query_bbox", 4))
        there = record.numbers("gallery_image_id")
        framed = _boxes(record, record.take("gallery_bbox"), len(there))
        fewer, more = fewer + (len(there) < MOST), more + (len(there) > MOST)
        found.append((np.array(there[:MOST], np.int64), framed[:MOST]))
    notes = []
    if fewer:
        notes.append(
            f"{fewer:,} results name fewer than {MOST} gallery images; what is not named is not found."
        )
    if more:
        notes.append(f"{more:,} results name more than {MOST} gallery images; the first {MOST} count.")
    detections = Detections(
        np.array(images), np.array(kinds), np.array(scores), np.array(boxes).reshape(-1, 4)
    )
    return _Answers(detections, found, notes)


def _boxes(record: Record, value: Any, count: int) -> Floats:
    if not isinstance(value, list) or len(value) != count:
        raise record.wrong(f'has {count} in "gallery_image_id" and in "gallery_bbox" {described(value)}')
    return np.array([record.checked(one, "gallery_bbox", 4) for one in value], np.float64).reshape(-1, 4)


def _categories(kinds: Ints) -> list[ModelCategory]:
    """DeepFashion2's categories that are asked for, and any other by its number."""
    names = {one.id: one.name for one in built_in()}
    return [ModelCategory(kind, names.get(kind, f"category {kind}")) for kind in np.unique(kinds).tolist()]

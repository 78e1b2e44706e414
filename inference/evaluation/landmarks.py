"""DeepFashion's normalised error and detection rate, by slice and by landmark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.ground import Ground
from inference.evaluation.tables import Part, Row, share_table
from resources.taxonomy import clothes_types
from store.runs.measures.landmarks import DETECTED, PCK, by_landmark, normalised_errors
from store.runs.results import LandmarkError, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KEY = "landmark_error"
#: The schemas whose errors are published: those of DeepFashion's clothes types.
_PUBLISHED = {kind.schema.key for kind in clothes_types()}


@dataclass(frozen=True, slots=True, eq=False)
class _Errors:
    """Sums over the landmarks of each garment, ``(N,)``, and the errors ``(m, n)`` of each schema."""

    labelled: Floats
    measured: Floats
    total: Floats
    seen: Floats
    seen_total: Floats
    detected: Floats
    near: Floats
    by_schema: Mapping[str, Floats]


def error_part(ground: Ground, by: Ints) -> Part | None:
    """The errors of the garments that were found; None where no prediction has the landmarks of one.

    ``by`` ``(N,)`` is the index in ``ground.found`` of what speaks for each garment, -1 for none.
    """
    rows = [row for row in np.flatnonzero(by >= 0).tolist() if _comparable(ground, row, int(by[row]))]
    errors = _errors(ground, by, rows)
    if not errors.by_schema:
        return None
    table_rows = [
        Row("NE", errors.total, errors.measured),
        Row("NE visible", errors.seen_total, errors.seen),
        Row("detected", errors.detected, errors.labelled),
        Row("PCK@0.2", errors.near, errors.labelled),
    ]
    metrics = {}
    for name, row in (("landmarks/NE", table_rows[0]), ("landmarks/detected", table_rows[2])):
        if row.value is not None:
            metrics[name] = row.value
    if not ground.wanted.detailed:
        return Part(metrics)
    measured = np.where(errors.measured > 0, errors.total / np.maximum(errors.measured, 1), np.inf)
    rate = np.where(errors.labelled > 0, errors.detected / np.maximum(errors.labelled, 1), np.nan)
    return Part(
        metrics,
        _tables(ground, errors, table_rows),
        landmark_errors=_by_landmark(errors.by_schema),
        scores={KEY: rate},
        correct={KEY: np.asarray(measured <= DETECTED)},
        protocols=("category-attribute", "fld") if set(errors.by_schema) <= _PUBLISHED else (),
    )


def _tables(ground: Ground, errors: _Errors, rows: list[Row]) -> tuple[Table, Table]:
    found, asked = int((errors.measured > 0).sum()), int((errors.labelled > 0).sum())
    note = (
        "Distances where x is divided by the width of the garment's box and y by its height, over labelled "
        f"landmarks of the garments that were found ({found:,} of {asked:,})."
    )
    shares = (
        f"Share of all labelled landmarks within {DETECTED:g} (detected) or within {PCK:g} of the box's "
        "longer side (PCK@0.2); those of garments that were not found count as missed."
    )
    return (
        share_table(ground, KEY, "Landmark error", rows[:2], higher_is_better=False, note=note),
        share_table(ground, "landmark_detection", "Landmarks detected", rows[2:], note=shares),
    )


def _comparable(ground: Ground, row: int, index: int) -> bool:
    truth, said = ground.garments[row].landmarks, ground.own_landmarks(ground.found[index])
    return truth is not None and said is not None and len(truth) == len(said)


def _errors(ground: Ground, by: Ints, rows: list[int]) -> _Errors:
    sums = {name: np.zeros(len(ground)) for name in _SUMS}
    for row, garment in enumerate(ground.garments):
        if garment.landmarks is not None:
            sums["labelled"][row] = int((garment.landmarks[:, 2] > 0).sum())
    schemas: dict[tuple[int, int, bool], list[int]] = {}
    for row in rows:
        points = ground.garments[row].landmarks
        assert points is not None
        asked = ground.found[int(by[row])].garment.garment_id is not None
        schemas.setdefault((int(ground.category[row]), len(points), asked), []).append(row)
    collected: dict[str, list[Floats]] = {}
    for (category, size, asked), members in schemas.items():
        truth = np.stack([ground.garments[row].landmarks for row in members])  # type: ignore[misc]
        said = np.stack([ground.own_landmarks(ground.found[int(by[row])]) for row in members])  # type: ignore[misc]
        values = normalised_errors(said[:, :, :2], truth, ground.sizes[members])
        longer = np.repeat(ground.sizes[members].max(axis=1, keepdims=True), 2, axis=1)
        shares = normalised_errors(said[:, :, :2], truth, longer)
        visible = truth[:, :, 2] == 2
        sums["measured"][members] = np.isfinite(values).sum(axis=1)
        sums["total"][members] = np.nansum(values, axis=1)
        sums["seen"][members] = visible.sum(axis=1)
        sums["seen_total"][members] = np.where(visible, values, 0.0).sum(axis=1)
        sums["detected"][members] = (values <= DETECTED).sum(axis=1)
        sums["near"][members] = (shares <= PCK).sum(axis=1)
        collected.setdefault(ground.schema_name(category, size, own=not asked), []).append(values)
    return _Errors(**sums, by_schema={name: np.concatenate(parts) for name, parts in collected.items()})


_SUMS = ("labelled", "measured", "total", "seen", "seen_total", "detected", "near")


def _by_landmark(schemas: Mapping[str, Floats]) -> tuple[LandmarkError, ...]:
    out = []
    for schema, errors in schemas.items():
        for index, (mean, share, count) in enumerate(zip(*by_landmark(errors), strict=True)):
            known = count > 0
            out.append(
                LandmarkError(
                    schema, index, float(mean) if known else None, float(share) if known else None, int(count)
                )
            )
    return tuple(out)

"""Categories and attributes by the first k, in the paper's protocol and, apart from it, MMFashion's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.ground import Ground
from inference.evaluation.tables import Part, Row, mean_row, share_table
from resources.taxonomy import fine_attributes
from store.runs.measures.classification import attribute_hits, mean_recall_by_attribute, true_ranks
from store.runs.results import Confusion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CATEGORY_KS = (1, 3, 5)
ATTRIBUTE_KS = (3, 5)


def category_part(ground: Ground, by: Ints, *, all_asked: bool) -> Part | None:
    """Top-1, 3 and 5 of the categories; None where no prediction has a score for every category.

    ``by`` ``(N,)`` is the index in ``ground.found`` of what speaks for each garment, -1 for none.
    ``all_asked``: garments without one are wrong (detectors); else they are left out (models for crops).
    """
    classes = len(ground.categories)
    rows = [row for row in np.flatnonzero(by >= 0).tolist() if _scored(ground, int(by[row]), classes)]
    if not rows:
        return None
    scores = np.stack([ground.found[int(by[row])].garment.category_scores for row in rows])  # type: ignore[misc]
    places = np.full(len(ground), classes + 1 if all_asked else 0)
    places[rows] = true_ranks(scores, ground.category[rows])
    metrics, table_rows = {}, []
    for k in CATEGORY_KS:
        if k > 1 and k >= classes:
            continue
        row = mean_row(f"top-{k}", np.where(places > 0, (places <= k).astype(np.float64), np.nan))
        table_rows.append(row)
        metrics[f"category/top{k}"] = row.value or 0.0
    if not ground.wanted.detailed:
        return Part(metrics)
    note = "Share of garments whose category is among the first k."
    silent = int((places == 0).sum())
    if silent:
        note += f" {silent:,} garments without a prediction are left out."
    first = np.full(len(ground), classes)
    first[rows] = scores.argmax(axis=1)
    return Part(
        metrics,
        (share_table(ground, "category", "Category", table_rows, note=note),),
        confusion=_confusion(ground, first, places > 0),
        scores={"category": np.where(places > 0, (places == 1).astype(np.float64), np.nan)},
        correct={"category": np.asarray(places == 1)},
        protocols=("category-attribute",),
    )


def _scored(ground: Ground, index: int, classes: int) -> bool:
    scores = ground.found[index].garment.category_scores
    return scores is not None and len(scores) == classes


def _confusion(ground: Ground, first: Ints, asked: NDArray[np.bool_]) -> Confusion:
    """What each garment was said to be first; the last column is "nothing" where one was not found."""
    size = len(ground.categories) + 1
    counts = np.zeros((size, size), np.int64)
    np.add.at(counts, (ground.category[asked], first[asked]), 1)
    names = tuple(category.name for category in ground.categories)
    if not counts[:, -1].any():
        return Confusion(names, tuple(map(tuple, counts[:-1, :-1].tolist())))
    return Confusion((*names, "nothing"), tuple(map(tuple, counts.tolist())))


@dataclass(frozen=True, slots=True, eq=False)
class _Recalls:
    """The rows of the attributes' table, overall ones by k, and MMFashion's figures in words."""

    rows: list[Row]
    overall: Mapping[int, Row]
    others: list[str]


def attribute_part(ground: Ground, by: Ints) -> Part | None:
    """Top-3 and 5 recall of the attributes, per type and over all; None where none are scored and known."""
    rows = [row for row in np.flatnonzero(by >= 0).tolist() if _attributed(ground, row, int(by[row]))]
    if not rows:
        return None
    found = _recalls(ground, by, rows)
    values = {f"attributes/top{k}": row.value for k, row in found.overall.items()}
    metrics = {name: value for name, value in values.items() if value is not None}
    if not ground.wanted.detailed:
        return Part(metrics)
    note = (
        "The paper's protocol: all attributes are ranked, and the share of the true ones among the first k "
        "is pooled over garments. The rows of a type count its attributes in the same ranking."
    )
    notes: tuple[str, ...] = ()
    if found.others:
        notes += (
            "Attributes as MMFashion counts them (mean over attributes of each one's recall): "
            f"{', '.join(found.others)}. Not to be read beside the paper's figures.",
        )
    last = found.overall[ATTRIBUTE_KS[-1]]
    best = np.where(last.asked > 0, last.right / np.maximum(last.asked, 1), np.nan)
    return Part(
        metrics,
        (share_table(ground, "attributes", "Attribute recall", found.rows, note=note),),
        scores={"attributes": best},
        correct={"attributes": np.nan_to_num(best) >= 0.5},
        notes=notes,
        protocols=("category-attribute",),
    )


def _recalls(ground: Ground, by: Ints, rows: list[int]) -> _Recalls:
    scores = np.stack([ground.found[int(by[row])].garment.attribute_scores for row in rows])  # type: ignore[misc]
    truth = np.stack([ground.garments[row].attributes for row in rows])  # type: ignore[misc]
    found: list[Row] = []
    overall: dict[int, Row] = {}
    others: list[str] = []
    for k in ATTRIBUTE_KS:
        hits, true = attribute_hits(scores, truth, k)
        for group, columns in _types(ground, truth.shape[1]).items():
            right, asked = np.zeros(len(ground)), np.zeros(len(ground))
            right[rows], asked[rows] = hits[:, columns].sum(axis=1), true[:, columns].sum(axis=1)
            row = Row(f"{group} top-{k}".strip(), right, asked)
            found.append(row)
            if not group:
                overall[k] = row
        value = mean_recall_by_attribute(hits, true)
        if value is not None:
            others.append(f"{value:.4f} at {k}")
    return _Recalls(found, overall, others)


def _types(ground: Ground, count: int) -> dict[str, Ints]:
    """The places of the attributes of each type; "" has all of them."""
    names = ground.wanted.attributes
    if not names and count == len(fine_attributes()):
        names = fine_attributes()
    groups: dict[str, Ints] = {"": np.arange(count)}
    if len(names) == count:
        for group in dict.fromkeys(group for group, _ in names):
            groups[group] = np.array([place for place, one in enumerate(names) if one[0] == group])
    return groups


def _attributed(ground: Ground, row: int, index: int) -> bool:
    truth, said = ground.garments[row].attributes, ground.found[index].garment.attribute_scores
    return truth is not None and said is not None and len(truth) == len(said)

"""Retrieval from embeddings: consumers' garments among those of shops, or every garment among all others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.ground import Found, Ground
from inference.evaluation.tables import Part, Row, share_table
from store.runs.measures.boxes import overlap
from store.runs.measures.retrieval import Ranking, rank, shared_hits, top_k
from store.runs.measures.retrieval_boxes import OVERLAP, Detections, Queries, speakers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KS = (1, 5, 10, 15, 20)
#: Those of KS that are headline figures.
HEADLINES = (1, 5, 10, 20)


@dataclass(frozen=True, slots=True, eq=False)
class _Gallery:
    """What is searched: predictions, and which of them show which identity (an entry may show several)."""

    members: list[Found]
    entries: Ints
    identities: Ints


def retrieval_part(ground: Ground) -> Part | None:
    """Top-k and mAP of the embeddings; None where there are none, or nothing to ask for."""
    told = [one for one in ground.found if one.garment.embedding is not None]
    identity = np.array([garment.identity for garment in ground.garments], np.int64)
    if not told or not (identity >= 0).any():
        return None
    shop = [garment.shop for garment in ground.garments]
    across = True in shop and False in shop
    detected = any(one.garment.garment_id is None for one in told)
    if detected and not across:
        return Part(notes=("Retrieval was not measured: nothing says which pictures are of shops.",))
    asked = identity >= 0
    if across:
        asked &= np.array([one is False for one in shop])
    speaker = _speakers(ground, told, identity, detected)
    gallery = _gallery(ground, told, identity, shop, across=across, detected=detected)
    return _part(ground, told, identity, asked, speaker, gallery, across=across, detected=detected)


def _speakers(ground: Ground, told: list[Found], identity: Ints, detected: bool) -> Ints:
    """The index in ``told`` that speaks for each garment, ``(N,)``; -1 for none."""
    if not detected:
        out = np.full(len(ground), -1, np.int64)
        for place, one in enumerate(told):
            row = ground.row.get(one.garment.garment_id or 0)
            if row is not None:
                out[row] = place
        return out
    boxed = [one for one in told if one.garment.box is not None]
    index = np.array([place for place, one in enumerate(told) if one.garment.box is not None], np.int64)
    found = Detections(
        np.array([one.image for one in boxed], np.int64),
        np.array([one.category for one in boxed], np.int64),
        np.array([one.garment.score for one in boxed]),
        np.array([one.garment.box for one in boxed]).reshape(-1, 4),
    )
    boxes = np.nan_to_num(ground.boxes)
    places = speakers(Queries(ground.image, ground.category, identity, boxes), found)
    return np.where(places >= 0, np.append(index, -1)[places], -1)


def _gallery(
    ground: Ground,
    told: list[Found],
    identity: Ints,
    shop: list[bool | None],
    *,
    across: bool,
    detected: bool,
) -> _Gallery:
    if not detected:
        rows = [ground.row.get(one.garment.garment_id or 0, -1) for one in told]
        kept = [place for place, row in enumerate(rows) if row >= 0 and (not across or shop[row] is True)]
        shown = [place for place, index in enumerate(kept) if identity[rows[index]] >= 0]
        return _Gallery(
            [told[index] for index in kept],
            np.array(shown, np.int64),
            np.array([identity[rows[kept[place]]] for place in shown], np.int64),
        )
    by_image: dict[int, list[int]] = {}
    for row in range(len(ground)):
        if shop[row] is True:
            by_image.setdefault(int(ground.image[row]), []).append(row)
    members: list[Found] = []
    entries: list[int] = []
    identities: list[int] = []
    for one in told:
        there = by_image.get(one.image)
        if there is None or one.garment.box is None:
            continue
        near = overlap(one.garment.box, np.nan_to_num(ground.boxes[there]))[0] >= OVERLAP
        for row in np.array(there)[near]:
            if identity[row] >= 0:
                entries.append(len(members))
                identities.append(int(identity[row]))
        members.append(one)
    return _Gallery(members, np.array(entries, np.int64), np.array(identities, np.int64))


def _part(
    ground: Ground,
    told: list[Found],
    identity: Ints,
    asked: NDArray[np.bool_],
    speaker: Ints,
    gallery: _Gallery,
    *,
    across: bool,
    detected: bool,
) -> Part | None:
    known = _answerable(ground, identity, asked, across=across)
    answered = np.flatnonzero(known & (speaker >= 0))
    if not detected:
        known &= speaker >= 0
    if not known.any() or not gallery.members:
        return None
    places = {id(one): place for place, one in enumerate(gallery.members)}
    ranking = Ranking(())
    if len(answered):
        said = [told[index] for index in speaker[answered]]
        ranking = rank(
            np.stack([one.garment.embedding for one in said]),
            np.stack([one.garment.embedding for one in gallery.members]),  # type: ignore[misc]
            identity[answered],
            gallery.entries,
            gallery.identities,
            np.array([places.get(id(one), -1) for one in said], np.int64),
        )
    first, precision = np.zeros(len(ground), np.int64), np.zeros(len(ground))
    first[answered], precision[answered] = ranking.first, np.nan_to_num(ranking.average_precision)
    return table_part(
        ground,
        first,
        known,
        precision,
        note=_note(known, asked, speaker, across=across, detected=detected),
        notes=() if detected else _mmfashion(ranking),
        protocol="deepfashion2" if detected else "consumer-to-shop" if across else "in-shop",
    )


def _answerable(
    ground: Ground, identity: Ints, asked: NDArray[np.bool_], *, across: bool
) -> NDArray[np.bool_]:
    """The queries that have something to find: in shops, or besides themselves."""
    if across:
        there = np.array([garment.shop is True for garment in ground.garments])
        return asked & np.isin(identity, identity[there & (identity >= 0)])
    kinds, counts = np.unique(identity[identity >= 0], return_counts=True)
    return asked & np.isin(identity, kinds[counts > 1])


def _note(
    known: NDArray[np.bool_], asked: NDArray[np.bool_], speaker: Ints, *, across: bool, detected: bool
) -> str:
    kind = "garments of consumers among those of shops" if across else "each garment among all others"
    text = f"Share of queries whose identity is among the first k: {kind}."
    if detected:
        missed = int((known & (speaker < 0)).sum())
        text += f" DeepFashion2's rules; {missed:,} garments were missed, which is wrong."
    silent = int((asked & ~known).sum())
    if silent:
        text += f" {silent:,} garments without a counterpart or a prediction are not asked for."
    return text


def _mmfashion(ranking: Ranking) -> tuple[str, ...]:
    values = shared_hits(ranking, (1, 5, 10, 20))
    if not np.isfinite(list(values.values())).all():
        return ()
    figures = ", ".join(f"{value:.4f} at {k}" for k, value in values.items())
    return (
        f"Retrieval as MMFashion counts it (relevant entries within k, of all relevant ones): {figures}. "
        "Not to be read beside top-k figures.",
    )


def table_part(
    ground: Ground,
    first: Ints,
    asked: NDArray[np.bool_],
    precision: Floats | None,
    *,
    note: str,
    notes: tuple[str, ...],
    protocol: str,
) -> Part:
    """The part of places: ``first`` ``(N,)`` is where the first right one stands (0: nowhere).

    ``asked`` ``(N,)`` says which garments are queries, ``precision`` ``(N,)`` is their average precision
    where the whole gallery was ranked.
    """
    weight = asked.astype(np.float64)
    rows = [Row(f"top-{k}", (top_k(first, k) & asked).astype(np.float64), weight) for k in KS]
    metrics = {
        f"retrieval/top{k}": row.value or 0.0 for k, row in zip(KS, rows, strict=True) if k in HEADLINES
    }
    if precision is not None:
        rows.append(Row("mAP", np.where(asked, precision, 0.0), weight))
        metrics["retrieval/mAP"] = rows[-1].value or 0.0
    if not ground.wanted.detailed:
        return Part(metrics)
    reciprocal = np.divide(1.0, first, out=np.zeros(len(first)), where=first > 0)
    return Part(
        metrics,
        (share_table(ground, "retrieval", "Retrieval", rows, note=note),),
        scores={"retrieval": np.where(asked, reciprocal, np.nan)},
        correct={"retrieval": asked & (first == 1)},
        notes=notes,
        protocols=(protocol,),
    )

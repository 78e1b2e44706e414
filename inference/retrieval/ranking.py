"""Ranked lists of queries over a gallery, from the vectors of an index."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.devices import choose
from store.db import Store
from store.db.products import GarmentTable
from store.errors import StudioError
from store.filters import parse
from store.progress import Progress, silent
from store.retrieval.age import age
from store.retrieval.index import Rows, VectorIndex, Vectors
from store.retrieval.ranked import Protocol, Ranked, RankedFacts, own_entries, spans
from store.runs.measures.boxes import overlap
from store.runs.measures.retrieval_boxes import OVERLAP, Detections, Queries, speakers

Ints = NDArray[np.int64]

#: Entries of each list that are kept.
DEPTH = 100
#: Distances that are in memory at once.
_AT_ONCE = 1 << 24
#: Vectors that are nearer, as the square of the distance, are compared number by number; so many at once.
_NEAR, _NEAR_AT_ONCE = 0.01, 1 << 12
#: Matches whose places are counted at once on a GPU.
_COUNTED_AT_ONCE = 256


@dataclass(slots=True)
class Asked:
    """What is to be ranked; see :class:`Ranked` for the arrays. ``notes`` say what was left out."""

    queries: Ints
    query_rows: Ints
    entries: Ints
    shown_first: Ints
    shown: Ints
    own: Ints
    query_identity: Ints
    shown_identity: Ints
    notes: list[str] = field(default_factory=list)


def rank_store(
    store: Store,
    index: VectorIndex,
    protocol: Protocol,
    queries: str = "",
    gallery: str = "",
    *,
    device: str = "auto",
    depth: int = DEPTH,
    progress: Progress = silent,
) -> Ranked:
    """The lists of a protocol over two filters.

    "consumer-to-shop" asks consumers' garments of those of shops; "in-shop" the images with the role
    "query" of those with "gallery", or, where no image has a role, each garment of all others; "cross-pose"
    is the same, told apart when it is looked at. StudioError where nothing can be asked, or of nothing.
    """
    rows, vectors = index.read()
    sides = _sides(protocol, *(_table(store, text) for text in (queries, gallery)))
    make = _of_detections if index.facts.crop == "predicted" else _of_garments
    asked = make(store, rows, *sides)
    if not len(asked.queries):
        raise StudioError(
            "No garment can be asked for.", f"Check the filter of the queries ({queries or 'all images'})."
        )
    if not len(asked.entries):
        raise StudioError(
            "The gallery is empty.", f"Check its filter ({gallery or 'all images'}), or index its garments."
        )
    facts = index.facts
    notes = (*_notes(asked), *age(store, rows, facts.crop).notes())
    told = RankedFacts(protocol, facts.name, facts.model, facts.crop, queries, gallery, notes)
    return ranked_lists(asked, told, vectors, device, depth, progress)


def _table(store: Store, where: str) -> GarmentTable:
    return store.products.table(parse(where) if where.strip() else None)


def _sides(protocol: Protocol, asked: GarmentTable, shown: GarmentTable) -> tuple[GarmentTable, GarmentTable]:
    """Which garments ask, and which are the gallery."""
    if protocol == "consumer-to-shop":
        if not (shown.shop == 1).any() or not (asked.shop == 0).any():
            raise StudioError(
                "Consumer-to-shop needs pictures of both: nothing here says which are of shops.",
                "Choose in-shop, or say it with the images' domain.",
            )
        return asked.chosen(asked.shop == 0), shown.chosen(shown.shop == 1)
    roles = set(asked.roles.tolist()) | set(shown.roles.tolist())
    if {"query", "gallery"} <= roles:
        return asked.chosen(asked.roles == "query"), shown.chosen(shown.roles == "gallery")
    return asked, shown


def _of_garments(store: Store, rows: Rows, asked: GarmentTable, shown: GarmentTable) -> Asked:
    """True boxes: each garment speaks for itself."""
    del store
    place = {garment: index for index, garment in enumerate(rows.garment_ids.tolist())}
    speaking = np.array([place.get(one, -1) for one in asked.ids.tolist()], np.int64)
    there = np.array([place.get(one, -1) for one in shown.ids.tolist()], np.int64)
    notes = []
    words = ("query", "queries"), ("garment of the gallery", "garments of the gallery")
    for what, found in zip(words, (speaking, there), strict=True):
        if left := int((found < 0).sum()):
            are = (
                f"{what[0]} is not in the index and was"
                if left == 1
                else f"{what[1]} are not in the index and were"
            )
            notes.append(f"{left:,} {are} left out.")
    queries, gallery = asked.chosen(speaking >= 0), shown.chosen(there >= 0)
    entry = {garment: index for index, garment in enumerate(gallery.ids.tolist())}
    return Asked(
        queries.ids,
        rows.rows[speaking[speaking >= 0]],
        rows.rows[there[there >= 0]],
        np.arange(len(gallery) + 1),
        gallery.ids,
        np.array([entry.get(one, -1) for one in queries.ids.tolist()], np.int64),
        *_numbered(queries, gallery),
        notes,
    )


def _of_detections(store: Store, rows: Rows, asked: GarmentTable, shown: GarmentTable) -> Asked:
    """Detected boxes, by DeepFashion2's rules: see :mod:`store.runs.measures.retrieval_boxes`."""
    in_asked = np.isin(rows.image_ids, asked.image_ids)
    found = rows.chosen(in_asked)
    identity, shown_identity = _numbered(asked, shown)
    # All true garments of a query image take part, also those that are not asked for, so that a neighbour's
    # detection is not theirs.
    whole = store.products.table()
    whole = whole.chosen(np.isin(whole.image_ids, asked.image_ids))
    spoken = speakers(
        Queries(whole.image_ids, whole.category_ids, np.zeros(len(whole), np.int64), _boxes(store, whole)),
        Detections(found.image_ids, found.category_ids, found.scores, found.boxes),
    )
    said = spoken[whole.rows(asked.ids)]
    gallery = rows.chosen(np.isin(rows.image_ids, shown.image_ids))
    first, shows = _shown(gallery, shown, _boxes(store, shown))
    # What was not detected can still be asked for: it is wrong at every k.
    unseen = np.setdiff1d(np.arange(len(shown)), shows)
    shows = np.concatenate([shows, unseen])
    speaking = np.where(said >= 0, np.append(found.rows, -1)[said], -1)
    return Asked(
        asked.ids,
        speaking,
        gallery.rows,
        first,
        shown.ids[shows],
        _places_of(speaking, gallery.rows),
        identity,
        shown_identity[shows],
        [
            f"{int((said < 0).sum()):,} of {len(asked):,} queries and {len(unseen):,} of {len(shown):,} "
            "garments of the gallery were not detected."
        ],
    )


def _places_of(rows: Ints, entries: Ints) -> Ints:
    """Where rows of the index stand among entries, which are in order; -1 for one that is none."""
    place = np.minimum(np.searchsorted(entries, rows), len(entries) - 1)
    return np.where(entries[place] == rows, place, -1) if len(entries) else np.full(len(rows), -1, np.int64)


def _shown(gallery: Rows, shown: GarmentTable, boxes: NDArray[np.float64]) -> tuple[Ints, Ints]:
    """Which garments (rows of the table) each detection of the gallery shows: those it overlaps by half."""
    by_image: dict[int, list[int]] = {}
    for row, image in enumerate(shown.image_ids.tolist()):
        by_image.setdefault(image, []).append(row)
    counts, found = [], []
    for image, box in zip(gallery.image_ids.tolist(), gallery.boxes, strict=True):
        there = np.array(by_image.get(image, []), np.int64)
        near = there[overlap(box, boxes[there])[0] >= OVERLAP] if len(there) else there
        counts.append(len(near))
        found += near.tolist()
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), np.array(found, np.int64)


def _boxes(store: Store, table: GarmentTable) -> NDArray[np.float64]:
    """The boxes of garments ``(G, 4)``; nothing where one has none."""
    boxes = np.zeros((len(table), 4))
    row = {garment: place for place, garment in enumerate(table.ids.tolist())}
    images = np.unique(table.image_ids)
    for start in range(0, len(images), 500):
        for garments in store.garments.of_images(images[start : start + 500]).values():
            for one in garments:
                if one.id in row and one.box is not None:
                    boxes[row[one.id]] = one.box
    return boxes


def _numbered(asked: GarmentTable, shown: GarmentTable) -> tuple[Ints, Ints]:
    """The identities of both tables under the same numbers, -1 for none."""
    numbers = {key: place for place, key in enumerate(dict.fromkeys((*asked.keys, *shown.keys)))}
    both = []
    for table in (asked, shown):
        known = np.array([numbers[key] for key in table.keys] + [-1], np.int64)
        both.append(known[table.identities])
    return both[0], both[1]


def _notes(asked: Asked) -> list[str]:
    notes = list(asked.notes)
    known = asked.query_identity >= 0
    if silent := int((~known).sum()):
        has, they = ("query has", "it is") if silent == 1 else ("queries have", "they are")
        notes.append(f"{silent:,} {has} no identity (style 0, or none said): {they} not counted.")
    # Where each garment is asked of all others, a query is in the gallery too, and no match of itself.
    products, counts = np.unique(np.append(asked.shown_identity, -1), return_counts=True)
    place = np.minimum(np.searchsorted(products, asked.query_identity), len(products) - 1)
    there = np.where(products[place] == asked.query_identity, counts[place], 0)
    shown = np.sort(asked.shown)
    itself = np.searchsorted(shown, asked.queries, "right") - np.searchsorted(shown, asked.queries)
    alone = known & (there <= itself)
    if count := int(alone.sum()):
        has, they = ("query has", "it is") if count == 1 else ("queries have", "they are")
        notes.append(f"{count:,} {has} no match in the gallery: {they} not counted.")
    if len(asked.entries) == 1:
        notes.append("The gallery has one garment: every list is as good as any.")
    return notes


def ranked_lists(
    asked: Asked,
    facts: RankedFacts,
    vectors: Vectors,
    device: str = "auto",
    depth: int = DEPTH,
    progress: Progress = silent,
) -> Ranked:
    """The lists of what is asked, from all vectors ``(n, E)`` of an index."""
    size = len(asked.entries)
    own = own_entries(asked.queries, asked.own, asked.shown_first, asked.shown)
    itself = np.repeat(np.arange(len(asked.queries)), np.diff(own[0])) * size + own[1]
    matches = _matches(asked, itself)
    gallery = torch.from_numpy(np.asarray(vectors[asked.entries], np.float32)).to(choose(device))
    top, distances, places, apart = _compared(
        asked, vectors, gallery, own, matches, min(depth, size), progress
    )
    return Ranked(
        facts,
        asked.queries,
        asked.query_rows,
        asked.entries,
        asked.shown_first,
        asked.shown,
        asked.own,
        top,
        distances,
        *matches,
        places,
        apart,
    )


def _compared(
    asked: Asked,
    vectors: Vectors,
    gallery: Tensor,
    own: tuple[Ints, Ints],
    matches: tuple[Ints, Ints],
    depth: int,
    progress: Progress,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Every query with the whole gallery, a block of queries at a time: the first ``depth`` of each list
    ``(Q, depth)`` with their distances, and the places and distances of all matches ``(M,)``.

    ``own`` and ``matches`` are where those of each query begin, and the entries.
    """
    (self_first, self_entries), (match_first, match_entries) = own, matches
    count, size = len(asked.queries), len(asked.entries)
    top = np.full((count, depth), -1, np.int64)
    distances = np.full((count, depth), np.inf)
    places = np.zeros(len(match_entries), np.int64)
    apart = np.zeros(len(match_entries))
    speaking = np.flatnonzero(asked.query_rows >= 0)
    step = max(1, min(512, _AT_ONCE // size))
    for start in range(0, len(speaking), step):
        progress(start, len(speaking), "Ranking")
        rows = speaking[start : start + step]
        block = torch.from_numpy(np.asarray(vectors[asked.query_rows[rows]], np.float32)).to(gallery.device)
        itself, hidden = spans(self_first[rows], self_first[rows + 1])
        of, wanted = spans(match_first[rows], match_first[rows + 1])
        found = _block(block, gallery, (itself, self_entries[hidden]), depth, (of, match_entries[wanted]))
        top[rows], distances[rows], places[wanted], apart[wanted] = found
    progress(len(speaking), len(speaking), "Ranking")
    top[np.isinf(distances)] = -1
    return top, distances, places, apart


@torch.inference_mode()
def _block(
    queries: Tensor, gallery: Tensor, itself: tuple[Ints, Ints], depth: int, matches: tuple[Ints, Ints]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """One comparison gives the first of each list and the places of all matches.

    ``itself`` and ``matches`` are pairs ``(m,)`` of a row of the block and an entry, row by row.
    """
    likeness = queries @ gallery.T
    hidden, rows, columns, entries = (
        torch.from_numpy(one).to(gallery.device) for one in (*itself[:1], *matches, itself[1])
    )
    likeness[hidden, entries] = -torch.inf
    found = likeness.topk(depth, dim=1)
    distances = _distances(queries, gallery, found.values, found.indices)
    distances, order = distances.sort(dim=1, stable=True)
    places = _places(likeness, found.values, rows, likeness[rows, columns])
    apart = (gallery[columns] - queries[rows]).norm(dim=1)
    return (
        found.indices.gather(1, order).cpu().numpy(),
        distances.double().cpu().numpy(),
        places.cpu().numpy(),
        apart.double().cpu().numpy(),
    )


def _distances(queries: Tensor, gallery: Tensor, likeness: Tensor, entries: Tensor) -> Tensor:
    """How far ``entries (q, K)`` of the gallery are from their queries, by their likeness; infinitely where
    that is -inf."""
    squared = 2 - 2 * likeness
    distances = squared.clamp(min=0).sqrt()
    # The product of what is nearly the same loses what little it differs by.
    rows, columns = (squared < _NEAR).nonzero(as_tuple=True)
    for start in range(0, len(rows), _NEAR_AT_ONCE):
        row, column = rows[start : start + _NEAR_AT_ONCE], columns[start : start + _NEAR_AT_ONCE]
        distances[row, column] = (gallery[entries[row, column]] - queries[row]).norm(dim=1)
    return distances


def _places(likeness: Tensor, top: Tensor, rows: Tensor, reached: Tensor) -> Tensor:
    """The place ``(m,)``, from 1, of what ``reached (m,)`` in some rows of all ``likeness (q, N)``; ``top
    (q, K)`` are the greatest of each row."""
    places = (top[rows] > reached[:, None]).sum(dim=1) + 1
    behind = (places > top.shape[1]).nonzero()[:, 0]
    if likeness.is_cuda:
        for start in range(0, len(behind), _COUNTED_AT_ONCE):
            some = behind[start : start + _COUNTED_AT_ONCE]
            places[some] = (likeness[rows[some]] > reached[some, None]).sum(dim=1) + 1
        return places
    # A row stays near the processor while all its matches are counted, and truths are counted in bytes.
    held, values, counted = likeness.numpy(), reached.numpy(), places.numpy()
    for match, row in zip(behind.tolist(), rows[behind].tolist(), strict=True):
        counted[match] = np.count_nonzero(held[row] > values[match]) + 1
    return places


def _matches(asked: Asked, itself: Ints) -> tuple[Ints, Ints]:
    """The entries that match each query now, but those that show the query ``itself``, numbered as the query
    times the entries and the entry: (first (Q + 1,), entries)."""
    size = max(len(asked.entries), 1)
    entry = np.repeat(np.arange(len(asked.entries)), np.diff(asked.shown_first))
    there = asked.shown_identity[: len(entry)]
    order = np.argsort(there, kind="stable")
    sides = [np.searchsorted(there[order], asked.query_identity, side) for side in ("left", "right")]
    asking = (asked.query_identity >= 0) & (asked.query_rows >= 0)
    of, at = spans(sides[0], np.where(asking, sides[1], sides[0]))
    pairs = np.setdiff1d(of * size + entry[order][at], itself)
    of, entries = np.divmod(pairs, size)
    return np.searchsorted(of, np.arange(len(asked.queries) + 1)), entries

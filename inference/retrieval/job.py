"""Indexing as a job: the garments of a slice become vectors in an index of the store, once each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.data.slice import Slice
from inference.prediction.job import Report
from inference.prediction.pace import Pace
from inference.prediction.slices import chosen_images
from inference.retrieval.detected import index_detections
from inference.retrieval.embedding import Embedded, Embedder
from inference.retrieval.towers import model_of
from inference.retrieval.upkeep import AT_ONCE, IndexConfig, embedder, ended
from store.db import Store
from store.db.products import GarmentTable
from store.errors import StudioError
from store.retrieval.cuts import cut
from store.retrieval.index import Crop, IndexFacts, Rows, VectorIndex

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What an index lacks: images of the slice with garments to embed, rows that only need a new version,
    and rows whose garments are gone."""

    images: Ints
    confirmed: Ints
    versions: Ints
    gone: Ints
    garments: int


def index_store(config: IndexConfig, store_folder: Path, report: Report) -> dict[str, Any]:
    """Bring an index up to date: ``index garments embedded kept gone broken problems``.

    Vectors are written as they are made, so that a job that was stopped or killed goes on. StudioError where
    the model has no embedding or cannot look at the crop, or the filter is wrong. Cancelled where stopped.
    """
    if config.predictions:
        return index_detections(config, store_folder, report)
    network, manifest, name = model_of(config.model, store_folder)
    looking = embedder(config, network, manifest, report)
    report(0, 0, "Reading the store")
    with Store.open(store_folder, read_only=True) as store:
        chosen = chosen_images(store, config.where, report)
        data = chosen.data
        table = store.products.of(data.garment_ids.tolist())
        there = store.products.table().ids
    size = _size(looking, data)
    with VectorIndex.begin(store_folder, IndexFacts(name, manifest.sha256, config.crop, size)) as index:
        return _Work(index, data, table, config, report).go(looking, there, chosen.lost)


class _Work:
    """One index being brought up to date."""

    def __init__(
        self, index: VectorIndex, data: Slice, table: GarmentTable, config: IndexConfig, report: Report
    ) -> None:
        self._index, self._data, self._config, self._report = index, data, config, report
        self._cuts = cuts(data, config.crop)
        rows = table.rows(data.garment_ids)
        self._versions = np.where(rows >= 0, np.append(table.versions, 0)[rows], 0)

    def go(self, source: Embedder, there: Ints, lost: Any) -> dict[str, Any]:
        """Note what stays, embed what is missing, drop what is gone."""
        index, data = self._index, self._data
        wanted = outdated(index.rows(), data, self._cuts, self._versions, there)
        index.bury(wanted.gone)
        index.confirm(wanted.confirmed, wanted.versions)
        self._report.event(
            "started",
            config={"model": self._config.model, "where": self._config.where, "crop": self._config.crop},
            images=len(data),
            garments=data.garments,
            device=source.device,
            done=len(data) - len(wanted.images),
        )
        pace = Pace(self._report, len(data) - len(wanted.images), len(data), "Embedding")
        embedded = 0
        problems = dict(lost)
        for start in range(0, len(wanted.images), AT_ONCE):
            part = wanted.images[start : start + AT_ONCE]
            for found in source.embed(data.subset(part.tolist())):
                embedded += self._written(part, found)
                for image, why in found.problems.items():
                    problems[int(data.image_ids[part[image]])] = why
                    self._report.event("problem", image_id=int(data.image_ids[part[image]]), what=why)
            pace.step(len(part))
        return ended(index, embedded, len(wanted.gone), problems, pace, source.device)

    def _written(self, part: Ints, found: Embedded) -> int:
        if not found.garments:
            return 0
        data = self._data
        places = _places(data, part)[found.garments]
        images = data.images[places]
        rows = Rows(
            np.zeros(len(places), np.int64),
            data.garment_ids[places],
            data.image_ids[images],
            self._versions[places],
            self._cuts[places],
            data.category_ids[places],
            np.ones(len(places)),
            data.boxes[places],
        )
        self._index.append(rows, found.vectors)
        return len(places)


def cuts(data: Slice, crop: Crop) -> NDArray[np.str_]:
    """What is cut out of the picture for each garment ``(G,)``; see :mod:`store.retrieval.cuts`."""
    found = [
        cut(box, crop, data.polygons(garment), data.runs.get(garment))
        for garment, box in enumerate(data.boxes)
    ]
    return np.array(found, np.str_)


def outdated(rows: Rows, data: Slice, said: NDArray[np.str_], versions: Ints, there: Ints) -> Wanted:
    """What an index lacks of a slice whose garments have these cuts ``(G,)`` and versions ``(G,)``.

    ``there`` are the ids of all garments of the store: rows of others are gone.
    """
    place = {garment: row for row, garment in enumerate(rows.garment_ids.tolist())}
    standing = np.array([place.get(one, -1) for one in data.garment_ids.tolist()], np.int64)
    known = standing >= 0
    same = known.copy()
    same[known] = rows.cuts[standing[known]] == said[known]
    older = same.copy()
    older[same] = rows.versions[standing[same]] != versions[same]
    lacking = ~same & ~data.crowd
    return Wanted(
        np.unique(data.images[lacking]),
        rows.rows[standing[older]],
        versions[older],
        rows.rows[~np.isin(rows.garment_ids, there)],
        int(lacking.sum()),
    )


def _places(data: Slice, part: Ints) -> Ints:
    """The garments of some images, as the slice of those images numbers them."""
    return np.concatenate(
        [np.empty(0, np.int64), *(np.array(data.of_image(int(one))) for one in part)]
    ).astype(np.int64)


def _size(embedder: Embedder, data: Slice) -> int:
    """How many numbers a vector has: what the network gives for the first garment that can be looked at."""
    for image in _with_garments(data):
        for found in embedder.embed(data.subset([image])):
            if len(found.garments):
                return int(found.vectors.shape[1])
    raise StudioError(
        "There is no garment to be embedded.", "Check the filter, and that the pictures are there."
    )


def _with_garments(data: Slice) -> Iterator[int]:
    for image in range(len(data)):
        if len(data.of_image(image)):
            yield image

"""Indexing what a prediction run detected: each box is an entry, by the vector that the model gave it, or by
that of another model which looks at what is in the box."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.data.slice import Slice, boxes_alone
from inference.prediction.job import Report
from inference.prediction.pace import Pace
from inference.prediction.slices import chosen_images
from inference.retrieval.embedding import Embedded, Embedder, unit
from inference.retrieval.towers import model_of
from inference.retrieval.upkeep import AT_ONCE, IndexConfig, embedder, ended
from store.db import Store
from store.errors import StudioError
from store.retrieval.index import IndexFacts, Rows, VectorIndex
from store.runs import RunFolder
from store.runs.predicted import KIND, PredictionFacts, Predictions
from store.runs.predictions import GarmentPrediction, ImagePrediction

Ints = NDArray[np.int64]
Found = Mapping[int, ImagePrediction]


class Spoken:
    """The vectors that the detector itself gave."""

    device = "predictions.db"

    def embed(self, data: Slice, found: Found) -> Iterator[Embedded]:
        """All detections of a slice (see :func:`with_detections`). StudioError where one has no vector."""
        said = [one for image in data.image_ids.tolist() for one in found[image].garments]
        lacking = next((i for i, one in enumerate(said) if one.embedding is None), None)
        if lacking is not None:
            raise StudioError(
                f"A detection in image {int(data.image_ids[data.images[lacking]])} has no vector.",
                "Name a model with --model that looks at the boxes.",
            )
        if said:
            vectors = np.stack([one.embedding for one in said if one.embedding is not None])
            yield Embedded(list(range(len(said))), unit(vectors), {})


class Looked:
    """The vectors of a model that is shown what is in the boxes."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.device = embedder.device

    def embed(self, data: Slice, found: Found) -> Iterator[Embedded]:
        """All detections of a slice, batch by batch."""
        del found
        yield from self._embedder.embed(data)


def index_detections(config: IndexConfig, store_folder: Path, report: Report) -> dict[str, Any]:
    """Bring the index of a prediction run's detections up to date; says what ``index_store`` says.

    Without a model, or with the one that predicted, the vectors of the run are taken where it has some. An
    image is looked at again where its detections are others than before. StudioError where the run is none of
    predictions, found garments of which the boxes were given, or nothing gives its detections vectors.
    """
    run = RunFolder.find(store_folder, config.predictions)
    if run.about().get("kind") != KIND:
        raise StudioError(f"{run.id} is no prediction run.", "Choose one: deepfashion-studio predict.")
    with Predictions.open(run.path) as kept:
        name, sha256, source, size = _source(config, store_folder, kept, report)
        report(0, 0, "Reading the store")
        with Store.open(store_folder, read_only=True) as store:
            chosen = chosen_images(store, config.where, report)
            there = np.intersect1d(store.images.ids(order="id"), kept.image_ids())
            versions = {
                one.id: one.version
                for start in range(0, len(there), 500)
                for one in store.images.get_many(there[start : start + 500].tolist())
            }
        data = chosen.data.subset(np.flatnonzero(np.isin(chosen.data.image_ids, there)).tolist())
        size = size or _size(source, data, kept)
        facts = IndexFacts(name, sha256, "predicted", size, run.id)
        with VectorIndex.begin(store_folder, facts) as index:
            report.event(
                "started",
                config={"model": name, "where": config.where, "predictions": run.id},
                images=len(data),
                device=source.device,
                done=0,
            )
            return _Work(index, data, kept, versions, report).go(source, there, dict(chosen.lost))


class _Work:
    """One index of detections being brought up to date."""

    def __init__(
        self, index: VectorIndex, data: Slice, kept: Predictions, versions: Mapping[int, int], report: Report
    ) -> None:
        self._index, self._data, self._kept, self._report = index, data, kept, report
        self._versions = versions

    def go(self, source: Spoken | Looked, there: Ints, problems: dict[int, str]) -> dict[str, Any]:
        """Drop what is gone, keep images whose detections are as they were, embed the others' anew."""
        index, data = self._index, self._data
        rows = index.rows()
        gone = ~np.isin(rows.image_ids, there)
        index.bury(rows.rows[gone])
        rows = rows.chosen(~gone)
        before = _of_images(rows)
        pace = Pace(self._report, 0, len(data), "Embedding")
        embedded, dropped = 0, int(gone.sum())
        for start in range(0, len(data), AT_ONCE):
            part = data.subset(range(start, min(start + AT_ONCE, len(data))))
            found = _detections(self._kept, part)
            cuts = {image: _cuts(one, source) for image, one in found.items()}
            stale = [
                place
                for place, image in enumerate(part.image_ids.tolist())
                if rows.cuts[before.get(image, _NO_ROWS)].tolist() != cuts[image]
            ]
            old = [before.get(int(part.image_ids[place]), _NO_ROWS) for place in stale]
            dead = np.concatenate([_NO_ROWS, *old])
            index.bury(rows.rows[dead])
            dropped += len(dead)
            again = [place for place in stale if found[int(part.image_ids[place])].garments]
            for said in source.embed(with_detections(part.subset(again), found), found) if again else ():
                embedded += self._written(part.subset(again), found, cuts, said)
                for image, why in said.problems.items():
                    number = int(part.image_ids[again[image]])
                    problems[number] = why
                    self._report.event("problem", image_id=number, what=why)
            pace.step(len(part))
        return ended(index, embedded, dropped, problems, pace, source.device)

    def _written(self, part: Slice, found: Found, cuts: Mapping[int, list[str]], said: Embedded) -> int:
        if not said.garments:
            return 0
        boxes = with_detections(part, found)
        images = part.image_ids[boxes.images[said.garments]]
        texts = np.array([text for image in part.image_ids.tolist() for text in cuts[image]], np.str_)
        scores = [one.score for image in part.image_ids.tolist() for one in found[image].garments]
        rows = Rows(
            np.zeros(len(images), np.int64),
            np.zeros(len(images), np.int64),
            images,
            np.array([self._versions.get(image, 0) for image in images.tolist()], np.int64),
            texts[said.garments],
            boxes.category_ids[said.garments],
            np.array(scores, np.float64)[said.garments],
            boxes.boxes[said.garments],
        )
        self._index.append(rows, said.vectors)
        return len(images)


def with_detections(data: Slice, found: Found) -> Slice:
    """The images of a slice with what was detected in them in place of their garments."""
    said = [found[image].garments for image in data.image_ids.tolist()]
    flat = [one for some in said for one in some]
    boxes = np.array([one.box for one in flat], np.float64).reshape(-1, 4)
    kinds = np.array([one.category_id for one in flat], np.int64)
    return replace(data, **boxes_alone([len(some) for some in said], boxes, kinds))


_NO_ROWS = np.empty(0, np.int64)


def _source(
    config: IndexConfig, store_folder: Path, kept: Predictions, report: Report
) -> tuple[str, str, Spoken | Looked, int]:
    """The name and weights of the model whose vectors they are, what gives them, and their size if known."""
    facts = kept.facts
    first = _first(kept)
    size = 0 if first is None or first.embedding is None else len(first.embedding)
    if first is not None and first.garment_id is not None:
        raise StudioError(
            f"{facts.model} found no boxes: it was given those of the garments.", "Use --crop box instead."
        )
    if not config.model and not size:
        raise StudioError(
            f"The predictions of {facts.model} have no vectors.",
            "Name a model with --model that looks at the boxes.",
        )
    if not config.model:
        return facts.model, facts.sha256, Spoken(), size
    network, manifest, name = model_of(config.model, store_folder)
    if size and _same(facts, manifest.sha256):
        return facts.model, facts.sha256, Spoken(), size

    looking = replace(config, crop="predicted")
    return name, manifest.sha256, Looked(embedder(looking, network, manifest, report)), 0


def _same(facts: PredictionFacts, sha256: str) -> bool:
    return bool(sha256) and facts.sha256 == sha256


def _first(kept: Predictions) -> GarmentPrediction | None:
    """The first garment of the run, None where nothing was detected."""
    return next((one for image in kept for one in image.garments), None)


def _detections(kept: Predictions, data: Slice) -> dict[int, ImagePrediction]:
    """What has a box, by image; nothing of images that could not be looked at."""
    found = kept.of_images(data.image_ids.tolist())
    return {
        image: ImagePrediction(
            image,
            tuple(one for one in found[image].garments if one.box is not None) if image in found else (),
        )
        for image in data.image_ids.tolist()
    }


def _cuts(said: ImagePrediction, source: Spoken | Looked) -> list[str]:
    """What each detection is in short: its place, what it is taken for, the vector that it came with."""
    texts = []
    for one in said.garments:
        box = [] if one.box is None else one.box.tolist()
        text = " ".join([*(f"{value:.2f}" for value in box), str(one.category_id), f"{one.score:.5f}"])
        if isinstance(source, Spoken) and one.embedding is not None:
            text += f" {zlib.crc32(one.embedding.tobytes()):08x}"
        texts.append(text)
    return texts


def _of_images(rows: Rows) -> dict[int, Ints]:
    """The rows of each image, in the order in which they were appended."""
    if not len(rows):
        return {}
    order = np.argsort(rows.image_ids, kind="stable")
    images, starts = np.unique(rows.image_ids[order], return_index=True)
    return dict(zip(images.tolist(), np.split(order, starts[1:]), strict=True))


def _size(source: Spoken | Looked, data: Slice, kept: Predictions) -> int:
    """How many numbers a vector has: what the model gives for the first detection that it can look at."""
    for place in range(len(data)):
        part = data.subset([place])
        found = _detections(kept, part)
        if not found[int(part.image_ids[0])].garments:
            continue
        for said in source.embed(with_detections(part, found), found):
            if said.garments:
                return int(said.vectors.shape[1])
    raise StudioError("There is no detection to be embedded.", "Check the filter, and the run.")

"""Batch prediction as a job: a model over a slice of a store, into the run's ``predictions.db``."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any, Protocol

from torch import nn

from inference.data.processes import beside
from inference.data.slice import Slice
from inference.devices import choose
from inference.models import load_model
from inference.models.registry import architecture
from inference.prediction.answers import Answers
from inference.prediction.engine import Engine
from inference.prediction.loading import Batch, batches_of, loader, packed
from inference.prediction.pace import Pace
from inference.prediction.precision import chosen
from inference.prediction.slices import Chosen, chosen_images
from inference.prediction.together import Processes, processes
from store.db import Store
from store.errors import Cancelled, StudioError
from store.runs import RunFolder
from store.runs.library import find
from store.runs.manifest import ModelManifest
from store.runs.predicted import (
    SURE_SCORE,
    PredictedImage,
    PredictionFacts,
    Predictions,
    PredictionWriter,
    begun,
)
from store.runs.predicting import CategoryMapping, PredictConfig, mapping
from store.runs.predictions import ImagePrediction

_LOOK_EVERY = 0.5
#: Batches whose answers are made while the network is at the next ones.
_AHEAD = 2
#: How many pictures the number formats are compared on.
_TRIED = 4
#: Pictures at once: of whole images, and of crops.
_BATCHES = {True: 8, False: 32}


class Report(Protocol):
    """What a job says; see ``app/cli/reporter.py``."""

    def __call__(self, done: int, total: int, message: str = "") -> None: ...

    def event(self, kind: str, **data: Any) -> None:
        """Something that the window shows."""

    def say(self, text: str) -> None:
        """One line to the person."""


class Quiet:
    """The report of the processes that are not the first."""

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Says nothing."""

    def event(self, kind: str, **data: Any) -> None:
        """Says nothing."""

    def say(self, text: str) -> None:
        """Says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What is to be done: the images, the model, and the store's categories for the model's."""

    config: PredictConfig
    chosen: Chosen
    network: nn.Module
    manifest: ModelManifest
    mapped: CategoryMapping
    folder: Path
    whole: bool
    notes: tuple[str, ...] = ()

    @property
    def data(self) -> Slice:
        return self.chosen.data


@dataclass(slots=True)
class _Tally:
    """What the run has come to."""

    images: int = 0
    garments: int = 0
    empty: int = 0
    problems: dict[int, str] = field(default_factory=dict)


def predict_store(
    config: PredictConfig, store_folder: Path, run_folder: Path, report: Report
) -> dict[str, Any]:
    """Predict the images that a configuration chooses; what came of it: ``images garments broken empty ...``.

    The folder of the run exists; images that are in its ``predictions.db`` already are not looked at again.
    With torchrun each process calls this; only the first writes. Cancelled where the person stops it, with
    everything so far kept. StudioError where the model, the store or the filter is wrong, where model and
    store have no category in common, or where not even the processor has memory enough.
    """
    with processes() as us, ExitStack() as opened:
        said: Report = report if us.leader else Quiet()
        task = _prepared(config, store_folder, said)
        device = choose(us.device(config.device))
        writer: PredictionWriter | None = None
        done: frozenset[int] = frozenset()
        if us.leader:
            facts = _facts(task, device, run_folder)
            writer = opened.enter_context(PredictionWriter(run_folder, facts))
            done = writer.done()
        done = us.from_leader(done)
        counted_from = us.from_leader(writer.facts.counted_from if writer is not None else 0.0)
        _same_images(us, task.data)
        batches = packed(task.data, task.manifest.spec, config.batch or _BATCHES[task.whole], task.whole)
        ids = task.data.image_ids
        left = [batch for batch in batches if any(int(ids[index]) not in done for index in batch)]
        run = RunFolder(run_folder)
        return _Run(task, us, said, run, writer, counted_from).go(device, left, done)


def _prepared(config: PredictConfig, store_folder: Path, report: Report) -> _Task:
    folder = find(config.model, store_folder)
    network, manifest = load_model(folder)
    kind = architecture(manifest.spec.architecture)
    report(0, 0, "Reading the store")
    with Store.open(store_folder, read_only=True) as store:
        found = chosen_images(store, config.where, report)
        categories = store.categories.all()
    spec = manifest.spec
    if kind.tasks == ("embedding",):
        # It says nothing of categories, so none need to be the same.
        places = tuple(range(len(spec.categories)))
        mapped = CategoryMapping(spec, places, (True,) * len(places))
    else:
        mapped = mapping(spec, categories, config.categories)
    return _Task(config, found, network, manifest, mapped, folder, kind.whole_images, mapped.notes)


def _facts(task: _Task, device: str, run_folder: Path) -> PredictionFacts:
    """What the file says of itself; the number format and what counts are kept when a run is resumed."""
    manifest = task.manifest
    precision, counted_from = "", max(SURE_SCORE, task.config.score)
    if begun(run_folder):
        with Predictions.open(run_folder) as before:
            precision, counted_from = before.facts.precision, before.facts.counted_from
    return PredictionFacts(
        model=manifest.name or task.folder.name,
        spec=task.mapped.spec,
        folder=str(task.folder),
        sha256=manifest.sha256,
        tasks=tuple(manifest.tasks),
        where=task.config.where,
        least_score=task.config.score,
        device=device,
        precision=precision,
        notes=task.notes,
        counted_from=counted_from,
    )


def _same_images(us: Processes, data: Slice) -> None:
    """Each process reads the store itself; StudioError where they do not find the same images there."""
    first = us.from_leader(data.image_ids)
    if len(first) != len(data) or (first != data.image_ids).any():
        raise StudioError(
            "The processes of this run do not find the same images in their stores.",
            "Let nobody change the store while it begins, and use the same copy on all nodes.",
        )


class _Run:
    """One process's share of the work, in step with the others."""

    def __init__(
        self,
        task: _Task,
        us: Processes,
        report: Report,
        run: RunFolder,
        writer: PredictionWriter | None,
        counted_from: float,
    ) -> None:
        self._task, self._us, self._report, self._run, self._writer = task, us, report, run, writer
        self._tally = _Tally()
        self._answers = Answers(
            task.data, task.manifest.spec, task.mapped, task.config.score, task.whole, counted_from
        )

    def go(self, device: str, left: Sequence[Sequence[int]], done: frozenset[int]) -> dict[str, Any]:
        """All batches that are left; ``done`` are the ids of the images that were looked at already."""
        task, us, config = self._task, self._us, self._task.config
        total = len(task.data) + len(task.chosen.lost)
        rest = [one for one in self._without_pictures() if one.prediction.image_id not in done]
        before = total - sum(map(len, left)) - len(rest)
        self._pace = Pace(self._report, before, total)
        if us.leader:
            self._written(rest)
        share = [list(batch) for batch in left[us.rank :: us.world]]
        workers = config.workers if config.workers >= 0 else beside(device)
        source = loader(task.data, task.manifest.spec, share, task.whole, workers, device != "cpu")
        rounds = -(-len(left) // us.world)
        engine: Engine | None = None
        with ThreadPoolExecutor(1) as pool:
            try:
                waiting: deque[Future[list[PredictedImage]]] = deque()
                batches = batches_of(source)
                for _ in range(rounds):
                    batch = next(batches, None)
                    if engine is None:
                        engine = self._engine(device, batch, before)
                    waiting.append(pool.submit(self._answers.of, batch, self._looked(engine, batch)))
                    while len(waiting) > _AHEAD:
                        self._hand_in(waiting.popleft().result())
                while waiting:
                    self._hand_in(waiting.popleft().result())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        return self._result(engine, device)

    def _looked(self, engine: Engine, batch: Batch | None) -> Any:
        if batch is None or not len(batch.pixels):
            return None
        return engine.detect(batch) if self._task.whole else engine.describe(batch)

    def _engine(self, device: str, batch: Batch | None, before: int) -> Engine:
        """The network in the number format that was settled, or that the first batch settles."""
        task, us = self._task, self._us
        precision, why = self._settled(), ""
        if not precision and us.leader:
            precision, why = "32", ""
            if batch is not None and len(batch.pixels):
                few = batch._replace(pixels=batch.pixels[:_TRIED])
                precision, why = chosen(task.network, device, few, task.whole, task.config.precision)
        precision = us.from_leader(precision)
        if precision == "fp16" and device == "cpu":
            precision, why = "32", "The run began in float16 on a GPU and goes on in float32."
        if why:
            self._report.say(why)
        if us.leader and self._writer is not None:
            self._writer.settle(device, precision)
        self._report.event(
            "started",
            config={"model": task.config.model, "where": task.config.where, "precision": precision},
            images=len(task.data),
            garments=task.data.garments,
            device=device,
            devices=us.world,
            done=before,
        )
        for note in task.notes if not before else ():
            self._trouble(note, "")
        return Engine(task.network, device, precision, say=self._trouble)

    def _settled(self) -> str:
        return self._writer.facts.precision if self._writer is not None else ""

    def _trouble(self, what: str, fix: str) -> None:
        self._report.event("trouble", what=what, fix=fix)
        self._report.say(f"{what} {fix}".strip())

    def _without_pictures(self) -> list[PredictedImage]:
        """What needs no network: pictures that are not there, and images without a garment to ask about."""
        some = [PredictedImage(ImagePrediction(i), None, why) for i, why in self._task.chosen.lost.items()]
        return some + self._answers.unasked()

    def _hand_in(self, found: list[PredictedImage]) -> None:
        """One round: the leader writes what all have found, and all hear whether they go on."""
        parts = self._us.to_leader(found)
        stop: str | None = None
        if self._us.leader:
            try:
                self._written([one for part in parts for one in part])
                self._wait()
            except Cancelled as error:
                if self._us.world == 1:
                    raise
                stop = str(error) or "Stopped; resume goes on from here."
        stop = self._us.from_leader(stop)
        if stop is not None:
            raise Cancelled(stop)

    def _written(self, images: list[PredictedImage]) -> None:
        assert self._writer is not None
        self._writer.add(images)
        tally = self._tally
        for one in images:
            if one.problem:
                tally.problems[one.prediction.image_id] = one.problem
                self._report.event("problem", image_id=one.prediction.image_id, what=one.problem)
            tally.empty += not one.problem and not one.prediction.garments
            tally.garments += len(one.prediction.garments)
        tally.images += len(images)
        self._pace.step(len(images))

    def _wait(self) -> None:
        """While the person has the run wait."""
        if not self._run.paused():
            return
        self._report.event("phase", phase="paused")
        while self._run.paused():
            self._run.beat()
            self._pace.alive()
            sleep(_LOOK_EVERY)
        self._pace.again()
        self._report.event("phase", phase="predicting")

    def _result(self, engine: Engine | None, device: str) -> dict[str, Any]:
        if self._writer is None:
            return {}
        tally = self._tally
        with Predictions.open(self._run.path) as there:
            counts = there.counts()
            problems = dict(there.problems())
        return {
            "model": self._writer.facts.model,
            "images": counts.images,
            "garments": counts.garments,
            "broken": counts.broken,
            "empty": counts.empty,
            "without_garments": 0 if self._task.whole else self._answers.without,
            "looked_at": tally.images,
            "images_per_second": round(self._pace.mean, 3),
            "seconds": round(self._pace.seconds, 3),
            "device": str(engine.device) if engine is not None else device,
            "precision": engine.precision if engine is not None else self._writer.facts.precision,
            "problems": [{"image_id": image, "what": what} for image, what in problems.items()],
            "notes": list(self._task.notes),
        }

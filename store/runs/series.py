"""The numbers of a training run over its steps, read from its events for charts. NumPy alone.

A run that is resumed writes to the same ``events.jsonl`` again, from an earlier step on: what it had
written beyond that step is then replaced. An event whose numbers make no sense is left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from store.runs.folder import Event, RunFolder
from store.runs.lines import Growing, Points
from store.runs.series_facts import PHASES, Facts
from store.runs.series_facts import Phase as Phase
from store.runs.watched import Checkpoint, Machine, Sample, SampleSet, Trouble


class Series:
    """What a run's events add up to. :meth:`update` takes new events; everything else only reads."""

    def __init__(self) -> None:
        self._facts = Facts()
        self._losses: dict[str, Growing] = {}
        self._metrics: dict[str, Growing] = {}
        self._rates: dict[str, Growing] = {}
        self._machine: list[Machine] = []
        self._checkpoints: list[Checkpoint] = []
        self._samples: list[SampleSet] = []
        self._trouble: list[Trouble] = []
        self._began: datetime | None = None
        #: Events that were left out because their numbers made no sense.
        self.skipped = 0
        self._takers: Mapping[str, Callable[[Event], None]] = {
            "started": self._started,
            "step": self._stepped,
            "machine": self._measured,
            "epoch": self._epoch_done,
            "checkpoint": self._saved,
            "samples": self._sampled,
            "phase": self._phase_changed,
            "stage": self._stage_changed,
            "trouble": self._troubled,
            "model": self._became_model,
            "finished": self._finished,
            "resumed": self._resumed,
        }

    def update(self, events: Iterable[Event]) -> bool:
        """Take new events, oldest first; whether any of them meant something."""
        told = False
        for event in events:
            taker = self._takers.get(event.kind)
            if taker is None:
                continue
            if self._began is None:
                self._began = event.at
            try:
                taker(event)
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                self.skipped += 1
            else:
                told = True
        return told

    # ------------------------------------------------------------------ lines

    @property
    def losses(self) -> Mapping[str, Points]:
        """The loss ("loss") and its parts by name, over the steps."""
        return _all(self._losses)

    @property
    def metrics(self) -> Mapping[str, Points]:
        """The metrics of the validation by name ("landmarks/AP"), one value an epoch."""
        return _all(self._metrics)

    @property
    def rates(self) -> Mapping[str, Points]:
        """``images_per_second``, ``loader_images_per_second`` and ``learning_rate`` over the steps."""
        return _all(self._rates)

    @property
    def machine(self) -> tuple[Machine, ...]:
        """How busy the machine was, oldest first."""
        return tuple(self._machine)

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """The states that were saved, oldest first; older ones may have been deleted since."""
        return tuple(self._checkpoints)

    @property
    def samples(self) -> tuple[SampleSet, ...]:
        """The sample predictions by epoch."""
        return tuple(self._samples)

    @property
    def trouble(self) -> tuple[Trouble, ...]:
        """What went wrong without stopping the run, oldest first."""
        return tuple(self._trouble)

    # ------------------------------------------------------------------ facts

    @property
    def state(self) -> Phase:
        """What the run is doing, as its events say."""
        return self._facts.state

    @property
    def config(self) -> Mapping[str, Any]:
        """The configuration that it was started with."""
        return self._facts.config

    @property
    def garments(self) -> int:
        """How many garments it learns from."""
        return self._facts.garments

    @property
    def images(self) -> int:
        """How many images it learns from."""
        return self._facts.images

    @property
    def device(self) -> str:
        """What it runs on, as "cpu" or "cuda:0"."""
        return self._facts.device

    @property
    def steps_per_epoch(self) -> int:
        """Changes of the weights in one epoch; 0 while not known."""
        return self._facts.steps_per_epoch

    @property
    def step(self) -> int:
        """Steps done."""
        return self._facts.step

    @property
    def epoch(self) -> float:
        """Epochs done, with a fraction."""
        return self._facts.epoch

    @property
    def epochs(self) -> int:
        """Epochs to be done; 0 while not known."""
        return self._facts.epochs

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        return min(1.0, self.epoch / self.epochs) if self.epochs else 0.0

    @property
    def seconds_left(self) -> float | None:
        """As the run itself reckons; None while not known and after its end."""
        return self._facts.seconds_left

    @property
    def throughput(self) -> float | None:
        """Images a second that are learnt from."""
        return self._facts.throughput

    @property
    def loader_throughput(self) -> float | None:
        """Images a second that the loader could give."""
        return self._facts.loader_throughput

    @property
    def learning_rate(self) -> float | None:
        """The learning rate of the newest step."""
        return self._facts.learning_rate

    @property
    def stage(self) -> tuple[str, int]:
        """FashionNet's stage ("pose" or "attributes") and round; ("", 0) for the others."""
        return self._facts.stage, self._facts.round

    @property
    def headline(self) -> str:
        """The metric by which the best state is chosen; "" before the first validation."""
        return self._facts.headline

    @property
    def higher_is_better(self) -> bool:
        """Which way the headline is good."""
        return self._facts.higher_is_better

    @property
    def best(self) -> tuple[int, float] | None:
        """Epoch and value of the best headline so far."""
        line = self._metrics.get(self.headline)
        points = line.points() if line is not None else None
        if points is None or not len(points):
            return None
        values = points.values if self.higher_is_better else -points.values
        index = int(values.argmax())
        return round(points.epochs[index]), float(points.values[index])

    @property
    def model(self) -> str:
        """The name of the model that its best state has become; "" while there is none."""
        return self._facts.model

    @property
    def model_folder(self) -> str:
        """The folder of that model."""
        return self._facts.model_folder

    @property
    def reason(self) -> str:
        """Why it failed; "" where it did not."""
        return self._facts.reason

    @property
    def fix(self) -> str:
        """What to do about it."""
        return self._facts.fix

    @property
    def result(self) -> Mapping[str, Any]:
        """What its last event said beside the outcome."""
        return self._facts.result

    # ------------------------------------------------------------------ events

    def _started(self, event: Event) -> None:
        data, facts = event.data, self._facts
        step = int(data.get("step") or 0)
        config = data.get("config") or {}
        facts.config = MappingProxyType(dict(config))
        facts.garments, facts.images = int(data.get("garments") or 0), int(data.get("images") or 0)
        facts.device = str(data.get("device") or "")
        facts.steps_per_epoch = int(data.get("steps_per_epoch") or 0)
        facts.epochs = int(data.get("epochs") or 0)
        facts.state, facts.reason, facts.fix, facts.result = "starting", "", "", {}
        facts.seconds_left = None
        self._go_back(step)

    def _go_back(self, step: int) -> None:
        """Forget what lies beyond a step: the run does it again."""
        facts = self._facts
        for lines in (self._losses, self._metrics, self._rates):
            for line in lines.values():
                line.cut(step + 0.5)
        self._checkpoints = [one for one in self._checkpoints if one.step <= step]
        facts.step = step
        if facts.steps_per_epoch:
            facts.epoch = step / facts.steps_per_epoch
            self._samples = [one for one in self._samples if one.epoch <= facts.epoch]

    def _stepped(self, event: Event) -> None:
        data, facts = event.data, self._facts
        # A prediction has no epochs: its steps are images.
        step, epoch = int(data["step"]), _number(data.get("epoch", 0.0))
        named = {"loss": data.get("loss"), **(data.get("losses") or {})}
        facts.step, facts.epoch = step, epoch
        for name, value in named.items():
            if value is not None:
                self._losses.setdefault(str(name), Growing()).add(step, epoch, _number(value))
        for name in ("images_per_second", "loader_images_per_second", "learning_rate"):
            if data.get(name) is not None:
                self._rates.setdefault(name, Growing()).add(step, epoch, _number(data[name]))
        facts.throughput = _maybe(data.get("images_per_second"), facts.throughput)
        facts.loader_throughput = _maybe(data.get("loader_images_per_second"), facts.loader_throughput)
        facts.learning_rate = _maybe(data.get("learning_rate"), facts.learning_rate)
        facts.seconds_left = _maybe(data.get("seconds_left"), None)
        if facts.state in ("queued", "starting"):
            facts.state = "training" if "epoch" in data else "predicting"

    def _measured(self, event: Event) -> None:
        data = event.data
        began = self._began or event.at
        self._machine.append(
            Machine(
                event.at,
                (event.at - began).total_seconds(),
                str(data.get("device") or ""),
                str(data.get("device_name") or ""),
                *(
                    _maybe(data.get(name), None)
                    for name in ("device_use", "memory_used", "memory_total", "cpu_use", "rss")
                ),
            )
        )

    def _epoch_done(self, event: Event) -> None:
        data, facts = event.data, self._facts
        epoch, step = int(data["epoch"]), int(data["step"])
        for name, value in (data.get("metrics") or {}).items():
            if value is not None:
                self._metrics.setdefault(str(name), Growing()).add(step, epoch, _number(value))
        facts.headline = str(data.get("headline") or facts.headline)
        facts.higher_is_better = bool(data.get("higher_is_better", facts.higher_is_better))
        facts.epoch = max(facts.epoch, float(epoch))

    def _saved(self, event: Event) -> None:
        data = event.data
        best = bool(data.get("best"))
        made = Checkpoint(
            int(data["epoch"]),
            int(data["step"]),
            str(data["file"]),
            str(data.get("metric") or ""),
            _maybe(data.get("value"), None),
            best,
        )
        kept = [one for one in self._checkpoints if one.file != made.file]
        if best:
            kept = [Checkpoint(o.epoch, o.step, o.file, o.metric, o.value) for o in kept]
        self._checkpoints = [*kept, made]

    def _sampled(self, event: Event) -> None:
        epoch = int(event.data["epoch"])
        images = tuple(
            Sample(
                str(one["file"]),
                int(one["image_id"]),
                None if one.get("garment_id") is None else int(one["garment_id"]),
            )
            for one in event.data["images"]
        )
        kept = [one for one in self._samples if one.epoch < epoch]
        self._samples = [*kept, SampleSet(epoch, images)]

    def _phase_changed(self, event: Event) -> None:
        phase = event.data["phase"]
        if phase not in PHASES:
            raise ValueError(phase)
        self._facts.state = phase

    def _stage_changed(self, event: Event) -> None:
        self._facts.stage, self._facts.round = str(event.data["stage"]), int(event.data.get("round") or 0)

    def _troubled(self, event: Event) -> None:
        self._trouble.append(Trouble(event.at, str(event.data["what"]), str(event.data.get("fix") or "")))

    def _became_model(self, event: Event) -> None:
        self._facts.model = str(event.data["name"])
        self._facts.model_folder = str(event.data.get("folder") or "")

    def _finished(self, event: Event) -> None:
        facts = self._facts
        outcome = event.data.get("outcome")
        facts.state = outcome if outcome in ("done", "cancelled") else "failed"
        facts.result = MappingProxyType(dict(event.data.get("result") or {}))
        facts.seconds_left = None
        if facts.state == "failed":
            facts.reason = str(facts.result.get("what") or "It does not say why.")
            facts.fix = str(facts.result.get("fix") or "")

    def _resumed(self, _event: Event) -> None:
        facts = self._facts
        facts.state, facts.reason, facts.fix, facts.result = "queued", "", "", MappingProxyType({})


class SeriesReader:
    """Follows the events of one run's folder; each call of :meth:`refresh` reads only what is new."""

    def __init__(self, run: RunFolder) -> None:
        self.series = Series()
        self._run = run
        self._offset = 0

    def refresh(self) -> bool:
        """Read what was written since; whether the series has changed."""
        events, self._offset = self._run.read(self._offset)
        return self.series.update(events)


def read_series(run: RunFolder) -> Series:
    """The series of a run as it is now."""
    reader = SeriesReader(run)
    reader.refresh()
    return reader.series


def _all(lines: Mapping[str, Growing]) -> dict[str, Points]:
    made = {name: line.points() for name, line in lines.items()}
    return {name: points for name, points in made.items() if len(points)}


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _maybe(value: Any, other: float | None) -> float | None:
    return other if value is None else _number(value)

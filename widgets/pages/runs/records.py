"""What the Runs page shows, as frozen records made of what ``store/runs`` reads; no Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from store.runs import RunState
from store.runs.results import Evaluation, Table
from store.runs.series import Series

#: How a run stands, as the page tells it apart. "stopped" was asked for, "killed" was not.
Standing = Literal[
    "waiting", "starting", "running", "pausing", "paused", "stopping", "done", "failed", "stopped", "killed"
]

#: Those that are still going on.
LIVE: frozenset[Standing] = frozenset(("waiting", "starting", "running", "pausing", "paused", "stopping"))

#: The kinds of jobs that wait when they are asked to, and go on where they were stopped.
RESUMABLE = ("train", "predict")


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of the list of runs.

    ``id`` is the name of the run's folder, ``name`` what it is called. ``network`` is what is trained
    ("match-rcnn"), or the kind of job. ``headline`` is its key figure in words ("landmark AP 0.562").
    ``share`` is 0..1. ``reason`` says in few words why it failed. ``message`` is what a job that does not
    train says of itself while it runs.
    """

    id: str
    name: str
    standing: Standing
    started: datetime
    network: str = ""
    headline: str = ""
    epoch: float = 0.0
    epochs: int = 0
    share: float = 0.0
    seconds_left: float | None = None
    reason: str = ""
    kind: str = "train"
    message: str = ""

    @property
    def live(self) -> bool:
        """Whether it is still going on."""
        return self.standing in LIVE


@dataclass(frozen=True, slots=True, eq=False)
class RunDetails:
    """Everything about one run that is selected.

    ``folder`` is the run's folder: the files of samples are relative to it. ``config_text`` is its
    ``config.toml``, ``log_text`` the end of its ``log.txt``, ``command`` what starts it from a terminal.
    ``reason`` and ``fix`` say why it failed and what to do. ``smaller`` are the settings with which it
    can go on after it ran out of memory ({"training.batch": 4, ...}); empty where it did not. ``done`` of
    ``total`` (0: not known) says how far a job is, ``message`` what it does.
    """

    id: str
    name: str
    standing: Standing
    started: datetime
    folder: Path
    series: Series = field(default_factory=Series)
    evaluation: Evaluation | None = None
    config_text: str = ""
    log_text: str = ""
    command: str = ""
    reason: str = ""
    fix: str = ""
    smaller: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "train"
    done: int = 0
    total: int = 0
    message: str = ""

    @property
    def live(self) -> bool:
        """Whether it is still going on."""
        return self.standing in LIVE

    @property
    def can_resume(self) -> bool:
        """Whether it has ended before its time: stopped, killed or failed."""
        return self.kind in RESUMABLE and self.standing in ("failed", "stopped", "killed")


@dataclass(frozen=True, slots=True)
class Change:
    """What changed from the first run to the second by one measure ("landmarks", "boxes", ...).

    ``fixed`` and ``broke`` are (image id, garment id) of garments that were wrong and are right, and the
    other way round; ``unchanged`` is the number of the others.
    """

    measure: str
    fixed: tuple[tuple[int, int], ...] = ()
    broke: tuple[tuple[int, int], ...] = ()
    unchanged: int = 0


Figures = tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One table of the second run less the same of the first.

    ``table`` holds the second run's figures; ``before[row][column]`` the first run's, None where it has none.
    ``intervals[row][column]`` are the 95 % intervals of the differences where they are known: a difference
    whose interval holds 0 may be chance, and is not coloured.
    """

    table: Table
    before: Figures
    intervals: tuple[tuple[tuple[float, float] | None, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two evaluated runs side by side; a difference is second less first.

    ``notes`` say what makes them hard to compare (other data, say). ``labels`` says for people what a
    garment is, by its id ("000021.jpg, vest dress"), where that is known.
    """

    first: str
    second: str
    first_name: str
    second_name: str
    differences: tuple[Difference, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    labels: Mapping[int, str] = field(default_factory=dict)


_ENDED: Mapping[str, Standing] = {
    "done": "done",
    "failed": "failed",
    "cancelled": "stopped",
    "lost": "killed",
    "queued": "waiting",
}


def standing_of(
    state: RunState, series: Series, *, stopping: bool = False, pausing: bool = False
) -> Standing:
    """How a run stands, by its folder (which knows whether it lives) and its events.

    ``stopping``, ``pausing``: it was asked to stop, or to wait, which it may not do yet.
    """
    ended = _ENDED.get(state.state)
    if ended is not None:
        return ended
    if stopping:
        return "stopping"
    if series.state == "paused":
        return "paused"
    if pausing and state.kind in RESUMABLE:
        return "pausing"
    if state.kind != "train" and state.done:
        return "running"
    return "starting" if series.state in ("queued", "starting") else "running"


def summary_of(
    run: str, name: str, state: RunState, series: Series, *, stopping: bool = False, pausing: bool = False
) -> RunSummary:
    """The line of a run in the list. ``name`` may be empty: then the configuration's or the folder's."""
    best = series.best
    shown = metric_words(series.headline)
    return RunSummary(
        id=run,
        name=name or str(series.config.get("name") or "") or run,
        standing=standing_of(state, series, stopping=stopping, pausing=pausing),
        started=state.started if state.started.year > 1970 else datetime.now(UTC),
        network=_network(series) or state.kind,
        headline=f"{shown} {best[1]:.3f}" if best else _came_of(state),
        epoch=series.epoch,
        epochs=series.epochs,
        share=series.share if series.epochs else (state.done / state.total if state.total else 0.0),
        seconds_left=series.seconds_left if state.kind == "train" else None,
        reason=str(state.result.get("what") or "") if state.state == "failed" else "",
        kind=state.kind,
        message=state.message if state.kind != "train" else "",
    )


def _network(series: Series) -> str:
    """What is trained, as its configuration says."""
    model = series.config.get("model")
    return str(model.get("architecture") or "") if isinstance(model, Mapping) else ""


def _came_of(state: RunState) -> str:
    """What came of a prediction, in few words."""
    images = state.result.get("images") if state.kind == "predict" else None
    return f"{images:,} images" if isinstance(images, int) else ""


_TASKS = {
    "boxes": "box",
    "masks": "mask",
    "landmarks": "landmark",
    "category": "category",
    "attributes": "attribute",
    "retrieval": "retrieval",
}
_FIGURES = {"top1": "top-1", "top3": "top-3", "top5": "top-5", "top10": "top-10", "top20": "top-20"}


def metric_words(name: str) -> str:
    """A metric's name for people: "landmarks/AP" is "landmark AP", "category/top3" "category top-3"."""
    task, sign, figure = name.partition("/")
    if not sign:
        return name
    return f"{_TASKS.get(task, task)} {_FIGURES.get(figure, figure)}"

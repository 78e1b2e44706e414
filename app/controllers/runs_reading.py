"""Reads the folders of training runs for the Runs page, in a thread. No Qt here.

A run that is followed (it lives, or is selected) has its events read as they come. Of the others one line
is kept; it is also written beside an ended run's events, which may be megabytes, as ``summary.json``.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from app.jobs.naming import name_of_prediction, name_of_run
from store.errors import StoreError, StudioError
from store.runs import Event, RunFolder, RunState
from store.runs.results import Evaluation, read_evaluation
from store.runs.series import Series
from widgets.pages.runs.records import RunSummary, summary_of

#: The kinds of jobs that the page shows.
KINDS = ("train", "evaluate", "predict")
#: Those that are shown also when they have ended well; what an evaluation found is shown with its run.
_LASTING = ("train", "predict")
_SUMMARY = "summary.json"
#: Raised whenever what is kept in a summary means something else than before.
_VERSION = 1
#: More new bytes than these are not handed over event by event: the thread reads the run anew.
_MUCH = 1 << 18
#: So much of the end of a log is shown.
_LOG_BYTES = 1 << 14

#: The events of a training run that come seldom, and say what a line in the list says.
_FEW = ("started", "epoch", "model", "phase", "finished")

_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """What lies beside the events of a run; the same object while nothing of it has changed."""

    config: str = ""
    log: str = ""
    command: str = ""
    evaluation: Evaluation | None = None
    #: Why the evaluation could not be read, and what to do.
    problem: StudioError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A run as it is now.

    Of a followed one there are ``texts``, and either ``series``, all of it anew and from now on the
    reader's no more, or the ``events`` that have come since. Of another there is ``summary``.
    """

    run: RunFolder
    state: RunState
    name: str
    stopping: bool = False
    pausing: bool = False
    summary: RunSummary | None = None
    series: Series | None = None
    events: tuple[Event, ...] = ()
    texts: Texts | None = None


class _Known:
    """What is remembered of one run between two looks."""

    def __init__(self, run: RunFolder, kind: str) -> None:
        self.run, self.kind = run, kind
        self.name = ""
        self.stamps: tuple[_Stamp, ...] = ()
        self.state: RunState | None = None
        self.summary: RunSummary | None = None
        #: How far a followed run was read; None for one that is not followed.
        self.offset: int | None = None
        self.texts = Texts()
        self.text_stamps: tuple[_Stamp, ...] = ()


class RunsReader:
    """The training runs of one store. Only one thread at a time looks."""

    def __init__(self, store_folder: Path) -> None:
        self._folder = store_folder
        self._known: dict[str, _Known | None] = {}
        self._lock = Lock()

    def look(self, selected: Collection[str]) -> tuple[Found, ...]:
        """The runs as they are now, newest first; those that live and the ``selected`` ones are followed.

        StudioError where the folder of all runs cannot be read.
        Evaluations that have ended well are not listed: what they found is shown with their run.
        """
        with self._lock:
            found = []
            for name in self._names():
                known = self._known[name]
                if known is None:
                    continue
                try:
                    one = self._look_at(known, name in selected)
                except (StoreError, OSError):
                    # Deleted while it was looked at, or broken: it is asked after anew next time.
                    del self._known[name]
                    continue
                if known.kind in _LASTING or not one.state.ended or one.state.state in ("failed", "lost"):
                    found.append(one)
            return tuple(found)

    def _names(self) -> list[str]:
        runs = self._folder / "runs"
        try:
            there = {path.name for path in runs.iterdir() if path.is_dir()} if runs.is_dir() else set()
        except OSError as error:
            raise StudioError(
                f"{runs} cannot be read: {error.strerror or error}.",
                "Check that the folder is yours to read.",
            ) from error
        self._known = {name: known for name, known in self._known.items() if name in there}
        for name in there - self._known.keys():
            run = RunFolder(runs / name)
            try:
                kind = str(run.about().get("kind", ""))
            except StoreError:
                continue
            self._known[name] = _Known(run, kind) if kind in KINDS else None
        return sorted(self._known, reverse=True)

    def _look_at(self, known: _Known, selected: bool) -> Found:
        run = known.run
        stamps = (_stamp(run.path / "events.jsonl"), _stamp(run.path / "run.json"))
        if known.state is None or not known.state.ended or stamps != known.stamps:
            known.state, known.stamps, known.summary = run.state(), stamps, None
        state = known.state
        if known.name in ("", run.id):
            known.name = _name(known)
        if selected or not state.ended:
            return self._follow(known, state, stamps[0][1])
        known.offset, known.texts, known.text_stamps = None, Texts(), ()
        if known.summary is None:
            known.summary = _summary(known, state, stamps[0][1])
        return Found(run, state, known.name, summary=known.summary)

    def _follow(self, known: _Known, state: RunState, size: int) -> Found:
        run = known.run
        stopping, pausing = (not state.ended and asked() for asked in (run.cancelled, run.paused))
        texts = self._texts(known)
        if known.offset is None or size - known.offset > _MUCH or size < known.offset:
            series = Series()
            events, known.offset = run.read(0)
            series.update(events)
            return Found(run, state, known.name, stopping, pausing, series=series, texts=texts)
        events, known.offset = run.read(known.offset)
        return Found(run, state, known.name, stopping, pausing, events=tuple(events), texts=texts)

    def _texts(self, known: _Known) -> Texts:
        path = known.run.path
        config = "predict.toml" if known.kind == "predict" else "config.toml"
        files = (path / config, known.run.log, path / "evaluation" / "evaluation.json")
        stamps = tuple(map(_stamp, files))
        if stamps != known.text_stamps:
            before, old = known.text_stamps, known.texts
            evaluation, problem = old.evaluation, old.problem
            if not before or stamps[2] != before[2]:
                evaluation, problem = _evaluation(files[2].parent)
            known.texts = Texts(_text(files[0]), _tail(files[1]), self._command(known), evaluation, problem)
            known.text_stamps = stamps
        return known.texts

    def _command(self, known: _Known) -> str:
        """What does the same from a terminal."""
        if known.kind != "train":
            command = [str(part) for part in known.run.about().get("command", ())]
        else:
            config = str(known.run.path / "config.toml")
            command = ["train", "--store", str(self._folder), "--config", config]
        return shlex.join(["deepfashion-studio", *command])


def _name(known: _Known) -> str:
    if known.kind == "train":
        return name_of_run(known.run.path)
    command = [str(part) for part in known.run.about().get("command", ())]
    if known.kind == "predict":
        return name_of_prediction(known.run.path)
    trained = Path(command[2]) if len(command) > 2 else known.run.path
    trained = trained if trained.is_absolute() else known.run.path.parent / trained
    return f"{name_of_run(trained)}, evaluation"


def _summary(known: _Known, state: RunState, size: int) -> RunSummary:
    """The line of a run that has ended: as it was kept, else from all of its events."""
    file = known.run.path / _SUMMARY
    kept = _kept(file, size)
    if kept is not None:
        return replace(kept, name=known.name)
    # A run of days has hundreds of thousands of steps: of these the last is enough.
    events, _ = known.run.read(0, _FEW)
    steps, _ = known.run.read(known.run.tail(), ("step",))
    series = Series()
    series.update(sorted([*events, *steps[-1:]], key=lambda event: event.at))
    made = summary_of(known.run.id, known.name, state, series)
    if state.state != "lost":
        _keep(file, size, made)
    return made


def _kept(file: Path, size: int) -> RunSummary | None:
    try:
        raw = orjson.loads(file.read_bytes())
        if (raw["version"], raw["size"]) != (_VERSION, size):
            return None
        values: dict[str, Any] = raw["summary"]
        return RunSummary(**{**values, "started": datetime.fromisoformat(values["started"])})
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def _keep(file: Path, size: int, made: RunSummary) -> None:
    new = file.with_name(file.name + ".new")
    try:
        new.write_bytes(orjson.dumps({"version": _VERSION, "size": size, "summary": asdict(made)}))
        new.replace(file)
    except OSError:
        # A store that may not be written, or a full disk: the events are read again next time.
        return


def _evaluation(folder: Path) -> tuple[Evaluation | None, StudioError | None]:
    try:
        return read_evaluation(folder), None
    except StudioError as error:
        return None, error


def _stamp(file: Path) -> _Stamp:
    """When a file was changed, in nanoseconds, and its size; zeros where it is not there."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _tail(file: Path) -> str:
    """The last whole lines of a log."""
    try:
        with file.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(0, size - _LOG_BYTES))
            blob = log.read()
    except OSError:
        return ""
    if size > _LOG_BYTES:
        blob = blob[blob.find(b"\n") + 1 :]
    return blob.decode("utf-8", errors="replace")

"""``runs/<id>/``: a job writes here, and the window reads.

``run.json`` says what the job is; ``events.jsonl`` has one event a line; ``pid`` holds the process id and,
on Linux, when that process began, because ids are used again; ``heartbeat`` is touched while the job
lives; ``cancel`` asks it to stop, ``pause`` to wait; ``log.txt`` is what it printed. A job whose process is
gone without a word is *lost*: killed, or the machine went down. One that has ended or was lost can be
resumed in the same folder: its events are appended to, and an event ``resumed`` takes back the end.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Literal

import orjson

from store.errors import Cancelled, StoreError, StudioError
from store.processes import birth, runs

State = Literal["queued", "running", "done", "failed", "cancelled", "lost"]
Outcome = Literal["done", "failed", "cancelled"]
#: The kinds of events that make up a job's state.
_OWN_KINDS = ("progress", "finished", "resumed")

#: At most so often is progress written; a reader cannot see more.
_EVERY_SECONDS = 0.1
#: How long a job on another machine, or one that is just starting, may be silent before it counts as lost.
_SILENCE_SECONDS = 60.0
#: A state stands in the last events; a run of days has megabytes of them that need not be read for it.
_TAIL_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Event:
    """One line of ``events.jsonl``, ``kind`` first: progress, finished and resumed are the program's own."""

    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunState:
    """What a job is and how far it has come. ``total`` is 0 while it is not known."""

    kind: str
    state: State
    done: int
    total: int
    message: str
    started: datetime
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in ("queued", "running")


class RunFolder:
    """The folder of one job, for the job itself and for those who watch it."""

    def __init__(self, path: Path) -> None:
        """An existing folder. Nothing is read yet."""
        self.path = path
        self._last = 0.0
        self._offset: int | None = None
        self._seen = RunState("", "queued", 0, 0, "", datetime.fromtimestamp(0, UTC))
        self._finished = False

    @classmethod
    def create(cls, store_folder: Path, kind: str, command: Sequence[str]) -> RunFolder:
        """Makes the folder of a new job under the store's ``runs``. StoreError when it cannot."""
        started = datetime.now(UTC)
        about = {
            "kind": kind,
            "command": list(command),
            "store": str(store_folder),
            "started": started.isoformat(),
            "host": socket.gethostname(),
        }
        runs = store_folder / "runs"
        try:
            path = _new_folder(runs, f"{started:%Y%m%d-%H%M%S}-{_word(kind)}")
            _write(path / "run.json", orjson.dumps(about, option=orjson.OPT_INDENT_2))
            (path / "events.jsonl").touch()
        except OSError as error:
            raise StoreError(
                f"No job can be started: {runs} cannot be written ({error.strerror}).",
                "Check that the disk has room and the folder is yours to write.",
            ) from error
        return cls(path)

    @classmethod
    def all(cls, store_folder: Path, *kinds: str) -> list[RunFolder]:
        """The folders of all jobs of a store, newest first; of some kinds only, where any are named.

        With kinds, one whose ``run.json`` cannot be read is left out: nobody can say what it is.
        """
        found = [file.parent for file in (store_folder / "runs").glob("*/run.json")]
        runs = [cls(path) for path in sorted(found, reverse=True)]
        return [run for run in runs if run._kind() in kinds] if kinds else runs

    @classmethod
    def find(cls, store_folder: Path, name: str) -> RunFolder:
        """The job of an id, or of the path of its folder. StudioError where there is none."""
        for path in (store_folder / "runs" / name, Path(name)):
            if name and (path / "run.json").is_file():
                return cls(path)
        there = [run.id for run in cls.all(store_folder)]
        raise StudioError(
            f"There is no run {name!r} in {store_folder / 'runs'}.",
            f"The newest there: {', '.join(there[:3])}." if there else "There are none yet.",
        )

    @property
    def id(self) -> str:
        """The name of the folder; it begins with the time of the start."""
        return self.path.name

    @property
    def log(self) -> Path:
        """Where the job's output goes."""
        return self.path / "log.txt"

    # ------------------------------------------------------------------ the job itself

    def begin(self) -> None:
        """Says that this process is the job. StoreError when the folder cannot be written."""
        pid = os.getpid()
        self._guarded(lambda: _write(self.path / "pid", f"{pid} {birth(pid)}".encode()))
        self.beat()

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Says how far the job is, at most ten times a second but always at the end.

        Cancelled when somebody has asked the job to stop.
        """
        now = monotonic()
        if now - self._last < _EVERY_SECONDS and not (total and done >= total):
            return
        self._last = now
        if self.cancelled():
            raise Cancelled(f"{self.id} was cancelled")
        self.event("progress", done=done, total=total, message=message)

    def event(self, kind: str, **data: Any) -> None:
        """Writes an event. StoreError when the folder cannot be written."""
        line = {"kind": kind, "at": datetime.now(UTC).isoformat(), **data}
        blob = orjson.dumps(line, option=orjson.OPT_SERIALIZE_NUMPY, default=str) + b"\n"
        if not (self.path / "pid").exists():
            self.begin()
        self._guarded(lambda: _append(self.path / "events.jsonl", blob))
        self.beat()

    def finish(self, outcome: Outcome, **result: Any) -> None:
        """Says that the job has ended, and how."""
        self.event("finished", outcome=outcome, result=result)

    def beat(self) -> None:
        """Says that the job lives, where it has nothing else to say for long. StoreError as in event."""
        self._guarded((self.path / "heartbeat").touch)

    def cancelled(self) -> bool:
        """Whether the job has been asked to stop."""
        return (self.path / "cancel").exists()

    def paused(self) -> bool:
        """Whether the job has been asked to wait."""
        return (self.path / "pause").exists()

    # ------------------------------------------------------------------ those who watch

    def about(self) -> Mapping[str, Any]:
        """What ``run.json`` says: kind, command, store, started, host. StoreError when it cannot be read."""
        file = self.path / "run.json"
        try:
            about: dict[str, Any] = orjson.loads(file.read_bytes())
        except (OSError, orjson.JSONDecodeError) as error:
            raise StoreError(
                f"{file} cannot be read: {error}.", "Delete the folder if it is broken."
            ) from error
        return about

    def cancel(self) -> None:
        """Asks the job to stop; it does at its next progress."""
        self._guarded(lambda: (self.path / "cancel").touch())

    def pause(self) -> None:
        """Asks the job to wait where it can; jobs that cannot wait go on. StoreError as in event."""
        self._guarded((self.path / "pause").touch)

    def go_on(self) -> None:
        """Asks the job to wait no longer. StoreError as in event."""
        self._guarded(lambda: (self.path / "pause").unlink(missing_ok=True))

    def resume(self, command: Sequence[str]) -> None:
        """Makes a job that has ended or was lost ready to go on in this folder, by another process.

        What it had been asked (to stop, to wait) and its end count no more; its kind and start stay. The
        process then calls :meth:`begin`. StoreError where it still runs or the folder cannot be written.
        """
        if not self.state().ended:
            raise StoreError(f"{self.id} still runs.", "Wait for its end, or stop it first.")
        about = {**self.about(), "command": list(command), "host": socket.gethostname()}
        event = {"kind": "resumed", "at": datetime.now(UTC).isoformat()}

        def work() -> None:
            _write(self.path / "run.json", orjson.dumps(about, option=orjson.OPT_INDENT_2))
            for name in ("cancel", "pause", "told", "pid"):
                (self.path / name).unlink(missing_ok=True)
            _mend(self.path / "events.jsonl")
            _append(self.path / "events.jsonl", orjson.dumps(event) + b"\n")

        self._guarded(work)

    def delete(self) -> None:
        """Deletes the folder with all that is in it. StoreError where the job runs or a file stays.

        ``run.json`` goes last, so that a folder that could not be deleted is still listed.
        """
        if not self.state().ended:
            raise StoreError(f"{self.id} still runs.", "Stop it first.")

        def work() -> None:
            for path in self.path.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name != "run.json":
                    path.unlink()
            shutil.rmtree(self.path)

        self._guarded(work)

    def tail(self) -> int:
        """A byte offset for :meth:`read` from which the last quarter of a megabyte of events comes."""
        try:
            with (self.path / "events.jsonl").open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                if size <= _TAIL_BYTES:
                    return 0
                file.seek(size - _TAIL_BYTES)
                file.readline()
                return file.tell()
        except FileNotFoundError:
            return 0

    def read(self, offset: int, only: Collection[str] = ()) -> tuple[list[Event], int]:
        """The events from a byte offset on, and the offset to go on from; half a line is left for later.

        ``only`` events of some kinds, where any are named: ten times as quick where they are few.
        """
        try:
            with (self.path / "events.jsonl").open("rb") as file:
                file.seek(offset)
                blob = file.read()
        except FileNotFoundError:
            return [], offset
        whole = blob[: blob.rfind(b"\n") + 1]
        lines = whole.splitlines()
        if only:
            wanted = tuple(b'{"kind":"%b"' % kind.encode() for kind in only)
            lines = [line for line in lines if line.startswith(wanted)]
        events = [event for line in lines if (event := _event(line)) is not None]
        return events, offset + len(whole)

    def state(self) -> RunState:
        """What the job is and how far it has come. StoreError when ``run.json`` cannot be read.

        Only the last events are read at the first call, and new ones at each further call.
        """
        if not self._seen.kind:
            about = self.about()
            started = datetime.fromisoformat(about["started"])
            self._seen = RunState(str(about["kind"]), "queued", 0, 0, "", started)
        # Before the events: a job that ends in between has then said so.
        alive = self._alive()
        events, self._offset = self.read(self.tail() if self._offset is None else self._offset, _OWN_KINDS)
        for event in events:
            self._seen = self._after(event)
        if self._finished:
            return self._seen
        return _with_state(self._seen, alive)

    def _after(self, event: Event) -> RunState:
        seen, data = self._seen, event.data
        if event.kind == "progress":
            return RunState(
                seen.kind,
                "running",
                int(data.get("done", 0)),
                int(data.get("total", 0)),
                str(data.get("message", "")),
                seen.started,
            )
        if event.kind == "finished":
            self._finished = True
            outcome = data.get("outcome")
            state: State = outcome if outcome in ("done", "cancelled") else "failed"
            result = data.get("result", {})
            return RunState(seen.kind, state, seen.done, seen.total, seen.message, seen.started, result)
        if event.kind == "resumed":
            self._finished = False
            return RunState(seen.kind, "queued", seen.done, seen.total, "", seen.started)
        return seen

    def _kind(self) -> str:
        try:
            return str(self.about().get("kind", ""))
        except StoreError:
            return ""

    def _alive(self) -> State:
        try:
            pid, born = (self.path / "pid").read_text(encoding="ascii").split()
        except (OSError, ValueError):
            return "lost" if self._silence(self.path / "run.json") > _SILENCE_SECONDS else "queued"
        # Only POSIX can ask after a process without harm.
        if os.name != "posix" or self.about().get("host") != socket.gethostname():
            return "lost" if self._silence(self.path / "heartbeat") > _SILENCE_SECONDS else "running"
        return "running" if runs(int(pid), born) else "lost"

    def _silence(self, file: Path) -> float:
        try:
            return datetime.now(UTC).timestamp() - file.stat().st_mtime
        except OSError:
            return float("inf")

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except OSError as error:
            raise StoreError(
                f"The job's folder {self.path} cannot be written: {error.strerror or error}.",
                "Check that the disk has room and the folder still exists.",
            ) from error


def _with_state(seen: RunState, state: State) -> RunState:
    return RunState(seen.kind, state, seen.done, seen.total, seen.message, seen.started, seen.result)


def _word(kind: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-") or "job"


def _new_folder(runs: Path, name: str) -> Path:
    runs.mkdir(parents=True, exist_ok=True)
    for number in range(1, 1000):
        path = runs / (name if number == 1 else f"{name}-{number}")
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
    raise FileExistsError(17, "too many jobs in one second", str(runs))


def _write(file: Path, blob: bytes) -> None:
    """Whole or not at all: a reader must never see half."""
    new = file.with_name(file.name + ".new")
    new.write_bytes(blob)
    new.replace(file)


def _append(file: Path, blob: bytes) -> None:
    with file.open("ab", buffering=0) as out:
        if out.write(blob) != len(blob):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _mend(file: Path) -> None:
    """Ends a line that a killed job or a full disk left half: what is appended must not be lost with it."""
    with file.open("ab+") as events:
        if events.tell():
            events.seek(-1, os.SEEK_END)
            if events.read(1) != b"\n":
                events.write(b"\n")


def _event(line: bytes) -> Event | None:
    """The event of a line; None for one that a full disk has cut."""
    try:
        data = orjson.loads(line)
        kind, at = str(data.pop("kind")), datetime.fromisoformat(data.pop("at"))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return Event(kind, at, data)

"""Watches the folders of jobs: what they report, how they end, and which have died without a word."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.jobs.naming import last_words
from app.jobs.process import exit_code
from store.errors import StoreError
from store.runs import RunFolder, RunState

_log = logging.getLogger(__name__)
#: Milliseconds between two looks; a look at an idle job costs a few microseconds.
_EVERY = 150


@dataclass(slots=True)
class _Watched:
    run: RunFolder
    state: RunState
    offset: int = 0
    told: bool = False


def unfinished(folder: Path) -> list[RunFolder]:
    """The jobs of a store that have not ended, or were lost and not yet told of. Reads files; any thread."""
    found = []
    for run in RunFolder.all(folder):
        try:
            state = run.state()
        except StoreError as error:
            _log.warning("a job was passed over: %s", error)
            continue
        if not state.ended or (state.state == "lost" and not (run.path / "told").exists()):
            found.append(run)
    return found


def _refused(run: RunFolder, code: int) -> RunState | None:
    """The end of a job that gave up before it could say so in its folder: what it printed is put there.

    None for one that was killed: nobody can say more of it.
    """
    if code <= 0:
        return None
    try:
        run.finish("failed", what=last_words(run), fix="The log says more.")
        return run.state()
    except StoreError as error:
        _log.warning("the end of a job cannot be noted: %s", error)
        return None


class JobWatcher(QObject):
    """Knows every job that runs; looks at their folders while there are any.

    ``changed(RunFolder)`` when a job has got further, ``said(RunFolder, Event)`` for what it says beside
    its progress, ``finished(RunFolder)`` once when it has ended or was lost.
    """

    changed = Signal(object)
    said = Signal(object, object)
    finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watched: dict[Path, _Watched] = {}
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.look)

    def watch(self, run: RunFolder) -> None:
        """Watch a job from now on; what it has last said comes as well."""
        if run.path not in self._watched:
            self._watched[run.path] = _Watched(run, run.state(), run.tail())
            self._timer.start()

    def find(self, folder: Path) -> list[RunFolder]:
        """Watch the jobs of a store that have not ended, or were lost and not yet told of; gives them."""
        found = unfinished(folder)
        for run in found:
            self.watch(run)
        return found

    def running(self) -> tuple[RunFolder, ...]:
        """The jobs that run, in the order in which they were found."""
        return tuple(one.run for one in self._watched.values() if not one.state.ended)

    def known(self) -> tuple[tuple[RunFolder, RunState], ...]:
        """The jobs that run, and those that have ended since they are watched."""
        return tuple((one.run, one.state) for one in self._watched.values())

    def state(self, run: RunFolder) -> RunState:
        """What is known of a watched job. KeyError for one that is not watched."""
        return self._watched[run.path].state

    def cancel(self, run: RunFolder) -> None:
        """Ask a job to stop; it does at its next progress. StoreError when its folder cannot be written."""
        run.cancel()

    def forget(self, run: RunFolder) -> None:
        """Do not list a job any more; one that runs goes on."""
        self._watched.pop(run.path, None)
        if not self._watched:
            self._timer.stop()

    def stop(self) -> None:
        """Look no more; jobs go on."""
        self._timer.stop()

    def look(self) -> None:
        """Look at every job that has not ended."""
        for one in list(self._watched.values()):
            if not one.told:
                self._look_at(one)
        if all(one.told for one in self._watched.values()):
            self._timer.stop()

    def _look_at(self, one: _Watched) -> None:
        code = exit_code(one.run)
        try:
            state = one.run.state()
        except StoreError as error:
            # Its folder was deleted under it: nothing more will come from there.
            _log.warning("a job was lost: %s", error)
            state = replace(one.state, state="lost")
        if code is not None and state.state in ("queued", "running", "lost"):
            state = _refused(one.run, code) or replace(state, state="lost")
        before, one.state = one.state, state
        events, one.offset = one.run.read(one.offset)
        for event in events:
            if event.kind not in ("progress", "finished"):
                self.said.emit(one.run, event)
        if state != before:
            self.changed.emit(one.run)
        if state.ended:
            self._tell_end(one)

    def _tell_end(self, one: _Watched) -> None:
        one.told = True
        if one.state.state == "lost":
            try:
                (one.run.path / "told").touch()
            except OSError as error:
                _log.warning("%s cannot be marked as told: %s", one.run.path, error)
        self.finished.emit(one.run)

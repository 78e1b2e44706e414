"""Processes that share long work, and how one of them and who has started it speak with each other.

On its standard input a process is told what to do, then what to do it with, again and again, all as pickles.
It answers on its standard output, and ends with its input, and so with the work, however that ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from store.errors import StoreError, StudioError

#: More do not help: what four have made keeps the one that writes busy.
_MOST = 4
#: Fewer images are done before a process has begun.
WORTH_IT = 3_000
#: Parts that a process has in hand: the next one must not wait for an answer.
_IN_HAND = 2
#: So many objects are made between two searches for cycles: records have none, and looking for some would
#: take a quarter of the time.
_COLLECTED_AFTER = 200_000


class Task(Protocol):
    """What is to be done, in a form that can be pickled."""

    def begun(self) -> Callable[[Any], Any]:
        """What does it, called with one part of the work after the other."""
        ...


class HelperDied(StoreError):
    """A process that helped has ended too early; what the others have answered still holds."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What processes help with, as errors say it, and how much everybody else at work comes first."""

    does: str
    did: str
    again: str
    left: str
    nice: int


def how_many(images: int) -> int:
    """How many processes are worth their while for so many images; 0: none."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST, cores) if images >= WORTH_IT and cores > 1 else 0


class Helpers:
    """Processes that do parts of the work, to be used in a ``with`` statement."""

    def __init__(self, count: int, trade: Trade) -> None:
        self._count, self._trade = count, trade
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """StoreError where a process does not start."""
        try:
            for _ in range(self._count):
                self._processes.append(self._started())
        except BaseException:
            self._end(killed=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(killed=kind is not None)

    def _end(self, *, killed: bool) -> None:
        for process in self._processes:
            if killed:
                process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
            process.wait()

    def done(self, task: Task, parts: Iterable[Any]) -> Iterator[Any]:
        """What a task makes of each part, in their order. Parts fit into a pipe (64 KiB): a process that
        answers does not listen.

        HelperDied where a process has died; any other StudioError that a process met with passes.
        """
        for process in self._processes:
            self._send(process, (True, task))
        waiting: deque[subprocess.Popen[bytes]] = deque()
        for number, part in enumerate(parts):
            if len(waiting) >= _IN_HAND * self._count:
                yield self._received(waiting.popleft())
            process = self._processes[number % self._count]
            self._send(process, (False, part))
            waiting.append(process)
        while waiting:
            yield self._received(waiting.popleft())

    def _started(self) -> subprocess.Popen[bytes]:
        trade = self._trade
        command = [sys.executable, "-P", "-c", f"from store.helping import main; main({trade.nice})"]
        try:
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            raise StoreError(
                f"A process that {trade.does} cannot be started: {error.strerror}.",
                f"Close other programs, then {trade.again}.",
            ) from error

    def _send(self, process: subprocess.Popen[bytes], what: object) -> None:
        assert process.stdin is not None
        try:
            pickle.dump(what, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
        except BrokenPipeError:
            raise self._died(process) from None

    def _received(self, process: subprocess.Popen[bytes]) -> Any:
        assert process.stdout is not None
        try:
            answer = pickle.load(process.stdout)
        except (EOFError, pickle.UnpicklingError):
            raise self._died(process) from None
        if isinstance(answer, StudioError):
            raise answer
        return answer

    def _died(self, process: subprocess.Popen[bytes]) -> HelperDied:
        code = process.wait()
        return HelperDied(f"A process that {self._trade.did} has ended with {code}.", self._trade.left)


def give_way(nice: int) -> None:
    """Let others go first, where the system knows how (Windows does not)."""
    if hasattr(os, "nice"):
        os.nice(nice)


def main(nice: int) -> None:
    """Work, in a process of its own, until there is no more to be done."""
    # Ctrl+C reaches every process of a terminal: who has started this one decides what comes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever is printed must not come between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    give_way(nice)
    gc.set_threshold(_COLLECTED_AFTER)
    work: Callable[[Any], Any] | None = None
    while True:
        try:
            is_task, told = pickle.load(source)
        except EOFError:
            return
        try:
            if is_task:
                work = told.begun()
                continue
            assert work is not None
            answer = work(told)
        except StudioError as error:
            answer = error
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()

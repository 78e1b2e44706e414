"""The processes that help with an export, as the one that exports sees them."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from store.errors import StoreError, StudioError
from store.exporting.worker import Task

#: More do not help: what four have made keeps the one that writes busy.
_MOST = 4
#: Fewer images are written before a process has begun.
WORTH_IT = 3_000
#: Parts that a process has in hand: the next one must not wait for an answer.
_IN_HAND = 2


def how_many(images: int) -> int:
    """How many processes are worth their while for so many images; 0: none."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST, cores) if images >= WORTH_IT and cores > 1 else 0


class Helpers:
    """Processes that do parts of the work, to be used in a ``with`` statement."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """StoreError where a process does not start."""
        try:
            for _ in range(self._count):
                self._processes.append(_started())
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
        """What a task makes of each part, in their order.

        StoreError where a process has died; any other StudioError that a process met with passes.
        """
        for process in self._processes:
            _send(process, (True, task))
        waiting: deque[subprocess.Popen[bytes]] = deque()
        for number, part in enumerate(parts):
            if len(waiting) >= _IN_HAND * self._count:
                yield _received(waiting.popleft())
            process = self._processes[number % self._count]
            _send(process, (False, part))
            waiting.append(process)
        while waiting:
            yield _received(waiting.popleft())


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-c", "from store.exporting.worker import main; main()"]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    except OSError as error:
        raise StoreError(
            f"A process that helps with the export cannot be started: {error.strerror}.",
            "Close other programs, then export again.",
        ) from error


def _send(process: subprocess.Popen[bytes], what: object) -> None:
    assert process.stdin is not None
    try:
        pickle.dump(what, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
    except BrokenPipeError:
        raise _died(process) from None


def _received(process: subprocess.Popen[bytes]) -> Any:
    assert process.stdout is not None
    try:
        answer = pickle.load(process.stdout)
    except (EOFError, pickle.UnpicklingError):
        raise _died(process) from None
    if isinstance(answer, StudioError):
        raise answer
    return answer


def _died(process: subprocess.Popen[bytes]) -> StoreError:
    code = process.wait()
    return StoreError(
        f"A process that helped with the export has ended with {code}.",
        "Nothing was left behind. Export again; the log says more.",
    )

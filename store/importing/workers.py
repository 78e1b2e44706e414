"""The processes that read images for an import, as those who import see them."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, Self

from store.db.packing import Packed
from store.errors import StoreError
from store.importing.worker import Task

#: More do not help: what four have read keeps the one that writes busy.
_MOST = 4
#: Fewer images are read before a process has begun.
WORTH_IT = 3_000
#: Pieces that a process has in hand: the next one must not wait for an answer.
_IN_HAND = 2


def how_many(images: int) -> int:
    """How many processes are worth their while for so many images; 0: none."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST, cores) if images >= WORTH_IT and cores > 1 else 0


class ReadersDied(StoreError):
    """A process that read images has ended too early; what the others have read can still be written."""


class Workers:
    """Reads pieces in processes of their own, to be used in a ``with`` statement."""

    def __init__(self, count: int, task: Task) -> None:
        self._count, self._task = count, task
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """StoreError where a process does not start, or has died at once."""
        try:
            for _ in range(self._count):
                process = _started()
                self._processes.append(process)
                _send(process, self._task)
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

    def read(self, pieces: Iterable[Any]) -> Iterator[Packed]:
        """What is in the pieces, in their order. StoreError where a process has died."""
        waiting: deque[subprocess.Popen[bytes]] = deque()
        count = len(self._processes)
        for number, piece in enumerate(pieces):
            if len(waiting) >= _IN_HAND * count:
                yield from _received(waiting.popleft())
            process = self._processes[number % count]
            _send(process, piece)
            waiting.append(process)
        while waiting:
            yield from _received(waiting.popleft())


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-c", "from store.importing.worker import main; main()"]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    except OSError as error:
        raise StoreError(
            f"A process that reads images for the import cannot be started: {error.strerror}.",
            "Close other programs, then import the same again to go on.",
        ) from error


def _send(process: subprocess.Popen[bytes], what: object) -> None:
    pipe = _pipe(process.stdin)
    try:
        pickle.dump(what, pipe, pickle.HIGHEST_PROTOCOL)
        pipe.flush()
    except BrokenPipeError:
        raise _died(process) from None


def _received(process: subprocess.Popen[bytes]) -> list[Packed]:
    try:
        done: list[Packed] = pickle.load(_pipe(process.stdout))
    except (EOFError, pickle.UnpicklingError):
        raise _died(process) from None
    return done


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _died(process: subprocess.Popen[bytes]) -> ReadersDied:
    code = process.wait()
    return ReadersDied(
        f"A process that read images for the import has ended with {code}.",
        "What was read is in the store. Import the same again to go on; the log says more.",
    )

"""The pipe to the prediction process: two threads, so that nobody else ever waits for it. No Qt here."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pickle import UnpicklingError
from threading import Lock, Thread
from typing import IO, TypeAlias

from app.jobs.process import environment
from inference.serving.messages import Ahead, Ask, Embed, Explain, FromWorker, Load, ToWorker, receive, send
from inference.serving.slots import Slots

#: The process, with the interpreter's own switches: a folder "inference" where the person happens to stand
#: must not be taken for ours.
COMMAND = ("-P", "-m", "inference.serving.worker")
#: How long a process may take to end after its pipe has ended, in seconds.
_PATIENCE = 5.0
_LAST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Ended:
    """The process is gone: why, in words, and what it printed last."""

    how: str
    last_words: str = ""


Said: TypeAlias = FromWorker | Ended


class Link:
    """One prediction process, from its start to its end.

    ``deliver`` is called in a thread of the link with all that the process says, and at last with
    :class:`Ended`; never again once :meth:`stop` has returned.
    """

    def __init__(self, deliver: Callable[[Said], None]) -> None:
        self._deliver: Callable[[Said], None] | None = deliver
        self._lock = Lock()
        self._slots = Slots()
        self._process: subprocess.Popen[bytes] | None = None
        # Daemons: a window that breaks off without a word is not held up; the process ends with its pipe.
        self._thread = Thread(target=self._serve, name="prediction reader", daemon=True)

    @property
    def pid(self) -> int | None:
        """The id of the process; None before it has been started."""
        return None if self._process is None else self._process.pid

    def begin(self) -> None:
        """Start the process, once."""
        self._thread.start()

    def send(self, message: ToWorker) -> None:
        """Have a message sent; a newer one takes the place of one that has not been. Does not wait."""
        self._slots.put(message)

    def stop(self) -> None:
        """End the process, which has nothing to lose. Does not wait for it; the threads end with it."""
        with self._lock:
            self._deliver = None
            if self._process is not None:
                self._process.kill()
        self._slots.close()

    def wait(self, seconds: float) -> bool:
        """Wait for the threads and the process to end; whether they have. For after :meth:`stop`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        with tempfile.TemporaryFile() as errors:
            try:
                process = self._start(errors)
            except OSError as error:
                self._tell(Ended(f"it cannot be started: {error.strerror or error}"))
                return
            assert process.stdin is not None
            assert process.stdout is not None
            writer = Thread(target=self._write, args=(process.stdin,), name="prediction writer", daemon=True)
            writer.start()
            self._read(process.stdout)
            self._slots.close()
            code = _ended(process)
            writer.join()
            self._tell(Ended(_how(code), _last_line(errors)))

    def _start(self, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, *COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        with self._lock:
            self._process = process
            if self._deliver is None:  # stopped meanwhile
                process.kill()
        return process

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            try:
                while True:
                    message = receive(stream)
                    assert not isinstance(message, Load | Ask | Embed | Explain | Ahead)
                    self._tell(message)
            except (EOFError, OSError, UnpicklingError):
                return

    def _write(self, stream: IO[bytes]) -> None:
        try:
            with stream:
                while (message := self._slots.take()) is not None:
                    send(stream, message)
        except OSError:
            return  # the process is gone; the reader says so

    def _tell(self, message: Said) -> None:
        with self._lock:
            if self._deliver is not None:
                self._deliver(message)


def _ended(process: subprocess.Popen[bytes]) -> int:
    """The exit code of a process whose pipe has ended; one that does not end is made to."""
    try:
        return process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _how(code: int) -> str:
    if code >= 0:
        return f"it ended with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    short = ": most often memory has run out" if name == "SIGKILL" else ""
    return f"it was ended by {name}{short}"


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(max(0, errors.seek(0, 2) - _LAST_BYTES))
    lines = errors.read().decode("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")

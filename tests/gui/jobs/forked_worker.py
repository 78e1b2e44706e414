"""The prediction process forked from one that has read in torch and done nothing else: it is there in
milliseconds, and is a process like any other that can be stopped, killed and waited for."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import IO, Any


class Forked:
    """As ``subprocess.Popen`` with pipes, for the prediction process alone."""

    def __init__(
        self, _command: Sequence[str], *, stderr: IO[bytes], env: Mapping[str, str], **_more: Any
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["inference.serving.worker", "inference.serving.engine"])
        asked, ask = context.Pipe(duplex=False)
        heard, hear = context.Pipe(duplex=False)
        errors: Connection = Connection(os.dup(stderr.fileno()), readable=False)
        self._process = context.Process(target=_serve, args=(asked, hear, errors, dict(env)), daemon=True)
        self._process.start()
        self.pid = self._process.pid
        self.stdin, self.stdout = _file(ask, "wb"), _file(heard, "rb")
        for theirs in (asked, hear, errors):
            theirs.close()

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended. TimeoutExpired where it does not in time."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("the prediction process", timeout or 0.0)
        return self._process.exitcode

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()


#: What stands in for the module ``subprocess`` in ``app/jobs/link.py``.
SUBPROCESS = SimpleNamespace(
    Popen=Forked, PIPE=subprocess.PIPE, TimeoutExpired=subprocess.TimeoutExpired, CREATE_NO_WINDOW=0
)


def _file(connection: Connection, mode: str) -> IO[Any]:
    """The end of a pipe as an open file."""
    with connection:
        return os.fdopen(os.dup(connection.fileno()), mode)


def _serve(asked: Connection, hear: Connection, errors: Connection, environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, connection in enumerate((asked, hear, errors)):
        os.dup2(connection.fileno(), number)
        connection.close()
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    from inference.serving.worker import main

    main()

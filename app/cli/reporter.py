"""What a command says while it works and when it is done: to a person, a program, or a job's folder.

A person at a terminal sees a bar, a log file sees a line now and then, ``--json`` prints one JSON
object on standard output at the end and nothing else there. ``--run DIR`` also writes every step to
the job's folder, where the window reads it.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from app.cli.outcome import Exit
from store.errors import Cancelled, MemoryShortage, StudioError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from store.runs import RunFolder

#: Seconds between two plain lines of progress where there is no terminal.
PLAIN_EVERY = 5.0


class Reporter:
    """A context manager round one command; a :class:`store.progress.Progress` of its own.

    On entering it takes over Ctrl+C and SIGTERM: the next progress call raises ``Cancelled``, so the
    work stops where it can clean up; a second Ctrl+C stops at once. On leaving it closes the job.
    """

    def __init__(self, *, as_json: bool = False, run: Path | None = None, log: Path | None = None) -> None:
        """``log``: a file that gets every line too, for jobs that a terminal started."""
        from rich.console import Console

        self.as_json = as_json
        self.console: Console = Console(stderr=True, highlight=False)
        self._run: RunFolder | None = None
        self._log = log
        if run is not None:
            from store.runs import RunFolder

            self._run = RunFolder(run)
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._last_line = 0.0
        self._last_message = self._last_text = ""
        self._stop = False
        self._result: dict[str, Any] = {}
        self._old: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._old[number] = signal.signal(number, self._ask_to_stop)
        if self._run is not None:
            self._run.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_bar()
        for number, handler in self._old.items():
            signal.signal(number, handler)
        if self._run is None:
            return
        if error is None:
            self._run.finish("done", **self._result)
        elif isinstance(error, (Cancelled, KeyboardInterrupt)):
            self._run.finish("cancelled", what=str(error))
        elif isinstance(error, StudioError):
            more = {"settings": error.settings} if isinstance(error, MemoryShortage) else {}
            self._run.finish("failed", what=error.what, fix=error.fix, **more)
        else:
            self._run.finish("failed", what=f"{kind.__name__ if kind else ''}: {error}", bug=True)

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Report progress; raises :class:`store.errors.Cancelled` when the person has cancelled."""
        if self._stop:
            raise Cancelled
        if self._run is not None:
            self._run.progress(done, total, message)
        if self.console.is_terminal:
            self._draw(done, total, message)
        else:
            self._line(done, total, message)

    def event(self, kind: str, **data: Any) -> None:
        """Something that the window shows at once, such as a proof that held; kept only of jobs."""
        if self._run is not None:
            self._run.event(kind, **data)

    def say(self, text: str) -> None:
        """One line to the person, above the bar."""
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as out:
                out.write(text + "\n")
        self.console.print(text, markup=False, soft_wrap=True)

    def result(self, data: Mapping[str, Any], lines: Sequence[str], code: Exit = Exit.DONE) -> int:
        """The answer of the command: ``data`` for programs, ``lines`` for people; gives back the code."""
        self._close_bar()
        self._result = dict(data)
        if self.as_json:
            import json

            sys.stdout.write(json.dumps(data, ensure_ascii=False, default=str) + "\n")
        else:
            sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        return int(code)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        if self._stop:
            raise KeyboardInterrupt
        self._stop = True

    def _draw(self, done: int, total: int, message: str) -> None:
        if self._bar is None:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=self.console,
                transient=True,
            )
            self._task = self._bar.add_task(message or "Working", total=total or None)
            self._bar.start()
        if self._task is not None:
            self._bar.update(
                self._task, completed=done, total=total or None, description=message or "Working"
            )

    def _line(self, done: int, total: int, message: str) -> None:
        now = time.monotonic()
        if message == self._last_message and now - self._last_line < PLAIN_EVERY:
            return
        count = f": {done:,} of {total:,}" if total else f": {done:,}" if done else ""
        text = f"{message or 'Working'}{count}"
        # A run that is paused goes on saying where it is.
        if text != self._last_text:
            self._last_line, self._last_message, self._last_text = now, message, text
            self.say(text)

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
            self._task = None

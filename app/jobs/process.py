"""Starts a job: a command of the command line in a process that outlives the window. No Qt here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import app as program
from store.errors import StudioError
from store.runs import RunFolder

#: The children of this process by the folder of their job.
_children: dict[Path, subprocess.Popen[bytes]] = {}


def command_of(arguments: Sequence[str], run: Path) -> list[str]:
    """The command line that does the job, with this interpreter and this installation."""
    # -P: a folder named "app" where the person happens to stand must not be taken for ours.
    return [sys.executable, "-P", "-m", "app", *arguments, "--run", str(run)]


def start(
    folder: Path, arguments: Sequence[str], prepare: Callable[[Path], Sequence[str]] | None = None
) -> RunFolder:
    """Start a job detached from this process and give back its folder, made under ``folder/runs``.

    ``arguments`` are those of the command line, the command first; its name is the job's kind. ``prepare``
    is given the job's folder before the job starts: it may write files there, and gives back more arguments.
    StoreError where the folder cannot be made; StudioError where no process can be started.
    """
    run = RunFolder.create(folder, arguments[0], list(arguments))
    _launch(run, [*arguments, *(prepare(run.path) if prepare is not None else ())])
    return run


def resume(run: RunFolder, arguments: Sequence[str]) -> None:
    """Start a job again in its own folder; ``arguments`` as in :func:`start`, they say what is gone on with.

    The job's end, and what it had been asked, count no more. StoreError where it still runs or its folder
    cannot be written; StudioError where no process can be started.
    """
    exit_code(run)
    run.resume(list(arguments))
    _launch(run, arguments)


def exit_code(run: RunFolder) -> int | None:
    """The exit code of a job that this process started and that has ended; None of any other.

    Collects the process, so that a dead job does not look alive as a zombie.
    """
    child = _children.get(run.path)
    return None if child is None else child.poll()


def _launch(run: RunFolder, arguments: Sequence[str]) -> None:
    for ended in _children.values():
        ended.poll()
    try:
        with run.log.open("ab") as log:
            child = subprocess.Popen(
                command_of(arguments, run.path),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment(),
                # Not ended by what ends us: no shared terminal, no shared process group.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
                | getattr(subprocess, "DETACHED_PROCESS", 0),
            )
    except OSError as error:
        raise StudioError(
            f"The job {run.id} cannot be started: {error.strerror or error}.",
            "Check that the disk has room and the machine has memory.",
        ) from error
    _children[run.path] = child


def environment() -> dict[str, str]:
    """The environment of a process of ours: it imports this installation, and prints at once."""
    found = dict(os.environ)
    home = str(Path(program.__file__).resolve().parents[1])
    others = found.get("PYTHONPATH", "")
    found["PYTHONPATH"] = os.pathsep.join([home, others]) if others else home
    # Progress lines reach log.txt as they are written, also when the job is killed.
    found["PYTHONUNBUFFERED"] = "1"
    return found

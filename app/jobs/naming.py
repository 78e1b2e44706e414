"""What jobs are called where people see them. Reads files; no Qt here."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from store.errors import StoreError
from store.runs import RunFolder

_VERBS = {"import": "Import", "export": "Export", "demo": "Draw the demo"}
#: The file of a training run that says what it is called.
_CONFIG = "config.toml"
#: The file of a prediction run that says what it was asked.
_ASKED = "predict.toml"
_LONG = 40


#: How the command line begins what it says last, and what it frames it with.
_ERROR, _FRAME = "Error: ", " │╭╮╰╯─"
_LAST_BYTES = 4096


def title_of(command: Sequence[str]) -> str:
    """What a job is called: its verb and what it reads or writes."""
    verb = _VERBS.get(command[0], command[0].capitalize()) if command else "Job"
    if list(command[:2]) == ["models", "add"] and len(command) > 2:
        return f"Add the model {name_of_source(command[2])}"
    if list(command[:1]) == ["audit"]:
        return f"Audit trail {Path(option_of(command, '--out')).name}"
    if list(command[:1]) == ["relocate"]:
        return f"Look for the pictures of {option_of(command, '--dataset')}"
    if list(command[:1]) == ["predict"]:
        model = option_of(command, "--model")
        return f"Predict with {Path(model).name}" if model else "Predict"
    if list(command[:1]) == ["retrieval-report"] and len(command) > 1:
        return f"Report of {command[1]}"
    named = len(command) > 2 and command[0] not in ("demo", "train")
    return f"{verb} {Path(command[2]).name}" if named else verb


def option_of(command: Sequence[str], name: str) -> str:
    """The value of an option of a command, "" where it has none."""
    parts = list(command)
    place = parts.index(name) + 1 if name in parts else len(parts)
    return str(parts[place]) if place < len(parts) else ""


def name_of_source(source: str) -> str:
    """What a file, a folder or an address is called in few words: its last part."""
    return source.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or source


def name_of_run(folder: Path) -> str:
    """The name that a training run was given; that of a prediction; else that of the folder. Reads a file."""
    try:
        name = tomllib.loads((folder / _CONFIG).read_text(encoding="utf-8")).get("name")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return name_of_prediction(folder)
    return name if isinstance(name, str) and name else folder.name


def name_of_prediction(folder: Path) -> str:
    """What a prediction run is called: its model, and the filter of its images. Reads a file."""
    try:
        asked = tomllib.loads((folder / _ASKED).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return folder.name
    model = name_of_source(str(asked.get("model") or folder.name))
    where = str(asked.get("where") or "")
    return f"{model} on {where if len(where) < _LONG else where[: _LONG - 1] + '…'}" if where else model


def title_of_run(run: RunFolder) -> str:
    """What a job in a folder is called, training and its evaluation by the run's name. Reads files."""
    try:
        command = [str(part) for part in run.about().get("command", ())]
    except StoreError:
        return run.id
    if command[:1] == ["train"]:
        return f"Train {name_of_run(run.path)}"
    if command[:1] == ["predict"] and not option_of(command, "--model"):
        # One that was resumed: its file says which model.
        return f"Predict with {name_of_prediction(run.path)}"
    if command[:2] == ["evaluate", "run"] and len(command) > 2:
        trained = Path(command[2])
        return f"Evaluate {name_of_run(trained if trained.is_absolute() else run.path.parent / trained)}"
    return title_of(command)


def last_words(run: RunFolder) -> str:
    """What a job that has failed printed last: its error where it named one. Reads a file."""
    try:
        with run.log.open("rb") as log:
            log.seek(max(0, log.seek(0, 2) - _LAST_BYTES))
            text = log.read().decode("utf-8", errors="replace")
    except OSError:
        text = ""
    return told_last(text)


def told_last(text: str) -> str:
    """The error that a command has printed, else its last line."""
    lines = [line.strip(_FRAME) for line in text.splitlines() if line.strip(_FRAME)]
    errors = [line.removeprefix(_ERROR) for line in lines if line.startswith(_ERROR)]
    return (errors or lines or ["It failed without a word."])[-1]

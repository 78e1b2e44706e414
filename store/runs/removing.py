"""Removing models: they go into a trash folder beside them, from which they can be brought back.

``models/.trash/<name>-<time>`` of the place that a model lay in. The library takes no notice of it, and
nothing there is deleted by the program: that is left to the person.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree

from store.errors import StoreError, StudioError
from store.runs.folder import RunFolder
from store.runs.library import all_models, find, places
from store.runs.manifest import read_manifest

TRASH = ".trash"

_KINDS = ("train", "evaluate", "predict")
#: How jobs use a model, for people.
_DOING = {"train": "is still trained by", "evaluate": "is being evaluated by", "predict": "predicts in"}


@dataclass(frozen=True, slots=True)
class Removed:
    """A model that was removed: where it was, and where it lies now; None where it was deleted for good."""

    folder: Path
    trash: Path | None

    @property
    def name(self) -> str:
        """By what it was asked for."""
        return self.folder.name


def remove(name: str, store_folder: Path | None, *, for_good: bool = False) -> Removed:
    """Remove a model by its name, the first of that name; ``for_good`` deletes it.

    StudioError where there is none, where it comes with the program or is in use, and where the folder stays.
    """
    for _, around in places(store_folder):
        folder = around / name
        # No name leads out of the place, nor into its trash.
        if name and Path(name).name == name and not name.startswith(".") and folder.is_dir():
            return remove_folder(folder, store_folder, for_good=for_good)
    there = ", ".join(one.name for one in all_models(store_folder) if one.place != "shipped") or "none"
    raise StudioError(f"There is no model {name!r} to remove.", f"There are: {there}.")


def remove_folder(folder: Path, store_folder: Path | None, *, for_good: bool = False) -> Removed:
    """Remove the model of a folder, also one that is refused. StudioError as of :func:`remove`."""
    place = next((place for place, around in places(store_folder) if folder.parent == around), None)
    if place == "shipped":
        raise StudioError(
            f"{folder.name} comes with the program and cannot be removed.", "It may be left unused."
        )
    if user := user_of(folder, store_folder):
        raise StudioError(f"{folder.name} cannot be removed: it {user}.", "Stop that run first.")
    try:
        trash = _free(folder.parent / TRASH, f"{folder.name}-{datetime.now():%Y%m%d-%H%M%S}")
        trash.parent.mkdir(exist_ok=True)
        # Out of the way at once: half a model must never be taken for one.
        folder.replace(trash)
        if for_good:
            rmtree(trash)
            _leave(trash.parent)
    except OSError as error:
        raise StudioError(
            f"{folder} cannot be removed: {error.strerror or error}.",
            "Check that the folder is yours, and that no other program has it open.",
        ) from error
    return Removed(folder, None if for_good else trash)


def bring_back(removed: Removed) -> Path:
    """Put a removed model where it was; its folder.

    StudioError where it is not in the trash any more, or where another one has taken its place.
    """
    folder, trash = removed.folder, removed.trash
    if trash is None or not trash.is_dir():
        raise StudioError(
            f"{removed.name} cannot be brought back: it is not in the trash any more.", "Add it again."
        )
    if folder.exists():
        raise StudioError(
            f"{removed.name} cannot be brought back: there is another model of that name.",
            f"Remove that one first. The removed one lies in {trash}.",
        )
    try:
        trash.replace(folder)
        _leave(trash.parent)
    except OSError as error:
        raise StudioError(
            f"{removed.name} cannot be brought back: {error.strerror or error}.", f"It lies in {trash}."
        ) from error
    return folder


def user_of(folder: Path, store_folder: Path | None) -> str:
    """What a run of the store is just doing with a model ("predicts in 2026..."); "" where none uses it."""
    if store_folder is None:
        return ""
    for run in RunFolder.all(store_folder, *_KINDS):
        try:
            state = run.state()
            if not state.ended and _uses(run, state.kind, folder, store_folder):
                return f"{_DOING[state.kind]} {run.id}"
        except StoreError:
            continue  # deleted or broken while it was looked at: it does not run
    return ""


def _uses(run: RunFolder, kind: str, folder: Path, store_folder: Path) -> bool:
    command = [str(part) for part in run.about().get("command", ())]
    if kind == "train":
        return _trained_by(folder) == run.id
    if kind == "evaluate":
        return len(command) > 2 and _same(command[2], folder, store_folder)
    return _same(_asked(run, command), folder, store_folder)


def _asked(run: RunFolder, command: list[str]) -> str:
    """The model of a prediction run: as it has written it, else as it was told."""
    try:
        asked = tomllib.loads((run.path / "predict.toml").read_text(encoding="utf-8"))
        return str(asked.get("model", ""))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        place = command.index("--model") + 1 if "--model" in command else len(command)
        return command[place] if place < len(command) else ""


def _same(told: str, folder: Path, store_folder: Path) -> bool:
    try:
        return bool(told) and find(told, store_folder).resolve() == folder.resolve()
    except StudioError:
        return False


def _trained_by(folder: Path) -> str:
    try:
        return read_manifest(folder).run
    except StudioError:
        return ""


def _free(around: Path, name: str) -> Path:
    """A folder of that name that is not there yet."""
    path, number = around / name, 1
    while path.exists():
        number += 1
        path = around / f"{name}-{number}"
    return path


def _leave(trash: Path) -> None:
    """An empty trash folder need not stay."""
    try:
        trash.rmdir()
    except OSError:
        return  # something else lies in it

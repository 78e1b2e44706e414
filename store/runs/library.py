"""Which models there are: a store's own, a person's, and those that come with the program. No torch here.

A model is a folder in one of three places, looked through in this order: ``models`` of the store, ``models``
of the program's own folder (:func:`user_models`), and ``resources/models``. Where two places have a model of
one name, the first is meant by it; the other one is reached by its path.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import resources
from store.errors import StudioError
from store.runs.manifest import FILE, WEIGHTS, ModelManifest, read_manifest

Place = Literal["store", "user", "shipped"]

_APP = "deepfashion-studio"


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be used: its folder, what is said of it, and in which of the places it lies."""

    folder: Path
    manifest: ModelManifest
    place: Place

    @property
    def name(self) -> str:
        """By what it is asked for: the name of its folder."""
        return self.folder.name


def user_models() -> Path:
    """Where a person's models lie, for all stores; not created here."""
    home = os.environ.get("DEEPFASHION_STUDIO_HOME", "")
    if home:
        return Path(home) / "models"
    from platformdirs import user_data_path

    return user_data_path(_APP, appauthor=False) / "models"


def shipped_models() -> Path:
    """Where the models lie that come with the program."""
    return Path(str(resources.__file__)).parent / "models"


def places(store_folder: Path | None) -> tuple[tuple[Place, Path], ...]:
    """Where models are looked for, in order; without a store the two other places."""
    own: tuple[tuple[Place, Path], ...] = ()
    if store_folder is not None:
        own = (("store", store_folder / "models"),)
    return (*own, ("user", user_models()), ("shipped", shipped_models()))


def all_models(store_folder: Path | None) -> tuple[Model, ...]:
    """The models of all places, in the order of the places and then by name; refused ones are left out."""
    found = []
    for place, folder in _folders(store_folder):
        try:
            found.append(Model(folder, _checked(folder), place))
        except StudioError:
            continue
    return tuple(found)


def refused(store_folder: Path | None) -> tuple[tuple[Path, str], ...]:
    """The folders among the models that are none, each with the reason."""
    found = []
    for _, folder in _folders(store_folder):
        try:
            _checked(folder)
        except StudioError as error:
            found.append((folder, str(error)))
    return tuple(found)


def find(name_or_path: str | Path, store_folder: Path | None) -> Path:
    """The folder of a model by its name in one of the places, or by its path.

    StudioError that lists what there is, where there is no such model.
    """
    name = str(name_or_path)
    if name and Path(name).name == name:
        for _, place in places(store_folder):
            if (place / name / FILE).is_file():
                return place / name
    if name and (Path(name) / FILE).is_file():
        return Path(name)
    raise StudioError(
        f"There is no model {name!r}.",
        f"There are: {names(store_folder) or 'none'}; or give the path of a model's folder.",
    )


def names(store_folder: Path | None) -> str:
    """The names of all models with commas between them; empty where there is none."""
    return ", ".join(dict.fromkeys(model.name for model in all_models(store_folder)))


def _checked(folder: Path) -> ModelManifest:
    manifest = read_manifest(folder)
    if not (folder / WEIGHTS).is_file():
        raise StudioError(f"{folder} has no {WEIGHTS}.", "Get the model again.")
    return manifest


def _folders(store_folder: Path | None) -> Iterator[tuple[Place, Path]]:
    """Every folder that should be a model; those that begin with a dot are being written, or were removed."""
    for place, around in places(store_folder):
        try:
            inside = sorted(around.iterdir())
        except OSError:
            continue
        yield from ((place, one) for one in inside if one.is_dir() and not one.name.startswith((".", "_")))

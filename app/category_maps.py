"""Which category of a store each category of a model becomes: proposed, kept with the store, read again.

Kept in ``category_maps.json`` of the store's folder, by the model's name: ``{"Tee": 1, "Jumpsuit": null}``;
null leaves those garments out. A model whose categories are the store's own needs none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from resources.clothes_map import counterpart, plain
from resources.taxonomy import Category
from store.errors import StudioError
from store.runs.manifest import ModelCategory, ModelManifest

FILE = "category_maps.json"

#: From a model's category, by name, to the id of the store's; None: garments of it are left out.
CategoryMap = Mapping[str, int | None]


def needed(wanted: Sequence[ModelCategory], categories: Mapping[int, Category]) -> bool:
    """Whether a model has a category that the store does not have under the same id and name."""
    return any(_same(one, categories) is None for one in wanted)


def proposed(
    wanted: Iterable[ModelCategory], categories: Mapping[int, Category]
) -> dict[str, tuple[int | None, str]]:
    """For each category of a model the store's that it most likely is, and why, in words.

    Equal names first, then the known table of DeepFashion's 50; (None, "") where nothing is known.
    """
    by_name = {plain(one.name): one.id for one in reversed(list(categories.values()))}
    found: dict[str, tuple[int | None, str]] = {}
    for one in wanted:
        same = _same(one, categories) or by_name.get(plain(one.name))
        if same is not None:
            found[one.name] = (same, "same name")
            continue
        known = counterpart(one.name)
        usable = known is not None and known in categories
        found[one.name] = (known, "known table") if usable else (None, "")
    return found


def read(store_folder: Path, model: ModelManifest) -> dict[str, int | None] | None:
    """The map that was kept for a model in a store; None where there is none, or it cannot be understood."""
    kept = _read(store_folder).get(model.name)
    names = {one.name for one in model.spec.categories}
    if not isinstance(kept, dict):
        return None
    known = {name: value for name, value in kept.items() if name in names and _fits(value)}
    # A model of the same name with other categories is another model.
    return known if names <= known.keys() else None


def save(store_folder: Path, model: str, chosen: CategoryMap) -> None:
    """Keep a map with the store. StudioError where its folder cannot be written."""
    file = store_folder / FILE
    everything = {**_read(store_folder), model: dict(chosen)}
    new = file.with_name(f"{FILE}.new")
    try:
        new.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        new.replace(file)
    except OSError as error:
        raise StudioError(
            f"The categories of {model} cannot be kept in {file}: {error.strerror or error}.",
            "Check that the store's folder can be written.",
        ) from error


def in_force(
    store_folder: Path, model: ModelManifest, categories: Mapping[int, Category]
) -> dict[str, int | None]:
    """What each category of a model becomes in a store: as it was chosen, else as is proposed."""
    kept = read(store_folder, model)
    if kept is not None:
        return {name: value if value in categories else None for name, value in kept.items()}
    return {name: found for name, (found, _why) in proposed(model.spec.categories, categories).items()}


def _same(one: ModelCategory, categories: Mapping[int, Category]) -> int | None:
    there = categories.get(one.id)
    return one.id if there is not None and plain(there.name) == plain(one.name) else None


def _fits(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _read(store_folder: Path) -> dict[str, object]:
    try:
        raw = json.loads((store_folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}

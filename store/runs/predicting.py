"""What a prediction run was asked (``predict.toml`` in its folder), and a model's categories in a store."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import tomli_w

from resources.taxonomy import Category
from store.errors import StudioError
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predictions import GarmentPrediction, ImagePrediction

FILE = "predict.toml"
#: Computing in float32, in bfloat16, in float16, or whatever is quickest and finds the same.
PRECISIONS = ("auto", "32", "bf16", "fp16")


@dataclass(frozen=True, slots=True)
class PredictConfig:
    """What is predicted.

    ``model`` is its name or folder, ``where`` a filter. ``batch`` images (garments, for networks that look at
    crops) at once and ``workers`` processes that decode, 0 and -1: as suits the device. Garments below
    ``score`` are left out. ``categories`` are those of the model by name and what they are in the store, ""
    for those that are left out; what is not named goes by its name.
    """

    model: str
    where: str = ""
    device: str = "auto"
    batch: int = 0
    workers: int = -1
    score: float = 0.05
    precision: str = "auto"
    categories: Mapping[str, str] = field(default_factory=dict)


def write_predict_config(config: PredictConfig, folder: Path) -> None:
    """Write ``predict.toml``, whole or not at all. StudioError where it cannot be written."""
    new = folder / (FILE + ".new")
    try:
        new.write_bytes(tomli_w.dumps(asdict(config)).encode())
        new.replace(folder / FILE)
    except OSError as error:
        raise StudioError(
            f"{folder / FILE} cannot be written: {error.strerror or error}.", "Check that the disk has room."
        ) from error


def read_predict_config(folder: Path) -> PredictConfig:
    """What the run of a folder was asked. StudioError, naming the file and what is wrong with it."""
    file = folder / FILE
    try:
        return checked(PredictConfig(**tomllib.loads(file.read_text(encoding="utf-8"))))
    except OSError as error:
        raise StudioError(
            f"{folder.name} is no prediction run: {FILE} cannot be read ({error.strerror}).",
            "Choose a prediction run, or begin a new one.",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise StudioError(f"{file} does not describe a prediction: {error}.", "Begin a new run.") from error


def checked(config: PredictConfig) -> PredictConfig:
    """The configuration; StudioError where a value cannot be."""
    if config.precision not in PRECISIONS:
        raise StudioError(
            f"There is no precision {config.precision!r}.", f"There are {', '.join(PRECISIONS)}."
        )
    if not 0 <= config.score <= 1:
        raise StudioError(f"A least score of {config.score} cannot be.", "Scores are from 0 to 1.")
    return config


@dataclass(frozen=True, slots=True)
class CategoryMapping:
    """The categories of a model in a store.

    ``spec`` has the store's; ``places (n,)`` is for each of the model's n categories the place in
    ``spec.categories``, -1 where it is left out. ``landmarks`` tells for each whether the landmarks of both
    mean the same.
    """

    spec: ModelSpec
    places: tuple[int, ...]
    landmarks: tuple[bool, ...]
    notes: tuple[str, ...] = ()

    def same(self, own: ModelSpec) -> bool:
        """Whether the model's own categories are these very ones."""
        numbers = [one.id for one in own.categories], [one.id for one in self.spec.categories]
        return (
            numbers[0] == numbers[1] and self.places == tuple(range(len(self.places))) and all(self.landmarks)
        )

    def applied(self, found: ImagePrediction, own: ModelSpec) -> ImagePrediction:
        """An image's garments, which are in the categories of ``own``, in those of the store.

        Scores of categories that become one are added up; a garment whose category has no counterpart is left
        out, unless it was asked about: then it is the most likely of the others.
        """
        if self.same(own):
            return found
        index = {one.id: place for place, one in enumerate(own.categories)}
        garments = (self._applied(one, index) for one in found.garments)
        return replace(found, garments=tuple(one for one in garments if one is not None))

    def _applied(self, one: GarmentPrediction, index: Mapping[int, int]) -> GarmentPrediction | None:
        if one.category_scores is not None:
            kept = np.array(self.places) >= 0
            scores = np.zeros(len(self.spec.categories))
            np.add.at(scores, np.array(self.places)[kept], one.category_scores[kept])
            best = int(scores.argmax())
            number, score = self.spec.categories[best].id, float(scores[best])
            return replace(one, category_id=number, score=score, category_scores=scores)
        own = index.get(one.category_id)
        if own is None:  # an embedding says nothing of the category: it is the annotation's
            return one
        if self.places[own] < 0:
            return None
        number = self.spec.categories[self.places[own]].id
        return replace(one, category_id=number, landmarks=one.landmarks if self.landmarks[own] else None)


def mapping(spec: ModelSpec, categories: Sequence[Category], wanted: Mapping[str, str]) -> CategoryMapping:
    """A model's categories among those of a store, by name where ``wanted`` says nothing of them.

    StudioError, naming both sets, where they have none in common, and for a name that neither has.
    """
    targets = [_target(one, categories, wanted) for one in spec.categories]
    _refuse_unknown(spec, categories, wanted)
    chosen = list(dict.fromkeys(one.id for one in targets if one is not None))
    if not chosen:
        raise StudioError(
            "The model and the store have no category in common. "
            f"The model's: {_listed(spec.categories)}. The store's: {_listed(categories)}.",
            'Say what is what with --map "category of the model=category of the store".',
        )
    by_id = {one.id: one for one in categories}
    own = tuple(ModelCategory(i, by_id[i].name, by_id[i].schema.size) for i in chosen)
    alike = tuple(
        spec.schema != "own" or target is None or target.schema.size == one.landmarks
        for one, target in zip(spec.categories, targets, strict=True)
    )
    places = tuple(-1 if one is None else chosen.index(one.id) for one in targets)
    notes = []
    if left := [one for one, target in zip(spec.categories, targets, strict=True) if target is None]:
        notes.append(f"Categories of the model that are left out: {_listed(left)}.")
    if other := [one for one, same in zip(spec.categories, alike, strict=True) if not same]:
        notes.append(f"Landmarks are left out where they are others than the store's: {_listed(other)}.")
    return CategoryMapping(replace(spec, categories=own), places, alike, tuple(notes))


def _target(one: ModelCategory, categories: Sequence[Category], wanted: Mapping[str, str]) -> Category | None:
    if one.name in wanted:
        name = wanted[one.name].strip()
        return next((kind for kind in categories if name in (kind.name, str(kind.id))), None)
    same = [kind for kind in categories if _plain(kind.name) == _plain(one.name)]
    return next((kind for kind in same if kind.id == one.id), same[0] if same else None)


def _refuse_unknown(spec: ModelSpec, categories: Sequence[Category], wanted: Mapping[str, str]) -> None:
    own = {one.name for one in spec.categories}
    there = {text for one in categories for text in (one.name, str(one.id))}
    for name, target in wanted.items():
        if name not in own:
            raise StudioError(f"The model has no category {name!r}.", f"It has: {_listed(spec.categories)}.")
        if target.strip() and target.strip() not in there:
            raise StudioError(f"The store has no category {target!r}.", f"It has: {_listed(categories)}.")


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def _listed(some: Iterable[ModelCategory] | Iterable[Category]) -> str:
    return ", ".join(one.name for one in some) or "none"

"""What a model is: a folder with ``manifest.toml`` and ``weights.safetensors``. No torch here.

Where such folders are looked for is in :mod:`store.runs.library`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from store.errors import StudioError

FILE = "manifest.toml"
WEIGHTS = "weights.safetensors"


@dataclass(frozen=True, slots=True)
class ModelCategory:
    """A category that a model tells apart: its id and name in the store, and how many landmarks it has."""

    id: int
    name: str
    landmarks: int = 0


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What must be known to build a network.

    ``categories`` are in the order of the outputs: index i for FashionNet's scores, label i + 1 for
    detectors, whose label 0 is the background. ``schema`` is "own" where each category has its own
    landmarks (Match R-CNN), "fashion8" for FashionNet's eight, "" without landmarks. ``input_size`` is the
    side of the square crop, or the longer side of a whole image, in pixels. ``options`` are what the
    architecture alone knows (``embedding_size``, ...): numbers, text, truth values.
    """

    architecture: str
    backbone: str
    categories: tuple[ModelCategory, ...]
    attributes: tuple[str, ...] = ()
    schema: str = ""
    input_size: int = 320
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """What is said of a model beside its weights.

    ``tasks`` are among "boxes", "masks", "landmarks", "category", "attributes", "embedding". ``data`` says
    what it was trained on, ``metrics`` what it reached there, by name. ``created`` is ISO 8601.
    """

    name: str
    spec: ModelSpec
    tasks: tuple[str, ...] = ()
    licence: str = ""
    data: str = ""
    seed: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    run: str = ""
    epoch: int = 0
    starts_from: str = ""
    created: str = ""
    sha256: str = ""


def write_manifest(manifest: ModelManifest, folder: Path) -> None:
    """Write ``manifest.toml``, whole or not at all. OSError as the file system says."""
    new = folder / (FILE + ".new")
    new.write_bytes(tomli_w.dumps(_plain(asdict(manifest))).encode())
    new.replace(folder / FILE)


def read_manifest(folder: Path) -> ModelManifest:
    """The manifest of a model folder. StudioError, naming the file and what is wrong with it."""
    file = folder / FILE
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        spec = dict(raw.pop("spec"))
        spec["categories"] = tuple(ModelCategory(**one) for one in spec["categories"])
        spec["attributes"] = tuple(spec.get("attributes", ()))
        raw["tasks"] = tuple(raw.get("tasks", ()))
        return ModelManifest(spec=ModelSpec(**spec), **raw)
    except OSError as error:
        raise StudioError(
            f"{folder} is no model: {FILE} cannot be read ({error.strerror}).", "Choose a model's folder."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise StudioError(f"{file} does not describe a model: {error}.", "Get the model again.") from error


def _plain(value: Any) -> Any:
    """For TOML, which knows neither tuples nor nothing."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value

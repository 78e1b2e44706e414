"""Vision towers of timm and transformers as networks that embed crops, from files on this machine alone.

They are named in place of a model: ``timm:FOLDER`` or ``transformers:FOLDER``, where the folder has
``config.json`` and ``model.safetensors`` as these libraries save them. The libraries come with the extra
"towers". Nothing is fetched, and nothing is unpickled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from inference.models import load_model
from store.errors import StudioError
from store.runs.library import find
from store.runs.manifest import ModelManifest, ModelSpec

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
#: What ImageNet's networks are given, where a folder does not say otherwise.
_MEAN, _STD, _SIZE = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 224
#: The vectors ``(B, E)`` that a network gives for normalised pictures ``(B, 3, S, S)``.
Look = Callable[[nn.Module, Tensor], Tensor]


class Tower(nn.Module):
    """(B, 3, S, S) RGB crops in 0..1 to (B, E) vectors; S is ``size``, in pixels."""

    def __init__(self, body: nn.Module, look: Look, size: Any, mean: Any, std: Any) -> None:
        """``look`` gives the vectors of ``body`` for normalised pictures. What a folder does not say of
        ``size``, ``mean`` and ``std`` (3 numbers each) is ImageNet's."""
        super().__init__()
        self.body, self.size, self._look = body, int(size or _SIZE), look
        self.register_buffer("mean", torch.tensor(mean or _MEAN).reshape(1, -1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std or _STD).reshape(1, -1, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        return self._look(self.body, (images - self.get_buffer("mean")) / self.get_buffer("std"))


def _timm(folder: Path) -> Tower:
    """A network of timm without its classifier; OSError, ValueError, KeyError, RuntimeError as it says."""
    body = _library("timm").create_model(f"local-dir:{folder}", pretrained=True, num_classes=0)
    facts = body.pretrained_cfg
    return Tower(body, _said, (facts.get("input_size") or (0,))[-1], facts.get("mean"), facts.get("std"))


def _transformers(folder: Path) -> Tower:
    """The vision half of a model of transformers; OSError, ValueError, KeyError, RuntimeError as it says."""
    library = _library("transformers")
    # Progress is ours to tell; its bar leaves a thread behind.
    library.utils.logging.disable_progress_bar()
    body = library.AutoModel.from_pretrained(str(folder), local_files_only=True, use_safetensors=True)
    told: Mapping[str, Any] = {}
    if (folder / "preprocessor_config.json").is_file():
        told, _ = library.ImageProcessingMixin.get_image_processor_dict(str(folder), local_files_only=True)
    config = getattr(body.config, "vision_config", body.config)
    size = getattr(config, "image_size", None)
    return Tower(body, _pooled, size, told.get("image_mean"), told.get("image_std"))


def _said(body: Any, images: Tensor) -> Tensor:
    """What the network itself gives."""
    found: Tensor = body(images)
    return found


def _pooled(body: Any, images: Tensor) -> Tensor:
    """The image features of a network, else what it pools, else the mean of its last layer."""
    features = getattr(body, "get_image_features", None)
    said = features(pixel_values=images) if features is not None else body(pixel_values=images)
    if isinstance(said, Tensor):
        return said
    pooled: Tensor | None = getattr(said, "pooler_output", None)
    if pooled is not None:
        return pooled.flatten(1)
    last: Tensor = said.last_hidden_state
    # A map (B, C, h, w), as convolutional networks give, or tokens (B, n, C).
    return last.mean(dim=(2, 3)) if last.dim() == 4 else last.mean(dim=1)


_KINDS: Mapping[str, Callable[[Path], Tower]] = {"timm": _timm, "transformers": _transformers}


def model_of(name: str, store_folder: Path) -> tuple[nn.Module, ModelManifest, str]:
    """The network, manifest and name of a model of the store, of a model folder, or of a tower.

    StudioError where there is none, a library is not installed, or a folder is not what it should be.
    """
    kind, _, rest = name.partition(":")
    if kind in _KINDS and rest:
        return load_tower(kind, Path(rest))
    folder = find(name, store_folder)
    network, manifest = load_model(folder)
    return network, manifest, manifest.name or folder.name


def load_tower(kind: str, folder: Path) -> tuple[nn.Module, ModelManifest, str]:
    """The tower in a folder as network, manifest and name; ``kind`` is "timm" or "transformers"."""
    for file in (CONFIG, WEIGHTS):
        if not (folder / file).is_file():
            raise StudioError(
                f"{folder} has no {file}, so it is no saved network of {kind}.",
                f"Give the folder that {kind} has saved one into, with weights as safetensors.",
            )
    try:
        tower = _KINDS[kind](folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StudioError(
            f"{folder} cannot be read by {kind}: {told}.", "Save the network again, or use another."
        ) from error
    spec = ModelSpec(kind, folder.name, (), input_size=tower.size, options={"crop_margin": 0.1})
    name = folder.resolve().name
    manifest = ModelManifest(name, spec, ("embedding",), sha256=_digest(folder / WEIGHTS))
    return tower.eval(), manifest, name


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise StudioError(
            f"{name} is not installed ({error}).",
            'Install the extra: pip install "deepfashion-studio[towers]".',
        ) from error


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

"""A model as a folder: ``manifest.toml`` beside ``weights.safetensors``.

safetensors holds numbers only: loading a model never runs code from its file.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from inference.models.registry import build
from store.errors import StudioError
from store.runs.manifest import WEIGHTS, ModelManifest, ModelSpec, read_manifest, write_manifest

_BY_CATEGORY = (
    "category.",
    "roi_heads.box_predictor.",
    "roi_heads.mask_predictor.mask_fcn_logits.",
    "roi_heads.landmark_head.maps.",
)


def save_model(
    network: nn.Module, manifest: ModelManifest, folder: Path, half: bool = False
) -> ModelManifest:
    """Write a model folder, whole or not at all; an older one of the same name is replaced.

    ``half`` stores float32 weights as float16. The manifest comes back with the checksum of the weights.
    OSError as the file system says.
    """
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    weights = {key: _stored(value, half) for key, value in network.state_dict().items()}
    save_file(weights, new / WEIGHTS)
    written = replace(manifest, sha256=checksum(new / WEIGHTS))
    write_manifest(written, new)
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    new.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
    return written


def load_model(folder: Path, device: torch.device | str = "cpu") -> tuple[nn.Module, ModelManifest]:
    """The network of a model folder, ready to predict, and its manifest.

    StudioError, naming the file, where the manifest or the weights cannot be read, where they do not belong
    together (with the missing, extra and misshapen tensors, or by their checksum), or where a weight is not a
    number.
    """
    manifest = read_manifest(folder)
    network = build(manifest.spec)
    weights = read_weights(folder / WEIGHTS)
    faults = differences(network.state_dict(), weights)
    if faults:
        raise StudioError(
            f"{folder / WEIGHTS} does not fit a {manifest.spec.architecture} with "
            f"{manifest.spec.backbone}: {'; '.join(faults)}.",
            "The weights and the manifest belong to different models. Get the model again.",
        )
    if manifest.sha256 and manifest.sha256 != checksum(folder / WEIGHTS):
        raise StudioError(
            f"{folder / WEIGHTS} is not the file that its manifest speaks of: its SHA-256 is another.",
            "It was changed or not wholly copied. Get the model again.",
        )
    network.load_state_dict(weights)
    return network.to(device).eval(), manifest


def checksum(file: Path) -> str:
    """The SHA-256 of a file. OSError as the file system says."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def load_matching(network: nn.Module, spec: ModelSpec, folder: Path) -> list[str]:
    """Start a network from a model: all weights whose name and shape fit. The names of those left at random.

    Layers that speak of categories or attributes are taken only where both models have the same ones in the
    same order. StudioError where nothing fits.
    """
    weights = read_weights(folder / WEIGHTS)
    left_out = _other_outputs(spec, read_manifest(folder).spec)
    own = network.state_dict()
    fitting = {
        key: value
        for key, value in weights.items()
        if key in own and own[key].shape == value.shape and not key.startswith(left_out)
    }
    if not any(value.ndim > 1 for value in fitting.values()):
        raise StudioError(
            f"{folder} cannot be started from: no layer fits.",
            "Choose a model of the same network and backbone, or leave model.start_from empty.",
        )
    network.load_state_dict(fitting, strict=False)
    return sorted(set(own) - set(fitting))


def _other_outputs(spec: ModelSpec, start: ModelSpec) -> tuple[str, ...]:
    """The first parts of the names of layers whose outputs mean something else in the other model."""
    names: tuple[str, ...] = ()
    if [one.name for one in spec.categories] != [one.name for one in start.categories]:
        names += _BY_CATEGORY
    if spec.attributes != start.attributes:
        names += ("attributes.",)
    return names


def read_weights(file: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file as float32. StudioError where it cannot be read or has NaN."""
    try:
        weights = load_file(file)
    except FileNotFoundError as error:
        raise StudioError(f"{file} is missing.", "Get the model again.") from error
    except (OSError, SafetensorError) as error:
        raise StudioError(f"{file} cannot be read: {error}.", "It may be cut short. Get it again.") from error
    for key, value in weights.items():
        if value.is_floating_point():
            if not bool(torch.isfinite(value).all()):
                raise StudioError(
                    f"{file}: {key} holds values that are no numbers.",
                    "Its training failed. Use another.",
                )
            weights[key] = value.float()
    return weights


def differences(wanted: dict[str, Tensor], given: dict[str, Tensor], most: int = 8) -> list[str]:
    """What keeps weights from fitting a network, in words; at most so many names of each kind."""
    missing = sorted(set(wanted) - set(given))
    extra = sorted(set(given) - set(wanted))
    bent = [
        f"{key} is {tuple(given[key].shape)}, not {tuple(wanted[key].shape)}"
        for key in sorted(set(wanted) & set(given))
        if wanted[key].shape != given[key].shape
    ]
    parts = (("missing", missing), ("not known", extra), ("of another shape", bent))
    return [f"{word}: {_some(names, most)}" for word, names in parts if names]


def _some(names: list[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _stored(value: Tensor, half: bool) -> Tensor:
    kept = value.detach().cpu().contiguous().clone()
    return kept.half() if half and kept.dtype == torch.float32 else kept

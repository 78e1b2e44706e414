"""Reading a checkpoint of another program: numbers only, whatever the file would like to do.

PyTorch's files are pickles, which may call anything when they are read. They are read with PyTorch's own
unpickler for weights, which knows tensors and plain values and refuses everything else; safetensors holds
numbers alone.
"""

from __future__ import annotations

import pickle
import re
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from store.errors import StudioError

#: A file that unpacks to more than this is no checkpoint of a network that could be used here.
MOST_BYTES = 16 * 1024**3

#: Under which names programs put the state dict into their file, the usual first.
_WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "ema_state_dict")
#: What parallel training and compilation put before every name.
_PREFIXES = ("module.", "_orig_mod.")
_DAMAGED = (
    RuntimeError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ImportError,
    ArithmeticError,
    MemoryError,
    OSError,
    struct.error,
    zipfile.BadZipFile,
)


def read_checkpoint(file: Path) -> dict[str, Tensor]:
    """The state dict of a ``.pth``, ``.pt``, ``.ckpt`` or ``.safetensors`` file, without wrappers' prefixes.

    Floating-point tensors come back as float32. StudioError, naming the file, where it cannot be read, holds
    anything but numbers, holds no state dict, or has a weight that is no number.
    """
    if not file.is_file():
        raise StudioError(f"{file} is not there.", "Check the path.")
    raw = _safetensors(file) if is_safetensors(file) else _pickled(file)
    weights = _state_dict(raw, file)
    for key, value in weights.items():
        if value.is_floating_point():
            weights[key] = value = value.detach().float()
            if not bool(torch.isfinite(value).all()):
                raise StudioError(
                    f"{file}: {key} holds values that are no numbers.", "Its training failed. Use another."
                )
    return weights


def is_safetensors(file: Path) -> bool:
    """Whether a file begins as safetensors do: the length of a header, then the header."""
    with file.open("rb") as stream:
        head = stream.read(9)
    if file.suffix == ".safetensors":
        return True
    return len(head) == 9 and head[8:] == b"{" and struct.unpack("<Q", head[:8])[0] < file.stat().st_size


def _safetensors(file: Path) -> Any:
    try:
        return load_file(file)
    except (OSError, SafetensorError, *_DAMAGED) as error:
        raise _broken(file, error) from error


def _pickled(file: Path) -> Any:
    _check_size(file)
    try:
        with warnings.catch_warnings():
            # PyTorch says of other programs' pickles that it may not know them; it then refuses them.
            warnings.simplefilter("ignore")
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        asked = _asked_for(error, file)
        if not asked:
            raise _broken(file, error) from error
        raise StudioError(
            f"{file} holds more than numbers ({asked}). Reading that would run code from the file, so it was "
            "not read.",
            "Ask whoever made it for the weights alone (torch.save of the state_dict, or safetensors).",
        ) from error
    except _DAMAGED as error:
        raise _broken(file, error) from error


def _check_size(file: Path) -> None:
    """Refuses an archive that would fill the memory; what is no archive passes."""
    try:
        if not zipfile.is_zipfile(file):
            return
        with zipfile.ZipFile(file) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _broken(file, error) from error
    if size > MOST_BYTES:
        raise StudioError(f"{file} unpacks to {size / 1e9:.0f} GB.", "It is no checkpoint that can be used.")


def _asked_for(error: pickle.UnpicklingError, file: Path) -> str:
    """What a whole file has in it that is no number, in words; nothing where the file is no whole pickle."""
    text = str(error)
    if "GLOBAL" in text or "blocked" in text:
        told = re.search(r"GLOBAL ([\w.]+)", text)
        return told.group(1) if told else "an object of Python"
    with file.open("rb") as stream:
        pickled = stream.read(1) == b"\x80"
    return "objects of Python" if pickled and "Unsupported" in text else ""


def _broken(file: Path, error: Exception) -> StudioError:
    told = str(error).strip().splitlines()
    why = told[0][:160] if told else type(error).__name__
    return StudioError(
        f"{file} is no checkpoint, or not a whole one: {why}.".replace("..", "."), "Get the file again."
    )


def _state_dict(raw: Any, file: Path) -> dict[str, Tensor]:
    found = raw
    for _ in range(3):
        inner = _inside(found)
        if inner is None:
            break
        found = inner
    weights = _tensors(found)
    if not weights:
        told = (
            ", ".join(str(key) for key in list(found)[:8])
            if isinstance(found, Mapping)
            else type(found).__name__
        )
        raise StudioError(
            f"{file} has no state dict: it holds {told or 'nothing'}.",
            "A checkpoint holds the weights by name, by itself or under state_dict.",
        )
    for key, value in weights.items():
        if value.layout != torch.strided or value.is_quantized or value.is_meta or _lies(value):
            raise StudioError(f"{file}: {key} is no plain tensor.", "Save the weights as float16 or float32.")
    return _without_prefixes(weights)


def _inside(raw: Any) -> Any:
    """What a wrapper wraps; None where it is none."""
    if not isinstance(raw, Mapping) or _tensors(raw):
        return None
    return next((raw[key] for key in _WRAPPERS if isinstance(raw.get(key), Mapping)), None)


def _tensors(raw: Any) -> dict[str, Tensor]:
    """A mapping's tensors where it has nothing but them and plain values beside; else none."""
    if not isinstance(raw, Mapping):
        return {}
    return {key: value for key, value in raw.items() if isinstance(key, str) and isinstance(value, Tensor)}


def _lies(value: Tensor) -> bool:
    """Whether a tensor says that it is larger than the numbers it has: it would fill the memory."""
    return value.numel() * value.element_size() > value.untyped_storage().nbytes()


def _without_prefixes(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    while prefix := next((one for one in _PREFIXES if all(key.startswith(one) for key in weights)), None):
        weights = {key.removeprefix(prefix): value for key, value in weights.items()}
    return weights

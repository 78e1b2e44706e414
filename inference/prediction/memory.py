"""Whether an error means that memory has run out."""

from __future__ import annotations

import torch

_WORDS = ("out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory")


def no_memory(error: BaseException) -> bool:
    """Torch has a type of its own for devices only; on processors it is a RuntimeError with these words."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _WORDS)

"""What the readers of layouts have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from torch import Tensor

from store.runs.manifest import ModelSpec

Weights = Mapping[str, Tensor]

#: So many names are told, the others counted.
_MOST = 8


@dataclass(frozen=True, slots=True)
class Converted:
    """A checkpoint as weights of one of our networks.

    ``left_out`` are the names there of what is not used to predict, each once; ``notes`` are sentences that
    a person should read.
    """

    spec: ModelSpec
    tasks: tuple[str, ...]
    weights: dict[str, Tensor]
    layout: str
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def listed(names: Iterable[str]) -> str:
    """Names with commas between, the first ones of many."""
    every = list(names)
    more = f" and {len(every) - _MOST} more" if len(every) > _MOST else ""
    return ", ".join(every[:_MOST]) + more

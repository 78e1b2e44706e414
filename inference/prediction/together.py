"""Several processes that predict one slice: torchrun starts them, the first one writes.

They go on in step: after each batch the first collects what the others have found and tells them whether to
go on. Nothing but that crosses between them, so each may have its own copy of the store.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import torch
from torch import distributed

from store.errors import StudioError

_T = TypeVar("_T")
#: A paused run waits where its processes wait for each other.
_PATIENCE = timedelta(days=7)


class Processes:
    """This process among those of a run; alone, all of it costs nothing."""

    def __init__(self, rank: int = 0, world: int = 1, local: int = 0) -> None:
        self.rank, self.world, self.local = rank, world, local

    @property
    def leader(self) -> bool:
        """Whether this is the one that writes."""
        return self.rank == 0

    def device(self, wanted: str) -> str:
        """With several processes on a machine each takes a GPU of its own, while there are enough."""
        if self.world > 1 and wanted in ("auto", "cuda") and torch.cuda.is_available():
            return f"cuda:{self.local % torch.cuda.device_count()}"
        return wanted

    def from_leader(self, value: _T) -> _T:
        """The leader's value, in all. StudioError where another process has ended."""
        if self.world == 1:
            return value
        held = [value]
        with _connected():
            distributed.broadcast_object_list(held, 0)
        return held[0]

    def to_leader(self, value: _T) -> list[_T]:
        """The values of all, by rank, in the leader; nothing in the others. Errors as of from_leader."""
        if self.world == 1:
            return [value]
        held: list[_T] | None = [value] * self.world if self.leader else None
        with _connected():
            distributed.gather_object(value, held, 0)
        return held or []


@contextmanager
def processes() -> Iterator[Processes]:
    """This process and those that torchrun has started beside it. StudioError where they do not meet."""
    world = int(os.environ.get("WORLD_SIZE", "1")) if "TORCHELASTIC_RUN_ID" in os.environ else 1
    if world == 1:
        yield Processes()
        return
    with _connected():
        # Results are Python's own objects, whatever computes them: gloo carries them.
        distributed.init_process_group("gloo", timeout=_PATIENCE)
    try:
        yield Processes(distributed.get_rank(), world, int(os.environ.get("LOCAL_RANK", "0")))
    finally:
        distributed.destroy_process_group()


@contextmanager
def _connected() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise StudioError(
            f"Another process of this run is not there any more ({str(error).splitlines()[0]}).",
            "Its own messages say why. What was written is kept: resume goes on.",
        ) from error

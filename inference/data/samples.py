"""What all datasets share: which sample is asked for, and what becomes of a picture that cannot be read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch.utils.data import Dataset

from inference.data.augment import seeded
from store.pictures import PictureError

#: How many others are tried in place of a picture that cannot be read.
_TRIES = 16
#: A step between them that meets every index of nearly any dataset.
_STEP = 7919


@dataclass(frozen=True, slots=True)
class Draw:
    """One sample of an epoch: its index, the epoch, and how often it came before in that epoch.

    All that is random in a sample follows from these and the run's seed, and not from who loads it.
    """

    index: int
    epoch: int = 0
    turn: int = 0


class Loaded(NamedTuple):
    """A sample as networks get it, and what was wrong with the pictures tried before.

    ``sample`` is None where none could be read: an error that a loader process raises comes out with its
    whole traceback as its text.
    """

    sample: Any
    problems: tuple[str, ...] = ()


class StudioDataset(Dataset[Loaded], ABC):
    """A dataset whose bad pictures never stop an epoch.

    In training another sample takes the place, always the same one. Where figures are measured none may
    come twice: an empty picture stands in, in which nothing will be found.
    """

    def __init__(self, seed: int, training: bool) -> None:
        self._seed = seed
        self._training = training

    @abstractmethod
    def __len__(self) -> int:
        """Number of samples."""

    @abstractmethod
    def _load(self, index: int) -> Any:
        """The sample as it is in the store; PictureError where its picture cannot be read."""

    @abstractmethod
    def _changed(self, loaded: Any) -> Any:
        """The sample as a network gets it, at random where that is wished."""

    @abstractmethod
    def _blank(self, index: int) -> Any:
        """The sample with an empty picture."""

    def __getitem__(self, draw: Draw | int) -> Loaded:
        """The sample of a draw; without one where not one of many pictures can be read."""
        draw = draw if isinstance(draw, Draw) else Draw(int(draw))
        problems: list[str] = []
        loaded = None
        for attempt in range(_TRIES):
            try:
                loaded = self._load((draw.index + attempt * _STEP) % len(self))
                break
            except PictureError as error:
                problems.append(str(error))
                if not self._training:
                    loaded = self._blank(draw.index)
                    break
        if loaded is None:
            return Loaded(None, tuple(problems))
        with seeded(self._seed, draw.epoch, draw.index, draw.turn):
            return Loaded(self._changed(loaded), tuple(problems))

"""What is seen of a training run beside its lines: machine, saved states, samples, trouble."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Machine:
    """How busy the machine is. Shares are 0..1, memory in bytes; None is not known.

    ``seconds`` are since the first event of the run; ``memory_used`` is the device's, ``rss`` the process's.
    """

    at: datetime
    seconds: float
    device: str = ""
    device_name: str = ""
    device_use: float | None = None
    memory_used: float | None = None
    memory_total: float | None = None
    cpu_use: float | None = None
    rss: float | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A saved state: ``file`` relative to the run's folder, ``metric`` and ``value`` as of its saving."""

    epoch: int
    step: int
    file: str
    metric: str = ""
    value: float | None = None
    best: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture with predictions drawn into it; ``file`` is relative to the run's folder."""

    file: str
    image_id: int
    garment_id: int | None = None


@dataclass(frozen=True, slots=True)
class SampleSet:
    """The sample predictions of one epoch."""

    epoch: int
    images: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that did not stop the run, and what to do about it."""

    at: datetime
    what: str
    fix: str = ""

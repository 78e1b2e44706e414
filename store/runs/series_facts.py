"""What a run is and does now, as its newest events say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: What a run is doing, as far as its own events say; that it was killed, only its folder knows.
Phase = Literal[
    "queued",
    "starting",
    "training",
    "validating",
    "predicting",
    "paused",
    "saving",
    "done",
    "failed",
    "cancelled",
]
PHASES = ("training", "validating", "predicting", "paused", "saving")


@dataclass(slots=True)
class Facts:
    """What the newest events said."""

    config: Mapping[str, Any] = field(default_factory=dict)
    garments: int = 0
    images: int = 0
    device: str = ""
    steps_per_epoch: int = 0
    epochs: int = 0
    step: int = 0
    epoch: float = 0.0
    seconds_left: float | None = None
    throughput: float | None = None
    loader_throughput: float | None = None
    learning_rate: float | None = None
    state: Phase = "queued"
    stage: str = ""
    round: int = 0
    headline: str = ""
    higher_is_better: bool = True
    model: str = ""
    model_folder: str = ""
    reason: str = ""
    fix: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)

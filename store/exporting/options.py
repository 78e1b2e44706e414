"""What is asked of an export, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from store.formats.base import Loss

#: Called with a proof's key and its state. Keys: ``written``, ``compared``, ``official`` (opened with the
#: format's official tool; only where there is one), ``named`` (the files have their final names).
#: States: ``running``, ``held``. What fails is raised.
Proof = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """``layout`` is the format's own ("" for its first); ``precise`` keeps decimals; ``strict`` writes
    nothing if anything would be lost. ``categories`` is a table for formats with categories of their own
    (see :mod:`store.exporting.tables`); None is the store's.
    """

    layout: str = ""
    precise: bool = False
    copy_images: bool = False
    strict: bool = False
    categories: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Something looked at before an export. ``where`` is a filter that shows the images it is about."""

    name: str
    severity: Literal["ok", "warn", "block"]
    count: int
    message: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What an export would write and lose. ``categories`` counts garments by category name."""

    images: int
    garments: int
    checks: tuple[Check, ...]
    losses: tuple[Loss, ...]
    categories: Mapping[str, int]

    @property
    def blocked(self) -> bool:
        """Whether the export cannot be done."""
        return any(check.severity == "block" for check in self.checks)

    @property
    def lost(self) -> tuple[Loss, ...]:
        """What a re-import would not bring back."""
        return tuple(loss for loss in self.losses if not loss.kept)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written. ``verified`` images were read back and found equal, ``sampled`` garments were
    opened with the format's official tool. No files: ``strict`` refused because of the losses.
    """

    files: tuple[Path, ...]
    images: int
    garments: int
    losses: tuple[Loss, ...]
    verified: int
    sampled: int
    seconds: float

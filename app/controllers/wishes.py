"""What a person has chosen of predictions, and how the settings keep it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person has chosen; kept with the settings. ``wanted`` None: all categories."""

    model: str = ""
    device: str = "auto"
    score: float = 0.5
    visibility: float = 0.5
    wanted: frozenset[int] | None = None


def written(wishes: Wishes) -> dict[str, Any]:
    """As the settings keep it."""
    wanted = None if wishes.wanted is None else sorted(wishes.wanted)
    return {
        "model": wishes.model,
        "device": wishes.device,
        "score": wishes.score,
        "visibility": wishes.visibility,
        "wanted": wanted,
    }


def remembered(raw: object) -> Wishes:
    """What was kept; what cannot be is as it is at first."""
    made = Wishes()
    if not isinstance(raw, dict):
        return made
    fitting: dict[str, Any] = {}
    for name in ("model", "device"):
        if isinstance(raw.get(name), str):
            fitting[name] = raw[name]
    for name in ("score", "visibility"):
        value = raw.get(name)
        if isinstance(value, int | float) and 0 <= value <= 1:
            fitting[name] = float(value)
    made = replace(made, **fitting)
    wanted = raw.get("wanted")
    if isinstance(wanted, list) and all(isinstance(one, int) for one in wanted):
        made = replace(made, wanted=frozenset(wanted))
    return made

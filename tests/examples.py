"""How many examples a property test draws: few in the suite, many where new ones are drawn (make fuzz)."""

from __future__ import annotations

from hypothesis import settings


def examples(few: int, many: int) -> settings:
    """``few`` in the suite, which draws the same ones each time; ``many`` otherwise."""
    return settings(max_examples=few if settings.default.derandomize else many, deadline=None)

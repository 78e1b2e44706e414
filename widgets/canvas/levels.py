"""How large a difference is, in words that canvas and list share."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """What people see in a difference: nothing below one sigma, then small, large and huge."""

    NONE = "none"
    SMALL = "small"
    LARGE = "large"
    HUGE = "huge"


def level(sigmas: float) -> Level:
    """The level of a distance in standard deviations."""
    if sigmas < 1.0:
        return Level.NONE
    if sigmas < 2.0:
        return Level.SMALL
    return Level.LARGE if sigmas <= 3.0 else Level.HUGE

"""The learning rate over a training."""

from __future__ import annotations

import math

from store.runs.config import OptimiserConfig

#: After which shares of the training "step" falls tenfold.
_FALLS = (2 / 3, 8 / 9)


def rate_factor(settings: OptimiserConfig, done: float) -> float:
    """The share of the highest learning rate when ``done`` (0..1) of the training is over.

    It rises in a straight line over the warm-up. Then "cosine" follows half a wave down to nothing
    (Loshchilov and Hutter, ICLR 2017), "step" falls tenfold twice, "constant" stays.
    """
    if done < settings.warmup:
        return max(done / settings.warmup, 1e-3)
    if settings.schedule == "constant":
        return 1.0
    if settings.schedule == "step":
        return float(0.1 ** sum(done >= fall for fall in _FALLS))
    rest = (done - settings.warmup) / (1 - settings.warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, rest)))

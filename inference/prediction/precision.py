"""Whether a network says the same in a smaller number format, and which format a run takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.models.fashionnet import FashionNetOutput
from inference.prediction.engine import Engine, Found, Said
from inference.prediction.loading import Batch
from store.runs.measures.boxes import overlap

#: What counts as the same: detections surer than this ...
SURE = 0.3
#: ... have a partner of the same category whose box overlaps so much, ...
LEAST_OVERLAP = 0.9
#: ... and all scores differ by no more than this.
MOST_SCORE = 0.05
#: Landmarks may move by so much of the garment's size (the root of its box's area; of a crop, its side).
MOST_MOVED = 0.02
#: Embeddings point the same way: the least cosine.
LEAST_COSINE = 0.99
#: A smaller format that is hardly quicker is not worth a difference.
_QUICKER = 1.1
_TURNS = 3


@dataclass(frozen=True, slots=True)
class Parity:
    """Whether two ways of computing say the same. ``compared`` counts garments; ``told`` says what
    differs."""

    holds: bool
    compared: int
    told: str = ""


def chosen(
    network: nn.Module, device: str, batch: Batch, whole: bool, wanted: str = "auto"
) -> tuple[str, str]:
    """The number format to predict in, and a sentence why.

    "auto" is float16 or bfloat16 where that is quicker on this device and says the same of these pictures,
    else float32. Formats that are asked for are taken as they are, float16 only on a GPU.
    """
    if wanted == "fp16" and device == "cpu":
        return "32", "float16 needs a GPU: float32 is used."
    if wanted != "auto":
        return wanted, ""
    formats = _candidates(device)
    if not formats:
        return "32", ""
    plain = Engine(network, device)
    exact, seconds = _timed(plain, batch, whole)
    why = ""
    for format in formats:
        engine = Engine(network, device, format)
        found, quicker = _timed(engine, batch, whole)
        same = parity(exact, found)
        if same.holds and quicker * _QUICKER <= seconds:
            return format, f"{format}: {same.told}; {seconds / quicker:.1f} times as quick as float32."
        why = f"{format} is not used: {same.told if not same.holds else 'it is no quicker here'}."
    return "32", why


def parity(exact: Sequence[Found] | Said, found: Sequence[Found] | Said) -> Parity:
    """Whether what a network says in a smaller format is what it says in float32; see the limits above.

    Where nothing can be compared (a detector that is sure of nothing) it does not hold.
    """
    if isinstance(exact, Tensor) and isinstance(found, Tensor):
        return _judged(len(exact), [_embeddings(exact, found)])
    if isinstance(exact, FashionNetOutput) and isinstance(found, FashionNetOutput):
        return _crops(exact, found)
    pairs = [(one, other) for one, other in zip(exact, found, strict=True)]
    faults: list[str] = []
    compared = 0
    for one, other in pairs:
        compared += _detections(one, other, faults)
        _detections(other, one, faults)
    return _judged(compared, faults)


def _candidates(device: str) -> tuple[str, ...]:
    if device != "cpu":
        return ("fp16", "bf16")
    # Without such instructions a processor only imitates bfloat16, many times slower.
    return ("bf16",) if torch.backends.cpu.get_cpu_capability().startswith("AVX512") else ()


def _timed(engine: Engine, batch: Batch, whole: bool) -> tuple[Sequence[Found] | Said, float]:
    work = engine.detect if whole else engine.describe
    found: Sequence[Found] | Said = work(batch)
    times = []
    for _ in range(_TURNS):
        began = time.perf_counter()
        work(batch)
        times.append(time.perf_counter() - began)
    return found, min(times)


def _judged(compared: int, faults: Sequence[str]) -> Parity:
    wrong = [one for one in faults if one]
    if wrong:
        return Parity(False, compared, wrong[0])
    if not compared:
        return Parity(False, 0, "there was nothing to compare")
    return Parity(True, compared, f"{compared} garments are the same")


def _crops(exact: FashionNetOutput, found: FashionNetOutput) -> Parity:
    scores = [
        ("category", exact.category.softmax(-1), found.category.softmax(-1)),
        ("visibility", exact.visibility.softmax(-1), found.visibility.softmax(-1)),
        ("attribute", exact.attributes.sigmoid(), found.attributes.sigmoid()),
    ]
    faults = [
        f"{name} scores differ by {most:.3f}"
        for name, one, other in scores
        if not (most := float((one - other).abs().max()) if one.numel() else 0.0) <= MOST_SCORE
    ]
    moved = float((exact.landmarks - found.landmarks).norm(dim=-1).max())
    if not moved <= MOST_MOVED:
        faults.append(f"landmarks move by {moved:.3f} of the crop")
    faults.append(_embeddings(exact.embedding, found.embedding))
    return _judged(len(exact.landmarks), faults)


def _embeddings(one: Tensor, other: Tensor) -> str:
    least = float(torch.nn.functional.cosine_similarity(one, other, dim=-1).min()) if len(one) else 1.0
    return "" if least >= LEAST_COSINE else f"embeddings have a cosine of {least:.3f}"


def _detections(one: Found, other: Found, faults: list[str]) -> int:
    """How many detections were looked for among the other's; what they lack there is added to ``faults``."""
    rows = torch.nonzero(one["scores"] >= SURE)[:, 0].tolist()
    shared = overlap(one["boxes"].numpy(), other["boxes"].numpy())
    for row in rows:
        alike = (other["labels"] == one["labels"][row]).numpy() & (shared[row] >= LEAST_OVERLAP)
        partners = np.flatnonzero(alike)
        if not len(partners):
            faults.append(f"a garment with a score of {float(one['scores'][row]):.2f} is not found")
            continue
        best = int(partners[shared[row, partners].argmax()])
        faults += _same(one, other, row, best)
    return len(rows)


def _same(one: Found, other: Found, row: int, best: int) -> list[str]:
    faults = []
    score = abs(float(one["scores"][row] - other["scores"][best]))
    if not score <= MOST_SCORE:
        faults.append(f"scores differ by {score:.3f}")
    if "landmarks" in one:
        moved = _moved(one, other, row, best)
        if not moved <= MOST_MOVED:
            faults.append(f"landmarks move by {moved:.3f} of the garment")
    if "embeddings" in one:
        faults.append(_embeddings(one["embeddings"][row][None], other["embeddings"][best][None]))
    return faults


def _moved(one: Found, other: Found, row: int, best: int) -> float:
    """The mean distance of the landmarks, in sizes of the garment: a peak of two alike may jump."""
    first: NDArray[np.float32] = one["landmarks"][row].numpy()
    # Rows are filled up with zeros to the longest category.
    there = first.any(axis=1)
    first, second = first[there], other["landmarks"][best].numpy()[there]
    sides = (one["boxes"][row, 2:] - one["boxes"][row, :2]).numpy()
    size = float(np.sqrt(max(float(sides.prod()), 1.0)))
    moved = np.linalg.norm(first[:, :2] - second[:, :2], axis=1)
    return float(moved.mean()) / size if len(moved) else 0.0

"""The nearest vectors of a gallery, exactly.

Where it is quicker, pairs are compared in bfloat16, and more than asked for are kept and put in order in
float32. On vectors of unit length that finds what float32 alone finds, but for what differs in the third
digit by more places than are kept. A single query waits for memory, of which bfloat16 reads half; many
queries wait for arithmetic, which a processor without instructions for bfloat16 does ten times slower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.devices import choose

Vectors = NDArray[np.float32]
Ints = NDArray[np.int64]

#: Queries that are compared at once, and the numbers of a block of the gallery.
_QUERIES = 256
#: So few queries wait for memory on any device.
_FEW = 4
_BLOCK = 1 << 27
#: How many more candidates than asked for bfloat16 hands on, as a share and at least.
_MORE, _AT_LEAST = 1.0, 32


class Search(Protocol):
    """What finds the nearest of a gallery."""

    def nearest(self, queries: Vectors, k: int) -> tuple[Ints, Vectors]:
        """The places in the gallery and Euclidean distances ``(Q, k)``, nearest first, of queries
        ``(Q, E)``."""


class ExactSearch:
    """Compares queries with all of a gallery ``(N, E)`` of vectors of unit length."""

    def __init__(self, gallery: Vectors, device: str = "auto", *, half: bool | None = None) -> None:
        """``half``: compare in bfloat16 first, or never; None: where it is quicker."""
        self._device = torch.device(choose(device))
        self._half = half
        held = torch.from_numpy(np.array(gallery, np.float32, copy=None))
        self._exact = held.to(self._device)
        self._kept: Tensor | None = None

    def __len__(self) -> int:
        """Number of vectors in the gallery."""
        return len(self._exact)

    def nearest(self, queries: Vectors, k: int) -> tuple[Ints, Vectors]:
        """See :class:`Search`; with fewer than k vectors in the gallery there are fewer columns."""
        k = min(k, len(self))
        places = np.empty((len(queries), k), np.int64)
        distances = np.empty((len(queries), k), np.float32)
        for start in range(0, len(queries), _QUERIES):
            part = torch.from_numpy(np.array(queries[start : start + _QUERIES], np.float32)).to(self._device)
            found, near = self._block(part, k)
            places[start : start + len(part)] = found.cpu().numpy()
            distances[start : start + len(part)] = near.cpu().numpy()
        return places, distances

    @torch.inference_mode()
    def _block(self, queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
        half = self._halved(len(queries))
        gallery = self._coarse() if half else self._exact
        wanted = min(len(self), k + max(_AT_LEAST, round(_MORE * k))) if half else k
        candidates = self._candidates(queries.to(gallery.dtype), gallery, wanted)
        # Also after float32: products lose what small differences keep.
        distances = self._distances(queries, candidates)
        near, order = distances.topk(k, dim=1, largest=False, sorted=True)
        return candidates.gather(1, order), near

    def _halved(self, queries: int) -> bool:
        if self._half is not None:
            return self._half
        return queries <= _FEW or quick_at_half(self._device)

    def _coarse(self) -> Tensor:
        """The gallery in bfloat16, made when it is first wanted."""
        if self._kept is None:
            self._kept = self._exact.bfloat16()
        return self._kept

    def _candidates(self, queries: Tensor, gallery: Tensor, count: int) -> Tensor:
        """The places of the largest products ``(q, count)``, block by block of the gallery."""
        best: tuple[Tensor, Tensor] | None = None
        size = max(1, _BLOCK // max(len(queries), 1))
        for start in range(0, len(gallery), size):
            block = gallery[start : start + size]
            values, places = (queries @ block.T).topk(min(count, len(block)), dim=1)
            places = places + start
            if best is not None:
                values, places = torch.cat([best[0], values], 1), torch.cat([best[1], places], 1)
                values, order = values.topk(min(count, values.shape[1]), dim=1)
                places = places.gather(1, order)
            best = values, places
        assert best is not None
        return best[1]

    def _distances(self, queries: Tensor, places: Tensor) -> Tensor:
        found: Tensor = (self._exact[places] - queries[:, None]).norm(dim=2)
        return found


def quick_at_half(device: torch.device) -> bool:
    """Whether products of bfloat16 are quicker than of float32: on a GPU that has them, and on processors
    with instructions for them."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    has: Callable[[], bool] | None = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(has()) if has is not None else False

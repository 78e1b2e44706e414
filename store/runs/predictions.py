"""What an evaluation compares: the garments of a ground truth and those that a model found.

Arrays are NumPy; the boxes and landmarks are pixels of the image's own grid (x right, y down). Instances
compare by identity, because arrays inside make ``==`` ambiguous.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: What a garment has no identity under.
NO_IDENTITY = -1


@dataclass(frozen=True, slots=True, eq=False)
class GarmentTruth:
    """One garment as the ground truth has it.

    ``garment_id`` is unique over all images and positive; ``box`` is ``(4,)`` x1 y1 x2 y2 or None.
    ``mask`` is COCO's: a list of polygons (flat ``[x, y, ...]``, the mask is their union) or a run-length
    dict ``{"size": [h, w], "counts": ...}``; None without one. ``landmarks`` is ``(n, 3)`` x y v in the
    category's own schema, v as COCO's (0 unlabelled, 1 occluded, 2 visible), or None. ``attributes`` is
    ``(A,)``: 1, 0, or NaN where nobody said. ``identity`` is what garments of one product share, -1: none.
    ``shop`` says whether the picture is a shop's (None: unknown): consumer garments are looked for among
    those of shops. ``facts`` are slice levels by group, {"occlusion": "heavy"}. ``area`` (pixels^2) is what
    the ground truth's file gives; None: of the box, as DeepFashion2's converter writes it.
    """

    garment_id: int
    category_id: int
    box: Array | None = None
    mask: list[list[float]] | Mapping[str, Any] | None = None
    landmarks: Array | None = None
    attributes: Array | None = None
    identity: int = NO_IDENTITY
    shop: bool | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    area: float | None = None
    crowd: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ImageTruth:
    """One image with all its garments; ``width`` and ``height`` are pixels, 0 where unknown."""

    image_id: int
    width: int
    height: int
    garments: tuple[GarmentTruth, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class GarmentPrediction:
    """One garment that a model found, or what it says of a garment whose true box it was given.

    ``box`` is ``(4,)`` x1 y1 x2 y2; ``mask`` a run-length dict (``counts`` text or bytes), or None;
    ``landmarks`` is ``(n, 3)`` x y score in the predicted category's own schema, or None.
    ``category_scores`` is ``(C,)`` in the order of the evaluated categories, ``attribute_scores`` ``(A,)`` in
    the order of the truth's attributes, ``embedding`` ``(E,)``. ``garment_id`` names the true garment that a
    model for crops was asked about; None for a detection, which is matched.
    """

    category_id: int
    score: float
    box: Array | None = None
    mask: Mapping[str, Any] | None = None
    landmarks: Array | None = None
    category_scores: Array | None = None
    attribute_scores: Array | None = None
    garment_id: int | None = None
    embedding: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ImagePrediction:
    """What a model found in one image; an image with none may be left out."""

    image_id: int
    garments: tuple[GarmentPrediction, ...] = ()

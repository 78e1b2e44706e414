"""Where landmarks lie on average: what a network begins with, instead of having to learn it first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.data.crops import PIXEL_CENTRE, frame
from inference.data.slice import COCO_VISIBILITY, Slice
from inference.models.fashionnet import FashionNet
from inference.models.heads import PRIOR, LandmarkHead
from inference.models.landmark_maps import LandmarkLayout, encode, enlarged
from inference.models.regions import ENLARGED
from inference.prediction.crops import in_fashion8
from store.runs.config import RunConfig
from store.runs.manifest import ModelSpec

#: Weight of "anywhere" beside what was seen, and how far, in cells, one place speaks for its neighbours.
_ANYWHERE = 0.05
_BLUR = 1.5
#: Garments that are looked at; more would not change the mean.
_MOST = 20_000


def set_priors(
    network: nn.Module, spec: ModelSpec, config: RunConfig, train: Slice, frequency: Sequence[float] = ()
) -> None:
    """Begin a new network at the mean places of the training data; networks without landmarks stay.

    FashionNet's attributes begin at their ``frequency``.
    """
    if isinstance(network, FashionNet):
        places = mean_places(train, config)
        with torch.no_grad():
            network.landmarks.bias.copy_(places.flatten())
            if isinstance(network.attributes, nn.Linear) and frequency:
                share = torch.tensor(list(frequency)).clamp(1e-3, 1 - 1e-3)
                network.attributes.bias.copy_(torch.logit(share))
        return
    head = getattr(getattr(network, "roi_heads", None), "landmark_head", None)
    if isinstance(head, LandmarkHead):
        with torch.no_grad():
            head.prior.copy_(landmark_priors(train, spec, head.layout))


def landmark_priors(train: Slice, spec: ModelSpec, layout: LandmarkLayout) -> Tensor:
    """The log of how often each landmark is in each cell of a garment's region ``(channels, 28, 28)``.

    As seen and mirrored, since both are learnt from. A landmark that never occurs may be anywhere.
    """
    totals = torch.full((layout.channels, PRIOR, PRIOR), 1e-6)
    for place, category in enumerate(spec.categories):
        garments = [
            int(one)
            for one in np.flatnonzero(train.category_ids == category.id)[:_MOST]
            if len(train.landmarks(int(one))[0]) == category.landmarks
        ]
        if not garments or not category.landmarks:
            continue
        swaps = train.known[category.id].schema.mirrored()
        boxes = enlarged(torch.from_numpy(train.boxes[garments]).float(), ENLARGED)
        points = torch.zeros(len(garments), category.landmarks, 3)
        for row, garment in enumerate(garments):
            places, states = train.landmarks(garment)
            points[row, :, :2] = torch.from_numpy(places + PIXEL_CENTRE)
            points[row, :, 2] = torch.from_numpy(COCO_VISIBILITY[states].astype(np.float32))
        found = sum(encode(some, around, PRIOR)[0].sum(dim=0) for some, around in _parts(points, boxes))
        assert isinstance(found, Tensor)
        totals[layout.span(place + 1)] += found + found[list(swaps)].flip(-1)
    seen = _blurred(totals)
    seen = seen / seen.sum(dim=(1, 2), keepdim=True)
    return torch.log((1 - _ANYWHERE) * seen + _ANYWHERE / PRIOR**2)


def mean_places(train: Slice, config: RunConfig) -> Tensor:
    """The mean place of each of FashionNet's eight landmarks in its crop ``(8, 2)``, 0..1; else the
    middle."""
    stretch = config.data.crop == "stretch"
    total, count = np.zeros((8, 2)), np.zeros((8, 1))
    part = train.subset(range(min(len(train), _MOST)))
    for image in in_fashion8(part.truths(()), part.known):
        for garment in image.garments:
            if garment.landmarks is None or garment.box is None:
                continue
            shown = frame(garment.box, config.data.crop_margin, stretch=stretch)
            labelled = garment.landmarks[:, 2:] > 0
            share = (garment.landmarks[:, :2] + PIXEL_CENTRE - shown[:2]) / (shown[2:] - shown[:2])
            total += np.where(labelled, share, 0)
            count += labelled
    means = np.where(count > 0, total / np.maximum(count, 1), 0.5)
    return torch.from_numpy(means.astype(np.float32))


def _parts(points: Tensor, boxes: Tensor, size: int = 256) -> list[tuple[Tensor, Tensor]]:
    return list(zip(torch.split(points, size), torch.split(boxes, size), strict=True))


def _blurred(maps: Tensor) -> Tensor:
    steps = torch.arange(-4, 5, dtype=torch.float32)
    line = torch.exp(-0.5 * (steps / _BLUR) ** 2)
    line = line / line.sum()
    wide = functional.conv2d(maps[:, None], line.view(1, 1, 1, -1), padding=(0, 4))
    return functional.conv2d(wide, line.view(1, 1, -1, 1), padding=(4, 0))[:, 0]

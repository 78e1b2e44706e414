"""One image as a batch job would see it: through the same datasets, so that both say the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from inference.data.crops import CropDataset
from inference.data.detection import DetectionDataset, Target
from inference.data.loaders import collate_crops
from inference.data.pictures import read
from inference.data.slice import FACTS, Slice
from inference.serving.messages import Ask, AskedGarment
from resources.schemas import Schema
from resources.taxonomy import Category
from store.errors import StudioError
from store.pictures import picture_size
from store.runs.manifest import ModelSpec
from store.runs.predictions import NO_IDENTITY


def detector_input(ask: Ask, spec: ModelSpec, size: int) -> tuple[Tensor, Target]:
    """The image ``(3, H, W)`` float32 RGB 0..1 with its longer side ``size`` pixels, and its target.

    See :class:`DetectionDataset`; the target has no garments. StudioError, naming the file, where it cannot
    be read.
    """
    dataset = DetectionDataset(_slice(ask, ()), [one.id for one in spec.categories], size)
    loaded = dataset[0]
    _refuse(ask, loaded.problems)
    sample: tuple[Tensor, Target] = loaded.sample
    return sample


def crop_input(ask: Ask, spec: ModelSpec) -> dict[str, Tensor]:
    """The garments that a model for crops can be asked about, as the loader's batch; see
    :class:`CropDataset`.

    StudioError where there are none, where the model knows the category of none, or where the picture cannot
    be read.
    """
    dataset = CropDataset(
        _slice(ask, _askable(ask, spec)),
        [one.id for one in spec.categories],
        spec.attributes,
        spec.input_size,
        float(spec.options.get("crop_margin", 0.1)),
        stretch=spec.options.get("crop") == "stretch",
    )
    loaded = [dataset[index] for index in range(len(dataset))]
    _refuse(ask, loaded[0].problems)
    batch, _ = collate_crops(loaded)
    assert batch is not None
    return batch


def sized(ask: Ask) -> tuple[int, int]:
    """Width and height of the asked image in pixels; from its file where they are not known.

    PictureError, naming the file, where that cannot be read.
    """
    if ask.width > 0 and ask.height > 0:
        return ask.width, ask.height
    found = picture_size(Path(ask.path))
    return found.width, found.height


def _askable(ask: Ask, spec: ModelSpec) -> tuple[AskedGarment, ...]:
    if not ask.garments:
        raise StudioError(
            "This image has no garments, and this model looks at garments, not at images.",
            "Draw a box first, or choose a model that finds garments.",
        )
    known = {one.id for one in spec.categories}
    found = tuple(one for one in ask.garments if one.category_id in known)
    if not found:
        wanted = ", ".join(str(i) for i in sorted({one.category_id for one in ask.garments}))
        names = ", ".join(one.name for one in spec.categories)
        raise StudioError(
            f"The model does not know the categories of this image's garments (numbers {wanted}).",
            f"It knows {names}. Change the category, or map the model's categories on the Models page.",
        )
    broken = [one.id for one in found if not np.isfinite(one.box).all()]
    if broken:
        raise StudioError(f"The box of garment {broken[0]} is not made of numbers.", "Draw it anew.")
    return found


def _slice(ask: Ask, garments: tuple[AskedGarment, ...]) -> Slice:
    """The image with these garments, of which nothing but box and category is known."""
    count = len(garments)
    nothing = np.zeros(count + 1, np.int64)
    kinds = {one.category_id for one in garments}
    return Slice(
        paths=(ask.path,),
        image_ids=np.array([ask.image_id]),
        sizes=np.array([sized(ask)]),
        shop=np.full(1, -1, np.int8),
        review=np.zeros(1, np.int8),
        first=np.array([0, count]),
        images=np.zeros(count, np.int64),
        garment_ids=np.array([one.id for one in garments], np.int64),
        category_ids=np.array([one.category_id for one in garments], np.int64),
        boxes=np.array([one.box for one in garments], np.float64).reshape(-1, 4),
        identities=np.full(count, NO_IDENTITY, np.int64),
        facts=np.zeros((count, len(FACTS)), np.int8),
        attributes=np.zeros((count, 0), np.int8),
        crowd=np.zeros(count, np.bool_),
        points=np.zeros((0, 2)),
        visibility=np.zeros(0, np.uint8),
        point_first=nothing,
        vertices=np.zeros((0, 2)),
        ring_first=np.zeros(1, np.int64),
        polygon_first=nothing,
        runs={},
        attribute_words=(),
        # Asked for its landmarks, of which there are none: any schema does.
        known={i: Category(i, "", "", Schema("", ()), "") for i in kinds},
    )


def _refuse(ask: Ask, problems: tuple[str, ...]) -> None:
    """In a batch an empty picture stands in for one that cannot be read; a person is told."""
    if problems:
        # Once more, for the error itself: what the dataset gives is its text.
        read(ask.path)
        raise StudioError(problems[0], "Try again.")


def blank(spec: ModelSpec, size: int, whole: bool) -> Tensor:
    """A picture ``(3, H, W)`` as networks get it, to warm them up: random, with a picture's usual sides."""
    height, width = (size, max(32, size * 2 // 3)) if whole else (spec.input_size, spec.input_size)
    return torch.rand(3, height, width, generator=torch.Generator().manual_seed(0))

"""The data of a run for Lightning: made in each process, once it knows which share is its own."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from lightning.pytorch import LightningDataModule

from inference.data import (
    Slices,
    StudioLoader,
    crop_loader,
    detection_loader,
    pair_crop_loader,
    pair_loader,
)
from inference.models import ARCHITECTURES
from inference.prediction import in_fashion8
from inference.training.course import Course
from store.errors import StudioError
from store.runs.config import RunConfig
from store.runs.manifest import ModelSpec
from store.runs.predictions import ImageTruth


class RunData(LightningDataModule):
    """Loaders of a run's training and validation images, each process with its share.

    ``problems`` are sentences for the person about what the loaders could not do as wished. ``idle``: what
    this process says in validation is said by another too.
    """

    def __init__(self, slices: Slices, config: RunConfig, spec: ModelSpec) -> None:
        super().__init__()
        self.slices = slices
        self.config = config
        self.spec = spec
        self.problems: list[str] = []
        self.idle = False
        self.course: Course | None = None
        self._checked: StudioLoader | None = None
        self._ids = [category.id for category in spec.categories]

    @property
    def whole_images(self) -> bool:
        """Whether the network sees whole images."""
        return ARCHITECTURES[self.spec.architecture].whole_images

    @cached_property
    def truths(self) -> tuple[ImageTruth, ...]:
        """The garments of the validation images, in the landmarks that the model speaks."""
        validation = self.slices.validation
        truths = validation.truths(self.spec.attributes)
        return in_fashion8(truths, validation.known) if self.spec.schema == "fashion8" else truths

    def frequency(self) -> list[float]:
        """The share of the training garments that have each attribute, of those where it is known."""
        train = self.slices.train
        columns = train.attribute_columns(self.spec.attributes)
        found = []
        for column in columns.tolist():
            values = train.attributes[:, column] if column >= 0 else np.zeros(0)
            known = values[values >= 0]
            found.append(float(known.mean()) if len(known) else 0.5)
        return found

    def train_dataloader(self) -> Course:
        """This process's share of the training batches; the same object each time."""
        if self.course is None:
            self.course = Course(self._training(*self._share()))
        return self.course

    def val_dataloader(self) -> StudioLoader:
        """This process's share of the validation images, in order."""
        if self._checked is None:
            rank, world = self._share()
            self._checked = self._validation(rank, world)
            if not len(self._checked):
                # Fewer images than processes: this one looks at the first's, so that it takes part.
                self.idle = True
                self._checked = self._validation(0, world)
        return self._checked

    def close(self) -> None:
        """Ends the loaders' processes."""
        for loader in (self.course, self._checked):
            if loader is not None:
                loader.close()

    def _share(self) -> tuple[int, int]:
        trainer: Any = self.trainer
        return (trainer.global_rank, trainer.world_size) if trainer is not None else (0, 1)

    def _validation(self, rank: int, world: int) -> StudioLoader:
        data, config = self.slices.validation, self.config
        if self.whole_images:
            return detection_loader(data, config, False, rank, world, self._ids)
        return crop_loader(data, config, False, self._ids, self.spec.attributes, rank, world)

    def _training(self, rank: int, world: int) -> StudioLoader:
        data, config, ids = self.slices.train, self.config, self._ids
        if self.spec.architecture == "embedding":
            return pair_crop_loader(data, config, True, ids, self.spec.attributes, rank, world)
        if not self.whole_images:
            # Triplets need two garments of one product in a batch.
            pairs = config.loss.triplet > 0 and bool(data.identity_set)
            return crop_loader(data, config, True, ids, self.spec.attributes, rank, world, pairs=pairs)
        if self.spec.architecture == "match-rcnn" and config.loss.match > 0:
            if data.identity_set:
                try:
                    return pair_loader(data, config, True, rank, world, ids)
                except StudioError as error:
                    if "multiple of" in error.fix:
                        raise
                    self.problems.append(f"{error.what} Matching is not learnt.")
            else:
                self.problems.append("No garment has an identity, so matching is not learnt.")
        return detection_loader(data, config, True, rank, world, ids)

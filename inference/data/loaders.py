"""Loaders: a slice and a configuration become batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from inference.data import processes, sampling
from inference.data.augment import Augmentation
from inference.data.crops import OCCLUDED, VISIBLE, CropDataset
from inference.data.detection import OCCLUDED as COCO_OCCLUDED
from inference.data.detection import VISIBLE as COCO_VISIBLE
from inference.data.detection import DetectionDataset, Target
from inference.data.samples import Loaded, StudioDataset
from inference.data.slice import Slice
from store.errors import StudioError
from store.runs.config import RunConfig

#: How torch begins what it says of a loader process that was killed.
_WORKER = "DataLoader worker"

Collate = Callable[[Sequence[Loaded]], tuple[Any, tuple[str, ...]]]


class StudioLoader(DataLoader[Any]):
    """A loader that says which pictures could not be read, and lets go of its processes.

    ``problems`` has a sentence for each picture that could not be read so far. ``len`` is the steps of an
    epoch. ``batch_sampler`` has ``set_epoch(epoch)`` and ``set_position(epoch, step)``.
    """

    def __init__(
        self, dataset: StudioDataset, batches: sampling.Batches, collate: Collate, config: RunConfig
    ) -> None:
        workers = config.data.workers
        super().__init__(
            dataset,
            batch_sampler=batches,
            collate_fn=collate,
            num_workers=workers,
            worker_init_fn=processes.begin if workers else None,
            persistent_workers=workers > 0,
            pin_memory=config.training.device != "cpu" and torch.cuda.is_available(),
        )
        self.problems: dict[str, None] = {}

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        """The batches from the sampler's position on. StudioError where no picture can be read any more."""
        batches = super().__iter__()
        while True:
            try:
                batch, problems = next(batches)
            except StopIteration:
                return
            except (RuntimeError, OSError, EOFError) as error:
                if not self._lost_process(error):
                    raise
                raise process_ended(error) from error
            self.problems.update(dict.fromkeys(problems))
            if batch is None:
                raise StudioError(
                    f"{len(problems)} pictures one after the other cannot be read. {problems[0]}",
                    "Check that the disk with the pictures is there.",
                )
            yield batch

    def _lost_process(self, error: Exception) -> bool:
        """Whether an error says that a loader process was killed. Torch has no error of its own for this.

        Tensors that lay in the killed process cannot be fetched from it; what a process raised itself comes
        with "Caught" before it.
        """
        if isinstance(error, RuntimeError):
            return says_process_killed(error)
        return self.num_workers > 0 and not str(error).startswith("Caught")

    def close(self) -> None:
        """End the loader's processes; it may be gone through again, with new ones."""
        running = self._iterator
        self._iterator = None
        if running is None or not hasattr(running, "_shutdown_workers"):
            return
        try:
            running._shutdown_workers()
        except RuntimeError as error:
            if not self._lost_process(error):
                raise
            # The news of a killed process came in the midst of it: torch leaves its queues' threads running.
            for queue in running._index_queues:  # type: ignore[attr-defined]
                queue.cancel_join_thread()
                queue.close()


def says_process_killed(error: BaseException) -> bool:
    """Whether an error is torch's word of a killed loader process.

    Torch raises it from a signal handler: in whatever the main thread is doing just then, not only where it
    waits for a batch.
    """
    text = str(error)
    return isinstance(error, RuntimeError) and _WORKER in text and not text.startswith("Caught")


def process_ended(error: BaseException) -> StudioError:
    """What to tell a person of a loader process that ended."""
    return StudioError(
        f"A loader process ended: {error or type(error).__name__}.",
        "Most often memory has run out: set data.workers or training.batch lower.",
    )


def detection_loader(
    data: Slice,
    config: RunConfig,
    training: bool,
    rank: int = 0,
    world: int = 1,
    categories: Sequence[int] | None = None,
) -> StudioLoader:
    """Batches ``(list of images, list of targets)`` for detectors; see :class:`DetectionDataset`.

    ``categories`` are the store's ids in the order of the labels from 1, by default those of the slice. In
    training the order and all changes are random; else every image comes once, unchanged and in order.
    StudioError where the batch cannot be shared out, or nothing is there.
    """
    dataset = _detection(data, config, training, categories)
    batch, seed = config.training.batch, config.training.seed
    batches: sampling.Batches
    if training:
        weights = sampling.image_weights(data, dataset.images, config.data.balance)
        batches = sampling.EpochSampler(len(dataset), batch, seed, rank, world, weights)
    else:
        batches = sampling.InOrder(len(dataset), batch, rank, world)
    return StudioLoader(dataset, batches, collate_detection, config)


def pair_loader(
    data: Slice,
    config: RunConfig,
    training: bool = True,
    rank: int = 0,
    world: int = 1,
    categories: Sequence[int] | None = None,
) -> StudioLoader:
    """As :func:`detection_loader`, the images as pairs: one, then another that shows the same product.

    ``training.batch`` counts images. StudioError where no two images show the same product.
    """
    dataset = _detection(data, config, training, categories)
    batches = sampling.PairBatches(
        sampling.image_products(data, dataset.images),
        data.shop[dataset.images],
        config.training.batch,
        config.training.seed,
        rank,
        world,
        sampling.image_weights(data, dataset.images, config.data.balance),
    )
    return StudioLoader(dataset, batches, collate_detection, config)


def crop_loader(
    data: Slice,
    config: RunConfig,
    training: bool,
    categories: Sequence[int],
    attributes: Sequence[str],
    rank: int = 0,
    world: int = 1,
    pairs: bool = False,
) -> StudioLoader:
    """Batches of crops as a dict; see :class:`CropDataset`. Else as :func:`detection_loader`.

    With ``pairs`` garments come two by two in training, one and another of the same product, as far as there
    are any: a loss that compares them finds something in every batch. StudioError where there are none.
    """
    dataset = _crops(data, config, training, categories, attributes)
    batch, seed = config.training.batch, config.training.seed
    batches: sampling.Batches
    if training:
        weights = _weights(data, dataset, config)
        if pairs:
            products = sampling.garment_products(data, dataset.garments)
            shop = data.shop[data.images[dataset.garments]]
            batches = sampling.PairBatches(products, shop, batch, seed, rank, world, weights)
        else:
            batches = sampling.EpochSampler(len(dataset), batch, seed, rank, world, weights)
    else:
        batches = sampling.InOrder(len(dataset), batch, rank, world)
    return StudioLoader(dataset, batches, collate_crops, config)


def pair_crop_loader(
    data: Slice,
    config: RunConfig,
    training: bool,
    categories: Sequence[int],
    attributes: Sequence[str],
    rank: int = 0,
    world: int = 1,
) -> StudioLoader:
    """Batches of crops for metric learning: ``pairs.per_identity`` garments of each of several identities.

    ``training.batch`` counts garments and is cut down to whole identities. StudioError where fewer than two
    identities have two garments.
    """
    dataset = _crops(data, config, training, categories, attributes)
    batches = sampling.IdentityBatches(
        data.identities[dataset.garments],
        config.pairs.per_identity,
        config.training.batch,
        config.training.seed,
        rank,
        world,
        _weights(data, dataset, config),
    )
    return StudioLoader(dataset, batches, collate_crops, config)


def collate_detection(
    batch: Sequence[Loaded],
) -> tuple[tuple[list[Tensor], list[Target]] | None, tuple[str, ...]]:
    """Images and targets as two lists, and the problems of all."""
    if (failed := _failed(batch)) is not None:
        return None, failed
    images = [loaded.sample[0] for loaded in batch]
    targets = [loaded.sample[1] for loaded in batch]
    return (images, targets), _problems(batch)


def collate_crops(batch: Sequence[Loaded]) -> tuple[dict[str, Tensor] | None, tuple[str, ...]]:
    """The fields of all crops, stacked, and the problems of all."""
    if (failed := _failed(batch)) is not None:
        return None, failed
    names = batch[0].sample.keys()
    stacked = {name: torch.stack([loaded.sample[name] for loaded in batch]) for name in names}
    return stacked, _problems(batch)


def _failed(batch: Sequence[Loaded]) -> tuple[str, ...] | None:
    """What was wrong with a sample that could not be read at all; None where all could."""
    return next((loaded.problems for loaded in batch if loaded.sample is None), None)


def _problems(batch: Sequence[Loaded]) -> tuple[str, ...]:
    return tuple(problem for loaded in batch for problem in loaded.problems)


def _detection(
    data: Slice, config: RunConfig, training: bool, categories: Sequence[int] | None
) -> DetectionDataset:
    ids = [one.id for one in data.categories()] if categories is None else categories
    changes = Augmentation(config.augment, COCO_VISIBLE, COCO_OCCLUDED) if training else None
    dataset = DetectionDataset(data, ids, config.data.image_size, changes, config.training.seed)
    _refuse_empty(dataset)
    return dataset


def _crops(
    data: Slice, config: RunConfig, training: bool, categories: Sequence[int], attributes: Sequence[str]
) -> CropDataset:
    changes = Augmentation(config.augment, VISIBLE, OCCLUDED, roomy=True) if training else None
    dataset = CropDataset(
        data,
        categories,
        attributes,
        config.data.image_size,
        config.data.crop_margin,
        changes,
        config.training.seed,
        stretch=config.data.crop == "stretch",
    )
    _refuse_empty(dataset)
    return dataset


def _weights(data: Slice, dataset: CropDataset, config: RunConfig) -> sampling.Weights | None:
    weights = sampling.garment_weights(data, config.data.balance)
    return None if weights is None else weights[dataset.garments]


def _refuse_empty(dataset: StudioDataset) -> None:
    if not len(dataset):
        raise StudioError(
            "No garment of the data has a category that the model tells apart.",
            "Choose other images, or another model to start from.",
        )

"""Loaders: batches of the promised form, the same from any number of processes, past bad pictures."""

from __future__ import annotations

import dataclasses
import os
import pickle
import signal
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference.data import (
    Slice,
    Slices,
    StudioLoader,
    crop_loader,
    detection_loader,
    pair_crop_loader,
    pair_loader,
)
from inference.data.loaders import says_process_killed
from store.errors import StudioError
from store.runs.config import RunConfig

MakeLoader = Callable[..., StudioLoader]


def _with(config: RunConfig, section: str, **values: Any) -> RunConfig:
    return config.model_copy(update={section: getattr(config, section).model_copy(update=values)})


def _crops(
    data: Slice, config: RunConfig, training: bool = True, rank: int = 0, world: int = 1
) -> StudioLoader:
    ids = [one.id for one in data.categories()]
    return crop_loader(data, config, training, ids, data.attribute_names(), rank, world)


def _pair_crops(
    data: Slice, config: RunConfig, training: bool = True, rank: int = 0, world: int = 1
) -> StudioLoader:
    ids = [one.id for one in data.categories()]
    return pair_crop_loader(data, config, training, ids, data.attribute_names(), rank, world)


def _crops_in_pairs(
    data: Slice, config: RunConfig, training: bool = True, rank: int = 0, world: int = 1
) -> StudioLoader:
    ids = [one.id for one in data.categories()]
    return crop_loader(data, config, training, ids, data.attribute_names(), rank, world, pairs=True)


LOADERS: list[MakeLoader] = [detection_loader, pair_loader, _crops, _pair_crops, _crops_in_pairs]


def _samples(batch: Any) -> list[tuple[int, torch.Tensor]]:
    """The image's id and pixels of every sample of a batch."""
    if isinstance(batch, dict):
        return list(zip(batch["garment_id"].tolist(), batch["image"], strict=True))
    return [(target["image_id"], image) for image, target in zip(*batch, strict=True)]


def _same(one: list[Any], other: list[Any]) -> bool:
    pairs = zip(chain(*map(_samples, one)), chain(*map(_samples, other)), strict=True)
    return all(a[0] == b[0] and torch.equal(a[1], b[1]) for a, b in pairs)


@pytest.mark.parametrize("make", LOADERS)
def test_two_processes_see_the_batches_of_one(drawn: Slices, config: RunConfig, make: MakeLoader) -> None:
    alone = list(make(drawn.train, config, True))
    parts = [list(make(drawn.train, config, True, rank, 2)) for rank in (0, 1)]
    assert len(alone) == len(make(drawn.train, config, True)) == len(parts[0]) == len(parts[1])
    for step, whole in enumerate(alone):
        found = sorted(_samples(parts[0][step]) + _samples(parts[1][step]), key=lambda pair: pair[0])
        wanted = sorted(_samples(whole), key=lambda pair: pair[0])
        assert [number for number, _ in found] == [number for number, _ in wanted]
        sums = [sorted(float(pixels.sum()) for _, pixels in some) for some in (found, wanted)]
        assert sums[0] == pytest.approx(sums[1])


@pytest.mark.parametrize("make", LOADERS)
def test_an_epoch_goes_on_where_it_was_left(drawn: Slices, config: RunConfig, make: MakeLoader) -> None:
    loader = make(drawn.train, config, True)
    loader.batch_sampler.set_epoch(3)
    whole = list(loader)
    resumed = make(drawn.train, config, True)
    resumed.batch_sampler.set_position(3, 1)
    assert _same(list(resumed), whole[1:])


def test_a_loader_process_changes_nothing(drawn: Slices, config: RunConfig) -> None:
    here = detection_loader(drawn.train, config, True)
    elsewhere = detection_loader(drawn.train, _with(config, "data", workers=1), True)
    try:
        for epoch in (0, 1):
            for loader in (here, elsewhere):
                loader.batch_sampler.set_epoch(epoch)
            assert _same(list(elsewhere), list(here))
    finally:
        elsewhere.close()


def test_a_loader_process_that_is_killed_is_told(drawn: Slices, config: RunConfig) -> None:
    # One image a batch: two are loaded ahead, and many are still to come.
    one_by_one = _with(_with(config, "training", batch=1), "data", workers=1)
    loader = detection_loader(drawn.train, one_by_one, True)
    batches = iter(loader)
    next(batches)
    (worker,) = loader._iterator._workers
    os.kill(worker.pid, signal.SIGKILL)
    try:
        with pytest.raises(StudioError, match="loader process ended"):
            list(batches)
    finally:
        try:
            loader.close()
        except RuntimeError as error:
            # Torch raises the news of it in whatever runs just then: here, on the way into closing.
            if not says_process_killed(error):
                raise
            loader.close()


def test_a_process_killed_while_the_loader_ends_leaves_nothing_behind(
    drawn: Slices, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader = detection_loader(drawn.train, _with(config, "data", workers=1), True)
    next(iter(loader))
    (worker,) = loader._iterator._workers

    def killed(timeout: float | None = None) -> None:
        # Torch's signal handler raises in whatever runs: here, in the wait for the process's end.
        raise RuntimeError(f"DataLoader worker (pid {worker.pid}) is killed by signal: Killed.")

    monkeypatch.setattr(worker, "join", killed)
    loader.close()
    monkeypatch.undo()
    worker.join(10)
    assert not worker.is_alive()


def test_detection_batches_are_two_lists(drawn: Slices, config: RunConfig) -> None:
    images, targets = next(iter(detection_loader(drawn.train, config, True)))
    assert len(images) == len(targets) == config.training.batch
    assert all(image.shape[0] == 3 for image in images)


def test_crop_batches_are_a_dict(drawn: Slices, config: RunConfig) -> None:
    batch = next(iter(_crops(drawn.train, config)))
    shapes = {name: tuple(value.shape) for name, value in batch.items()}
    words = len(drawn.train.attribute_names())
    assert shapes == {
        "image": (4, 3, 64, 64),
        "landmarks": (4, 8, 2),
        "visibility": (4, 8),
        "category": (4,),
        "attributes": (4, words),
        "identity": (4,),
        "garment_id": (4,),
        "image_id": (4,),
        "box": (4, 4),
    }
    whole = {"visibility", "category", "identity", "garment_id", "image_id"}
    assert {name for name, value in batch.items() if value.dtype == torch.int64} == whole
    assert all(batch[name].dtype == torch.float32 for name in set(batch) - whole)


def test_garments_of_an_identity_come_together(drawn: Slices, config: RunConfig) -> None:
    for batch in _pair_crops(drawn.train, config):
        identities = batch["identity"].tolist()
        assert identities[::2] == identities[1::2]
        assert -1 not in identities


def test_what_is_measured_comes_once(drawn: Slices, config: RunConfig) -> None:
    data = drawn.validation
    images = [number for batch in detection_loader(data, config, False) for number, _ in _samples(batch)]
    assert images == data.image_ids.tolist()
    garments = [number for batch in _crops(data, config, False) for number, _ in _samples(batch)]
    assert garments == data.garment_ids.tolist()


def _broken(data: Slice, tmp_path: Path, which: list[int]) -> Slice:
    """The slice with some pictures that cannot be read."""
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")
    paths = [str(bad) if index in which else path for index, path in enumerate(data.paths)]
    return dataclasses.replace(data, paths=tuple(paths))


def test_a_bad_picture_is_replaced_in_training_and_told(
    drawn: Slices, config: RunConfig, tmp_path: Path
) -> None:
    data = _broken(drawn.train, tmp_path, [3])
    loaders = [detection_loader(data, config, True) for _ in range(2)]
    first, again = (list(loader) for loader in loaders)
    assert _same(first, again)
    seen = {number for batch in first for number, _ in _samples(batch)}
    assert int(data.image_ids[3]) not in seen
    assert len(seen) == len(data) - 1
    for loader in loaders:
        (problem,) = loader.problems
        assert "bad.jpg" in problem


@pytest.mark.parametrize("make", [detection_loader, _crops])
def test_a_bad_picture_is_empty_where_figures_are_measured(
    drawn: Slices, config: RunConfig, tmp_path: Path, make: MakeLoader
) -> None:
    data = _broken(drawn.validation, tmp_path, [0])
    loader = make(data, config, False)
    images = [pixels for batch in loader for _, pixels in _samples(batch)]
    assert len(images) == (len(data) if make is detection_loader else data.garments)
    assert [float(pixels.std(dim=(1, 2)).max()) < 1e-6 for pixels in images][:2] == [True, False]
    assert len(loader.problems) == 1


def test_a_lost_disk_ends_the_run(drawn: Slices, config: RunConfig, tmp_path: Path) -> None:
    data = _broken(drawn.train, tmp_path, list(range(len(drawn.train))))
    with pytest.raises(StudioError, match=r"16 pictures one after the other.*bad\.jpg"):
        next(iter(detection_loader(data, config, True)))


def test_balance_shows_the_rare_more_often(drawn: Slices, config: RunConfig) -> None:
    data = drawn.train
    counts = np.bincount(data.category_ids)
    rare = int(np.flatnonzero(counts == counts[counts > 0].min())[0])
    common = int(counts.argmax())
    balanced = _with(config, "data", balance="category")
    ids = [one.id for one in data.categories()]

    def share(of: RunConfig, kind: int) -> float:
        loader = _crops(data, of)
        found = [int(i) for batch in loader for i in batch["category"]]
        return found.count(ids.index(kind)) / len(found)

    assert share(balanced, common) < share(config, common)
    assert share(balanced, rare) >= share(config, rare)


@pytest.mark.parametrize("make", LOADERS)
def test_what_goes_to_another_process_can_go(drawn: Slices, config: RunConfig, make: MakeLoader) -> None:
    loader = make(drawn.train, config, True)
    dataset, collate, start = pickle.loads(
        pickle.dumps((loader.dataset, loader.collate_fn, loader.worker_init_fn))
    )
    batch, problems = collate([dataset[draw] for draw in next(iter(loader.batch_sampler))])
    assert start is None
    assert not problems
    assert _same([batch], [next(iter(loader))])


def test_no_garment_that_is_told_apart_is_an_error(drawn: Slices, config: RunConfig) -> None:
    with pytest.raises(StudioError, match="tells apart"):
        detection_loader(drawn.train, config, True, categories=(999,))
    with pytest.raises(StudioError, match="tells apart"):
        crop_loader(drawn.train, config, True, (999,), ())

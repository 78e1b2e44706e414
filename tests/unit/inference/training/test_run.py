"""A run from beginning to end: what it says, what it leaves, what stops it, and going on after that."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.models import load_model, save_model
from inference.training.modules import NotFinite
from inference.training.run import _out_of_memory, _shortage
from store.cv import cv2
from store.errors import Cancelled, StudioError
from store.runs import RunFolder
from store.runs.configuring import read_config
from store.runs.library import all_models
from tests.unit.inference.training.conftest import Runner


def _weights(run: RunFolder, name: str = "last.ckpt") -> dict[str, torch.Tensor]:
    state: dict[str, Any] = torch.load(run.path / "checkpoints" / name, weights_only=True)
    weights: dict[str, torch.Tensor] = state["state_dict"]
    return weights


def test_a_run_tells_its_course_and_leaves_a_model(training: Runner, store_copy: Path) -> None:
    done = training("name=tiny")
    started = done.events("started")[0]
    assert started["epochs"] == 3
    assert started["steps_per_epoch"] > 1
    assert [event["epoch"] for event in done.events("epoch")] == [0, 1, 2, 3]
    first, last = done.events("epoch")[0], done.events("epoch")[-1]
    assert {"category/top1", "landmarks/NE", "loss"} <= set(last["metrics"])
    assert "loss" not in first["metrics"]
    assert last["step"] == 3 * started["steps_per_epoch"]
    steps = done.events("step")
    assert {"landmarks", "visibility", "category", "attributes", "triplet"} <= set(steps[0]["losses"])
    assert done.events("machine")[0]["rss"] > 0
    assert [event["stage"] for event in done.events("stage")] == ["pose", "attributes"]

    network, manifest = load_model(store_copy / "models" / "tiny")
    assert manifest.run == done.run.id
    assert manifest.epoch == done.result["best_epoch"]
    best = next(event for event in done.events("epoch") if event["epoch"] == manifest.epoch)
    assert best["best"]
    assert dict(manifest.metrics) == pytest.approx(best["metrics"])
    assert not network.training
    assert list((done.run.path / "tensorboard").iterdir())


def test_samples_are_pictures_of_every_epoch(training: Runner) -> None:
    done = training("training.epochs=1")
    for event, epoch in zip(done.events("samples"), (0, 1), strict=True):
        assert event["epoch"] == epoch
        assert len(event["images"]) == 2
        for image in event["images"]:
            picture = cv2.imread(str(done.run.path / image["file"]))
            assert picture is not None
            assert max(picture.shape) == 320


def test_the_same_seed_gives_the_same_weights_and_another_does_not(training: Runner) -> None:
    first, again = training("training.epochs=1"), training("training.epochs=1")
    other = training("training.epochs=1", "training.seed=8")
    one, two, three = _weights(first.run), _weights(again.run), _weights(other.run)
    assert all(torch.equal(one[key], two[key]) for key in one)
    assert not all(torch.equal(one[key], three[key]) for key in one)


@pytest.mark.parametrize("stop_at", [2, 3])
def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(training: Runner, stop_at: int) -> None:
    """In the middle of an epoch, and at its end: the last weights are those of a run without a break."""
    whole = training("training.epochs=2")
    steps = whole.events("started")[0]["steps_per_epoch"]
    run = RunFolder.create(whole.run.path.parents[1], "train", ["train"])
    with pytest.raises(Cancelled):
        training("training.epochs=2", folder=run, stop_at=stop_at)
    rest = training("training.epochs=2", folder=run)
    assert rest.events("started")[-1]["step"] == stop_at
    assert [event["step"] for event in rest.events("epoch")] == [0, steps, 2 * steps]
    one, two = _weights(whole.run), _weights(run)
    assert all(torch.allclose(one[key], two[key], atol=1e-6) for key in one)
    ends = [[event["metrics"] for event in done.events("epoch")][-1] for done in (whole, rest)]
    assert ends[0]["category/top1"] == ends[1]["category/top1"]
    assert ends[0]["landmarks/NE"] == pytest.approx(ends[1]["landmarks/NE"], abs=1e-6)


def test_a_run_waits_while_it_is_asked_to(training: Runner, store_copy: Path) -> None:
    run = RunFolder.create(store_copy, "train", ["train"])
    run.pause()
    events = run.path / "events.jsonl"

    def release() -> None:
        # However long it takes to come to its first step, the run waits there.
        deadline = time.monotonic() + 120
        while b'"paused"' not in events.read_bytes() and time.monotonic() < deadline:
            time.sleep(0.05)
        waiting.append(events.read_bytes().count(b'"kind":"step"'))
        time.sleep(0.5)
        waiting.append(events.read_bytes().count(b'"kind":"step"'))
        run.go_on()

    waiting: list[int] = []
    helper = threading.Thread(target=release)
    helper.start()
    done = training("training.epochs=1", folder=run)
    helper.join()
    phases = [event["phase"] for event in done.events("phase")]
    assert phases.index("paused") < len(phases) - 1
    assert waiting[0] == waiting[1], "it went on while it was asked to wait"
    assert done.events("model")


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_state(training: Runner) -> None:
    good = training("training.epochs=1")
    before = _weights(good.run)
    with pytest.raises(NotFinite, match="images: ") as caught:
        training(
            "training.epochs=6",
            "optimiser.name=sgd",
            "optimiser.schedule=constant",
            "optimiser.warmup=0",
            "optimiser.learning_rate=10",
            "optimiser.clip=0",
            "loss.landmarks=1e30",
        )
    assert "learning rate" in caught.value.fix
    assert all(torch.isfinite(value).all() for value in before.values())


def test_the_state_of_a_run_that_failed_has_only_numbers(training: Runner, store_copy: Path) -> None:
    run = RunFolder.create(store_copy, "train", ["train"])
    wild = ("optimiser.name=sgd", "optimiser.schedule=constant", "optimiser.warmup=0", "optimiser.clip=0")
    with pytest.raises(StudioError):
        training(*wild, "optimiser.learning_rate=10", "loss.landmarks=1e25", "training.epochs=8", folder=run)
    for file in (run.path / "checkpoints").glob("*.ckpt"):
        assert all(torch.isfinite(value).all() for value in _weights(run, file.name).values())


def test_nothing_better_for_long_ends_the_run(training: Runner) -> None:
    done = training("training.epochs=30", "training.early_stop=2", "optimiser.learning_rate=1e-12")
    assert done.result["epochs"] < 8


def test_the_time_that_is_allowed_ends_the_run_with_figures_and_a_model(training: Runner) -> None:
    done = training("training.epochs=500", "training.max_minutes=0.03")
    assert done.result["epochs"] < 100
    assert done.events("epoch")[-1]["metrics"]
    assert any("time is up" in line for line in done.listener.said)


def test_few_states_are_kept_and_one_is_always_the_newest(training: Runner) -> None:
    done = training("training.epochs=5", "training.keep=2")
    files = sorted(file.name for file in (done.run.path / "checkpoints").iterdir())
    assert files[-1] == "last.ckpt"
    assert len(files) == 3
    newest: dict[str, Any] = torch.load(done.run.path / "checkpoints" / "last.ckpt", weights_only=True)
    assert newest["epoch"] == 4


def test_a_model_can_be_gone_on_from(training: Runner) -> None:
    first = training("name=first", "training.epochs=1")
    second = training("name=second", "training.epochs=1", "model.start_from=first")
    before, after = first.events("epoch")[-1]["metrics"], second.events("epoch")[0]["metrics"]
    assert after["landmarks/NE"] == pytest.approx(before["landmarks/NE"], abs=1e-5)


def test_two_runs_of_one_name_make_two_models(training: Runner, store_copy: Path) -> None:
    for _ in range(2):
        training("name=twin", "training.epochs=1")
    found = [model for model in all_models(store_copy) if model.place == "store"]
    assert [model.manifest.name for model in found] == ["twin", "twin"]
    assert [model.name for model in found] == ["twin", "twin-2"]


@pytest.mark.parametrize(
    "changes",
    [
        ("model.architecture=match-rcnn", "data.image_size=96"),
        ("model.architecture=mask-rcnn", "data.image_size=96"),
        ("model.architecture=embedding", "pairs.loss=triplet"),
        ("model.architecture=embedding", "pairs.loss=proxy-anchor"),
    ],
)
def test_the_other_networks_train_too(training: Runner, changes: tuple[str, ...]) -> None:
    done = training(*changes, "training.epochs=1", "training.batch=4")
    assert done.events("epoch")[-1]["metrics"]["loss"] > 0
    network, manifest = load_model(Path(done.result["folder"]))
    assert manifest.spec.architecture == changes[0].partition("=")[2]
    assert sum(parameter.numel() for parameter in network.parameters()) > 1000


def test_a_view_without_images_says_which(training: Runner) -> None:
    with pytest.raises(StudioError, match=r"data\.train"):
        training("data.train=split = nowhere")


def test_too_little_memory_offers_a_smaller_batch_with_the_same_result() -> None:
    shortage = _shortage(read_config(None, ["training.batch=16", "training.accumulate=2"]))
    assert shortage.settings == {"training.batch": 8, "training.accumulate": 4}
    alone = _shortage(read_config(None, ["training.batch=1", "data.image_size=800"]))
    assert alone.settings == {"data.image_size": 600}
    assert _out_of_memory(torch.OutOfMemoryError("CUDA out of memory."))
    assert _out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried ..."))
    assert not _out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


def test_a_full_disk_is_said_and_the_state_before_is_kept(
    training: Runner, monkeypatch: pytest.MonkeyPatch, store_copy: Path
) -> None:
    run = RunFolder.create(store_copy, "train", ["train"])
    with pytest.raises(Cancelled):
        training("training.epochs=2", folder=run, stop_at=2)
    before = (run.path / "checkpoints" / "last.ckpt").read_bytes()

    def full(*_arguments: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lightning.pytorch.Trainer.save_checkpoint", full)
    with pytest.raises(StudioError, match="No space left"):
        training("training.epochs=2", folder=run)
    assert (run.path / "checkpoints" / "last.ckpt").read_bytes() == before


def test_saving_a_model_of_a_run_is_whole_or_not_at_all(training: Runner) -> None:
    done = training("training.epochs=1")
    folder = Path(done.result["folder"])
    network, manifest = load_model(folder)
    assert save_model(network, manifest, folder).sha256 == manifest.sha256

"""A run's events become lines and facts; resumed runs and broken lines included."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from store.runs import Event, RunFolder
from store.runs.lines import smoothed
from store.runs.series import Series, SeriesReader, read_series

_BEGAN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def event(kind: str, second: float = 0, **data: Any) -> Event:
    return Event(kind, _BEGAN + timedelta(seconds=second), data)


def started(step: int = 0, **data: Any) -> Event:
    told = {
        "config": {"name": "a"},
        "garments": 40,
        "images": 30,
        "device": "cpu",
        "steps_per_epoch": 10,
        "epochs": 5,
    }
    return event("started", step=step, **{**told, **data})


def step(number: int, loss: float | None, **data: Any) -> Event:
    return event("step", step=number, epoch=number / 10, loss=loss, **data)


def epoch(number: int, value: float, **data: Any) -> Event:
    told = {"headline": "landmarks/AP", "higher_is_better": True, "best": False}
    return event("epoch", epoch=number, step=number * 10, metrics={"landmarks/AP": value}, **{**told, **data})


def made(*events: Event) -> Series:
    series = Series()
    series.update(events)
    return series


def test_nothing_yet() -> None:
    series = Series()
    assert not series.update([])
    assert (series.state, series.epoch, series.epochs, series.share) == ("queued", 0.0, 0, 0.0)
    assert series.best is None
    assert dict(series.losses) == {}


def test_steps_become_lines_by_name() -> None:
    series = made(
        started(), step(0, 3.0, losses={"box": 1.0}), step(1, 2.0, losses={"box": 0.5, "mask": 0.2})
    )
    assert_array_equal(series.losses["loss"].values, [3.0, 2.0])
    assert_array_equal(series.losses["loss"].steps, [0, 1])
    assert_array_equal(series.losses["loss"].epochs, [0.0, 0.1])
    assert_array_equal(series.losses["box"].values, [1.0, 0.5])
    assert_array_equal(series.losses["mask"].steps, [1])
    assert series.losses["loss"].last == 2.0


def test_facts_of_the_newest_step() -> None:
    facts = {
        "learning_rate": 1e-3,
        "images_per_second": 7.5,
        "loader_images_per_second": 12.0,
        "seconds_left": 90.0,
    }
    series = made(started(), step(25, 1.0, **facts))
    assert (series.step, series.epoch, series.epochs, series.share) == (25, 2.5, 5, 0.5)
    assert (series.throughput, series.loader_throughput, series.seconds_left) == (7.5, 12.0, 90.0)
    assert series.learning_rate == 1e-3
    assert (series.garments, series.images, series.device) == (40, 30, "cpu")
    assert series.state == "training"
    assert set(series.rates) == {"learning_rate", "images_per_second", "loader_images_per_second"}


def test_a_resumed_run_replaces_what_it_does_again() -> None:
    first = [
        started(),
        *(step(n, 10.0 + n, losses={"pose": 1.0}) for n in range(31)),
        epoch(1, 0.1),
        epoch(3, 0.3),
    ]
    saved = event("checkpoint", epoch=3, step=30, file="c3.ckpt", metric="landmarks/AP", value=0.3, best=True)
    series = made(*first, saved, event("samples", epoch=3, images=[]))
    series.update([started(step=20), step(21, 1.0)])
    assert_array_equal(series.losses["loss"].steps, [*range(21), 21])
    assert series.losses["loss"].last == 1.0
    # What the resumed part does not mention again does not keep an old tail either.
    assert series.losses["pose"].steps[-1] == 20
    assert_array_equal(series.metrics["landmarks/AP"].epochs, [1])
    assert series.checkpoints == ()
    assert series.samples == ()
    assert series.state == "training"


def test_steps_that_go_back_without_a_word_are_replaced_too() -> None:
    series = made(started(), step(0, 5.0), step(1, 4.0), step(2, 3.0), step(1, 2.0))
    assert_array_equal(series.losses["loss"].values, [5.0, 2.0])


def test_a_new_start_takes_the_end_back() -> None:
    failed = event("finished", outcome="failed", result={"what": "no room", "fix": "make room"})
    series = made(started(), step(0, 1.0), failed)
    assert (series.state, series.reason, series.fix) == ("failed", "no room", "make room")
    series.update([started(step=0)])
    assert (series.state, series.reason, series.fix) == ("starting", "", "")


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60))
def test_lines_are_always_in_order(steps: list[int]) -> None:
    series = made(started(), *(step(number, float(place)) for place, number in enumerate(steps)))
    line = series.losses["loss"]
    assert np.all(np.diff(line.steps) > 0)
    assert line.steps[-1] == steps[-1]
    assert line.values[-1] == len(steps) - 1


def test_lines_grow_beyond_their_first_room() -> None:
    series = made(started(), *(step(number, float(number)) for number in range(500)))
    assert_array_equal(series.losses["loss"].values, np.arange(500))


def test_what_is_handed_out_does_not_change() -> None:
    series = made(started(), step(0, 1.0))
    before = series.losses["loss"]
    series.update([step(1, 2.0)])
    assert len(before) == 1
    with pytest.raises(ValueError, match="read-only"):
        before.values[0] = 9


def test_metrics_best_and_headline() -> None:
    series = made(started(), epoch(0, 0.1), epoch(1, 0.5), epoch(2, 0.4))
    assert series.best == (1, 0.5)
    assert series.headline == "landmarks/AP"
    lower = {"higher_is_better": False, "headline": "landmarks/NE", "metrics": {"landmarks/NE": 0.5}}
    series = made(
        started(),
        event("epoch", epoch=1, step=10, **lower),
        event("epoch", epoch=2, step=20, **{**lower, "metrics": {"landmarks/NE": 0.2}}),
    )
    assert series.best == (2, 0.2)
    assert not series.higher_is_better


def test_only_one_checkpoint_is_the_best() -> None:
    told = [
        event("checkpoint", epoch=n, step=n * 10, file=f"{n}.ckpt", metric="m", value=n / 10, best=True)
        for n in (1, 2)
    ]
    series = made(started(), *told, event("checkpoint", epoch=3, step=30, file="last.ckpt", best=False))
    assert [(one.file, one.best) for one in series.checkpoints] == [
        ("1.ckpt", False),
        ("2.ckpt", True),
        ("last.ckpt", False),
    ]
    series.update([event("checkpoint", epoch=4, step=40, file="last.ckpt", best=False)])
    assert [one.epoch for one in series.checkpoints] == [1, 2, 4]


def test_machine_samples_stage_trouble_and_model() -> None:
    series = made(
        started(),
        event(
            "machine", 30, device="cuda:0", device_use=None, memory_used=2e9, memory_total=4e9, cpu_use=0.5
        ),
        event("samples", epoch=1, images=[{"file": "s/1.png", "image_id": 7, "garment_id": None}]),
        event("stage", stage="pose", round=2),
        event("trouble", what="3 images are missing", fix="find them"),
        event("model", name="best", folder="/m/best"),
        event("finished", outcome="done", result={"epochs": 5}),
    )
    (machine,) = series.machine
    assert (machine.seconds, machine.device, machine.device_use, machine.cpu_use) == (30, "cuda:0", None, 0.5)
    assert machine.rss is None
    assert series.samples[0].images[0].image_id == 7
    assert series.stage == ("pose", 2)
    assert [one.what for one in series.trouble] == ["3 images are missing"]
    assert (series.model, series.model_folder, series.state) == ("best", "/m/best", "done")
    assert series.result == {"epochs": 5}


@pytest.mark.parametrize("phase", ["training", "validating", "paused", "saving"])
def test_phases_are_states(phase: str) -> None:
    assert made(started(), event("phase", phase=phase)).state == phase


@pytest.mark.parametrize(
    "bad",
    [
        event("step", loss=1.0),
        event("step", step=3, epoch="much", loss=1.0),
        event("step", step=3, epoch=float("inf"), loss=1.0),
        event("step", step=3, epoch=0.3, loss={"a": 1}),
        event("step", step=3, epoch=0.3, loss=1.0, losses=[1]),
        event("epoch", epoch=1, step=None, metrics={}),
        event("checkpoint", epoch=1),
        event("samples", epoch=1, images=[{"file": "a"}]),
        event("samples", epoch=1, images=7),
        event("phase", phase="dancing"),
        event("machine", device_use="full"),
        event("started", config=3),
        event("trouble"),
    ],
)
def test_events_that_make_no_sense_are_left_out_and_counted(bad: Event) -> None:
    series = made(started(), step(1, 2.0), step(2, 1.0), bad, step(4, 0.5))
    assert series.skipped == 1
    assert series.losses["loss"].last == 0.5
    assert series.state == "training"


def test_events_of_other_kinds_mean_nothing() -> None:
    series = Series()
    assert not series.update([event("progress", done=1, total=2), event("unheard of")])
    assert series.skipped == 0


def test_a_loss_that_is_no_number_is_a_gap() -> None:
    # JSON knows no NaN: it is written as null.
    series = made(started(), step(0, 1.0), step(1, None), step(2, 3.0))
    assert_array_equal(series.losses["loss"].steps, [0, 2])
    assert series.skipped == 0


def test_a_folder_is_followed_and_broken_lines_are_passed_over(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path, "train", ["train"])
    reader = SeriesReader(run)
    assert not reader.refresh()
    run.event("started", config={}, epochs=2, steps_per_epoch=2, step=0)
    run.event("step", step=0, epoch=0.0, loss=np.float32(1.5))
    assert reader.refresh()
    file = run.path / "events.jsonl"
    line = json.dumps({"kind": "step", "at": _BEGAN.isoformat(), "step": 1, "epoch": 0.5, "loss": 1.0})
    with file.open("a", encoding="utf-8") as out:
        out.write('{"kind": "step", "at": "2026-\n')
        out.write(line[:20])
    reader.refresh()
    assert len(reader.series.losses["loss"]) == 1
    with file.open("a", encoding="utf-8") as out:
        out.write(line[20:] + "\n")
    assert reader.refresh()
    assert_array_equal(reader.series.losses["loss"].values, [1.5, 1.0])
    assert not reader.refresh()
    assert_array_equal(read_series(run).losses["loss"].values, [1.5, 1.0])


def test_smoothing_nothing() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert_array_equal(smoothed(values, 0.0), values)
    assert_array_equal(smoothed(np.empty(0), 0.9), [])


def test_smoothing_is_the_corrected_moving_average() -> None:
    # By hand: weights of the past fall by the factor 0.5 a step, and sum to one.
    assert_allclose(smoothed(np.array([4.0, 1.0, 1.0]), 0.5), [4.0, (4 + 2) / 3, (4 + 2 + 4) / 7])


@given(st.floats(-100, 100), st.integers(1, 50), st.floats(0.01, 0.99))
def test_smoothing_keeps_what_is_constant(value: float, count: int, weight: float) -> None:
    assert_allclose(smoothed(np.full(count, value), weight), value, rtol=1e-9, atol=1e-9)


def test_smoothing_passes_over_gaps() -> None:
    smooth = smoothed(np.array([1.0, np.nan, 1.0]), 0.5)
    assert np.isnan(smooth[1])
    assert_allclose(smooth[[0, 2]], 1.0)


def test_a_prediction_has_steps_without_epochs() -> None:
    begun = event("started", config={"model": "a"}, images=400, device="cpu", done=0)
    series = made(begun, event("step", step=40, images_per_second=2.5, seconds_left=144.0))
    assert (series.step, series.throughput, series.seconds_left) == (40, 2.5, 144.0)
    assert (series.state, series.skipped) == ("predicting", 0)
    series.update([event("phase", phase="paused")])
    assert series.state == "paused"
    series.update([event("phase", phase="predicting")])
    assert series.state == "predicting"
    series.update([event("finished", outcome="cancelled", result={}), event("resumed")])
    assert series.state == "queued"

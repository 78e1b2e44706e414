"""Two processes with gloo predict what one predicts; the first writes it all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store.runs import RunFolder
from store.runs.predicted import KIND
from tests.unit.inference import forked
from tests.unit.inference.prediction.conftest import MakeModel, Predicted, rows

TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")


def _both(store: Path, *what: str, batch: int = 2) -> list[int | None]:
    """The exit codes of two processes that predict together."""
    more = ("--device", "cpu", "--batch", str(batch), "--workers", "0")
    return forked.ended(forked.start("predict", "--store", str(store), *what, *more, count=2))


def test_two_processes_say_what_one_says(
    own_store: Path, make_model: MakeModel, predict: Callable[..., Predicted]
) -> None:
    make_model("match-rcnn")
    one = predict("match-rcnn", batch=2).run
    assert _both(own_store, "--model", "match-rcnn") == [0, 0]
    first, two = RunFolder.all(own_store, KIND)[:2]
    two = first if first.id != one.id else two
    assert two.id != one.id
    started = next(event.data for event in two.read(0)[0] if event.kind == "started")
    assert started["devices"] == 2
    assert two.state().state == "done"
    assert two.state().result["images"] == 24
    assert rows(two.path) == rows(one.path)
    # Both have nothing left to do, and end.
    assert _both(own_store, "--resume", two.id) == [0, 0]
    assert rows(two.path) == rows(one.path)


@pytest.mark.long
def test_both_of_torchrun_stop_where_the_first_is_asked_to_and_go_on(
    own_store: Path, make_model: MakeModel, predict: Callable[..., Predicted]
) -> None:
    make_model("match-rcnn")
    command = [sys.executable, *TORCHRUN, "-m", "app", "predict", "--store", str(own_store)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    more = ["--model", "match-rcnn", "--device", "cpu", "--batch", "1", "--workers", "0"]
    job = subprocess.Popen([*command, *more], env=environment, stderr=subprocess.DEVNULL)
    ends = time.monotonic() + 120
    while time.monotonic() < ends and not (runs := RunFolder.all(own_store, KIND)):
        time.sleep(0.05)
    runs[0].cancel()
    assert job.wait(120) != 0
    assert runs[0].state().state == "cancelled"
    run = runs[0]
    assert _both(own_store, "--resume", run.id, batch=1) == [0, 0]
    assert run.state().state == "done"
    assert rows(run.path) == rows(predict("match-rcnn", batch=1).run.path)

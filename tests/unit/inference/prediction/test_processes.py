"""Two processes with gloo predict what one predicts; the first writes it all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from store.runs import RunFolder
from store.runs.predicted import KIND
from tests.unit.inference.prediction.conftest import MakeModel, rows

TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")


def _predicted(store: Path, *launcher: str, resume: str = "") -> subprocess.CompletedProcess[str]:
    what = ("--resume", resume) if resume else ("--model", "match-rcnn")
    command = [sys.executable, *launcher, "-m", "app", "predict", "--store", str(store), *what]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    more = ["--device", "cpu", "--batch", "2", "--workers", "0"]
    return subprocess.run(
        [*command, *more], env=environment, capture_output=True, text=True, timeout=240, check=False
    )


def test_two_processes_say_what_one_says(own_store: Path, make_model: MakeModel) -> None:
    make_model("match-rcnn")
    alone = _predicted(own_store)
    assert alone.returncode == 0, alone.stderr[-3000:]
    one = RunFolder.all(own_store, KIND)[0]
    both = _predicted(own_store, *TORCHRUN)
    assert both.returncode == 0, both.stderr[-3000:]
    first, two = RunFolder.all(own_store, KIND)[:2]
    two = first if first.id != one.id else two
    assert two.id != one.id
    started = next(event.data for event in two.read(0)[0] if event.kind == "started")
    assert started["devices"] == 2
    assert two.state().state == "done"
    assert two.state().result["images"] == 24
    assert rows(two.path) == rows(one.path)
    # Both have nothing left to do, and end.
    again = _predicted(own_store, *TORCHRUN, resume=two.id)
    assert again.returncode == 0, again.stderr[-3000:]
    assert rows(two.path) == rows(one.path)


def test_both_stop_where_the_first_is_asked_to(own_store: Path, make_model: MakeModel) -> None:
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

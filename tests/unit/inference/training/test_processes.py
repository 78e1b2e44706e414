"""Two processes with gloo learn what one learns: the same order, the same loss, the same weights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from store.runs import RunFolder
from tests.unit.inference import forked
from tests.unit.inference.training.conftest import SETTINGS

# Triplets are looked for within a process, so they differ by how many there are.
CHANGES = ("loss.triplet=0", "training.epochs=1", "name=pair")


def _command(store: Path, *more: str) -> list[str]:
    settings = [part for one in (*SETTINGS, *CHANGES, *more) for part in ("--set", one)]
    return ["train", "--store", str(store), *settings]


def _trained(store: Path, launcher: list[str], *more: str) -> RunFolder:
    command = [*launcher, "-m", "app", *_command(store, *more)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return RunFolder.all(store, "train")[0]


def _epochs(run: RunFolder) -> list[dict[str, Any]]:
    return [dict(event.data) for event in run.read(0)[0] if event.kind == "epoch"]


@pytest.fixture
def alone(store_copy: Path) -> RunFolder:
    """What one process has learnt."""
    assert forked.ended(forked.start(*_command(store_copy))) == [0]
    return RunFolder.all(store_copy, "train")[0]


def test_two_processes_learn_what_one_does(store_copy: Path, alone: RunFolder) -> None:
    """Started by the program itself."""
    _compare(alone, _trained(store_copy, [sys.executable], "training.devices=2"))


def test_so_do_two_that_are_told_of_each_other(store_copy: Path, alone: RunFolder) -> None:
    """As torchrun tells processes of a cluster."""
    assert forked.ended(forked.start(*_command(store_copy), count=2)) == [0, 0]
    _compare(alone, next(run for run in RunFolder.all(store_copy, "train") if run.id != alone.id))


@pytest.mark.long
def test_so_do_two_of_torchrun(store_copy: Path, alone: RunFolder) -> None:
    by_torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    _compare(alone, _trained(store_copy, by_torchrun))


def _compare(one: RunFolder, two: RunFolder) -> None:
    assert one.id != two.id
    started = [next(e.data for e in run.read(0)[0] if e.kind == "started") for run in (one, two)]
    assert [data["devices"] for data in started] == [1, 2]
    assert started[0]["steps_per_epoch"] == started[1]["steps_per_epoch"]
    for alone, both in zip(_epochs(one), _epochs(two), strict=True):
        assert alone["step"] == both["step"]
        for name, value in alone["metrics"].items():
            assert both["metrics"][name] == pytest.approx(value, rel=1e-3, abs=1e-4), json.dumps(both)
    first, second = (load_file(run.path / "model" / "weights.safetensors") for run in (one, two))
    assert first.keys() == second.keys()
    for key, value in first.items():
        assert value.allclose(second[key], atol=2e-3), key

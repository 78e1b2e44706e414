"""Predictions on the installed program: they come, are accepted, corrected and exported; a killed process
takes nothing along."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from resources.taxonomy import categories
from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec
from tests.e2e.desktop import Desktop, Program, until
from tests.e2e.exporting import exported_annotations

pytestmark = pytest.mark.e2e
#: The process reads in torch on a machine that may be busy.
PATIENCE = 120.0


@pytest.fixture
def model(demo_store: Path, isolated_home: Path) -> Path:
    """A model of the store with random weights, and settings under which it is not too unsure to be shown."""
    import torch

    from inference.models import ARCHITECTURES, build, save_model

    torch.manual_seed(3)
    kinds = tuple(ModelCategory(one.id, one.name, one.schema.size) for one in categories())
    spec = ModelSpec("match-rcnn", "small", kinds, (), "own", 96, {"embedding_size": 16})
    folder = demo_store / "models" / "tiny"
    folder.mkdir(parents=True)
    save_model(build(spec), ModelManifest("tiny", spec, ARCHITECTURES["match-rcnn"].tasks), folder)
    settings = isolated_home / "studio" / "settings.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    wishes = {"model": str(folder), "device": "cpu", "score": 0.0, "visibility": 0.0}
    settings.write_text(json.dumps({"layout": {"predictions": wishes}}), encoding="utf-8")
    return folder


def _garments(event: dict[str, Any]) -> set[str]:
    return set(event["garments"])


def _step(program: Program, key: str) -> None:
    """Goes to another image and waits until it is shown."""
    before = program.events("shown")[-1]["image"]
    program.desktop.key(key)
    until(lambda: program.events("shown")[-1]["image"] != before, "another image")


def test_accept_all_move_one_survive_a_killed_process_export(
    screen: Desktop, demo_store: Path, model: Path, isolated_home: Path, tmp_path: Path
) -> None:
    program = Program(screen, tmp_path / "trace.jsonl", "open", str(demo_store))
    program.wait("listed")
    program.focus()
    screen.key("Return")
    shown = program.settled()
    proposed = program.wait("proposed", seconds=PATIENCE)
    assert proposed["image"] == shown["image"]
    assert proposed["proposals"] > 0

    screen.key("shift+y")
    accepted = program.wait("saved")
    assert _garments(accepted) >= _garments(shown)
    assert accepted["garments"] != shown["garments"]

    # The process dies: what was accepted is there, and proposals come back. The nearest images were done
    # ahead; a few further on the new process must answer.
    os.kill(proposed["worker"], signal.SIGKILL)
    for _ in range(5):
        _step(program, "Next")
    last = program.events("shown")[-1]["image"]

    def comes_back() -> bool:
        found = [one for one in program.events("proposed") if one["image"] == last]
        return any(one["worker"] != proposed["worker"] and one["proposals"] > 0 for one in found)

    until(comes_back, "proposals of another process", PATIENCE)
    for _ in range(5):
        _step(program, "Prior")
    assert program.events("shown")[-1]["image"] == shown["image"]
    back = program.settled()
    assert back["garments"] == accepted["garments"]

    # One landmark is moved by hand.
    saves = len(program.events("saved"))
    screen.key("grave", "Tab", "shift+Right")
    moved = program.wait("saved", after=saves)
    assert moved["garments"] != accepted["garments"]

    found = exported_annotations(screen, program, demo_store, isolated_home, shown["name"])
    assert len(found) == len(moved["garments"])
    assert program.quit() == 0

"""Training from the installed program's window: started, watched, outliving it, killed, resumed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from store.runs import RunFolder
from tests.e2e.desktop import Desktop, Program, until

pytestmark = pytest.mark.e2e

#: Small enough for a minute on one core, and real: FashionNet learns landmarks and categories.
CONFIG = """
name = "{name}"
[model]
architecture = "fashionnet"
backbone = "small"
[data]
train = "split = train"
validation = "split != train"
image_size = 64
workers = 0
[training]
epochs = {epochs}
batch = 8
samples = 2
"""


def _listed(program: Program, name: str) -> dict[str, Any]:
    """The line of a run in the list as it was last shown; empty where it is not there."""
    events = program.events("runs")
    return next((run for run in events[-1]["runs"] if run["name"] == name), {}) if events else {}


def _seen(program: Program, name: str, standing: str) -> dict[str, Any]:
    """What was last shown of a selected run, if it stands so; else empty."""
    events = [event for event in program.events("run") if event["name"] == name]
    return events[-1] if events and events[-1]["standing"] == standing else {}


def _press(program: Program, event: dict[str, Any], button: str) -> None:
    program.desktop.click(*event["places"][button])


def _start(program: Program, screen: Desktop, config: Path) -> None:
    """Ctrl+N, the configuration from a file, Start run."""
    before = len(program.events("dialog"))
    program.focus()
    screen.key("ctrl+n")
    dialog = program.wait("dialog", after=before)
    _press(program, dialog, "Load TOML…")
    program.choose_file("Load a configuration", config)
    program.focus("New run")
    _press(program, dialog, "Start run")
    program.focus()


def test_train_kill_resume(screen: Desktop, demo_store: Path, tmp_path: Path) -> None:
    screen.environment["OMP_NUM_THREADS"] = "1"
    for name, epochs in (("first", 1), ("second", 40)):
        (tmp_path / f"{name}.toml").write_text(CONFIG.format(name=name, epochs=epochs))
    program = Program(screen, tmp_path / "trace.jsonl", "open", str(demo_store))
    program.wait("listed")
    _start(program, screen, tmp_path / "first.toml")
    until(lambda: _listed(program, "first").get("standing") == "running", "the run to begin", 120)
    seen = until(lambda: _seen(program, "first", "done"), "the end of the run", 120)
    assert seen["points"] > 0
    assert seen["model"] == "first"
    assert seen["metrics"]["category/top1"] >= 0
    assert (demo_store / "models" / "first" / "weights.safetensors").is_file()

    _start(program, screen, tmp_path / "second.toml")
    until(lambda: _seen(program, "second", "running").get("step", 0) >= 2, "the first steps", 120)
    _press(program, _seen(program, "second", "running"), "Pause")
    until(lambda: _seen(program, "second", "paused"), "the run to wait", 20)
    assert program.quit() == 0

    # The run outlives the window, and the next window finds it.
    run = next(one for one in RunFolder.all(demo_store, "train") if one.about()["command"])
    assert run.state().state == "running"
    program = Program(screen, tmp_path / "again.jsonl", "open", str(demo_store))
    program.wait("listed")
    program.focus()
    screen.key("ctrl+5")
    paused = until(lambda: _seen(program, "second", "paused"), "the run to be found", 30)
    os.kill(int((run.path / "pid").read_text().split()[0]), signal.SIGKILL)
    killed = until(lambda: _seen(program, "second", "killed"), "the kill to be seen", 20)
    assert killed["step"] == paused["step"]

    _press(program, killed, "Resume")
    seen = until(lambda: _seen(program, "second", "done"), "the end of the resumed run", 120)
    assert seen["model"] == "second"
    assert seen["points"] >= paused["points"]
    kinds = [event.kind for event in run.read(0)[0]]
    assert kinds.count("resumed") == 1
    assert kinds[-1] == "finished"
    assert program.quit() == 0

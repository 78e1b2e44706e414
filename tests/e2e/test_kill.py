"""SIGKILL at random moments while edits are driven from outside: what was acknowledged is in the store."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store.db import Store
from store.document import Document
from tests.e2e.desktop import Desktop, Program

pytestmark = pytest.mark.e2e

EDITS = 50
#: Keys that edit the selected landmark; a state that it has already is no edit.
KEYS = ("Right", "Down", "Left", "shift+Right", "shift+Up", "1", "2")


def _start(screen: Desktop, store: Path, trace: Path) -> Program:
    """The program with the first image open and a landmark of its first garment selected."""
    program = Program(screen, trace, "open", str(store))
    program.wait("listed")
    program.focus()
    screen.key("Return")
    program.settled()
    screen.key("k", "grave", "Tab")
    return program


def _state(image: int, store: Path) -> dict[str, Any]:
    """The garments of an image as the store has them, and how many revisions it has."""
    with Store.open(store) as opened:
        document = Document(opened, image)
        return {
            "garments": {
                str(g.id): {"points": g.points.tolist(), "visibility": g.visibility.tolist()}
                for g in document.garments
            },
            "revisions": len(opened.revisions.of_image(image)),
            "undo": document.undo_title,
        }


def _same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return a.keys() == b.keys() and all(
        np.array_equal(a[g]["points"], b[g]["points"]) and a[g]["visibility"] == b[g]["visibility"] for g in a
    )


def test_no_acknowledged_edit_is_lost(screen: Desktop, demo_store: Path, tmp_path: Path) -> None:
    chance = random.Random(20)
    acknowledged = rounds = 0
    while acknowledged < EDITS:
        rounds += 1
        program = _start(screen, demo_store, tmp_path / f"trace{rounds}.jsonl")
        image = program.events("shown")[-1]["image"]
        before = _state(image, demo_store)
        for sent in range(chance.randint(4, 14)):
            screen.key(chance.choice(KEYS) if sent else "Right")
            if sent == 0:
                program.wait("saved")
        time.sleep(chance.uniform(0, 0.05))
        program.kill()

        seen = program.events("saved")
        acknowledged += len(seen)
        after = _state(image, demo_store)
        # An edit in flight may be in the store without having been acknowledged; never the reverse.
        assert after["revisions"] >= before["revisions"] + len(seen)
        assert after["undo"]
        if after["revisions"] == before["revisions"] + len(seen):
            assert _same(after["garments"], seen[-1]["garments"])

    program = _start(screen, demo_store, tmp_path / "last.jsonl")
    image = program.events("shown")[-1]["image"]
    last = _state(image, demo_store)
    screen.key("ctrl+z")
    undone = program.wait("saved")
    assert not _same(undone["garments"], last["garments"])
    screen.key("ctrl+shift+z")
    assert _same(program.wait("saved", after=1)["garments"], last["garments"])
    assert program.quit() == 0

"""SIGKILL at random moments while edits are driven from outside: what was acknowledged is in the store."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store.db import Store
from store.document import Document
from tests.e2e.desktop import Desktop, Program

pytestmark = pytest.mark.e2e

#: The suite's share; the long test kills much oftener.
EDITS = 25
#: Of the long test; KILLS in the environment makes another number.
KILLS = int(os.environ.get("KILLS", "200"))
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


def _whole(store: Path) -> bool:
    """Whether SQLite finds the store's file undamaged."""
    with closing(sqlite3.connect(store / "studio.db")) as connection:
        found: list[tuple[str]] = connection.execute("PRAGMA integrity_check").fetchall()
    return found == [("ok",)]


def _killed_once(screen: Desktop, store: Path, trace: Path, chance: random.Random) -> int:
    """One round of edits that ends with SIGKILL; how many were acknowledged, all of which must be there."""
    program = _start(screen, store, trace)
    image = program.events("shown")[-1]["image"]
    before = _state(image, store)
    for sent in range(chance.randint(4, 14)):
        screen.key(chance.choice(KEYS) if sent else "Right")
        if sent == 0:
            program.wait("saved")
    time.sleep(chance.uniform(0, 0.3))
    program.kill()

    seen = program.events("saved")
    after = _state(image, store)
    # An edit in flight may be in the store without having been acknowledged; never the reverse.
    assert after["revisions"] >= before["revisions"] + len(seen)
    assert after["undo"]
    if after["revisions"] == before["revisions"] + len(seen):
        assert _same(after["garments"], seen[-1]["garments"])
    return len(seen)


def _undoes_and_redoes(screen: Desktop, store: Path, trace: Path) -> None:
    """The store still works: the last edit is undone and made again."""
    program = _start(screen, store, trace)
    image = program.events("shown")[-1]["image"]
    last = _state(image, store)
    screen.key("ctrl+z")
    undone = program.wait("saved")
    assert not _same(undone["garments"], last["garments"])
    screen.key("ctrl+shift+z")
    assert _same(program.wait("saved", after=1)["garments"], last["garments"])
    assert program.quit() == 0


def test_no_acknowledged_edit_is_lost(screen: Desktop, demo_store: Path, tmp_path: Path) -> None:
    chance = random.Random(20)
    acknowledged = rounds = 0
    while acknowledged < EDITS:
        rounds += 1
        acknowledged += _killed_once(screen, demo_store, tmp_path / f"trace{rounds}.jsonl", chance)
    _undoes_and_redoes(screen, demo_store, tmp_path / "last.jsonl")


@pytest.mark.long
def test_two_hundred_kills_lose_nothing_and_damage_nothing(
    screen: Desktop,
    demo_store: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chance = random.Random(int(os.environ.get("SEED", "200")))
    acknowledged = 0
    for kill in range(KILLS):
        trace = tmp_path / f"trace{kill}.jsonl"
        acknowledged += _killed_once(screen, demo_store, trace, chance)
        assert _whole(demo_store), f"the store is damaged after kill {kill + 1}"
        trace.unlink()
    _undoes_and_redoes(screen, demo_store, tmp_path / "last.jsonl")
    said = f"{KILLS} kills, {acknowledged:,} acknowledged edits, none lost, no store damaged"
    with capsys.disabled():
        request.config.get_terminal_writer().line(f"\n{said}")

"""Retrieval on the installed program: the board opens on failures, a repair joins two products and changes
the figures, an export says what of it one file cannot hold, and the undo takes all of it back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store.db import Store
from tests.e2e.desktop import PROGRAM, Desktop, Program, until
from tests.rankings import ranking_of

pytestmark = pytest.mark.e2e
#: A consumer's garment, and what it finds first: a garment of another pair, worn with one of its own pair.
QUERY, RESULT = 24, 10
LOSS = "garments of another pair than the rest of their image"


@pytest.fixture
def ranked_store(demo_store: Path) -> Path:
    """The demo with a ranking that has one failure."""
    with Store.open(demo_store) as store:
        table = store.products.table()
    known = table.identities >= 0
    vectors = np.zeros((len(table), len(table.keys) + 1), np.float32)
    vectors[np.arange(len(table)), np.where(known, table.identities, len(table.keys))] = 1.0
    vectors[QUERY - 1] = 0.6 * vectors[QUERY - 1] + 0.8 * vectors[RESULT - 1]
    consumer, shop = known & (table.shop == 0), known & (table.shop == 1)
    ranking_of(demo_store, vectors, table.ids[consumer], table.ids[shop])
    return demo_store


def _identity(store: Path, garment_id: int) -> tuple[str, int | None, int | None]:
    with Store.open(store, read_only=True) as opened:
        one = opened.garments.get(garment_id)
        return one.item_id, one.pair_id, one.style


def _exported(store: Path, folder: Path) -> dict[str, Any]:
    command = [str(PROGRAM), "export", "deepfashion2", str(folder), "--store", str(store), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_missing_match_is_joined_exported_and_undone(
    screen: Desktop, ranked_store: Path, tmp_path: Path
) -> None:
    own, other = _identity(ranked_store, QUERY), _identity(ranked_store, RESULT)
    assert own != other
    program = Program(screen, tmp_path / "trace.jsonl", "open", str(ranked_store))
    program.wait("listed")
    program.focus()
    screen.key("ctrl+3")
    first = program.wait("ranking", seconds=60)
    shown = program.wait("query", seconds=60)
    assert first["failures"] == 1
    assert first["queries"] == [QUERY] == [shown["garment"]]
    assert shown["results"][0] == [RESULT, False]

    # The first result is the same garment: the repair is counted, and made.
    screen.key("1")
    forecast = program.wait("forecast")
    assert forecast["after"] > forecast["before"] == first["top"]["1"]
    screen.key("Return")
    repaired = until(lambda: [one for one in program.events("ranking") if one["repairs"] == 1], "the repair")[
        0
    ]
    assert repaired["top"]["1"] == pytest.approx(forecast["after"])
    assert repaired["failures"] == 0
    assert _identity(ranked_store, RESULT) == own

    # An image of two garments holds one pair id: the file keeps the other's in our key, and says so.
    losses = json.dumps(_exported(ranked_store, tmp_path / "out"))
    assert LOSS in losses

    count = len(program.events("ranking"))
    screen.key("ctrl+z")
    undone = program.wait("ranking", after=count)
    assert undone["repairs"] == 0
    assert undone["top"] == first["top"]
    assert _identity(ranked_store, RESULT) == other
    assert _identity(ranked_store, QUERY) == own
    assert LOSS not in json.dumps(_exported(ranked_store, tmp_path / "again"))
    assert program.quit() == 0

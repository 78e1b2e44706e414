"""The main job on the installed program, with real mouse and key events: correct, undo, redo, export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from store.records import Visibility
from tests.e2e.desktop import Desktop, Program, until
from tests.e2e.exporting import exported_annotations

pytestmark = pytest.mark.e2e


def _on_screen(event: dict[str, Any], point: list[float]) -> tuple[float, float]:
    """Where an image pixel lies on the screen."""
    (left, top), zoom = event["origin"], event["zoom"]
    return left + zoom * point[0], top + zoom * point[1]


def _visible_landmark(event: dict[str, Any], garment: str) -> int:
    """The index of a visible landmark that has no other landmark near, so that a click means it."""
    points = [p for g in event["garments"].values() for p in g["points"]]
    own = event["garments"][garment]
    for index, (x, y) in enumerate(own["points"]):
        near = [p for p in points if abs(p[0] - x) + abs(p[1] - y) < 14]
        if own["visibility"][index] == Visibility.VISIBLE and len(near) == 1:
            return index
    raise AssertionError("no landmark stands alone")


def test_correct_undo_redo_next_export(
    screen: Desktop, demo_store: Path, isolated_home: Path, tmp_path: Path
) -> None:
    program = Program(screen, tmp_path / "trace.jsonl", "open", str(demo_store))
    program.wait("listed")
    program.focus()
    screen.key("Return")
    program.wait("page")
    shown = program.settled()
    garment = next(iter(shown["garments"]))
    index = _visible_landmark(shown, garment)
    before = shown["garments"][garment]["points"][index]

    # The first click selects the garment and the landmark tool, the drag then moves the landmark.
    screen.key("grave", "k")
    shown = program.settled()
    start = _on_screen(shown, before)
    screen.drag(start, (start[0] + 40, start[1] - 25))
    saved = program.wait("saved")
    moved = saved["garments"][garment]["points"][index]
    zoom = shown["zoom"]
    assert moved == pytest.approx([before[0] + 40 / zoom, before[1] - 25 / zoom], abs=1.5 / zoom + 0.6)

    screen.key("ctrl+z")
    assert program.wait("saved", after=1)["garments"][garment]["points"][index] == before
    screen.key("ctrl+shift+z")
    assert program.wait("saved", after=2)["garments"][garment]["points"][index] == moved

    # Accept goes to the next image.
    screen.key("Return")
    accepted = program.wait("saved", after=3)
    assert accepted["review"] == 3
    until(lambda: program.events("shown")[-1]["image"] != shown["image"], "the next image")

    written = exported_annotations(screen, program, demo_store, isolated_home, saved["name"])
    points = [one["keypoints"][3 * index : 3 * index + 2] for one in written]
    assert any(p == pytest.approx(moved, abs=0.51) for p in points), (moved, points)
    assert program.quit() == 0

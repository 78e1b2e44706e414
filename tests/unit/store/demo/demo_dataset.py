"""Reads a written demo dataset back, for the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from store.demo import DemoOptions, DemoReport

OPTIONS = DemoOptions(images=104, seed=3, errors=0.1, size=256)


class Written(NamedTuple):
    """A demo dataset on disk; ``annotations`` are by split and name, ``truth`` is the side file's lines."""

    folder: Path
    report: DemoReport
    annotations: dict[tuple[str, str], dict[str, Any]]
    truth: list[dict[str, Any]]

    def items(self) -> list[tuple[tuple[str, str], str, dict[str, Any]]]:
        """Every garment with the place and key it has."""
        return [
            (place, key, content[key])
            for place, content in self.annotations.items()
            for key in content
            if key.startswith("item")
        ]

    def wrong(self) -> set[tuple[str, str, str]]:
        """Split, image and item of the garments labelled wrong."""
        return {(line["split"], line["image"][:-4], line["item"]) for line in self.truth}

    def right_items(self) -> list[tuple[tuple[str, str], str, dict[str, Any]]]:
        """The garments whose labels are right."""
        wrong = self.wrong()
        return [entry for entry in self.items() if (*entry[0], entry[1]) not in wrong]


def read(folder: Path, report: DemoReport) -> Written:
    """Read a written dataset back."""
    annotations = {
        (path.parent.parent.name, path.stem): json.loads(path.read_bytes())
        for path in sorted(folder.glob("*/annos/*.json"))
    }
    truth = [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]
    return Written(folder, report, annotations, truth)

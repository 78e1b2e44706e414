"""The export that ends the tests of the main job: by its keys, from the page as a person meets it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tests.e2e.desktop import Desktop, Program, until


def exported_annotations(
    screen: Desktop, program: Program, store: Path, home: Path, name: str
) -> list[dict[str, Any]]:
    """Export the demo store as COCO into the person's home; the annotations of the image of that name."""
    screen.key("ctrl+8")
    until(lambda: program.events("page")[-1]["page"] == "export", "the export page")
    out = home / "demo.json"

    def started() -> bool:
        # The key works as soon as the checks are through, as the button shows it.
        screen.key("ctrl+Return")
        time.sleep(0.4)
        return (store / "runs").is_dir() and any((store / "runs").iterdir())

    until(started, "the export to start")
    until(out.is_file, "the exported file", 60)
    exported = json.loads(out.read_text(encoding="utf-8"))
    image = next(one for one in exported["images"] if one["file_name"].endswith(Path(name).name))
    return [one for one in exported["annotations"] if one["image_id"] == image["id"]]

"""``make demo`` without a display, and ``make screenshots``: the real window, on a small demo."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtGui import QImage

from tests.gui.docs.conftest import DOCS, Run

SMALL = ("--images", "36", "--errors", "0.4")


def test_the_demo_without_a_display_corrects_and_exports_and_can_be_run_again(
    run_script: Run, tmp_path: Path
) -> None:
    out = tmp_path / "demo"
    for _ in range(2):
        done = run_script("demo.py", out, *SMALL)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Done." in done.stdout
    exports = out / "exports"
    assert {one.name for one in exports.iterdir()} == {
        "deepfashion2",
        "coco-per-category.json",
        "coco-294.json",
    }
    assert len(json.loads((exports / "coco-294.json").read_text())["images"]) == int(SMALL[1])
    names = sorted(one.name for one in (out / "screenshots").iterdir())
    assert names == ["1-browse.png", "2-wrong.png", "3-corrected.png", "4-export.png"]
    wrong, corrected = (QImage(str(out / "screenshots" / name)) for name in names[1:3])
    assert wrong.size() == corrected.size()
    assert wrong != corrected


def test_the_demo_fails_where_its_folder_is_not_a_demo(run_script: Run, tmp_path: Path) -> None:
    (tmp_path / "dataset").mkdir()
    done = run_script("demo.py", tmp_path, *SMALL)
    assert done.returncode == 1
    assert "is not from a demo" in done.stderr


def test_screenshots_are_those_of_the_guide(run_script: Run, tmp_path: Path) -> None:
    done = run_script("screenshots.py", tmp_path, *SMALL)
    assert done.returncode == 0, done.stdout + done.stderr
    made = {one.name for one in tmp_path.iterdir()}
    assert made == {one.name for one in (DOCS / "images").glob("*.png")}
    sizes = {(image.width(), image.height()) for image in (QImage(str(tmp_path / name)) for name in made)}
    assert sizes == {(1600, 1000), (1280, 800)}

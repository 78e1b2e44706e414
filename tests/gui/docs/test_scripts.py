"""``make demo`` without a display, and ``make screenshots``: the real window, on a small demo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.gui.docs.conftest import DOCS, Run

SMALL = ("--images", "36", "--errors", "0.4")
#: ``screenshots.py`` with runs of two epochs, which is what a curve needs, and few images to look for and
#: among: nobody reads these pictures.
SHORT_RUNS = """
import sys
from pathlib import Path
sys.path.insert(0, {docs!r})
import browse_pictures
import retrieval_pictures
import screenshots
browse_pictures.IMAGES = 3000
retrieval_pictures.IMAGES = 60
epochs = [one for one in screenshots.SETTINGS if one.startswith("training.epochs=")]
assert len(epochs) == 1
others = [one for one in screenshots.SETTINGS if one not in epochs]
screenshots.SETTINGS = (*others, "training.epochs=2")
screenshots.main(Path(sys.argv[1]), sys.argv[2:])
"""


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


@pytest.mark.long
def test_screenshots_are_those_of_the_guide(run_script: Run, tmp_path: Path) -> None:
    script, out = tmp_path / "short.py", tmp_path / "images"
    script.write_text(SHORT_RUNS.format(docs=str(DOCS)), encoding="utf-8")
    done = run_script(script, out, *SMALL)
    assert done.returncode == 0, done.stdout + done.stderr
    made = {one.name for one in out.iterdir()}
    assert made == {one.name for one in (DOCS / "images").glob("*.png")}
    sizes = {(image.width(), image.height()) for image in (QImage(str(out / name)) for name in made)}
    assert sizes == {(1600, 1000), (1280, 800)}

"""The pictures of the user guide that show retrieval: the board, two models, the map, leaks and the report.

They are of a store with wrong pairs, which is drawn for the purpose, and of rankings by the models that come
with the program; before those are trained there is nothing to show.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from hand import wait
from model_pictures import CROPS, DETECTOR, Guide
from PySide6.QtCore import Qt

from app.controllers.retrieval.leaks import LeaksController
from app.controllers.retrieval.map import MapController
from app.controllers.retrieval.report import ReportController
from widgets.pages.retrieval.crops import Crops

#: Drawn with their own seed; a few of their pairs are said wrong.
IMAGES, SEED, ERRORS = 400, 71, 0.04


def prepared(folder: Path) -> Path:
    """A store with two indices and two rankings of its queries. CalledProcessError if a command fails."""
    options = ["--images", str(IMAGES), "--seed", str(SEED), "--errors", str(ERRORS), "--headless"]
    _command("demo", "--dir", str(folder), *options)
    store = str(folder / "store")
    for model in (DETECTOR, CROPS):
        said = _command("index", "--store", store, "--model", model, "--workers", "0", "--json")
        _command("retrieve", "--store", store, "--index", str(json.loads(said)["index"]))
    return folder / "store"


def retrieval(guide: Guide, store: Path) -> None:
    """Each view of the page in both themes."""
    hand, window = guide.hand, guide.window
    hand.open_store(store)
    window.go_to("retrieval")
    page = window.retrieval.page
    wait(lambda: page.query() is not None, "the failures")
    _shown(guide)
    # The first failure: its first result is said to be the same garment, and what a join would change.
    hand.press(Qt.Key.Key_1)
    _shown(guide)
    _both(guide, "retrieval")
    for view in ("two", "map", "leaks", "report"):
        page.show_view(view)
        _ready(guide, view)
        _shown(guide)
        _both(guide, f"retrieval-{view}")
    page.show_view("board")


def _ready(guide: Guide, view: str) -> None:
    """Wait for what a view computes in a thread of its own."""
    retrieval = guide.window.retrieval
    controllers = {type(one).__name__: one for one in retrieval.views}
    match view:
        case "two":
            wait(retrieval.page.board.two.strips.isVisible, "the second ranking")
        case "map":
            drawn = controllers["MapController"]
            assert isinstance(drawn, MapController)
            wait(lambda: drawn.view.legend.levels() and not drawn.work.busy(), "the map")
        case "leaks":
            leaks = controllers["LeaksController"]
            assert isinstance(leaks, LeaksController)
            wait(leaks.view.look.isEnabled, "the indices")
            leaks.view.ask_look()
            wait(lambda: leaks.found is not None and not leaks.work.busy(), "the leaks")
        case _:
            report = controllers["ReportController"]
            assert isinstance(report, ReportController)
            wait(report.view.write.isVisible, "the causes")


def _shown(guide: Guide) -> None:
    """Wait till all pictures are cut."""
    guide.hand.settle()
    wait(lambda: all(one.idle for one in guide.window.findChildren(Crops)), "the pictures")
    guide.hand.settle()


def _both(guide: Guide, name: str) -> None:
    guide.shot(f"{name}-dark")
    guide.light(f"{name}-light")


def _command(*arguments: str) -> str:
    """What a command of the program prints."""
    command = [sys.executable, "-P", "-m", "app", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode()

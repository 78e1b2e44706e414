"""Two windows, two processes, one store: each sees what the other does, and neither loses anything."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from store.db import Store
from store.document import Document
from store.importing import ImportOptions, import_dataset
from store.progress import silent
from store.settings import SettingsFile
from tests.e2e.desktop import Desktop, Program, desktop, missing_tools

pytestmark = pytest.mark.e2e

#: Seconds within which what was decided is in the store and seen by both.
WAIT = 60.0


@pytest.fixture(params=["sqlite", "postgresql"])
def folders(request: pytest.FixtureRequest, drawn: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The folders of two people: one and the same, or two that share a database on a server."""
    if request.param == "sqlite":
        store = Path(shutil.copytree(drawn / "store", tmp_path / "store"))
        return store, store
    url = request.getfixturevalue("server").new()
    with Store.create(tmp_path / "anna", "team", url) as made:
        import_dataset(made, "deepfashion2", drawn / "dataset", ImportOptions(name="demo"), silent)
    Store.create(tmp_path / "bert", "team", url).close()
    return tmp_path / "anna", tmp_path / "bert"


@pytest.fixture
def screens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desktop, Desktop]]:
    """A screen and a home for each of two people."""
    if missing := missing_tools():
        pytest.skip(f"{' and '.join(missing)} not installed; ./setup.sh test installs them")
    with ExitStack() as stack:
        made = []
        for name in ("anna", "bert"):
            home = tmp_path / "homes" / name
            monkeypatch.setenv("DEEPFASHION_STUDIO_HOME", str(home / "studio"))
            settings = SettingsFile()
            settings.set_layout(annotate={"predictions": False})
            settings.change(author=name)
            made.append(stack.enter_context(desktop(home)))
        yield made[0], made[1]


def start(screen: Desktop, store: Path, trace: Path) -> Program:
    """The program with the first image open and the first landmark of its first garment selected."""
    program = Program(screen, trace, "open", str(store))
    program.wait("listed", seconds=40)
    program.focus()
    screen.key("Return")
    program.settled()
    screen.key("k", "grave", "Tab")
    return program


def test_two_windows_see_each_other_and_ask(
    screens: tuple[Desktop, Desktop], folders: tuple[Path, Path], tmp_path: Path
) -> None:
    anna = start(screens[0], folders[0], tmp_path / "anna.jsonl")
    bert = start(screens[1], folders[1], tmp_path / "bert.jsonl")
    image = bert.settled()["image"]
    assert anna.settled()["image"] == image

    screens[0].key("Right")
    seen = bert.wait("saved", seconds=WAIT)
    garment, landmark = str(seen["selected"][0]), seen["selected"][1]
    assert seen["garments"] == anna.wait("saved")["garments"]

    # Bert drags a landmark while Anna nudges the next one.
    view = seen
    x, y = view["garments"][garment]["points"][landmark]
    at = (view["origin"][0] + view["zoom"] * x, view["origin"][1] + view["zoom"] * y)
    screens[1].move(*at)
    screens[1].xdotool("mousedown", 1)
    screens[1].move(at[0] + 15, at[1] + 10)
    screens[1].move(at[0] + 30, at[1] + 20)
    screens[0].key("Tab", "Down")
    anna.wait("saved", after=1)
    screens[1].xdotool("mouseup", 1)
    asked = bert.wait("dialog")
    assert asked["title"] == "Somebody else has changed this garment too"
    bert.focus(asked["title"])
    screens[1].key("Return")
    # What Bert sees of Anna's edits is told as saved, too: his own is there when the history names him.
    deadline = time.monotonic() + WAIT
    while True:
        with Store.open(folders[0]) as store:
            stored = Document(store, image).garment(int(garment))
            assert stored is not None
            authors = [one.author for one in store.revisions.of_garment(int(garment))]
        both = bert.events("saved")[-1]
        last = both["garments"][garment]["points"]
        if ("bert" in authors and stored.points.tolist() == last) or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    assert authors == ["anna", "anna", "bert"]
    assert stored.points[landmark].tolist() != [x, y]
    assert stored.points.tolist() == last
    assert stored.points[landmark + 1].tolist() != view["garments"][garment]["points"][landmark + 1]
    assert both["image"] == image
    # And Anna has it before she does anything.
    while anna.events("saved")[-1]["garments"][garment]["points"] != last and time.monotonic() < deadline:
        time.sleep(0.1)
    assert anna.events("saved")[-1]["garments"][garment]["points"] == last
    assert (anna.quit(), bert.quit()) == (0, 0)

"""What ``make demo`` runs: ``python docs/demo.py OUT [options of the demo command]``.

With a display: the demo is drawn into OUT, if it is not there, and the window opens on it. Without one
the same job is done offscreen: a landmark that is wrong on purpose is dragged to where it belongs, in
the program's own window, and what is exported is opened again and looked at. Exit code 0 if all held.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hand import Hand, Stuck, isolate, working
from pycocotools.coco import COCO

from resources.taxonomy import category
from store.errors import StudioError
from store.settings import SettingsFile

Point = tuple[float, float]
#: A landmark is where it belongs within so many image pixels: the hand aims at whole screen pixels.
NEAR = 1.5
#: Landmarks off by less are no good to show.
FAR = 12.0
_VISIBLE = 2


class Failed(Exception):
    """Something was not as it should be."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A landmark that is wrong on purpose: where the file has it, and where it belongs."""

    split: str
    image: str
    item: str
    index: int
    category_id: int
    said: Point
    true: Point

    @property
    def name(self) -> str:
        """The image's name in the store."""
        return f"{self.split}/image/{self.image}"

    @property
    def landmark(self) -> str:
        """What the landmark is called."""
        return category(self.category_id).schema.names[self.index]


def say(text: str) -> None:
    """A line to the person."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def has_display() -> bool:
    """Whether a window can be expected to open."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen"):
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def program(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line. Failed with what it said if it does not end well.

    Exit code 1 is well too: all was written, and something was reported.
    """
    command = [sys.executable, "-P", "-m", "app", *map(str, arguments)]
    say("  deepfashion-studio " + " ".join(map(str, arguments)))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise Failed(f"exit code {done.returncode}: {done.stderr.strip()}")
    for line in done.stdout.splitlines():
        say(f"    {line.strip()}")
    return done


# -- what is wrong ------------------------------------------------------------------------------


def wrong_landmarks(dataset: Path) -> Iterator[Wrong]:
    """The visible landmarks that were shifted on purpose, from the file that knows the truth."""
    for line in (dataset / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["error"] != "landmarks shifted":
            continue
        file = dataset / entry["split"] / "annos" / f"{Path(entry['image']).stem}.json"
        item = json.loads(file.read_text(encoding="utf-8"))[entry["item"]]
        said, true = (np.array(one["landmarks"], float).reshape(-1, 3) for one in (item, entry["truth"]))
        for index in np.flatnonzero((said[:, 2] == _VISIBLE) & (true[:, 2] == _VISIBLE)).tolist():
            yield Wrong(
                entry["split"],
                entry["image"],
                entry["item"],
                index,
                int(item["category_id"]),
                (float(said[index, 0]), float(said[index, 1])),
                (float(true[index, 0]), float(true[index, 1])),
            )


def worst(dataset: Path) -> Wrong:
    """The landmark farthest from where it belongs. Failed if there is none."""
    found = max(wrong_landmarks(dataset), key=lambda one: np.hypot(*np.subtract(one.said, one.true)))
    if np.hypot(*np.subtract(found.said, found.true)) < FAR:
        raise Failed(f"{dataset} has no landmark that is clearly wrong.")
    return found


# -- the correction -----------------------------------------------------------------------------


class Correction:
    """Puts one landmark right in the window, as a person would."""

    def __init__(self, hand: Hand, wrong: Wrong, shots: Path) -> None:
        self.hand, self.wrong, self.shots = hand, wrong, shots

    def run(self, store: Path) -> Point:
        """Do it, undo it and do it again; where the landmark is then."""
        hand, wrong, window = self.hand, self.wrong, self.hand.window
        hand.open_store(store)
        self._shot("1-browse")
        found = window.session.needed().images.find(window.session.needed().datasets.all()[0].id, wrong.name)
        if found is None:
            raise Failed(f"The store has no image {wrong.name}.")
        hand.filter("")
        hand.annotate(found.id)
        self._forget_last_time()
        garment = self._garment().id
        window.annotate.page.select(garment, wrong.index)
        hand.settle()
        self._shot("2-wrong")
        hand.drag(self._place(), wrong.true)
        self._expect(near=True, what="dragging")
        hand.settle()
        self._shot("3-corrected")
        hand.undo()
        self._expect(near=False, what="undo")
        hand.redo()
        self._expect(near=True, what="redo")
        place = self._place()
        window.go_to("export")
        hand.settle()
        self._shot("4-export")
        return place

    def _shot(self, name: str) -> None:
        self.hand.shot(self.shots / f"{name}.png")

    def _garment(self) -> Any:
        document = self.hand.window.annotate.document
        found = [one for one in document.garments if one.key == self.wrong.item] if document else []
        if not found:
            raise Failed(f"{self.wrong.name} has no {self.wrong.item} any more.")
        return found[0]

    def _place(self) -> Point:
        x, y = self._garment().points[self.wrong.index].tolist()
        return x, y

    def _off(self) -> float:
        return float(np.hypot(*np.subtract(self._place(), self.wrong.true)))

    def _forget_last_time(self) -> None:
        """A run before this one has put it right: take that back, undo reaches over restarts."""
        document = self.hand.window.annotate.document
        self.hand.window.annotate.canvas.setFocus()
        while self._off() <= NEAR and document is not None and document.undo_title:
            self.hand.undo()
        if self._off() <= NEAR:
            raise Failed(f"Landmark {self.wrong.index + 1} of {self.wrong.name} is right already.")

    def _expect(self, *, near: bool, what: str) -> None:
        if (self._off() <= NEAR) is not near:
            raise Failed(f"After {what} the landmark is {self._off():.1f} pixels from where it belongs.")


# -- what goes out ------------------------------------------------------------------------------


def export_all(store: Path, out: Path) -> None:
    """Write DeepFashion2 and both COCO layouts."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    program("export", "deepfashion2", out / "deepfashion2", "--store", store)
    program("export", "coco", out / "coco-per-category.json", "--store", store)
    program("export", "coco", out / "coco-294.json", "--store", store, "--layout", "294")


def check_exports(out: Path, wrong: Wrong, place: Point) -> None:
    """The corrected landmark is in every file. Failed naming the file where it is not."""
    file = out / "deepfashion2" / wrong.split / "annos" / f"{Path(wrong.image).stem}.json"
    item = json.loads(file.read_text(encoding="utf-8"))[wrong.item]
    _compare(file, item["landmarks"][3 * wrong.index :], place)
    offset = category(wrong.category_id).offset
    if offset is None:
        raise Failed(f"Category {wrong.category_id} has no place among the 294.")
    for name, first in (("coco-per-category.json", 0), ("coco-294.json", offset)):
        path = out / name
        _compare(path, coco_keypoints(path, wrong)[3 * (first + wrong.index) :], place)


def coco_keypoints(path: Path, wrong: Wrong) -> list[float]:
    """The numbers of the garment's keypoints, as pycocotools reads them."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))
    number = int(wrong.item.removeprefix("item")) - 1
    images = [one["id"] for one in coco.imgs.values() if one["file_name"].endswith(wrong.name)]
    annotations = coco.loadAnns(coco.getAnnIds(imgIds=images))
    if len(images) != 1 or len(annotations) <= number:
        raise Failed(f"{path} has not the image {wrong.name} with its garments.")
    return list(annotations[number]["keypoints"])


def _compare(path: Path, numbers: list[float], place: Point) -> None:
    x, y, state = numbers[:3]
    if abs(x - place[0]) > 0.51 or abs(y - place[1]) > 0.51 or state != _VISIBLE:
        raise Failed(f"{path} has the landmark at {x:g} {y:g} ({state:g}), not at {place[0]:g} {place[1]:g}.")
    say(f"  {path.name}: x {x:g}, y {y:g}, visible")


# -- both ways ----------------------------------------------------------------------------------


def with_display(out: Path, options: Sequence[str]) -> int:
    """Open the window on the demo; the program's exit code, negative if the display was no use."""
    say(f"Opening the demo in {out}; it is drawn first if it is not there.")
    command = [sys.executable, "-P", "-m", "app", "demo", "--dir", str(out), *options]
    return subprocess.run(command, check=False).returncode


def without_display(out: Path, options: Sequence[str]) -> None:
    """The whole job offscreen. Failed, Stuck or StudioError where something is wrong."""
    say("There is no display: the demo is done offscreen.\n")
    say("The demo dataset, drawn and imported:")
    program("demo", "--dir", out, "--headless", *options)
    wrong = worst(out / "dataset")
    off = np.hypot(*np.subtract(wrong.said, wrong.true))
    say(f"\nWrong on purpose: landmark {wrong.index + 1}, {wrong.landmark}, of {wrong.item} in {wrong.name}:")
    say(f"  the file has it at {wrong.said}, it belongs at {wrong.true}, {off:.0f} pixels away")
    with tempfile.TemporaryDirectory() as home:
        isolate(Path(home))
        settings = SettingsFile()
        # A landmark is corrected by hand here; no model needs to be read in for it.
        settings.set_layout(annotate={"predictions": False})
        with working(settings) as hand:
            place = Correction(hand, wrong, out / "screenshots").run(out / "store")
    say(f"  dragged in the window to ({place[0]:g}, {place[1]:g}), undone, and made again")
    say("\nExported, each read back and compared by the program:")
    export_all(out / "store", out / "exports")
    say("\nThe corrected landmark in what was written, COCO as pycocotools reads it:")
    check_exports(out / "exports", wrong, place)
    say(f"\nDone. Screenshots: {out / 'screenshots'}\n      Exports:     {out / 'exports'}")
    say(f"      Store:       {out / 'store'}")


def main(out: Path, options: Sequence[str] = ()) -> int:
    """The exit code."""
    if has_display():
        code = with_display(out, options)
        if code >= 0:
            return code
        say("The window could not be opened on this display.")
    try:
        without_display(out, options)
    except (Failed, Stuck, StudioError, OSError) as error:
        sys.stderr.write(f"The demo failed: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo"), sys.argv[2:]))

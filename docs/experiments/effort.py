"""Hands at work: ``python docs/experiments/effort.py --out DIR [--document]``.

Counts keys, clicks, drags and the pointer's way for four corrections. Ours are done in the real window, with
real key and mouse events, and what is in the store afterwards is compared with what was wanted. Those of
labelme and X-AnyLabeling are laid out step by step as their documents describe them, over the same places of
the same picture. Method, sources and results are in ``effort.md``.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hand import Hand, isolate, working

from store import importing
from store.db import Store
from store.db.change import Change
from store.demo import DemoOptions, write_demo
from store.document import Document
from store.document.edits import Edit
from store.records import Floats, Garment, ImageRecord, Review, Visibility
from store.settings import SettingsFile

DOCUMENT = Path(__file__).with_suffix(".md")
WINDOW = (1600, 1000)
IMAGES, SEED = 40, 2026
MOVED, OCCLUDED, CORNERS = 5, 3, 4
#: Image pixels by which landmarks and corners are wrong beforehand.
OFF = 14.0
#: Where a dialog that opens at the pointer has its check box, and where a panel at the right edge has a row:
#: a guess in favour of the others, in pixels of the window.
IN_DIALOG, IN_PANEL = (60, 110), (1400, 300)
Place = tuple[float, float]


@dataclass(slots=True)
class Effort:
    """Keys, clicks and drags, and the pointer's way in pixels of the window."""

    keys: int = 0
    clicks: int = 0
    drags: int = 0
    way: float = 0.0
    at: Place | None = field(default=None, repr=False)

    def go(self, to: Place) -> None:
        """The pointer goes somewhere, straight. The way to the first place is not counted."""
        self.way += 0.0 if self.at is None else math.dist(self.at, to)
        self.at = to

    def key(self, count: int = 1) -> None:
        """Keys; one with modifiers is one."""
        self.keys += count

    def click(self, at: Place) -> None:
        """A click somewhere."""
        self.go(at)
        self.clicks += 1

    def drag(self, path: Sequence[Place]) -> None:
        """The button is held along a path."""
        for place in path:
            self.go(place)
        self.drags += 1

    @property
    def actions(self) -> int:
        """All of them."""
        return self.keys + self.clicks + self.drags


@dataclass(frozen=True, slots=True)
class Case:
    """A garment with what is wrong with it: landmarks and corners at places where they do not belong."""

    image: int
    truth: Garment
    landmarks: tuple[int, ...]
    corners: tuple[int, ...]

    def wrong(self) -> Garment:
        """The garment with ``landmarks`` and ``corners`` off."""
        points, outline = self.truth.points.copy(), self.truth.polygons[0].copy()
        points[list(self.landmarks)] += (OFF, OFF / 2)
        outline[list(self.corners)] += self._inwards() * OFF
        return self.truth.but(points=points, polygons=(outline, *self.truth.polygons[1:]))

    def _inwards(self) -> Floats:
        """One pixel towards the middle of the garment, from the corners' own middle."""
        outline = self.truth.polygons[0]
        away = outline.mean(axis=0) - outline[list(self.corners)].mean(axis=0)
        return np.asarray(away / np.hypot(*away), np.float64)


class OurHand:
    """Works the window and counts; places are image pixels."""

    def __init__(self, hand: Hand) -> None:
        self.hand, self.effort = hand, Effort()

    def seen(self, place: Place) -> Place:
        """Where in the window a place of the image is."""
        canvas = self.hand.window.annotate.canvas
        at = canvas.viewport().mapTo(self.hand.window, self.hand.place(*place))
        return at.x(), at.y()

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.effort.key()
        self.hand.press(key, keys)

    def click(self, at: Place, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.effort.click(self.seen(at))
        view = self.hand.window.annotate.canvas.viewport()
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, keys, QPoint(self.hand.place(*at)))

    def drag(self, path: Sequence[Place]) -> None:
        self.effort.drag([self.seen(place) for place in path])
        self.hand.take(*path[0])
        for place in path[1:]:
            self.hand.move(*place)
        self.hand.let_go(*path[-1])


# ---------------------------------------------------------------------- ours, in the window


def _pair(place: Floats) -> Place:
    return float(place[0]), float(place[1])


def our_landmarks(case: Case, hand: OurHand) -> None:
    """Each is dragged to where it belongs."""
    wrong = case.wrong()
    for index in case.landmarks:
        hand.drag([_pair(wrong.points[index]), _pair(case.truth.points[index])])


def our_states(case: Case, hand: OurHand) -> None:
    """A click on each, the others with Ctrl, and one key."""
    for number, index in enumerate(case.landmarks[:OCCLUDED]):
        keys = Qt.KeyboardModifier.ControlModifier if number else Qt.KeyboardModifier.NoModifier
        hand.click(_pair(case.truth.points[index]), keys)
    hand.key(Qt.Key.Key_1)


def our_edge(case: Case, hand: OurHand) -> None:
    """Each corner is dragged back, as in the other programs."""
    hand.key(Qt.Key.Key_O)
    wrong = case.wrong()
    for index in case.corners:
        hand.drag([_pair(wrong.polygons[0][index]), _pair(case.truth.polygons[0][index])])


def our_acceptance(_case: Case, hand: OurHand) -> None:
    """Enter says that it is right, and shows the next image."""
    hand.key(Qt.Key.Key_Return)


# ---------------------------------------------------------------------- theirs, by their documents


def their_landmarks(case: Case, seen: Callable[[Place], Place]) -> Effort:
    """Both: in edit mode each point is dragged."""
    effort, wrong = Effort(), case.wrong()
    for index in case.landmarks:
        effort.drag([seen(_pair(wrong.points[index])), seen(_pair(case.truth.points[index]))])
    return effort


def _ticked(effort: Effort) -> None:
    """In the dialog of a label, opened by Ctrl+E: its check box and Enter."""
    effort.key()
    assert effort.at is not None
    effort.click((effort.at[0] + IN_DIALOG[0], effort.at[1] + IN_DIALOG[1]))
    effort.key()


def labelme_states(case: Case, seen: Callable[[Place], Place]) -> Effort:
    """All are selected, then a flag of theirs is set in the dialog for all of them."""
    effort = Effort()
    for index in case.landmarks[:OCCLUDED]:
        effort.click(seen(_pair(case.truth.points[index])))
    _ticked(effort)
    return effort


def anylabeling_states(case: Case, seen: Callable[[Place], Place]) -> Effort:
    """Each point has its own dialog, in which it is marked as difficult."""
    effort = Effort()
    for index in case.landmarks[:OCCLUDED]:
        effort.click(seen(_pair(case.truth.points[index])))
        _ticked(effort)
    return effort


def their_edge(case: Case, seen: Callable[[Place], Place]) -> Effort:
    """Both: the polygon is selected by a click, then each corner is dragged."""
    effort, wrong = Effort(), case.wrong()
    effort.click(seen(_pair(wrong.polygons[0].mean(axis=0))))
    for index in case.corners:
        effort.drag([seen(_pair(wrong.polygons[0][index])), seen(_pair(case.truth.polygons[0][index]))])
    return effort


def their_acceptance(case: Case, seen: Callable[[Place], Place]) -> Effort:
    """Both: a flag of the image is set in a panel, and D shows the next image."""
    effort = Effort()
    effort.go(seen(_pair(case.truth.polygons[0].mean(axis=0))))
    effort.click(IN_PANEL)
    effort.key()
    return effort


# ---------------------------------------------------------------------- whether it is right


def _right_landmarks(case: Case, garment: Garment) -> bool:
    off = np.abs(garment.points - case.truth.points)[list(case.landmarks)]
    return bool((off <= 1.0).all())


def _right_states(case: Case, garment: Garment) -> bool:
    occluded = set(np.flatnonzero(garment.visibility == Visibility.OCCLUDED).tolist())
    return set(case.landmarks[:OCCLUDED]) <= occluded


def _right_edge(case: Case, garment: Garment) -> bool:
    off = np.abs(garment.polygons[0] - case.truth.polygons[0])[list(case.corners)]
    return bool((off <= 1.0).all())


Ours = Callable[[Case, OurHand], None]
Theirs = Callable[[Case, Callable[[Place], Place]], Effort]
#: What is to be done, how we do it, what makes it right (None: the review), and how the others do it.
TASKS: tuple[tuple[str, Ours, Callable[[Case, Garment], bool] | None, Theirs, Theirs], ...] = (
    (f"(a) move {MOVED} landmarks", our_landmarks, _right_landmarks, their_landmarks, their_landmarks),
    (f"(b) set {OCCLUDED} to occluded", our_states, _right_states, labelme_states, anylabeling_states),
    (f"(c) mend a mask edge of {CORNERS} corners", our_edge, _right_edge, their_edge, their_edge),
    ("(d) accept and go on", our_acceptance, None, their_acceptance, their_acceptance),
)


def find_case(records: Sequence[ImageRecord]) -> Case:
    """The first garment with enough visible landmarks and one outline of enough corners."""
    for record in records:
        for garment in record.garments:
            visible = np.flatnonzero(garment.visibility == Visibility.VISIBLE)
            if len(record.garments) == 1 and len(visible) > 2 * MOVED and len(garment.polygons) == 1:
                marks = tuple(int(index) for index in visible[:: len(visible) // MOVED][:MOVED])
                corners = _corners(garment)
                if corners:
                    return Case(record.image.id, garment, marks, corners)
    raise SystemExit("No garment of the demo fits.")


def _corners(garment: Garment) -> tuple[int, ...]:
    """Corners in a row that lie on no landmark and not too near each other."""
    outline = garment.polygons[0]
    free = np.array([np.hypot(*(garment.points - corner).T).min() > 6 for corner in outline])
    for start in range(len(outline) - CORNERS):
        row = np.arange(start, start + CORNERS)
        if free[row].all() and np.hypot(*np.diff(outline[row], axis=0).T).min() > 4:
            return tuple(row.tolist())
    return ()


def drawn(out: Path) -> Path:
    """A store with a demo without wrong labels; made once."""
    folder = out / "store"
    if not (folder / "store.toml").exists():
        write_demo(out / "demo", DemoOptions(images=IMAGES, seed=SEED, errors=0))
        with Store.create(folder) as store:
            importing.import_dataset(store, "deepfashion2", out / "demo", importing.ImportOptions())
    return folder


def measured(hand: Hand, folder: Path) -> list[tuple[str, Effort, Effort, Effort]]:
    """Each task as ours, labelme's and X-AnyLabeling's. RuntimeError where ours does something else."""
    hand.open_store(folder)
    store = hand.window.session.needed()
    case = find_case(list(store.stream(None)))
    rows = []
    for title, ours, right, labelme, anylabeling in TASKS:
        _spoil(store, case, ours)
        hand.filter("")
        hand.annotate(case.image)
        page = hand.window.annotate.page
        page.set_tool("select")
        page.select(case.truth.id)
        page.to_canvas()
        hand.settle()
        worker = OurHand(hand)
        ours(case, worker)
        hand.settle()
        garment, image = store.garments.of_image(case.image)[0], store.images.get(case.image)
        if not (right(case, garment) if right else image.review is Review.ACCEPTED):
            raise RuntimeError(f"{title}: what is in the store is not what was wanted.")
        if right is None and hand.window.annotate.image_id == case.image:
            raise RuntimeError(f"{title}: the next image is not shown.")
        rows.append((title, worker.effort, labelme(case, worker.seen), anylabeling(case, worker.seen)))
    return rows


def _spoil(store: Store, case: Case, ours: Ours) -> None:
    """Makes the garment what it is before a task."""
    document = Document(store, case.image)
    now, wrong = document.garments[0], case.wrong()
    before = case.truth.but(version=now.version)
    if ours is our_landmarks:
        before = before.but(points=wrong.points)
    if ours is our_edge:
        before = before.but(polygons=wrong.polygons)
    document.apply(Edit("Spoil", (Change(now, before),)))


def table(rows: Sequence[tuple[str, Effort, Effort, Effort]]) -> str:
    """The results as a table in Markdown: actions (keys + clicks + drags) and the pointer's way."""
    lines = [
        "| task | DeepFashion Studio | labelme | X-AnyLabeling |",
        "|---|---|---|---|",
    ]
    for title, *efforts in rows:
        lines.append(f"| {title} | {' | '.join(map(_cell, efforts))} |")
    sums = [sum(row[place].actions for row in rows) for place in (1, 2, 3)]
    ways = [sum(row[place].way for row in rows) for place in (1, 2, 3)]
    cells = (f"**{count}**, {way:,.0f} px" for count, way in zip(sums, ways, strict=True))
    lines.append(f"| all | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(effort: Effort) -> str:
    parts = [(effort.keys, "key"), (effort.clicks, "click"), (effort.drags, "drag")]
    words = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in parts if count]
    return f"**{effort.actions}** ({', '.join(words)}), {effort.way:,.0f} px"


def main() -> None:
    """Measure, print, and write the document where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a folder to work in")
    parser.add_argument("--document", action="store_true", help="write the table into effort.md")
    asked = parser.parse_args()
    isolate(asked.out / "home")
    folder = drawn(asked.out)
    with working(SettingsFile(), WINDOW) as hand:
        said = table(measured(hand, folder))
    sys.stdout.write(said + "\n")
    if asked.document:
        head = DOCUMENT.read_text(encoding="utf-8").split("## Results")[0]
        DOCUMENT.write_text(f"{head}## Results\n\n{said}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

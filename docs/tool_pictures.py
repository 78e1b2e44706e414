"""Pictures of each tool of Annotate in use: ``python docs/tool_pictures.py [--help]``.

They are taken of a demo that is drawn for it, or of pictures of one's own (``--dataset``), in both themes, at
any scale and size of the window. What a tool leaves behind is taken back before the next one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import tool_subjects
from hand import Hand, Stuck, isolate, wait, working
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget
from tool_subjects import Subject

from store.document import Document
from store.document.edits import move_landmarks
from store.document.note_edits import add_note
from store.notes import Note
from store.records import Garment
from store.settings import SettingsFile
from widgets.canvas.tools.frame import corners, frame_of_marked, widened
from widgets.dialogs.keys import KeysDialog
from widgets.dialogs.palette import CommandPalette

_Key = Qt.Key
_NONE, _CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
_SHIFT, _ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
#: What lies over the window while a picture is taken.
Over = tuple[QWidget, ...]
Shoot = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Stage:
    """The window with a subject selected in Annotate; ``shoot`` takes the picture."""

    hand: Hand
    subject: Subject
    shoot: Shoot

    @property
    def garment(self) -> Garment:
        """The selected garment as it is now."""
        garment = self.hand.window.annotate.page.garment
        if garment is None:
            raise Stuck("No garment is selected.")
        return garment

    def at(self, across: float, down: float) -> tuple[float, float]:
        """A place of the garment's box, both from 0 to 1."""
        box = self.garment.box
        assert box is not None
        x1, y1, x2, y2 = box.tolist()
        return x1 + across * (x2 - x1), y1 + down * (y2 - y1)

    def click(self, x: float, y: float, keys: Qt.KeyboardModifier = _NONE) -> None:
        """A click at a point of the image."""
        view = self.hand.window.annotate.canvas.viewport()
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, keys, self.hand.place(x, y))

    def way(self, *places: tuple[float, float]) -> None:
        """Take the first of some places of the box and go on to the others; the button stays down."""
        for number, place in enumerate(places):
            (self.hand.move if number else self.hand.take)(*self.at(*place))


# --- landmarks -----------------------------------------------------------------------------------


def guided(stage: Stage) -> None:
    page, garment = stage.hand.window.annotate.page, stage.garment
    page.set_tool("landmarks")
    first = len(garment.points) // 3
    page.select(garment.id, first, range(first, len(garment.points)))
    stage.hand.press(_Key.Key_0)
    page.select(garment.id, first)
    stage.shoot()


def lasso(stage: Stage) -> None:
    stage.hand.press(_Key.Key_L)
    stage.way((-0.05, 0.1), (0.3, -0.06), (0.6, 0.2), (0.4, 0.55), (0.1, 0.7), (-0.06, 0.5))
    stage.shoot()
    stage.hand.let_go(*stage.at(-0.05, 0.1))


def frame(stage: Stage) -> None:
    """The marked landmarks, turned and scaled by the frame; the button is still down."""
    hand, canvas = stage.hand, stage.hand.window.annotate.canvas
    hand.press(_Key.Key_K)
    hand.press(_Key.Key_A, _CTRL)
    box = frame_of_marked(canvas.shown, canvas.selection)
    assert box is not None
    x, y = corners(widened(box, 1 / canvas.zoom))[2].tolist()
    hand.take(x, y)
    hand.move(x - 8, y - 8)
    hand.move(x - 0.15 * (box[2] - box[0]), y - 0.12 * (box[3] - box[1]))
    stage.shoot()
    hand.let_go(x, y)


def mirror(stage: Stage) -> None:
    """A landmark dragged, the other side going along; names instead of numbers."""
    hand, page = stage.hand, stage.hand.window.annotate.page
    hand.press(_Key.Key_K)
    for key, keys in ((_Key.Key_S, _NONE), (_Key.Key_L, _SHIFT)):
        hand.press(key, keys)
    x, y = stage.garment.points[len(stage.garment.points) // 3].tolist()
    page.select(stage.garment.id, len(stage.garment.points) // 3)
    hand.take(x, y)
    hand.move(x - 4, y + 4)
    hand.move(x - 10, y + 8)
    stage.shoot()
    hand.let_go(x, y)
    for key, keys in ((_Key.Key_S, _NONE), (_Key.Key_L, _SHIFT)):
        hand.press(key, keys)


def template(stage: Stage) -> None:
    stage.hand.press(_Key.Key_K)
    stage.hand.press(_Key.Key_T, _SHIFT)
    stage.shoot()


def sweep(stage: Stage) -> None:
    window = stage.hand.window
    window.sweep.open()
    window.sweep.show(stage.garment.category_id, 0)
    wall = window.sweep.page.wall
    wait(lambda: not window.sweep.work.busy() and wall.count > 0 and wall.crops.idle, "the sweep")
    stage.shoot()


def box(stage: Stage) -> None:
    stage.hand.press(_Key.Key_Escape)
    stage.hand.press(_Key.Key_R)
    for number, place in enumerate(stage.subject.beside):
        (stage.hand.move if number else stage.hand.take)(*place)
    stage.shoot()
    stage.hand.press(_Key.Key_Escape)
    stage.hand.let_go(*stage.subject.beside[-1])


# --- masks ---------------------------------------------------------------------------------------


def polygon(stage: Stage) -> None:
    stage.hand.press(_Key.Key_O)
    for place in ((0.75, 0.1), (1.06, 0.2), (1.08, 0.5), (0.8, 0.6)):
        stage.click(*stage.at(*place))
    stage.hand.move(*stage.at(0.66, 0.4))
    stage.shoot()
    stage.hand.press(_Key.Key_Escape)


def hole(stage: Stage) -> None:
    _hole(stage)
    stage.hand.settle()
    stage.hand.move(*stage.at(0.55, 0.5))
    stage.shoot()


def _hole(stage: Stage) -> None:
    stage.hand.press(_Key.Key_O)
    for number, place in enumerate(((0.42, 0.4), (0.6, 0.4), (0.6, 0.55), (0.42, 0.55))):
        stage.click(*stage.at(*place), _NONE if number else _CTRL)
    stage.hand.press(_Key.Key_Return)


def brush(stage: Stage) -> None:
    stage.hand.press(_Key.Key_B)
    stage.way((0.9, 0.2), (1.0, 0.35), (1.02, 0.5), (0.95, 0.7))
    stage.shoot()
    stage.hand.press(_Key.Key_Escape)
    stage.hand.let_go(*stage.at(0.95, 0.7))


def eraser(stage: Stage) -> None:
    stage.hand.press(_Key.Key_E)
    stage.way((0.05, 0.5), (0.2, 0.55), (0.4, 0.5), (0.5, 0.6))
    stage.shoot()
    stage.hand.press(_Key.Key_Escape)
    stage.hand.let_go(*stage.at(0.5, 0.6))


def fill(stage: Stage) -> None:
    """A hole, and the tool that fills it over it."""
    _hole(stage)
    stage.hand.settle()
    stage.hand.press(_Key.Key_B, _SHIFT)
    stage.hand.move(*stage.at(0.5, 0.48))
    stage.shoot()


def grabcut(stage: Stage) -> None:
    """What was found after a stroke over the garment and one over what is none of it."""
    hand, segmenting = stage.hand, stage.hand.window.annotate.page.masking.segmenting
    hand.press(_Key.Key_W)
    stage.way((0.4, 0.35), (0.5, 0.5), (0.55, 0.7))
    hand.let_go(*stage.at(0.55, 0.7))
    view = hand.window.annotate.canvas.viewport()
    start, end = (hand.place(*stage.at(*place)) for place in ((0.04, 0.96), (0.12, 0.97)))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, _CTRL, start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, _CTRL, end)
    wait(lambda: not segmenting.busy, "what GrabCut finds")
    stage.shoot()
    hand.press(_Key.Key_Escape)


def solo(stage: Stage) -> None:
    """The garment brought to the front, locked, and shown alone."""
    hand = stage.hand
    hand.press(_Key.Key_BracketRight, _CTRL)
    hand.press(_Key.Key_S, _SHIFT)
    hand.press(_Key.Key_L, _CTRL | _SHIFT)
    stage.shoot()
    hand.press(_Key.Key_S, _SHIFT)


# --- facts, notes, history -----------------------------------------------------------------------


def notes(stage: Stage) -> None:
    page, garment = stage.hand.window.annotate.page, stage.garment
    document = stage.hand.window.annotate.document
    assert document is not None
    document.apply(add_note(garment, Note.new("Is this the seam, or a fold?", "Mira", 1)))
    page.more.notes.panel.set_folded(False)
    page.select(garment.id, 1)
    stage.hand.settle()
    stage.hand.press(_Key.Key_M, _CTRL)
    stage.hand.settle()
    stage.shoot()
    page.to_canvas()


def attributes(stage: Stage) -> None:
    hand, page = stage.hand, stage.hand.window.annotate.page
    hand.press(_Key.Key_A)
    hand.settle()
    hand.type("str")
    hand.settle()
    stage.shoot()
    page.more.clothes.attributes.search.clear()
    page.more.clothes.set_folded(True)
    page.to_canvas()


def history(stage: Stage) -> None:
    """What a change moved, before and after; its comparison in large."""
    hand, page = stage.hand, stage.hand.window.annotate.page
    document, garment = hand.window.annotate.document, stage.garment
    assert document is not None
    places = {index: tuple((garment.points[index] + (9, -6)).tolist()) for index in (1, 2, 3)}
    document.apply(move_landmarks(garment, places))
    hand.press(_Key.Key_H, _CTRL)
    hand.settle()
    view = page.history_panel.view
    view.clearSelection()
    view.setCurrentIndex(view.model().index(0, 0))
    hand.settle()
    stage.shoot()
    hand.press(_Key.Key_H, _CTRL)


# --- what helps ----------------------------------------------------------------------------------


def palette(stage: Stage) -> None:
    def work(dialog: QDialog) -> None:
        assert isinstance(dialog, CommandPalette)
        dialog.field.set_text("mask")
        stage.shoot(dialog)

    stage.hand.in_dialog(stage.hand.window.palette_.show, work)


def keys(stage: Stage) -> None:
    def work(dialog: QDialog) -> None:
        assert isinstance(dialog, KeysDialog)
        dialog.choose("tool.box")
        dialog.press_key("Ctrl+L")
        stage.shoot(dialog)

    stage.hand.in_dialog(stage.hand.window.keys.edit, work)


def schemas(stage: Stage) -> None:
    stage.hand.in_dialog(stage.hand.window.schemas.show, lambda dialog: stage.shoot(dialog))


def tone(stage: Stage) -> None:
    """A brighter picture, and the sliders."""
    hand, parts = stage.hand, stage.hand.window.annotate.comforting.parts
    hand.press(_Key.Key_Up, _CTRL | _ALT, times=4)
    parts.open_tone()
    hand.settle()
    stage.shoot(parts.popover)
    parts.popover.close()
    parts.reset_tone()


def crosshair(stage: Stage) -> None:
    stage.hand.press(_Key.Key_X, _SHIFT)
    stage.hand.move(*stage.at(0.5, 0.3))
    stage.shoot()
    stage.hand.press(_Key.Key_X, _SHIFT)


def beside(stage: Stage) -> None:
    hand, parts = stage.hand, stage.hand.window.annotate.comforting.parts
    parts.set_beside(True)
    wait(lambda: not parts.companion.canvas.image.isNull(), "the second image")
    hand.settle()
    stage.shoot()
    parts.set_beside(False)


#: Name of the picture, of whom it is, and how it comes about.
TOOLS: tuple[tuple[str, str, Callable[[Stage], None]], ...] = (
    ("guided", "landmarks", guided),
    ("lasso", "landmarks", lasso),
    ("frame", "landmarks", frame),
    ("mirror", "landmarks", mirror),
    ("template", "landmarks", template),
    ("sweep", "landmarks", sweep),
    ("box", "masks", box),
    ("polygon", "masks", polygon),
    ("hole", "masks", hole),
    ("brush", "masks", brush),
    ("eraser", "masks", eraser),
    ("fill", "masks", fill),
    ("grabcut", "masks", grabcut),
    ("solo", "masks", solo),
    ("notes", "landmarks", notes),
    ("attributes", "landmarks", attributes),
    ("history", "landmarks", history),
    ("palette", "landmarks", palette),
    ("keys", "landmarks", keys),
    ("schemas", "landmarks", schemas),
    ("tone", "masks", tone),
    ("crosshair", "masks", crosshair),
    ("beside", "product", beside),
)


@contextmanager
def on_stage(hand: Hand, subject: Subject) -> Iterator[None]:
    """The subject selected in Annotate; afterwards its image is again as it was."""
    window = hand.window
    hand.filter("")
    hand.annotate(subject.image)
    page = window.annotate.page
    page.set_tool("select")
    page.select(subject.garment)
    page.to_canvas()
    hand.settle()
    try:
        yield
    finally:
        window.go_to("browse")
        document = Document(window.session.needed(), subject.image)
        while document.undo() is not None:
            pass
        hand.settle()


def pictures(hand: Hand, store: Path, out: Path, names: tuple[str, ...] = ()) -> list[str]:
    """All of one theme and size into ``out``; the names of those that could not be taken."""
    hand.open_store(store)
    subjects, failed = tool_subjects.subjects(hand.window.session.needed()), []
    for name, kind, work in TOOLS:
        if (names and name not in names) or kind not in subjects:
            continue

        def shoot(*over: QWidget, name: str = name) -> None:
            hand.settle()
            sys.stdout.write(f"{hand.shot(out / f'{name}.png', over)}\n")

        with on_stage(hand, subjects[kind]):
            try:
                work(Stage(hand, subjects[kind], shoot))
            except Stuck as error:
                sys.stderr.write(f"{name}: {error}\n")
                failed.append(name)
    return failed


def main() -> int:
    """Take what was asked for; 1 if one could not be taken."""
    ask = argparse.ArgumentParser(description="Pictures of each tool in use.")
    ask.add_argument("--out", type=Path, default=Path("build/pictures"))
    ask.add_argument("--dataset", type=Path, help="a folder with pictures instead of the demo")
    ask.add_argument("--scale", type=float, default=1.0, help="how many pixels of the screen are one")
    ask.add_argument("--size", default="1600x1000")
    ask.add_argument("--only", default="", help="names of pictures, with commas")
    said = ask.parse_args()
    os.environ["QT_SCALE_FACTOR"] = str(said.scale)
    width, height = map(int, said.size.split("x"))
    kind = "samples" if said.dataset else "demo"
    names = tuple(filter(None, said.only.split(",")))
    failed: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clothes-")))
        isolate(folder / ".home", screen=(round(1920 * said.scale), round(1200 * said.scale)))
        store = tool_subjects.store_of(folder, said.dataset)
        settings = SettingsFile()
        settings.change(author="Ada")
        settings.set_layout(annotate={"predictions": False})
        hand = stack.enter_context(working(settings, (width, height)))
        for theme in ("dark", "light"):
            out = said.out / f"{kind}-{theme}-{width}-{said.scale * 100:.0f}"
            failed += pictures(hand, store, out, names)
            hand.window.switch_theme()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

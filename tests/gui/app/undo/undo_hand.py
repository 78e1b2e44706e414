"""What a person does in the whole window, gesture by gesture, and the proof that each can be taken back.

A :class:`Step` is one gesture by mouse or key. :func:`run` makes it and asks each time: the store has what it
should have done and nothing else, one Ctrl+Z gives back what was there before to the last number, one redo
what it made, the canvas shows what is stored, and another program that has the store open reads the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.document import Change, Document, Edit
from store.document.comparing import garment_words, image_words
from store.records import Garment, Image, Review
from tests.gui.app.window_hand import Key, press, stored

NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
Place = tuple[float, float]
#: Saving counts versions.
VERSION = frozenset({"version"})
#: What any first edit says beside what it is about: that a person was here.
BY_THE_WAY = VERSION | {"origin"}
#: The pictures, and the places of the garments in them; the trousers are selected when a step begins.
WIDTH, HEIGHT = 300, 400
TROUSERS, SKIRT = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """An image and its garments at a moment."""

    image: Image
    garments: tuple[Garment, ...]

    @classmethod
    def of(cls, document: Document) -> Held:
        return cls(document.image, document.garments)

    def same_as(self, other: Held) -> bool:
        return (
            self.image.same_as(other.image, VERSION)
            and len(self.garments) == len(other.garments)
            and all(a.same_as(b, VERSION) for a, b in zip(self.garments, other.garments, strict=True))
        )

    def since(self, before: Held) -> str:
        """What has changed since then, in words: fields of garments, "image." fields, "added", "deleted"."""
        was, now = ({one.id: one for one in held.garments} for held in (before, self))
        found = {"added"} if now.keys() - was.keys() else set()
        found |= {"deleted"} if was.keys() - now.keys() else set()
        for one in was.keys() & now.keys():
            found |= _differing(was[one], now[one], BY_THE_WAY)
        image = _differing(before.image, self.image, VERSION)
        if self.image.review is Review.IN_PROGRESS:
            # A first edit begins the review.
            image -= {"review"}
        return " ".join(sorted(found | {f"image.{name}" for name in image}))


def _words(before: Held, now: Held) -> list[str]:
    """What the comparison in the history says of a change."""
    was, there = ({one.id: one for one in held.garments} for held in (before, now))
    begun = before.image
    if now.image.review is Review.IN_PROGRESS:
        # A first edit begins the review.
        begun = begun.but(review=now.image.review)
    found = image_words(begun, now.image)
    for one in was.keys() | there.keys():
        found += garment_words(was.get(one), there.get(one), None, {})
    return found


def _differing(a: Garment | Image, b: Garment | Image, ignored: frozenset[str]) -> set[str]:
    names = {one.name for one in fields(a)}
    return {name for name in names - ignored if not a.same_as(b, frozenset(names - {name}))}


class Hand:
    """Mouse and keys of a person with an image in Annotate."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.page, self.canvas = window.annotate.page, window.annotate.canvas

    # --- what is there ---------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        found = self.window.annotate.document
        assert found is not None
        return found

    def garment(self, number: int = TROUSERS) -> Garment:
        return self.document.garments[number]

    def landmark(self, index: int, number: int = TROUSERS) -> Place:
        x, y = self.garment(number).points[index].tolist()
        return x, y

    def held(self) -> Held:
        """What the store has."""
        return Held.of(stored(self.window))

    def on_disk(self, other: Store) -> Held:
        """What another program has that has the store open."""
        return Held.of(Document(other, self.window.annotate.image_id))

    def settle(self) -> None:
        """Wait for what is read in threads."""
        self.qtbot.waitUntil(lambda: not self.window.session.desk.busy())

    # --- keys ------------------------------------------------------------------------------------

    def key(self, key: Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """A key pressed where the focus is."""
        press(self.qtbot, self.window, key, modifier)

    def keys(self, action: str, which: int = 0) -> None:
        """The keys of an action, by its id, as they stand in the table; its menu where it has none."""
        found = self.window.actions_[action]
        assert found.isEnabled(), f"{action}: {found.toolTip()}"
        if found.shortcuts():
            combination = QKeySequence(found.shortcuts()[which])[0]
            self.key(combination.key(), combination.keyboardModifiers())
        else:
            found.trigger()

    def type(self, text: str) -> None:
        """Letters typed where the focus is."""
        target = self.window.focusWidget()
        assert target is not None
        QTest.keyClicks(target, text)

    # --- mouse -----------------------------------------------------------------------------------

    def at(self, place: Place) -> QPoint:
        """The pixel of the canvas where a point of the image is."""
        return self.canvas.map_from_image(QPointF(*place)).toPoint()

    def click(self, place: Place, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.canvas.viewport(), Qt.MouseButton.LeftButton, keys, self.at(place))

    def clicks(self, way: Iterable[Place], first: Qt.KeyboardModifier = NONE) -> None:
        """Clicks, the first one with keys held."""
        for number, place in enumerate(way):
            self.click(place, NONE if number else first)

    def press(self, place: Place) -> None:
        QTest.mousePress(self.canvas.viewport(), Qt.MouseButton.LeftButton, pos=self.at(place))

    def move(self, place: Place) -> None:
        QTest.mouseMove(self.canvas.viewport(), self.at(place))

    def release(self, place: Place) -> None:
        QTest.mouseRelease(self.canvas.viewport(), Qt.MouseButton.LeftButton, pos=self.at(place))

    def drag(
        self, *way: Place, keys: Qt.KeyboardModifier = NONE, end: Qt.KeyboardModifier | None = None
    ) -> None:
        """A drag with keys held; ``end``: others at its end."""
        view = self.canvas.viewport()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, keys, self.at(way[0]))
        for place in way[1:]:
            QTest.mouseMove(view, self.at(place))
        keys = keys if end is None else end
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, keys, self.at(way[-1]))

    def push(self, widget: QWidget) -> None:
        """A click on a button or field."""
        assert widget.isEnabled(), widget.toolTip()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    # --- before a step ---------------------------------------------------------------------------

    def ready(self) -> None:
        """The select tool, the trousers selected, the keys on the canvas."""
        # Offscreen a list that was opened stays the active window when it is closed.
        self.window.activateWindow()
        self.page.to_canvas()
        self.key(Key.Key_V)
        self.page.select(0)
        self.page.select(self.garment().id)
        self.page.to_canvas()


#: Makes a gesture.
Act = Callable[[Hand], object]
#: Makes of the trousers what a step begins with.
Begin = Callable[[Garment], Garment]


@dataclass(frozen=True, slots=True)
class Step:
    """One gesture: ``act`` does it, ``title`` is how the history names it, ``changes`` what it changes, as
    :meth:`Held.since` says it. ``action`` is the action that it is, if it is one: its keys are pressed where
    there is no ``act``. ``begin`` says how the trousers are before."""

    title: str
    changes: str
    act: Act | None = None
    action: str = ""
    begin: Begin | None = None

    def do(self, hand: Hand) -> None:
        if self.act is not None:
            self.act(hand)
        else:
            hand.keys(self.action)

    @property
    def name(self) -> str:
        called = self.action or getattr(self.act, "__name__", "")
        return f"{self.title} ({called})"


def run(hand: Hand, steps: Iterable[Step]) -> None:
    """Make each step, take it back and make it again; afterwards all is as it was at first.

    All that fail are told together.
    """
    first, failed = hand.held(), []
    with Store.open(hand.window.session.needed().folder) as other:
        for step in steps:
            try:
                _run_one(hand, step, other)
                assert hand.held().same_as(first), f"left behind: {hand.held().since(first)}"
            except AssertionError as error:
                failed.append(f"{step.name}: {error}")
                while not hand.held().same_as(first) and hand.document.undo() is not None:
                    pass
    assert not failed, "\n".join(failed)


def _run_one(hand: Hand, step: Step, other: Store) -> None:
    hand.ready()
    if step.begin is None:
        _there_and_back(hand, step, other)
        return
    before = hand.garment()
    hand.document.apply(Edit("Begin", (Change(before, step.begin(before)),)))
    hand.ready()
    _there_and_back(hand, step, other)
    hand.keys("edit.undo")


def _there_and_back(hand: Hand, step: Step, other: Store) -> None:
    before, earlier = hand.held(), hand.document.undo_title
    step.do(hand)
    made = hand.held()
    title, changes = hand.document.undo_title, made.since(before)
    assert (title, changes) == (step.title, step.changes), f"{title}: {changes} ({hand.page.hint})"
    assert _words(before, made), "the history has no words for it"
    _is_shown(hand, made)
    hand.page.to_canvas()
    hand.keys("edit.undo")
    now = hand.held()
    assert now.same_as(before), f"undo left {now.since(before)}"
    assert hand.document.undo_title == earlier, "it was more than one step"
    assert hand.document.redo_title == step.title
    _is_shown(hand, before)
    # Now with the one key of redo, now with the other.
    hand.keys("edit.redo", len(step.name) % 2)
    now = hand.held()
    assert now.same_as(made), f"redo left {now.since(made)}"
    _is_shown(hand, made)
    assert hand.on_disk(other).same_as(made)
    hand.keys("edit.undo")


def _is_shown(hand: Hand, held: Held) -> None:
    shown = hand.canvas.shown.garments
    assert len(shown) == len(held.garments)
    same = all(a.same_as(b, VERSION) for a, b in zip(shown, held.garments, strict=True))
    assert same, "the canvas shows something else than is stored"


def after_restart(hand: Hand, step: Step) -> None:
    """Make a step, close the program, and take it back and make it again in what opens the store then."""
    hand.ready()
    first = hand.held()
    step.do(hand)
    made, image_id = hand.held(), hand.window.annotate.image_id
    folder = hand.window.session.needed().folder
    hand.window.close()
    with Store.open(folder) as store:
        document = Document(store, image_id)
        assert Held.of(document).same_as(made)
        assert document.undo() is not None
        assert Held.of(document).same_as(first)
    with Store.open(folder) as store:
        document = Document(store, image_id)
        assert document.redo() is not None
        assert Held.of(document).same_as(made)

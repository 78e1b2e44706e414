"""What is done to crops of the sweep, and to many images in Browse: stored, undone, made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.document import Document
from tests.gui.app.undo.undo_hand import CTRL, SHIFT, Held
from tests.gui.app.window_hand import Key, press
from widgets.dialogs.many import GarmentsDialog, TagDialog
from widgets.pages.sweep import painting

#: The landmark of trousers that the sweep shows, a hem; and one that is occluded.
HEM, INNER_HEM = 5, 6


class Many:
    """Mouse and keys of a person at many images, and what the store holds of all of them."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.wall = window.sweep.page.wall

    def settle(self) -> None:
        """Wait for what is done in threads."""
        window = self.window
        busy = (window.browse.many, window.sweep.work, window.sweep.edits.work, window.session.desk)
        parts: list[Callable[[], bool]] = [lambda: busy[0].busy, *(one.busy for one in busy[1:])]
        self.qtbot.waitUntil(lambda: not any(part() for part in parts))

    def keys(self, action: str, which: int = 0) -> None:
        """The keys of an action, as they stand in the table."""
        found = self.window.actions_[action]
        assert found.isEnabled(), f"{action}: {found.toolTip()}"
        combination = QKeySequence(found.shortcuts()[which])[0]
        press(self.qtbot, self.window, combination.key(), combination.keyboardModifiers())
        self.settle()

    def held(self, fresh: bool = False) -> list[Held]:
        """All images as the store has them; ``fresh``: as a program has them that opens it now."""
        store = self.window.session.needed()
        if fresh:
            with Store.open(store.folder) as opened:
                return [Held.of(Document(opened, int(one))) for one in opened.images.ids(None, "id")]
        return [Held.of(Document(store, int(one))) for one in store.images.ids(None, "id")]

    def click(self, row: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A click on a crop, a bit beside its landmark."""
        at = painting.frame_in(self.wall.rect_of(row)).center() + QPoint(9, 7)
        QTest.mouseClick(self.wall.viewport(), Qt.MouseButton.LeftButton, keys, at)
        self.settle()

    def answered(self, action: str, answer: Callable[[QDialog], object]) -> None:
        """The keys of an action that asks in a dialog."""
        seen: list[QDialog] = []

        def opened(dialog: QDialog) -> None:
            seen.append(dialog)
            answer(dialog)

        self.window.dialog_opened.connect(opened)
        self.keys(action)
        self.qtbot.waitUntil(lambda: bool(seen))
        self.window.dialog_opened.disconnect(opened)
        self.settle()


@dataclass(frozen=True, slots=True)
class Step:
    """One gesture: what it changes in each of the three images, and the action that it is, whose keys are
    pressed where there is no ``act``."""

    changes: tuple[str, str, str]
    act: Callable[[Many], object] | None = None
    action: str = ""

    def do(self, many: Many) -> None:
        if self.act is not None:
            self.act(many)
        else:
            many.keys(self.action)

    @property
    def name(self) -> str:
        return self.action or getattr(self.act, "__name__", "")


def same(one: list[Held], other: list[Held]) -> bool:
    return all(a.same_as(b) for a, b in zip(one, other, strict=True))


def run(many: Many, steps: tuple[Step, ...], undo: str, redo: str, ready: Callable[[], object]) -> None:
    """Make each step, take it back and make it again, with the undo of the page."""
    first, failed = many.held(), []
    for number, step in enumerate(steps):
        ready()
        try:
            step.do(many)
            made = many.held()
            found = tuple(sorted(now.since(was) for now, was in zip(made, first, strict=True)))
            assert found == tuple(sorted(step.changes)), found
            many.keys(undo)
            assert same(many.held(), first), "undo left something"
            # Now with the one key of redo, now with the other.
            many.keys(redo, number % 2)
            assert same(many.held(), made), "redo made something else"
            assert same(many.held(fresh=True), made)
        except AssertionError as error:
            failed.append(f"{step.name}: {error}")
        while not same(many.held(), first):
            many.keys(undo)
    assert not failed, "\n".join(failed)


# --- the sweep -----------------------------------------------------------------------------------


def click(many: Many) -> None:
    many.click(0)


def visible(many: Many) -> None:
    """Of another landmark, which is occluded."""
    choose(many, INNER_HEM)
    many.keys("sweep.visible")


def choose(many: Many, landmark: int) -> None:
    """Show another landmark in the sweep."""
    page = many.window.sweep.page
    page.landmark.setCurrentIndex(landmark)
    page.landmark.activated.emit(landmark)
    many.settle()


def marked(action: str) -> Callable[[Many], None]:
    """The keys of an action, with two crops marked."""

    def act(many: Many) -> None:
        many.click(0, CTRL)
        many.click(2, CTRL)
        assert many.wall.marked == {0, 2}
        many.keys(action)

    return act


ONE = ("", "")
SWEEP = (
    Step(("points", *ONE), click),
    Step(("points", *ONE), action="sweep.expected"),
    Step(("visibility", *ONE), visible, "sweep.visible"),
    Step(("visibility", *ONE), action="sweep.occluded"),
    Step(("visibility", *ONE), action="sweep.cut_off"),
    Step(("extra points visibility", *ONE), action="sweep.unlabelled"),
    Step(("points visibility", *ONE), action="sweep.swap"),
    *(Step(("points", *ONE), action=f"sweep.{way}") for way in ("left", "right", "up", "down")),
    Step(("visibility", "visibility", ""), marked("sweep.occluded"), "sweep.occluded"),
    Step(("visibility", "visibility", ""), marked("sweep.cut_off"), "sweep.cut_off"),
    Step(("points visibility", "points visibility", ""), marked("sweep.swap"), "sweep.swap"),
)


@pytest.fixture
def sweep(open_window: Callable[[Path], MainWindow], store_folder: Path, qtbot: QtBot) -> Many:
    """The sweep on the hem of the trousers."""
    many = Many(open_window(store_folder), qtbot)
    many.window.actions_["sweep.open"].trigger()
    many.settle()
    page = many.window.sweep.page
    page.category.setCurrentIndex(page.category.findText("trousers"))
    page.category.activated.emit(page.category.currentIndex())
    many.settle()
    choose(many, HEM)
    qtbot.waitUntil(lambda: many.wall.crops.idle)
    return many


def test_every_step_of_the_sweep_is_stored_undone_and_made_again(sweep: Many) -> None:
    def ready() -> None:
        if sweep.window.sweep.landmark != HEM:
            choose(sweep, HEM)
        sweep.wall.setFocus()
        press(sweep.qtbot, sweep.window, Key.Key_Escape)
        press(sweep.qtbot, sweep.window, Key.Key_Home)

    run(sweep, SWEEP, "sweep.undo", "sweep.redo", ready)


# --- Browse --------------------------------------------------------------------------------------


def tag(many: Many) -> None:
    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, TagDialog)
        QTest.keyClicks(dialog.line, "to ask")
        dialog.start.click()

    many.answered("browse.tag", answer)


def recategorise(many: Many) -> None:
    """All garments become shorts; trousers and skirts have other landmarks."""

    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, GarmentsDialog)
        dialog.to.setCurrentIndex(dialog.to.findData(7))
        dialog.start.click()

    many.answered("browse.category", answer)


def swap(many: Many) -> None:
    many.answered("browse.swap", lambda dialog: dialog.start.click())  # type: ignore[attr-defined]


def each(changes: str) -> tuple[str, str, str]:
    return changes, changes, changes


BROWSE = (
    Step(each("image.review"), action="browse.accept"),
    Step(each("image.review"), action="browse.second_look"),
    Step(each("image.review"), action="browse.reject"),
    Step(each("image.tags"), tag, "browse.tag"),
    Step(each("category_id extra points visibility"), recategorise, "browse.category"),
    Step(each("points visibility"), swap, "browse.swap"),
)


@pytest.fixture
def browse(open_window: Callable[[Path], MainWindow], store_folder: Path, qtbot: QtBot) -> Many:
    """Browse with its three images."""
    many = Many(open_window(store_folder), qtbot)
    many.window.go_to("browse")
    return many


def test_every_change_of_many_images_is_stored_undone_and_made_again(browse: Many) -> None:
    grid = browse.window.browse.page.grid

    def ready() -> None:
        browse.settle()
        grid.setFocus()
        press(browse.qtbot, browse.window, Key.Key_A, CTRL)
        assert len(browse.window.browse.page.selected_ids()) == 3

    run(browse, BROWSE, "browse.undo", "browse.redo", ready)


def test_a_change_of_many_is_taken_back_after_a_restart(
    browse: Many, open_window: Callable[[Path], MainWindow], qtbot: QtBot
) -> None:
    """The swap is undone by the key in the window that opens next, and made again."""
    first = browse.held()
    browse.window.browse.page.grid.setFocus()
    press(qtbot, browse.window, Key.Key_A, CTRL)
    swap(browse)
    made, folder = browse.held(), browse.window.session.needed().folder
    browse.window.close()
    again = Many(open_window(folder), qtbot)
    again.settle()
    again.keys("browse.undo")
    assert same(again.held(), first)
    press(qtbot, again.window, Key.Key_Z, CTRL | SHIFT)
    again.settle()
    assert same(again.held(), made)


def test_what_was_changed_in_many_images_is_taken_back_in_one(browse: Many) -> None:
    """Each image has the change in its own history; the undo of Browse leaves what was taken back there."""
    window, first = browse.window, browse.held()
    window.browse.page.grid.setFocus()
    press(browse.qtbot, window, Key.Key_A, CTRL)
    swap(browse)
    made = browse.held()
    window.open_image(first[1].image.id)
    browse.settle()
    browse.keys("edit.undo")
    assert [now.same_as(was) for now, was in zip(browse.held(), first, strict=True)] == [False, True, False]
    browse.keys("page.browse")
    browse.keys("browse.undo")
    assert same(browse.held(), first)
    assert "1 had been changed since and stays" in window.browse.page.work_bar.words
    browse.keys("browse.redo")
    now = browse.held()
    assert (now[0].same_as(made[0]), now[1].same_as(first[1]), now[2].same_as(made[2])) == (True,) * 3
    window.open_image(first[1].image.id)
    browse.settle()
    browse.keys("edit.redo")
    assert same(browse.held(), made)

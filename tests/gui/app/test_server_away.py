"""The window on a server that goes away in the middle of the work: nothing is lost, and nothing stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.document import Document, KeepingDocument, edits, many
from store.document.journal import FOLDER
from store.records import Dataset, Garment, Image, ImageRecord, Review
from tests.gui.app.window_hand import Key, press, stored
from tests.postgres import Server, running

WIDTH, HEIGHT = 300, 400


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that tests may stop; they start it again."""
    with running() as found:
        yield found


@pytest.fixture
def store_folder(tmp_path: Path, own_server: Server, make_garment: Callable[[int], Garment]) -> Path:
    """A store on the server, three images with two garments each and no pictures."""
    folder = tmp_path / "store"
    with Store.create(folder, "team", own_server.new()) as store:
        dataset = store.datasets.add(Dataset(name="small", format="coco", images_root=str(tmp_path)))
        with store.bulk() as bulk:
            for number in range(1, 4):
                image = Image(dataset_id=dataset.id, name=f"{number}.png", width=WIDTH, height=HEIGHT)
                two = (make_garment(8), make_garment(1).but(position=1))
                bulk.add(ImageRecord(image, two))
    return folder


@pytest.fixture
def away(own_server: Server) -> Iterator[Server]:
    """The server, which is there again afterwards."""
    yield own_server
    if not own_server.answers():
        own_server.start()


def unsaved(window: MainWindow) -> str:
    return window.annotate.saving.unsaved


def test_edits_made_while_the_server_is_away_are_saved_when_it_is_back(
    annotating: MainWindow, away: Server, qtbot: QtBot, store_folder: Path
) -> None:
    annotate = annotating.annotate
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_Right)
    before = stored(annotating).garments[0].points[0, 0]
    revisions = annotating.session.needed().revisions.count()
    away.stop()
    press(qtbot, annotating, Key.Key_Right)
    assert "the server is away, 1 change in hand" in unsaved(annotating)
    press(qtbot, annotating, Key.Key_Right)
    press(qtbot, annotating, Key.Key_1)
    press(qtbot, annotating, Key.Key_Return)
    assert annotate.canvas.shown.garments[0].points[0, 0] == pytest.approx(before + 2)
    assert annotate.page.unsaved.isVisible()
    assert "cannot be reached" in annotate.page.unsaved.accessibleName()
    assert "Not saved: the server is away, 4 changes in hand" in annotating.shell.status.saved.text()
    assert len(list((store_folder / FOLDER).glob("*.json"))) == 1
    # Taking one back, making it again and making another is work like any other.
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "3 changes" in unsaved(annotating)
    press(qtbot, annotating, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert "4 changes" in unsaved(annotating)
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    press(qtbot, annotating, Key.Key_Return)
    away.start()
    qtbot.waitUntil(lambda: not unsaved(annotating), timeout=15_000)
    document = stored(annotating)
    assert document.garments[0].points[0, 0] == pytest.approx(before + 2)
    assert document.garments[0].visibility[0] == 1
    assert document.image.review is Review.ACCEPTED
    assert annotating.session.needed().revisions.count() == revisions + 4
    assert not annotate.page.unsaved.isVisible()
    assert annotating.shell.status.saved.text().startswith("Saved ")
    assert not (store_folder / FOLDER).exists()


def test_a_window_that_ends_meanwhile_leaves_them_for_the_next(
    annotating: MainWindow,
    away: Server,
    qtbot: QtBot,
    store_folder: Path,
    open_window: Callable[[Path | None], MainWindow],
) -> None:
    image_id = annotating.annotate.image_id
    away.stop()
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_Right)
    assert unsaved(annotating)
    wanted = annotating.annotate.canvas.shown.garments[0].points[0, 0]
    annotating.close()
    away.start()
    again = open_window(store_folder)
    qtbot.waitUntil(again.banner.isVisible)
    again.open_image(image_id)
    qtbot.waitUntil(lambda: again.annotate.document is not None and not again.annotate.document.held)
    assert stored(again).garments[0].points[0, 0] == wanted


def test_somebody_else_who_was_quicker_is_asked_about_when_it_is_back(
    annotating: MainWindow, away: Server, qtbot: QtBot, store_folder: Path
) -> None:
    image_id = annotating.annotate.image_id
    away.stop()
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_Right)
    annotating.session.others._timer.stop()
    away.start()
    with Store.open(store_folder) as other:
        theirs = Document(other, image_id, author="bert")
        theirs.apply(edits.move_landmarks(theirs.garments[0], {0: (5.0, 6.0)}))
    came: list[str] = []
    annotating.annotate.saving.dialog_wanted.disconnect()
    annotating.annotate.saving.dialog_wanted.connect(lambda dialog: came.append(dialog.windowTitle()))
    annotating.session.others._timer.start()
    qtbot.waitUntil(lambda: bool(came), timeout=15_000)
    assert came == ["Somebody else has changed this garment too"]
    assert isinstance(annotating.annotate.document, KeepingDocument)
    assert annotating.annotate.document.held


def test_the_other_pages_say_that_the_server_is_away_and_go_on_afterwards(
    window: MainWindow, away: Server, qtbot: QtBot
) -> None:
    away.stop()
    window.browse.page.set_filter('review = "to do"', apply=True)
    qtbot.waitUntil(window.banner.isVisible, timeout=15_000)
    assert "cannot be reached" in window.banner.accessibleName()
    away.start()
    qtbot.waitUntil(lambda: not window.session.others.away, timeout=15_000)
    window.browse.page.set_filter("", apply=True)
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) == 3)


def reject_all(window: MainWindow, qtbot: QtBot) -> None:
    """Ctrl+R over all images of Browse."""
    window.browse.page.grid.setFocus()
    window.browse.page.grid.selectAll()
    press(qtbot, window, Key.Key_R, Qt.KeyboardModifier.ControlModifier)


def reviews(window: MainWindow) -> set[Review]:
    store = window.session.needed()
    return {image.review for image in store.images.get_many(store.images.ids())}


def quiet(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.browse.many.busy and not window.session.desk.busy(), timeout=15_000)


def test_browse_refuses_what_cannot_be_saved_and_does_it_when_the_server_is_back(
    window: MainWindow, away: Server, qtbot: QtBot
) -> None:
    away.stop()
    qtbot.waitUntil(lambda: window.session.others.away, timeout=15_000)
    assert window.shell.status.saved.text() == "Server away"
    changes: list[Callable[[], object]] = [
        lambda: reject_all(window, qtbot),
        lambda: window.browse.page.view_save_wanted.emit("mine"),
        lambda: window.open_row(0),
    ]
    for change in changes:
        window.banner.hide()
        change()
        assert window.banner.isVisible(), "it is said at once"
        assert window.banner.accessibleName().startswith("The server cannot be reached:")
        quiet(window, qtbot)
    away.start()
    qtbot.waitUntil(lambda: not window.session.others.away, timeout=15_000)
    assert not window.banner.isVisible()
    assert window.shell.status.saved.text() == "All saved"
    quiet(window, qtbot)
    assert reviews(window) == {Review.TO_DO}
    window.browse.page.view_save_wanted.emit("mine")
    reject_all(window, qtbot)
    quiet(window, qtbot)
    assert reviews(window) == {Review.REJECTED}
    assert [view.name for view in window.session.needed().views.all()] == ["mine"]


def test_a_server_that_goes_away_in_the_middle_of_a_change_of_many(
    window: MainWindow, away: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows then whether it was saved; when it is back the window finds out, and can undo it."""
    real = many.change_many

    def unanswered(*given: Any, **named: Any) -> Any:
        real(*given, **named)
        away.stop()
        window.session.needed().images.ids()

    with monkeypatch.context() as patch:
        patch.setattr(many, "change_many", unanswered)
        reject_all(window, qtbot)
        quiet(window, qtbot)
    assert "the server went away" in window.banner.accessibleName()
    assert window.browse.many.undo_title == ""
    away.start()
    bar = window.browse.page.work_bar
    qtbot.waitUntil(bar.isVisible, timeout=15_000)
    assert bar.words == "Saved before the server went away: Set review to rejected in 3 images"
    quiet(window, qtbot)
    window.browse.many.undo()
    quiet(window, qtbot)
    assert reviews(window) == {Review.TO_DO}

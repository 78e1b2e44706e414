"""What asks the network that made an index: the heat map, and what looks like a garment or a dropped
picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.drops import dropped_picture
from app.window import MainWindow
from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec
from tests.gui.retrieval.conftest import PAIRS, at_list, press, quiet
from tests.rankings import index_of, ranking_of

Key = Qt.Key
#: The process reads in torch, and the machine may be busy.
PATIENCE = 90_000


@pytest.fixture
def seen_store(bare_store: Path) -> Path:
    """A store with a network of random weights, an index that bears its name, and a ranking."""
    import torch

    from inference.models import ARCHITECTURES, build, save_model

    torch.manual_seed(3)
    spec = ModelSpec("fashionnet", "small", (ModelCategory(1, "top", 25),), (), "fashion8", 64)
    network = build(spec).eval()
    size = network(torch.zeros(1, 3, 64, 64)).embedding.shape[1]
    folder = bare_store / "models" / "tiny"
    folder.mkdir(parents=True)
    tasks = ARCHITECTURES["fashionnet"].tasks
    manifest = save_model(network, ModelManifest("tiny", spec, tasks), folder)
    vectors = np.random.default_rng(1).normal(size=(2 * PAIRS, size)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    facts = index_of(bare_store, vectors, "tiny", manifest.sha256)
    ids = np.arange(1, 2 * PAIRS + 1)
    ranking_of(bare_store, vectors, ids[::2], ids[1::2], facts)
    return bare_store


def drop(window: MainWindow, picture: Path) -> None:
    """Drag a picture file over the window and let go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    over = QDragEnterEvent(QPoint(400, 300), *how)
    QApplication.sendEvent(window, over)
    assert over.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(400, 300), *how))


def test_a_match_is_explained_and_a_dropped_picture_looked_for(
    open_window: Callable[[Path], MainWindow], seen_store: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(seen_store)
    page = window.retrieval.page
    board, words = page.board, page.board.query._heat_words
    at_list(qtbot, window)
    press(qtbot, window, Key.Key_H)
    assert board.heat_on()
    assert words.isVisible()
    qtbot.waitUntil(lambda: "Likeness to result 1" in words.text(), timeout=PATIENCE)
    assert board.query.picture._heat is not None
    assert board.results._heat is not None
    # Of another result the reason is another: what was shown goes at once.
    board.results.select(1)
    assert board.query.picture._heat is None
    qtbot.waitUntil(lambda: "Likeness to result 2" in words.text(), timeout=PATIENCE)
    at_list(qtbot, window)
    press(qtbot, window, Key.Key_H)
    assert not board.heat_on()
    assert board.query.picture._heat is None
    assert not words.isVisible()

    picture = tmp_path / "dropped.png"
    image = QImage(60, 80, QImage.Format.Format_RGB32)
    image.fill(QColor("#804020"))
    assert image.save(str(picture))
    drop(window, picture)
    view = window.retrieval.similar.view
    assert page.view() == "similar"
    qtbot.waitUntil(lambda: len(view.results.hits()) > 0, timeout=PATIENCE)
    quiet(qtbot, window)
    assert view.title.full_text() == f"Nearest {2 * PAIRS} of {2 * PAIRS} garments"
    assert not view.results.marked
    cut = view.picture.cut()
    assert cut is not None
    made = page.crops.get(cut)
    assert made is not None
    assert made.pixmap is not None
    distances = [hit.distance for hit in view.results.hits()]
    assert distances == sorted(distances)


def test_a_network_that_is_gone_is_told(
    open_window: Callable[[Path], MainWindow], store_folder: Path, qtbot: QtBot
) -> None:
    window = open_window(store_folder)
    at_list(qtbot, window)
    press(qtbot, window, Key.Key_H)
    quiet(qtbot, window)
    words = window.retrieval.page.board.query._heat_words.text()
    assert "The model fn that made the index fn-box-abc is not here any more" in words


def test_find_similar_to_the_query_walks_on_and_opens_annotate(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    page.list.choose(next(row.query for row in page.list.queries.rows() if row.garment_id == 1))
    quiet(qtbot, window)
    qtbot.mouseClick(page.bar.similar, Qt.MouseButton.LeftButton)
    quiet(qtbot, window)
    view = window.retrieval.similar.view
    assert page.view() == "similar"
    subject = view.subject()
    assert subject is not None
    assert subject.parts[subject.current].garment_id == 1
    # Its own vector is known: no process was started. It is no result of itself.
    assert window.retrieval.eye.client.pid is None
    hits = view.results.hits()
    assert 1 not in [hit.garment_id for hit in hits]
    assert view.results.marked
    assert [hit.garment_id for hit in hits if hit.match] == [2]
    # From a result on to what looks like that.
    view.results.select(1)
    second = view.selected()
    assert second is not None
    qtbot.mouseClick(page.bar.similar, Qt.MouseButton.LeftButton)
    quiet(qtbot, window)
    subject = view.subject()
    assert subject is not None
    assert subject.image_id == second.shot.image_id
    first = view.selected()
    assert first is not None
    view.results.setFocus()
    qtbot.keyClick(view.results, Key.Key_Return)
    assert window.shell.page() == "annotate"
    assert window.annotate.image_id == first.shot.image_id


def test_find_similar_from_annotate_and_browse(window: MainWindow, qtbot: QtBot) -> None:
    window.open_image(7)
    window.actions_["retrieval.similar"].trigger()
    quiet(qtbot, window)
    subject = window.retrieval.similar.view.subject()
    assert subject is not None
    assert subject.image_id == 7
    window.go_to("browse")
    window.actions_["retrieval.similar"].trigger()
    quiet(qtbot, window)
    subject = window.retrieval.similar.view.subject()
    assert subject is not None
    assert subject.image_id == window.browse.page.current_id


def test_without_an_index_it_says_how_to_make_one(
    open_window: Callable[[Path], MainWindow], bare_store: Path, qtbot: QtBot
) -> None:
    window = open_window(bare_store)
    window.open_image(3)
    window.actions_["retrieval.similar"].trigger()
    quiet(qtbot, window)
    view = window.retrieval.similar.view
    assert view.empty.isVisible()
    assert "deepfashion-studio index" in view.empty._sentence.text()


def test_only_one_picture_can_be_dropped(tmp_path: Path) -> None:
    picture, other = tmp_path / "one.JPG", tmp_path / "notes.txt"
    picture.write_bytes(b"")
    other.write_bytes(b"")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture))])
    assert dropped_picture(data) == picture
    data.setUrls([QUrl.fromLocalFile(str(picture)), QUrl.fromLocalFile(str(picture))])
    assert dropped_picture(data) is None
    data.setUrls([QUrl.fromLocalFile(str(other))])
    assert dropped_picture(data) is None

"""Leaks in the window: looked for, stopped, listed, joined, taken back, led on and handed out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.controllers.retrieval.leaks import LeaksController
from app.window import MainWindow
from store.db import Store
from store.document import Document
from store.document.edits import set_box
from store.records import Dataset, Garment, Image, ImageRecord
from store.retrieval.index import IndexFacts, Rows, VectorIndex
from tests.gui.retrieval.conftest import FAILING, PAIRS, quiet
from widgets.pages.retrieval.leaks_records import Pair

Key = Qt.Key


def leaks_of(window: MainWindow) -> LeaksController:
    """The controller of the leaks."""
    return next(one for one in window.retrieval.views if isinstance(one, LeaksController))


def found(window: MainWindow, qtbot: QtBot, limit: float = 1.0) -> LeaksController:
    """The view in front, with what was found within a distance."""
    window.retrieval.page.show_view("leaks")
    quiet(qtbot, window)
    made = leaks_of(window)
    made.view.limit.setValue(limit)
    made.view.look.click()
    qtbot.waitUntil(lambda: made.found is not None and not made.work.busy(), timeout=30_000)
    quiet(qtbot, window)
    return made


def listed(made: LeaksController, kind: str) -> tuple[Pair, ...]:
    """The pairs of a list, which is brought to the front."""
    made.view.kinds.set_value(kind)
    made.view.kinds.chosen.emit(kind)
    return made.view.list.pairs.pairs()


def products(folder: Path) -> list[tuple[int | None, int | None]]:
    """Pair and style of every garment, by id."""
    with Store.open(folder, read_only=True) as store:
        return [(one.pair_id, one.style) for one in map(store.garments.get, range(1, 2 * PAIRS + 1))]


@pytest.fixture
def both_sides(tmp_path: Path) -> Path:
    """A store with one product in two splits, whose pictures look the same, and two equal files."""
    pictures, folder = tmp_path / "pictures", tmp_path / "sides"
    pictures.mkdir()
    with Store.create(folder, "sides") as store:
        dataset = store.datasets.add(
            Dataset(name="shop", format="deepfashion", root=str(tmp_path), images_root=str(pictures))
        )
        with store.bulk() as bulk:
            for number, (split, item) in enumerate(
                (("train", "id_1"), ("test", "id_1"), ("test", "id_2")), 1
            ):
                picture = QImage(60, 80, QImage.Format.Format_RGB32)
                picture.fill(QColor.fromHsv(100 if number < 3 else 200, 160, 200))
                picture.save(str(pictures / f"{number:03}.png"))
                image = Image(
                    dataset_id=dataset.id, name=f"{number:03}.png", width=60, height=80, size_known=True,
                    split=split,
                )  # fmt: skip
                box = np.array([5.0, 5.0, 55.0, 75.0])
                garment = Garment(key="item1", category_id=number, box=box, item_id=item)
                bulk.add(ImageRecord(image, (garment,)))
        table = store.products.table()
    nothing = np.zeros(3, np.int64)
    rows = Rows(
        nothing, table.ids, table.image_ids, table.versions, np.full(3, "cut"), table.category_ids,
        np.ones(3), np.tile([5.0, 5.0, 55.0, 75.0], (3, 1)),
    )  # fmt: skip
    with VectorIndex.begin(folder, IndexFacts("fn", "abc", "box", 2)) as index:
        index.append(rows, np.array([[1, 0], [1, 0], [0, 1]], np.float32))
    return folder


def test_what_looks_the_same_is_listed_and_joined(window: MainWindow, qtbot: QtBot) -> None:
    made = found(window, qtbot)
    pairs = listed(made, "alike")
    assert {one.distance is not None for one in pairs} == {True}
    other = next(place for place, one in enumerate(pairs) if not one.same)
    made.view.list.step(other)
    pair = made.view.list.current()
    assert pair is not None
    assert made.view.pair.join.isEnabled()
    store = window.session.needed().folder
    before = products(store)
    window.activateWindow()
    made.view.list.setFocus()
    QTest.keyClick(made.view.list, Key.Key_J)
    quiet(qtbot, window)
    after = products(store)
    assert after != before
    assert after[pair.first.garment_id - 1] == after[pair.second.garment_id - 1]
    joined = made.view.list.pairs.pairs()[other]
    assert joined.same
    assert not made.view.pair.join.isEnabled()
    assert made.view.pair.what.full_text().startswith("Join ")
    # The page's own Ctrl+Z takes back repairs of the board; here it is the join.
    QTest.keyClick(made.view.list, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    quiet(qtbot, window)
    assert products(store) == before
    assert not made.view.pair.undo.isEnabled()


def test_the_board_counts_a_join_made_here(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    assert "top-1 0.667" in page.figures.text()
    made = found(window, qtbot)
    pairs = listed(made, "alike")
    # A failing query and the garment that it finds first.
    wanted = (2 * FAILING[0] - 1, 2 * FAILING[0] + 2)
    place = next(
        place
        for place, one in enumerate(pairs)
        if {one.first.garment_id, one.second.garment_id} == set(wanted)
    )
    made.view.list.step(place)
    made.view.pair.join.click()
    quiet(qtbot, window)
    assert "top-1 0.667" not in page.figures.text()
    made.view.pair.undo.click()
    quiet(qtbot, window)
    assert "top-1 0.667" in page.figures.text()


def test_a_garment_is_said_to_have_no_counterpart(window: MainWindow, qtbot: QtBot) -> None:
    made = found(window, qtbot)
    pair = listed(made, "alike")[0]
    made.view.pair.first.leave.click()
    quiet(qtbot, window)
    store = window.session.needed().folder
    assert products(store)[pair.first.garment_id - 1][1] == 0
    assert not made.view.pair.first.leave.isEnabled()
    made.view.pair.undo.click()
    quiet(qtbot, window)
    assert products(store)[pair.first.garment_id - 1][1] == 1


def test_an_undo_after_another_change_is_refused(window: MainWindow, qtbot: QtBot) -> None:
    made = found(window, qtbot)
    pair = listed(made, "alike")[0]
    made.view.pair.first.leave.click()
    quiet(qtbot, window)
    store = window.session.needed()
    Document(store, pair.first.image_id).apply(
        set_box(store.garments.get(pair.first.garment_id), (1.0, 1.0, 20.0, 20.0))
    )
    made.view.pair.undo.click()
    quiet(qtbot, window)
    assert "has been changed since" in made.view.message.accessibleName()
    assert made.done


def test_both_sides_of_a_split_and_equal_files(
    open_window: Callable[[Path], MainWindow], both_sides: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(both_sides)
    made = found(window, qtbot, 0.1)
    assert made.view.kind() == "products"
    (product,) = listed(made, "products")
    assert product.words == "item id_1: 1 in test, 1 in train"
    assert product.same
    (group,) = listed(made, "files")
    assert group.words == "2 pictures are one file, in test and train"
    assert {group.first.name, group.second.name} == {"001.png", "002.png"}
    assert not made.view.pair.join.isEnabled()
    (across,) = listed(made, "across")
    assert (across.first.split, across.second.split) == ("train", "test")
    assert across.distance == pytest.approx(0.0)
    assert len(listed(made, "alike")) == 1
    file = tmp_path / "leaks.csv"
    made.export(file)
    quiet(qtbot, window)
    with file.open(encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["list"] for line in lines] == [
        *("product across splits", "pictures across splits", "same look", "same file")
    ]
    assert {(line["image_1"], line["image_2"]) for line in lines} <= {("1", "2"), ("2", "1")}
    assert "4 lines" in made.view.message.accessibleName()


def test_pairs_lead_to_annotate(window: MainWindow, qtbot: QtBot) -> None:
    made = found(window, qtbot)
    pair = listed(made, "alike")[0]
    opened: list[int] = []
    window.retrieval.annotate_wanted.connect(opened.append)
    window.activateWindow()
    made.view.list.setFocus()
    QTest.keyClick(made.view.list, Key.Key_Return)
    QTest.keyClick(made.view.list, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert opened == [pair.first.image_id, pair.second.image_id]


def test_what_is_one_product_already_can_be_left_out(window: MainWindow, qtbot: QtBot) -> None:
    made = found(window, qtbot)
    everything = listed(made, "alike")
    made.view.two.click()
    left = made.view.list.pairs.pairs()
    assert left == tuple(one for one in everything if not one.same)
    assert 0 < len(left) < len(everything)
    # What is joined leaves the list, and the one after it is current.
    made.view.pair.join.click()
    quiet(qtbot, window)
    after = made.view.list.pairs.pairs()
    assert len(after) < len(left)
    assert made.view.list.current() is not left[0]
    made.view.two.click()
    assert len(made.view.list.pairs.pairs()) == len(everything)


def test_a_list_leads_to_browse(window: MainWindow, qtbot: QtBot) -> None:
    made = found(window, qtbot)
    pairs = listed(made, "alike")
    window.activateWindow()
    made.view.list.setFocus()
    QTest.keyClick(made.view.list, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.shell.page() == "browse")
    quiet(qtbot, window)
    images = {side.image_id for pair in pairs for side in (pair.first, pair.second)}
    assert set(window.browse.slice.ids.tolist()) == images


def test_nothing_found_is_said(window: MainWindow, qtbot: QtBot) -> None:
    made = found(window, qtbot, 0.0)
    # All images are of one split.
    assert listed(made, "across") == ()
    assert made.view.right.currentWidget() is made.view.nothing
    assert "within this distance" in made.view.nothing.accessibleName()


def test_pictures_of_both_are_there(window: MainWindow, qtbot: QtBot) -> None:
    made = found(window, qtbot)
    listed(made, "alike")
    qtbot.waitUntil(lambda: made.view.crops.idle)
    quiet(qtbot, window)
    cuts = made.view.pair.cuts()
    assert len(cuts) == 2
    for cut in cuts:
        ready = made.view.crops.get(cut)
        assert ready is not None
        assert ready.pixmap is not None


def test_the_command_is_on_the_clipboard(window: MainWindow, qtbot: QtBot) -> None:
    made = found(window, qtbot, 0.2)
    made.view.files.setChecked(False)
    made.view.copy.click()
    told = QGuiApplication.clipboard().text()
    assert told.startswith("deepfashion-studio leaks --store ")
    assert told.endswith("--limit 0.2 --no-files")


def test_looking_can_be_stopped(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from app.controllers.retrieval import leaks

    held = threading.Event()

    def slow(*_of: object, progress: Callable[[int, int, str], None], **_more: object) -> object:
        while True:
            held.wait(0.01)
            progress(1, 4, "Comparing garments")

    monkeypatch.setattr(leaks, "find_leaks", slow)
    window.retrieval.page.show_view("leaks")
    quiet(qtbot, window)
    made = leaks_of(window)
    made.view.look.click()
    qtbot.waitUntil(lambda: made.view.working.words.full_text() == "Comparing garments 25%")
    assert not made.view.look.isVisible()
    made.view.working.cancel.click()
    qtbot.waitUntil(lambda: not made.work.busy())
    assert made.view.look.isVisible()
    assert made.found is None
    # A window that closes meanwhile does not wait for ever either.
    made.view.look.click()
    window.close()
    assert not made.work.busy()


def test_a_store_that_may_not_be_written_is_only_looked_at(
    open_window: Callable[[Path], MainWindow], store_folder: Path, qtbot: QtBot
) -> None:
    window = open_window(store_folder)
    made = found(window, qtbot)
    listed(made, "alike")
    made.view.set_writable(False, "")
    assert not made.view.pair.join.isEnabled()
    assert not made.view.pair.undo.isEnabled()

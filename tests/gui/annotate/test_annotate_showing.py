"""What the Annotate page shows: pictures and their absence, layers, filmstrip, layout, names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from store.records import Image, ImageState, Problem, Review, Severity, Visibility
from tests.gui.annotate.annotate_keeper import TROUSERS, Keeper, garment
from widgets import style
from widgets.pages.annotate import AnnotatePage, FilmRow

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


def test_zoom_and_landmark_number_are_kept_for_the_next_image(
    page: AnnotatePage, keeper: Keeper, picture_path: Path
) -> None:
    page.select(TROUSERS, 5)
    page.canvas.set_zoom(4.0)
    first = [garment(21, 9, 300, 300, 200, 0), garment(22, 8, 20, 50, 500, 1)]
    keeper.open(picture_path, 2, first)
    assert page.canvas.zoom == 4.0
    assert (page.canvas.selection.garment_id, page.canvas.selection.landmark) == (22, 5)
    x, y = first[1].points[5].tolist()
    at = page.canvas.map_from_image(QPointF(x, y)).toPoint()
    assert page.canvas.viewport().rect().contains(at)


def test_a_missing_picture_leaves_a_sheet_that_can_be_worked_on(
    page: AnnotatePage, keeper: Keeper, qtbot: object
) -> None:
    keeper.open(None, 5, state=ImageState.MISSING)
    assert page.notice.isVisible()
    assert "missing" in page.notice.accessibleName()
    assert page.canvas.image_size == (600, 800)
    page.select(TROUSERS, 5)
    page.nudge(1, 0)
    assert len(keeper.edits) == 1
    with qtbot.waitSignal(page.locate_wanted):  # type: ignore[attr-defined]
        QTest.mouseClick(page.notice._button, LEFT)


def test_a_file_that_is_no_picture_says_so(
    page: AnnotatePage, keeper: Keeper, tmp_path: Path, qtbot: object
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing")
    with qtbot.waitSignal(page.picture_shown) as got:  # type: ignore[attr-defined]
        keeper.open(broken, 6)
    assert got.args[0].error
    assert "cannot be read" in page.notice.accessibleName()
    assert page.canvas.viewport().updatesEnabled()


def test_the_answer_for_an_image_that_was_left_is_not_shown(
    page: AnnotatePage, keeper: Keeper, tmp_path: Path, qtbot: object
) -> None:
    paths = []
    for number, colour in enumerate(("red", "green", "blue")):
        image = QImage(600, 800, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        paths.append(tmp_path / f"{number}.png")
        image.save(str(paths[-1]))
    shown: list[Path] = []
    page.picture_shown.connect(lambda picture: shown.append(picture.path))
    for number, path in enumerate(paths):
        keeper.open(path, 10 + number)
    qtbot.waitUntil(lambda: bool(shown))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not page.pictures._running)  # type: ignore[attr-defined]
    assert shown == [paths[2]]
    assert page.canvas.image.pixelColor(5, 5) == QColor("blue")


def test_a_picture_decoded_ahead_is_there_at_once(
    page: AnnotatePage, keeper: Keeper, picture_path: Path, tmp_path: Path, qtbot: object
) -> None:
    ahead = tmp_path / "ahead.png"
    ahead.write_bytes(picture_path.read_bytes())
    keeper.open(picture_path, 2, ahead=[ahead])
    qtbot.waitUntil(lambda: page.pictures.cached(ahead) is not None)  # type: ignore[attr-defined]
    keeper.open(ahead, 3)
    assert not page.canvas.image.isNull()


def test_without_an_image_the_page_says_what_to_do(page: AnnotatePage, qtbot: object) -> None:
    assert page.empty.isVisible()
    page.show_nothing("No image matches the filter")
    assert page.empty.accessibleName() == "No image matches the filter"
    with qtbot.waitSignal(page.browse_wanted):  # type: ignore[attr-defined]
        page.empty.action.emit()
    page.next_landmark()
    page.next_garment()
    page.nudge(1, 1)
    page.set_visibility(Visibility.VISIBLE)
    page.delete_garment()
    page.fit()


def test_the_toolbar_says_where_we_are_and_what_can_be_undone(page: AnnotatePage, keeper: Keeper) -> None:
    assert page.toolbar.name.full_text() == "000001.png"
    assert page.toolbar.place.text() == "4 of 240"
    page.show_undo("Move landmark 3", None)
    assert page.toolbar.undo.accessibleName() == "Undo: Move landmark 3"
    assert page.toolbar.undo.isEnabled()
    assert not page.toolbar.redo.isEnabled()
    page.actual_size()
    assert page.toolbar.percent.text().startswith("100")


def test_buttons_say_what_the_person_wants(page: AnnotatePage, keeper: Keeper, qtbot: object) -> None:
    reviews: list[Review] = []
    page.review_wanted.connect(reviews.append)
    page.filmstrip.second_look_button.click()
    page.filmstrip.reject_button.click()
    assert reviews == [Review.SECOND_LOOK, Review.REJECTED]
    for signal, button in (
        (page.next_wanted, page.toolbar.next),
        (page.previous_wanted, page.toolbar.previous),
        (page.accept_wanted, page.filmstrip.accept_button),
    ):
        with qtbot.waitSignal(signal):  # type: ignore[attr-defined]
            button.click()
    page.update_image(Image(id=1, name="a.jpg", review=Review.REJECTED))
    assert page.filmstrip.reject_button.isChecked()
    assert not page.filmstrip.second_look_button.isChecked()


def test_layers_are_switched_by_button_and_by_name(page: AnnotatePage, keeper: Keeper) -> None:
    page.toggle_layer("masks")
    assert not page.canvas.layers.masks
    assert not page.layer_shown("masks")
    page.hide_overlays(True)
    assert not page.canvas.layers.landmarks
    page.toggle_layer("masks")
    assert page.canvas.layers.masks, "who shows a layer wants to see it"
    assert page.canvas.layers.landmarks


def test_a_garment_can_be_hidden_in_the_list(page: AnnotatePage, keeper: Keeper, picture_path: Path) -> None:
    view = page.garments_panel.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert page.canvas.shown.hidden == {TROUSERS}
    assert "hidden" in view.model().index(0, 0).data()
    rect = view.visualRect(view.model().index(0, 0))
    QTest.mouseClick(view.viewport(), LEFT, NO_KEYS, QPoint(rect.right() - 12, rect.center().y()))
    assert not page.canvas.shown.hidden
    QTest.keyClick(view, Qt.Key.Key_Space)
    keeper.open(picture_path, 7)
    assert not page.canvas.shown.hidden, "the next image shows all of its garments"


def test_the_filmstrip_goes_where_it_is_clicked(page: AnnotatePage, keeper: Keeper, qtbot: object) -> None:
    rows = [FilmRow(n, Image(id=n + 1, name=f"{n}.jpg", review=Review(n % 5))) for n in range(20, 30)]
    page.show_filmstrip(rows, 24)
    view = page.filmstrip.view
    place = view.visualRect(view.model().index(5, 0)).center()
    with qtbot.waitSignal(page.go_wanted) as got:  # type: ignore[attr-defined]
        QTest.mouseClick(view.viewport(), LEFT, NO_KEYS, place)
    assert got.args == [25]
    assert page.filmstrip.current == 24, "the page moves only when it is told to"


def test_problems_are_there_only_while_there_are_some(page: AnnotatePage, keeper: Keeper) -> None:
    assert page.problems_panel.isHidden()
    page.show_problems([Problem(message="a landmark is outside", severity=Severity.ERROR)])
    assert not page.problems_panel.isHidden()
    page.show_problems([])
    assert page.problems_panel.isHidden()


def test_the_layout_is_remembered(page: AnnotatePage, keeper: Keeper, qtbot: object) -> None:
    page.set_tool("landmarks")
    page.set_layer("boxes", False)
    page.toggle_side()
    state = page.state()
    other = AnnotatePage()
    qtbot.addWidget(other)  # type: ignore[attr-defined]
    other.restore(state)
    assert other.state() == state
    other.restore({"tool": "no such tool", "layers": 3})
    assert other.state() == state
    other.close_pictures()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1524, 940), (1204, 740)])
def test_everything_fits_in_both_themes(
    page: AnnotatePage, keeper: Keeper, theme: str, size: tuple[int, int]
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply(app, theme)
    page.resize(*size)
    QTest.qWait(10)
    assert page.size().width() == size[0], "nothing is wider than the smallest window"
    assert page.toolbar.place.isVisible() == (size[0] > 1300)
    inside = page.side.scroll.widget()
    assert inside is not None
    assert inside.width() <= page.side.width()
    panel = page.landmarks_panel
    bottom = panel.table.mapTo(page, panel.table.rect().bottomLeft()).y()
    assert bottom <= page.height()
    assert np.isfinite(page.canvas.zoom)


def test_every_control_has_a_name_to_say(page: AnnotatePage, keeper: Keeper) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QListView, QTableView

    for kind in (QAbstractButton, QComboBox, QLineEdit, QListView, QTableView):
        for control in page.findChildren(kind):
            if control.isVisible() and control.focusPolicy() != Qt.FocusPolicy.NoFocus:
                assert control.accessibleName() or getattr(control, "text", str)(), control

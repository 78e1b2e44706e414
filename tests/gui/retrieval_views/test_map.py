"""The map: drawn, coloured, pointed at, lassoed, and led on to Browse and Annotate."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.controllers.retrieval.map import MapController
from app.window import MainWindow
from tests.gui.retrieval.conftest import PAIRS, quiet
from widgets import style
from widgets.pages.retrieval.map_cloud import Cloud
from widgets.pages.retrieval.map_drawing import SHAPES, painted, stamp, within
from widgets.pages.retrieval.map_plane import Plane
from widgets.pages.retrieval.map_records import Colours, Level, Points

Key = Qt.Key


def map_of(window: MainWindow) -> MapController:
    """The controller of the map."""
    return next(one for one in window.retrieval.views if isinstance(one, MapController))


@pytest.fixture
def drawn(window: MainWindow, qtbot: QtBot) -> MapController:
    """The map in front, drawn and coloured."""
    window.retrieval.page.show_view("map")
    made = map_of(window)
    qtbot.waitUntil(lambda: len(made.view.legend.levels()) > 0 and not made.work.busy(), timeout=30_000)
    quiet(qtbot, window)
    return made


def at(cloud: Cloud, point: int) -> QPoint:
    """Where a point is seen."""
    x, y = cloud.plane.pixels(cloud.points().places[point : point + 1])[0]
    return QPointF(x, y).toPoint()


def test_every_garment_of_the_index_is_a_point(drawn: MapController) -> None:
    view = drawn.view
    assert len(view.cloud.points()) == 2 * PAIRS
    assert [(one.name, one.count) for one in view.legend.levels()] == [("short sleeve top", 2 * PAIRS)]
    assert "of the variance" in view.figures.full_text()
    for point in range(2 * PAIRS):
        assert view.cloud.rect().contains(at(view.cloud, point))


def test_colours_follow_the_facet(drawn: MapController, window: MainWindow, qtbot: QtBot) -> None:
    view = drawn.view
    for facet, levels in (
        ("domain", [("consumer", PAIRS), ("shop", PAIRS)]),
        ("outcome", [("hit", PAIRS - 2), ("miss", 2)]),
        ("split", [("test", 2 * PAIRS)]),
        ("scale", []),
    ):
        view.facet_wanted.emit(facet)
        quiet(qtbot, window)
        assert [(one.name, one.count) for one in view.legend.levels()] == levels
    view.facet_wanted.emit("product")
    quiet(qtbot, window)
    assert len(view.legend.levels()) == PAIRS


def test_keys_go_from_point_to_point_and_on(drawn: MapController, window: MainWindow, qtbot: QtBot) -> None:
    view, cloud = drawn.view, drawn.view.cloud
    window.activateWindow()
    cloud.setFocus()
    for key in (Key.Key_Right, Key.Key_Left, Key.Key_Up):
        QTest.keyClick(cloud, key)
    assert cloud.current() >= 0
    qtbot.waitUntil(lambda: view.detail.isVisible())
    assert view.name.full_text() == "short sleeve top"
    assert "pair" in view.lines.text()
    qtbot.waitUntil(lambda: view.crops.idle)
    cut = view.crop.cut()
    assert cut is not None
    made = view.crops.get(cut)
    assert made is not None
    assert made.pixmap is not None
    QTest.keyClick(cloud, Key.Key_Space)
    assert cloud.selection().tolist() == [cloud.current()]
    QTest.keyClick(cloud, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(cloud.selection()) == 2 * PAIRS
    QTest.keyClick(cloud, Key.Key_Escape)
    assert not len(cloud.selection())
    image = int(cloud.points().images[cloud.current()])
    QTest.keyClick(cloud, Key.Key_Return)
    qtbot.waitUntil(lambda: window.shell.page() == "annotate")
    quiet(qtbot, window)
    assert window.annotate.state(window.state()).page == "annotate"
    assert image in cloud.points().images


def test_a_lasso_leads_to_browse(drawn: MapController, window: MainWindow, qtbot: QtBot) -> None:
    view, cloud = drawn.view, drawn.view.cloud
    # Qt's own tests take 0, 0 for the middle.
    corner = cloud.rect().adjusted(1, 1, 0, 0)
    ring = [corner.topLeft(), corner.topRight(), corner.bottomRight(), corner.bottomLeft()]
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mousePress(cloud, Qt.MouseButton.LeftButton, shift, ring[0])
    for place in ring[1:]:
        QTest.mouseMove(cloud, place)
    QTest.mouseRelease(cloud, Qt.MouseButton.LeftButton, shift, ring[-1])
    assert len(cloud.selection()) == 2 * PAIRS
    assert view.count.text() == "12 garments selected, on 12 images"
    some = np.zeros(2 * PAIRS, np.bool_)
    some[[2, 5]] = True
    cloud.select(some)
    QTest.keyClick(cloud, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.shell.page() == "browse")
    quiet(qtbot, window)
    assert sorted(window.browse.slice.ids.tolist()) == sorted(cloud.points().images[[2, 5]].tolist())


def test_one_level_is_looked_at_alone(drawn: MapController, window: MainWindow, qtbot: QtBot) -> None:
    view, cloud = drawn.view, drawn.view.cloud
    view.facet_wanted.emit("domain")
    quiet(qtbot, window)
    QTest.keyClick(view.legend, Key.Key_Down)
    QTest.keyClick(view.legend, Key.Key_Return)
    assert int(cloud.shown().sum()) == PAIRS
    QTest.keyClick(cloud, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(cloud.selection()) == PAIRS
    QTest.keyClick(view.legend, Key.Key_Return)
    assert cloud.shown().all()


def test_zoom_and_drag_move_what_is_seen(drawn: MapController, qtbot: QtBot) -> None:
    cloud = drawn.view.cloud
    before = at(cloud, 0)
    QTest.mousePress(cloud, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(cloud, QPoint(45, 25))
    QTest.mouseRelease(cloud, Qt.MouseButton.LeftButton, pos=QPoint(45, 25))
    assert at(cloud, 0) - before == QPoint(40, 20)
    scale = cloud.plane.scale
    QTest.keyClick(cloud, Key.Key_Plus)
    assert cloud.plane.scale > scale
    QTest.keyClick(cloud, Key.Key_0)
    assert at(cloud, 0) == before


def test_a_store_without_index_says_so(window: MainWindow, qtbot: QtBot) -> None:
    store = window.session.needed().folder
    (store / "embeddings").rename(store / "elsewhere")
    window.retrieval.page.show_view("map")
    quiet(qtbot, window)
    view = map_of(window).view
    assert view.stack.currentWidget() is view.empty
    assert "deepfashion-studio index" in view.empty.accessibleName()


def test_a_zoom_keeps_the_place_under_the_mouse() -> None:
    plane = Plane(400, 300)
    places = np.array([[0.0, 0.0], [4.0, 1.0], [2.0, -1.0]], np.float32)
    plane.fit(places, 10)
    pixels = plane.pixels(places)
    assert pixels.min() >= 10
    assert (pixels <= (390, 290)).all()
    x, y = pixels[1]
    plane.zoom(3.0, x, y)
    assert plane.pixels(places)[1] == pytest.approx((x, y))


def test_shapes_differ_and_points_are_stamped(qapp: object) -> None:
    from PySide6.QtGui import QColor

    masks = {stamp(shape, 4).tobytes() for shape in SHAPES}
    assert len(masks) == len(SHAPES)
    places = np.array([[10.0, 10.0], [30.0, 5.0], [-50.0, 3.0], [39.0, 19.0]])
    ground = QColor("#000000")
    colours = [(QColor(name), ground) for name in ("#ff0000", "#00ff00", "#0000ff")]
    image = painted(places, np.array([0, 1, 0, -1]), colours, ground, (40, 20), 2)
    # Of two at one place the dimmed one lies below, whatever comes later.
    both = painted(np.full((2, 2), 9.0), np.array([1, 0]), colours, ground, (40, 20), 3, 1)
    assert both.pixelColor(9, 9).name() == "#00ff00"
    for radius in (1, 3, 5, 8):
        # Nothing is written beside the picture, however near its edge a point lies.
        edges = np.array([[x, y] for x in range(-30, 71, 3) for y in range(-30, 51, 3)], np.float64)
        painted(edges, np.arange(len(edges)) % 3 - 1, colours, ground, (40, 20), radius)
    assert (image.width(), image.height()) == (40, 20)
    seen = [image.pixelColor(x, y).name() for x, y in ((10, 10), (30, 5), (39, 19), (20, 15))]
    assert seen == ["#ff0000", "#00ff00", "#0000ff", "#000000"]


def test_what_lies_within_an_outline() -> None:
    outline = np.array([[0, 0], [10, 0], [10, 10], [5, 2], [0, 10]], np.float64)
    places = np.array([[1, 5], [5, 5], [9, 5], [20, 5], [5, 1]], np.float64)
    assert within(places, outline).tolist() == [True, False, True, False, True]


def test_colours_of_other_points_are_not_taken(qtbot: QtBot) -> None:
    cloud = Cloud()
    qtbot.addWidget(cloud)
    cloud.show_points(Points(np.zeros((3, 2), np.float32), np.arange(3)))
    cloud.show_colours(Colours("split", (Level("train", "acc", 5),), np.zeros(5, np.int64)))
    assert cloud.shown().all()
    cloud.show_only(0)
    assert cloud.shown().all()


def test_a_hundred_thousand_points_are_moved_in_part_and_then_drawn_whole(qtbot: QtBot) -> None:
    cloud = Cloud()
    qtbot.addWidget(cloud)
    cloud.resize(300, 200)
    places = np.random.default_rng(2).normal(size=(100_000, 2)).astype(np.float32)
    cloud.show_points(Points(places, np.arange(100_000)))
    cloud.show()
    qtbot.waitExposed(cloud)

    def drawn() -> int:
        """How many pixels points cover."""
        image = cloud.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint32)
        return int((pixels != style.tokens().bg1.rgb()).sum())

    whole = drawn()
    QTest.mousePress(cloud, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(cloud, QPoint(45, 5))
    QTest.mouseMove(cloud, QPoint(5, 5))
    assert drawn() < 0.9 * whole
    QTest.mouseRelease(cloud, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.waitUntil(lambda: drawn() > 0.99 * whole)

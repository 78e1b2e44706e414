"""Charts: what they draw, what their cursor reads, what a click in a matrix means."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resources.taxonomy import categories
from store.runs.lines import Points
from store.runs.results import Confusion, Curve, Evaluation, LandmarkError
from widgets import style
from widgets.plots.chart import Chart, Line, Reference, figure
from widgets.plots.confusion import ConfusionMatrix
from widgets.plots.curves import CurvesCard, RunCurves, link
from widgets.plots.landmark_errors import BOUNDS, LandmarkErrorsCard, error_class
from widgets.plots.look import Legend, LegendEntry, line_look, short_names
from widgets.plots.precision_recall import CurvesOfEvaluation


def points(values: list[float], start: int = 0) -> Points:
    steps = np.arange(start, start + len(values), dtype=float)
    return Points(steps, steps / 10, np.array(values, float))


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    made = Chart("epoch", nothing="No step yet")
    qtbot.addWidget(made)
    made.resize(400, 260)
    made.show()
    qtbot.waitExposed(made)
    return made


def line(label: str, values: list[float], look: int = 0, start: float = 0) -> Line:
    return Line(label, np.arange(len(values), dtype=float) + start, np.array(values, float), look)


def settle(chart: Chart) -> None:
    """Axes find their width when they are painted, and with it all of x and y its place."""
    for _ in range(3):
        chart.grab()
        QApplication.processEvents()


def at(chart: Chart, x: float, y: float) -> QPoint:
    place = chart.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y))
    return chart.mapFromScene(place)


def test_an_empty_chart_says_so(chart: Chart) -> None:
    assert not chart.getPlotItem().isVisible()
    assert chart.accessibleName() == "No step yet"
    chart.show_lines([line("a", [1, 2, 3])])
    assert chart.getPlotItem().isVisible()
    assert "a" in chart.accessibleName()


def test_the_mouse_reads_every_line(chart: Chart, qtbot: QtBot) -> None:
    chart.show_lines([line("first", [1, 2, 3, 4]), line("second", [5, 6], 1)])
    settle(chart)
    with qtbot.waitSignal(chart.cursor_moved):
        qtbot.mouseMove(chart.viewport(), at(chart, 0.9, 3))
    assert chart.cursor() == pytest.approx(0.9, abs=0.05)
    assert chart.readout.rows() == ((0, "first", "2.000"), (1, "second", "6.000"))
    # pyqtgraph takes no more than a hundred moves a second.
    qtbot.wait(20)
    with qtbot.waitSignal(chart.cursor_moved):
        qtbot.mouseMove(chart.viewport(), at(chart, 2.9, 3))
    assert chart.readout.rows() == ((0, "first", "4.000"), (1, "second", None))
    assert chart.readout.isVisible()


def test_the_cursor_takes_the_nearer_value(chart: Chart) -> None:
    chart.show_lines([line("a", [1, 2, 3])])
    assert chart.values_at(0.4)[0][1] == 1
    assert chart.values_at(0.6)[0][1] == 2
    assert chart.values_at(-1)[0][1] is None
    assert chart.values_at(5)[0][1] is None


def test_gaps_have_no_value(chart: Chart) -> None:
    chart.show_lines([line("a", [1, float("nan"), 3])])
    assert chart.values_at(1)[0][1] is None


def test_keys_move_the_cursor(chart: Chart, qtbot: QtBot) -> None:
    chart.show_lines([line("a", [1, 2, 3])])
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.cursor() == 0
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.cursor() == 2
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.cursor() == 1
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert np.isnan(chart.cursor())
    assert not chart.readout.isVisible()


def test_linked_charts_share_their_cursor(chart: Chart, qtbot: QtBot) -> None:
    other = Chart()
    qtbot.addWidget(other)
    link(chart, other)
    for each in (chart, other):
        each.show_lines([line("a", [1, 2, 3])])
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert other.cursor() == 0
    qtbot.keyClick(other, Qt.Key.Key_Right)
    assert chart.cursor() == 1


def test_a_logarithmic_scale_leaves_out_what_has_no_place_there(chart: Chart) -> None:
    chart.show_lines([line("a", [1, 0, -1, 100])], [Reference("base", 10), Reference("none", 0)])
    chart.set_log(True)
    x, y = chart._content.drawn[0].curve.getData()
    assert list(x[np.isfinite(y)]) == [0, 3]
    assert list(y[np.isfinite(y)]) == [0, 2]
    assert [level.value() for level in chart._content.levels] == [1]
    chart.set_log(False)
    assert list(chart._content.drawn[0].curve.getData()[1]) == [1, 0, -1, 100]
    assert len(chart._content.levels) == 2


def test_the_wheel_scrolls_the_page_and_zooms_with_ctrl(chart: Chart, qtbot: QtBot) -> None:
    chart.show_lines([line("a", [1, 2, 3, 4, 5])])
    settle(chart)
    box = chart.getPlotItem().getViewBox()
    before = box.viewRange()

    def wheel(modifier: Qt.KeyboardModifier) -> QWheelEvent:
        place = QPointF(at(chart, 2, 3))
        return QWheelEvent(
            place,
            chart.viewport().mapToGlobal(place),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            modifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )

    event = wheel(Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(chart.viewport(), event)
    assert not event.isAccepted()
    assert box.viewRange() == before
    QApplication.sendEvent(chart.viewport(), wheel(Qt.KeyboardModifier.ControlModifier))
    assert box.viewRange()[0][1] - box.viewRange()[0][0] < before[0][1] - before[0][0]
    qtbot.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=at(chart, 2, 3))
    settle(chart)
    assert np.array(box.viewRange()) == pytest.approx(np.array(before))


def test_saved_states_lie_on_the_line(chart: Chart) -> None:
    marked = Line("a", np.arange(3.0), np.array([1.0, 5.0, 2.0]), marks=((0.9, True), (2.0, False)))
    chart.show_lines([marked])
    spots = chart._content.drawn[0].marks.points()
    assert [(spot.pos().x(), spot.pos().y(), spot.symbol()) for spot in spots] == [
        (1, 5, "star"),
        (2, 2, "d"),
    ]


def test_charts_follow_the_theme(chart: Chart, qapp: QApplication) -> None:
    chart.show_lines([line("a", [1, 2, 3])])
    style.apply(qapp, "light")
    assert chart.backgroundBrush().color() == style.tokens().bg2
    pen = chart._content.drawn[0].curve.opts["pen"]
    assert pen.color() == line_look(0)[0]


def test_nine_lines_are_told_apart() -> None:
    looks = {(colour.name(), dash) for colour, dash in map(line_look, range(9))}
    assert len(looks) == 9


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["a-b-1", "a-b-2"], ["1", "2"]),
        (["run", "run-2"], ["run", "run-2"]),
        (["same", "same"], ["same", "same"]),
        (["one"], ["one"]),
        (["a-1", "b-1"], ["a-1", "b-1"]),
        ([], []),
    ],
)
def test_names_are_told_by_where_they_differ(names: list[str], short: list[str]) -> None:
    assert short_names(names) == short


def test_a_legend_says_its_names(qtbot: QtBot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.show_entries([LegendEntry("match-1", 0), LegendEntry("match-2", 1)])
    assert legend.accessibleName() == "Lines: match-1, match-2"
    assert legend.sizeHint().width() > 0
    assert not legend.grab().isNull()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.500"), (0.0, "0.000"), (0.00002, "2.00e-05"), (123.456, "123.5"), (2e6, "2.00e+06")],
)
def test_figures(value: float, text: str) -> None:
    assert figure(value) == text


# -- the card of curves ---------------------------------------------------------------------------


@pytest.fixture
def card(qtbot: QtBot) -> CurvesCard:
    made = CurvesCard("Loss", "No step yet", str.upper, smooth=0.5)
    qtbot.addWidget(made)
    made.resize(480, 320)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_several_runs_in_one_chart(card: CurvesCard) -> None:
    card.show_runs(
        [
            RunCurves("a", 0, {"loss": points([4, 2]), "box": points([1, 1])}),
            RunCurves("b", 1, {"loss": points([3, 1])}),
        ],
        "loss",
    )
    assert [shown.label for shown in card.chart.lines()] == ["a", "b"]
    assert [entry.text for entry in card.legend.entries()] == ["a", "b"]
    assert card.title.text() == "LOSS"
    first = card.chart.lines()[0]
    assert list(first.y) == pytest.approx([4, 8 / 3])
    assert first.raw is not None
    assert list(first.raw) == [4, 2]
    card.choose("box")
    assert [shown.label for shown in card.chart.lines()] == ["a"]


def test_the_slider_smoothes(card: CurvesCard, qtbot: QtBot) -> None:
    card.show_runs([RunCurves("a", 0, {"loss": points([4, 0, 4, 0])})])
    card.slider.setFocus()
    qtbot.keyClick(card.slider, Qt.Key.Key_Home)
    assert card.weight() == 0
    assert list(card.chart.lines()[0].y) == [4, 0, 4, 0]
    assert card.chart.lines()[0].raw is None
    qtbot.keyClick(card.slider, Qt.Key.Key_End)
    assert np.ptp(card.chart.lines()[0].y) < 3
    assert card.smoothing.text() == "smoothing 0.99"


def test_switches_of_the_scale_and_the_axis(card: CurvesCard, qtbot: QtBot) -> None:
    card.show_runs([RunCurves("a", 0, {"loss": points([4, 2, 1])})])
    assert list(card.chart.lines()[0].x) == pytest.approx([0, 0.1, 0.2])
    qtbot.mouseClick(card.steps, Qt.MouseButton.LeftButton)
    assert list(card.chart.lines()[0].x) == [0, 1, 2]
    qtbot.mouseClick(card.log, Qt.MouseButton.LeftButton)
    assert card.chart.getPlotItem().getAxis("left").logMode


def test_another_figure_is_chosen_in_the_menu_and_stays(card: CurvesCard) -> None:
    runs = [RunCurves("a", 0, {"loss": points([4, 2]), "box": points([1, 1])})]
    card.show_runs(runs, "loss")
    actions = {action.data(): action for action in card.title.menu().actions()}
    assert actions["loss"].isChecked()
    actions["box"].trigger()
    assert card.figure() == "box"
    card.show_runs(runs, "loss")
    assert card.figure() == "box"


def test_without_runs_there_is_nothing_to_choose(card: CurvesCard) -> None:
    card.show_runs([])
    assert not card.title.isEnabled()
    assert card.title.text() == "Loss"
    assert card.chart.lines() == ()


def test_references_are_drawn_once(card: CurvesCard) -> None:
    level = {"loss": (Reference("base", 2.0),)}
    runs = [RunCurves(name, n, {"loss": points([4, 2])}, references=level) for n, name in enumerate("ab")]
    card.show_runs(runs)
    assert len(card.chart._content.levels) == 1


# -- what an evaluation draws -----------------------------------------------------------------------


def test_curves_of_an_evaluation_by_chart(evaluation: Evaluation, qtbot: QtBot) -> None:
    card = CurvesOfEvaluation()
    qtbot.addWidget(card)
    card.show_curves(evaluation.curves)
    assert card.chosen() == "boxes"
    assert [shown.label for shown in card.chart.lines()] == ["AP50"]
    card.choose("masks")
    assert [shown.label for shown in card.chart.lines()] == ["AP75"]
    card.show_curves([Curve("other", "x", "threshold", "share", (1.0, 0.0), (0.0, 1.0))])
    assert card.chosen() == "other"
    assert list(card.chart.lines()[0].x) == [0, 1]


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    made = ConfusionMatrix()
    qtbot.addWidget(made)
    made.show_confusion(Confusion(("top", "skirt", "nothing"), ((90, 5, 5), (0, 12_000, 1))))
    made.resize(made.sizeHint())
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_click_in_the_matrix_says_its_cell(matrix: ConfusionMatrix, qtbot: QtBot) -> None:
    place = matrix.cell_rect(1, 0).center().toPoint()
    with qtbot.waitSignal(matrix.cell_chosen) as caught:
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == [1, 0]
    with qtbot.assertNotEmitted(matrix.cell_chosen):
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))


def test_keys_walk_through_the_matrix(matrix: ConfusionMatrix, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(matrix, key)
    with qtbot.waitSignal(matrix.cell_chosen) as caught:
        qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert caught.args == [1, 1]
    assert "skirt: 12,000 right" in matrix.accessibleDescription()


def test_cells_in_words(matrix: ConfusionMatrix) -> None:
    assert matrix.words(0, 0) == "top: 90 right (90% of 100)"
    assert matrix.words(0, 1) == "top taken for skirt: 5 (5% of 100)"
    assert not matrix.grab().isNull()
    matrix.show_confusion(None)
    assert matrix.sizeHint().height() == 0


@pytest.mark.parametrize(
    ("error", "number"), [(0.0, 0), (0.02, 0), (0.021, 1), (0.1, 2), (0.11, 3), (5.0, 3)]
)
def test_errors_have_classes(error: float, number: int) -> None:
    assert error_class(error) == number
    assert len(BOUNDS) == 3


def test_landmark_errors_on_the_mean_shape(evaluation: Evaluation, qtbot: QtBot) -> None:
    card = LandmarkErrorsCard()
    qtbot.addWidget(card)
    schema = categories()[1].schema
    card.show_errors([*evaluation.landmark_errors, LandmarkError("no such schema", 0, 0.1, 0.5, 3)])
    assert card.chooser.value() == schema.key
    assert len(card.diagram.places()) == schema.size
    assert card.diagram.words(0).endswith("not measured")
    assert "error 0.020, found 80% of 50" in card.diagram.words(2)
    worst = schema.size - 1
    assert f"{worst + 1} {schema.names[worst]}" in card._worst.text()
    assert not card.grab().isNull()


def test_the_schema_with_the_most_garments_comes_first(qtbot: QtBot) -> None:
    card = LandmarkErrorsCard()
    qtbot.addWidget(card)
    few, many = categories()[0].schema, categories()[7].schema
    card.show_errors([LandmarkError(few.key, 0, 0.1, 1.0, 3), LandmarkError(many.key, 0, 0.2, 1.0, 30)])
    assert card.chooser.value() == many.key
    card.chooser.setCurrentText(few.key)
    card.chooser.chosen.emit(few.key)
    assert len(card.diagram.places()) == few.size

"""The views of a run: overview, evaluation, samples, machine, configuration, log, comparison."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from store.runs.results import Cell, Evaluation, Published
from tests.gui.runs.conftest import Maker, Shown, events_of
from tests.gui.runs.runs_hand import cell_at, click, click_run
from widgets.pages.runs.configuration import differences
from widgets.pages.runs.page import RunsPage
from widgets.pages.runs.records import Difference
from widgets.pages.runs.table import SliceTable
from widgets.pages.runs.table_model import Kind, metric_name, number, rival_lines, signed

_DONE = (
    ("model", {"name": "first", "folder": "models/first"}),
    ("finished", {"outcome": "done", "result": {}}),
)


# -- the overview ------------------------------------------------------------------------------------


def test_charts_show_losses_and_the_headline(show: Shown, make: Maker, evaluation: Evaluation) -> None:
    page = show(make("first", evaluation=evaluation))
    assert page.views.overview.curves.loss.title.text() == "Training loss"
    assert page.views.overview.curves.loss.figures() == ["loss", "box"]
    assert page.views.overview.curves.validation.title.text() == "Landmark AP"
    line = page.views.overview.curves.validation.chart.lines()[0]
    assert list(line.x) == [1, 2, 3]
    assert [best for _, best in line.marks] == [False, False, True]
    levels = page.views.overview.curves.validation.chart._content.references
    assert [(level.label, level.value) for level in levels] == [("mean template", 0.312)]


def test_charts_grow_with_the_run(show: Shown, make: Maker) -> None:
    page = show(make("first", events=events_of("first", 5, 1.5)))
    before = len(page.views.overview.curves.loss.chart.lines()[0].x)
    page.show_details(make("first", events=events_of("first", 5, 2.5))[1])
    assert len(page.views.overview.curves.loss.chart.lines()[0].x) > before


def test_a_click_on_a_cell_opens_its_images(
    show: Shown, make: Maker, evaluation: Evaluation, qtbot: QtBot
) -> None:
    page = show(make("first", evaluation=evaluation))
    table = page.views.overview.figures.table
    with qtbot.waitSignal(page.cell_opened) as caught:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell_at(table, 0, 3))
    assert caught.args == ["occlusion = heavy"]
    with qtbot.assertNotEmitted(page.cell_opened):
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell_at(table, 0, 0))


def test_keys_open_a_cell(show: Shown, make: Maker, evaluation: Evaluation, qtbot: QtBot) -> None:
    page = show(make("first", evaluation=evaluation))
    table = page.views.overview.figures.table
    table.setFocus()
    table.setCurrentIndex(table.model_.index(0, 1))
    with qtbot.assertNotEmitted(page.cell_opened):
        qtbot.keyClick(table, Qt.Key.Key_Right)
    with qtbot.waitSignal(page.cell_opened) as caught:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert caught.args == ["occlusion = medium"]


def test_another_table_by_its_button(show: Shown, make: Maker, evaluation: Evaluation, qtbot: QtBot) -> None:
    page = show(make("first", evaluation=evaluation))
    segments = page.views.overview.figures.segments()
    assert segments is not None
    click(qtbot, segments._buttons["boxes"])
    assert page.views.overview.figures.title.text() == "Box AP by slice"


def test_without_an_evaluation_there_is_no_table(show: Shown, make: Maker) -> None:
    page = show(make("first"))
    assert not page.views.overview.figures.isVisible()
    assert not page.views.overview.against.isVisible()
    assert not page.head.compare.isEnabled()


def test_the_side_panel_says_machine_configuration_and_states(show: Shown, make: Maker) -> None:
    page = show(make("first"))
    values = [one.text() for one in page.side.machine._values]
    assert values == ["90\u2009%", "18.0 of 24.0\u2009GB", "40\u2009%", "12.0\u2009img/s", "7.5\u2009img/s"]
    facts = dict(page.side.facts.rows())
    assert facts["network"] == "Match R-CNN, small"
    assert facts["starts from"] == "random weights"
    assert facts["garments"] == "4,000"
    assert page.side.log.text() == "one\ntwo\nthree"
    names = [part.text() for part in page.side.checkpoints._parts if part.property("look") == "section"]
    assert names == ["epoch 3", "epoch 2", "epoch 1"]


def test_a_narrow_page_hides_its_side_panel_first(
    page: RunsPage, show: Shown, make: Maker, qtbot: QtBot
) -> None:
    show(make("first"))
    page.resize(1204, 740)
    qtbot.waitUntil(lambda: not page.side.isVisible())
    # Asked for, it stays although the page is told anew.
    page.side.show()
    page.show_details(make("first")[1])
    assert page.side.isVisible()
    page.resize(1500, 900)
    qtbot.waitUntil(lambda: page.width() == 1500)
    assert page.side.isVisible()


# -- samples -----------------------------------------------------------------------------------------


def test_samples_are_decoded_and_open_their_image(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first"))
    page.show_tab("samples")
    assert page.views.samples.words.text() == "After epoch 3"
    tiles = page.views.samples.tiles()
    paths = [tile.path() for tile in tiles]
    assert len(tiles) == 3
    qtbot.waitUntil(lambda: all(page.pictures.get(path) is not None for path in paths if path))
    found = [page.pictures.get(path) for path in paths if path]
    assert [bool(one and one[1]) for one in found] == [False, True, False]
    assert not page.grab().isNull()
    with qtbot.waitSignal(page.image_annotated) as caught:
        click(qtbot, tiles[2])
    assert caught.args == [302]


def test_older_epochs_and_the_newest(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first"))
    page.show_tab("samples")
    click(qtbot, page.views.samples.before)
    assert page.views.samples.words.text() == "After epoch 2"
    # An older epoch stays while the run goes on; the newest follows it.
    page.show_details(make("first", events=events_of("first", 5, 4.5))[1])
    assert page.views.samples.words.text() == "After epoch 2"
    click(qtbot, page.views.samples.after)
    click(qtbot, page.views.samples.after)
    assert page.views.samples.words.text() == "After epoch 4"
    page.show_details(make("first", events=events_of("first", 5, 5.0))[1])
    assert page.views.samples.words.text() == "After epoch 5"


def test_without_samples_the_page_says_when_they_come(show: Shown, make: Maker) -> None:
    page = show(make("first", events=events_of("first", 5, 0.5)))
    assert not page.views.overview.samples.isVisible()
    page.show_tab("samples")
    assert page.views.samples.empty.isVisible()


# -- machine, configuration, log ----------------------------------------------------------------------


def test_lines_of_the_machine(show: Shown, make: Maker) -> None:
    page = show(make("first"))
    page.show_tab("machine")
    assert [line.label for line in page.views.machine.use.chart.lines()] == ["cuda:0", "CPU"]
    assert list(page.views.machine.use.chart.lines()[0].y) == pytest.approx([90, 90, 90])
    assert [line.label for line in page.views.machine.rate.chart.lines()] == ["training", "loader"]
    assert [line.label for line in page.views.machine.learning.chart.lines()] == ["learning rate"]


def test_configurations_side_by_side(show: Shown, make: Maker, qtbot: QtBot) -> None:
    page = show(make("first"), make("second", "done", events_of("second", 9, 3.5, 0.5, 4)))
    page.show_tab("configuration")
    assert 'name = "first"' in page.views.configuration.toml.toPlainText()
    assert page.views.configuration.nothing.isVisible()
    click_run(page, qtbot, "second", Qt.KeyboardModifier.ControlModifier)
    table = page.views.configuration.table
    cells = [[table.item(r, c).text() for c in range(3)] for r in range(table.rowCount())]
    assert cells == [["name", "first", "second"], ["training.epochs", "5", "9"], ["training.batch", "8", "4"]]


def test_differences_are_read_from_the_file_where_events_say_nothing(make: Maker) -> None:
    one, other = make("first", "queued", [])[1], make("second", "queued", [], config_text="broken =")[1]
    assert differences([one, one]) == []
    assert ("name", ("first", "–")) in differences([one, other])


def test_the_log_stays_at_its_end_unless_it_was_scrolled(show: Shown, make: Maker) -> None:
    lines = "\n".join(f"line {number}" for number in range(300))
    page = show(make("first", log_text=lines))
    page.show_tab("log")
    bar = page.views.log.text.verticalScrollBar()
    bar.setValue(bar.maximum())
    page.show_details(make("first", log_text=lines + "\nmore\nand more")[1])
    assert bar.value() == bar.maximum()
    bar.setValue(10)
    page.show_details(make("first", log_text=lines + "\nmore\nand more\nstill more")[1])
    assert bar.value() == 10


# -- the evaluation ----------------------------------------------------------------------------------


def test_published_figures_and_baselines_stand_below_ours(
    show: Shown, make: Maker, evaluation: Evaluation
) -> None:
    page = show(make("first", evaluation=evaluation))
    page.show_tab("evaluation")
    model = page.views.evaluation.figures.table.model_
    rows = [(line.kind, line.name) for line in model.lines]
    assert rows == [
        (Kind.OURS, "AP"),
        (Kind.OURS, "AP50"),
        (Kind.OURS, "AP75"),
        (Kind.COUNT, "garments"),
        (Kind.BASELINE, "mean template"),
        (Kind.PUBLISHED, "Match R-CNN"),
    ]
    assert model.index(4, 1).data() == "AP 0.312  baseline on the same data"
    assert model.index(5, 1).data() == "AP 0.529  published: DeepFashion2 validation (Ge 2019)"
    assert model.index(3, 1).data() == "1,000"
    page.views.evaluation.figures.choose("boxes")
    assert [line.kind for line in model.lines][-1] is Kind.COUNT


def test_a_cell_says_its_interval_and_count(show: Shown, make: Maker, evaluation: Evaluation) -> None:
    page = show(make("first", evaluation=evaluation))
    index = page.views.overview.figures.table.model_.index(0, 3)
    told = index.data(Qt.ItemDataRole.ToolTipRole)
    assert told == "AP, occlusion heavy: 0.5000\n95\u2009% interval 0.400 to 0.700\n3,000 garments"


def test_a_rival_row_opens_nothing(show: Shown, make: Maker, evaluation: Evaluation, qtbot: QtBot) -> None:
    page = show(make("first", evaluation=evaluation))
    page.show_tab("evaluation")
    table = page.views.evaluation.figures.table
    with qtbot.assertNotEmitted(page.cell_opened):
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell_at(table, 5, 4))


def test_a_click_in_the_confusion_opens_the_class(
    show: Shown, make: Maker, evaluation: Evaluation, qtbot: QtBot
) -> None:
    page = show(make("first", evaluation=evaluation))
    page.show_tab("evaluation")
    matrix = page.views.evaluation.confusion.matrix
    with qtbot.waitSignal(page.cell_opened) as caught:
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=matrix.cell_rect(1, 2).center().toPoint())
    assert caught.args == ['category = "long sleeve top"']


def test_without_an_evaluation_it_can_be_asked_for(show: Shown, make: Maker, qtbot: QtBot) -> None:
    done = events_of("first", 5, 5.0, 0.5, 8, *_DONE)
    page = show(make("first", "done", done), make("second"), make("third", "failed"))
    page.show_tab("evaluation")
    with qtbot.waitSignal(page.evaluate_wanted):
        click(qtbot, page.views.evaluation.empty._button)
    click_run(page, qtbot, "second")
    assert not page.views.evaluation.empty._button.isVisible()
    click_run(page, qtbot, "third")
    assert not page.views.evaluation.empty._button.isVisible()


def test_cells_that_were_not_measured(qtbot: QtBot, evaluation: Evaluation) -> None:
    table = SliceTable()
    qtbot.addWidget(table)
    found = evaluation.tables[0]
    empty = tuple(Cell(None) for _ in found.columns)
    table.show_table(type(found)("x", "X", ("AP",), found.columns, (empty,)))
    assert table.model_.index(0, 1).data() == "–"
    assert "nothing was measured" in table.model_.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert table.model_.rowCount() == 1
    assert not table.grab().isNull()


def test_differences_have_signs_and_ways(qtbot: QtBot, evaluation: Evaluation) -> None:
    table = SliceTable()
    qtbot.addWidget(table)
    found = evaluation.tables[0]
    before = tuple(tuple(None if column == 0 else 0.5 for column in range(4)) for _ in range(3))
    intervals = ((None, (-0.01, 0.11), (-0.01, 0.01), None),)
    table.show_table(found, Difference(found, before, intervals))
    model = table.model_
    # Known to the better, may be chance, nothing changed, to the worse as far as is known.
    assert [model.verdict(model.index(0, column)) for column in (1, 2, 3, 4)] == [0, 0, 0, -1]
    assert model.verdict(model.index(1, 4)) == -1
    sure = Difference(found, before, ((None, (0.01, 0.09), None, None),))
    table.show_table(replace(found, higher_is_better=False), sure)
    assert model.verdict(model.index(0, 2)) == -1
    assert model.verdict(model.index(1, 4)) == 1
    told = model.index(0, 2).data(Qt.ItemDataRole.ToolTipRole)
    assert told.endswith("+0.050 against the other run, 95\u2009% interval +0.010 to +0.090")
    assert model.change(model.index(0, 1)) is None
    assert model.change(model.index(0, 2)) == pytest.approx(0.05)
    assert model.change(model.index(1, 4)) == pytest.approx(-0.15)
    assert "+0.050 against the other run" in model.index(0, 2).data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize(("change", "text"), [(0.0314, "+0.031"), (-0.5, "−0.500"), (0.0001, "±0.000")])
def test_signs(change: float, text: str) -> None:
    assert signed(change) == text


def test_numbers() -> None:
    assert [number(None), number(0.1234), number(12345.6)] == ["–", "0.123", "12,346"]


def test_rivals_have_one_row_each(evaluation: Evaluation) -> None:
    category = replace(evaluation.tables[0], key="category", rows=("top-1", "top-3", "top-5"))
    papers = [
        Published("category", row, method, value, "DeepFashion", "a paper")
        for method, row, value in (("WTBI", "top-3", 0.4), ("WTBI", "top-5", 0.6), ("DARN", "top-3", 0.5))
    ]
    rivals = {"random": {"category/top1": 0.1, "category/top5": 0.3, "boxes/AP": 0.2}, "none": {"loss": 1.0}}
    lines = rival_lines(category, papers, rivals)
    assert [(line.name, line.words) for line in lines] == [
        ("random", "top-1 0.100,  top-5 0.300"),
        ("WTBI", "top-3 0.400,  top-5 0.600"),
        ("DARN", "top-3 0.500"),
    ]
    assert lines[1].says == "published: DeepFashion (a paper)"


def test_tables_of_one_task_find_its_metrics() -> None:
    assert metric_name("landmark_error", "NE") == "landmarks/NE"
    assert metric_name("retrieval", "top-20") == "retrieval/top20"
    assert metric_name("boxes", "AP") == "boxes/AP"


def test_the_table_of_the_headline_comes_first(show: Shown, make: Maker, evaluation: Evaluation) -> None:
    other = replace(evaluation, tables=evaluation.tables[::-1])
    page = show(make("first", evaluation=other))
    assert page.views.overview.figures.chosen() == "landmarks"

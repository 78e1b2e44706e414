"""Everything that an evaluation found: tables with their rivals, landmarks, curves, confusions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from store.runs.results import Confusion, Evaluation
from widgets import style
from widgets.common import Card, ElidedLabel, EmptyState, label
from widgets.pages.runs.figures import FiguresCard
from widgets.pages.runs.overview import scrolled
from widgets.pages.runs.records import Comparison, RunDetails, metric_words
from widgets.plots.confusion import ConfusionMatrix
from widgets.plots.landmark_errors import LandmarkErrorsCard
from widgets.plots.precision_recall import CurvesOfEvaluation

#: Height of the diagram of landmarks and of the curves beside it.
_PAIR = 360


class Headlines(QWidget):
    """The headline figures, each in a small card with what it is."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._cards: list[QWidget] = []
        self._shown: list[tuple[str, str]] = []

    def show_metrics(self, evaluation: Evaluation, most: int = 6) -> None:
        """Show the first of the metrics."""
        rows = [(metric_words(name), f"{value:.3f}") for name, value in evaluation.metrics.items()][:most]
        if rows == self._shown:
            return
        self._shown = rows
        for card in self._cards:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        for name, value in rows:
            card = Card(padding=10)
            card.body.setSpacing(0)
            card.body.addWidget(ElidedLabel(name, "note"))
            card.body.addWidget(label(value, "title"))
            card.setAccessibleName(f"{name} {value}")
            self._row.addWidget(card, 1)
            self._cards.append(card)


class ConfusionCard(Card):
    """The confusion matrix; ``cell_opened(where)``: the images with garments of a row's class."""

    cell_opened = Signal(str)

    def __init__(self) -> None:
        super().__init__(padding=0)
        self._where: dict[str, str] = {}
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 14, 0)
        head.setSpacing(8)
        head.addWidget(label("Confusion", "heading"))
        head.addWidget(ElidedLabel("rows: what they are; columns: what they were taken for", "note"), 1)
        self.matrix = ConfusionMatrix()
        self.matrix.cell_chosen.connect(self._chosen)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.matrix.setProperty("look", "scrolled")
        scroll.setWidget(self.matrix)
        scroll.viewport().setAutoFillBackground(False)
        self._scroll = scroll
        inner = QVBoxLayout()
        inner.setContentsMargins(14, 4, 14, 12)
        inner.addWidget(scroll)
        self.body.addLayout(head)
        self.body.addLayout(inner)

    def show_confusion(self, confusion: Confusion | None, where: Mapping[str, str]) -> None:
        """Show a matrix; hidden where there is none. ``where`` has the filters of classes that have one."""
        self._where = dict(where)
        self.setVisible(confusion is not None)
        if confusion != self.matrix.confusion():
            self.matrix.show_confusion(confusion)
        self._scroll.setFixedHeight(self.matrix.sizeHint().height() + style.tokens().px(14))

    def _chosen(self, row: int, _column: int) -> None:
        name = self.matrix.confusion().names[row]
        self.cell_opened.emit(self._where.get(name, f'category = "{name}"'))


class EvaluationPane(QWidget):
    """One evaluation in full; says how to get one where there is none."""

    cell_opened = Signal(str)
    evaluate_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.empty = EmptyState("table", "An evaluation says how good a run is on each slice of the data")
        self.empty.action.connect(self.evaluate_wanted)
        self.headlines = Headlines()
        self.figures = FiguresCard(rivals=True)
        self.landmarks = LandmarkErrorsCard()
        self.curves = CurvesOfEvaluation()
        self.confusion = ConfusionCard()
        self.notes = label("", "note", wrap=True)
        self.of = ElidedLabel("", "note")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.headlines)
        column.addWidget(self.figures)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        for card in (self.landmarks, self.curves):
            card.setFixedHeight(style.tokens().px(_PAIR))
            pair.addWidget(card, 1)
        column.addLayout(pair)
        column.addWidget(self.confusion)
        column.addWidget(self.notes)
        column.addWidget(self.of)
        column.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(scrolled(inside))
        self.figures.cell_opened.connect(self.cell_opened)
        self.confusion.cell_opened.connect(self.cell_opened)

    def show_run(self, run: RunDetails, comparison: Comparison | None) -> None:
        """Show the evaluation of a run."""
        found = run.evaluation
        self._stack.setCurrentIndex(0 if found is None else 1)
        if found is None:
            self._say_none(run)
            return
        differences = comparison.differences if comparison is not None else ()
        self.headlines.show_metrics(found)
        other = comparison.first_name if comparison else ""
        self.figures.show_evaluation(found, differences, other, run.series.headline)
        self.figures.setVisible(bool(found.tables))
        self.landmarks.setVisible(bool(found.landmark_errors))
        self.landmarks.show_errors(found.landmark_errors)
        self.curves.setVisible(bool(found.curves))
        self.curves.show_curves(found.curves)
        columns = [column for table in found.tables for column in table.columns]
        where = {column.name: column.where for column in columns if column.group == "category"}
        self.confusion.show_confusion(found.confusion, where)
        self.notes.setText("\n".join(found.notes))
        self.notes.setVisible(bool(found.notes))
        self.of.set_full_text(f"{found.model}, {found.images:,} images, evaluated {_moment(found.created)}")

    def _say_none(self, run: RunDetails) -> None:
        if run.live:
            self.empty.say("This run is still going on. When it has ended it can be evaluated")
        elif run.kind == "predict":
            self.empty.say("An evaluation says how good these predictions are on each slice", "Evaluate")
        elif run.kind == "train" and run.series.model:
            self.empty.say(
                "An evaluation says how good this run is on each slice of the data", "Evaluate this run"
            )
        else:
            self.empty.say("This run has no model that could be evaluated")


def _moment(created: str) -> str:
    """A moment as it is written, in the local zone; text that is none stays as it is."""
    try:
        return f"{datetime.fromisoformat(created).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return created

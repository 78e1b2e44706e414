"""The first view of a run: loss and metric over its epochs, figures by slice, samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from widgets import style
from widgets.common import Card, ElidedLabel, LinkButton, label
from widgets.pages.runs.figures import FiguresCard
from widgets.pages.runs.records import Change, Comparison, RunDetails, metric_words
from widgets.pages.runs.samples import SamplePictures, SampleStrip
from widgets.pages.runs.words import measure
from widgets.plots.chart import Reference
from widgets.plots.curves import CurvesCard, RunCurves, link

_SMOOTHING = 0.88


def loss_words(name: str) -> str:
    """A loss as a title."""
    return "Training loss" if name == "loss" else f"Loss: {name.replace('_', ' ')}"


def title_words(name: str) -> str:
    """A metric as a title."""
    words = metric_words(name)
    return words[:1].upper() + words[1:]


def total_first(names: Sequence[str]) -> list[str]:
    """The losses in order, all together first."""
    return sorted(names, key=lambda name: (name != "loss", name))


def scrolled(inside: QWidget) -> QScrollArea:
    """A view that scrolls down where its content does not fit."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inside.setProperty("look", "scrolled")
    made.setWidget(inside)
    made.viewport().setAutoFillBackground(False)
    return made


class Curves(QWidget):
    """Both charts side by side with one cursor."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.loss = CurvesCard(
            "Training loss", "No step was made yet", loss_words, smooth=_SMOOTHING, order=total_first
        )
        self.validation = CurvesCard("Validation", "Nothing was validated yet", title_words)
        link(self.loss.place, self.validation.place)
        row.addWidget(self.loss, 1)
        row.addWidget(self.validation, 1)

    def show_runs(self, runs: Sequence[RunDetails]) -> None:
        """Draw these runs, the current one first."""
        losses, metrics = [], []
        for number, run in enumerate(runs):
            series = run.series
            marks = tuple(
                (float(one.step), _epoch_of(run, one.step, one.epoch), one.best) for one in series.checkpoints
            )
            losses.append(RunCurves(run.name, number, series.losses))
            metrics.append(
                RunCurves(run.name, number, series.metrics, marks, _references(run) if not number else {})
            )
        self.loss.show_runs(losses, "loss")
        self.validation.show_runs(metrics, runs[0].series.headline if runs else "")


def _epoch_of(run: RunDetails, step: int, epoch: int) -> float:
    per_epoch = run.series.steps_per_epoch
    return step / per_epoch if per_epoch else float(epoch)


def _references(run: RunDetails) -> dict[str, tuple[Reference, ...]]:
    """The baselines of an evaluation as level lines."""
    made: dict[str, tuple[Reference, ...]] = {}
    if run.evaluation is not None:
        for rival, metrics in run.evaluation.baselines.items():
            for name, value in metrics.items():
                made[name] = (*made.get(name, ()), Reference(rival, value))
    return made


class CountRow(QAbstractButton):
    """One line of what changed: icon, word, number, and an arrow where it opens something."""

    def __init__(self, icon: str, role: str, word: str) -> None:
        super().__init__()
        self._icon, self._role, self._word, self._count = icon, role, word, 0
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_count(self, count: int, *, opens: bool) -> None:
        """Show a number; ``opens``: pressing it shows the images."""
        self._count = count
        self.setEnabled(opens and count > 0)
        self.setAccessibleName(f"{self._word}: {count:,}")
        self.update()

    def count(self) -> int:
        """What is shown."""
        return self._count

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(160), style.tokens().px(30))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, rect = style.tokens(), self.rect()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isEnabled() and self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.hover)
            painter.drawRoundedRect(rect, 4, 4)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.acc, 2))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 4, 4)
        side = look.px(16)
        top = rect.center().y() - side // 2 + 1
        style.draw(painter, QRect(look.px(4), top, side, side), self._icon, self._role)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(look.t1)
        painter.setFont(style.font("body"))
        painter.drawText(rect.adjusted(look.px(28), 0, 0, 0), int(middle), self._word)
        painter.setFont(style.font("strong"))
        room = rect.adjusted(0, 0, -look.px(26), 0)
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignRight), f"{self._count:,}")
        if self.isEnabled():
            corner = QPoint(rect.right() - look.px(20), top)
            style.draw(painter, QRect(corner, QSize(side, side)), "chevron-right", "t2")
        painter.end()


class AgainstCard(Card):
    """How many garments a run fixed and broke against another. ``opened(ids, title)``: show those images."""

    opened = Signal(object, str)
    compare_pressed = Signal()

    def __init__(self) -> None:
        super().__init__(padding=0)
        self._change = Change("")
        self._names = ("", "")
        column = QVBoxLayout()
        column.setContentsMargins(14, 10, 12, 10)
        column.setSpacing(2)
        head = QHBoxLayout()
        self.title = ElidedLabel("", "heading")
        more = LinkButton("Compare")
        more.clicked.connect(self.compare_pressed)
        head.addWidget(self.title, 1)
        head.addWidget(more)
        column.addLayout(head)
        column.addSpacing(4)
        self.fixed = CountRow("circle-check", "hit", "fixed")
        self.broke = CountRow("circle-x", "miss", "broke")
        self.unchanged = CountRow("equal", "t2", "unchanged")
        self.fixed.clicked.connect(lambda: self._open("fixed"))
        self.broke.clicked.connect(lambda: self._open("broke"))
        for row in (self.fixed, self.broke, self.unchanged):
            column.addWidget(row)
        column.addStretch(1)
        self.body.addLayout(column)

    def show_change(self, change: Change, names: tuple[str, str]) -> None:
        """Show the change from the first of two named runs to the second."""
        self._change, self._names = change, names
        self.title.set_full_text(f"Against {names[0]}, {measure(change.measure)}")
        self.fixed.show_count(len(change.fixed), opens=True)
        self.broke.show_count(len(change.broke), opens=True)
        self.unchanged.show_count(change.unchanged, opens=False)

    def _open(self, which: str) -> None:
        pairs = self._change.fixed if which == "fixed" else self._change.broke
        self.opened.emit(image_ids(pairs), change_title(which, self._change.measure, self._names))


def image_ids(pairs: Sequence[tuple[int, int]]) -> list[int]:
    """The images of (image id, garment id) pairs, each once, in order."""
    return list(dict.fromkeys(image for image, _ in pairs))


def change_title(which: str, key: str, names: tuple[str, str]) -> str:
    """What a list of changed images is called in Browse."""
    return f"{which.capitalize()} by {names[1]} against {names[0]}, {measure(key)}"


class SamplesCard(Card):
    """The newest samples. ``opened(image id)``; ``all_wanted``: show the other epochs too."""

    opened = Signal(int)
    all_wanted = Signal()

    def __init__(self, pictures: SamplePictures) -> None:
        super().__init__(padding=0)
        column = QVBoxLayout()
        column.setContentsMargins(14, 10, 12, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Samples", "heading"))
        self.about = ElidedLabel("", "note")
        head.addWidget(self.about, 1)
        more = LinkButton("All samples")
        more.clicked.connect(self.all_wanted)
        head.addWidget(more)
        self._pictures = pictures
        self.strip = SampleStrip(pictures)
        self.strip.opened.connect(self.opened)
        column.addLayout(head)
        column.addWidget(self.strip, 1)
        self.body.addLayout(column, 1)

    def show_run(self, run: RunDetails) -> None:
        """Show the newest samples of a run; hidden while there are none."""
        newest = run.series.samples[-1] if run.series.samples else None
        self.setVisible(newest is not None and bool(newest.images))
        if newest is None:
            return
        self.about.set_full_text(f"after epoch {newest.epoch}" if newest.epoch else "before training")
        shown = newest.images[:6]
        self._pictures.want([Path(run.folder) / one.file for one in shown])
        self.strip.show_samples(run.folder, shown)


class Overview(QWidget):
    """Charts, figures by slice, samples, and what changed against another run."""

    cell_opened = Signal(str)
    images_opened = Signal(object, str)
    image_annotated = Signal(int)
    samples_wanted = Signal()
    compare_wanted = Signal()

    def __init__(self, pictures: SamplePictures) -> None:
        super().__init__()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        self.curves = Curves()
        self.curves.setMinimumHeight(style.tokens().px(250))
        self.figures = FiguresCard()
        self.samples = SamplesCard(pictures)
        self.against = AgainstCard()
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.samples, 2)
        foot.addWidget(self.against, 1)
        column.addWidget(self.curves, 5)
        column.addWidget(self.figures)
        column.addLayout(foot, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inside))
        self.figures.cell_opened.connect(self.cell_opened)
        self.against.opened.connect(self.images_opened)
        self.against.compare_pressed.connect(self.compare_wanted)
        self.samples.opened.connect(self.image_annotated)
        self.samples.all_wanted.connect(self.samples_wanted)

    def show_runs(self, runs: Sequence[RunDetails], comparison: Comparison | None) -> None:
        """Show the first of these runs, with the others in its charts; the comparison is of the first."""
        self.curves.show_runs(runs)
        run = runs[0]
        self.figures.setVisible(run.evaluation is not None and bool(run.evaluation.tables))
        if run.evaluation is not None:
            differences = comparison.differences if comparison else ()
            other = comparison.first_name if comparison else ""
            self.figures.show_evaluation(run.evaluation, differences, other, run.series.headline)
        self.samples.show_run(run)
        change = self._change(comparison)
        self.against.setVisible(change is not None)
        if change is not None and comparison is not None:
            self.against.show_change(change, (comparison.first_name, comparison.second_name))

    def _change(self, comparison: Comparison | None) -> Change | None:
        """That of the table which is shown, else the first."""
        changes = comparison.changes if comparison is not None else ()
        chosen = self.figures.chosen()
        return next((one for one in changes if one.measure == chosen), changes[0] if changes else None)

"""How runs were configured: one as TOML, several side by side where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from store.errors import StudioError
from store.runs.form import flat, flat_toml
from widgets import style
from widgets.common import Button, Card, ElidedLabel, label
from widgets.pages.runs.records import RunDetails
from widgets.pages.runs.words import network


def values_of(run: RunDetails) -> dict[str, Any]:
    """A run's configuration by name ("training.batch"): as it said itself, else from its file."""
    if run.series.config and run.kind != "predict":
        return flat(run.series.config)
    try:
        return flat_toml(run.config_text)
    except StudioError:
        return {}


def differences(runs: Sequence[RunDetails]) -> list[tuple[str, tuple[str, ...]]]:
    """The names whose values are not the same in all runs, with each run's value as text."""
    all_values = [values_of(run) for run in runs]
    names = dict.fromkeys(name for values in all_values for name in values)
    rows = [(name, tuple(_text(values.get(name)) for values in all_values)) for name in names]
    return [(name, values) for name, values in rows if len(set(values)) > 1]


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


class Facts(QWidget):
    """The configuration in short, for the side panel."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self._shown: list[tuple[str, str]] = []
        self._labels: list[tuple[QWidget, QWidget]] = []

    def show_run(self, run: RunDetails) -> None:
        """Show the facts of a run."""
        rows = facts(values_of(run), run)
        if rows == self._shown:
            return
        self._shown = rows
        for pair in self._labels:
            for widget in pair:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._labels = []
        for row, (name, value) in enumerate(rows):
            left, right = label(name, "note"), ElidedLabel(value, "table")
            left.setMinimumWidth(style.tokens().px(92))
            self._grid.addWidget(left, row, 0)
            self._grid.addWidget(right, row, 1)
            self._labels.append((left, right))

    def rows(self) -> list[tuple[str, str]]:
        """What is shown."""
        return list(self._shown)


def facts(values: Mapping[str, Any], run: RunDetails) -> list[tuple[str, str]]:
    """What is worth knowing of a configuration, in words."""
    if run.kind == "predict":
        return _facts_of_prediction(values, run)
    if not values:
        return [("kind", network(run.kind))]
    get = values.get
    batch = f"{get('training.batch', '–')}"
    if get("training.accumulate", 1) != 1:
        batch += f", accumulate {get('training.accumulate')}"
    held = "by the dataset" if get("data.split") == "dataset" else "by identity, checked"
    rows = [
        ("network", f"{network(str(get('model.architecture', '')))}, {get('model.backbone', '')}"),
        ("starts from", str(get("model.start_from") or "random weights")),
        ("trains on", str(get("data.train", ""))),
        ("garments", f"{run.series.garments:,}" if run.series.garments else "–"),
        ("held out", held),
        ("image size", f"{get('data.image_size', '–')}\u2009px"),
        ("batch", batch),
        ("precision", str(get("training.precision", ""))),
        ("learning rate", f"{_text(get('optimiser.learning_rate'))}, {get('optimiser.schedule', '')}"),
        ("seed", str(get("training.seed", "–"))),
    ]
    stop = get("training.early_stop", 0)
    rows.append(("early stop", f"after {stop} epochs" if stop else "never"))
    return rows


def _facts_of_prediction(values: Mapping[str, Any], run: RunDetails) -> list[tuple[str, str]]:
    batch = values.get("batch") or "as suits the model"
    others = sum(name.startswith("categories.") for name in values)
    rows = [
        ("model", str(values.get("model", "")).rstrip("/").rpartition("/")[2]),
        ("images", str(values.get("where") or "all")),
        ("device", run.series.device or str(values.get("device", ""))),
        ("images at once", str(batch)),
        ("least score", _text(values.get("score"))),
        ("precision", str(run.series.config.get("precision") or values.get("precision", ""))),
        ("categories", f"{others} as chosen" if others else "the store's"),
    ]
    return [(name, value) for name, value in rows if value]


class ConfigurationPane(QWidget):
    """The TOML of the current run, and what differs between the selected ones."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.toml = QPlainTextEdit()
        self.toml.setReadOnly(True)
        self.toml.setProperty("look", "mono")
        self.toml.setAccessibleName("Configuration as TOML")
        self.toml.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        left = Card("config.toml")
        copy = Button("Copy", "copy")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self.toml.toPlainText()))
        if left.head is not None:
            left.head.addWidget(copy)
        left.body.addWidget(self.toml)
        right = Card("Differences", " ")
        self._note = right.note
        self.table = QTableWidget()
        self.table.setAccessibleName("Differences between the selected runs")
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.nothing = label("", "second", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        right.body.addWidget(self.table, 1)
        right.body.addWidget(self.nothing, 1)
        row.addWidget(left, 1)
        row.addWidget(right, 1)

    def show_runs(self, runs: Sequence[RunDetails]) -> None:
        """Show the first as TOML, and what differs between all."""
        text = runs[0].config_text if runs else ""
        if text != self.toml.toPlainText():
            self.toml.setPlainText(text)
        self.toml.setPlaceholderText("This job has no configuration.")
        rows = differences(runs) if len(runs) > 1 else []
        self._note.setText(f"{len(rows)} of {len(runs)} runs" if rows else "")
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self.nothing.setText(
            "Pin a second run in the list (Space) to see what differs."
            if len(runs) < 2
            else "These runs have the same configuration."
        )
        if rows:
            self._fill(runs, rows)

    def _fill(self, runs: Sequence[RunDetails], rows: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        self.table.clear()
        self.table.setColumnCount(len(runs) + 1)
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels(["setting", *(run.name for run in runs)])
        for row, (name, values) in enumerate(rows):
            self.table.setRowHeight(row, style.tokens().table_row)
            for column, text in enumerate((name, *values)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)


class LogPane(QWidget):
    """The end of what a run printed; stays at the end while new lines come, unless it was scrolled away."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("look", "mono")
        self.text.setAccessibleName("Log")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setPlaceholderText("Nothing was printed yet.")
        column.addWidget(self.text)

    def show_text(self, text: str) -> None:
        """Show the end of a log."""
        if text == self.text.toPlainText():
            return
        bar = self.text.verticalScrollBar()
        place, at_end = bar.value(), bar.value() >= bar.maximum() - 2
        self.text.setPlainText(text)
        bar.setValue(bar.maximum() if at_end else place)


class LogTail(QLabel):
    """The last lines of a log, each cut where the panel ends."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._lines = lines
        self.setProperty("look", "mono")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName("End of the log")
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A long line must not make the panel wide.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show the end of a log."""
        self.setText("\n".join(text.rstrip().splitlines()[-self._lines :]) or "Nothing was printed yet")

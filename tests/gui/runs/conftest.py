"""Runs as the page gets them: built of real events and evaluations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resources.taxonomy import categories
from store.runs import Event, RunState
from store.runs.config import RunConfig
from store.runs.form import apply
from store.runs.results import Cell, Column, Confusion, Curve, Evaluation, LandmarkError, Published, Table
from store.runs.series import Series
from widgets import style
from widgets.pages.runs.page import RunsPage
from widgets.pages.runs.records import (
    Change,
    Comparison,
    Difference,
    RunDetails,
    RunSummary,
    standing_of,
    summary_of,
)

BEGAN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PER_EPOCH = 20


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    # To put a look in force takes time: only where it is not.
    if style.tokens().theme != "dark" or not qapp.styleSheet():
        style.apply(qapp, "dark")
    yield
    # Without an event loop of the program's own, closed widgets would live on, and be styled with the others.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if style.tokens().theme != "dark":
        style.apply(qapp, "dark")


def events_of(
    name: str,
    epochs: int = 5,
    done: float = 3.5,
    best: float = 0.5,
    batch: int = 8,
    *more: tuple[str, dict[str, Any]],
) -> list[Event]:
    """A run's events up to an epoch; ``more`` come at its end."""
    config = apply({"name": name, "training.epochs": epochs, "training.batch": batch})
    assert isinstance(config, RunConfig)
    made: list[Event] = []

    def say(kind: str, **data: Any) -> None:
        made.append(Event(kind, BEGAN + timedelta(seconds=len(made)), data))

    say(
        "started",
        config=config.model_dump(),
        garments=4000,
        images=3000,
        device="cuda:0",
        steps_per_epoch=PER_EPOCH,
        epochs=epochs,
        step=0,
    )
    for step in range(int(done * PER_EPOCH) + 1):
        epoch = step / PER_EPOCH
        loss = 1 + 2 * np.exp(-epoch)
        say(
            "step",
            step=step,
            epoch=epoch,
            loss=loss,
            losses={"box": loss / 2},
            learning_rate=1e-3,
            images_per_second=7.5,
            loader_images_per_second=12.0,
            seconds_left=7200.0,
        )
        if step and step % PER_EPOCH == 0:
            number = step // PER_EPOCH
            value = best * (1 - 0.5**number)
            say(
                "machine",
                device="cuda:0",
                device_name="A",
                device_use=0.9,
                memory_used=18e9,
                memory_total=24e9,
                cpu_use=0.4,
                rss=5e9,
            )
            say(
                "epoch",
                epoch=number,
                step=step,
                metrics={"landmarks/AP": value, "boxes/AP": value + 0.1},
                best=True,
                headline="landmarks/AP",
                higher_is_better=True,
            )
            say(
                "checkpoint",
                epoch=number,
                step=step,
                file=f"checkpoints/epoch-{number:03}.ckpt",
                metric="landmarks/AP",
                value=value,
                best=True,
            )
            say(
                "samples",
                epoch=number,
                images=[
                    {
                        "file": f"samples/epoch-{number:03}/{i}.png",
                        "image_id": 100 * number + i,
                        "garment_id": None,
                    }
                    for i in range(3)
                ],
            )
    for kind, data in more:
        say(kind, **data)
    return made


def table(key: str, title: str, shift: float = 0.0) -> Table:
    columns = (
        Column("occlusion", "slight", "occlusion = slight"),
        Column("occlusion", "medium", "occlusion = medium"),
        Column("occlusion", "heavy", "occlusion = heavy"),
        Column("overall", "overall", ""),
    )
    cells = tuple(
        tuple(
            Cell(round(0.6 - 0.1 * row - 0.05 * column + shift, 4), 0.4, 0.7, 1000 * (column + 1))
            for column in range(4)
        )
        for row in range(3)
    )
    return Table(key, title, ("AP", "AP50", "AP75"), columns, cells, note="With the official sigmas.")


@pytest.fixture(scope="session")
def evaluation() -> Evaluation:
    """Two tables with rivals, curves, a confusion and landmark errors."""
    names = tuple(category.name for category in categories()[:4])
    counts = tuple(tuple(100 if row == column else row + column for column in range(4)) for row in range(4))
    schema = categories()[1].schema
    errors = tuple(
        LandmarkError(schema.key, index, None if index == 0 else 0.01 * index, 0.8, 50)
        for index in range(schema.size)
    )
    line = tuple(float(x) for x in np.linspace(0, 1, 11))
    return Evaluation(
        "first",
        "split = validation",
        "2026-11-21 12:00",
        300,
        4000,
        {"landmarks/AP": 0.45, "boxes/AP": 0.55},
        (table("landmarks", "Landmark AP"), table("boxes", "Box AP")),
        (Published("landmarks", "AP", "Match R-CNN", 0.529, "DeepFashion2 validation", "Ge 2019"),),
        (
            Curve("boxes", "AP50", "recall", "precision", line, tuple(1 - x for x in line)),
            Curve("masks", "AP75", "recall", "precision", line, tuple(1 - x * x for x in line)),
        ),
        Confusion(names, counts),
        errors,
        {"mean template": {"landmarks/AP": 0.312}},
        ("3 garments without a box were left out.",),
    )


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with its samples; the second sample of each epoch is not there."""
    made = tmp_path_factory.mktemp("run")
    for epoch in range(1, 6):
        place = made / "samples" / f"epoch-{epoch:03}"
        place.mkdir(parents=True)
        for number in (0, 2):
            picture = QImage(60, 80, QImage.Format.Format_RGB32)
            picture.fill(QColor.fromHsv(60 * epoch, 200, 220))
            picture.save(str(place / f"{number}.png"))
    return made


Maker = Callable[..., tuple[RunSummary, RunDetails]]


@pytest.fixture
def make(folder: Path) -> Maker:
    """Makes a run: its id, its folder's state, its events, and what else its details say."""

    def made(
        run: str,
        state: str = "running",
        events: list[Event] | None = None,
        kind: str = "train",
        **details: Any,
    ) -> tuple[RunSummary, RunDetails]:
        series = Series()
        series.update(events_of(run) if events is None else events)
        result = dict(series.result)
        job = RunState(kind, state, 0, 0, "", BEGAN, result)  # type: ignore[arg-type]
        config = apply({"name": run})
        assert isinstance(config, RunConfig)
        told = {
            "series": series,
            "config_text": tomli_w.dumps(config.model_dump()),
            "log_text": "one\ntwo\nthree\n",
            "command": f"deepfashion-studio train --resume {run}",
            "kind": kind,
            **details,
        }
        standing = standing_of(job, series)
        return summary_of(run, run, job, series), RunDetails(run, run, standing, BEGAN, folder, **told)

    return made


@pytest.fixture
def comparison(evaluation: Evaluation) -> Comparison:
    """Of "second" against "first": better landmarks, worse boxes."""
    landmarks, boxes = evaluation.tables
    return Comparison(
        "first",
        "second",
        "first",
        "second",
        (
            Difference(landmarks, tuple(tuple(cell.value - 0.02 for cell in row) for row in landmarks.cells)),
            Difference(boxes, tuple(tuple(cell.value + 0.02 for cell in row) for row in boxes.cells)),
        ),
        (
            Change("landmarks", ((1, 11), (1, 12), (3, 31)), ((7, 71),), 400),
            Change("boxes", (), ((9, 91),), 405),
        ),
    )


Shown = Callable[..., RunsPage]


@pytest.fixture
def page(qtbot: QtBot) -> RunsPage:
    made = RunsPage()
    qtbot.addWidget(made)
    made.resize(1500, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def show(page: RunsPage) -> Shown:
    """Shows runs, and gives the page the details of those that it asks for."""

    def shown(*runs: tuple[RunSummary, RunDetails]) -> RunsPage:
        known = {details.id: details for _, details in runs}
        page.selection_changed.connect(lambda ids: [page.show_details(known[run]) for run in ids])
        page.show_runs([summary for summary, _ in runs])
        return page

    return shown


@pytest.fixture
def compared(show: Shown, make: Maker, evaluation: Evaluation, comparison: Comparison) -> RunsPage:
    page = show(make("second", "done", evaluation=evaluation), make("first", "done", evaluation=evaluation))
    page.show_comparison(comparison)
    return page

"""What the window does, as JSON lines in the file that DEEPFASHION_STUDIO_TRACE names.

For end-to-end tests, which drive the program from outside and need to know where an image pixel is on
the screen and what has been acknowledged as saved, and for bug reports. Nothing is traced without the
variable.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from PySide6.QtCore import QObject, QPointF, QTimer
from PySide6.QtWidgets import QDialog, QWidget

if TYPE_CHECKING:
    from app.window import MainWindow

    # Not at run time: it would bring SQLAlchemy in before the window is painted.
    from store.document import Document
    from widgets.pages.retrieval.records import BoardState, Query
    from widgets.pages.runs.records import RunDetails, RunSummary

VARIABLE = "DEEPFASHION_STUDIO_TRACE"
#: After so many milliseconds what was shown stands where it stays.
_LAID_OUT = 50


class Trace(QObject):
    """Follows a window. Events: painted, opened, listed (in Browse), page, shown (in Annotate), saved,
    proposed (what a model said of the image is shown), ranking, query and forecast (in Retrieval), runs and
    run (in Runs), dialog.

    ``shown`` and ``saved`` carry the image, its garments, and where the image lies on the screen:
    screen = origin + zoom * image pixel. ``run`` and ``dialog`` carry where the middle of each control
    is on the screen, by its accessible name.
    """

    def __init__(self, window: MainWindow, path: Path) -> None:
        super().__init__(window)
        self._window = window
        self._file = path.open("ab", buffering=0)
        self._saved: tuple[int, Any] = (0, None)
        self._followed: set[str] = set()
        window.painted.connect(lambda: self._write("painted"))
        window.session.opened.connect(self._opened)
        window.browse.counted.connect(lambda: self._write("listed", images=len(window.browse.slice.ids)))
        window.shell.pages.currentChanged.connect(self._page)
        window.dialog_opened.connect(self._dialog_later)

    def _write(self, event: str, **data: Any) -> None:
        line = {"event": event, "time": time.time(), **data}
        self._file.write(orjson.dumps(line, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n")

    def _opened(self) -> None:
        store = self._window.session.needed()
        self._write("opened", store=str(store.folder))

    def _page(self, _index: int) -> None:
        page = self._window.shell.page()
        self._write("page", page=page)
        if page in self._followed:
            return
        self._followed.add(page)
        if page == "runs":
            self._window.runs.listed.connect(self._runs)
            self._window.runs.detailed.connect(self._run_later)
        elif page == "retrieval":
            retrieval = self._window.retrieval
            retrieval.listed.connect(self._ranking)
            retrieval.shown.connect(self._query)
            retrieval.foretold.connect(lambda found: self._write("forecast", **asdict(found)))
        elif page == "annotate":
            annotate = self._window.annotate
            annotate.changed.connect(self._changed)
            annotate.page.picture_shown.connect(lambda _picture: self._later())
            annotate.canvas.zoom_changed.connect(lambda _zoom: self._later())
            annotate.proposals.shown.connect(self._proposed)
            self._later()

    def _proposed(self, count: int) -> None:
        proposals = self._window.annotate.proposals
        image, worker = self._window.annotate.image_id, proposals.client.pid
        self._write("proposed", image=image, proposals=count, worker=worker)

    def _later(self) -> None:
        """Once the layout has settled: only then is an image pixel where it stays."""
        QTimer.singleShot(_LAID_OUT, self, self._shown)

    def _dialog_later(self, dialog: QDialog) -> None:
        QTimer.singleShot(_LAID_OUT, dialog, lambda: self._dialog(dialog))

    def _dialog(self, dialog: QDialog) -> None:
        self._write("dialog", title=dialog.windowTitle(), places=_places(dialog))

    def _runs(self, runs: Sequence[RunSummary]) -> None:
        self._write("runs", runs=[asdict(run) for run in runs])

    def _run_later(self, details: RunDetails) -> None:
        QTimer.singleShot(_LAID_OUT, self, lambda: self._run(details))

    def _run(self, details: RunDetails) -> None:
        series = details.series
        self._write(
            "run",
            id=details.id,
            name=details.name,
            standing=details.standing,
            step=series.step,
            points=len(series.losses.get("loss", ())),
            metrics={name: points.last for name, points in series.metrics.items()},
            model=series.model,
            places=_places(self._window.runs.page),
        )

    def _ranking(self, state: BoardState) -> None:
        told = state.metrics
        self._write(
            "ranking",
            top={str(k): value for k, value in told.top.items()},
            failures=told.failures,
            repairs=told.repairs,
            queries=[row.garment_id for row in state.rows],
        )

    def _query(self, query: Query) -> None:
        results = [[hit.garment_id, hit.match] for hit in query.results]
        self._write(
            "query", garment=query.garment.id, results=results, view=self._window.retrieval.page.view()
        )

    def _shown(self) -> None:
        document = self._window.annotate.document
        if document is not None:
            self._saved = (document.image.id, document.saved_at)
            self._write("shown", **self._about(document))

    def _changed(self) -> None:
        document = self._window.annotate.document
        if document is None:
            return
        now = (document.image.id, document.saved_at)
        if now != self._saved and now[0] == self._saved[0]:
            self._write("saved", **self._about(document))
        self._saved = now

    def _about(self, document: Document) -> dict[str, Any]:
        canvas = self._window.annotate.canvas
        at = canvas.viewport().mapToGlobal(canvas.map_from_image(QPointF(0, 0)))
        return {
            "image": document.image.id,
            "name": document.image.name,
            "review": int(document.image.review),
            "undo": document.undo_title,
            "redo": document.redo_title,
            "selected": [canvas.selection.garment_id, canvas.selection.landmark],
            "origin": [at.x(), at.y()],
            "zoom": canvas.zoom,
            "garments": {
                str(g.id): {"points": g.points.copy(), "visibility": g.visibility.tolist()}
                for g in document.garments
            },
        }


def _places(widget: QWidget) -> dict[str, list[int]]:
    """Where the middle of each control is on the screen, by its accessible name."""
    found: dict[str, list[int]] = {}
    for one in widget.findChildren(QWidget):
        if one.isVisible() and one.isEnabled() and one.accessibleName():
            middle = one.mapToGlobal(one.rect().center())
            found.setdefault(one.accessibleName(), [middle.x(), middle.y()])
    return found


def follow(window: MainWindow) -> None:
    """Trace a window where the environment asks for it."""
    path = os.environ.get(VARIABLE)
    if path:
        Trace(window, Path(path))

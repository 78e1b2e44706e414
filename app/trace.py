"""What the window does, as JSON lines in the file that DEEPFASHION_STUDIO_TRACE names.

For end-to-end tests, which drive the program from outside and need to know where an image pixel is on
the screen and what has been acknowledged as saved, and for bug reports. Nothing is traced without the
variable.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from PySide6.QtCore import QObject, QPointF, QTimer

if TYPE_CHECKING:
    from app.window import MainWindow

    # Not at run time: it would bring SQLAlchemy in before the window is painted.
    from store.document import Document

VARIABLE = "DEEPFASHION_STUDIO_TRACE"


class Trace(QObject):
    """Follows a window. Events: painted, opened, listed (in Browse), page, shown (in Annotate), saved.

    ``shown`` and ``saved`` carry the image, its garments, and where the image lies on the screen:
    screen = origin + zoom * image pixel.
    """

    def __init__(self, window: MainWindow, path: Path) -> None:
        super().__init__(window)
        self._window = window
        self._file = path.open("ab", buffering=0)
        self._saved: tuple[int, Any] = (0, None)
        self._followed = False
        window.painted.connect(lambda: self._write("painted"))
        window.session.opened.connect(self._opened)
        window.browse.counted.connect(lambda: self._write("listed", images=len(window.browse.slice.ids)))
        window.shell.pages.currentChanged.connect(self._page)

    def _write(self, event: str, **data: Any) -> None:
        line = {"event": event, "time": time.time(), **data}
        self._file.write(orjson.dumps(line, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n")

    def _opened(self) -> None:
        store = self._window.session.needed()
        self._write("opened", store=str(store.folder))

    def _page(self, _index: int) -> None:
        page = self._window.shell.page()
        self._write("page", page=page)
        if page == "annotate" and not self._followed:
            self._followed = True
            annotate = self._window.annotate
            annotate.changed.connect(self._changed)
            annotate.page.picture_shown.connect(lambda _picture: self._later())
            annotate.canvas.zoom_changed.connect(lambda _zoom: self._later())
            self._later()

    def _later(self) -> None:
        """Once the layout has settled: only then is an image pixel where it stays."""
        QTimer.singleShot(50, self, self._shown)

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


def follow(window: MainWindow) -> None:
    """Trace a window where the environment asks for it."""
    path = os.environ.get(VARIABLE)
    if path:
        Trace(window, Path(path))

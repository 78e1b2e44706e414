"""A picture that is dropped on the window, wherever that is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImageReader
from PySide6.QtWidgets import QWidget


class PictureDrops(QObject):
    """Takes what no part of the window has taken: one local picture file, while ``wanted()`` says so."""

    def __init__(self, window: QWidget, wanted: Callable[[], bool], take: Callable[[Path], object]) -> None:
        super().__init__(window)
        self._wanted, self._take = wanted, take
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and self._path(event) is not None:
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            path = self._path(event)
            if path is not None:
                event.acceptProposedAction()
                self._take(path)
                return True
        return False

    def _path(self, event: QDropEvent) -> Path | None:
        return dropped_picture(event.mimeData()) if self._wanted() else None


def dropped_picture(data: QMimeData) -> Path | None:
    """The one local picture file that is being dragged, told by its name; None for anything else."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if len(paths) != 1 or not paths[0].is_file():
        return None
    known = {bytes(one.data()).decode() for one in QImageReader.supportedImageFormats()}
    return paths[0] if paths[0].suffix.lower().lstrip(".") in known else None

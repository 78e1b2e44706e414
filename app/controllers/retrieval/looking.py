"""What the views of an index have in common: they look which indices there are whenever they are seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QTimer

from app.controllers.jobs import JobsController
from app.controllers.retrieval.work import LongWork
from app.session import Session
from store.runs import RunFolder, RunState
from widgets.pages.retrieval.leaks_view import LeaksView
from widgets.pages.retrieval.map_view import MapView
from widgets.pages.retrieval.page import RetrievalPage


@dataclass(frozen=True, slots=True)
class Duties:
    """What the controller of such a view does: ``open`` another index by its name, ``look`` which indices
    there are, note that garments have ``changed``, take up the end of a job, and let go of a store that is
    ``closing``."""

    open: Callable[[str], object]
    look: Callable[[], object]
    changed: Callable[[], object]
    job_finished: Callable[[RunFolder, RunState], object]
    closing: Callable[[], object]


class Looking(QObject):
    """Has a controller do its duties when they fall due: the view is seen, another index is chosen, a job has
    ended, the store is opened, changed or closed. ``work`` is the long work that the view shows and stops."""

    def __init__(
        self,
        session: Session,
        jobs: JobsController,
        page: RetrievalPage,
        view: MapView | LeaksView,
        work: LongWork,
        duties: Duties,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view, self._look = view, duties.look
        view.index_wanted.connect(duties.open)
        view.annotate_wanted.connect(page.annotate_wanted)
        view.browse_wanted.connect(page.images_wanted)
        view.stopped.connect(work.stop)
        view.installEventFilter(self)
        work.told.connect(view.show_working)
        session.opened.connect(duties.look)
        session.closing.connect(duties.closing)
        session.images_changed.connect(lambda _ids: duties.changed())
        jobs.finished.connect(duties.job_finished)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view and event.type() == QEvent.Type.Show:
            QTimer.singleShot(0, self, self._look)
        return False

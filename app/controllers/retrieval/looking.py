"""What the views of an index have in common: they look which indices there are whenever they are seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer

from app.controllers.jobs import JobsController
from app.controllers.retrieval.work import LongWork
from app.session import Session
from store.runs import RunFolder, RunState
from widgets.pages.retrieval.leaks_view import LeaksView
from widgets.pages.retrieval.map_view import MapView
from widgets.pages.retrieval.page import RetrievalPage


class LookingController(QObject):
    """Joins a view of an index to the open store: another index, the end of a job, the end of the store."""

    def __init__(
        self, session: Session, page: RetrievalPage, view: MapView | LeaksView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._page = session, page
        self._watched = view
        self.work = LongWork(session, self)

    def _follow(self, jobs: JobsController) -> None:
        """Connect what every such view has; what it has beside that is its controller's own."""
        view, session = self._watched, self._session
        view.index_wanted.connect(self.open)
        view.annotate_wanted.connect(self._page.annotate_wanted)
        view.browse_wanted.connect(self._page.images_wanted)
        view.stopped.connect(self.work.stop)
        view.installEventFilter(self)
        self.work.told.connect(view.show_working)
        session.opened.connect(self.look)
        session.closing.connect(self._closing)
        session.images_changed.connect(lambda _ids: self._changed())
        jobs.finished.connect(self._job_finished)

    def open(self, name: str) -> None:
        """Show another index by its name."""
        raise NotImplementedError

    def look(self) -> None:
        """Look which indices there are; only while the view is seen."""
        raise NotImplementedError

    def _changed(self) -> None:
        raise NotImplementedError

    def _closing(self) -> None:
        raise NotImplementedError

    def _job_finished(self, run: RunFolder, state: RunState) -> None:
        raise NotImplementedError

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._watched and event.type() == QEvent.Type.Show:
            QTimer.singleShot(0, self, self.look)
        return False

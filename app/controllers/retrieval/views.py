"""The controllers of the views that the Retrieval page has beside its board."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QObject

from app.controllers.jobs import JobsController
from app.controllers.retrieval.leaks import LeaksController
from app.controllers.retrieval.map import MapController
from app.controllers.retrieval.reading import Audit
from app.controllers.retrieval.report import ReportController
from app.session import Session
from widgets.pages.retrieval.page import RetrievalPage

#: The ranking that is being audited now, None while there is none.
AuditOf: TypeAlias = Callable[[], Audit | None]
#: Makes a controller, which adds its view to the page.
Maker: TypeAlias = Callable[[Session, JobsController, RetrievalPage, AuditOf, QObject], QObject]

#: One a view.
MAKERS: tuple[Maker, ...] = (MapController, LeaksController, ReportController)


def make_views(
    session: Session, jobs: JobsController, page: RetrievalPage, audit_of: AuditOf, parent: QObject
) -> tuple[QObject, ...]:
    """The controllers of all views; ``parent`` is the controller of the page, whose ``listed`` tells that
    another ranking is being audited."""
    return tuple(make(session, jobs, page, audit_of, parent) for make in MAKERS)

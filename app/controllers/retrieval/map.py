"""The map of the Retrieval page: an index of the open store drawn, coloured and led on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.controllers.jobs import JobsController
from app.controllers.retrieval.looking import Duties, Looking
from app.controllers.retrieval.map_reading import (
    FACET_WORDS,
    NO_INDEX,
    Drawn,
    coloured,
    draw,
    index_words,
    indices,
    words_of,
)
from app.controllers.retrieval.work import LongWork
from app.session import Session
from store.db.products import GarmentTable
from store.errors import StudioError
from store.retrieval.index import IndexFacts
from store.retrieval.projection import OUTCOME
from store.runs import RunFolder, RunState
from widgets.pages.retrieval.map_records import Colours
from widgets.pages.retrieval.map_view import MapView
from widgets.pages.retrieval.page import RetrievalPage

if TYPE_CHECKING:
    from app.controllers.retrieval.views import AuditOf

_log = logging.getLogger(__name__)


class MapController(QObject):
    """Joins the map to the indices of the open store."""

    def __init__(
        self, session: Session, jobs: JobsController, page: RetrievalPage, audit_of: AuditOf, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._audit_of = session, audit_of
        self.view = MapView()
        self.work = LongWork(session, self)
        page.add_view("map", self.view)
        self.drawn: Drawn | None = None
        self._found: tuple[tuple[IndexFacts, int], ...] = ()
        #: The index that is to be drawn by its name, the newest for ""; what colours it.
        self._wanted, self._facet = "", "category"
        #: Garments have changed since the index was drawn, or another ranking is audited.
        self._stale = False
        self.view.facet_wanted.connect(self.colour_by)
        self.view.words_wanted.connect(self._describe)
        duties = Duties(self.open, self.look, self._changed, self._job_finished, self._closing)
        Looking(session, jobs, page, self.view, self.work, duties, self)

    # -- which index ----------------------------------------------------------------------------

    def open(self, name: str) -> None:
        """Draw an index by its name."""
        self._wanted = name
        self.look()

    def look(self) -> None:
        """Look which indices there are and draw what is wanted; only while the map is seen."""
        store = self._session.store
        if store is not None and self.view.isVisible():
            folder = store.folder
            self._session.desk.ask(
                "retrieval.map.indices", lambda: indices(folder), self._take_indices, self._unread
            )

    def _take_indices(self, found: tuple[tuple[IndexFacts, int], ...]) -> None:
        self._found = found
        if not found:
            self.drawn = None
            self.view.show_indices((), "")
            self.view.show_empty(NO_INDEX)
            return
        facts, stamp = next((one for one in found if one[0].name == self._wanted), found[0])
        self.view.show_indices([(one.name, index_words(one)) for one, _ in found], facts.name)
        self._offer_facets()
        if self.drawn is None or (self.drawn.facts.name, self.drawn.stamp) != (facts.name, stamp):
            self._draw(facts, stamp)
        elif self._stale:
            self._read_again()
        elif self._facet == OUTCOME:
            # Repairs on the board have made hits of misses.
            self.colour_by(self._facet)

    def _draw(self, facts: IndexFacts, stamp: int) -> None:
        store = self._session.needed()
        if self.drawn is None:
            self.view.show_empty("Drawing the map")
        self.work.run(
            lambda progress: draw(store, facts, stamp, progress),
            self._take_drawn,
            self._unread,
            self._stopped,
        )

    def _take_drawn(self, drawn: Drawn) -> None:
        self.drawn, self._stale = drawn, False
        if not len(drawn.points):
            self.view.working.hide()
            self.view.show_empty("The index has no garments: index again")
            return
        images = self._session.needed().images
        self.view.crops.set_source(lambda image_id: images.path(images.get(image_id)))
        self.view.show_points(drawn.points)
        self.colour_by(self._facet)

    def _stopped(self) -> None:
        self.view.working.hide()
        if self.drawn is None:
            self.view.show_empty("The map was not drawn: choose an index to draw it")
            self.view.show_indices([(one.name, index_words(one)) for one, _ in self._found], "")
        else:
            # What was drawn before is still seen.
            self._wanted = self.drawn.facts.name
            names = [(one.name, index_words(one)) for one, _ in self._found]
            self.view.show_indices(names, self.drawn.facts.name)

    def _unread(self, error: StudioError) -> None:
        _log.warning("%s", error)
        self.drawn = None
        self.view.working.hide()
        self.view.show_empty(str(error), "alert-circle")

    # -- colours and words ----------------------------------------------------------------------

    def colour_by(self, facet: str) -> None:
        """Colour the points by a facet."""
        self._facet = facet
        self._offer_facets()
        drawn, audit = self.drawn, self._audit_of()
        if drawn is None:
            return
        known = self._session.categories

        def take(colours: Colours) -> None:
            if drawn is self.drawn:
                self.view.show_colours(colours)

        def work() -> Colours:
            if audit is None:
                return coloured(drawn, facet, known)
            with audit.lock:
                return coloured(drawn, facet, known, audit.standing)

        self._session.desk.ask("retrieval.map.colours", work, take, self._unread)

    def _offer_facets(self) -> None:
        there = self._audit_of() is not None
        if self._facet == OUTCOME and not there:
            self._facet = "category"
        offered = [(key, words) for key, words in FACET_WORDS.items() if key != OUTCOME or there]
        self.view.show_facets(offered, self._facet)

    def _read_again(self) -> None:
        """The garments are read anew: what is drawn stays, its colours may not."""
        store, drawn = self._session.needed(), self.drawn

        def take(table: GarmentTable) -> None:
            if drawn is not None and drawn is self.drawn:
                self._stale = False
                self.drawn = Drawn(drawn.facts, drawn.stamp, drawn.rows, drawn.garments, table, drawn.points)
                self.colour_by(self._facet)

        self._session.desk.ask("retrieval.map.table", store.products.table, take, self._unread)

    def _describe(self, point: int) -> None:
        store, drawn, known = self._session.store, self.drawn, self._session.categories
        if store is not None and drawn is not None:
            self._session.desk.ask(
                "retrieval.map.words",
                lambda: words_of(drawn, point, store, known),
                self.view.show_words,
                lambda error: _log.warning("%s", error),
            )

    # -- what happens elsewhere -----------------------------------------------------------------

    def _changed(self) -> None:
        self._stale = True

    def _job_finished(self, _run: RunFolder, state: RunState) -> None:
        if state.kind in ("index", "retrieve"):
            self._stale = True
            self.look()

    def _closing(self) -> None:
        self.drawn, self._wanted, self._found = None, "", ()
        self.view.crops.set_source(None)
        self.view.working.hide()
        self.view.show_empty("Looking for indices")

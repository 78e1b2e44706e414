"""The heat map: what drove the match of a query and a result, asked of the network that made the index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from PySide6.QtCore import QObject

from app.controllers.retrieval.eye import Eye
from app.controllers.retrieval.reading import Audit
from app.jobs.predictor import PredictorClient
from app.session import Session
from inference.serving.messages import Explain, Explained, Failure, Sight
from store.db import Store
from store.errors import StudioError
from store.retrieval.index import IndexFacts
from widgets.pages.retrieval.board import Board
from widgets.pages.retrieval.heat import Reasons, heat_of
from widgets.pages.retrieval.records import Hit, Query, Shot


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The two sights of a match; ``place`` is the result's."""

    place: int
    query: Sight
    result: Sight


class HeatController(QObject):
    """Explains the selected result of a board, first over the query and then over the result.

    What is asked last counts: an answer about another query or result is dropped.
    """

    def __init__(
        self, session: Session, board: Board, eye: Eye, audit_of: Callable[[], Audit | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._board, self._eye, self._audit_of = session, board, eye, audit_of
        self._numbers = count(1)
        self._wanted: _Wanted | None = None
        self._reasons = Reasons()
        #: The question that is open: 0 for none.
        self._asked = 0
        board.heat_wanted.connect(self._want)
        board.heat_dropped.connect(self._drop)
        eye.said.connect(self._waiting)
        eye.client.explained.connect(self._explained)
        eye.client.not_explained.connect(self._unexplained)
        session.closing.connect(self._drop)

    def _drop(self) -> None:
        self._wanted, self._asked, self._reasons = None, 0, Reasons()

    def _want(self, query: Query, hit: Hit | None) -> None:
        self._drop()
        audit = self._audit_of()
        if audit is None:
            return
        if hit is None or not hit.shot.image_id or query.row.missed:
            self._board.say_heat("There is no result whose likeness could be explained.", trouble=True)
            return
        place, index, store = hit.place, audit.index, audit.store
        self._board.say_heat("Starting the model" if self._eye.client.pid is None else _looking(place))
        self._session.desk.ask(
            "retrieval.heat",
            lambda: _Wanted(place, sight_of(store, query.row.shot), sight_of(store, hit.shot)),
            lambda wanted: self._begin(wanted, index),
            self._refused,
        )

    def _begin(self, wanted: _Wanted, index: IndexFacts) -> None:
        if not self._board.heat_on():
            return
        self._wanted = wanted
        self._eye.use(index, lambda client: self._ask(client, wanted), self._refused)

    def _ask(self, client: PredictorClient, wanted: _Wanted) -> None:
        if wanted is not self._wanted:
            return
        self._asked = next(self._numbers)
        if self._reasons.query is None:
            client.explain(Explain(self._asked, wanted.query, wanted.result))
        else:
            client.explain(Explain(self._asked, wanted.result, wanted.query))

    def _waiting(self, words: str) -> None:
        if self._wanted is not None and self._asked:
            self._board.say_heat(words or _looking(self._wanted.place))

    def _explained(self, said: Explained) -> None:
        wanted = self._wanted
        if wanted is None or said.id != self._asked:
            return
        heat = heat_of(said.heat, said.frame)
        if self._reasons.query is None:
            self._reasons = Reasons(query=heat)
            self._board.show_reasons(self._reasons)
            self._ask(self._eye.client, wanted)
            return
        self._asked = 0
        self._reasons = Reasons(self._reasons.query, heat)
        self._board.show_reasons(self._reasons)
        self._board.say_heat(
            f"Likeness to result {wanted.place}: {said.likeness:.3f}. The brighter a place, the more is lost"
            " where it is hidden."
        )

    def _unexplained(self, said: Failure) -> None:
        if self._wanted is not None and said.id == self._asked:
            self._refused(StudioError(said.message, said.fix))

    def _refused(self, error: StudioError) -> None:
        if self._board.heat_on():
            self._drop()
            self._board.say_heat(f"{error.what} {error.fix}".strip(), trouble=True)


def sight_of(store: Store, shot: Shot) -> Sight:
    """What the network is to look at. Reads the store."""
    image = store.images.get(shot.image_id)
    width, height = (image.width, image.height) if image.size_known else (0, 0)
    return Sight(str(store.images.path(image)), shot.box, width, height)


def _looking(place: int) -> str:
    return f"Looking what makes result {place} alike"

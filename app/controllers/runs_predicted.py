"""The view of a prediction run: what it found is read in threads, also while it is still being written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session import Session
from store.errors import StoreError
from store.records import Image
from store.runs.predicted import ImageSummary, PredictionCounts, PredictionFacts, Predictions, begun
from widgets.browser.thumbnails import ThumbnailSource
from widgets.pages.runs.predicted import PredictedPane, PredictedQuery
from widgets.pages.runs.records import RunDetails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.db import Store

#: Of a run that goes on its images are read anew so often, in seconds.
_EVERY = 4.0
#: The form rounds to hundredths.
_SAME = 0.005


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a run for a query."""

    facts: PredictionFacts
    counts: PredictionCounts
    rows: Sequence[ImageSummary]


def read(folder: Path, query: PredictedQuery) -> Read | None:
    """What a run has found so far; None while it has not begun to write. StoreError where it is broken.

    Disagreement is shown from the greatest, score from the least: there is most to be seen.
    """
    if not begun(folder):
        return None
    with Predictions.open(folder) as there:
        rows = there.rows(
            least_score=query.least_score,
            category=query.category,
            order=query.order,
            descending=query.order == "disagreement",
        )
        if query.least_score > there.facts.least_score + _SAME:
            # Who asks for surer garments does not look for images without any.
            rows = [one for one in rows if one.garments]
        return Read(there.facts, there.counts(), rows)


def images_of(store: Store, ids: Sequence[int]) -> list[Image]:
    """The images of a page; one that was deleted since it was predicted has an empty name."""
    try:
        return store.images.get_many(ids)
    except StoreError:
        return [_image_of(store, one) for one in ids]


def _image_of(store: Store, image_id: int) -> Image:
    try:
        return store.images.get(image_id)
    except StoreError:
        return Image(id=image_id, dataset_id=0, name="")


class PredictedController(QObject):
    """Fills the view of the prediction run that is followed. ``failed(StudioError)``."""

    failed = Signal(object)
    #: The view shows what was read.
    shown = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pane: PredictedPane | None = None
        self._run: RunDetails | None = None
        self._read_at = 0.0
        self._ended = False

    def follow(self, run: RunDetails, pane: PredictedPane) -> None:
        """Show a run, which may still go on; called again whenever something of it has changed."""
        if pane is not self._pane:
            self._take(pane)
        another = self._run is None or self._run.id != run.id
        over = not run.live and not self._ended
        self._run = run
        if another:
            pane.begin()
        pane.show_progress(run)
        due = run.live and monotonic() - self._read_at > _EVERY
        if another or over or due:
            self._ended = not run.live
            self.ask()

    def ask(self) -> None:
        """Read what the pane asks for."""
        run, pane = self._run, self._pane
        if run is None or pane is None or self._session.store is None:
            return
        self._read_at = monotonic()
        folder, query = run.folder, pane.query()
        self._session.desk.ask(
            "runs.predicted",
            lambda: read(folder, query),
            lambda found: self._show(run.id, found, query),
            self.failed.emit,
        )

    def close(self) -> None:
        """The store is closing, or the window: nothing may be read any more."""
        self._run = None
        if self._pane is not None:
            self._pane.set_source(None, None)
            self._pane.settle()

    def _take(self, pane: PredictedPane) -> None:
        self._pane = pane
        pane.query_changed.connect(lambda _query: self.ask())
        self._connect_source()
        self._session.opened.connect(self._connect_source)

    def _connect_source(self) -> None:
        store = self._session.store
        if store is not None and self._pane is not None:
            pictures = ThumbnailSource(store.images.path, store.thumbnails)
            self._pane.set_source(lambda ids: images_of(store, ids), pictures)

    def _show(self, run_id: str, found: Read | None, query: PredictedQuery) -> None:
        run, pane = self._run, self._pane
        if run is None or pane is None or run.id != run_id:
            return
        if found is None or not (found.counts.images or found.counts.broken):
            words = "" if run.live else "This run ended before it had found anything"
            pane.begin(words)
        else:
            pane.show_facts(found.facts, found.counts, self._session.categories)
            pane.show_rows(found.rows, query)
        self.shown.emit()

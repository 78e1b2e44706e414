"""Browse: queries off the GUI thread, and what a person does with their answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.controllers import away
from app.controllers.browse_finding import ImageList, Slice, details, find
from app.controllers.browse_many import ManyController
from app.session import Session
from store.errors import FilterError, StudioError
from store.filters import Expr, among, parse
from store.records import Review, View
from widgets.browser.thumbnails import ThumbnailSource
from widgets.pages.browse import BrowsePage

if TYPE_CHECKING:
    from store.db import Store
    from store.db.facets import Facets

_log = logging.getLogger(__name__)
#: While an import runs the slice is asked for again so often, in milliseconds.
_IMPORT_EVERY = 2000


class BrowseController(QObject):
    """Joins the Browse page to the store.

    ``open_wanted(row)``: an image should be opened in Annotate. ``counted()`` after a slice is shown.
    """

    open_wanted = Signal(int)
    export_wanted = Signal(list)
    import_wanted = Signal()
    problems_wanted = Signal()
    counted = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, page: BrowsePage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.page = page
        self.slice = Slice(np.empty(0, np.int64), 0, 0.0)
        #: The list of images that the slice is taken from; None: all of the store.
        self.listed: ImageList | None = None
        self._importing = QTimer(self, interval=_IMPORT_EVERY)
        self._importing.timeout.connect(self.refresh)
        session.opened.connect(self._opened)
        session.closing.connect(self._closing)
        session.images_changed.connect(self._images_changed)
        session.totals_changed.connect(self._show_emptiness)
        session.categories_changed.connect(self._categories_changed)
        session.others.away_changed.connect(self._away_changed)
        page.filter_changed.connect(self._filter_changed)
        page.order_changed.connect(lambda _order: self.refresh())
        page.by_product_changed.connect(lambda _on: self.refresh())
        page.open_wanted.connect(self.open_wanted)
        page.export_wanted.connect(self.export_wanted)
        page.details_wanted.connect(self._want_details)
        page.problems_wanted.connect(self.problems_wanted)
        page.import_wanted.connect(self.import_wanted)
        page.view_save_wanted.connect(self._save_view)
        page.view_change_wanted.connect(self._change_view)
        page.view_delete_wanted.connect(self._delete_view)
        page.list_closed.connect(self.close_list)
        page.failed.connect(self.failed)
        self.many = ManyController(session, page, self)
        self.many.changed.connect(self._many_changed)
        self.many.failed.connect(self.failed)
        state = session.settings.layout("browse")
        if isinstance(state, dict):
            page.restore_state(state)

    # -- what others ask ------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the slice, its facets and its views again."""
        store = self._session.store
        if store is None:
            return
        try:
            where = parse(self.page.filter_text)
        except FilterError as error:
            self._filter_refused(error)
            return
        if self.listed is not None:
            where = among(self.listed.ids, where)
        order, by_product = self.page.order, self.page.by_product
        self._session.desk.ask(
            "browse.slice",
            lambda: find(store, where, order, by_product),
            self._show_slice,
            self._filter_refused,
        )
        self._ask_facets(store, where)

    def _ask_facets(self, store: Store, where: Expr | None) -> None:
        """Those that come at once, then the others."""

        def failed(error: StudioError) -> None:
            # The slice has been refused for the same reason and has said so.
            _log.info("no facets: %s", error)

        def show(held: Facets) -> None:
            self.page.show_facets(held, more_to_come=True)
            # Under the same key: another filter makes these old as well.
            self._session.desk.ask(
                "browse.facets",
                lambda: held | store.statistics.facets_more(where),
                self.page.show_facets,
                failed,
            )

        self._session.desk.ask("browse.facets", lambda: store.statistics.facets_held(where), show, failed)

    def show_filter(self, where: str) -> None:
        """Show the images of a filter, of all images of the store."""
        self._set_list(None)
        self.page.set_filter(where)
        self.refresh()

    def show_images(self, ids: Iterable[int], title: str) -> None:
        """Show only these images, under a title that says what they are; without a filter at first."""
        self._set_list(ImageList(title, tuple(map(int, ids))))
        self.page.set_filter("")
        self.refresh()

    def close_list(self) -> None:
        """Show what the filter selects of all images again."""
        if self.listed is not None:
            self._set_list(None)
            self.refresh()

    def show_current(self, image_id: int) -> None:
        """Make an image of the slice the current one; one that is not in it changes nothing."""
        rows = np.flatnonzero(self.slice.ids == image_id)
        if len(rows):
            self.page.select_row(int(rows[0]))

    def watch_import(self, running: bool) -> None:
        """While an import runs the page follows it."""
        if running:
            self._importing.start()
            return
        was_running = self._importing.isActive()
        self._importing.stop()
        # A store that is opened after its import has ended shows all of it anyway.
        if was_running and self._session.store is not None:
            self._session.refresh_totals()
            self._ask_words()
            self.refresh()

    def remember(self) -> None:
        """Keep how the page is arranged, and the filter with its store."""
        store = self._session.store
        values: dict[str, Any] = {"browse": self.page.save_state()}
        if store is not None:
            values["filter"] = {
                "store": str(store.folder),
                "where": self.page.filter_text,
                "order": self.page.order,
                "image": self.page.current_id,
            }
        self._session.settings.set_layout(**values)

    # -- the store ------------------------------------------------------------------------------

    def _opened(self) -> None:
        store = self._session.needed()
        self.page.set_source(
            store.images, ThumbnailSource(store.images.path, store.thumbnails), store.garments
        )
        self.page.set_categories(tuple(self._session.categories.values()))
        self._show_emptiness()
        self._recall(store)
        self._ask_words()
        self.refresh()

    def _recall(self, store: Store) -> None:
        """The filter in force when this store was last left, if it was the last one open."""
        kept = self._session.settings.layout("filter")
        if not isinstance(kept, dict) or kept.get("store") != str(store.folder):
            return
        self.page.set_filter(str(kept.get("where", "")))
        self.page.set_order(str(kept.get("order", "name")))
        self._recalled = int(kept.get("image", 0))

    _recalled = 0

    def _set_list(self, listed: ImageList | None) -> None:
        self.listed = listed
        self.page.show_list(listed.title if listed is not None else "")

    def _closing(self) -> None:
        self._importing.stop()
        self._set_list(None)
        self.page.set_source(None, None)
        self.slice = Slice(np.empty(0, np.int64), 0, 0.0)

    def _ask_words(self) -> None:
        store = self._session.needed()
        self._session.desk.ask("browse.words", store.filter_words, self.page.set_words, self.failed.emit)
        self._session.desk.ask("browse.views", store.views.all, self.page.show_views, self.failed.emit)
        self._session.desk.ask(
            "browse.datasets", lambda: _names(store), self.page.set_datasets, self.failed.emit
        )

    def _categories_changed(self) -> None:
        self.page.set_categories(tuple(self._session.categories.values()))
        self._ask_words()

    def _show_emptiness(self) -> None:
        totals = self._session.totals
        self.page.show_store_empty(totals is not None and totals.images == 0)
        self.page.set_categories(tuple(self._session.categories.values()))

    # -- answers --------------------------------------------------------------------------------

    def _show_slice(self, found: Slice) -> None:
        self.slice = found
        self.page.show_rows(found.ids, len(found.ids), found.garments, found.milliseconds, found.groups)
        if self._recalled:
            self.show_current(self._recalled)
            self._recalled = 0
        self.counted.emit()

    def _filter_refused(self, error: StudioError) -> None:
        if isinstance(error, FilterError):
            self.page.show_error(str(error), error.position)
        else:
            self.failed.emit(error)

    def _filter_changed(self, _text: str) -> None:
        self.refresh()

    def _want_details(self, image_id: int) -> None:
        store = self._session.store
        if store is None:
            return
        self._session.desk.ask(
            "browse.details", lambda: details(store, image_id), self.page.show_details, self.failed.emit
        )

    # -- what changes the store -----------------------------------------------------------------

    def _many_changed(self) -> None:
        if self._session.store is not None:
            self.refresh()
            self._ask_words()

    def _away_changed(self, gone: bool) -> None:
        """The server is back: what could not be read meanwhile is asked for again."""
        if not gone:
            self._many_changed()

    def _images_changed(self, ids: frozenset[int]) -> None:
        if ids:
            self.page.refresh(ids)
        else:
            self.refresh()

    def _save_view(self, name: str) -> None:
        store = self._session.needed()
        view = View(name=name, where=self.page.filter_text, order=self.page.order)
        self._change_views(lambda: store.views.save(view))

    def _change_view(self, view: View) -> None:
        store = self._session.needed()
        self._change_views(lambda: store.views.save(view))

    def _delete_view(self, view_id: int) -> None:
        store = self._session.needed()
        self._change_views(lambda: store.views.delete(view_id))

    def _change_views(self, change: Callable[[], object]) -> None:
        store = self._session.needed()
        if self._session.others.away:
            self.failed.emit(away.refusal())
            return

        def work() -> tuple[View, ...]:
            change()
            return store.views.all()

        def refused(error: StudioError) -> None:
            self.failed.emit(away.in_words(error, "Saved views"))

        self._session.desk.ask("browse.views", work, self.page.show_views, refused)


def _names(store: Store) -> dict[int, str]:
    """What the datasets are called, by id."""
    return {dataset.id: dataset.name for dataset in store.datasets.all()}


def set_reviews(store: Store, ids: Iterable[int], review: Review, author: str) -> int:
    """Set the review of images, each as an edit of its own that can be undone there; how many changed."""
    from store.document.many import change_many, reviewed

    return len(change_many(store, reviewed(review), list(ids), author=author).changed)

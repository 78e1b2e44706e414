"""What is beside the image in Annotate: the filmstrip, the image's problems, its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.session import Session
from store.records import Image, Problem
from widgets.browser.thumbnails import Thumbnails, ThumbnailSource
from widgets.dialogs.compare import CompareDialog
from widgets.pages.annotate import AnnotatePage, FilmRow
from widgets.panels.compare import Comparison

if TYPE_CHECKING:
    from store.db.revisions import Revision

#: Images on either side of the current one in the filmstrip.
_FILM = 12
#: Room for the thumbnails of the strip, on a fine screen too, and a few more: it has no use for those of long
#: ago.
_FILM_BYTES = 4 * 1024 * 1024


class Beside(QObject):
    """Reads it in a thread and shows it on the page; what comes too late is dropped."""

    failed = Signal(object)
    #: A dialog (a QDialog) is to be run till it is closed.
    dialog_wanted = Signal(object)

    def __init__(self, session: Session, page: AnnotatePage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._page = session, page
        self._thumbnails = Thumbnails(_FILM_BYTES, parent=self)
        self._film: dict[int, Image] = {}
        self._image_id, self._row = 0, -1
        page.toolbar.history.toggled.connect(lambda _on: self.show_history())
        page.recalled.large_wanted.connect(self._compare)

    def opened(self) -> None:
        """A store is there: thumbnails come from it."""
        store = self._session.needed()
        self._thumbnails.set_source(ThumbnailSource(store.images.path, store.thumbnails))
        self._page.set_thumbnails(self._thumbnails)

    def clear(self) -> None:
        """The store is closed."""
        self._film, self._image_id, self._row = {}, 0, -1
        self._page.set_thumbnails(None)
        self._thumbnails.set_source(None)

    def settle(self) -> None:
        """Wait for the threads; the window is going."""
        self._thumbnails.settle()

    def show(self, image_id: int, ids: NDArray[np.int64], row: int) -> None:
        """Show what is beside this image, which is the one of ``row`` (from 0) among ``ids``."""
        self._image_id, self._row = image_id, row
        store = self._session.store
        if store is None or not image_id:
            return
        first = max(0, row - _FILM)
        wanted = [int(i) for i in ids[first : row + _FILM + 1]]
        self._session.desk.ask(
            "annotate.film",
            lambda: (
                first,
                store.images.get_many(wanted),
                store.problems.of_image(image_id),
                store.datasets.get(store.images.get(image_id).dataset_id).format,
            ),
            lambda found: self._take(image_id, *found),
            self.failed.emit,
        )
        self.show_history()

    def _take(
        self, image_id: int, first: int, images: list[Image], problems: Sequence[Problem], format: str
    ) -> None:
        if image_id != self._image_id:
            return
        self._film = {first + place: image for place, image in enumerate(images)}
        self._show_film()
        self._page.show_problems(problems)
        self._page.masking.set_format(format)

    def _show_film(self) -> None:
        self._page.show_filmstrip([FilmRow(row, image) for row, image in self._film.items()], self._row)

    def image_changed(self, image: Image) -> None:
        """The image in front is another now: its review mark, and what was done to it."""
        shown = self._film.get(self._row)
        if shown is not None and shown.id == image.id and shown.review is not image.review:
            self._film[self._row] = image
            self._show_film()
        self.show_history()

    def _compare(self, found: Comparison) -> None:
        """Show two moments of the image large."""
        picture, categories = self._page.canvas.image, self._session.categories
        self.dialog_wanted.emit(CompareDialog(found, picture, categories, self._page.window()))

    def show_history(self) -> None:
        """The revisions are read only while somebody looks at them: an image may have thousands."""
        store, image_id = self._session.store, self._image_id
        if not self._page.toolbar.history.isChecked() or store is None or not image_id:
            return
        self._page.recalled.wait()

        def show(found: Sequence[Revision]) -> None:
            if image_id == self._image_id:
                self._page.show_history(found)

        self._session.desk.ask(
            "annotate.history", lambda: store.revisions.of_image(image_id), show, self.failed.emit
        )

"""Reviewing in Annotate: notes, the next image that nobody has reviewed, progress and pace."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from app.controllers.saving import Saving
from app.session import Session
from store.document import KeepingDocument
from store.errors import StudioError
from store.records import Garment, Image, Review
from store.reviewing import Progress, next_unreviewed, progress, unreviewed
from widgets.pages.annotate import AnnotatePage
from widgets.pages.annotate.noting import MakeEdit

#: Progress is counted again so long after a change, in milliseconds: never while images are leafed through.
_LATER = 400
#: States that somebody has said, and whose name belongs to.
SAID = frozenset({Review.SECOND_LOOK, Review.ACCEPTED, Review.REJECTED})


class Reviewing(QObject):
    """``row_wanted(int)``: go to that row of the view. ``changed()``: the progress is another."""

    row_wanted = Signal(int)
    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, session: Session, page: AnnotatePage, saving: Saving, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._saving = session, page, saving
        self._document: KeepingDocument | None = None
        self._ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._row = -1
        self.progress: Progress | None = None
        self._asked = False
        self._count = QTimer(self, interval=_LATER, singleShot=True)
        self._count.timeout.connect(self._ask)
        page.more.notes.wanted.connect(self._note)
        page.more.notes.named.connect(self._name)

    def show(self, document: KeepingDocument | None, ids: NDArray[np.int64], row: int) -> None:
        """This is the image now, at a row (from 0) of the images that are walked."""
        same = ids is self._ids
        self._document, self._ids, self._row = document, ids, row
        notes, settings = self._page.more.notes, self._session.settings
        notes.author = settings.author
        notes.panel.ask_name(None if settings.settings.author else settings.author)
        if document is None:
            self.progress = None
            self._count.stop()
        elif not same or self.progress is None:
            self._count.start()

    def image_changed(self) -> None:
        """Something of the image was saved: perhaps its review."""
        document = self._document
        if document is None:
            return
        self._count.start()
        if not self._asked and document.image.review in SAID and not self._session.settings.settings.author:
            # Where the name is asked for, which is only seen there: nobody is kept from going on.
            self._asked = True
            self._page.more.notes.panel.set_folded(False)

    @property
    def words(self) -> str:
        """Progress and pace for the status bar; "" while they are not known."""
        return self.progress.words if self.progress is not None else ""

    def go(self, step: int) -> None:
        """Go to the next image of the view that nobody has reviewed, or the one before with -1."""
        store, ids, row = self._session.store, self._ids, self._row
        if store is None or self._document is None:
            return
        self._page.finish_typing()

        def found(target: int) -> None:
            if ids is self._ids and row == self._row:
                if target < 0:
                    self._page.say("No other image of this view is unreviewed")
                else:
                    self.row_wanted.emit(target)

        def find() -> int:
            return next_unreviewed(unreviewed(store, ids), row, step)

        self._session.desk.ask("annotate.unreviewed", find, found, self.failed.emit)

    def _ask(self) -> None:
        store, ids, author = self._session.store, self._ids, self._session.settings.author
        if store is None or self._document is None or self._session.others.away:
            return

        def count() -> Progress:
            return progress(store, ids, author)

        self._session.desk.ask("annotate.progress", count, self._counted, self.failed.emit)

    def _counted(self, found: Progress) -> None:
        if self._document is not None:
            self.progress = found
            self.changed.emit()

    def _note(self, garment_id: int, make: MakeEdit) -> None:
        """Save a note. Whatever somebody else has changed meanwhile is no reason not to."""
        document = self._document
        if document is None:
            return
        try:
            if not document.held and not self._session.others.away:
                document.refresh()
            record: Garment | Image | None = document.garment(garment_id) if garment_id else document.image
            if record is None:
                self._page.more.notes.panel.give_back()
                self._page.say("The garment of the note is gone")
                return
            edit = make(record)
        except StudioError as error:
            self._page.more.notes.panel.give_back()
            self.failed.emit(error)
            return
        except (KeyError, IndexError):
            # Somebody else was quicker: the note, or the landmark that it is on, is not there any more.
            self._page.more.notes.panel.give_back()
            self._page.say("What the note is on has changed; look again")
            return
        self._saving.save(edit)

    def _name(self, name: str) -> None:
        """Who is reviewing, said once."""
        try:
            self._session.settings.change(author=name)
        except StudioError as error:
            self.failed.emit(error)
            return
        self._page.more.notes.author = name
        self._page.more.notes.panel.ask_name(None)

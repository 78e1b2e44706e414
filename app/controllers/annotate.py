"""Annotate: the document in front of the person, and the way from one image to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.actions.action import State
from app.controllers import away
from app.controllers.annotate_beside import Beside
from app.controllers.annotate_review import Reviewing
from app.controllers.annotate_state import state_of, switches_of
from app.controllers.annotate_words import AttributeWords
from app.controllers.browse import BrowseController
from app.controllers.comforting import Comforting
from app.controllers.copying import Copying
from app.controllers.pictures import found_again, take_note
from app.controllers.proposals import ProposalsController
from app.controllers.saving import Saving
from app.controllers.walk import Walk
from app.session import Session
from app.warming import Warming
from store.document import KeepingDocument, RevisionKind
from store.document.edits import set_review
from store.errors import StudioError
from store.records import Garment, ImageState, Review
from widgets.canvas import Canvas, Picture
from widgets.pages.annotate import AnnotatePage


class AnnotateController(QObject):
    """Joins the Annotate page to the store: one :class:`KeepingDocument` at a time.

    ``changed()``: the image, the selection, or what can be undone is another. The rows that PgDn and
    PgUp walk are those of Browse when the image was opened: accepting an image must not pull the next
    ones away under a filter such as ``review = "to do"``.
    """

    changed = Signal()
    browse_wanted = Signal()
    failed = Signal(object)
    #: Where the pictures of a dataset, by its id, are is to be asked.
    pictures_wanted = Signal(int)
    #: A dialog (a QDialog) is to be run till it is closed.
    dialog_wanted = Signal(object)

    def __init__(self, session: Session, browse: BrowseController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._browse = browse
        self.page = AnnotatePage()
        self.proposals = ProposalsController(session, self.page, self)
        self._beside = Beside(session, self.page, self)
        self._beside.failed.connect(self.failed)
        self._beside.dialog_wanted.connect(self.dialog_wanted)
        self._words = AttributeWords(session, self.page, self)
        self._words.failed.connect(self.failed)
        self.saving = Saving(session, self.page, self)
        self.reviewing = Reviewing(session, self.page, self.saving, self)
        self.copying = Copying(session, self.page, lambda: self._walk.previous_id, self)
        self.copying.failed.connect(self.failed)
        self.comforting = Comforting(session, self.page, self)
        self.comforting.failed.connect(self.failed)
        self.comforting.changed.connect(self.changed)
        self._document: KeepingDocument | None = None
        self._walk = Walk()
        self._touched = self._later = self._own = False
        self._warming: Warming | None = None
        self._connect()
        state = session.settings.layout("annotate")
        if isinstance(state, dict):
            self.page.restore(state)
        self.apply_settings()
        if session.store is not None:
            self._opened()

    def _connect(self) -> None:
        page = self.page
        page.edit_wanted.connect(self.saving.save)
        page.undo_wanted.connect(self.undo)
        page.redo_wanted.connect(self.redo)
        page.next_wanted.connect(lambda: self.step(1))
        page.previous_wanted.connect(lambda: self.step(-1))
        page.go_wanted.connect(self._go)
        page.accept_wanted.connect(lambda advance: self.accept(advance=advance))
        page.review_wanted.connect(self.review)
        page.browse_wanted.connect(self.browse_wanted)
        page.locate_wanted.connect(self._locate)
        page.selection_changed.connect(self._selection_changed)
        page.hint_changed.connect(lambda _hint: self.changed.emit())
        page.layers_changed.connect(self.changed)
        page.picture_shown.connect(self._note_picture)
        page.history_panel.picked.connect(self.changed)
        self.proposals.failed.connect(self.failed)
        self.proposals.lost.connect(page.warn)
        self.saving.failed.connect(self.failed)
        self.reviewing.failed.connect(self.failed)
        self.reviewing.row_wanted.connect(self._go)
        self.reviewing.changed.connect(self.changed)
        self.saving.changed.connect(self.changed)
        self.saving.dialog_wanted.connect(self.dialog_wanted)
        self.saving.refused.connect(self._show_as_it_is)
        self.saving.left.connect(self._leave)
        self._session.opened.connect(self._opened)
        self._session.leaving.connect(self._finish)
        self._session.closing.connect(self._closing)
        self._session.images_changed.connect(self._images_changed)
        self._session.categories_changed.connect(self._categories_changed)

    # -- what others ask ------------------------------------------------------------------------

    @property
    def canvas(self) -> Canvas:
        """The canvas of the page."""
        return self.page.canvas

    @property
    def document(self) -> KeepingDocument | None:
        """The image in front of the person."""
        return self._document

    @property
    def saved_at(self) -> datetime | None:
        """When the last change of the image was saved."""
        return self._document.saved_at if self._document is not None else None

    @property
    def image_id(self) -> int:
        """The id of the image shown, or 0."""
        return self._document.image.id if self._document is not None else 0

    def state(self, base: State) -> State:
        """What decides which actions are possible, with what this page adds."""
        document = self._document
        return base if document is None else state_of(self.page, document, base)

    def facts(self) -> list[str]:
        """What the status bar says of the image."""
        if self._document is None:
            return []
        words = self.page.selection_words()
        said = [self._walk.words, self.reviewing.words, words]
        return [part for part in said if part]

    def hint(self) -> str:
        """What the tool does."""
        return self.page.hint if self._document is not None else ""

    def switches(self) -> dict[str, bool]:
        """What of the view is switched on, by name: layers, and how landmarks are worked with."""
        return {**switches_of(self.page), **self.comforting.switched()}

    def open_row(self, row: int) -> None:
        """Open an image of Browse's slice, and walk that slice from now on.

        Where it is one of several that are selected, only those are walked.
        """
        if not self._may_leave():
            return
        walk = Walk(self._browse.slice.ids, row).among(self._browse.page.selected_ids())
        if walk.has(walk.row):
            self._show(walk)

    def open_image(self, image_id: int) -> bool:
        """Open an image by its id: in Browse's slice if it is there, else by itself; whether it is shown."""
        rows = np.flatnonzero(self._browse.slice.ids == image_id)
        if not self._may_leave():
            return self.image_id == image_id
        if len(rows):
            self.open_row(int(rows[0]))
        else:
            self._show(Walk(np.array([image_id], np.int64), 0))
        return self.image_id == image_id

    def ensure_image(self) -> bool:
        """Open the current image of Browse where none is open; whether one is then."""
        if self._document is None:
            self.open_row(max(0, self._browse.page.current_row))
        return self._document is not None

    def take_touched(self) -> bool:
        """Whether anything was changed since this was last asked."""
        touched, self._touched = self._touched, False
        return touched

    def warm_up(self) -> None:
        """Have everything ready that the first image would wait for."""
        if self._warming is None:
            self._warming = Warming(self.page)
            self._warming.begin(self.page.parentWidget() or self.page)

    def apply_settings(self) -> None:
        """Look as the settings say."""
        settings = self._session.settings.settings
        self.canvas.set_fill(settings.mask_opacity / 100)
        self.canvas.set_large_shapes(settings.large_shapes)
        self.canvas.set_ground(settings.canvas_surround)

    def remember(self) -> None:
        """Keep how the page is arranged."""
        self._session.settings.set_layout(annotate=self.page.state())
        self.comforting.remember()

    def close(self) -> None:
        """Save what is being done and wait for the page's threads; the window is going."""
        self._finish()
        self.proposals.close()
        self.page.close_pictures()
        self.comforting.close()
        self._beside.settle()

    # -- actions --------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """Go to the next image, or to the one before with -1."""
        self._go(self._walk.row + by)

    def accept(self, *, advance: bool) -> None:
        """Accept the image and, with ``advance``, go to the next one."""
        if self.review(Review.ACCEPTED) and advance:
            self.step(1)

    def review(self, review: Review) -> bool:
        """Set how far the review of the image is; False where that could not be saved."""
        self.page.finish_typing()
        document = self._document
        if document is None:
            return False
        if document.image.review is review:
            return True
        return self.saving.save(set_review(document.image, review))

    def undo(self) -> None:
        """Take back the last change of the image."""
        self._take_back(RevisionKind.UNDO)

    def redo(self) -> None:
        """Make again what was taken back last."""
        self._take_back(RevisionKind.REDO)

    def _take_back(self, kind: RevisionKind) -> None:
        """Undo or redo, and let it be seen what that was."""
        made = self.saving.take_back(kind)
        if made is not None:
            self.page.show_change(made.before, made.after)

    # -- the image ------------------------------------------------------------------------------

    def _go(self, row: int) -> None:
        self.page.finish_typing()
        walk = self._walk
        if walk.has(row) and row != walk.row and self._may_leave():
            self._show(walk.at(row))

    def _finish(self) -> None:
        """Save what is being typed or drawn as it is: the image is going."""
        self.page.finish_typing()
        if self._document is not None:
            self.page.more.notes.panel.finish()
            self.canvas.finish()

    def _may_leave(self) -> bool:
        """Whether another image may be shown: all of this one is saved, also what was in the making."""
        self._finish()
        return self.saving.may_leave()

    def _show(self, walk: Walk) -> None:
        """Show the image in front of a walk, and take that walk; or say why not, and change nothing."""
        store = self._session.needed()
        if self._session.others.away:
            # Not to be waited for, as long as the network would.
            self.failed.emit(away.unopened())
            return
        self._finish()
        try:
            image = store.images.get(walk.image_id)
            if image.state is ImageState.PRESENT:
                self.page.pictures.prepare(store.images.path(image))
            document = KeepingDocument(store, image.id, author=self._session.settings.author)
            paths = [store.images.path(image) for image in store.images.get_many(walk.ahead)]
            path = store.images.path(document.image)
            if found_again(store, document.image, path):
                document.refresh()
        except StudioError as error:
            self.failed.emit(error)
            return
        document.on_change.append(self._document_changed)
        self._document, self._walk = document, walk
        categories = self._session.categories
        with self._telling_later():
            self.page.show_image(
                document.image, path, document.garments, categories, walk.row, len(walk), paths
            )
        self.page.show_undo(document.undo_title, document.redo_title)
        self.proposals.show(document, walk.ahead)
        self._browse.show_current(document.image.id)
        self.reviewing.show(document, walk.ids, walk.row)
        self.saving.open(document)
        # What is beside the picture may come a moment after it.
        QTimer.singleShot(0, self._show_beside)
        self.changed.emit()

    def _show_beside(self) -> None:
        self._beside.show(self.image_id, self._walk.ids, self._walk.row)

    def _note_picture(self, picture: Picture) -> None:
        """What the picture file turned out to be goes into the store, where it said something else."""
        try:
            if self._document is not None:
                take_note(self._session, self._document, picture)
        except StudioError as error:
            self.failed.emit(error)

    # -- changes --------------------------------------------------------------------------------

    def _selection_changed(self, _garment: int, _landmark: int) -> None:
        if not self._later:
            self.changed.emit()

    @contextmanager
    def _telling_later(self) -> Iterator[None]:
        """What the selection does meanwhile is told with the rest: bars and actions follow each time."""
        self._later = True
        try:
            yield
        finally:
            self._later = False

    def _document_changed(self, ids: frozenset[int]) -> None:
        document = self._document
        if document is None:
            return
        self._touched = True
        garments = frozenset(ids - {0})
        if garments:
            with self._telling_later():
                self.page.update_garments(document.garments, garments)
        self.proposals.document_changed(ids)
        # A first edit also brings the image from "to do" to "in progress".
        self.page.update_image(document.image)
        self._beside.image_changed(document.image)
        self.reviewing.image_changed()
        self.page.show_undo(document.undo_title, document.redo_title)
        self._own = True
        self._session.images_changed.emit(frozenset({document.image.id}))
        self._own = False
        self.changed.emit()

    def _show_as_it_is(self) -> None:
        """Show the document, whatever the canvas shows."""
        document = self._document
        if document is None:
            return
        everything: list[Garment] = list(document.garments)
        self.page.update_garments(everything, [garment.id for garment in everything])
        self.page.update_image(document.image)
        self.page.show_undo(document.undo_title, document.redo_title)
        self.changed.emit()

    def _categories_changed(self) -> None:
        if self.canvas.busy:
            # Not out of the hand of somebody who draws.
            QTimer.singleShot(200, self, self._categories_changed)
            return
        self.page.set_categories(self._session.categories)
        self._show_as_it_is()

    def _images_changed(self, ids: frozenset[int]) -> None:
        """Somebody else in this program, such as Browse, has changed images."""
        document = self._document
        if document is not None and not self._own and (not ids or document.image.id in ids):
            self.saving.refresh()

    def _leave(self) -> None:
        """The image is in the store no more: show none till another one is opened."""
        self._document = None
        self.saving.open(None)
        self.page.show_nothing("The image was taken out of the store")
        self.changed.emit()

    # -- the store ------------------------------------------------------------------------------

    def _opened(self) -> None:
        self._beside.opened()
        self._words.opened()
        self.page.set_read_only(self._session.needed().read_only)

    def _closing(self) -> None:
        self._document = None
        self.saving.open(None)
        self._walk = Walk()
        self.page.show_nothing()
        self._beside.clear()
        self.reviewing.show(None, self._walk.ids, -1)
        self.changed.emit()

    def _locate(self) -> None:
        """Ask where the pictures of the image's dataset lie now."""
        if self._document is not None:
            self.pictures_wanted.emit(self._document.image.dataset_id)

    def show_again(self) -> None:
        """Show the image anew: its picture may lie elsewhere now."""
        if self._document is not None:
            self._show(self._walk)

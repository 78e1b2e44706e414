"""What is done to the image in Annotate goes into the store; what cannot be saved now is kept in hand."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDialog, QLineEdit

from app.session import Session
from store.document import Edit
from store.errors import AwayError, ConflictError, GoneError, StoreError, StudioError
from widgets.pages.annotate import AnnotatePage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from store.db.news import News
    from store.db.revisions import Revision, RevisionKind
    from store.document import KeepingDocument
    from store.document.clash import Choice, Clash, Key
    from store.document.document import Seen

_log = logging.getLogger(__name__)
#: While the person drags or types, what others have saved waits; then it is looked again, in milliseconds.
_AGAIN = 150
#: A server that was away for a moment only is tried again after so long, in milliseconds.
_BACK = 1000


class Saving(QObject):
    """Saves edits of one document, brings in what others save, and asks where somebody else was first.

    ``failed(StudioError)``: something could not be done. ``changed()``: what is in hand is another.
    ``refused()``: the document is to be shown as it is, whatever the canvas shows.
    ``dialog_wanted(QDialog)``: run it till it is closed. ``left()``: the image is gone and its changes are
    put aside; go elsewhere.
    """

    failed = Signal(object)
    changed = Signal()
    refused = Signal()
    dialog_wanted = Signal(object)
    left = Signal()

    def __init__(self, session: Session, page: AnnotatePage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._page = session, page
        self._document: KeepingDocument | None = None
        self._asking = self._gone = False
        #: What the store could not save what is in hand for, where it is neither away nor in conflict.
        self._why: StoreError | None = None
        self._said = ""
        self._again = QTimer(self, interval=_AGAIN, singleShot=True)
        self._again.timeout.connect(self.refresh)
        session.others.written.connect(self._written)
        session.others.away_changed.connect(self._away_changed)
        page.unsaved.pressed.connect(self.decide)

    # -- the document ---------------------------------------------------------------------------

    def open(self, document: KeepingDocument | None) -> None:
        """This is the image now; what is left in hand of it is saved, or asked about."""
        self._document, self._gone, self._why = document, False, None
        self._again.stop()
        self._tell()
        if document is not None and document.held:
            QTimer.singleShot(0, self, self.retry)

    @property
    def unsaved(self) -> str:
        """Why there are changes that are not saved, in short; "" where all is saved."""
        document = self._document
        if document is None or not document.held:
            return ""
        count = len(document.held)
        changes = "1 change" if count == 1 else f"{count} changes"
        if self._gone:
            return f"the image is gone, {changes} in hand"
        if self._session.others.away:
            return f"the server is away, {changes} in hand"
        return f"{changes} in hand"

    def may_leave(self) -> bool:
        """Whether another image may be shown: nothing of this one is in hand, or what was is saved now."""
        document = self._document
        if document is not None and document.held and not self._session.others.away:
            self.retry()
        return document is None or not document.held

    # -- saving ---------------------------------------------------------------------------------

    def save(self, edit: Edit) -> bool:
        """Save an edit; False where it is in hand only, or is not taken."""
        document = self._document
        if document is None:
            return False
        if document.held:
            # One behind the other: it is made from what is in hand.
            self._hold(document, edit)
            if not self._session.others.away:
                self._soon(self.retry)
            return False
        try:
            document.apply(edit)
        except AwayError as error:
            self._hold(document, edit, uncertain=True)
            _log.warning("in hand: %s", error)
            self._wait_for_server()
        except ConflictError as error:
            self._hold(document, edit)
            _log.info("somebody else was first: %s", error)
            self._soon(self.decide)
        except StudioError as error:
            if isinstance(error, StoreError) and self._session.writable:
                self._why = error
                self._hold(document, edit)
            else:
                self.refused.emit()
            self.failed.emit(error)
        else:
            return True
        return False

    def take_back(self, kind: RevisionKind) -> Revision | None:
        """Undo or redo; what was changed, None for nothing.

        Where somebody else has changed the garment since, both versions are shown as with any other edit.
        """
        document = self._document
        if document is None:
            return None
        try:
            made = document.undo() if kind.value == "undo" else document.redo()
            if kind.value == "redo" and document.held and not self._session.others.away:
                self._soon(self.retry)
            return made
        except GoneError as error:
            self.failed.emit(error)
        except ConflictError as error:
            self._take_back_anyway(document, kind, error)
        except StudioError as error:
            self.refused.emit()
            self.failed.emit(error)
        finally:
            self._tell()
        return None

    def _take_back_anyway(self, document: KeepingDocument, kind: RevisionKind, error: ConflictError) -> None:
        try:
            edit = document.as_edit(kind)
        except StudioError as unread:
            self.failed.emit(unread)
            return
        if edit is None:
            self.refresh()
            self.failed.emit(error)
            return
        self._hold(document, edit)
        self.decide()
        if edit.title in {one.title for one in document.held}:
            # Put off: nothing of one's own is lost by not taking it back.
            document.put_off()

    def retry(self) -> None:
        """Save what is in hand; where somebody else was first, ask."""
        document = self._document
        if document is None or not document.held or self._asking:
            return
        self._why = None
        try:
            count = document.save_held()
        except AwayError:
            self._wait_for_server()
        except ConflictError:
            self.decide()
        except StoreError as error:
            self._why = error
            self._tell()
            self.failed.emit(error)
        else:
            self._tell()
            self._page.say(
                "The change in hand is saved" if count == 1 else f"{count} changes in hand are saved"
            )

    def _hold(self, document: KeepingDocument, edit: Edit, *, uncertain: bool = False) -> None:
        try:
            document.hold(edit, uncertain=uncertain)
        except StudioError as error:
            self.failed.emit(error)
        self._tell()

    def _wait_for_server(self) -> None:
        """What is in hand is saved when the server is back; it may be already, and nobody would say so."""
        self._session.others.look()
        self._tell()
        if not self._session.others.away:
            QTimer.singleShot(_BACK, self, self.retry)

    def _soon(self, what: Callable[[], None]) -> None:
        """Not in the middle of a mouse event."""
        QTimer.singleShot(0, self, what)

    # -- somebody else was first ----------------------------------------------------------------

    def decide(self) -> None:
        """Show both versions of what is in hand, and do with them as the person chooses."""
        document = self._document
        if document is None or not document.held or self._asking:
            return
        if self._gone:
            self._put_aside(document)
            return
        if self._why is not None or document.uncertain:
            # Where somebody else was first, it leads here again.
            self.retry()
            return
        try:
            clashes = document.clashes()
        except GoneError:
            self._gone = True
            self._tell()
            return
        except StudioError as error:
            self._tell()
            self.failed.emit(error)
            return
        choices: Mapping[Key, Choice] | None = {}
        if clashes:
            choices = self._ask(document, clashes)
        if choices is not None:
            self._settle(document, clashes, choices)
        self._tell()

    def _ask(self, document: KeepingDocument, clashes: tuple[Clash, ...]) -> Mapping[Key, Choice] | None:
        """What the person chooses; None where that is put off."""
        from widgets.dialogs.conflict import ConflictDialog, Scene

        canvas = self._page.canvas
        scene = Scene(
            canvas.image,
            canvas.image_size,
            document.garments,
            document.stored_garments,
            self._session.categories,
        )
        dialog = ConflictDialog(clashes, scene, self._page.window())
        self._asking = True
        self.dialog_wanted.emit(dialog)
        self._asking = False
        self._page.to_canvas()
        return dialog.choices() if dialog.result() == QDialog.DialogCode.Accepted else None

    def _settle(
        self, document: KeepingDocument, clashes: tuple[Clash, ...], choices: Mapping[Key, Choice]
    ) -> None:
        try:
            document.settle(clashes, choices)
        except GoneError:
            self._gone = True
        except ConflictError:
            # Once more while the person was choosing.
            self._soon(self.decide)
        except AwayError as error:
            _log.warning("in hand: %s", error)
            self._wait_for_server()
        except StudioError as error:
            self.failed.emit(error)

    def _put_aside(self, document: KeepingDocument) -> None:
        """The image is in the store no more: its changes are kept in their file, for whoever wants them."""
        try:
            kept = document.set_aside()
        except StudioError as error:
            self.failed.emit(error)
            return
        self._session.images_changed.emit(frozenset())
        self.left.emit()
        self._tell()
        self._page.say(f"Your changes of the image that is gone are kept in {kept}" if kept else "")

    # -- what others do -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring in what others have saved, once the person neither drags nor types."""
        document = self._document
        if document is None:
            return
        if self._busy():
            self._again.start()
            return
        self._session.others.desk.ask(
            "annotate.image", document.read, lambda seen: self._take(document, seen), self._unread
        )

    def _take(self, document: KeepingDocument, seen: Seen) -> None:
        if document is not self._document:
            return
        if self._busy():
            self._again.start()
        else:
            document.take(seen)

    def _unread(self, error: StudioError) -> None:
        _log.info("the image was not read again: %s", error)
        if isinstance(error, GoneError):
            self._gone = True
            self._tell()

    def _busy(self) -> bool:
        """Whether something is being dragged, typed into a field of the page, or decided in a dialog."""
        if self._page.canvas.busy or self._asking:
            return True
        typing = QApplication.focusWidget()
        if isinstance(typing, QAbstractSpinBox):
            typing = typing.findChild(QLineEdit)
        return isinstance(typing, QLineEdit) and self._page.isAncestorOf(typing) and typing.isModified()

    def _written(self, news: News) -> None:
        document = self._document
        if document is None or (news.images is not None and document.image.id not in news.images):
            return
        if news.others is None or document.image.id in news.others:
            self.refresh()
            return
        # The last to write was this window; before it somebody else may have.
        self._session.others.desk.ask(
            "annotate.known",
            document.knows_all,
            lambda known: None if known else self.refresh(),
            self._unread,
        )

    def _away_changed(self, away: bool) -> None:
        self._tell()
        if not away:
            self.refresh()
            self.retry()

    def _tell(self) -> None:
        """Say over the canvas what is not saved, and why."""
        document, card = self._document, self._page.unsaved
        held = () if document is None else document.held
        many = len(held) > 1
        if self._gone:
            kept = "Your changes of it can be kept in a file" if held else "It cannot be changed any more"
            card.say("This image was taken out of the store", kept, "Keep them in a file" if held else "")
        elif not held:
            card.hide()
        elif self._why is not None:
            words = f"{len(held)} changes of yours are" if many else "Your change is"
            card.say(f"{words} not saved", self._why.what, "Try again", "Ctrl+S")
        elif self._session.others.away or (document is not None and document.uncertain):
            words = f"{len(held)} changes are in hand and are" if many else "1 change is in hand and is"
            card.say("The server cannot be reached", f"{words} saved when it is back; go on with this image")
        else:
            words = f"{len(held)} changes of yours are" if many else "Your change is"
            card.say(f"{words} not saved", "Somebody else has changed the same garment", "Compare", "Ctrl+S")
        said = self.unsaved
        if said != self._said:
            self._said = said
            self.changed.emit()

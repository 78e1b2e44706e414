"""Browse: one change of many images, watched, stopped, undone and made again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers import away
from app.controllers.retrieval.work import LongWork
from app.session import Session
from resources.taxonomy import Category
from store.errors import AwayError, StudioError
from store.progress import Progress
from store.records import Review
from widgets.browser.ticks import ticks
from widgets.pages.browse import BrowsePage

if TYPE_CHECKING:
    from store.document.many import Outcome, Wish

_log = logging.getLogger(__name__)
#: What takes longer than this shows how far it is, in seconds.
_SHOWN_AFTER = 0.7
#: Of more changed images than these it is only said that there are some.
_MANY = 5000


class ManyController(QObject):
    """Joins the wishes of the selection bar to the store.

    ``changed`` after images have changed. ``titles_changed`` when something else can be undone or made again.
    ``dialog_wanted(QDialog)``: it should be shown till it is closed.
    """

    changed = Signal()
    titles_changed = Signal()
    dialog_wanted = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, page: BrowsePage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._page = session, page
        self._undo: list[Outcome] = []
        self._redo: list[Outcome] = []
        self._began = 0.0
        #: The server went away in the middle: nobody knows whether what was asked last is saved.
        self._unsure = False
        self._work = LongWork(session, self)
        self._work.told.connect(self._told)
        page.review_wanted.connect(self.review)
        page.tag_wanted.connect(self.ask_tag)
        page.category_wanted.connect(lambda ids: self._ask_garments(ids, choose=True))
        page.swap_wanted.connect(lambda ids: self._ask_garments(ids, choose=False))
        page.work_bar.cancel_wanted.connect(self._work.stop)
        page.work_bar.undo_wanted.connect(self.undo)
        session.opened.connect(self._opened)
        session.closing.connect(self._reset)
        session.others.away_changed.connect(self._away_changed)

    @property
    def busy(self) -> bool:
        """Whether images are being changed now."""
        return self._work.busy()

    @property
    def undo_title(self) -> str:
        """What :meth:`undo` would take back, or ""."""
        return _title(self._undo[-1]) if self._undo and not self.busy else ""

    @property
    def redo_title(self) -> str:
        """What :meth:`redo` would make again, or ""."""
        return _title(self._redo[-1]) if self._redo and not self.busy else ""

    # -- what a person wants --------------------------------------------------------------------

    def review(self, ids: Sequence[int], review: Review) -> None:
        """Set the review of images."""
        if self._possible(ids):
            from store.document.many import reviewed

            self._change(reviewed(review), ids)

    def ask_tag(self, ids: Sequence[int]) -> None:
        """Ask which tag images should get or lose."""
        if not self._possible(ids):
            return
        store = self._session.needed()

        def offer(known: Sequence[str]) -> None:
            from store.document.many import tagged
            from widgets.dialogs.many import TagDialog

            dialog = TagDialog(len(ids), known, self._page.window())
            dialog.accepted.connect(lambda: self._change(tagged(dialog.tag, dialog.adds), ids))
            self.dialog_wanted.emit(dialog)

        self._session.desk.ask("browse.tags", store.tags.all, offer, self.failed.emit)

    def _ask_garments(self, ids: Sequence[int], choose: bool) -> None:
        """Ask which garments of images change, and into what category or sides."""
        if not self._possible(ids):
            return
        store = self._session.needed()

        def offer(counts: dict[int, int]) -> None:
            from store.document.many import recategorised, swapped
            from widgets.dialogs.many import GarmentsDialog

            known = self._session.categories
            title = "Change category" if choose else "Swap left and right"
            dialog = GarmentsDialog(
                title, counts, known, first=self._filtered(), choose=choose, parent=self._page.window()
            )

            def start() -> None:
                wish = recategorised(known[dialog.category], known, dialog.of) if choose else None
                self._change(wish or swapped(known, dialog.of), ids)

            dialog.accepted.connect(start)
            self.dialog_wanted.emit(dialog)

        self._session.desk.ask(
            "browse.garments", lambda: store.statistics.categories_of(ids), offer, self.failed.emit
        )

    def undo(self) -> None:
        """Take back the last change of many images."""
        if not self.undo_title or not self._reached():
            return
        from store.document.many import undo_many

        done, store, author = self._undo[-1], self._session.needed(), self._session.settings.author

        def taken_back(outcome: Outcome) -> None:
            _moved(outcome, self._undo, self._redo)
            words = f"Taken back: {_title(outcome)}{_stayed(outcome.left)}"
            self._told_end(outcome, words, undo=outcome.stopped)

        self._run(
            lambda progress: undo_many(store, done, author=author, progress=progress),
            taken_back,
            f"Taking back: {done.title}",
        )

    def redo(self) -> None:
        """Make the change of many images again that was taken back last."""
        if not self.redo_title or not self._reached():
            return
        from store.document.many import redo_many

        done, store, author = self._redo[-1], self._session.needed(), self._session.settings.author

        def made_again(outcome: Outcome) -> None:
            _moved(outcome, self._redo, self._undo)
            words = f"Made again: {_title(outcome)}{_stayed(outcome.left)}"
            self._told_end(outcome, words, undo=True)

        self._run(
            lambda progress: redo_many(store, done, author=author, progress=progress),
            made_again,
            f"Making again: {done.title}",
        )

    # -- doing it -------------------------------------------------------------------------------

    def _possible(self, ids: Sequence[int]) -> bool:
        return self._session.writable and bool(len(ids)) and not self.busy and self._reached()

    def _reached(self) -> bool:
        """Whether the database answers; where it does not, that is said."""
        if self._session.others.away:
            self.failed.emit(away.refusal())
        return not self._session.others.away

    def _change(self, wish: Wish, ids: Sequence[int]) -> None:
        if not self._possible(ids):
            return
        from store.document.many import change_many

        store, author = self._session.needed(), self._session.settings.author

        def done(outcome: Outcome) -> None:
            if outcome.group:
                self._undo.append(outcome)
                self._redo.clear()
            words = _title(outcome) if len(outcome.changed) else f"{outcome.title}: nothing to change"
            if outcome.stopped:
                words = f"Stopped. {words} of {len(ids):,}"
            self._told_end(outcome, words, undo=bool(outcome.group))

        self._run(
            lambda progress: change_many(store, wish, ids, author=author, progress=progress),
            done,
            wish.title,
        )

    def _run(self, work: Callable[[Progress], Outcome], then: Callable[[Outcome], None], title: str) -> None:
        self._began = time.monotonic()
        self._page.set_writable(False)
        self._work.run(work, then, lambda error: self._refused(error, title), self._ended)
        self.titles_changed.emit()

    def _told(self, done: int, total: int, title: str) -> None:
        if self.busy and time.monotonic() - self._began > _SHOWN_AFTER:
            self._page.work_bar.show_progress(title, done, total)

    def _told_end(self, outcome: Outcome, words: str, undo: bool) -> None:
        _log.info("%s", words)
        self._page.work_bar.show_done(words, undo, good=not outcome.stopped)
        self._ended()
        if isinstance(outcome.error, AwayError):
            self._not_answered()
        elif len(outcome.changed):
            few = outcome.changed.tolist() if len(outcome.changed) <= _MANY else ()
            self._session.images_changed.emit(frozenset(few))
            self._session.refresh_totals()
            self.changed.emit()
        if outcome.error is not None:
            self.failed.emit(outcome.error)

    def _refused(self, error: StudioError, title: str) -> None:
        self._page.work_bar.hide()
        self._ended()
        if isinstance(error, AwayError):
            self._not_answered()
        else:
            self.changed.emit()
        self.failed.emit(away.in_words(error, title))

    def _not_answered(self) -> None:
        """What is shown is read again when the server is back, at once where it is already."""
        self._unsure = True
        self._session.others.look()
        self._away_changed(self._session.others.away)

    def _away_changed(self, gone: bool) -> None:
        """The server is back: an answer that was lost may have been that something was saved."""
        if gone or not self._unsure or not self._session.writable:
            return
        self._unsure = False
        self._session.images_changed.emit(frozenset())
        self._session.refresh_totals()
        self._ask_last(self._take_unanswered)

    def _take_unanswered(self, found: Outcome | None) -> None:
        """The last change of the store is one of many images, and this person's."""
        if found is None or self.busy:
            return
        known = self._undo[-1] if self._undo else None
        if known is not None and known.group == found.group:
            if len(known.changed) == len(found.changed):
                return
            self._undo.pop()
        self._undo.append(found)
        self._redo.clear()
        self._page.work_bar.show_done(f"Saved before the server went away: {_title(found)}", True, good=True)
        self.titles_changed.emit()

    def _ended(self) -> None:
        self._page.set_writable(self._session.writable)
        self.titles_changed.emit()

    def _opened(self) -> None:
        self._reset()

        def take(found: Outcome | None) -> None:
            if found is not None and not self._undo and not self._redo:
                self._undo.append(found)
                self.titles_changed.emit()

        if self._session.writable:
            self._ask_last(take)

    def _ask_last(self, take: Callable[[Outcome | None], None]) -> None:
        """Ask for the last change of many images, where it is the last that was done to the store."""
        store, author = self._session.needed(), self._session.settings.author

        def work() -> Outcome | None:
            from store.document.many import last_many

            return last_many(store, author=author)

        self._session.desk.ask("browse.last", work, take, self.failed.emit)

    def _reset(self) -> None:
        """Another store, or none: its changes cannot be undone from here any more."""
        self._unsure = False
        self._undo.clear()
        self._redo.clear()
        self._page.work_bar.hide()
        self._page.set_writable(self._session.writable)
        self.titles_changed.emit()

    def _filtered(self) -> int:
        """The id of the category that the filter asks for, 0 where it asks for none or several."""
        asked = ticks(self._page.filter_text, {"category": [c.name for c in self._categories()]})["category"]
        return next((c.id for c in self._categories() if c.name in asked), 0) if len(asked) == 1 else 0

    def _categories(self) -> Sequence[Category]:
        return tuple(self._session.categories.values())


def _moved(part: Outcome, here: list[Outcome], there: list[Outcome]) -> None:
    """What was undone or made again goes to the other stack; what was stopped can be gone on with."""
    from store.document.many import joined, without

    done = here.pop()
    if part.stopped:
        here.append(without(done, part))
    if there and there[-1].group == part.group:
        there.append(joined(there.pop(), part))
    elif len(part.changed):
        there.append(part)


def _title(outcome: Outcome) -> str:
    count = len(outcome.changed)
    return f"{outcome.title} in {count:,} image{'' if count == 1 else 's'}"


def _stayed(count: int) -> str:
    return f"; {count:,} had been changed since and {'stays' if count == 1 else 'stay'}" if count else ""

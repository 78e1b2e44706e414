"""The history drawer of the page: comparing moments of the image, and restoring them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from store.document.comparing import differing, garment_words, image_words, moved
from store.document.recalling import Moment, around, moment, restore_garment, restore_image
from widgets.panels.compare import Comparison, Side, box_around
from widgets.panels.history import Entry, First, when

if TYPE_CHECKING:
    from widgets.pages.annotate.view import AnnotateView


class Recalled(QObject):
    """Joins the drawer to what is shown. ``edit_wanted`` carries an ``Edit``, ``large_wanted`` a
    ``Comparison`` that is to be shown in a window of its own; ``said`` is for the status bar."""

    edit_wanted = Signal(object)
    large_wanted = Signal(object)
    said = Signal(str)

    def __init__(self, view: AnnotateView) -> None:
        super().__init__(view)
        self._view, self._panel = view, view.history_panel
        self._revisions: Sequence[Entry] = ()
        #: The image that they are of, and whether there may be newer ones: they are read in a thread.
        self._image_id, self._old = 0, False
        self._found: Comparison | None = None
        self._panel.picked.connect(self.follow)
        self._panel.enlarge_wanted.connect(self._enlarge)
        self._panel.restore_wanted.connect(self.restore)
        view.selection_changed.connect(lambda _garment, _landmark: self.follow() if self.possible else None)
        self.follow()

    def wait(self) -> None:
        """The revisions are being read: what is listed till then is old, or of another image."""
        self._old = True
        if self._now() is None:
            self.follow()

    def show(self, revisions: Sequence[Entry]) -> None:
        """These are the revisions of the image, oldest first."""
        image = self._view.image
        self._image_id, self._old = image.id if image is not None else 0, False
        self._revisions = revisions
        self._panel.show_entries(revisions)

    @property
    def possible(self) -> bool:
        """Whether a moment is chosen that can be restored."""
        there = self._view.drawer.isVisible() and self._now() is not None
        return there and bool(self._panel.chosen) and not self._view.read_only

    def follow(self) -> None:
        """Compare what is chosen."""
        chosen, now = self._panel.chosen, self._now()
        self._found = self._compare(chosen, now) if chosen and now is not None else None
        restorable = "" if self._view.read_only or not chosen else "image"
        if restorable and now is not None and self._garment_of(chosen):
            restorable = "garment"
        canvas = self._view.canvas
        self._panel.show_comparison(self._found, canvas.image, self._view.categories, restorable)

    def _now(self) -> Moment | None:
        """The image as it is; None where there is none, or its history is not known yet."""
        if self._view.image is None or self._view.image.id != self._image_id:
            return None
        return Moment(self._view.image, {one.id: one for one in self._view.canvas.shown.garments})

    def _garment_of(self, chosen: Sequence[Entry]) -> int:
        """The garment that would be restored: that of the change, else the one that is selected."""
        return (chosen[-1].garment_id if chosen else 0) or self._view.canvas.selection.garment_id

    def _compare(self, chosen: Sequence[Entry], now: Moment) -> Comparison:
        """The change that is chosen, before and after; of two the moments behind both; of what was imported
        the difference to now."""
        last = self._told(chosen[-1])
        if len(chosen) == 2:
            first = self._told(chosen[0])
            upto = around(self._revisions, first)[1] if first is not None else 0
            titles = self._title(chosen[0]), self._title(chosen[1])
            then = around(self._revisions, last)[1] if last is not None else 0
        elif last is None:
            upto, then, titles = 0, self._newest(), ("As imported", "Now")
        else:
            upto, then = around(self._revisions, last)
            titles = "Before", f"After, {when(chosen[-1].at)}"
        before, after = (moment(now, self._revisions, one) for one in (upto, then))
        return self._comparison(before, after, titles)

    def _comparison(self, before: Moment, after: Moment, titles: tuple[str, str]) -> Comparison:
        shown, categories = self._view.canvas.shown, self._view.categories
        names = {key: one.name for key, one in categories.items()}
        ids = differing(before, after)
        lines = image_words(before.image, after.image)
        marked: dict[int, tuple[int, ...]] = {}
        for garment_id in ids:
            was, is_ = before.garments.get(garment_id), after.garments.get(garment_id)
            one = is_ or was
            assert one is not None
            said = garment_words(was, is_, shown.schema(one), names)
            head = f"{shown.number(garment_id) or ''} {shown.category_name(one)}".strip()
            lines += [f"{head}: {line}" for line in said] if len(ids) > 1 else said
            if was is not None and is_ is not None:
                found = moved(was, is_)
                marked[garment_id] = tuple({*found.places, *found.states})
        sides = [
            tuple(one.garments[i] for i in ids if i in one.garments)
            or tuple(() if ids else one.garments.values())
            for one in (before, after)
        ]
        box = box_around([*sides[0], *sides[1]], shown.size)
        return Comparison(
            Side(titles[0], sides[0], marked), Side(titles[1], sides[1], marked), tuple(lines), box
        )

    def _told(self, entry: Entry) -> Entry | None:
        """The revision of an entry; None for what was imported."""
        return None if isinstance(entry, First) else entry

    @staticmethod
    def _title(entry: Entry) -> str:
        return entry.title if isinstance(entry, First) else f"{when(entry.at)}  {entry.title}"

    def _newest(self) -> int:
        return self._revisions[-1].id if self._revisions else 0

    def _enlarge(self) -> None:
        if self._found is not None:
            self.large_wanted.emit(self._found)

    def restore(self, whole: bool) -> None:
        """Make the garment, or the whole image, again what it was behind the chosen change."""
        chosen, now = self._panel.chosen, self._now()
        if not chosen or now is None or self._view.read_only or self._view.canvas.busy:
            return
        if self._old:
            self.said.emit("The history is being read: press again")
            return
        told = self._told(chosen[-1])
        upto = around(self._revisions, told)[1] if told is not None else 0
        then = moment(now, self._revisions, upto)
        what = "as imported" if told is None else f"of {when(chosen[-1].at)}"
        if whole:
            edit = restore_image(now, then, f"Restore the image {what}")
        else:
            edit = restore_garment(now, then, self._garment_of(chosen), f"Restore the garment {what}")
        if edit is None:
            self.said.emit("It is so already")
        else:
            self.edit_wanted.emit(edit)

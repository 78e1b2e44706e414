"""The parts of the Annotate page, and how they follow the image and the selection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from resources.taxonomy import Category
from store.records import VISIBILITY_WORDS, Garment, Image, ImageState, Problem, Visibility
from widgets import style
from widgets.browser.thumbnails import Thumbnails
from widgets.canvas import Canvas, Picture, Pictures, Selection
from widgets.common import EmptyState, surface
from widgets.pages.annotate.arrangement import Arrangement
from widgets.pages.annotate.bars import AnnotateToolbar, ToolStrip
from widgets.pages.annotate.filmstrip import FilmRow, Filmstrip
from widgets.pages.annotate.guide import PlacingGuide
from widgets.pages.annotate.held import HeldPanels
from widgets.pages.annotate.masking import Masking
from widgets.pages.annotate.more import MorePanels
from widgets.pages.annotate.notice import Notice, Unsaved
from widgets.pages.annotate.predictions import Predictions
from widgets.panels.facts import FactsPanel
from widgets.panels.garments import GarmentsPanel, proposal_id, rows_of
from widgets.panels.history import HistoryPanel
from widgets.panels.image_problems import ImageProblems
from widgets.panels.landmarks import LandmarksPanel
from widgets.panels.predictions import PredictionsPanel

#: The sheet of an image of which nothing at all is known.
UNKNOWN_SIZE = (1000, 1000)


class AnnotateView(QWidget):
    """The parts of the page. Shows what it is given; the page above it says what can be done."""

    #: A picture was shown or could not be: ``Picture``. Not sent where the file was known to be missing.
    picture_shown = Signal(object)
    #: The selected garment (0: none) and landmark (-1: none) changed, whoever changed them.
    selection_changed = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self.setAccessibleName("Annotate")
        self.image: Image | None = None
        self.read_only = False
        self._categories: Mapping[int, Category] = {}
        self._path: Path | None = None
        self._undo: tuple[str | None, str | None] = (None, None)
        self.pictures = Pictures(self)
        self.pictures.ready.connect(self._picture_ready)
        self.canvas = Canvas()
        self.toolbar = AnnotateToolbar()
        self.strip = ToolStrip()
        self.filmstrip = Filmstrip()
        self.notice = Notice(self.canvas)
        self.unsaved = Unsaved(self.canvas)
        self.guide = PlacingGuide(self.canvas)
        self.garments_panel = GarmentsPanel()
        self.facts_panel = FactsPanel()
        self.more = MorePanels(self)
        self.landmarks_panel = LandmarksPanel()
        self.problems_panel = ImageProblems()
        self.predictions_panel = PredictionsPanel()
        self.history_panel = HistoryPanel()
        self.predictions = Predictions(self)
        self.masking = Masking(self)
        self.empty = EmptyState("photo", "Open an image from Browse to correct its landmarks", "Go to Browse")
        self._arrangement = Arrangement(self)
        self.side, self.drawer = self._arrangement.side, self._arrangement.drawer
        self.right, self.banner = self._arrangement.right, self._arrangement.banner
        self._held = HeldPanels((self.right, self.filmstrip, self.toolbar), self)
        self._connect()
        self.toolbar.show_undo(None, None)
        for layer in ("landmarks", "masks", "boxes", "predictions"):
            self.toolbar.layers.set_on(layer, True)
        self.strip.show_tool(self.canvas.tool)
        self._arrangement.fit()
        style.changed.connect(self._dress)
        self.show_nothing()

    def _connect(self) -> None:
        # Queued: not in the middle of the paint.
        self.canvas.painted.connect(self._held.release, Qt.ConnectionType.QueuedConnection)
        self.setFocusProxy(self.canvas)
        for part in (self.toolbar, self.filmstrip, self.landmarks_panel.legend, self.predictions_panel):
            for button in part.findChildren(QAbstractButton):
                # A click on a button leaves the keys where they are: on the canvas, most often.
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.canvas.installEventFilter(self)
        self.canvas.zoom_changed.connect(self.toolbar.show_zoom)

    # --- the image -------------------------------------------------------------------------------

    def show_nothing(self, sentence: str = "", button: str = "Go to Browse") -> None:
        """No image: say why, and how to get one."""
        self.image = None
        self._path = None
        self.pictures.show(None)
        self.canvas.show_garments([], {})
        if sentence:
            self.empty.say(sentence, button)
        self._arrangement.show_work(False)
        self.filmstrip.show_review(None)

    def show_image(
        self,
        image: Image,
        picture_path: Path | None,
        garments: Sequence[Garment],
        categories: Mapping[int, Category],
        position: int,
        total: int,
        ahead: Sequence[Path] = (),
    ) -> None:
        """Show an image: ``position`` is its 0-based place among ``total``.

        ``picture_path`` None or a state other than present gives a blank sheet. ``ahead`` are the
        pictures to decode for later, the likeliest first. Zoom and landmark number stay.
        """
        canvas = self.canvas
        category, landmark = self._kept()
        same = self.image is not None and image.id == self.image.id
        hidden = canvas.shown.hidden if same else frozenset()
        self.image, self._categories = image, categories
        self.predictions.clear()
        self._arrangement.show_work(True)
        canvas.shown.hidden = hidden
        there = picture_path is not None and image.state is ImageState.PRESENT
        self._path = picture_path if there else None
        picture = self.pictures.show(self._path, ahead)
        canvas.wait()
        self._held.hold()
        canvas.show_picture(picture.image if picture else None, *self._sheet(image))
        canvas.show_garments(garments, categories, self._first(garments, category, landmark))
        if picture is not None or not there:
            canvas.end_wait()
        self._to_landmark()
        self._say_whether(there, image)
        if picture is not None:
            self.picture_shown.emit(picture)
        self._say_place(position, total)
        self.show_review()
        self._follow(rows=True)

    def _say_whether(self, there: bool, image: Image) -> None:
        if there:
            self.notice.hide()
        else:
            self._say_missing(image)

    def _kept(self) -> tuple[int, int]:
        """Category and landmark of the selection, to be kept for the next image."""
        selection = self.canvas.selection
        garment = self.canvas.shown.garment(selection.garment_id)
        return (garment.category_id if garment else 0), selection.landmark

    @staticmethod
    def _first(garments: Sequence[Garment], category: int, landmark: int) -> Selection:
        """The garment of the category that was selected before, or the first one."""
        same = next((one for one in garments if one.category_id == category), None)
        chosen = same or next(iter(garments), None)
        return Selection(chosen.id, landmark) if chosen is not None else Selection()

    @staticmethod
    def _sheet(image: Image) -> tuple[int, int]:
        return (image.width, image.height) if image.width and image.height else UNKNOWN_SIZE

    def _to_landmark(self) -> None:
        """With a zoom that was kept, bring the landmark that was kept into view."""
        selection, shown = self.canvas.selection, self.canvas.shown
        garment = shown.garment(selection.garment_id)
        if garment is not None and shown.is_drawn(garment, selection.landmark):
            self.canvas.make_visible(*shown.drawn(garment)[selection.landmark].tolist())

    def _picture_ready(self, picture: Picture) -> None:
        if picture.path != self._path or self.image is None:
            return
        if picture.error:
            self.notice.say(f"{Path(self.image.name).name} cannot be read: {picture.error}")
        else:
            self.canvas.show_picture(picture.image, *self._sheet(self.image))
        self.canvas.end_wait()
        self.picture_shown.emit(picture)

    def _say_missing(self, image: Image) -> None:
        word = "cannot be read" if image.state is ImageState.UNREADABLE else "is missing"
        self.notice.say(f"{Path(image.name).name} {word}")

    def _say_place(self, position: int, total: int) -> None:
        if self.image is None:
            return
        self.toolbar.name.set_full_text(Path(self.image.name).name)
        self.toolbar.name.setToolTip(self.image.name)
        self.toolbar.place.setText(f"{position + 1:,} of {total:,}")
        self.toolbar.previous.setEnabled(position > 0)
        self.toolbar.next.setEnabled(position + 1 < total)
        self._arrangement.fit()

    def update_image(self, image: Image) -> None:
        """The row of the image changed: its review state, most often."""
        self.image = image
        self.show_review()
        self.more.notes.follow()

    def show_review(self) -> None:
        """Let the review buttons say what the image is."""
        review = self.image.review if self.image is not None and not self.read_only else None
        self.filmstrip.show_review(review)

    def update_garments(self, garments: Sequence[Garment], changed_ids: Iterable[int]) -> None:
        """Show changed garments of the same image; the selection stays where it is still there.

        A garment that was not there before is selected.
        """
        before = {one.id for one in self.canvas.shown.garments}
        new = [one.id for one in garments if one.id not in before]
        self.canvas.update_garments(garments, self._categories, changed_ids)
        if new and before:
            self.canvas.select(new[-1])
        elif new:
            self.canvas.select(new[0])
        self._follow(rows=True)
        self.predictions.choose_if_alone()

    def set_categories(self, categories: Mapping[int, Category]) -> None:
        """The store's categories are others now; the garments are shown anew by who has them."""
        self._categories = categories

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show what is wrong with the image; nothing hides the section."""
        self.problems_panel.show_problems(problems)

    def show_undo(self, undo_title: str | None, redo_title: str | None) -> None:
        """Titles of what would be undone and redone, None for nothing."""
        self._undo = (undo_title, redo_title)
        self.toolbar.show_undo(undo_title, redo_title)

    def show_filmstrip(self, rows: Sequence[FilmRow], current: int) -> None:
        """Show the images around the current one; ``current`` is its 0-based row in the whole list."""
        self.filmstrip.show_rows(rows, current)

    def set_thumbnails(self, thumbnails: Thumbnails | None) -> None:
        """Where the filmstrip's pictures come from; one of the page's own."""
        self.filmstrip.set_thumbnails(thumbnails)

    def warn(self, text: str) -> None:
        """Say something under the toolbar that goes by itself; "" takes it back."""
        self.banner.setVisible(bool(text))
        if text:
            self.banner.show_message("warn", text)

    def set_read_only(self, read_only: bool) -> None:
        """Disable what would write, because the store cannot be written to."""
        self.read_only = read_only
        reason = "The store is read-only" if read_only else ""
        for part in (self.facts_panel, self.landmarks_panel.legend, self.garments_panel.new_button):
            part.setEnabled(not read_only)
            part.setToolTip(reason)
        self.more.set_read_only(read_only, reason)
        self.masking.follow()
        self.show_review()

    def close_pictures(self) -> None:
        """Wait for what is being decoded or looked for; to be called before the page goes."""
        self.masking.close()
        self.pictures.close()

    # --- the selection ---------------------------------------------------------------------------

    def _follow(self, *, rows: bool = False) -> None:
        """Let all parts say what the canvas has selected."""
        shown, selection = self.canvas.shown, self.canvas.selection
        if rows:
            self.predictions.rematch()
            proposed = [proposal_id(one.number) for one in (self.predictions.chosen,) if one is not None]
            found = [*rows_of(shown), *self.predictions.rows()]
            self.garments_panel.show_rows(found, selection.garment_id or next(iter(proposed), 0))
        self.predictions.follow()
        chosen = self.predictions.chosen
        if not rows:
            proposed_id = 0 if chosen is None else proposal_id(chosen.number)
            self.garments_panel.select(selection.garment_id or proposed_id)
        self.facts_panel.show_garment(shown.garment(selection.garment_id), self._categories)
        self.more.follow()
        self.masking.follow()
        self.landmarks_panel.show_garment(
            shown, selection, self.predictions.compared, proposed=chosen is not None
        )
        self.guide.follow()
        self.selection_changed.emit(selection.garment_id, selection.landmark)

    @property
    def categories(self) -> Mapping[int, Category]:
        """The store's categories by id."""
        return self._categories

    def follow_proposals(self) -> None:
        """Let all parts say what is proposed now."""
        self._follow(rows=True)

    def follow_selection(self) -> None:
        """Let all parts say what is selected now."""
        self._follow()

    def go_to_landmark(self, garment_id: int, landmark: int) -> None:
        """Select a landmark of a garment and bring it into view."""
        self.canvas.select(garment_id, landmark)
        self._follow()
        self._to_landmark()

    def selection_words(self) -> str:
        """What is selected, for the status bar: "garment 1   landmark 32   visible"."""
        shown, selection = self.canvas.shown, self.canvas.selection
        garment = shown.garment(selection.garment_id)
        if garment is None:
            chosen = self.predictions.chosen
            return "" if chosen is None else f"proposed {shown.category_of(chosen.category_id)[0]}"
        words = [f"garment {shown.number(garment.id)}"]
        if len(selection.landmarks) > 1:
            words.append(f"{len(selection.landmarks)} landmarks")
        elif selection.landmark >= 0:
            state = Visibility(int(garment.visibility[selection.landmark]))
            words += [f"landmark {selection.landmark + 1}", VISIBILITY_WORDS[state]]
        return "   ".join(words)

    # --- size ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrangement.fit()

    def _dress(self) -> None:
        self._arrangement.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.canvas and event.type() == QEvent.Type.Resize:
            self.notice.place()
            self.unsaved.place()
            self.guide.place()
        return super().eventFilter(watched, event)

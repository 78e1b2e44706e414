"""The sweep: one landmark of the garments that Browse shows, corrected one after the other.

It has a page of its own and no place on the rail: it looks at what Browse's filter selects, as Annotate does,
and one goes back there. Every correction is an edit of its image, saved before the click returns.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.actions.action import State
from app.controllers.browse import BrowseController
from app.controllers.retrieval.work import LongWork
from app.controllers.sweep_edits import Make, SweepEdits
from app.controllers.sweep_reading import BY_SHAPE, Wish, reading, runs_of, tile_of
from app.session import Session
from resources.taxonomy import Category
from store.document.edits import Edit, move_landmarks, set_visibility, swap_sides
from store.document.landmark_edits import with_corners
from store.errors import StudioError
from store.geometry import clip_points
from store.records import Garment, Image, Visibility
from widgets.pages.sweep import Choice, SweepPage, Tile
from widgets.pages.sweep.records import Subject

if TYPE_CHECKING:
    from store.db import Store
    from store.sweeping import Shapes, Sweep

_log = logging.getLogger(__name__)
#: Of more images than these that have changed, all garments are read anew at the next look.
_FEW = 100


class SweepController(QObject):
    """Joins the sweep page to the open store.

    ``changed()``: what can be done is another. ``annotate_wanted(int, int)``: image and garment, by id.
    """

    changed = Signal()
    failed = Signal(object)
    browse_wanted = Signal()
    annotate_wanted = Signal(int, int)
    #: The page is to be shown; its landmark is that of Annotate, where one is selected there.
    opened = Signal()

    def __init__(self, session: Session, browse: BrowseController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._browse = session, browse
        self.page = SweepPage()
        self.edits = SweepEdits(session, self)
        self.work = LongWork(session, self)
        self._ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._wish = Wish()
        self._shapes: Shapes | None = None
        self._looked_at: Category | None = None
        self._sweep: Sweep | None = None
        self._changed_ids: set[int] = set()
        self._connect()

    def _connect(self) -> None:
        page = self.page
        page.category_chosen.connect(lambda key: self._choose(category_id=int(key), landmark=0))
        page.landmark_chosen.connect(lambda key: self._choose(landmark=int(key)))
        page.order_chosen.connect(lambda key: self._choose(order=key))
        page.back_wanted.connect(self.browse_wanted)
        page.stop_wanted.connect(self.work.stop)
        page.wall.moved.connect(self._move)
        page.wall.current_changed.connect(lambda _row: self._tell())
        page.wall.marked_changed.connect(self._tell)
        page.wall.open_wanted.connect(self._open)
        self.work.told.connect(
            lambda done, total, words: page.show_working(done / total if total else 0.0, words)
        )
        self.edits.failed.connect(self.failed)
        self.edits.saved.connect(self._take)
        self.edits.many_saved.connect(self._take_many)
        self._session.closing.connect(self._closing)
        self._session.images_changed.connect(self._images_changed)
        self._session.categories_changed.connect(self._categories_changed)

    # -- what is looked at ----------------------------------------------------------------------

    def open(self) -> None:
        """Show the page."""
        self.opened.emit()

    def show(self, category_id: int = 0, landmark: int = -1) -> None:
        """Look at a landmark of the garments that Browse shows; of the category and landmark that were looked
        at last, or the first there are, where none is named."""
        if self._session.store is None:
            return
        self._ids = np.array(self._browse.slice.ids)
        self._shapes = None
        own = category_id or self._wish.category_id
        worn = [one for one in self._categories() if one.id == own] or self._categories()[:1]
        if not worn:
            self.page.show_empty("No category of this store has landmarks")
            return
        same = worn[0].id == self._wish.category_id
        index = landmark if landmark >= 0 else self._wish.landmark if same else 0
        self.page.set_read_only(not self._session.writable)
        self._choose(category_id=worn[0].id, landmark=index)

    def _categories(self) -> list[Category]:
        known = self._session.categories
        return [known[number] for number in sorted(known) if known[number].schema.size]

    def _choose(
        self, category_id: int | None = None, landmark: int | None = None, order: str | None = None
    ) -> None:
        wish = self._wish
        if category_id is not None and category_id != wish.category_id:
            self._shapes = None
        self._wish = wish = Wish(
            wish.category_id if category_id is None else category_id,
            wish.landmark if landmark is None else landmark,
            wish.order if order is None else order,
        )
        category = self._session.categories.get(wish.category_id)
        if category is None or not category.schema.size:
            return
        self._wish = wish = replace(wish, landmark=min(wish.landmark, category.schema.size - 1))
        self._offer(category)
        self._read(category)

    def _categories_changed(self) -> None:
        """The wall is read anew where the very category that is looked at has another schema."""
        category = self._session.categories.get(self._wish.category_id)
        if category is None or self._session.store is None:
            return
        if category == self._looked_at:
            self._offer(category)
        else:
            self._shapes = None
            self._choose()

    def _offer(self, category: Category) -> None:
        page, wish = self.page, self._wish
        categories = [Choice(str(one.id), one.name) for one in self._categories()]
        page.offer(page.category, categories, str(wish.category_id))
        names = [Choice(str(i), f"{i + 1}  {name}") for i, name in enumerate(category.schema.names)]
        page.offer(page.landmark, names, str(wish.landmark))
        folder = self._session.needed().folder
        self._session.desk.ask("sweep.runs", lambda: runs_of(folder), self._take_runs, self.failed.emit)

    def _take_runs(self, choices: tuple[Choice, ...]) -> None:
        self.page.offer(self.page.order, (BY_SHAPE, *choices), self._wish.order)

    def _read(self, category: Category) -> None:
        self._looked_at = category
        self.page.show_working(0.0)
        work = reading(
            self._session.needed(), self._wish, category, self._session.categories, self._ids, self._shapes
        )
        self.work.run(
            work, self._show, self._refused, lambda: self.page.show_empty("The reading was stopped")
        )

    def _refused(self, error: StudioError) -> None:
        self.page.show_empty(str(error))
        self.failed.emit(error)

    def _show(self, found: tuple[Shapes, Sweep]) -> None:
        self._shapes, sweep = found
        self._sweep, self._changed_ids = sweep, set()
        category = sweep.category
        if not len(sweep):
            name = category.schema.names[sweep.landmark]
            self.page.show_empty(f"No {category.name} in this view has {name} labelled")
            return
        images = self._session.needed().images
        self.page.wall.crops.set_source(lambda image_id: images.path(images.get(image_id)))
        subject = Subject(category.schema, sweep.landmark, category.colour, category.name)
        self.page.show_rows(len(sweep), subject, self.tile)
        self._tell()

    def tile(self, row: int) -> Tile:
        """The crop of a row. IndexError where there is none."""
        if self._sweep is None:
            raise IndexError(row)
        return tile_of(self._sweep, row, self._changed_ids)

    def _tell(self) -> None:
        sweep, row = self._sweep, self.page.wall.current
        if sweep is None or not 0 <= row < len(sweep):
            self.page.show_words("")
        else:
            tile = self.tile(row)
            marked = f"{len(self.page.wall.marked):,} marked   " if self.page.wall.marked else ""
            place = f"{marked}{row + 1:,} of {len(sweep):,}   {tile.words}"
            self.page.show_words(f"{place}   {self._name(tile.image_id)}")
        self.changed.emit()

    def _name(self, image_id: int) -> str:
        try:
            if self._session.others.away:
                return f"image {image_id}"
            return self._session.needed().images.get(image_id).name
        except StudioError:
            # It was taken out of the store, or the server is away; either is said where something is done.
            return f"image {image_id}"

    # -- what is done ---------------------------------------------------------------------------

    @property
    def landmark(self) -> int:
        """The landmark that is looked at, by index."""
        return self._wish.landmark

    @property
    def current(self) -> int:
        """The current row, -1 for none."""
        return self.page.wall.current if self._sweep is not None and len(self._sweep) else -1

    def step(self, by: int = 1) -> None:
        """Go to the next crop."""
        self.page.wall.select(self.page.wall.current + by)

    def set_state(self, visibility: Visibility) -> None:
        """Set the state of the landmark in all marked crops; or in the current one, and go to the next."""
        sweep, row = self._sweep, self.current
        if sweep is None or row < 0:
            return
        index = sweep.landmark

        def make(garment: Garment, _image: Image) -> Edit:
            return set_visibility(garment, [index], visibility)

        if self.page.wall.marked:
            self._edit_marked(make)
        elif self._edit(row, make):
            self.step()

    def swap_sides(self) -> None:
        """Swap left and right of the garments of all marked crops, or of the current one."""
        sweep, row = self._sweep, self.current
        if sweep is None or row < 0 or not sweep.category.schema.swaps:
            return
        schema = sweep.category.schema

        def make(garment: Garment, _image: Image) -> Edit:
            return swap_sides(garment, schema)

        if self.page.wall.marked:
            self._edit_marked(make)
        else:
            self._edit(row, make)

    def _edit_marked(self, make: Make) -> None:
        """Make an edit of every marked garment, as one change of many images."""
        sweep = self._sweep
        if sweep is None or self._refuses():
            return
        shapes = sweep.shapes
        chosen: dict[int, set[int]] = {}
        for row in self.page.wall.marked:
            chosen.setdefault(int(shapes.image_ids[row]), set()).add(int(shapes.garment_ids[row]))
        self.edits.apply_many(chosen, shapes.points.shape[1], make)

    def take_expected(self) -> None:
        """Put the current crop's landmark where it should be, and go to the next."""
        row = self.current
        tile = self.tile(row) if row >= 0 else None
        if tile is not None and tile.expected is not None and self._put(row, *tile.expected):
            self.step()

    def nudge(self, dx: float, dy: float) -> None:
        """Move the current crop's landmark by image pixels."""
        sweep, row = self._sweep, self.current
        if sweep is not None and row >= 0:
            x, y = sweep.shapes.points[row, sweep.landmark].tolist()
            self._put(row, x + dx, y + dy)

    def _move(self, row: int, x: float, y: float) -> None:
        self._put(row, x, y)

    def _put(self, row: int, x: float, y: float) -> bool:
        sweep = self._sweep
        if sweep is None:
            return False
        index = sweep.landmark

        def moved(garment: Garment, image: Image) -> Edit:
            known = image.width > 0 and image.height > 0
            at = np.round(clip_points((x, y), image.width, image.height) if known else (x, y), 2).tolist()
            return with_corners(move_landmarks(garment, {index: (at[0], at[1])}))

        return self._edit(row, moved)

    def _edit(self, row: int, make: Make) -> bool:
        sweep = self._sweep
        if sweep is None or self._refuses():
            return False
        shapes = sweep.shapes
        return self.edits.apply(
            int(shapes.image_ids[row]), int(shapes.garment_ids[row]), shapes.points.shape[1], make
        )

    def _refuses(self) -> bool:
        """Whether nothing can be changed; it is said then."""
        if not self._session.writable:
            self.failed.emit(StudioError("The store is open read-only.", "Nothing was changed."))
        return not self._session.writable

    def undo(self) -> None:
        """Take back the last correction that was made here."""
        self.edits.undo()

    def redo(self) -> None:
        """Make again what was taken back last."""
        self.edits.redo()

    def _put_in(self, garment: Garment) -> bool:
        """A garment as it is now, in what is shown and in what other landmarks will be taken from; whether it
        is shown."""
        if self._shapes is not None:
            self._shapes.put(garment)
        return self._sweep is not None and self._sweep.shapes.put(garment)

    def _take_many(self, garments: Sequence[Garment]) -> None:
        """Many garments were changed here: show them, and leave the marks where they are."""
        sweep = self._sweep
        if sweep is not None:
            self._changed_ids |= {garment.id for garment in garments if self._put_in(garment)}
            self.page.wall.refresh()
        self._tell()

    def _take(self, garment: Garment) -> None:
        """A garment was changed here: show it, and go to it."""
        sweep = self._sweep
        if sweep is not None and self._put_in(garment):
            self._changed_ids.add(garment.id)
            self.page.wall.select(sweep.row_of(garment.id))
            self.page.wall.refresh()
        self._tell()

    def _open(self, row: int) -> None:
        if self._sweep is not None and 0 <= row < len(self._sweep):
            shapes = self._sweep.shapes
            self.annotate_wanted.emit(int(shapes.image_ids[row]), int(shapes.garment_ids[row]))

    # -- what others do -------------------------------------------------------------------------

    def state(self, base: State) -> State:
        """What decides which actions are possible, with what this page adds."""
        edits = self.edits
        return replace(base, crop=self.current >= 0, undo_crop=edits.undo_title, redo_crop=edits.redo_title)

    def _images_changed(self, ids: frozenset[int]) -> None:
        """Images were changed elsewhere: read their garments again."""
        sweep, store = self._sweep, self._session.store
        if sweep is None or store is None or self.edits.telling:
            return
        # This is asked after every edit anywhere, and the wall may be of a million garments.
        shown = sweep.shapes.image_ids
        changed = np.unique(shown[np.isin(shown, list(ids))]).tolist() if 0 < len(ids) <= _FEW else None
        if changed is None:
            # Where any may have changed, the next look at the page reads them all.
            self._shapes = None
        elif changed and self._session.others.away:
            self._shapes = None
        elif changed:
            self._read_again(store, changed)

    def _read_again(self, store: Store, changed: list[int]) -> None:
        try:
            found = store.garments.of_images(changed)
        except StudioError as error:
            # The edit is in hand, and the server away: the next look at the page reads them all.
            _log.info("the sweep was not read again: %s", error)
            self._shapes = None
            return
        for garments in found.values():
            for garment in garments:
                self._put_in(garment)
        self.page.wall.refresh()

    def _closing(self) -> None:
        self._sweep = self._shapes = None
        self._ids = np.empty(0, np.int64)
        self.edits.forget()
        self.page.show_empty("No store is open")
        self.page.wall.crops.set_source(None)

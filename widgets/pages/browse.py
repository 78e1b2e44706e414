"""Browse: find images with a filter, look at them as thumbnails, select, open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from resources.taxonomy import Category
from store.records import View
from widgets.browser.groups import Groups
from widgets.browser.model import Ids, TileSource
from widgets.browser.overlays import GarmentSource
from widgets.browser.thumbnails import ThumbnailSource
from widgets.browser.toolbar import GRID, LIST, PRODUCTS
from widgets.pages.browse_parts import BrowseParts
from widgets.pages.browse_state import arrange, arrangement
from widgets.panels.details import Details

#: More selected images than these are not looked for again after the slice has changed.
KEPT_SELECTION = 5000
#: The current tile must stand still so long before its details are asked for.
DETAILS_MS = 60


class BrowsePage(BrowseParts):
    """The slice that a filter selects. What a person wants comes out as signals; see each method for what
    goes in. Rows are places in the ids given to :meth:`show_rows`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store_is_empty = False
        self._writable = True
        self._answered: tuple[str, str, str, bool] | None = None
        #: The filter and the list that all facets were counted for last.
        self._counted: tuple[str, str] | None = None
        self._mode = GRID
        self._ask_details = QTimer(self, singleShot=True, interval=DETAILS_MS)
        self._ask_details.timeout.connect(self._want_details)
        self.side.tabs.currentChanged.connect(lambda _tab: self._ask_details.start())
        self.toolbar.mode.chosen.connect(self._on_mode)
        self.views.chosen.connect(self._on_view)
        self.views.update_wanted.connect(self._on_update)
        self.grid.selection_changed.connect(self._on_selection)
        self.grid.current_row_changed.connect(self._on_current)
        self.grid.menu_wanted.connect(self._show_menu)
        self._empty.filter_wanted.connect(lambda text: self.set_filter(text, apply=True))
        self._empty.link.connect(self._show_all)
        self._grant_wishes()

    def _grant_wishes(self) -> None:
        wishes = self.wishes
        wishes.annotate.connect(self._open_selected)
        wishes.review.connect(lambda review: self.review_wanted.emit(self.chosen_ids(), review))
        wishes.tag.connect(lambda: self.tag_wanted.emit(self.chosen_ids()))
        wishes.category.connect(lambda: self.category_wanted.emit(self.chosen_ids()))
        wishes.swap.connect(lambda: self.swap_wanted.emit(self.chosen_ids()))
        wishes.export.connect(lambda: self.export_wanted.emit(self.chosen_ids()))

    # -- what goes in ---------------------------------------------------------------------------

    def set_source(
        self,
        tiles: TileSource | None,
        pictures: ThumbnailSource | None,
        garments: GarmentSource | None = None,
    ) -> None:
        """Show another store, or none (before its store is closed: this waits for what still reads it)."""
        self._model.set_source(tiles)
        self._thumbnails.set_source(pictures)
        self._overlays.set_source(garments)
        self.details.set_source(pictures)
        self.facets.reset()
        self._counted = None
        self.joint.set_filter("")

    def set_writable(self, writable: bool) -> None:
        """Whether images may be changed: not in a store that is read-only, nor while many of them are."""
        self._writable = writable
        self.selection_bar.set_writable(writable)

    def set_categories(self, categories: Sequence[Category]) -> None:
        """Know names and colours of the store's own categories, beside the 13."""
        self._model.set_categories(categories)
        self.facets.set_categories(categories)
        self.details.set_categories(categories)

    def set_datasets(self, names: Mapping[int, str]) -> None:
        """Know what datasets are called, by id."""
        self._model.set_datasets(names)
        self.grid.viewport().update()

    def set_words(self, words: Mapping[str, Sequence[str]]) -> None:
        """The store's own values by field, offered while a filter is typed, and searched for in the
        facets."""
        self.filter.set_words(words)
        self.facets.set_words(words)

    def show_rows(
        self, ids: Ids, images: int, garments: int, milliseconds: float, groups: Groups | None = None
    ) -> None:
        """Show the images of ``ids``, ``(n,)`` int64, and how long it took to find them.

        The current image and the selected ones stay so if they are among them.
        """
        same = (groups is None) is (self.grid.groups is None) and np.array_equal(ids, self._model.ids)
        self.grid.set_groups(groups)
        if not same:
            self._replace_rows(ids)
        else:
            self._model.set_ids(ids)
            self.grid.updateGeometries()
            self.grid.refresh(())
            self._ask_details.start()
        self.counts.show_counts(images, garments, milliseconds)
        self.views.show_in_force(self.filter_text, self.order)
        self.filter.set_bad(False)
        self.counts.complain("")
        self._show_emptiness()

    def _replace_rows(self, ids: Ids) -> None:
        current, selected = self.current_id, np.empty(0, np.int64)
        if 0 < self.grid.selected_count() <= KEPT_SELECTION:
            selected = np.array(self.grid.selected_ids(), np.int64)
        question = (self.filter_text, self.order, self.counts.chip.title, self.by_product)
        # The same question with another answer (an import runs): what is looked at should not move away.
        held = self.grid.held() if question == self._answered else None
        self._answered = question
        self._model.set_ids(ids)
        # The same rows may lie elsewhere now: in groups, or not any more.
        self.grid.updateGeometries()
        if len(selected):
            self.grid.select_rows(np.flatnonzero(np.isin(ids, selected)))
        row = max(0, self._model.row_of(current)) if len(ids) else -1
        self.grid.set_current_row(row, scroll=held is None)
        if held is not None:
            self.grid.hold(held)
        self._on_selection()

    def show_list(self, title: str) -> None:
        """Say that the rows come from a list of images with this title; "" says that they do not."""
        self.counts.chip.show_list(title)

    def show_store_empty(self, empty: bool) -> None:
        """Say that there are no images at all: the page then offers to import some."""
        self._store_is_empty = empty
        self._show_emptiness()

    def show_facets(self, facets: Mapping[str, Mapping[str, int]], more_to_come: bool = False) -> None:
        """Show how many images of the slice have each word of each facet; of those that are not named no
        image has a word, or, with ``more_to_come``, it is still being counted."""
        question = (self.filter_text, self.counts.chip.title)
        # The same question again (an import runs): what was counted last is nearly right.
        self.facets.show_counts(facets, more_to_come, patient=question == self._counted)
        self._counted = self._counted if more_to_come else question
        self.joint.show()

    def show_details(self, details: Details | None) -> None:
        """Show an image in full, if it is still the current one."""
        if details is None or details.image.id == self.current_id:
            self.details.show_details(details)

    def show_views(self, views: Sequence[View]) -> None:
        """Offer these saved views."""
        self.views.show_views(views)

    def show_error(self, message: str, position: int) -> None:
        """Say what the store found wrong with the filter in force, at a 0-based place of its text."""
        self.filter.complain(message, position)

    def set_filter(self, text: str, *, apply: bool = False) -> None:
        """Show a filter; ``filter_changed`` is emitted only with ``apply``."""
        self.joint.set_filter(text, apply=apply)

    def set_order(self, order: str) -> None:
        """Show an order as the one in force."""
        self.counts.show_order(order)

    def refresh(self, ids: Iterable[int]) -> None:
        """Fetch these images again: they were changed."""
        changed = list(ids)
        self.grid.refresh(changed)
        if self.current_id in changed:
            self._ask_details.start()

    # -- what is there --------------------------------------------------------------------------

    @property
    def ids(self) -> Ids:
        """The image ids in the order shown, ``(n,)`` int64."""
        return self._model.ids

    @property
    def current_row(self) -> int:
        """The row of the current image, or -1."""
        return self.grid.current_row

    @property
    def current_id(self) -> int:
        """The id of the current image, or 0."""
        row = self.grid.current_row
        return int(self._model.ids[row]) if row >= 0 else 0

    @property
    def filter_text(self) -> str:
        """The filter in force."""
        return self.filter.in_force

    @property
    def order(self) -> str:
        """The order in force."""
        return self.counts.order

    @property
    def by_product(self) -> bool:
        """Whether the images are to be shown by product."""
        return self.toolbar.mode.value() == PRODUCTS

    def set_by_product(self, on: bool) -> None:
        """Show the images by product, or one beside the other; ``by_product_changed`` is emitted."""
        if on != self.by_product:
            self._switch(PRODUCTS if on else GRID)

    @property
    def listed(self) -> bool:
        """Whether the images are shown as a list."""
        return self.toolbar.mode.value() == LIST

    def set_listed(self, on: bool) -> None:
        """Show the images as a list, or as tiles."""
        if on != self.listed:
            self._switch(LIST if on else GRID)

    def select_row(self, row: int) -> None:
        """Make a row current and bring it into view."""
        self.grid.set_current_row(row)

    def selected_ids(self) -> list[int]:
        """The ids of the selected images, in the order shown."""
        return self.grid.selected_ids()

    def chosen_ids(self) -> list[int]:
        """The ids of the selected images; where none is, that of the current one."""
        return self.selected_ids() or ([self.current_id] if self.current_id else [])

    def focus_filter(self) -> None:
        """Begin to type a filter."""
        self.filter.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.edit.selectAll()

    def show_side(self, shown: bool) -> None:
        """Show or hide the side panel."""
        self.side.setVisible(shown)

    def save_state(self) -> dict[str, Any]:
        """What a person has arranged, as plain values."""
        return arrangement(self)

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Arrange the page as it was; what a state does not say stays as it is."""
        arrange(self, state)

    def settle(self) -> None:
        """Wait for what the page's threads do now; call it before the page goes."""
        self._model.settle()
        self._thumbnails.settle()
        self._overlays.settle()
        self.details.settle()

    # -- what a person does ---------------------------------------------------------------------

    def _switch(self, mode: str) -> None:
        self.toolbar.mode.set_value(mode)
        self._on_mode(mode)

    def _on_mode(self, mode: str) -> None:
        before, self._mode = self._mode, mode
        self.grid.set_listed(mode == LIST)
        self.toolbar.fit_mode(mode)
        if (before == PRODUCTS) != (mode == PRODUCTS):
            self.by_product_changed.emit(mode == PRODUCTS)

    def _show_menu(self, at: QPoint) -> None:
        self.menu.show_for(self.grid.selected_count() or 1, self._writable)
        self.menu.popup(at)

    def _on_view(self, view: View) -> None:
        if view.order != self.order:
            self.set_order(view.order)
            self.order_changed.emit(self.order)
        self.set_filter(view.where, apply=True)

    def _on_update(self, view: View) -> None:
        self.view_change_wanted.emit(view.but(where=self.filter_text, order=self.order))

    def _on_selection(self) -> None:
        self.selection_bar.show_count(self.grid.selected_count())
        self.selection_changed.emit()

    def _open_selected(self) -> None:
        rows, current = self.grid.selected_rows(), self.grid.current_row
        if not len(rows) or current in rows:
            self.open_wanted.emit(max(0, current))
        else:
            self.open_wanted.emit(int(rows[0]))

    def _on_current(self, row: int) -> None:
        self._ask_details.start()
        self.current_changed.emit(row)

    def _want_details(self) -> None:
        if not self.details.isVisible():
            return
        if self.current_id:
            self.details_wanted.emit(self.current_id)
        else:
            self.details.show_details(None)

    def _show_emptiness(self) -> None:
        if len(self._model.ids):
            self._stack.setCurrentWidget(self.grid)
            return
        self._empty.say_why(self.filter.in_force, self._store_is_empty)
        self._stack.setCurrentWidget(self._empty)

    def _show_all(self) -> None:
        if self.counts.chip.title:
            self.list_closed.emit()
        self.set_filter("", apply=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Slash and not event.modifiers():
            self.focus_filter()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_details.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ask_details.stop()

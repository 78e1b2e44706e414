"""The parts of the Browse page: where they are, and what each says to the others."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from store.records import Review, View
from widgets.browser.bars import CountRow
from widgets.browser.grid import ThumbnailGrid
from widgets.browser.joint import FilterJoint
from widgets.browser.model import TileModel
from widgets.browser.nothing import Nothing
from widgets.browser.overlays import Overlays
from widgets.browser.selection import SelectionBar, SelectionMenu, SelectionWishes, WorkBar
from widgets.browser.sidepanel import SidePanel
from widgets.browser.thumbnails import Thumbnails
from widgets.browser.toolbar import BrowseToolbar
from widgets.common import surface


class BrowseParts(QWidget):
    """Toolbar, counts, grid or list, bars at the foot, side panel; and what a person wants, as signals."""

    filter_changed = Signal(str)
    order_changed = Signal(str)
    #: The images should be shown by product, or not any more.
    by_product_changed = Signal(bool)
    open_wanted = Signal(int)
    #: Something is wanted of images, given by their ids: those selected, or the current one.
    review_wanted = Signal(list, Review)
    tag_wanted = Signal(list)
    category_wanted = Signal(list)
    swap_wanted = Signal(list)
    export_wanted = Signal(list)
    selection_changed = Signal()
    current_changed = Signal(int)
    #: The details of an image id should be shown (:meth:`show_details`).
    details_wanted = Signal(int)
    problems_wanted = Signal()
    import_wanted = Signal()
    view_save_wanted = Signal(str)
    #: A view should be called or mean something else; it has its id.
    view_change_wanted = Signal(View)
    view_delete_wanted = Signal(int)
    #: The list of images (:meth:`show_list`) should restrict what is shown no longer.
    list_closed = Signal()
    #: A StudioError from a worker.
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self._model = TileModel(self)
        self._thumbnails = Thumbnails(parent=self)
        self._overlays = Overlays(self)
        self.grid = ThumbnailGrid(self._model, self._thumbnails, self._overlays)
        self.toolbar = BrowseToolbar()
        self.filter, self.views, self.tile_size = (
            self.toolbar.filter,
            self.toolbar.views,
            self.toolbar.tile_size,
        )
        self.counts = CountRow()
        self.wishes = SelectionWishes(self)
        self.selection_bar = SelectionBar(self.wishes)
        self.menu = SelectionMenu(self.wishes, self)
        self.work_bar = WorkBar()
        self.side = SidePanel()
        self.joint = FilterJoint(self.filter, self.side)
        self.facets, self.details = self.side.facets, self.side.details
        self._empty = Nothing()
        self._lay_out()
        self._connect_bars()
        self._connect_grid()
        self.setFocusProxy(self.grid)
        self.selection_bar.show_count(0)

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._empty)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.toolbar)
        left.addWidget(self.counts)
        left.addWidget(self._stack, 1)
        left.addWidget(self.work_bar)
        left.addWidget(self.selection_bar)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left, 1)
        whole.addWidget(self.side)

    def _connect_bars(self) -> None:
        self.joint.changed.connect(self.filter_changed)
        self.filter.complained.connect(self.counts.complain)
        self.filter.left.connect(self.grid.setFocus)
        self.filter.entered.connect(lambda _text: None if self.filter.is_wrong else self.grid.setFocus())
        self.views.save_wanted.connect(self.view_save_wanted)
        self.views.rename_wanted.connect(self.view_change_wanted)
        self.views.delete_wanted.connect(self.view_delete_wanted)
        self.toolbar.overlays.changed.connect(lambda: self.grid.set_layers(self.toolbar.overlays.layers))
        self.tile_size.columns_wanted.connect(self.grid.set_columns)
        self.tile_size.show_columns(self.grid.places.columns)
        self.counts.order_changed.connect(self.order_changed)
        self.counts.order_shown.connect(self.grid.head.show_order)
        self.counts.chip.closed.connect(self.list_closed)
        self.details.problems_wanted.connect(self.problems_wanted)
        self._empty.import_wanted.connect(self.import_wanted)

    def _connect_grid(self) -> None:
        self.grid.head.order_wanted.connect(self.counts.choose)
        self.grid.columns_changed.connect(self.tile_size.show_columns)
        self.grid.open_wanted.connect(self.open_wanted)
        self.grid.typed.connect(self.counts.show_digits)
        self.wishes.clear.connect(self.grid.clear_selection)
        self.wishes.everything.connect(self.grid.selectAll)
        self._overlays.failed.connect(self.failed)
        self._model.failed.connect(self.failed)

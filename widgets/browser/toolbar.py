"""The bar above Browse: filter line, saved views, how the grid is laid out, what lies over the pictures."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from widgets import style
from widgets.browser.bars import SizeSlider
from widgets.browser.filterfield import FilterField
from widgets.browser.overlays import LAYERS
from widgets.browser.viewsbutton import ViewsButton
from widgets.common import Button, PageToolbar, Segment, Segmented

#: The key of each layer, as in Annotate; the window's actions listen to them.
LAYER_KEYS = {"landmarks": "F5", "masks": "F6", "boxes": "F7"}
#: How images are laid out.
GRID, LIST, PRODUCTS = "grid", "list", "products"


class OverlaysButton(Button):
    """What is shown over the pictures. ``changed`` after a person has chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("", "eye")
        self.setToolTip("What is shown over the pictures")
        menu = QMenu(self)
        self._actions: dict[str, QAction] = {}
        for layer, words in LAYERS.items():
            action = menu.addAction(f"{words}\t{LAYER_KEYS[layer]}")
            action.setCheckable(True)
            action.triggered.connect(lambda _on: self._tell())
            self._actions[layer] = action
        self.setMenu(menu)

    @property
    def layers(self) -> frozenset[str]:
        """Which are shown."""
        return frozenset(layer for layer, action in self._actions.items() if action.isChecked())

    def show_layers(self, layers: Iterable[str]) -> None:
        """Show these as chosen."""
        chosen = set(layers)
        for layer, action in self._actions.items():
            action.setChecked(layer in chosen)
        self._name()

    def toggle(self, layer: str) -> None:
        """Show a layer, or do not any more; nothing where no layer can be shown."""
        if self.isEnabled():
            self._actions[layer].trigger()

    def _tell(self) -> None:
        self._name()
        self.changed.emit()

    def _name(self) -> None:
        shown = [LAYERS[layer] for layer in LAYERS if layer in self.layers]
        self.set_face(str(len(shown)) if shown else "", "eye" if shown else "eye-off")
        self.setAccessibleName(f"Overlays: {', '.join(shown) or 'none'}")


class BrowseToolbar(PageToolbar):
    """The parts of the bar; the page joins them."""

    def __init__(self) -> None:
        super().__init__()
        self.filter = FilterField()
        self.views = ViewsButton()
        self.overlays = OverlaysButton()
        self.mode = Segmented(
            [
                Segment(GRID, icon="layout-grid", hint="One image beside the other"),
                Segment(LIST, icon="layout-list", hint="As a list, with columns to sort by (Ctrl+Shift+L)"),
                Segment(PRODUCTS, icon="link", hint="By product: images of one garment together (Ctrl+U)"),
            ],
            GRID,
            name="Layout of the grid",
        )
        self.tile_size = SizeSlider()
        self.row.addWidget(self.filter, 1)
        self.add(self.views)
        self.add_line()
        self.add(self.mode)
        self.add(self.overlays)
        self.add(self.tile_size)
        self.overlays.show_layers(())
        self._fit()
        style.changed.connect(self._fit)

    def fit_mode(self, mode: str) -> None:
        """Offer what means something in a layout: a list has no tiles, and no room to draw on pictures."""
        self.tile_size.setEnabled(mode != LIST)
        self.overlays.setEnabled(mode != LIST)

    def _fit(self) -> None:
        self.filter.setMinimumWidth(style.tokens().px(220))

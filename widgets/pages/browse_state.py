"""How a person has arranged the Browse page, as plain values to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from widgets.pages.browse import BrowsePage


def arrangement(page: BrowsePage) -> dict[str, Any]:
    """How the page is arranged now."""
    return {
        "tile_width": page.grid.tile_width,
        "fill": page.grid.fill,
        "layers": sorted(page.grid.layers),
        "by_product": page.by_product,
        "listed": page.listed,
        "columns": page.grid.head.widths(),
        "tab": page.side.tabs.currentIndex(),
        "side": not page.side.isHidden(),
        "facets": page.facets.save_state(),
        "ranges": not page.facets.ranges.is_folded(),
    }


def arrange(page: BrowsePage, state: Mapping[str, Any]) -> None:
    """Arrange the page so; what a state does not say stays as it is."""
    page.grid.set_tile_width(int(state.get("tile_width", page.grid.tile_width)))
    page.grid.set_fill(bool(state.get("fill", page.grid.fill)))
    overlays = page.toolbar.overlays
    overlays.show_layers(map(str, state.get("layers", page.grid.layers)))
    page.grid.set_layers(overlays.layers)
    page.set_by_product(bool(state.get("by_product", page.by_product)))
    page.set_listed(bool(state.get("listed", page.listed)))
    page.grid.head.set_widths(tuple(map(int, state.get("columns", ()))))
    page.side.tabs.setCurrentIndex(int(state.get("tab", page.side.tabs.currentIndex())))
    page.show_side(bool(state.get("side", True)))
    page.facets.ranges.set_folded(not state.get("ranges", not page.facets.ranges.is_folded()))
    if "facets" in state:
        page.facets.restore_state(state["facets"])

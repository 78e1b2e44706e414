"""The thumbnail grid over a slice of a store, and the filter line above it."""

from widgets.browser.filterfield import FilterField
from widgets.browser.grid import ThumbnailGrid
from widgets.browser.model import TileModel, TileSource
from widgets.browser.thumbnails import ThumbnailCache, Thumbnails, ThumbnailSource

__all__ = [
    "FilterField",
    "ThumbnailCache",
    "ThumbnailGrid",
    "ThumbnailSource",
    "Thumbnails",
    "TileModel",
    "TileSource",
]

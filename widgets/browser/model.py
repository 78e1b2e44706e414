"""The images of a slice as a list model: ids at once, tiles as they come into view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from resources import taxonomy
from resources.taxonomy import Category
from store.records import REVIEW_WORDS, ImageState
from widgets.browser.paging import Pages

if TYPE_CHECKING:
    from store.db import Tile

Ids = NDArray[np.int64]
Index = QModelIndex | QPersistentModelIndex

#: The tile of a row (``store.db.Tile``), or None while it is on its way.
TILE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
#: The image id of a row.
ID_ROLE = int(Qt.ItemDataRole.UserRole) + 2


class TileSource(Protocol):
    """Where tiles come from; called in a thread. ``store.images`` is one."""

    def tiles(self, ids: Sequence[int]) -> list[Tile]:
        """The tiles of some images, in the order asked."""
        ...


class TileModel(QAbstractListModel):
    """A row an image. Only pages that somebody asked for are fetched, and few are kept."""

    #: Rows ``first`` up to but not including ``last`` can now be painted.
    tiles_arrived = Signal(int, int)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: TileSource | None = None
        self._ids: Ids = np.empty(0, np.int64)
        self.categories: Mapping[int, Category] = MappingProxyType({c.id: c for c in taxonomy.categories()})
        #: What datasets are called, by id.
        self.datasets: Mapping[int, str] = MappingProxyType({})
        self._pages: Pages[Tile] = Pages(parent=self)
        #: Tiles of the slice before, by image id, until they are fetched anew.
        self._before: dict[int, Tile] = {}
        self._pages.arrived.connect(self.tiles_arrived)
        self._pages.failed.connect(self.failed)

    def set_source(self, source: TileSource | None) -> None:
        """Read tiles from here from now on; waits for what the old source still does, and empties."""
        self._pages.settle()
        self._source = source
        self._before.clear()
        self._reset(np.empty(0, np.int64))

    def set_categories(self, categories: Iterable[Category]) -> None:
        """Know the names and colours of these, beside the 13 that are always known."""
        known = {c.id: c for c in (*taxonomy.categories(), *categories)}
        self.categories = MappingProxyType(known)

    def set_datasets(self, names: Mapping[int, str]) -> None:
        """Know what datasets are called, by id."""
        self.datasets = MappingProxyType(dict(names))

    def set_ids(self, ids: Ids) -> None:
        """Show these images, ``(n,)`` int64, in this order.

        Their tiles are fetched anew; those that are known already are shown until then. The same ids
        again are no reset: selection and current row stay.
        """
        if np.array_equal(ids, self._ids):
            self._pages.forget_all()
            return
        self._before = {tile.image.id: tile for tile in self._pages.here()}
        self._reset(ids)

    def _reset(self, ids: Ids) -> None:
        self.beginResetModel()
        self._ids = ids
        self._pages.reset(self._fetcher(), len(ids))
        self.endResetModel()

    @property
    def ids(self) -> Ids:
        """The image ids in the order shown."""
        return self._ids

    def row_of(self, image_id: int) -> int:
        """The row of an image, or -1 when it is not in the slice."""
        rows = np.flatnonzero(self._ids == image_id)
        return int(rows[0]) if len(rows) else -1

    def tile(self, row: int) -> Tile | None:
        """The tile of a row if it is here."""
        found = self._pages.get(row)
        if found is None and self._before and 0 <= row < len(self._ids):
            found = self._before.get(int(self._ids[row]))
        return found

    def ask(self, first: int, last: int) -> None:
        """Fetch the tiles of rows ``first`` up to but not including ``last``, and no others any more."""
        self._pages.ask(first, last)

    def complete(self, first: int, last: int) -> bool:
        """Whether nothing of these rows is still on its way."""
        return self._pages.has(first, last)

    def refresh(self, ids: Iterable[int]) -> list[int]:
        """Forget what is known of these images (they were changed); their rows."""
        changed = np.fromiter(ids, np.int64)
        rows: list[int] = np.flatnonzero(np.isin(self._ids, changed)).tolist()
        self._pages.forget(rows)
        return rows

    def settle(self) -> None:
        """Wait for the fetch that runs now."""
        self._pages.settle()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = index.row()
        if not 0 <= row < len(self._ids):
            return None
        if role == ID_ROLE:
            return int(self._ids[row])
        tile = self.tile(row)
        if role == TILE_ROLE:
            return tile
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return tile.image.name if tile is not None else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.describe(tile) if tile is not None else f"image {row + 1:,}"
        return None

    def describe(self, tile: Tile) -> str:
        """A tile in words, for screen readers."""
        image = tile.image
        parts = [image.name, REVIEW_WORDS[image.review], garment_words(tile, self.categories)]
        if image.domain:
            parts.append(str(image.domain))
        if tile.problems:
            parts.append(f"{tile.problems:,} problem{'s' if tile.problems > 1 else ''}")
        if image.state is not ImageState.PRESENT:
            parts.append(f"file {image.state}")
        return ", ".join(parts)

    def _fetcher(self) -> Any:
        source, ids = self._source, self._ids
        if source is None:
            return None
        return lambda offset, limit: source.tiles(ids[offset : offset + limit].tolist())


def garment_words(tile: Tile, categories: Mapping[int, Category]) -> str:
    """What a tile says of its garments: the category of a single one, else how many there are."""
    if tile.garments == 1 and tile.categories:
        known = categories.get(tile.categories[0])
        return known.name if known is not None else f"category {tile.categories[0]}"
    if not tile.garments:
        return "no garments"
    return f"{tile.garments:,} garment{'s' if tile.garments > 1 else ''}"

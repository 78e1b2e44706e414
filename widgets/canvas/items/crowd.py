"""Very many garments that are not selected: painted into tiles between events, then only copied.

As items of the scene each of them would be looked at and painted anew with every step of a pan, a zoom or a
drag. Till the tiles of a new zoom are there, those of the one before are stretched; a garment that changed
is seen as it was till its tiles are there.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from time import perf_counter

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from store.records import Garment
from widgets.canvas.items.figures import REACH, Figure, Look, painting
from widgets.canvas.items.tiles import Place, Tiles
from widgets.canvas.state import Shown

Z_CROWD = 25.0
#: So many seconds a turn of the event loop are painted.
_TURN = 0.006
#: Milliseconds without another zoom till tiles are painted for it, and after another change: what the person
#: did is painted first.
_REST, _SOON = 60, 12
#: Tiles are kept as far around the view as this, and painted ahead as far as that.
_KEPT, _AHEAD = 3, 1
_EVERYWHERE = QRectF(-1e7, -1e7, 2e7, 2e7)


class Crowd(QGraphicsItem):
    """Shows the garments that it is given with :meth:`show`."""

    def __init__(self, scene: QGraphicsScene) -> None:
        super().__init__()
        self.setZValue(Z_CROWD)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        # Without it every paint would be told that all of the view is to be painted.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._figures: dict[int, Figure] = {}
        self._look: Look | None = None
        self._tiles = Tiles(1.0, 1.0)
        # The last ones without a gap in the view, and those of the whole image: what is shown meanwhile.
        self._before = self._whole = self._tiles
        self._view = QRectF()
        self._work: tuple[Tiles, Place, QPixmap, Generator[None]] | None = None
        self._timer = QTimer(scene, singleShot=True)
        self._timer.timeout.connect(self._turn)
        self.hide()
        scene.addItem(self)

    @property
    def ids(self) -> frozenset[int]:
        """The garments that it shows."""
        return frozenset(self._figures) if self.isVisible() else frozenset()

    @property
    def is_done(self) -> bool:
        """Whether all that is in view has been painted as it is now."""
        return not any(not self._tiles.is_fresh(place) for place in self._tiles.places(self._view))

    # --- what to show ----------------------------------------------------------------------------

    def clear(self) -> None:
        """Show nothing, and keep nothing."""
        self.hide()
        self._stop()
        self._figures, self._look = {}, None
        self._forget()

    def pause(self) -> None:
        """Show nothing for a while: what is painted is kept."""
        self.hide()
        self._stop()

    def show_all(self, garments: Sequence[Garment], shown: Shown, look: Look) -> None:
        """Show garments; only the tiles of those that changed are painted again."""
        before = self._figures
        now = {}
        for one in garments:
            kept = before.get(one.id)
            now[one.id] = kept if kept is not None and kept.is_of(one, shown) else Figure(one, shown)
        same_order = [key for key in before if key in now] == [key for key in now if key in before]
        self._figures = now
        if not now.keys() & before.keys():
            self._stop()
            self._forget()
        elif look != self._look or not same_order:
            self._spoil(None)
        else:
            changed = [one for key, one in now.items() if before.get(key) is not one]
            gone = [one for key, one in before.items() if now.get(key) is not one]
            self._spoil([*changed, *gone])
        self._look = look
        self.setVisible(True)
        self._timer.start(_SOON)

    def _forget(self) -> None:
        self._tiles = self._before = self._whole = Tiles(self._tiles.zoom, self._tiles.ratio)
        self.update()

    def _spoil(self, figures: Sequence[Figure] | None) -> None:
        """What is painted of these figures, or of all, is no more true."""
        if figures is not None and not figures:
            return
        self._stop()
        for tiles in {id(one): one for one in (self._tiles, self._before, self._whole)}.values():
            if figures is None:
                tiles.spoil()
            else:
                room = REACH / tiles.zoom
                tiles.spoil(one.bounds.adjusted(-room, -room, room, room) for one in figures)

    # --- painting --------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        return _EVERYWHERE

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if widget is None:
            return
        to_screen = painter.worldTransform()
        self._view = to_screen.inverted()[0].mapRect(QRectF(widget.rect()))
        self._aim(to_screen.m11(), widget.devicePixelRatioF())
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for place in self._tiles.places(self._view & option.exposedRect):
            if not self._tiles.paint(painter, place, to_screen):
                self._stand_in(painter, self._tiles.area(place), to_screen)
        painter.restore()
        if self._tiles.covers(self._view):
            self._before = self._tiles
            if self._tiles.covers(self._extent()):
                self._whole = self._tiles
        if self._work is None and not self._timer.isActive():
            self._timer.start(_SOON)

    def _aim(self, zoom: float, ratio: float) -> None:
        """Take the tiles of a zoom in hand."""
        if self._tiles.is_at(zoom, ratio):
            return
        self._stop()
        known = (one for one in (self._before, self._whole) if one.is_at(zoom, ratio))
        self._tiles = next(known, None) or Tiles(zoom, ratio)
        self._timer.start(_REST)

    def _stand_in(self, painter: QPainter, area: QRectF, to_screen: QTransform) -> None:
        """Paint what there is of an area at other zooms."""
        others = [one for one in (self._before, self._whole) if one is not self._tiles and len(one)]
        found = next((one for one in others if one.covers(area)), None) or next(iter(others), None)
        if found is not None:
            found.stretch(painter, area, to_screen)

    def _extent(self) -> QRectF:
        """The image, as far as it is known."""
        size = next((one.size for one in self._figures.values()), (0, 0))
        return QRectF(0, 0, *size)

    # --- turns -----------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Leave what is being painted."""
        self._timer.stop()
        if self._work is not None:
            self._work[3].close()
            self._work = None

    def _turn(self) -> None:
        """Paint for a few milliseconds."""
        end = perf_counter() + _TURN
        while perf_counter() < end:
            work = self._work or self._next()
            if work is None:
                return
            self._work = work
            tiles, place, picture, painted = work
            try:
                next(painted)
            except StopIteration:
                tiles.put(place, picture)
                self._work = None
                self.update(tiles.area(place))
        self._timer.start(0)

    def _next(self) -> tuple[Tiles, Place, QPixmap, Generator[None]] | None:
        """What is to be painted next: the middle of the view first, what lies around it last."""
        if self._look is None or not self.isVisible():
            return None
        tiles, middle = self._tiles, self._view.center()
        for more in (0, _AHEAD):
            waiting = [one for one in tiles.places(self._view, more) if not tiles.is_fresh(one)]
            if waiting:
                place = min(waiting, key=lambda one: (tiles.area(one).center() - middle).manhattanLength())
                picture = tiles.blank()
                figures = list(self._figures.values())
                return tiles, place, picture, painting(figures, self._look, tiles.area(place), picture)
        tiles.keep(tiles.places(self._view, _KEPT))
        return None

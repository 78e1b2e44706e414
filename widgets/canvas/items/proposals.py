"""What a model proposes: dashed outlines, hollow diamonds, and a black tag with a dashed edge.

Items are built when an answer arrives and are used again for the next image: making an item costs far more
than moving one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsPixmapItem, QGraphicsScene

from store.proposals import Proposal
from store.records import Floats, Visibility
from widgets import style
from widgets.canvas.items import labels, shapes
from widgets.canvas.state import Layers

Z_CASING, Z_LINE, Z_TAG, Z_DIAMOND = 42.0, 43.0, 45.0, 58.5
#: Opacity of fills: as usual, under the pointer, and of the proposal that is selected.
FILL, FILL_HOVER, FILL_CHOSEN = 0.05, 0.12, 0.08

_IGNORES = QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations
_NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)


@dataclass(frozen=True, slots=True)
class Dashed:
    """One proposal as it is to be drawn.

    ``name`` "" draws no tag, fill and box: the proposal lies over a garment that has its own. ``landmarks``
    are the indices in the proposal whose diamonds are drawn, None for all that the model is sure of.
    ``chosen``: it is selected; ``quiet``: another one is, and this one keeps its outline only.
    """

    proposal: Proposal
    colour: str
    name: str = ""
    landmarks: frozenset[int] | None = None
    chosen: bool = False
    quiet: bool = False


class ProposalItems:
    """The items of all proposals of an image."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._groups: list[_Group] = []
        self._shown: list[Dashed] = []
        self._hovered = -1

    @property
    def shown(self) -> list[Dashed]:
        """What is drawn now."""
        return list(self._shown)

    def diamonds(self, number: int) -> int:
        """How many diamonds a proposal that is drawn has, by its number; 0 where it is not drawn."""
        places = [place for place, one in enumerate(self._shown) if one.proposal.number == number]
        return self._groups[places[0]].diamonds if places else 0

    def show(self, dashed: Sequence[Dashed], layers: Layers, ratio: float) -> None:
        """Draw these and nothing else, as far as ``layers`` allow."""
        while len(self._groups) < len(dashed):
            self._groups.append(_Group(self._scene))
        self._shown = list(dashed)
        self._hovered = -1
        for group, one in zip(self._groups, dashed, strict=False):
            group.show(one, layers, ratio)
        for group in self._groups[len(dashed) :]:
            group.hide()

    def hover(self, number: int) -> None:
        """Mark the proposal of this number as the one under the pointer, -1 for none."""
        if number == self._hovered:
            return
        self._hovered = number
        for group, one in zip(self._groups, self._shown, strict=False):
            group.emphasise(one, one.proposal.number == number)


class _Group:
    """The items of one proposal."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._casing = self._path(Z_CASING)
        self._mask = self._path(Z_LINE)
        self._frame = self._path(Z_LINE)
        self._casing.setPen(shapes.casing(shapes.DASHED))
        self._tag = QGraphicsPixmapItem()
        self._tag.setFlag(_IGNORES)
        self._tag.setZValue(Z_TAG)
        scene.addItem(self._tag)
        self._marks: list[QGraphicsPathItem] = []
        self.diamonds = 0
        self._masks = False
        #: What is drawn, with what it hangs on; None where nothing is.
        self._drawn: tuple[Dashed, Layers, float, style.Tokens] | None = None
        self._hovered = False

    def _path(self, z: float) -> QGraphicsPathItem:
        made = QGraphicsPathItem()
        made.setZValue(z)
        self._scene.addItem(made)
        return made

    def hide(self) -> None:
        if self._drawn is None:
            return
        self._drawn = None
        for item in (self._casing, self._mask, self._frame, self._tag):
            item.setVisible(False)
        self._show_diamonds(np.empty((0, 2)), "")

    def show(self, one: Dashed, layers: Layers, ratio: float) -> None:
        wanted = (one, layers, ratio, style.tokens())
        if self._drawn == wanted:
            # Most often something else has changed: paths and the tag's picture cost milliseconds.
            if self._hovered:
                self.emphasise(one, False)
            return
        self._drawn = wanted
        proposal = one.proposal
        self._masks = layers.masks
        landmarks = layers.landmarks and not one.quiet
        mask = shapes.polygon_path(proposal.polygons) if layers.masks else QPainterPath()
        frame = QPainterPath()
        if layers.boxes and one.name and proposal.box is not None:
            frame.addPath(shapes.box_path(proposal.box))
        sure = proposal.visibility != Visibility.UNLABELLED
        if landmarks and len(proposal.points):
            drawn = np.where(sure[:, None], proposal.points, np.nan)
            frame.addPath(shapes.link_path(drawn, proposal.schema.links))
        both = QPainterPath(mask)
        both.addPath(frame)
        self._casing.setPath(both)
        self._mask.setPath(mask)
        self._frame.setPath(frame)
        self.emphasise(one, False)
        for item in (self._casing, self._mask, self._frame):
            item.setVisible(True)
        told = sure.copy()
        if one.landmarks is not None:
            told &= np.isin(np.arange(len(sure)), list(one.landmarks))
        self._show_diamonds(proposal.points[told] if landmarks else np.empty((0, 2)), one.colour)
        self._show_tag(one, layers, ratio)

    def emphasise(self, one: Dashed, hovered: bool) -> None:
        """Stronger lines and fill under the pointer and for what is selected."""
        self._hovered = hovered
        width = shapes.DASHED + (0.4 if hovered or one.chosen else 0.0)
        share = FILL_HOVER if hovered else FILL_CHOSEN if one.chosen else FILL
        for item in (self._mask, self._frame):
            item.setPen(shapes.dashes(one.colour, width))
        filled = bool(one.name) and self._masks
        self._mask.setBrush(QBrush(shapes.fill(one.colour, share)) if filled else _NO_BRUSH)

    def _show_diamonds(self, places: Floats, colour: str) -> None:
        while len(self._marks) < len(places):
            made = QGraphicsPathItem(shapes.diamond())
            made.setPen(shapes.pen(shapes.EDGE_NAME, 1.0))
            made.setFlag(_IGNORES)
            made.setZValue(Z_DIAMOND)
            self._scene.addItem(made)
            self._marks.append(made)
        for item, (x, y) in zip(self._marks, places.tolist(), strict=False):
            item.setPos(x, y)
            item.setBrush(QColor(colour))
            item.setVisible(True)
        for item in self._marks[len(places) : max(self.diamonds, len(places))]:
            item.setVisible(False)
        self.diamonds = len(places)

    def _show_tag(self, one: Dashed, layers: Layers, ratio: float) -> None:
        corner = _corner(one.proposal)
        drawn = bool(one.name) and corner is not None and (layers.masks or layers.boxes or layers.landmarks)
        self._tag.setVisible(drawn)
        self._tag.setZValue(Z_TAG + one.chosen)
        if drawn and corner is not None:
            self._tag.setPixmap(labels.proposal_tag(f"{one.name}  {one.proposal.score:.2f}  proposed", ratio))
            self._tag.setPos(corner)
            self._tag.setOffset(0.0, -labels.logical_size(self._tag.pixmap())[1])


def _corner(proposal: Proposal) -> QPointF | None:
    """Where the tag stands: the top left of the box, else of everything."""
    if proposal.box is not None:
        return QPointF(float(proposal.box[0]), float(proposal.box[1]))
    sure = proposal.points[proposal.visibility != Visibility.UNLABELLED]
    everything = [*proposal.polygons, sure] if len(sure) else list(proposal.polygons)
    if not everything:
        return None
    low = np.concatenate(everything).min(axis=0)
    return QPointF(float(low[0]), float(low[1]))

"""The map: all garments of an index as points, coloured, lassoed and led on to Browse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets.common import (
    Button,
    ElidedLabel,
    EmptyState,
    FootBar,
    GhostButton,
    IconButton,
    PageToolbar,
    PrimaryButton,
    Section,
    SidePanel,
    Swatch,
    label,
    surface,
)
from widgets.pages.retrieval.choice import Choice, Working
from widgets.pages.retrieval.crop_view import CropView
from widgets.pages.retrieval.crops import Crops
from widgets.pages.retrieval.map_cloud import Cloud
from widgets.pages.retrieval.map_legend import MapLegend
from widgets.pages.retrieval.map_records import Colours, Points, Told

_SIDE, _CROP = 262, 210
#: A point that the mouse only passes is not described.
_STAY = 60


class MapView(QWidget):
    """Knows nothing of stores.

    ``index_wanted(name)``, ``facet_wanted(key)``: another was chosen; ``words_wanted(point)``: the person
    points at it; ``annotate_wanted(image_id)``; ``browse_wanted(image ids, title)``; ``stopped()``: the work
    is to stop.
    """

    index_wanted = Signal(str)
    facet_wanted = Signal(str)
    words_wanted = Signal(int)
    annotate_wanted = Signal(int)
    browse_wanted = Signal(object, str)
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self.crops = Crops(self)
        self.cloud, self.legend = Cloud(), MapLegend()
        self._told: Told | None = None
        self._build()
        self._connect()
        self.setFocusProxy(self.cloud)
        self.show_empty("Looking for indices")

    # -- what is shown --------------------------------------------------------------------------

    def show_empty(self, sentence: str, icon: str = "photo-search") -> None:
        """Say why there is no map, and what can be done about it."""
        self.empty.say(sentence, icon=icon)
        self.stack.setCurrentWidget(self.empty)
        self.side.hide()
        self.foot.hide()
        self.figures.set_full_text("")

    def show_indices(self, indices: Sequence[tuple[str, str]], current: str) -> None:
        """Which indices there are, (name, words), and which is drawn."""
        self.index.offer(indices, current)

    def show_facets(self, facets: Sequence[tuple[str, str]], current: str) -> None:
        """What points can be coloured by, (key, words)."""
        self.facet.offer(facets, current)

    def show_working(self, done: int, total: int, message: str) -> None:
        """Say how far the drawing is."""
        self.working.tell(done, total, message)

    def show_points(self, points: Points) -> None:
        """Draw these."""
        self.working.hide()
        self._told = None
        self.cloud.show_points(points)
        self.stack.setCurrentWidget(self.cloud)
        self.side.show()
        self.foot.show()
        first, second = points.shares
        told = f"axes explain {first:.1%} and {second:.1%} of the variance"
        self.figures.set_full_text(f"{len(points):,} garments, {told}")

    def show_colours(self, colours: Colours) -> None:
        """Colour what is drawn."""
        self.cloud.show_colours(colours)
        self.legend.show_levels(colours.levels, int((colours.numbers < 0).sum()))
        self.legends.set_note(colours.facet)

    def show_words(self, told: Told) -> None:
        """Say what the current point is; of another point nothing is said."""
        if told.point != self.cloud.current():
            return
        self._told = told
        self.name.set_full_text(told.title)
        self.swatch.set_colour(told.colour)
        self.lines.setText("\n".join(told.lines))
        self.detail.show()
        self.crop.show_shot(told.shot, f"{told.title}, {', '.join(told.lines)}")

    # -- what the person does -------------------------------------------------------------------

    def open_point(self, point: int) -> None:
        """Go on to the image of a point."""
        images = self.cloud.points().images
        if 0 <= point < len(images):
            self.annotate_wanted.emit(int(images[point]))

    def browse(self) -> None:
        """Go on to the images of the selected points."""
        chosen = self.cloud.selection()
        if len(chosen):
            images = np.unique(self.cloud.points().images[chosen]).tolist()
            title = f"Map: {_counted(len(chosen), 'garment')} of {self.index.text()}"
            self.browse_wanted.emit(images, title)

    def set_lasso(self, on: bool) -> None:
        """Whether a drag selects without Shift."""
        self.cloud.lasso = on
        self.lasso.setChecked(on)

    # -- how it is built ------------------------------------------------------------------------

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_bar())
        self.empty = EmptyState("photo-search", "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.cloud)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.stack, 1)
        middle.addWidget(self._build_foot())
        rest = QHBoxLayout()
        rest.setSpacing(0)
        rest.addLayout(middle, 1)
        rest.addWidget(self._build_side())
        column.addLayout(rest, 1)
        self._later = QTimer(self, singleShot=True, interval=_STAY)

    def _build_bar(self) -> QWidget:
        bar = PageToolbar()
        self.index = Choice("Index", "database", 300)
        self.facet = Choice("Coloured by", "palette", 190)
        self.lasso = IconButton("lasso", "Lasso: drag around garments (or Shift+drag)", "L", checkable=True)
        self.fit = IconButton("maximize", "Show all", "0")
        self.nearer = IconButton("zoom-in", "Nearer", "+")
        self.farther = IconButton("zoom-out", "Farther", "-")
        self.figures = ElidedLabel("", "second")
        self.working = Working("Drawing the map")
        bar.row.addWidget(self.index, 3)
        bar.add(label("by", "second"))
        bar.row.addWidget(self.facet, 2)
        bar.add_line()
        for button in (self.lasso, self.nearer, self.farther, self.fit):
            bar.add(button)
        bar.add_stretch()
        bar.row.addWidget(self.figures, 4)
        bar.add(self.working)
        return bar

    def _build_side(self) -> QWidget:
        self.side = SidePanel(_SIDE, name="Legend and garment")
        self.legends = Section("Colours", padding=6)
        self.legends.add(self.legend)
        self.side.add(self.legends)
        self.detail = Section("Garment", chevron=False)
        self.crop = CropView(self.crops, "Garment that is pointed at", _CROP)
        head = QHBoxLayout()
        head.setSpacing(6)
        self.swatch = Swatch("#808080")
        self.name = ElidedLabel("", "strong")
        head.addWidget(self.swatch)
        head.addWidget(self.name, 1)
        self.lines = label("", "second", wrap=True)
        self.open = Button("Open in Annotate", "vector-triangle", "Enter")
        for part in (self.crop, head, self.lines, self.open):
            self.detail.add(part)
        self.detail.hide()
        self.side.set_foot(self.detail)
        return self.side

    def _build_foot(self) -> QWidget:
        self.foot = FootBar()
        self.count = label("", "strong")
        self.clear = GhostButton("Select none", "x", "Esc")
        self.to_browse = PrimaryButton("Show in Browse", "layout-grid", "Ctrl+Enter")
        self.foot.add(self.count)
        self.foot.add_stretch()
        self.foot.add(self.clear)
        self.foot.add(self.to_browse)
        return self.foot

    def _connect(self) -> None:
        self.index.chosen.connect(self.index_wanted)
        self.facet.chosen.connect(self.facet_wanted)
        for choice in (self.index, self.facet):
            choice.chosen.connect(lambda _key: self.cloud.setFocus())
        self.working.stopped.connect(self.stopped)
        self.lasso.toggled.connect(self.set_lasso)
        self.fit.clicked.connect(self.cloud.fit)
        self.nearer.clicked.connect(lambda: self.cloud.zoom(1.5))
        self.farther.clicked.connect(lambda: self.cloud.zoom(1 / 1.5))
        self.legend.only.connect(self.cloud.show_only)
        self.cloud.pointed.connect(self._pointed)
        self.cloud.opened.connect(self.open_point)
        self.cloud.selected.connect(self._count)
        self.open.clicked.connect(lambda: self.open_point(self._told.point if self._told else -1))
        self.clear.clicked.connect(lambda: self.cloud.select(np.zeros(len(self.cloud.points()), np.bool_)))
        self.to_browse.clicked.connect(self.browse)
        self._later.timeout.connect(self._ask)
        self.crop.wanted.connect(self._want)

    # -- what happens ---------------------------------------------------------------------------

    def _pointed(self, point: int) -> None:
        # Away from all points the last one stays described: its button is to be reached.
        if point >= 0:
            self._later.start()
        elif not len(self.cloud.points()):
            self.detail.hide()

    def _ask(self) -> None:
        if self.cloud.current() >= 0:
            self.words_wanted.emit(self.cloud.current())

    def _count(self) -> None:
        chosen = self.cloud.selection()
        images = len(np.unique(self.cloud.points().images[chosen]))
        told = f"{_counted(len(chosen), 'garment')} selected, on {_counted(images, 'image')}"
        self.count.setText(told if len(chosen) else "None selected: Shift+drag around garments, or Space")
        for button in (self.clear, self.to_browse):
            button.setEnabled(bool(len(chosen)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.browse()
        elif event.key() == Qt.Key.Key_L and not control:
            self.set_lasso(not self.cloud.lasso)
        else:
            super().keyPressEvent(event)

    def _want(self) -> None:
        cut = self.crop.cut()
        if cut is not None:
            self.crops.want([cut])


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"

"""The page's toolbar and its strip of tools."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from widgets import style
from widgets.common import (
    ElidedLabel,
    GhostButton,
    IconButton,
    PageToolbar,
    Segment,
    Segmented,
    label,
    surface,
)

#: Name, icon, title and key of each tool.
TOOLS = (
    ("select", "pointer", "Select", "V"),
    ("landmarks", "vector-triangle", "Landmarks", "K"),
    ("lasso", "lasso", "Lasso", "L"),
    ("box", "square", "Box", "R"),
    ("polygon", "polygon", "Polygon", "O"),
    ("brush", "brush", "Brush", "B"),
    ("eraser", "eraser", "Eraser", "E"),
    ("fill", "bucket-droplet", "Fill gaps", "Shift+B"),
    ("segment", "wand", "GrabCut", "W"),
)

LAYERS = (
    Segment("landmarks", "Landmarks", shortcut="F5", hint="Show landmarks and their links (F5)"),
    Segment("masks", "Masks", shortcut="F6", hint="Show masks (F6)"),
    Segment("boxes", "Boxes", shortcut="F7", hint="Show boxes (F7)"),
    Segment("predictions", "Predictions", shortcut="F8", hint="Show what a model proposes (F8)"),
)

LAYER_NAMES = tuple(layer.key for layer in LAYERS)


#: From this width on (at a font scale of 1) there is room for the keys of the layers and for zoom buttons.
KEYS_FROM = 980
_LEAST = 800


class AnnotateToolbar(PageToolbar):
    """Where we are, undo, layers and zoom. ``layer_switched(name, on)``; ``show_wanted()``: overlays."""

    layer_switched = Signal(str, bool)
    show_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.previous = IconButton("chevron-left", "Previous image", "PgUp", "square")
        self.next = IconButton("chevron-right", "Next image", "PgDn", "square")
        self.name = ElidedLabel("", "strong", mode=Qt.TextElideMode.ElideLeft)
        self.place = label("", "second")
        self.undo = IconButton("arrow-back-up", "Undo", "Ctrl+Z")
        self.redo = IconButton("arrow-forward-up", "Redo", "Ctrl+Shift+Z")
        self.history = IconButton("history", "History of this image", "Ctrl+H", checkable=True)
        self.layers = Segmented(LAYERS, exclusive=False, name="What is drawn")
        self.layers.switched.connect(self.layer_switched)
        self.hidden = GhostButton("Hidden", "eye-off", "H")
        self.hidden.setToolTip("Everything over the image is hidden; show it again (H)")
        self.hidden.clicked.connect(self.show_wanted)
        self.hidden.hide()
        self.zoom_out = IconButton("zoom-out", "Zoom out", "Ctrl+-")
        self.percent = label("100 %")
        self.zoom_in = IconButton("zoom-in", "Zoom in", "Ctrl++")
        self.fit = IconButton("maximize", "Fit the image", "Home")
        for button in (self.previous, self.next):
            self.add(button)
        self.row.addWidget(self.name, 0, Qt.AlignmentFlag.AlignVCenter)
        self.add(self.place)
        self.add_line()
        for button in (self.undo, self.redo, self.history):
            self.add(button)
        self.add_line()
        self.add(self.layers)
        self.add(self.hidden)
        self.row.addStretch(1)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for part in (self.zoom_out, self.percent, self.zoom_in, self.fit):
            self.add(part)
        self._size()
        style.changed.connect(self._size)

    def _size(self) -> None:
        look = style.tokens()
        self.percent.setMinimumWidth(look.px(52))
        wide = self.width() >= look.px(KEYS_FROM)
        self.layers.show_keys(wide)
        for button in (self.zoom_out, self.zoom_in, self.fit):
            # The wheel and the keys do the same, and the layers need the room.
            button.setVisible(wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size()

    def minimumSizeHint(self) -> QSize:
        """What is left when all goes that can go; not what is there now, or it could never go."""
        return QSize(style.tokens().px(_LEAST), super().minimumSizeHint().height())

    def show_zoom(self, zoom: float) -> None:
        """``zoom`` 1.0 is 100 %."""
        # A thin space that does not break, as with all units.
        self.percent.setText(f"{zoom * 100:.0f}\u202f%")
        self.percent.setAccessibleName(f"Zoom {zoom * 100:.0f} %")

    def show_undo(self, undo: str | None, redo: str | None) -> None:
        """Titles of what would be undone and redone, None for nothing."""
        for button, word, key, title in (
            (self.undo, "Undo", "Ctrl+Z", undo),
            (self.redo, "Redo", "Ctrl+Shift+Z", redo),
        ):
            button.setEnabled(title is not None)
            said = f"{word}: {title}" if title else word
            button.setAccessibleName(said)
            button.setToolTip(f"{said} ({key})" if title is not None else f"Nothing to {word.lower()}")


class ToolStrip(QWidget):
    """The tools, 44 px at the left. ``chosen`` carries a tool's name."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        surface(self, "leftpanel")
        self.setAccessibleName("Tools")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 1, 8)
        column.setSpacing(4)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, IconButton] = {}
        for name, icon, title, key in TOOLS:
            button = IconButton(icon, title, key, "tool", checkable=True)
            button.clicked.connect(lambda _on=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            self.buttons[name] = button
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._size()
        style.changed.connect(self._size)

    def _size(self) -> None:
        self.setFixedWidth(style.tokens().px(44))

    def show_tool(self, name: str) -> None:
        self.buttons[name].setChecked(True)

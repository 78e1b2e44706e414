"""Looking at a picture: zoom to the cursor, pan, fit. Knows nothing of garments."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QWidget,
)

from widgets import style
from widgets.canvas.backdrop import Backdrop
from widgets.canvas.crosshair import Crosshair

#: Zoom of one wheel notch, and the largest zoom there is.
STEP = 1.2
MAXIMUM = 40.0
#: From this zoom on the picture shows its pixels instead of smoothing them.
PIXELS_FROM = 4.0
#: Free pixels around a fitted picture.
MARGIN = 18


class Viewer(QGraphicsView):
    """A picture that can be zoomed and panned.

    ``zoom`` is logical screen pixels per image pixel: 1.0 is 100 %. A fitted picture stays fitted
    when the window changes; any zoom of the person ends that.
    """

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        # A few hundred items that change with every image: keeping an index costs more than it saves.
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

        self.backdrop = Backdrop(self._scene, self)
        self.crosshair = Crosshair(self)
        self._size = (0, 0)
        self._zoom = 1.0
        self._said_zoom = 0.0
        self._fitted = True
        self._pan_from: QPoint | None = None
        self._space = False
        self._ground = ""
        self._dress()
        style.changed.connect(self._dress)

    # --- the picture -----------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        return self._zoom

    @property
    def fitted(self) -> bool:
        return self._fitted

    @property
    def image_size(self) -> tuple[int, int]:
        """Width and height in image pixels."""
        return self._size

    @property
    def image(self) -> QImage:
        """The picture as decoded, null on a blank sheet."""
        return self.backdrop.image

    def show_picture(self, image: QImage | None, width: int, height: int) -> None:
        """Show a picture, or a blank sheet of that size where there is none.

        A picture whose own size differs from the known one is shown at its own size.
        """
        self._replace(self.backdrop.show(image, (width, height)))

    def _replace(self, size: tuple[int, int]) -> None:
        """Take a new image size, keeping the fit, or the zoom and the relative place."""
        old, self._size = self._size, size
        if self._fitted or not all(old) or not all(size):
            self._set_room()
            self.fit()
            return
        middle = self.map_to_image(QPointF(self.viewport().rect().center()))
        share = (middle.x() / old[0], middle.y() / old[1])
        self._set_room()
        self.centre_on(share[0] * size[0], share[1] * size[1])

    def _set_room(self) -> None:
        """Room around the picture, so that any point of it can be brought anywhere in view."""
        width, height = self._size
        view = max(self.viewport().width(), self.viewport().height())
        room = view / self.minimum_zoom()
        self._scene.setSceneRect(QRectF(-room, -room, width + 2 * room, height + 2 * room))

    # --- zoom ------------------------------------------------------------------------------------

    def fit_zoom(self) -> float:
        """The zoom at which the whole picture is seen."""
        width, height = self._size
        if not width or not height:
            return 1.0
        view = self.viewport().rect()
        across = (view.width() - 2 * MARGIN) / width
        down = (view.height() - 2 * MARGIN) / height
        return min(max(min(across, down), 0.01), MAXIMUM)

    def minimum_zoom(self) -> float:
        return min(self.fit_zoom() * 0.5, 0.5)

    def fit(self) -> None:
        """Show the whole picture."""
        self._apply_zoom(self.fit_zoom())
        width, height = self._size
        self.centre_on(width / 2, height / 2)
        self._fitted = True
        self._say_zoom()

    def actual_size(self) -> None:
        """Show one image pixel as one screen pixel."""
        self.set_zoom(1.0)

    def zoom_in(self) -> None:
        self.set_zoom(self._zoom * STEP)

    def zoom_out(self) -> None:
        self.set_zoom(self._zoom / STEP)

    def set_zoom(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zoom so that what is at ``anchor`` (viewport pixels; the middle if None) stays there."""
        at = anchor if anchor is not None else QRectF(self.viewport().rect()).center()
        kept = self.map_to_image(at)
        self._apply_zoom(min(max(zoom, self.minimum_zoom()), MAXIMUM))
        self._scroll(self.map_from_image(kept) - at)
        self._fitted = False
        self._say_zoom()

    def _say_zoom(self) -> None:
        if self._zoom != self._said_zoom:
            self._said_zoom = self._zoom
            self.zoom_changed.emit(self._zoom)

    def _apply_zoom(self, zoom: float) -> None:
        self._zoom = zoom
        device = zoom * self.devicePixelRatioF()
        self.backdrop.zoomed(device, device < PIXELS_FROM)
        self.setTransform(QTransform.fromScale(zoom, zoom))

    def map_to_image(self, at: QPointF) -> QPointF:
        """Viewport pixels to image pixels, with fractions."""
        return self.viewportTransform().inverted()[0].map(at)

    def map_from_image(self, at: QPointF) -> QPointF:
        """Image pixels to viewport pixels, with fractions."""
        return self.viewportTransform().map(at)

    # --- pan -------------------------------------------------------------------------------------

    def centre_on(self, x: float, y: float) -> None:
        """Bring an image point to the middle."""
        self._scroll(self.map_from_image(QPointF(x, y)) - QRectF(self.viewport().rect()).center())

    def make_visible(self, x: float, y: float, margin: int = 60) -> None:
        """Pan only if an image point is out of sight or within ``margin`` pixels of the edge."""
        at = self.map_from_image(QPointF(x, y))
        inside = QRectF(self.viewport().rect()).adjusted(margin, margin, -margin, -margin)
        if not self._fitted and not inside.contains(at):
            self.centre_on(x, y)

    def pan(self, dx: float, dy: float) -> None:
        """Move the view by screen pixels; the middle of the view never leaves the picture."""
        self._scroll(QPointF(dx, dy))
        width, height = self._size
        middle = self.map_to_image(QRectF(self.viewport().rect()).center())
        x, y = min(max(middle.x(), 0.0), width), min(max(middle.y(), 0.0), height)
        if (x, y) != (middle.x(), middle.y()):
            self.centre_on(x, y)
        self._fitted = False

    def _scroll(self, by: QPointF) -> None:
        for bar, amount in ((self.horizontalScrollBar(), by.x()), (self.verticalScrollBar(), by.y())):
            bar.setValue(bar.value() + round(amount))

    # --- events ----------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self._zoom * STEP ** (turn.y() / 120.0), event.position())
        elif not event.pixelDelta().isNull():
            self.pan(-event.pixelDelta().x(), -event.pixelDelta().y())
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.pan(-(turn.y() or turn.x()), 0)
        else:
            self.pan(-turn.x(), -turn.y())
        event.accept()

    @property
    def panning(self) -> bool:
        return self._pan_from is not None

    def start_pan(self, event: QMouseEvent) -> bool:
        """Begin to pan if this press asks for it: middle button, or Space held."""
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() != Qt.MouseButton.MiddleButton and not (left and self._space):
            return False
        self._pan_from = event.position().toPoint()
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        return True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            at = event.position().toPoint()
            moved = self._pan_from - at
            self._pan_from = at
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None and event.buttons() == Qt.MouseButton.NoButton:
            self._pan_from = None
            self._rest_cursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                self._rest_cursor()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = False
                if self._pan_from is None:
                    self._rest_cursor()
        else:
            event.ignore()

    def _rest_cursor(self) -> None:
        """The cursor while nothing is dragged."""
        if self._space:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.viewport().unsetCursor()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_room()
        if self._fitted:
            self.fit()

    def set_ground(self, colour: str) -> None:
        """What lies around the picture, as ``#RRGGBB``; "" leaves that to the theme."""
        self._ground = colour
        self._dress()

    def _dress(self) -> None:
        self.setBackgroundBrush(QColor(self._ground or style.tokens().canvas))
        self.backdrop.dress()

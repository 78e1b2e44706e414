"""The canvas: one image with its garments, and the tools to correct them."""

from widgets.canvas.canvas import Canvas
from widgets.canvas.pictures import Picture, Pictures
from widgets.canvas.state import Layers, Selection

__all__ = ["Canvas", "Layers", "Picture", "Pictures", "Selection"]

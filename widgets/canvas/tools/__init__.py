"""Tools: small mouse state machines that preview while dragging and emit one edit at the end."""

from widgets.canvas.tools.base import Pointer, Stage, Tool
from widgets.canvas.tools.box import BoxTool
from widgets.canvas.tools.brush import BrushTool, EraserTool, FillTool
from widgets.canvas.tools.landmarks import LandmarksTool
from widgets.canvas.tools.lasso import LassoTool
from widgets.canvas.tools.polygon import PolygonTool
from widgets.canvas.tools.segment import SegmentTool
from widgets.canvas.tools.select import SelectTool

#: The tools by name, in the order of the tool strip.
TOOLS: dict[str, type[Tool]] = {
    tool.name: tool
    for tool in (
        SelectTool,
        LandmarksTool,
        LassoTool,
        BoxTool,
        PolygonTool,
        BrushTool,
        EraserTool,
        FillTool,
        SegmentTool,
    )
}

__all__ = [
    "TOOLS",
    "BoxTool",
    "BrushTool",
    "EraserTool",
    "FillTool",
    "LandmarksTool",
    "LassoTool",
    "Pointer",
    "PolygonTool",
    "SegmentTool",
    "SelectTool",
    "Stage",
    "Tool",
]

"""Tools: small mouse state machines that preview while dragging and emit one edit at the end."""

from widgets.canvas.tools.base import Pointer, Stage, Tool
from widgets.canvas.tools.box import BoxTool
from widgets.canvas.tools.landmarks import LandmarksTool
from widgets.canvas.tools.select import SelectTool

#: The tools by name, in the order of the tool strip.
TOOLS: dict[str, type[Tool]] = {tool.name: tool for tool in (SelectTool, LandmarksTool, BoxTool)}

__all__ = ["TOOLS", "BoxTool", "LandmarksTool", "Pointer", "SelectTool", "Stage", "Tool"]

"""Every action of the program. The order is that of the menus and of the shortcuts sheet."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.actions import annotating, browsing, everywhere, retrieving, sweeping
from app.actions.action import Action

#: The menus of the menu bar.
MENUS = ("File", "Edit", "View", "Image", "Garment", "Landmarks", "Mask", "Model", "Help")

#: What mouse and keys do in lists and on the canvas, where no action listens: for the shortcuts sheet.
GESTURES: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "Browse": (
            ("Enter", "Open the image in Annotate"),
            ("Space", "Select or unselect"),
            ("Shift+Arrows", "Extend the selection"),
            ("Ctrl+A", "Select all"),
            ("Esc", "Clear the selection"),
            ("F", "Fill the tiles, or show whole pictures"),
            ("number, G", "Go to that row"),
            ("Ctrl+Wheel", "Size of the tiles"),
            ("Right click / Menu", "What can be done with the selected images"),
        ),
        "Annotate": (
            ("Ctrl+Wheel", "Zoom to the pointer"),
            ("Middle button / Space", "Drag the image about"),
            ("Ctrl+Click", "Mark another landmark"),
            ("Alt+Click / Right click", "List the garments there"),
            ("Esc", "Give up a drag or a polygon; unmark"),
            ("Enter / Double click", "Close the polygon that is being drawn"),
            ("Backspace", "Take back the last corner of the polygon that is being drawn"),
            ("Ctrl+Click", "Begin a hole, with the polygon tool; a background stroke, with GrabCut"),
            ("Alt+Click / Delete", "Take away a corner, with the polygon tool"),
            ("Ctrl+Delete", "Delete the polygon or hole of the current corner, with the polygon tool"),
            ("Click an edge / Insert", "A new corner, with the polygon tool"),
            ("Tab / Arrows", "Go to a corner and move it, with the polygon tool"),
            ("Shift", "Straight lines, with the polygon tool, the brush and the eraser"),
            ("Alt+Wheel", "Size of the brush"),
        ),
        "Sweep": (
            ("Click", "Move the landmark there"),
            ("Ctrl+Click / Shift+Click", "Mark crops, to be changed together"),
            ("Ctrl+A", "Mark all crops"),
            ("Esc", "Unmark them"),
            ("Arrows / Page keys", "Go from crop to crop"),
            ("Enter", "Open the garment in Annotate"),
        ),
        "Retrieval": (
            ("Up / Down", "Go to another query, in the list"),
            ("Right", "From the list to the results"),
            ("Arrows", "Select another result"),
            ("Enter / Double click", "Open the similar garment in Annotate"),
            ("L / Shift+Drag", "Lasso garments on the map"),
            ("Space", "Select the current garment on the map, or not"),
            ("J", "Join the two garments of a leak into one product"),
            ("Ctrl+Enter", "Show in Browse what is selected on the map, or the leaks that are listed"),
        ),
        "Models": (
            ("Enter", "Propose with the model in Annotate"),
            ("Delete", "Remove the model"),
            ("Ctrl+Z", "Bring back the model that was removed last"),
        ),
        "Runs": (
            ("Up / Down", "Go to another run"),
            ("Space", "Show the run in the charts, or not"),
            ("Enter", "Open the images of a cell in Browse"),
            ("Left / Right", "Move the line through the charts"),
        ),
    }
)


def actions() -> tuple[Action, ...]:
    """The whole table."""
    return (
        *everywhere.actions(),
        *browsing.actions(),
        *annotating.actions(),
        *sweeping.actions(),
        *retrieving.actions(),
    )

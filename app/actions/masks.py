"""What can be done with the mask of the selected garment, and with garments that overlap."""

from __future__ import annotations

from app.actions.action import (
    Action,
    Maker,
    State,
    needs_garment,
    needs_image,
    needs_own_garment,
    needs_writable,
)


def _needs_mask(state: State) -> str:
    """The garment must have a mask."""
    return needs_own_garment(state) or ("" if state.mask else "The garment has no mask")


def _needs_corners(state: State) -> str:
    """The mask must have corners."""
    pixels = "The mask is single pixels: turn it into polygons first"
    return _needs_mask(state) or (pixels if state.mask == "pixels" else "")


def _needs_pixels(state: State) -> str:
    """The mask must be single pixels."""
    return _needs_mask(state) or ("" if state.mask == "pixels" else "The mask has corners already")


def _needs_lockable(state: State) -> str:
    """A garment must be selected, locked or not."""
    return needs_writable(state) or ("" if state.garment else "No garment is selected")


def actions() -> tuple[Action, ...]:
    """The actions of the menu Mask."""
    return (*_tools(), *_masks(), *_order())


def _tools() -> tuple[Action, ...]:
    make = Maker("annotate", "Mask", needs_image, prefix="tool.")

    def tool(name: str, title: str, icon: str, key: str) -> Action:
        return make(name, title, lambda w: w.annotate.page.set_tool(name), icon, key)

    brush = Maker("annotate", "Mask", needs_image, prefix="brush.")
    return (
        tool("segment", "GrabCut", "wand", "W"),
        tool("polygon", "Polygon tool", "polygon", "O"),
        tool("brush", "Brush", "brush", "B"),
        tool("eraser", "Eraser", "eraser", "E"),
        tool("fill", "Fill gaps", "bucket-droplet", "Shift+B"),
        brush(
            "larger", "Larger brush", lambda w: w.annotate.canvas.brush.step(1), "", "Alt+]", separated=True
        ),
        brush("smaller", "Smaller brush", lambda w: w.annotate.canvas.brush.step(-1), "", "Alt+["),
        make(
            "holes", "Polygons cut holes", lambda w: w.annotate.page.masking.toggle_cuts(), "", "Ctrl+Shift+H"
        ),
    )


def _masks() -> tuple[Action, ...]:
    make = Maker("annotate", "Mask", _needs_mask, prefix="mask.").on(lambda w: w.annotate.page.masking)
    return (
        make(
            "simplify",
            "Simplify the outline",
            lambda m: m.simplify(),
            "vector",
            "Shift+O",
            needs=_needs_corners,
            separated=True,
        ),
        make(
            "mend",
            "Mend outlines that cross themselves",
            lambda m: m.mend(),
            "",
            "Ctrl+Shift+O",
            needs=_needs_corners,
        ),
        make("fill_holes", "Fill all holes", lambda m: m.fill_holes(), "bucket-droplet", "Ctrl+Shift+B"),
        make("clip", "Clip the mask to the box", lambda m: m.clip_to_box(), "crop", "Ctrl+Shift+R"),
        make("box", "Box from the mask", lambda m: m.box_from_mask(), "square", "Shift+R"),
        make(
            "polygons",
            "Pixels to polygons",
            lambda m: m.to_polygons(),
            "",
            "Ctrl+Shift+P",
            needs=_needs_pixels,
            separated=True,
        ),
        make("pixels", "Polygons to pixels", lambda m: m.to_pixels(), "", "Ctrl+Alt+P", needs=_needs_corners),
        make("delete", "Delete the mask", lambda m: m.delete_mask(), "", "Shift+Del"),
    )


def _order() -> tuple[Action, ...]:
    make = Maker("annotate", "Mask", needs_garment, prefix="garment.").on(lambda w: w.annotate.page.masking)
    return (
        make(
            "forward",
            "Bring forward",
            lambda m: m.move(1),
            "stack-forward",
            "Ctrl+]",
            needs=needs_own_garment,
            separated=True,
        ),
        make("back", "Send back", lambda m: m.move(-1), "stack-backward", "Ctrl+[", needs=needs_own_garment),
        make(
            "lock",
            "Lock or unlock the garment",
            lambda m: m.toggle_lock(),
            "lock",
            "Ctrl+Shift+L",
            needs=_needs_lockable,
        ),
        make("hide", "Hide or show the garment", lambda m: m.toggle_hidden(), "eye-off", "Shift+H"),
        make("solo", "Show the garment alone, or all", lambda m: m.toggle_solo(), "focus-2", "Shift+S"),
    )

"""What can be done with the garments of the image in Annotate, and with their landmarks."""

from __future__ import annotations

from app.actions.action import (
    Action,
    Maker,
    Scope,
    needs_garment,
    needs_image,
    needs_landmark,
    needs_own_garment,
    needs_writable,
)
from store.records import Visibility

#: Names, words and steps of the arrow keys.
_DIRECTIONS = (
    ("left", "Left", -1, 0),
    ("right", "Right", 1, 0),
    ("up", "Up", 0, -1),
    ("down", "Down", 0, 1),
)


def actions() -> tuple[Action, ...]:
    """The actions of the menu Garment, tools and garments, and the first ones of Landmarks."""
    return (*_tools(), *_garments(), *_landmarks(), *_nudges())


def _tools() -> tuple[Action, ...]:
    make = Maker("annotate", "Garment", needs_image, prefix="tool.")

    def tool(name: str, title: str, icon: str, key: str) -> Action:
        return make(name, title, lambda w: w.annotate.page.set_tool(name), icon, key)

    return (
        tool("select", "Select", "pointer", "V"),
        tool("landmarks", "Landmark tool", "vector-triangle", "K"),
        tool("lasso", "Lasso", "lasso", "L"),
        tool("box", "Box tool", "square", "R"),
    )


def _garments() -> tuple[Action, ...]:
    make = Maker("annotate", "Garment", needs_own_garment, prefix="garment.")
    return (
        make(
            "new",
            "New garment",
            lambda w: w.annotate.page.begin_garment(),
            "plus",
            "N",
            needs=needs_writable,
            separated=True,
        ),
        make(
            "delete",
            "Delete garment",
            lambda w: w.annotate.page.delete_garment(),
            "trash",
            "Del",
            scope=Scope.CANVAS,
        ),
        make(
            "category", "Choose the category", lambda w: w.annotate.page.choose_category(), "hanger", "Ctrl+G"
        ),
        make("swap", "Swap left and right", lambda w: w.annotate.page.swap_sides(), "arrows-left-right", "M"),
        make(
            "next",
            "Next garment",
            lambda w: w.annotate.page.next_garment(),
            "shirt",
            "`",
            needs=needs_image,
            separated=True,
        ),
    )


def _landmarks() -> tuple[Action, ...]:
    make = Maker("annotate", "Landmarks", needs_image, Scope.CANVAS, "landmark.")

    def state(visibility: Visibility, title: str, key: str, separated: bool = False) -> Action:
        return make(
            visibility.name.lower(),
            title,
            lambda w: w.annotate.page.set_visibility(visibility),
            "",
            key,
            needs=needs_landmark,
            scope=Scope.PAGE,
            separated=separated,
        )

    return (
        make("next", "Next landmark", lambda w: w.annotate.page.next_landmark(1), "", "Tab"),
        make(
            "previous",
            "Previous landmark",
            lambda w: w.annotate.page.next_landmark(-1),
            "",
            "Shift+Tab",
            "Backtab",
        ),
        make(
            "all",
            "Mark all landmarks",
            lambda w: w.annotate.page.all_landmarks(),
            "",
            "Ctrl+A",
            needs=needs_garment,
        ),
        state(Visibility.VISIBLE, "Visible", "2", separated=True),
        state(Visibility.OCCLUDED, "Occluded", "1"),
        state(Visibility.CUT_OFF, "Cut off", "3"),
        state(Visibility.UNLABELLED, "Unlabelled", "0"),
    )


def _nudges() -> tuple[Action, ...]:
    make = Maker("annotate", "", needs_landmark, Scope.CANVAS, "landmark.")

    def nudge(name: str, title: str, key: str, x: float, y: float) -> Action:
        return make(name, title, lambda w: w.annotate.page.nudge(x, y), "", key)

    small = tuple(nudge(n, f"Move landmark 1 px {n}", k, x, y) for n, k, x, y in _DIRECTIONS)
    large = tuple(
        nudge(f"{n}10", f"Move landmark 10 px {n}", f"Shift+{k}", 10 * x, 10 * y)
        for n, k, x, y in _DIRECTIONS
    )
    return (*small, *large)

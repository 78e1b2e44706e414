"""What can be done with the garments of the image in Annotate, and with their landmarks."""

from __future__ import annotations

from app.actions.action import (
    Action,
    Scope,
    needs_garment,
    needs_image,
    needs_landmark,
    needs_own_garment,
    needs_writable,
)
from store.records import Visibility


def actions() -> tuple[Action, ...]:
    """The actions of the menu Garment: tools, garments, landmarks."""

    def tool(name: str, title: str, icon: str, key: str, separated: bool = False) -> Action:
        return Action(
            f"tool.{name}",
            title,
            lambda w: w.annotate.page.set_tool(name),
            icon,
            (key,),
            "Garment",
            page="annotate",
            scope=Scope.PAGE,
            enabled_when=needs_image,
            separated=separated,
        )

    def state(visibility: Visibility, title: str, key: str, separated: bool = False) -> Action:
        return Action(
            f"landmark.{visibility.name.lower()}",
            title,
            lambda w: w.annotate.page.set_visibility(visibility),
            "",
            (key,),
            "Garment",
            page="annotate",
            scope=Scope.PAGE,
            enabled_when=needs_landmark,
            separated=separated,
        )

    def nudge(name: str, title: str, key: str, x: float, y: float) -> Action:
        return Action(
            f"landmark.{name}",
            title,
            lambda w: w.annotate.page.nudge(x, y),
            "",
            (key,),
            page="annotate",
            scope=Scope.CANVAS,
            enabled_when=needs_landmark,
        )

    directions = (
        ("left", "Left", -1, 0),
        ("right", "Right", 1, 0),
        ("up", "Up", 0, -1),
        ("down", "Down", 0, 1),
    )
    small = tuple(nudge(n, f"Move landmark 1 px {n}", k, x, y) for n, k, x, y in directions)
    large = tuple(
        nudge(f"{n}10", f"Move landmark 10 px {n}", f"Shift+{k}", 10 * x, 10 * y) for n, k, x, y in directions
    )
    return (
        tool("select", "Select", "pointer", "V"),
        tool("landmarks", "Landmark tool", "vector-triangle", "K"),
        tool("box", "Box tool", "square", "R"),
        Action(
            "garment.new",
            "New garment",
            lambda w: w.annotate.page.begin_garment(),
            "plus",
            ("N",),
            "Garment",
            page="annotate",
            scope=Scope.PAGE,
            enabled_when=needs_writable,
            separated=True,
        ),
        Action(
            "garment.delete",
            "Delete garment",
            lambda w: w.annotate.page.delete_garment(),
            "trash",
            ("Del",),
            "Garment",
            page="annotate",
            scope=Scope.CANVAS,
            enabled_when=needs_own_garment,
        ),
        Action(
            "garment.category",
            "Choose the category",
            lambda w: w.annotate.page.choose_category(),
            "hanger",
            ("C",),
            "Garment",
            page="annotate",
            scope=Scope.PAGE,
            enabled_when=needs_own_garment,
        ),
        Action(
            "garment.swap",
            "Swap left and right",
            lambda w: w.annotate.page.swap_sides(),
            "arrows-left-right",
            ("M",),
            "Garment",
            page="annotate",
            scope=Scope.PAGE,
            enabled_when=needs_own_garment,
        ),
        Action(
            "garment.next",
            "Next garment",
            lambda w: w.annotate.page.next_garment(),
            "shirt",
            ("`",),
            "Garment",
            page="annotate",
            scope=Scope.PAGE,
            enabled_when=needs_image,
            separated=True,
        ),
        Action(
            "landmark.next",
            "Next landmark",
            lambda w: w.annotate.page.next_landmark(1),
            "",
            ("Tab",),
            "Garment",
            page="annotate",
            scope=Scope.CANVAS,
            enabled_when=needs_image,
        ),
        Action(
            "landmark.previous",
            "Previous landmark",
            lambda w: w.annotate.page.next_landmark(-1),
            "",
            ("Shift+Tab", "Backtab"),
            "Garment",
            page="annotate",
            scope=Scope.CANVAS,
            enabled_when=needs_image,
        ),
        Action(
            "landmark.all",
            "Mark all landmarks",
            lambda w: w.annotate.page.all_landmarks(),
            "",
            ("Ctrl+A",),
            "Garment",
            page="annotate",
            scope=Scope.CANVAS,
            enabled_when=needs_garment,
        ),
        state(Visibility.VISIBLE, "Visible", "2", separated=True),
        state(Visibility.OCCLUDED, "Occluded", "1"),
        state(Visibility.CUT_OFF, "Cut off", "3"),
        state(Visibility.UNLABELLED, "Unlabelled", "0"),
        *small,
        *large,
    )

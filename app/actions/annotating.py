"""What can be done with the image in Annotate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.actions.action import (
    Action,
    Condition,
    Scope,
    can_redo,
    can_undo,
    needs_acceptable,
    needs_difference,
    needs_garment,
    needs_image,
    needs_landmark,
    needs_own_garment,
    needs_proposals,
    needs_store,
    needs_writable,
)
from store.records import Review, Visibility

if TYPE_CHECKING:
    from app.window import MainWindow


def _edit() -> tuple[Action, ...]:
    return (
        Action(
            "edit.undo",
            "Undo",
            lambda w: w.annotate.undo(),
            "arrow-back-up",
            ("Ctrl+Z",),
            "Edit",
            page="annotate",
            enabled_when=can_undo,
        ),
        Action(
            "edit.redo",
            "Redo",
            lambda w: w.annotate.redo(),
            "arrow-forward-up",
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            "Edit",
            page="annotate",
            enabled_when=can_redo,
        ),
    )


def _view() -> tuple[Action, ...]:
    def on_annotate(
        action_id: str,
        title: str,
        run: Callable[[MainWindow], object],
        icon: str,
        *keys: str,
        separated: bool = False,
        checkable: bool = False,
        listened: bool = True,
    ) -> Action:
        return Action(
            action_id,
            title,
            run,
            icon,
            keys,
            "View",
            page="annotate",
            scope=Scope.PAGE,
            enabled_when=needs_image,
            separated=separated,
            checkable=checkable,
            listened=listened,
        )

    return (
        on_annotate(
            "view.landmarks",
            "Show landmarks",
            lambda w: w.annotate.page.toggle_layer("landmarks"),
            "",
            "F5",
            separated=True,
            checkable=True,
        ),
        on_annotate(
            "view.masks",
            "Show masks",
            lambda w: w.annotate.page.toggle_layer("masks"),
            "",
            "F6",
            checkable=True,
        ),
        on_annotate(
            "view.boxes",
            "Show boxes",
            lambda w: w.annotate.page.toggle_layer("boxes"),
            "",
            "F7",
            checkable=True,
        ),
        on_annotate(
            "view.predictions",
            "Show predictions",
            lambda w: w.annotate.page.toggle_layer("predictions"),
            "",
            "F8",
            checkable=True,
        ),
        on_annotate(
            "view.hide",
            "Hide all overlays",
            lambda w: w.annotate.page.toggle_overlays(),
            "eye-off",
            "H",
            listened=False,
        ),
        on_annotate(
            "view.history",
            "History of the image",
            lambda w: w.annotate.page.toggle_history(),
            "history",
            "Ctrl+H",
        ),
        Action(
            "view.fit",
            "Fit the image",
            lambda w: w.annotate.page.fit(),
            "maximize",
            ("Home",),
            "View",
            page="annotate",
            scope=Scope.CANVAS,
            enabled_when=needs_image,
            separated=True,
        ),
        Action(
            "view.full",
            "Zoom to 100 %",
            lambda w: w.annotate.page.actual_size(),
            "",
            ("End",),
            "View",
            page="annotate",
            scope=Scope.CANVAS,
            enabled_when=needs_image,
        ),
        on_annotate(
            "view.in", "Zoom in", lambda w: w.annotate.page.zoom_in(), "zoom-in", "Ctrl++", "Ctrl+=", "+"
        ),
        on_annotate("view.out", "Zoom out", lambda w: w.annotate.page.zoom_out(), "zoom-out", "Ctrl+-", "-"),
    )


def _image() -> tuple[Action, ...]:
    def action(
        action_id: str,
        title: str,
        run: Callable[[MainWindow], object],
        icon: str,
        *keys: str,
        canvas: bool = False,
        writes: bool = False,
        separated: bool = False,
    ) -> Action:
        return Action(
            action_id,
            title,
            run,
            icon,
            keys,
            "Image",
            page="annotate",
            scope=Scope.CANVAS if canvas else Scope.PAGE,
            enabled_when=needs_writable if writes else needs_image,
            separated=separated,
        )

    return (
        action("image.next", "Next image", lambda w: w.annotate.step(1), "chevron-right", "PgDown"),
        action("image.previous", "Previous image", lambda w: w.annotate.step(-1), "chevron-left", "PgUp"),
        action(
            "image.accept_next",
            "Accept and go on",
            lambda w: w.annotate.accept(advance=True),
            "check",
            "Return",
            "Enter",
            canvas=True,
            writes=True,
            separated=True,
        ),
        action(
            "image.accept",
            "Accept",
            lambda w: w.annotate.accept(advance=False),
            "circle-check",
            "Ctrl+Return",
            "Ctrl+Enter",
            writes=True,
        ),
        action(
            "image.second_look",
            "Second look",
            lambda w: w.annotate.review(Review.SECOND_LOOK),
            "flag",
            "Ctrl+L",
            writes=True,
        ),
        action(
            "image.reject",
            "Reject",
            lambda w: w.annotate.review(Review.REJECTED),
            "circle-x",
            "Ctrl+R",
            writes=True,
        ),
        action(
            "image.to_do",
            "Back to do",
            lambda w: w.annotate.review(Review.TO_DO),
            "circle-dashed",
            writes=True,
        ),
    )


def _garment() -> tuple[Action, ...]:
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
            enabled_when=needs_garment,
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
            enabled_when=needs_garment,
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


def _model() -> tuple[Action, ...]:
    def action(
        action_id: str,
        title: str,
        run: Callable[[MainWindow], object],
        icon: str,
        *keys: str,
        needs: Condition = needs_acceptable,
        separated: bool = False,
    ) -> Action:
        return Action(
            f"model.{action_id}",
            title,
            run,
            icon,
            keys,
            "Model",
            page="annotate",
            scope=Scope.PAGE,
            enabled_when=needs,
            separated=separated,
        )

    def part(name: str, title: str, separated: bool = False) -> Action:
        def run(window: MainWindow) -> None:
            window.annotate.page.predictions.accept_named(name)

        return action(f"accept_{name}", title, run, "", separated=separated)

    return (
        action("accept", "Accept proposal", lambda w: w.annotate.page.predictions.accept(), "check", "Y"),
        action("reject", "Reject proposal", lambda w: w.annotate.page.predictions.reject(), "x", "X"),
        action(
            "accept_all",
            "Accept all proposals",
            lambda w: w.annotate.page.predictions.accept_all(),
            "checks",
            "Shift+Y",
            needs=needs_proposals,
        ),
        action(
            "accept_whole",
            "Accept everything for the garment",
            lambda w: w.annotate.page.predictions.accept_whole(),
            "checks",
            "Alt+Y",
        ),
        action(
            "next_difference",
            "Next difference",
            lambda w: w.annotate.page.predictions.next_difference(1),
            "chevron-down",
            "D",
            needs=needs_difference,
            separated=True,
        ),
        action(
            "previous_difference",
            "Previous difference",
            lambda w: w.annotate.page.predictions.next_difference(-1),
            "chevron-up",
            "Shift+D",
            needs=needs_difference,
        ),
        part("box", "Accept the box", separated=True),
        part("mask", "Accept the mask"),
        part("landmarks", "Accept all landmarks"),
        part("category", "Accept the category"),
        part("attributes", "Accept the attributes"),
        action(
            "show_rejected",
            "Show what was rejected",
            lambda w: w.annotate.page.predictions.show_rejected(),
            "eye",
            needs=needs_image,
            separated=True,
        ),
        action(
            "again",
            "Look at the image again",
            lambda w: w.annotate.proposals.again(),
            "refresh",
            needs=needs_image,
        ),
        action(
            "choose",
            "Choose the model",
            lambda w: w.annotate.page.predictions_panel.choose_model(),
            "cube",
            needs=needs_image,
        ),
        Action(
            "model.manage",
            "Models…",
            lambda w: w.go_to("models"),
            "cube",
            (),
            "Model",
            enabled_when=needs_store,
            separated=True,
        ),
    )


def actions() -> tuple[Action, ...]:
    """The actions of the Annotate page, menu by menu."""
    return (*_edit(), *_view(), *_image(), *_garment(), *_model())

"""What can be done with the image in Annotate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.actions import garments, proposals
from app.actions.action import (
    Action,
    Scope,
    can_redo,
    can_undo,
    needs_image,
    needs_writable,
)
from store.records import Review

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


def actions() -> tuple[Action, ...]:
    """The actions of the Annotate page, menu by menu."""
    return (*_edit(), *_view(), *_image(), *garments.actions(), *proposals.actions())

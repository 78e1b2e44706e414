"""What can be done with the image in Annotate."""

from __future__ import annotations

from app.actions import comforts, facts, garments, landmarks, masks, proposals, recalling, reviewing
from app.actions.action import (
    Action,
    Maker,
    Scope,
    can_redo,
    can_undo,
    needs_image,
    needs_writable,
)
from store.records import Review


def _edit() -> tuple[Action, ...]:
    make = Maker("annotate", "Edit", scope=Scope.WINDOW, prefix="edit.")
    undo, redo = ("Ctrl+Z",), ("Ctrl+Shift+Z", "Ctrl+Y")
    return (
        make("undo", "Undo", lambda w: w.annotate.undo(), "arrow-back-up", *undo, needs=can_undo),
        make("redo", "Redo", lambda w: w.annotate.redo(), "arrow-forward-up", *redo, needs=can_redo),
    )


def _view() -> tuple[Action, ...]:
    make = Maker("annotate", "View", needs_image, prefix="view.")

    def layer(name: str, key: str, separated: bool = False) -> Action:
        return make(
            name,
            f"Show {name}",
            lambda w: w.annotate.page.toggle_layer(name),
            "",
            key,
            separated=separated,
            checkable=True,
        )

    return (
        layer("landmarks", "F5", separated=True),
        layer("masks", "F6"),
        layer("boxes", "F7"),
        layer("predictions", "F8"),
        make(
            "hide",
            "Hide all overlays",
            lambda w: w.annotate.page.toggle_overlays(),
            "eye-off",
            "H",
            listened=False,
        ),
        make(
            "history",
            "History of the image",
            lambda w: w.annotate.page.toggle_history(),
            "history",
            "Ctrl+H",
        ),
        make(
            "fit",
            "Fit the image",
            lambda w: w.annotate.page.fit(),
            "maximize",
            "Home",
            scope=Scope.CANVAS,
            separated=True,
        ),
        make(
            "full",
            "Zoom to 100 %",
            lambda w: w.annotate.page.actual_size(),
            "",
            "End",
            scope=Scope.CANVAS,
        ),
        make("in", "Zoom in", lambda w: w.annotate.page.zoom_in(), "zoom-in", "Ctrl++", "Ctrl+=", "+"),
        make("out", "Zoom out", lambda w: w.annotate.page.zoom_out(), "zoom-out", "Ctrl+-", "-"),
    )


def _image() -> tuple[Action, ...]:
    step = Maker("annotate", "Image", needs_image, prefix="image.")
    make = Maker("annotate", "Image", needs_writable, prefix="image.")
    return (
        step("next", "Next image", lambda w: w.annotate.step(1), "chevron-right", "PgDown"),
        step("previous", "Previous image", lambda w: w.annotate.step(-1), "chevron-left", "PgUp"),
        make(
            "accept_next",
            "Accept and go on",
            lambda w: w.annotate.accept(advance=True),
            "check",
            "Return",
            "Enter",
            scope=Scope.CANVAS,
            separated=True,
        ),
        make(
            "accept",
            "Accept",
            lambda w: w.annotate.accept(advance=False),
            "circle-check",
            "Ctrl+Return",
            "Ctrl+Enter",
        ),
        make("second_look", "Second look", lambda w: w.annotate.review(Review.SECOND_LOOK), "flag", "Ctrl+L"),
        make("reject", "Reject", lambda w: w.annotate.review(Review.REJECTED), "circle-x", "Ctrl+R"),
        make("to_do", "Back to do", lambda w: w.annotate.review(Review.TO_DO), "circle-dashed"),
    )


def actions() -> tuple[Action, ...]:
    """The actions of the Annotate page, menu by menu."""
    return (
        *_edit(),
        *recalling.actions(),
        *_view(),
        *comforts.actions(),
        *_image(),
        *reviewing.actions(),
        *garments.actions(),
        *facts.actions(),
        *landmarks.actions(),
        *masks.actions(),
        *proposals.actions(),
    )

"""What can be done with what a model proposes for the image in Annotate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.action import (
    Action,
    Maker,
    needs_acceptable,
    needs_difference,
    needs_image,
    needs_proposals,
    needs_store,
)

if TYPE_CHECKING:
    from app.window import MainWindow


def actions() -> tuple[Action, ...]:
    """The actions of the menu Model: proposals, and the model that makes them."""

    action = Maker("annotate", "Model", needs_acceptable, prefix="model.")

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

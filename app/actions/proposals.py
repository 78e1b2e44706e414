"""What can be done with what a model proposes for the image in Annotate."""

from __future__ import annotations

from app.actions.action import (
    Action,
    Maker,
    needs_acceptable,
    needs_difference,
    needs_image,
    needs_proposals,
    needs_store,
)


def actions() -> tuple[Action, ...]:
    """The actions of the menu Model: proposals, and the model that makes them."""
    return (*_proposals(), *_parts(), *_model())


def _proposals() -> tuple[Action, ...]:
    make = Maker("annotate", "Model", needs_acceptable, prefix="model.").on(
        lambda w: w.annotate.page.predictions
    )
    return (
        make("accept", "Accept proposal", lambda p: p.accept(), "check", "Y"),
        make("reject", "Reject proposal", lambda p: p.reject(), "x", "X"),
        make(
            "accept_all",
            "Accept all proposals",
            lambda p: p.accept_all(),
            "checks",
            "Shift+Y",
            needs=needs_proposals,
        ),
        make(
            "accept_whole", "Accept everything for the garment", lambda p: p.accept_whole(), "checks", "Alt+Y"
        ),
        make(
            "next_difference",
            "Next difference",
            lambda p: p.next_difference(1),
            "chevron-down",
            "D",
            needs=needs_difference,
            separated=True,
        ),
        make(
            "previous_difference",
            "Previous difference",
            lambda p: p.next_difference(-1),
            "chevron-up",
            "Shift+D",
            needs=needs_difference,
        ),
    )


def _parts() -> tuple[Action, ...]:
    make = Maker("annotate", "Model", needs_acceptable, prefix="model.").on(
        lambda w: w.annotate.page.predictions
    )

    def part(name: str, title: str, separated: bool = False) -> Action:
        return make(f"accept_{name}", title, lambda p: p.accept_named(name), separated=separated)

    return (
        part("box", "Accept the box", separated=True),
        part("mask", "Accept the mask"),
        part("landmarks", "Accept all landmarks"),
        part("category", "Accept the category"),
        part("attributes", "Accept the attributes"),
    )


def _model() -> tuple[Action, ...]:
    make = Maker("annotate", "Model", needs_image, prefix="model.").on(lambda w: w.annotate)
    return (
        make(
            "show_rejected",
            "Show what was rejected",
            lambda a: a.page.predictions.show_rejected(),
            "eye",
            separated=True,
        ),
        make("again", "Look at the image again", lambda a: a.proposals.again(), "refresh"),
        make("choose", "Choose the model", lambda a: a.page.predictions_panel.choose_model(), "cube"),
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

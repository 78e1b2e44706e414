"""What can be done with the history of the image in Annotate."""

from __future__ import annotations

from app.actions.action import Action, Maker, State, needs_writable


def _needs_moment(state: State) -> str:
    """A change must be chosen in the history."""
    return needs_writable(state) or ("" if state.recalled else "No change is chosen in the history (Ctrl+H)")


def actions() -> tuple[Action, ...]:
    """The actions of the history, in the menu Edit."""
    make = Maker("annotate", "Edit", _needs_moment, prefix="history.")
    return (
        make(
            "restore_garment",
            "Restore the garment of then",
            lambda w: w.annotate.page.recalled.restore(whole=False),
            "restore",
            "Alt+H",
            separated=True,
        ),
        make(
            "restore_image",
            "Restore the image of then",
            lambda w: w.annotate.page.recalled.restore(whole=True),
            "restore",
            "Alt+Shift+H",
        ),
    )

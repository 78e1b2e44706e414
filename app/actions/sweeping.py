"""What can be done on the sweep page."""

from __future__ import annotations

from app.actions.action import Action, Maker, Scope, State, needs_chosen, needs_store
from store.records import Visibility

_DIRECTIONS = (("left", "Left", -1, 0), ("right", "Right", 1, 0), ("up", "Up", 0, -1), ("down", "Down", 0, 1))


def _needs_crop(state: State) -> str:
    """A crop must be there, and may be changed."""
    if not state.crop:
        return needs_store(state) or "No crop is selected"
    return "" if state.writable else "The store is open read-only"


def _can_undo(state: State) -> str:
    return needs_store(state) or ("" if state.undo_crop else "Nothing was corrected in the sweep")


def _can_redo(state: State) -> str:
    return needs_store(state) or ("" if state.redo_crop else "Nothing was undone in the sweep")


def actions() -> tuple[Action, ...]:
    """The actions of the sweep, and the one that opens it."""
    make = Maker("sweep", "Landmarks", _needs_crop, prefix="sweep.").on(lambda w: w.sweep)

    def state(visibility: Visibility, title: str, key: str, separated: bool = False) -> Action:
        return make(
            visibility.name.lower(),
            f"{title} in the sweep, and on",
            lambda s: s.set_state(visibility),
            "",
            key,
            separated=separated,
        )

    def nudge(name: str, key: str, x: int, y: int) -> Action:
        return Action(
            f"sweep.{name}",
            f"Move the landmark of the crop 1 px {name}",
            lambda w: w.sweep.nudge(x, y),
            "",
            (f"Shift+{key}",),
            page="sweep",
            scope=Scope.CANVAS,
            enabled_when=_needs_crop,
        )

    return (
        Action(
            "sweep.open",
            "Sweep: one landmark of many garments",
            lambda w: w.sweep.open(),
            "layout-grid",
            ("Ctrl+Shift+W",),
            "Landmarks",
            enabled_when=needs_chosen,
            separated=True,
        ),
        make("undo", "Undo in the sweep", lambda s: s.undo(), "", "Ctrl+Z", needs=_can_undo),
        make("redo", "Redo in the sweep", lambda s: s.redo(), "", "Ctrl+Shift+Z", "Ctrl+Y", needs=_can_redo),
        make("expected", "Put it where it should be, and on", lambda s: s.take_expected(), "target", "Y"),
        state(Visibility.VISIBLE, "Visible", "2", separated=True),
        state(Visibility.OCCLUDED, "Occluded", "1"),
        state(Visibility.CUT_OFF, "Cut off", "3"),
        state(Visibility.UNLABELLED, "Unlabelled", "0"),
        make("swap", "Swap left and right in the sweep", lambda s: s.swap_sides(), "arrows-left-right", "M"),
        make("next", "Next crop", lambda s: s.step(1), "", "Space", scope=Scope.CANVAS),
        make("nearer", "Look nearer", lambda s: s.page.look_nearer(1), "", "+", "="),
        make("further", "Look from further away", lambda s: s.page.look_nearer(-1), "", "-"),
        *(nudge(*way) for way in _DIRECTIONS),
    )

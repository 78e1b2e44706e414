"""What can be done with several landmarks at once, and how landmarks are worked with."""

from __future__ import annotations

from app.actions.action import (
    Action,
    Maker,
    Scope,
    State,
    needs_image,
    needs_landmark,
    needs_own_garment,
    needs_store,
)
from store.records import Visibility

_LEFT, _RIGHT, _UP, _DOWN = ("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1)
#: Degrees of one press of a key, and the share by which it scales.
TURN, GROW = 2.0, 1.02


def _needs_marked(state: State) -> str:
    """Several landmarks must be marked."""
    return needs_own_garment(state) or ("" if state.marked > 1 else "Mark two or more landmarks first")


def _needs_template(state: State) -> str:
    """The category must have a mean shape."""
    return needs_own_garment(state) or ("" if state.template else "The category has no mean shape")


def _needs_pairs(state: State) -> str:
    """The category must have landmarks that mirror each other."""
    return needs_image(state) or ("" if state.pairs else "The category has no left and right landmarks")


def _needs_pair(state: State) -> str:
    """A landmark must be marked, of a category that has pairs."""
    return needs_landmark(state) or _needs_pairs(state)


def actions() -> tuple[Action, ...]:
    """The actions of the menu Landmarks, but for those that :mod:`app.actions.garments` has."""
    return (*_states(), *_shapes(), *_copies(), *_ways(), *_alone())


def _states() -> tuple[Action, ...]:
    make = Maker("annotate", "Landmarks", needs_landmark, prefix="landmark.")

    def state(visibility: Visibility, word: str, key: str) -> Action:
        return make(
            f"{visibility.name.lower()}_next",
            f"{word}, and on to the next",
            lambda w: w.annotate.page.shaping.set_and_go_on(visibility),
            "",
            key,
            separated=visibility is Visibility.VISIBLE,
        )

    return (
        state(Visibility.VISIBLE, "Visible", "Shift+2"),
        state(Visibility.OCCLUDED, "Occluded", "Shift+1"),
        state(Visibility.CUT_OFF, "Cut off", "Shift+3"),
        state(Visibility.UNLABELLED, "Unlabelled", "Shift+0"),
    )


def _shapes() -> tuple[Action, ...]:
    make = Maker("annotate", "Landmarks", _needs_marked, Scope.CANVAS, "landmark.").on(
        lambda w: w.annotate.page.shaping
    )
    fit = Maker("annotate", "Landmarks", _needs_template, prefix="template.").on(
        lambda w: w.annotate.page.shaping
    )
    return (
        make("clockwise", "Turn the marked ones clockwise", lambda s: s.turn(TURN), "", ".", separated=True),
        make("counterclockwise", "Turn them counterclockwise", lambda s: s.turn(-TURN), "", ","),
        make("larger", "Scale the marked ones up", lambda s: s.scale(GROW), "", "Shift+.", ">"),
        make("smaller", "Scale them down", lambda s: s.scale(1 / GROW), "", "Shift+,", "<"),
        fit(
            "rest",
            "Fit the template to what is unlabelled",
            lambda s: s.fit_template(),
            "template",
            "T",
            separated=True,
        ),
        fit(
            "box",
            "Fit the whole template to the box",
            lambda s: s.fit_template("box", everything=True),
            "",
            "Shift+T",
        ),
        fit(
            "mask",
            "Fit the whole template to the mask",
            lambda s: s.fit_template("mask", everything=True),
            "",
            "Alt+T",
        ),
        fit(
            "prediction",
            "Fit the whole template to the prediction",
            lambda s: s.fit_template("prediction", everything=True),
            "",
            "Alt+Shift+T",
        ),
    )


def _copies() -> tuple[Action, ...]:
    make = Maker("annotate", "Landmarks", needs_own_garment, prefix="landmark.")
    return (
        make(
            "copy_previous",
            "Copy from the previous image",
            lambda w: w.annotate.copying.from_previous(),
            "copy",
            "C",
            separated=True,
        ),
        make(
            "copy_product",
            "Copy from another garment of the product",
            lambda w: w.annotate.copying.from_product(),
            "",
            "Alt+C",
        ),
        make(
            "swap_pair",
            "Swap left and right of the marked ones",
            lambda w: w.annotate.page.shaping.swap_pairs(),
            "arrows-left-right",
            "Shift+M",
            needs=_needs_pair,
        ),
    )


def _ways() -> tuple[Action, ...]:
    make = Maker("annotate", "Landmarks", needs_image, prefix="view.")
    return (
        make(
            "symmetric",
            "Symmetric: the other side goes along",
            lambda w: w.annotate.page.shaping.toggle_symmetric(),
            "",
            "S",
            needs=_needs_pairs,
            separated=True,
            checkable=True,
        ),
        make(
            "names",
            "Label by name",
            lambda w: w.annotate.page.shaping.toggle_names(),
            "",
            "Shift+L",
            checkable=True,
        ),
        Action(
            "view.schemas",
            "Landmark schemas…",
            lambda w: w.schemas.show(),
            "vector",
            ("Ctrl+Shift+K",),
            "Landmarks",
            enabled_when=needs_store,
        ),
    )


def _alone() -> tuple[Action, ...]:
    make = Maker("annotate", "", needs_landmark, Scope.CANVAS, "landmark.")

    def nudge(name: str, x: int, y: int) -> Action:
        return make(
            f"{name}_alone",
            f"Move landmark 1 px {name}, without the corner on it",
            lambda w: w.annotate.page.shaping.nudge_alone(x, y),
            "",
            f"Alt+{name.capitalize()}",
        )

    return tuple(nudge(*way) for way in (_LEFT, _RIGHT, _UP, _DOWN))

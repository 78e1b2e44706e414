"""What makes looking easier in Annotate: the picture's tone, a crosshair, a second image."""

from __future__ import annotations

from app.actions.action import Action, Maker, needs_image

#: By how much one press of a key changes brightness and contrast.
_STEP = 10


def actions() -> tuple[Action, ...]:
    """The actions of the menu View that change nothing but what is seen."""
    make = Maker("annotate", "View", needs_image, prefix="view.").on(lambda w: w.annotate.comforting)

    def tone(action_id: str, title: str, name: str, by: int, key: str) -> Action:
        return make(action_id, title, lambda c: c.parts.change(name, by), "", key)

    return (
        make(
            "tone",
            "Brightness, contrast, gamma…",
            lambda c: c.parts.open_tone(),
            "adjustments-horizontal",
            "P",
            separated=True,
        ),
        tone("brighter", "Brighter", "brightness", _STEP, "Ctrl+Alt+Up"),
        tone("darker", "Darker", "brightness", -_STEP, "Ctrl+Alt+Down"),
        tone("more_contrast", "More contrast", "contrast", _STEP, "Ctrl+Alt+Right"),
        tone("less_contrast", "Less contrast", "contrast", -_STEP, "Ctrl+Alt+Left"),
        make("tone_reset", "Show the picture as it is", lambda c: c.parts.reset_tone(), "restore", "Shift+P"),
        make(
            "crosshair",
            "Crosshair",
            lambda c: c.parts.set_crosshair(not c.parts.crosshair),
            "focus-2",
            "Shift+X",
            separated=True,
            checkable=True,
        ),
        make(
            "beside",
            "Another image of the product beside",
            lambda c: c.parts.set_beside(not c.parts.beside),
            "photo-search",
            "I",
            checkable=True,
        ),
        make("beside_next", "Next image of the product", lambda c: c.step(1), "chevron-right", "Shift+I"),
        make(
            "linked",
            "Zoom and pan along in both images",
            lambda c: c.parts.toggle_linked(),
            "link",
            "Alt+I",
            checkable=True,
        ),
    )

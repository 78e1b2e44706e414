"""What can be done with the facts of the selected garment."""

from __future__ import annotations

from app.actions.action import Action, Maker, State, needs_own_garment
from store.document.fact_edits import LEVEL_WORDS


def _needs_hints(state: State) -> str:
    """Geometry must suggest something else than is said."""
    return needs_own_garment(state) or ("" if state.hints else "Geometry suggests nothing else than is said")


def actions() -> tuple[Action, ...]:
    """The actions of the facts, in the menu Garment."""
    make = Maker("annotate", "Garment", needs_own_garment, prefix="facts.")

    def level(fact: str, word: str, key: str) -> Action:
        return make(fact, f"Next {word}", lambda w: w.annotate.page.next_level(fact), "", key)

    levels = [level(fact, word, f"Alt+{place}") for place, (fact, word) in enumerate(LEVEL_WORDS.items(), 1)]
    return (
        make(
            "focus",
            "Go to the facts",
            lambda w: w.annotate.page.more.to_facts(),
            "list-details",
            "F",
            separated=True,
        ),
        make(
            "clothes",
            "DeepFashion category",
            lambda w: w.annotate.page.more.choose_kind(),
            "category",
            "Shift+C",
        ),
        make("attributes", "Find an attribute", lambda w: w.annotate.page.more.find_attribute(), "tag", "A"),
        *levels,
        make(
            "hints",
            "Take what geometry suggests",
            lambda w: w.annotate.page.facts_panel.take(),
            "ruler",
            "G",
            needs=_needs_hints,
        ),
    )

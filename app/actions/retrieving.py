"""What can be done on the audit board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.action import Action, Maker, Scope, needs_store

if TYPE_CHECKING:
    from app.window import MainWindow

_VERDICTS = (
    *(("missing_match", "missing match"), ("wrong_identity", "wrong pair or style id")),
    *(("duplicate", "duplicate shop listing"), ("missed", "detector missed"), ("bad_crop", "bad crop")),
    *(("wrong_category", "wrong category"), ("hard_view", "hard view"), ("model", "model's fault")),
)
_VIEWS = (
    *(("board", "Retrieval: board"), ("two", "Retrieval: two models"), ("map", "Retrieval: map")),
    *(("leaks", "Retrieval: leaks"), ("report", "Retrieval: report"), ("similar", "Retrieval: similar")),
)


def _find_similar(window: MainWindow) -> None:
    """Find what looks like the garment that is current on the page in front; of Browse, the first one of the
    current image."""
    state, image, garment = window.state(), 0, 0
    if state.page == "annotate":
        chosen = window.annotate.page.garment
        image, garment = window.annotate.image_id, chosen.id if chosen is not None else 0
    elif state.page == "browse":
        image = window.browse.page.current_id
    window.go_to("retrieval")
    if image:
        window.retrieval.similar.of_garment(image, garment)
    else:
        window.retrieval.find_similar()


def actions() -> tuple[Action, ...]:
    """The actions of the page Retrieval; letters and digits are listened to on the board only."""

    action = Maker("retrieval", "", needs_store, Scope.CANVAS, "retrieval.")

    def verdict(number: int, name: str, words: str) -> Action:
        return action(name, f"Verdict: {words}", lambda w: w.retrieval.judge(number), "", str(number))

    def view(key: str, words: str) -> Action:
        return action(f"view_{key}", words, lambda w: w.retrieval.page.offer(key), "", scope=Scope.PAGE)

    return (
        Action(
            "retrieval.similar",
            "Find similar",
            _find_similar,
            "photo-search",
            ("Ctrl+Shift+F",),
            menu="Garment",
            enabled_when=needs_store,
            separated=True,
        ),
        *(view(*one) for one in _VIEWS),
        *(verdict(number, *said) for number, said in enumerate(_VERDICTS, 1)),
        action(
            "go", "Repair and next query", lambda w: w.retrieval.page.go(), "arrow-right", "Return", "Enter"
        ),
        action("zoom", "Zoom all crops in step", lambda w: w.retrieval.page.zoom_in(), "zoom-in", "Z"),
        action(
            "heat",
            "Heat map: what drove the match",
            lambda w: w.retrieval.page.board.toggle_heat(),
            "eye",
            "H",
        ),
        action(
            "next",
            "Next query",
            lambda w: w.retrieval.page.step(1),
            "chevron-right",
            "PgDown",
            scope=Scope.PAGE,
        ),
        action(
            "before",
            "Query before",
            lambda w: w.retrieval.page.step(-1),
            "chevron-left",
            "PgUp",
            scope=Scope.PAGE,
        ),
        action(
            "undo",
            "Undo the last repair",
            lambda w: w.retrieval.page.undo(),
            "arrow-back-up",
            "Ctrl+Z",
            scope=Scope.PAGE,
        ),
    )

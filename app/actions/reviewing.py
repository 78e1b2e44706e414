"""What can be done to review images: go to the next one that nobody has reviewed, write notes."""

from __future__ import annotations

from app.actions.action import Action, Maker, needs_image, needs_writable


def actions() -> tuple[Action, ...]:
    """The actions of reviewing, in the menu Image."""
    make = Maker("annotate", "Image", needs_image, prefix="image.")
    return (
        make(
            "next_unreviewed",
            "Next unreviewed in this view",
            lambda w: w.annotate.reviewing.go(1),
            "circle-dashed",
            "Ctrl+PgDown",
            separated=True,
        ),
        make(
            "previous_unreviewed",
            "Previous unreviewed",
            lambda w: w.annotate.reviewing.go(-1),
            "",
            "Ctrl+PgUp",
        ),
        make(
            "note",
            "Write a note",
            lambda w: w.annotate.page.more.write_note(),
            "message-circle",
            "Ctrl+M",
            needs=needs_writable,
        ),
    )

"""What can be undone and redone, worked out from the revisions of an image."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from store.db.revisions import RevisionKind, Step


@dataclass(frozen=True, slots=True)
class Entry:
    """An edit on one of the stacks.

    ``edit_id`` is the edit's; ``last_id`` that of the undo or redo which brought it to where it is.
    ``images`` are all that it changes.
    """

    edit_id: int
    last_id: int
    title: str
    images: tuple[int, ...]


@dataclass(slots=True)
class History:
    """Both stacks of one image; the last entry is the next to be undone or redone."""

    undo: list[Entry] = field(default_factory=list)
    redo: list[Entry] = field(default_factory=list)

    @classmethod
    def of(cls, steps: Iterable[Step]) -> History:
        """The stacks after these steps, oldest first."""
        history = cls()
        for step in steps:
            history.take(step.kind, Entry(step.of_edit, step.edit_id, step.title, step.images))
        return history

    def take(self, kind: RevisionKind, entry: Entry) -> None:
        """Notes a step. A new edit forgets what could be redone."""
        match kind:
            case RevisionKind.EDIT:
                self.undo.append(entry)
                self.redo.clear()
            case RevisionKind.UNDO:
                _move(entry, self.undo, self.redo)
            case RevisionKind.REDO:
                _move(entry, self.redo, self.undo)


def _move(entry: Entry, here: list[Entry], there: list[Entry]) -> None:
    # Mostly the last one; an edit of several images may have been undone from another of them.
    here[:] = [one for one in here if one.edit_id != entry.edit_id]
    there.append(entry)

"""What an edit says of one garment or image. Kept apart from the database, which widgets do not load."""

from __future__ import annotations

from dataclasses import dataclass

from store.records import Garment, Image

State = Garment | Image


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one garment or image. ``before`` None: added; ``after`` None: deleted.

    Of an image only the fields in which both differ are meant.
    """

    before: State | None
    after: State | None

    @property
    def state(self) -> State:
        """The one of both that is there. ValueError when neither is."""
        found = self.after if self.after is not None else self.before
        if found is None:
            raise ValueError("a change of nothing into nothing")
        return found

    @property
    def image_id(self) -> int:
        """The image that is changed, or whose garment is."""
        state = self.state
        return state.id if isinstance(state, Image) else state.image_id

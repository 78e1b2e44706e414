"""The training batches as Lightning goes through them, resumable in the middle of an epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inference.data import StudioLoader


class Course:
    """A loader whose place is saved in checkpoints and taken up again.

    Lightning asks for ``state_dict`` when it saves and gives it to ``load_state_dict`` before it goes on.
    """

    def __init__(self, loader: StudioLoader) -> None:
        self.loader = loader
        self._epoch = 0
        self._step = 0

    def __len__(self) -> int:
        """Steps of a whole epoch."""
        return len(self.loader)

    def __iter__(self) -> Iterator[Any]:
        """The batches from the place on."""
        self.loader.batch_sampler.set_position(self._epoch, self._step)  # type: ignore[union-attr]
        for batch in self.loader:
            self._step += 1
            yield batch

    def begin(self, epoch: int) -> None:
        """An epoch begins; one that was gone on with in its middle stays there."""
        if epoch != self._epoch:
            self._epoch, self._step = epoch, 0

    def state_dict(self) -> dict[str, Any]:
        """The place: how many batches of which epoch have been handed out."""
        return {"epoch": self._epoch, "step": self._step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a place; the end of an epoch is the beginning of the next."""
        self._epoch, self._step = int(state["epoch"]), int(state["step"])
        if self._step >= len(self):
            self._epoch, self._step = self._epoch + 1, 0

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences about pictures that could not be read so far."""
        return tuple(self.loader.problems)

    def close(self) -> None:
        """Ends the loader's processes."""
        self.loader.close()

"""The machine that does random work on a document: what stands, what was undone, and what the store says."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from store.db import Store
from store.document import Document, Edit, Revision
from store.records import Dataset, Garment, Image, ImageRecord

Snapshot = tuple[Image, tuple[Garment, ...]]
VERSION = frozenset({"version"})


class Machine(RuleBasedStateMachine):
    """Keeps the states that were reached by edits that still stand, as a plain list of snapshots.

    Whoever adds rules saves edits by :meth:`do`.
    """

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.store = Store.create(self.folder / "store")
        dataset = self.store.datasets.add(Dataset(name="d"))
        garments = [
            Garment(
                key=f"item{i}",
                category_id=8,
                box=np.array([0.0, 0.0, 9.0, 9.0]),
                points=np.full((14, 2), 0.1 + i),
                visibility=np.full(14, 2),
                polygons=(np.array([[0.0, 0.1], [1.0, 0.2], [2.0, 0.3]]),),
                extra={"b": 1, "a": 2},
            )
            for i in range(3)
        ]
        with self.store.bulk() as bulk:
            bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="a.jpg"), tuple(garments)))
        self.document = Document(self.store, 1)
        self.states = [self.snapshot()]
        self.at = 0
        #: How the image was behind each revision, by its id; 0: at first.
        self.past: dict[int, Snapshot] = {0: self.snapshot()}

    def snapshot(self) -> Snapshot:
        return self.document.image, self.document.garments

    def garment(self, place: int) -> Garment | None:
        garments = self.document.garments
        return garments[place % len(garments)] if garments else None

    def revisions(self) -> tuple[Revision, ...]:
        """All of the image, oldest first."""
        return tuple(self.store.revisions.of_image(1))

    def do(self, edit: Edit | None) -> None:
        """Save an edit; None: there is nothing to do."""
        if edit is None:
            return
        self.document.apply(edit)
        del self.states[self.at + 1 :]
        self.states.append(self.snapshot())
        self.at += 1
        self._remember()

    def _remember(self) -> None:
        self.past[self.revisions()[-1].id] = self.snapshot()

    @precondition(lambda self: self.at > 0)
    @rule(steps=st.integers(1, 3))
    def undo(self, steps: int) -> None:
        for _ in range(min(steps, self.at)):
            assert self.document.undo() is not None
            self.at -= 1
            self._remember()

    @precondition(lambda self: self.at < len(self.states) - 1)
    @rule()
    def redo(self) -> None:
        assert self.document.redo() is not None
        self.at += 1
        self._remember()

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store.open(self.folder / "store")
        self.document = Document(self.store, 1)

    @invariant()
    def document_store_and_states_agree(self) -> None:
        image, garments = self.states[self.at]
        assert self.document.image.same_as(image, VERSION)
        assert len(self.document.garments) == len(garments)
        assert all(a.same_as(b, VERSION) for a, b in zip(self.document.garments, garments, strict=True))
        assert self.store.images.get(1).same_as(self.document.image)
        stored = self.store.garments.of_image(1)
        assert all(a.same_as(b) for a, b in zip(stored, self.document.garments, strict=True))
        assert self.store.images.tiles([1])[0].garments == len(garments)
        assert (self.document.undo_title is None) == (self.at == 0)
        assert (self.document.redo_title is None) == (self.at == len(self.states) - 1)

    def teardown(self) -> None:
        last = len(self.states) - 1
        while self.at > 0:
            self.undo(1)
        self.document_store_and_states_agree()
        self.reopen()
        while self.at < last:
            self.redo()
        self.document_store_and_states_agree()
        self.store.close()
        shutil.rmtree(self.folder)

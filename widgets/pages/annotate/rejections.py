"""Which proposals, and which landmarks of them, a person has rejected: as long as the store is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np

from store.proposals import Proposal
from store.records import Visibility

#: What a proposal is known by, whatever the thresholds are.
_Key: TypeAlias = tuple[object, ...]


class Rejections:
    """Kept for each image, so that what was rejected stays away when the person comes back."""

    def __init__(self) -> None:
        self._whole: dict[int, set[_Key]] = {}
        self._landmarks: dict[int, set[tuple[_Key, int]]] = {}

    def add(self, image_id: int, proposal: Proposal) -> None:
        """Reject a proposal."""
        self._whole.setdefault(image_id, set()).add(_key(proposal))

    def add_landmark(self, image_id: int, proposal: Proposal, landmark: int) -> None:
        """Reject one landmark of a proposal, by its index there."""
        self._landmarks.setdefault(image_id, set()).add((_key(proposal), landmark))

    def forget(self, image_id: int) -> None:
        """Propose again what was rejected in this image."""
        self._whole.pop(image_id, None)
        self._landmarks.pop(image_id, None)

    def clear(self) -> None:
        """Another store: its images and garments have the same ids and are others."""
        self._whole.clear()
        self._landmarks.clear()

    def left(self, image_id: int, proposals: Iterable[Proposal]) -> list[Proposal]:
        """What was not rejected; a rejected landmark is unlabelled in its proposal."""
        gone = self._whole.get(image_id, set())
        pairs = self._landmarks.get(image_id, set())
        return [_without(one, pairs) for one in proposals if _key(one) not in gone]

    def count(self, image_id: int, proposals: Iterable[Proposal]) -> int:
        """How many of these proposals and of their landmarks were rejected."""
        present = {_key(one) for one in proposals}
        pairs = self._landmarks.get(image_id, set())
        return len(self._whole.get(image_id, set()) & present) + sum(key in present for key, _ in pairs)


def _without(proposal: Proposal, pairs: set[tuple[_Key, int]]) -> Proposal:
    gone = [landmark for key, landmark in pairs if key == _key(proposal)]
    if not gone:
        return proposal
    states = np.array(proposal.visibility)
    states[gone] = Visibility.UNLABELLED
    return proposal.but(visibility=states)


def _key(proposal: Proposal) -> _Key:
    source = proposal.source
    if proposal.garment_id is not None:
        # A model that is asked about a garment may say another category each time its box is moved.
        return source.model, source.sha256, proposal.garment_id
    box = () if proposal.box is None else tuple(proposal.box.tolist())
    return source.model, source.sha256, proposal.category_id, box

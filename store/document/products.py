"""Edits of what is the same product: garments joined, one taken out, another pair or style.

Such an edit changes garments of several images at once; it is saved, undone and redone as one. StudioError
where one of them is locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from store.db.change import Change
from store.document.edits import Edit
from store.document.order_edits import is_locked
from store.errors import StudioError
from store.identities import identity_key, pair_key, told
from store.records import Dataset, Garment, Image


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A garment with the image and dataset that it is of: what its identity is scoped by."""

    garment: Garment
    image: Image
    dataset: Dataset

    @property
    def identity(self) -> tuple[object, ...] | None:
        """What it shares with other garments of its product; None for none."""
        return identity_key(self.garment, self.image, self.dataset)

    @property
    def words(self) -> str:
        """Its identity in words."""
        key = self.identity
        return "no product" if key is None else told(key)


def join(kept: Member, joined: Sequence[Member]) -> Edit:
    """Garments become the same product as ``kept``. ValueError where all are so already.

    StudioError where they cannot: ``kept`` has no identity, or a garment is of another dataset, or of another
    split of a dataset that counts its pairs in each.
    """
    if kept.identity is None:
        raise StudioError(
            f"Garment {kept.garment.id} has no identity that others could join.",
            "Give it a pair and a style first.",
        )
    changes = [Change(_open(one), _as(one, kept)) for one in joined if one.identity != kept.identity]
    if not changes:
        raise ValueError("the garments are the same product already")
    before = list(dict.fromkeys(one.words for one in joined if one.identity != kept.identity))
    others = before[0] if len(before) == 1 else f"{len(changes)} garments"
    return Edit(f"Join {others} into {kept.words}", tuple(changes))


def take_out(chosen: Sequence[Member], styles: Iterable[int]) -> Edit:
    """Garments become a product of their own: the next style of their pair that nobody has.

    ``styles`` are those that the pair has. StudioError where they are not of one pair.
    """
    pairs = {pair_key(one.garment, one.image, one.dataset) for one in chosen}
    if len(pairs) != 1 or None in pairs or any(one.garment.item_id for one in chosen):
        raise StudioError(
            "Only garments of one pair can become a style of their own.",
            "Choose garments of one pair, or set the item in Annotate.",
        )
    style = max([0, *styles]) + 1
    changes = tuple(Change(_open(one), one.garment.but(style=style)) for one in chosen)
    words = chosen[0].words if len(chosen) == 1 else f"{len(chosen)} garments"
    return Edit(f"Split {words} off as style {style}", changes)


def leave_alone(chosen: Sequence[Member]) -> Edit:
    """Garments have no counterpart any more: style 0, or no item."""
    changes = []
    for one in chosen:
        garment = _open(one)
        after = garment.but(item_id="") if garment.item_id else garment.but(style=0)
        changes.append(Change(garment, after))
    return Edit("Say that there is no counterpart", tuple(changes))


def _open(one: Member) -> Garment:
    """The garment of a member, which may be changed."""
    if is_locked(one.garment):
        raise StudioError(
            f"Garment {one.garment.id} of {one.image.name or f'image {one.image.id}'} is locked.",
            "Unlock it in Annotate first.",
        )
    return one.garment


def _as(one: Member, kept: Member) -> Garment:
    """A garment with the identity of ``kept``."""
    if one.dataset.id != kept.dataset.id:
        raise StudioError(
            f"Garments of {one.dataset.name} and {kept.dataset.name} cannot be one product.",
            "Identities belong to a dataset.",
        )
    if kept.garment.item_id:
        return one.garment.but(item_id=kept.garment.item_id)
    pair = kept.image.pair_id if kept.garment.pair_id is None else kept.garment.pair_id
    after = one.garment.but(item_id="", pair_id=pair, style=kept.garment.style)
    if identity_key(after, one.image, one.dataset) != kept.identity:
        raise StudioError(
            f"Garments of the splits {one.image.split} and {kept.image.split} cannot be one product.",
            f"{kept.dataset.name} counts its pairs in every split anew.",
        )
    return after

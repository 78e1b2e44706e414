"""One change of many images: their review, a tag, the category or the sides of their garments.

It is saved some images at a time, so that it can be watched and stopped and nobody else waits long for the
store. Every image gets an edit of its own in its history; :func:`undo_many` takes all of them back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import Category
from store.db.change import Change
from store.db.changes import Entry
from store.db.many import Piece, Plan, save_piece, undo_piece
from store.db.revisions import RevisionKind
from store.db.store import Store
from store.document.edits import set_category, set_review, set_tags, swap_sides
from store.document.order_edits import is_locked
from store.errors import Cancelled, StudioError
from store.progress import Progress, silent
from store.records import REVIEW_WORDS, Garment, Image, Review, Visibility

#: Images in one transaction: it holds the lock of the writers for some hundredths of a second.
PIECE = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What should become of many images: a title for people, and a plan that says it of each.

    ``worn``: the plan looks at garments.
    """

    title: str
    plan: Plan
    worn: bool = True


@dataclass(slots=True, eq=False)
class Outcome:
    """What became of a wish: ``group`` is what :func:`undo_many` takes, 0 where nothing was changed.

    ``changed (n,)`` int64 are the ids of images that changed; ``left`` counts those that did not, because
    they were right already or somebody else had changed them. ``stopped``: not all were come to, because
    somebody stopped it or for the ``error``.
    """

    title: str
    group: int = 0
    changed: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    left: int = 0
    stopped: bool = False
    error: StudioError | None = None


def reviewed(review: Review) -> Wish:
    """The review of images is set."""

    def plan(image: Image, _garments: tuple[Garment, ...]) -> Sequence[Change]:
        return () if image.review is review else set_review(image, review).changes

    return Wish(f"Set review to {REVIEW_WORDS[review]}", plan, worn=False)


def tagged(name: str, on: bool = True) -> Wish:
    """Images get a tag, or lose it."""

    def plan(image: Image, _garments: tuple[Garment, ...]) -> Sequence[Change]:
        if (name in image.tags) is on:
            return ()
        return set_tags(image, {*image.tags, name} if on else set(image.tags) - {name}).changes

    return Wish(f'Tag as "{name}"' if on else f'Remove the tag "{name}"', plan, worn=False)


def recategorised(
    category: Category, known: Mapping[int, Category], of: frozenset[int] | None = None
) -> Wish:
    """Garments of the categories ``of`` (ids; None: all) become those of another category.

    ``known`` are the store's categories by id. Landmarks stay where the new category has them too, as in
    :func:`store.document.edits.set_category`. Garments that are locked are left.
    """

    def plan(_image: Image, garments: tuple[Garment, ...]) -> Sequence[Change]:
        return [
            change
            for garment in garments
            if garment.category_id != category.id and (of is None or garment.category_id in of)
            if not is_locked(garment)
            for change in set_category(garment, category, known.get(garment.category_id)).changes
        ]

    return Wish(f"Change category to {category.name}", plan)


def swapped(known: Mapping[int, Category], of: frozenset[int] | None = None) -> Wish:
    """Left and right landmarks of garments change places; of those of the categories ``of`` (None: all).

    Garments without landmarks, or with others than their category has, are left, and locked ones.
    """

    def plan(_image: Image, garments: tuple[Garment, ...]) -> Sequence[Change]:
        changes: list[Change] = []
        for garment in garments:
            category = known.get(garment.category_id)
            if category is None or (of is not None and category.id not in of) or is_locked(garment):
                continue
            placed = bool((garment.visibility != Visibility.UNLABELLED).any())
            if placed and category.schema.size == len(garment.points):
                changes += swap_sides(garment, category.schema).changes
        return changes

    return Wish("Swap left and right", plan)


def last_many(store: Store, *, author: str = "") -> Outcome | None:
    """What the last change of many images by ``author`` did, where it is the last thing that was done to the
    store at all: after a start it can still be undone. None for anything else, and for what others did."""
    found = store.revisions.last_group(author)
    if found is None:
        return None
    group, title, images = found
    return Outcome(title, group, np.array(images, np.int64))


def change_many(
    store: Store, wish: Wish, image_ids: Sequence[int], *, author: str = "", progress: Progress = silent
) -> Outcome:
    """Makes a wish come true for images. StoreError where the store cannot be written.

    Once something is changed an error ends it, and is in the outcome. Where ``progress`` raises
    :class:`Cancelled` it ends, and what was done till then stays.
    """
    outcome = Outcome(wish.title)

    def pieces() -> Iterator[Piece]:
        for start in range(0, len(image_ids), PIECE):
            entry = Entry(wish.title, author, of_edit=outcome.group)
            with store.database.write() as connection:
                some = image_ids[start : start + PIECE]
                piece = save_piece(connection, entry, some, wish.plan, worn=wish.worn)
            yield piece

    return _done(outcome, pieces(), len(image_ids), progress, wish.title)


def undo_many(store: Store, done: Outcome, *, author: str = "", progress: Progress = silent) -> Outcome:
    """Takes back what :func:`change_many` or :func:`redo_many` did to the images that it ``changed``; errors
    and stopping as there.

    An image that somebody has changed since in the same place stays as it is.
    """
    return _back(store, done, RevisionKind.UNDO, author, progress)


def redo_many(store: Store, done: Outcome, *, author: str = "", progress: Progress = silent) -> Outcome:
    """Makes again what :func:`undo_many` has taken back, of the images that it ``changed``; errors and
    stopping as there."""
    return _back(store, done, RevisionKind.REDO, author, progress)


def joined(first: Outcome, second: Outcome) -> Outcome:
    """Two parts of one change as one: what of it was done before it was stopped, and after."""
    return Outcome(first.title, first.group, np.union1d(first.changed, second.changed))


def without(done: Outcome, part: Outcome) -> Outcome:
    """What is left of a change when a part of it was taken back."""
    return Outcome(done.title, done.group, np.setdiff1d(done.changed, part.changed))


def _back(store: Store, done: Outcome, kind: RevisionKind, author: str, progress: Progress) -> Outcome:
    outcome = Outcome(done.title, done.group)

    mine = set(done.changed.tolist())

    def pieces() -> Iterator[Piece]:
        after = 0
        while found := store.revisions.of_group(done.group, after):
            after = found[-1].id
            revisions = [one for one in found if one.image_id in mine]
            if not revisions:
                continue
            entry = Entry(done.title, author, revisions[0].origin, kind, done.group)
            with store.database.write() as connection:
                piece = undo_piece(connection, entry, revisions)
            yield piece

    doing = "Taking back" if kind is RevisionKind.UNDO else "Making again"
    return _done(outcome, pieces(), len(done.changed), progress, f"{doing}: {done.title}")


def _done(outcome: Outcome, pieces: Iterator[Piece], total: int, progress: Progress, words: str) -> Outcome:
    """Works through the pieces and adds up what they did; ``words`` say what is being done."""
    changed: list[int] = []
    seen = 0
    try:
        progress(0, total, words)
        for piece in pieces:
            outcome.group = piece.group
            changed += piece.changed
            outcome.left += len(piece.left)
            seen += len(piece.changed) + len(piece.left)
            progress(seen, total, words)
    except Cancelled:
        outcome.stopped = seen < total
    except StudioError as error:
        if not changed:
            raise
        # What was saved before is there, and can be taken back.
        outcome.stopped, outcome.error = True, error
    outcome.changed = np.array(changed, np.int64)
    return outcome

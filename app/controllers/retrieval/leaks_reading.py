"""What the leaks view lists, and the edits that repair it. Called in threads."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import Category
from store.db import Store
from store.db.products import GarmentTable
from store.document import Document
from store.document.edits import Edit
from store.document.products import Member, join, leave_alone
from store.errors import ConflictError, StudioError
from store.identities import Key, told
from store.records import Domain
from store.retrieval.leaks import NearImages, straddling
from store.retrieval.leaks_found import Found
from widgets.pages.retrieval.leaks_records import LeaksState, Pair, Side
from widgets.pages.retrieval.records import Shot

Ints = NDArray[np.int64]
#: So many pairs of a list are shown; the exported list has all.
SHOWN = 2000


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was made from here: what undoes it, and its words."""

    edit_id: int
    image_id: int
    words: str


class Garments:
    """The garments of a store as they are now; asked from any thread."""

    def __init__(self, store: Store) -> None:
        self._lock = threading.Lock()
        self._live = store.products.live()

    def now(self) -> GarmentTable:
        """All of them; only what was edited since the last call is read."""
        with self._lock:
            return self._live.refresh()


def state_of(found: Found, table: GarmentTable, known: Mapping[int, Category]) -> LeaksState:
    """What was found as lists of pairs, with products as ``table`` says them now."""
    products = straddling(table)
    found = replace(found, across=replace(found.across, identities=products))
    teller = _Teller(found, table, known)
    pairs = {
        "products": tuple(teller.products()),
        "across": tuple(teller.near("across", found.across.images[:SHOWN])),
        "alike": tuple(teller.near("alike", found.images[:SHOWN])),
        "files": tuple(teller.files()),
    }
    counts = {
        "products": len(products),
        "across": len(found.across.images),
        "alike": len(found.images),
        "files": len(found.files.groups),
    }
    notes = list(found.notes)
    if found.files.lost:
        notes.append(f"{len(found.files.lost):,} pictures could not be read.")
    return LeaksState(pairs, counts, tuple(notes), found.index)


class _Teller:
    """Makes pairs of what was found."""

    def __init__(self, found: Found, table: GarmentTable, known: Mapping[int, Category]) -> None:
        self._found, self._table, self._known = found, table, known
        rows = found.rows
        self._box = dict(zip(rows.garment_ids.tolist(), rows.boxes.tolist(), strict=True))

    def products(self) -> Iterator[Pair]:
        """One pair a product: the first garment of each of its first two splits."""
        for one in self._found.across.identities[:SHOWN]:
            firsts = [garments[0] for garments in one.garments.values()][:2]
            sides = [self._side(self._image_of(garment), garment) for garment in firsts]
            counts = ", ".join(f"{len(some):,} in {split}" for split, some in one.garments.items())
            yield Pair("products", sides[0], sides[1], None, f"{one.name}: {counts}", True)

    def near(self, kind: str, pairs: tuple[NearImages, ...]) -> Iterator[Pair]:
        """Pairs of images by their nearest garments."""
        for one in pairs:
            first, second = (
                self._side(image, garment) for image, garment in zip(one.images, one.garments, strict=True)
            )
            same, hindrance = self._same(*one.garments), self._hindrance(first, second)
            words = "They are one product." if same else hindrance or "They are two products."
            yield Pair(kind, first, second, one.distance, words, same, hindrance)

    def files(self) -> Iterator[Pair]:
        """One pair a group: its first image of one split and, if there is one, of another."""
        for group in self._found.files.groups[:SHOWN]:
            first = group[0]
            split = self._found.known[first].split
            other = next((one for one in group[1:] if self._found.known[one].split != split), group[1])
            sides = self._found.sides(group)
            words = f"{len(group):,} pictures are one file"
            if len(sides) > 1:
                words += f", in {' and '.join(sides)}"
            yield Pair("files", self._side(first, 0), self._side(other, 0), None, words)

    def _side(self, image_id: int, garment_id: int) -> Side:
        image = self._found.known.get(image_id)
        at = self._at(garment_id)
        box = self._box.get(garment_id) if garment_id else None
        shot = Shot(image_id, (box[0], box[1], box[2], box[3]) if box is not None else None)
        name, split = (image.name, image.split) if image is not None else ("gone", "")
        domain = image.domain.value if image is not None and image.domain is not Domain.UNKNOWN else ""
        category, colour, product = "", "#808080", ""
        if at >= 0:
            number = int(self._table.category_ids[at])
            known = self._known.get(number)
            category, colour = (known.name, known.colour) if known else (f"category {number}", colour)
            identity = int(self._table.identities[at])
            product = told(self._table.keys[identity]) if identity >= 0 else ""
        return Side(image_id, garment_id, name, split, shot, domain, category, colour, product)

    def _at(self, garment_id: int) -> int:
        return int(self._table.rows(np.array([garment_id], np.int64))[0]) if garment_id else -1

    def _image_of(self, garment_id: int) -> int:
        at = self._at(garment_id)
        return int(self._table.image_ids[at]) if at >= 0 else 0

    def _key(self, garment_id: int) -> Key | None:
        at = self._at(garment_id)
        number = int(self._table.identities[at]) if at >= 0 else -1
        return self._table.keys[number] if number >= 0 else None

    def _same(self, first: int, second: int) -> bool:
        return self._key(first) is not None and self._key(first) == self._key(second)

    def _hindrance(self, first: Side, second: Side) -> str:
        """Why two garments cannot become one product, "" where they can."""
        keys = [key for side in (first, second) if (key := self._key(side.garment_id)) is not None]
        if not first.garment_id or not second.garment_id:
            return "Boxes that were predicted have no product."
        if not keys:
            return "Neither has a product: give one a pair and a style in Annotate."
        if len({key[1] for key in keys}) > 1:
            return "They are of two datasets, which share no products."
        if keys[0][0] == "pair" and keys[0][2] and first.split != second.split:
            return "Pairs end with their split: leave one of the two out."
        return ""


def join_two(store: Store, garments: Garments, author: str, kept_id: int, joined_id: int) -> Done:
    """Make the product of one garment part of that of another.

    Of two of which only one has a product, that one is kept. StudioError where they cannot be one.
    """
    _refuse_read_only(store)
    table = garments.now()
    kept, other = (_product(table, garment) for garment in (kept_id, joined_id))
    if kept[1] < 0 <= other[1]:
        kept_id, kept, other = joined_id, other, kept
    (keeper,) = _members(store, table, np.array([kept_id], np.int64))
    try:
        edit = join(keeper, _members(store, table, other[0]))
    except ValueError as error:
        raise StudioError("They are the same product already.", "Go to the next pair.") from error
    return _applied(store, author, edit)


def leave_one(store: Store, garments: Garments, author: str, garment_id: int) -> Done:
    """Say that a garment has no counterpart. StudioError where it is gone."""
    _refuse_read_only(store)
    table = garments.now()
    _product(table, garment_id)
    return _applied(store, author, leave_alone(_members(store, table, np.array([garment_id], np.int64))))


def undo(store: Store, author: str, done: Done) -> None:
    """Take a change back. ConflictError where its image was changed since."""
    newest = max(one.edit_id for one in store.revisions.of_image(done.image_id))
    if newest != done.edit_id:
        raise ConflictError(
            f"The change cannot be taken back: image {done.image_id} has been changed since.",
            "Undo that change first, in Annotate.",
        )
    Document(store, done.image_id, author=author).undo()


def _applied(store: Store, author: str, edit: Edit) -> Done:
    image_id = edit.changes[0].image_id
    revision = Document(store, image_id, author=author).apply(edit)
    return Done(revision.edit_id, image_id, edit.title)


def _refuse_read_only(store: Store) -> None:
    if store.read_only:
        raise StudioError("The store is open read-only.", "Open a copy that you may write to.")


def _product(table: GarmentTable, garment_id: int) -> tuple[Ints, int]:
    """The garments of a garment's product, it alone where it has none, and the product's number."""
    at = int(table.rows(np.array([garment_id], np.int64))[0])
    if at < 0:
        raise StudioError(f"Garment {garment_id} is gone.", "Look for leaks again.")
    number = int(table.identities[at])
    return (table.ids[at : at + 1] if number < 0 else table.ids[table.identities == number]), number


def _members(store: Store, table: GarmentTable, garment_ids: Ints) -> list[Member]:
    images = np.unique(table.image_ids[table.rows(garment_ids)]).tolist()
    datasets = {one.id: one for one in store.datasets.all()}
    known = {one.id: one for one in store.images.get_many(images)}
    wanted = set(garment_ids.tolist())
    return [
        Member(one, known[image], datasets[known[image].dataset_id])
        for image, some in store.garments.of_images(images).items()
        for one in some
        if one.id in wanted
    ]


def command_of(folder: Path, index: str, limit: float, files: bool) -> str:
    """The command line that finds the same."""
    parts = ["deepfashion-studio", "leaks", "--store", str(folder), "--index", index, "--limit", f"{limit:g}"]
    return shlex.join([*parts, *([] if files else ["--no-files"])])

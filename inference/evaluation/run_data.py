"""Which images a model is evaluated on, and whether it may have learnt from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from inference.data import Slice, Slices, select, select_one
from inference.data.selection import written
from inference.evaluation.run_subject import Subject
from store.db import Store
from store.errors import StudioError
from store.filters import parse
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.measures.slices import LONGEST, level, within

TEST = "split = test"
#: Groups of slices that are no fields of a garment.
KEPT = ("variation", "pose")
#: How many sentences about single pictures are kept; a count stands for the others.
_MOST_TOLD = 5


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a model is asked about.

    ``facts`` are levels that the slice does not have, by garment and group.
    ``where`` is the filter that selects these images (for the tables' cells), ``told`` says the same to
    people. ``learnt`` is what the model learnt from; None where that is not known. ``notes`` are sentences
    for the person.
    """

    data: Slice
    where: str
    told: str
    learnt: Slice | None = None
    notes: tuple[str, ...] = ()
    facts: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


def asked(store: Store, subject: Subject, where: str | None = None) -> Asked:
    """The images of a filter or ``view:NAME``; by default the test split, else what the run held out.

    FilterError for a filter that does not parse; StudioError where it selects nothing, or where there is
    neither a test split nor a run that held something out.
    """
    learnt, notes = _learnt(store, subject)
    here = _same_store(store, subject)
    if where is None and not store.images.count(parse(TEST)):
        return _held_out(store, subject, learnt if here else None, notes)
    text = written(store, TEST if where is None else where, "--where")
    data, problems = select_one(store, text)
    notes = [*notes, *some(problems), *(_overlaps(data, learnt) if here and learnt is not None else ())]
    return Asked(data, text, text.strip() or "all images", learnt.train if learnt else None, tuple(notes))


def _held_out(store: Store, subject: Subject, learnt: Slices | None, notes: list[str]) -> Asked:
    if subject.config is None or learnt is None:
        raise StudioError(
            "It is not said what to evaluate on: the store has no test split, and what the model held out "
            "is not known here.",
            "Give a filter with --where, for example --where 'split = validation'.",
        )
    data, config = learnt.validation, subject.config.data
    if config.split == "identity":
        told = f"the identities held out of {config.train.strip() or 'all images'}"
        ids = ", ".join(map(str, data.image_ids.tolist()))
        # Longer filters are refused; the whole slice is then the nearest that Browse can show.
        text = f"id in ({ids})" if len(data) <= LONGEST else ""
    else:
        text = written(store, config.validation, "data.validation")
        text = within(text, "review = accepted") if config.accepted_only else text
        told = text.strip() or "all images"
    return Asked(data, text, told, learnt.train, (*notes, *_overlaps(data, learnt)))


def _same_store(store: Store, subject: Subject) -> bool:
    return subject.home is not None and subject.home.resolve() == store.folder.resolve()


def _learnt(store: Store, subject: Subject) -> tuple[Slices | None, list[str]]:
    """Both sides of what the run was given, read anew, and what must be said of it."""
    if subject.config is None or subject.home is None:
        return None, []
    try:
        if _same_store(store, subject):
            found = select(store, subject.config.data, subject.config.training.seed)
            return found, _changed(subject, found)
        with Store.open(subject.home, read_only=True) as home:
            found = select(home, subject.config.data, subject.config.training.seed)
    except StudioError as error:
        return None, [
            f"What the run learnt from cannot be read any more, so it may be these images: {error.what}"
        ]
    note = (
        f"The run learnt from another store ({_name(subject.home)}): whether the same pictures are in both "
    )
    return found, [note + "was not checked.", *_changed(subject, found)]


def _changed(subject: Subject, found: Slices) -> list[str]:
    now = len(found.train), found.train.garments
    if subject.seen is None or subject.seen == now:
        return []
    then = f"{subject.seen[0]:,} images with {subject.seen[1]:,} garments"
    text = f"The store has changed: the run learnt from {then}, the same filter selects "
    text += f"{now[0]:,} with {now[1]:,} now."
    if subject.config is not None and subject.config.data.split == "identity":
        text += " What it held out may have been drawn anew, and what is measured here may have been learnt."
    return [text]


def _overlaps(data: Slice, learnt: Slices) -> list[str]:
    notes = []
    both = int(np.isin(data.image_ids, learnt.train.image_ids).sum())
    if both:
        notes.append(
            f"{both:,} of the {len(data):,} images are in the training data of the run: what is measured on "
            "them is no evidence."
        )
    chosen = int(np.isin(data.image_ids, learnt.validation.image_ids).sum())
    if chosen:
        notes.append(
            f"{chosen:,} of the {len(data):,} images are in the validation data, by which the best epoch was "
            "chosen: the figures lean a little to the model's favour."
        )
    return notes


def kept_facts(store: Store, wanted: Asked, by: Sequence[str]) -> dict[int, dict[str, str]]:
    """Levels of groups that the store has no field for, by garment: DeepFashion's variation and pose.

    They are what a dataset's file said beside what is modelled, so they lie among the garments' extras.
    """
    groups = [group for group in by if group in KEPT]
    if not groups:
        return {}
    ids = set(wanted.data.garment_ids.tolist())
    found = {}
    for record in store.stream(parse(wanted.where)):
        for garment in record.garments:
            if garment.id not in ids:
                continue
            said = {group: _kept(garment.extra, group) for group in groups}
            found[garment.id] = {group: word for group, word in said.items() if word}
    return found


def _kept(extra: Mapping[str, Any], group: str) -> str:
    for notes in extra.values():
        unknown = notes.get("unknown") if isinstance(notes, Mapping) else None
        word = level(group, unknown.get(group)) if isinstance(unknown, Mapping) else ""
        if word:
            return word
    return ""


def check_categories(spec: ModelSpec, store: Store, data: Slice) -> list[str]:
    """What must be said of garments that the model does not know.

    StudioError, listing both sets, where a category of the model is not in the store or is another one
    there, and where no garment of the data has a category that the model knows.
    """
    known = {one.id: ModelCategory(one.id, one.name, one.schema.size) for one in store.categories.all()}
    other = [one for one in spec.categories if not _same(one, known.get(one.id), spec.schema == "own")]
    there = data.categories()
    common = {one.id for one in spec.categories} & {one.id for one in there}
    if other or not common:
        what = (
            f"The model tells apart other categories than the store has: {_listed(other)} of the model "
            f"{'is' if len(other) == 1 else 'are'} not the store's."
            if other
            else "No garment that was chosen has a category of the model."
        )
        raise StudioError(
            f"{what} The model's: {_listed(spec.categories)}. The store's: {_listed(known.values())}.",
            "Evaluate on a store with the model's categories, or train on this one.",
        )
    unknown = Counter(int(one) for one in data.category_ids if int(one) not in common)
    if not unknown:
        return []
    names = {one.id: one.name for one in there}
    counts = ", ".join(f"{count:,} {names[number]}" for number, count in sorted(unknown.items()))
    return [f"The model does not know every category: {counts} are left out."]


def _same(one: ModelCategory, other: ModelCategory | None, landmarks: bool) -> bool:
    if other is None or one.name != other.name:
        return False
    return not landmarks or one.landmarks == other.landmarks


def _listed(categories: Iterable[ModelCategory]) -> str:
    return ", ".join(f"{one.id} {one.name} ({one.landmarks} landmarks)" for one in categories) or "none"


def _name(folder: Path) -> str:
    return folder.parent.name + "/" + folder.name if folder.parent.name else str(folder)


def some(problems: Sequence[str]) -> list[str]:
    """The first few of sentences about single pictures, and how many more there are."""
    more = len(problems) - _MOST_TOLD
    return [*problems[:_MOST_TOLD], *([f"{more:,} more like the last."] if more > 0 else [])]

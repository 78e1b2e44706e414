"""Repairs of an audit: what each would do to the figures, done as one edit, and undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.controllers.retrieval.reading import Audit, Repair
from store.db.products import GarmentTable
from store.db.verdicts import Cause
from store.document import Document
from store.document.edits import Edit
from store.document.products import Member, join, take_out
from store.errors import ConflictError, StudioError
from store.identities import told
from store.retrieval.figures import figures
from widgets.pages.retrieval.records import JOINING, SPLITTING, Forecast

Ints = NDArray[np.int64]


def forecast(audit: Audit, query: int, result_id: int, cause: Cause) -> Forecast:
    """What the repair of a cause would do to top-1; nothing is changed."""
    with audit.lock:
        try:
            edit = _edit(audit, query, result_id, cause)
        except StudioError as error:
            return Forecast(hindrance=str(error))
        table = audit.table
        before = figures(audit.standing, (1,)).top[1]
        supposed = audit.standing.supposed(_supposed(table, query, edit, audit, cause))
        after = figures(supposed, (1,)).top[1]
        return Forecast(_words(audit, query, result_id, cause), before, after)


def repair(audit: Audit, query: int, result_id: int, cause: Cause, note: str) -> Repair:
    """Repair the labels behind a failure, keep the verdict, and count again.

    StudioError where it cannot be done, as the forecast says; ConflictError where somebody else has changed
    one of the garments meanwhile.
    """
    with audit.lock:
        edit = _edit(audit, query, result_id, cause)
        image_id = edit.changes[0].image_id
        revision = Document(audit.store, image_id, author=audit.author).apply(edit)
        verdict = audit.say(query, result_id, cause, note, revision.edit_id)
        done = Repair(query, revision.edit_id, image_id, verdict.id)
        audit.repairs.append(done)
        audit.refresh()
        return done


def undo(audit: Audit) -> int | None:
    """Take back the last repair of this audit with its verdict; its query, None where there is none.

    ConflictError where one of its garments was changed since.
    """
    with audit.lock:
        if not audit.repairs:
            return None
        last = audit.repairs[-1]
        revisions = audit.store.revisions.of_image(last.image_id)
        if max(one.edit_id for one in revisions) != last.edit_id:
            raise ConflictError(
                f"The repair cannot be taken back: image {last.image_id} has been changed since.",
                "Undo that change first, in Annotate.",
            )
        Document(audit.store, last.image_id, author=audit.author).undo()
        audit.repairs.pop()
        audit.take_back(last.query, last.verdict_id)
        audit.refresh()
        return last.query


def _edit(audit: Audit, query: int, result_id: int, cause: Cause) -> Edit:
    if audit.store.read_only:
        raise StudioError("The store is open read-only.", "Open a copy that you may write to.")
    garment_id = int(audit.ranked.queries[query])
    if cause in JOINING:
        if result_id == 0:
            raise StudioError("No result is selected.", "Select the result that is the same product.")
        joined = _members(audit, _product(audit.table, result_id))
        (kept,) = _members(audit, np.array([garment_id], np.int64))
        try:
            return join(kept, joined)
        except ValueError as error:
            raise StudioError("They are the same product already.", "Select another result.") from error
    if cause in SPLITTING:
        table = audit.table
        at = table.rows(np.array([garment_id], np.int64))[0]
        pair = table.pairs[at]
        same = table.ids[table.pairs == pair] if pair >= 0 else table.ids[at : at + 1]
        members = _members(audit, same)
        styles = [one.garment.style or 0 for one in members]
        return take_out([one for one in members if one.garment.id == garment_id], styles)
    raise StudioError("This cause is no fault of the identities.", "The verdict is kept; go to the next.")


def _product(table: GarmentTable, garment_id: int) -> Ints:
    """The garments of the product that a garment is of: it alone where it has none."""
    at = table.rows(np.array([garment_id], np.int64))[0]
    if at < 0:
        raise StudioError(f"Garment {garment_id} is gone.", "Select another result.")
    number = table.identities[at]
    return table.ids[at : at + 1] if number < 0 else table.ids[table.identities == number]


def _members(audit: Audit, garment_ids: Ints) -> list[Member]:
    table, store = audit.table, audit.store
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


def _supposed(table: GarmentTable, query: int, edit: Edit, audit: Audit, cause: Cause) -> GarmentTable:
    """The table as it would be after an edit."""
    changed = np.array([change.state.id for change in edit.changes], np.int64)
    identities, keys = table.identities.copy(), table.keys
    if cause in JOINING:
        at = table.rows(audit.ranked.queries[query : query + 1])
        identities[table.rows(changed)] = table.identities[at]
    else:
        identities[table.rows(changed)] = len(keys)
        keys = (*keys, ("item", 0, "supposed"))
    return replace(table, identities=identities, keys=keys)


def _words(audit: Audit, query: int, result_id: int, cause: Cause) -> str:
    """What the repair does, in a sentence."""
    table = audit.table
    own = _named(table, int(audit.ranked.queries[query]))
    if cause in SPLITTING:
        return f"Take this garment out of {own}: it becomes a style of its own. One edit, undo with Ctrl+Z."
    joined = _product(table, result_id)
    shop = table.shop[table.rows(joined)]
    counts = [(int((shop == 1).sum()), "shop"), (int((shop == 0).sum()), "consumer")]
    told_counts = ", ".join(f"{count:,} {word}" for count, word in counts if count) or f"{len(joined):,}"
    other = _named(table, result_id)
    return f"Join {other} ({told_counts}) into {own}. One edit, undo with Ctrl+Z."


def _named(table: GarmentTable, garment_id: int) -> str:
    at = table.rows(np.array([garment_id], np.int64))[0]
    number = int(table.identities[at])
    return told(table.keys[number]) if number >= 0 else f"garment {garment_id}"

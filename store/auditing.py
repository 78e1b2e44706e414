"""The audit trail: every saved change as a line of JSON, oldest first, for people outside of the program.

A line is an object: ``revision``, ``edit`` (what was saved together has one number), ``of_edit`` (what an
undo or redo is of), ``kind``, ``title``, ``author``, ``origin``, ``at`` (UTC, ISO 8601), ``image`` (its
number), ``file``, ``dataset``, ``garment`` (its number, 0: the image itself), ``before`` and ``after``: the
whole states, null where a garment was added or deleted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, func, select

from store.db import tables
from store.db.rows import chunks, when
from store.errors import StoreError
from store.filters import Expr
from store.progress import Progress, silent

if TYPE_CHECKING:
    from store.db import Store

#: So many revisions are read in one transaction.
_AT_ONCE = 2_000
_R, _I = tables.revisions.c, tables.images.c


@dataclass(frozen=True, slots=True)
class Audited:
    """What was written: lines, of how many images, and the size of the file in bytes."""

    revisions: int
    images: int
    bytes: int


def write_trail(
    store: Store,
    out: Path,
    where: Expr | None = None,
    since: int = 0,
    *,
    force: bool = False,
    progress: Progress = silent,
) -> Audited:
    """Writes the trail of the images that ``where`` selects now, from a time on (microseconds since 1970).

    In batches, so that memory does not grow with the history, and under a temporary name till it is whole.
    StoreError where the file is there already (unless ``force``) or cannot be written, or where the store
    cannot be read; FilterError for a name that it does not know. ``progress`` may raise ``Cancelled``.
    """
    if out.exists() and not force:
        raise StoreError(f"{out} is there already.", "Name another file, or write over it with --force.")
    wanted = None if where is None else np.sort(store.images.ids(where, "id"))
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    total, written, images = _count(store, since), 0, set[int]()
    seen = 0
    try:
        with part.open("wb") as file:
            for lines, numbers, read in _batches(store, wanted, since):
                file.write(b"".join(lines))
                written += len(lines)
                images |= numbers
                seen += read
                progress(seen, max(seen, total), "Writing the audit trail")
        size = part.stat().st_size
        part.replace(out)
    except OSError as error:
        raise StoreError(
            f"{out} cannot be written: {error.strerror or error}.",
            "Name a file in a folder that can be written.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return Audited(written, len(images), size)


def _count(store: Store, since: int) -> int:
    query = select(func.count()).select_from(tables.revisions).where(_R.at >= since)
    with store.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def _batches(
    store: Store, wanted: NDArray[np.int64] | None, since: int
) -> Iterator[tuple[list[bytes], set[int], int]]:
    """Lines, the images that they are of, and how many revisions were looked at for them."""
    datasets = {one.id: one.name for one in store.datasets.all()}
    last = 0
    while True:
        with store.database.read() as connection:
            query = (
                select(tables.revisions).where(_R.id > last, _R.at >= since).order_by(_R.id).limit(_AT_ONCE)
            )
            rows = connection.execute(query).all()
            if not rows:
                return
            last = rows[-1].id
            kept = rows if wanted is None else _among(rows, wanted)
            names = _names(connection, {row.image_id for row in kept})
        lines = [_line(row, names, datasets) for row in kept]
        yield lines, {int(row.image_id) for row in kept}, len(rows)


def _among(rows: list[Row[Any]] | Any, wanted: NDArray[np.int64]) -> list[Row[Any]]:
    flags = np.isin(np.array([row.image_id for row in rows], np.int64), wanted)
    return [row for row, flag in zip(rows, flags.tolist(), strict=True) if flag]


def _names(connection: Connection, ids: set[int]) -> dict[int, tuple[str, int]]:
    """The names of images and their datasets, as they are called now."""
    found: dict[int, tuple[str, int]] = {}
    for part in chunks(sorted(ids)):
        for row in connection.execute(select(_I.id, _I.name, _I.dataset_id).where(_I.id.in_(part))):
            found[row.id] = (row.name, row.dataset_id)
    return found


def _line(row: Row[Any], names: Mapping[int, tuple[str, int]], datasets: Mapping[int, str]) -> bytes:
    name, dataset = names.get(row.image_id, ("", 0))
    said = {
        "revision": row.id,
        "edit": row.edit_id,
        "of_edit": row.of_edit,
        "kind": row.kind,
        "title": row.title,
        "author": row.author,
        "origin": row.origin,
        "at": when(row.at).isoformat(),
        "image": row.image_id,
        "file": name,
        "dataset": datasets.get(dataset, ""),
        "garment": row.garment_id,
    }
    head = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
    # States lie in the store as JSON, and go out as they are: a million of them need not be taken apart.
    before, after = (b"null" if state is None else bytes(state) for state in (row.before, row.after))
    return b'%s, "before": %s, "after": %s}\n' % (head[:-1], before, after)

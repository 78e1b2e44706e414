"""Images of a dataset by their names, and those that its files do not name any more."""

from __future__ import annotations

from collections.abc import Sequence
from time import sleep

import numpy as np
from sqlalchemy import select, update

from store.db import tables
from store.db.columns import columns
from store.db.engine import Database
from store.db.problems import insert_problems
from store.db.rows import chunks, next_touch
from store.records import Problem

#: For how long others may have the write lock between two batches.
_PAUSE_SECONDS = 0.002
#: The problem of an image that the files do not name any more.
GONE = "image-gone"

_I, _P = tables.images.c, tables.problems.c


def ids_by_name(database: Database, dataset_id: int, names: Sequence[str]) -> dict[str, int]:
    """The ids of those images that a dataset has under these names."""
    query = select(_I.name, _I.id).where(_I.dataset_id == dataset_id, _I.name.in_(names))
    with database.read() as connection:
        return {str(name): int(image_id) for name, image_id in connection.execute(query)}


def find_gone(database: Database, dataset_id: int, seen: Sequence[int], last: int) -> list[int]:
    """The ids of the images of a dataset, up to the id ``last``, that are not among those seen."""
    query = select(_I.id).where(_I.dataset_id == dataset_id, _I.id <= last)
    with database.read() as connection:
        (known,) = columns(connection, query)
    gone: list[int] = np.setdiff1d(known, np.array(seen, np.int64)).tolist()
    return gone


def mark_gone(database: Database, dataset_id: int, ids: Sequence[int], file: str) -> None:
    """Puts images that the files do not name any more on the problem list, once each; they stay."""
    for part in chunks(ids):
        with database.write() as connection:
            listed = select(_P.image_id).where(_P.image_id.in_(part), _P.code == GONE)
            known = set(connection.execute(listed).scalars())
            new = [image_id for image_id in part if image_id not in known]
            if not new:
                continue
            named = select(_I.id, _I.name).where(_I.id.in_(new))
            names = {image_id: str(name) for image_id, name in connection.execute(named)}
            insert_problems(
                connection,
                [
                    Problem(
                        code=GONE,
                        message=f"{file} does not name this image any more; it was left in the store.",
                        file=names[image_id],
                        dataset_id=dataset_id,
                        image_id=image_id,
                    )
                    for image_id in new
                    if image_id in names
                ],
            )
            counted = {"problems": _I.problems + 1, "touched": next_touch(connection)}
            connection.execute(update(tables.images).where(_I.id.in_(new)).values(counted))
        sleep(_PAUSE_SECONDS)

"""What has been written into a store since one last looked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from store.db import tables
from store.db.engine import Database
from store.db.facts.reading import stamp_of

_I = tables.images.c
#: More images than this are not named one by one.
_MOST = 1000


@dataclass(frozen=True, slots=True)
class News:
    """Which images were changed, with their garments, tags and problems, up to change ``number``.

    ``images``: by anybody; ``others``: those that somebody but this process has changed last. None: too many
    to be named.
    """

    number: int
    images: frozenset[int] | None = frozenset()
    others: frozenset[int] | None = frozenset()


def news_since(database: Database, number: int | None) -> News:
    """What was written after change ``number``; None: nothing, only where one is. It costs what is new."""
    with database.read() as connection:
        now = stamp_of(connection)
        if number is None or now == number:
            return News(now)
        since = select(_I.id, _I.touched).where(_I.touched > number).limit(_MOST + 1)
        rows = connection.execute(since).all() if now > number else []
    # A smaller number than before: another database has been put in the place of this one.
    if now < number or len(rows) > _MOST:
        return News(now, None, None)
    others = frozenset(int(row.id) for row in rows if not database.wrote(int(row.touched)))
    return News(now, frozenset(int(row.id) for row in rows), others)

"""What people decided about retrieval failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import delete, insert, select

from store.db import tables
from store.db.engine import Database
from store.db.rows import Ids, chunks, microseconds, take_ids, when
from store.records import Record


class Cause(StrEnum):
    """Why a query failed."""

    MISSING_MATCH = "missing match"
    WRONG_IDENTITY = "wrong pair or style id"
    DUPLICATE = "duplicate shop listing"
    MISSED = "detector missed"
    BAD_CROP = "bad crop"
    WRONG_CATEGORY = "wrong category"
    HARD_VIEW = "hard view"
    MODEL = "model's fault"


#: The key of each cause on the board.
CAUSE_KEYS: Mapping[int, Cause] = MappingProxyType(dict(enumerate(Cause, 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Verdict(Record):
    """One person's decision about one query.

    ``garment_id`` is the query, ``result_id`` the garment that it was said of, 0 for none. ``run`` is the
    retrieval run whose list was looked at; ``edit_id`` the edit that repaired it, 0 for none. ``at`` is when
    it was said. Of one person's verdicts on one query the newest stands; the others are kept.
    """

    id: int = 0
    garment_id: int = 0
    result_id: int = 0
    cause: Cause = Cause.MODEL
    note: str = ""
    author: str = ""
    run: str = ""
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    edit_id: int = 0


class VerdictsRepository:
    """The verdicts of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def say(self, verdict: Verdict) -> Verdict:
        """Keep a verdict, and return it with its id and time."""
        row = tables.verdicts
        at = datetime.now(UTC)
        with self._database.write() as connection:
            number = take_ids(connection, "verdicts", 1)
            values = {
                "id": number,
                "garment_id": verdict.garment_id,
                "result_id": verdict.result_id,
                "cause": verdict.cause.value,
                "note": verdict.note,
                "author": verdict.author,
                "run": verdict.run,
                "at": microseconds(at),
                "edit_id": verdict.edit_id,
            }
            connection.execute(insert(row), values)
        return verdict.but(id=number, at=at)

    def take_back(self, verdict_id: int) -> None:
        """Forget a verdict; nothing happens when there is none."""
        with self._database.write() as connection:
            connection.execute(delete(tables.verdicts).where(tables.verdicts.c.id == verdict_id))

    def of(self, garment_ids: Ids) -> dict[int, tuple[Verdict, ...]]:
        """All verdicts on each query that has some, oldest first."""
        row = tables.verdicts
        found: dict[int, list[Verdict]] = {}
        with self._database.read() as connection:
            for part in chunks(garment_ids):
                query = select(row).where(row.c.garment_id.in_(part)).order_by(row.c.id)
                for one in connection.execute(query):
                    found.setdefault(one.garment_id, []).append(
                        Verdict(
                            one.id,
                            one.garment_id,
                            one.result_id,
                            Cause(one.cause),
                            one.note,
                            one.author,
                            one.run,
                            when(one.at),
                            one.edit_id,
                        )
                    )
        return {garment: tuple(some) for garment, some in found.items()}


def standing(verdicts: tuple[Verdict, ...]) -> dict[str, Verdict]:
    """Each person's newest verdict, by author."""
    return {one.author: one for one in sorted(verdicts, key=lambda one: one.id)}

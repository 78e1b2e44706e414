"""Why queries failed, as people said it: counted whole and by slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.db.verdicts import Cause, Verdict
from store.db.verdicts import standing as newest
from store.retrieval.figures import slices
from store.retrieval.standing import Standing

Truths = NDArray[np.bool_]
#: All verdicts on each query that has some, by garment id.
Verdicts = Mapping[int, tuple[Verdict, ...]]


@dataclass(frozen=True, slots=True)
class Causes:
    """Of some queries: why they failed.

    ``failures``: queries whose first result is wrong now; ``judged``: queries with a verdict, right or wrong
    now; ``repaired``: those of them that are right now; ``open``: failures without a verdict. ``counts``: for
    each cause the queries of which somebody says it; where people disagree a query counts under each cause,
    and once in ``disagreed``. ``group`` and ``level`` name the slice; "" is all.
    """

    group: str
    level: str
    failures: int
    judged: int
    repaired: int
    open: int
    disagreed: int
    counts: Mapping[Cause, int]


def causes(standing: Standing, verdicts: Verdicts) -> Causes:
    """Of all queries that are asked for."""
    return _of(standing, verdicts, standing.asked, "", "")


def causes_by_slice(
    standing: Standing, verdicts: Verdicts, categories: Mapping[int, str]
) -> tuple[Causes, ...]:
    """In the slices of the figures; ``categories`` are names by id."""
    return tuple(
        _of(standing, verdicts, asked, group, level) for group, level, asked in slices(standing, categories)
    )


def failures(standing: Standing) -> Truths:
    """Queries that are asked for and whose first result is wrong ``(Q,)``; missed ones too."""
    wrong: Truths = standing.asked & (standing.first != 1)
    return wrong


def _of(standing: Standing, verdicts: Verdicts, asked: Truths, group: str, level: str) -> Causes:
    wrong = failures(standing) & asked
    said = {
        query: {one.cause for one in newest(verdicts[garment]).values()}
        for query, garment in enumerate(standing.ranked.queries.tolist())
        if asked[query] and verdicts.get(garment)
    }
    counts = {cause: sum(cause in some for some in said.values()) for cause in Cause}
    judged = np.zeros(len(wrong), np.bool_)
    judged[list(said)] = True
    return Causes(
        group,
        level,
        int(wrong.sum()),
        len(said),
        int((judged & ~wrong).sum()),
        int((wrong & ~judged).sum()),
        sum(len(some) > 1 for some in said.values()),
        counts,
    )

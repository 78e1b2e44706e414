"""How far the review of a list of images has come, how quickly it goes on, and which image is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from store.records import Review

if TYPE_CHECKING:
    from store.db import Store
    from store.db.reviewing import Pace

#: States in which nobody has said anything of an image yet.
_UNSAID = (int(Review.TO_DO), int(Review.IN_PROGRESS))
#: A pace is told from so many images on.
_LEAST = 3
#: Who does more in an hour has said it of many at once: that is no pace for the rest.
_MOST = 7_200
_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Progress:
    """``reviewed`` of ``total`` images are accepted, rejected or put aside; ``an_hour`` is how many somebody
    has done today in an hour, 0.0 where that cannot be told yet."""

    reviewed: int
    total: int
    an_hour: float = 0.0

    @property
    def hours_left(self) -> float:
        """How long the rest will take at this pace; 0.0 where nobody can tell."""
        return (self.total - self.reviewed) / self.an_hour if self.an_hour else 0.0

    @property
    def words(self) -> str:
        """For the status bar: "128 of 1,200 reviewed, 84 an hour, 13 h left"."""
        said = [f"{self.reviewed:,} of {self.total:,} reviewed"]
        if self.an_hour:
            said.append(f"{self.an_hour:,.0f} an hour")
        if 0 < self.hours_left < 1:
            said.append(f"{max(1, round(self.hours_left * 60))}\u202fmin left")
        elif self.hours_left >= 1:
            said.append(f"{self.hours_left:,.0f}\u202fh left")
        return ", ".join(said)


def unreviewed(store: Store, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of these images nobody has accepted, rejected or put aside, ``(n,)``.

    One that is not there counts as reviewed. StoreError where the store cannot be read.
    """
    images = store.facts.now().images
    rows, known = images.rows_of(ids)
    states: NDArray[Any] = images.reviews[rows] if len(images.ids) else np.zeros(len(ids), np.int8)
    return np.isin(states, _UNSAID) & known


def progress(store: Store, ids: NDArray[np.int64], author: str) -> Progress:
    """How far the review of these is, and the pace of ``author`` since midnight. StoreError as before."""
    midnight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    pace = store.reviews.pace(author, round(midnight.timestamp()) * 1_000_000)
    left = int(np.count_nonzero(unreviewed(store, ids)))
    return Progress(len(ids) - left, len(ids), hourly(pace))


def hourly(pace: Pace) -> float:
    """How many images an hour that is; 0.0 where it cannot be told."""
    hours = (pace.last - pace.first) / _HOUR
    if pace.reviewed < _LEAST or hours <= 0:
        return 0.0
    an_hour = (pace.reviewed - 1) / hours
    return an_hour if an_hour <= _MOST else 0.0


def next_unreviewed(open_: NDArray[np.bool_], row: int, step: int) -> int:
    """The next row behind ``row`` that is flagged, or before it with ``step`` -1, round and round.

    -1: none but ``row`` itself.
    """
    rows = np.flatnonzero(open_)
    rows = rows[rows != row]
    if not len(rows):
        return -1
    behind = rows[rows > row] if step > 0 else rows[rows < row][::-1]
    around = rows if step > 0 else rows[::-1]
    return int(behind[0] if len(behind) else around[0])

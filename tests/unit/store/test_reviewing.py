"""Progress, pace and the next image to review."""

from __future__ import annotations

import numpy as np
import pytest

from store.db.reviewing import Pace
from store.reviewing import Progress, hourly, next_unreviewed


@pytest.mark.parametrize(
    ("row", "step", "found"), [(0, 1, 2), (2, 1, 4), (4, 1, 2), (3, -1, 2), (2, -1, 4), (5, 1, 2), (-1, 1, 2)]
)
def test_the_next_one_goes_round(row: int, step: int, found: int) -> None:
    assert next_unreviewed(np.array([0, 0, 1, 0, 1, 0], bool), row, step) == found


def test_there_may_be_no_other_one() -> None:
    assert next_unreviewed(np.array([0, 1, 0], bool), 1, 1) == -1
    assert next_unreviewed(np.zeros(0, bool), 0, 1) == -1


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(0, 1200), "0 of 1,200 reviewed"),
        (Progress(128, 1200, 84.2), "128 of 1,200 reviewed, 84 an hour, 13\u202fh left"),
        (Progress(1190, 1200, 60.0), "1,190 of 1,200 reviewed, 60 an hour, 10\u202fmin left"),
        (Progress(1200, 1200, 60.0), "1,200 of 1,200 reviewed, 60 an hour"),
    ],
)
def test_progress_in_words(progress: Progress, words: str) -> None:
    assert progress.words == words


@pytest.mark.parametrize(
    ("reviewed", "seconds", "an_hour"),
    [(2, 60, 0.0), (3, 0, 0.0), (3, 60, 120.0), (61, 3600, 60.0), (7201, 3600, 7200.0), (160, 0.02, 0.0)],
)
def test_what_was_said_of_many_at_once_is_no_pace(reviewed: int, seconds: float, an_hour: float) -> None:
    start = 1_700_000_000_000_000
    assert hourly(Pace(reviewed, start, start + round(seconds * 1_000_000))) == pytest.approx(an_hour)

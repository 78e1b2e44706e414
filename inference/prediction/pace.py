"""How quickly a run over images goes, and how long it will take."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import Any, Protocol

#: The rate is that of so many seconds.
_WINDOW = 20.0
_SAY_EVERY = 0.5
#: A log gets a line for each new message.
_TELL_EVERY = 5.0


class _Report(Protocol):
    def __call__(self, done: int, total: int, message: str = "") -> None: ...

    def event(self, kind: str, **data: Any) -> None: ...


class Pace:
    """Counts images and reports them: how many, how many a second, and the time left."""

    def __init__(self, report: _Report, before: int, total: int, work: str = "Predicting") -> None:
        """``before`` of ``total`` images were done when the run began, or went on; ``work`` is what is done
        to them, as the person reads it."""
        self._report, self._total, self._work = report, total, work
        self.done = before
        self._own = 0
        self._began = self._told = self._said = monotonic()
        self._passed = 0.0
        self._recent: deque[tuple[float, int]] = deque([(self._began, 0)])
        self._message = work

    @property
    def seconds(self) -> float:
        """How long it has worked, without pauses."""
        return monotonic() - self._began - self._passed

    @property
    def mean(self) -> float:
        """Images a second, over all that were done since it began."""
        return self._own / max(self.seconds, 1e-9)

    def step(self, images: int) -> None:
        """So many more are done. Cancelled where the person has stopped the job."""
        now = monotonic()
        self.done += images
        self._own += images
        if self._own == images:
            # Until the first are done the network and the loader's processes begin: that says nothing.
            self._recent.clear()
        self._recent.append((now, self._own))
        while len(self._recent) > 2 and now - self._recent[0][0] > _WINDOW:
            self._recent.popleft()
        if now - self._said >= _SAY_EVERY or self.done >= self._total:
            self._said = now
            rate, left = self._rate()
            self._report.event(
                "step", step=self.done, images_per_second=round(rate, 3), seconds_left=round(left, 1)
            )
            if now - self._told >= _TELL_EVERY:
                self._told = now
                self._message = f"{self._work}, {rate:.1f} images/s, {_duration(left)} left"
        self.alive()

    def alive(self) -> None:
        """Reports without progress. Cancelled as of :meth:`step`."""
        self._report(min(self.done, self._total), self._total, self._message)

    def again(self) -> None:
        """After a pause, which counts for nothing."""
        now = monotonic()
        self._passed += now - self._recent[-1][0]
        self._recent = deque([(now, self._own)])

    def _rate(self) -> tuple[float, float]:
        (first, before), (last, now) = self._recent[0], self._recent[-1]
        rate = (now - before) / (last - first) if last > first else self.mean
        return rate, max(0, self._total - self.done) / max(rate, 1e-9)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

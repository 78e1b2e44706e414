"""Words and marks of the Runs page: how runs stand, times, durations, names of networks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from widgets.pages.runs.records import RunDetails, RunSummary, Standing

#: Icon and colour token of each standing.
MARKS: Mapping[Standing, tuple[str, str]] = MappingProxyType(
    {
        "waiting": ("clock", "t2"),
        "starting": ("loader-2", "acc"),
        "running": ("player-play", "acc"),
        "pausing": ("loader-2", "warn"),
        "paused": ("player-pause", "warn"),
        "stopping": ("loader-2", "warn"),
        "done": ("circle-check", "ok"),
        "failed": ("alert-circle", "bad"),
        "stopped": ("player-stop", "t2"),
        "killed": ("alert-triangle", "warn"),
    }
)

NETWORKS: Mapping[str, str] = MappingProxyType(
    {
        "match-rcnn": "Match R-CNN",
        "mask-rcnn": "Mask R-CNN",
        "fashionnet": "FashionNet",
        "embedding": "Embedding",
        "train": "training",
        "evaluate": "evaluation",
        "predict": "prediction",
    }
)


def network(name: str) -> str:
    """A network, or a kind of job, for people."""
    return NETWORKS.get(name, name)


def measure(name: str) -> str:
    """By what garments are compared, for people: "landmark_error" is "landmark error"."""
    return name.replace("_", " ")


def duration(seconds: float) -> str:
    """A time span in its two largest units: "7 h 14 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def when(moment: datetime, now: datetime | None = None) -> str:
    """A moment in the local zone, as short as it may be: "14:02", "12 Nov", "12 Nov 2025"."""
    here = moment.astimezone()
    today = (now or datetime.now().astimezone()).astimezone()
    if here.date() == today.date():
        return f"{here:%H:%M}"
    return f"{here.day} {here:%b}" if here.year == today.year else f"{here.day} {here:%b %Y}"


def progress(run: RunSummary | RunDetails) -> str:
    """How far a run is: "epoch 9 of 15, 58 %, 7 h 14 min left"."""
    if isinstance(run, RunSummary) and run.kind != "train":
        share_words = f"{run.share * 100:.0f}\u2009%" if run.live and run.share else ""
        message = run.message if run.live and run.standing != "paused" else ""
        return ", ".join(filter(None, (share_words, message)))
    if isinstance(run, RunDetails):
        epoch, epochs, share, left = (
            run.series.epoch,
            run.series.epochs,
            run.series.share,
            run.series.seconds_left,
        )
    else:
        epoch, epochs, share, left = run.epoch, run.epochs, run.share, run.seconds_left
    if not epochs:
        return "reading the data" if run.standing == "starting" else ""
    if run.standing == "done":
        return f"{epochs} epochs" if epochs > 1 else "1 epoch"
    parts = [f"epoch {min(int(epoch) + 1, epochs)} of {epochs}"]
    if run.live:
        parts.append(f"{share * 100:.0f}\u2009%")
    if run.standing == "running" and left is not None:
        parts.append(f"{duration(left)} left")
    return ", ".join(parts)


def images_done(run: RunDetails) -> str:
    """How far a prediction is: "120 of 400 images, 3.2 images/s, 1 min left"."""
    if not run.total:
        return run.message or "starting"
    parts = [f"{run.done:,} of {run.total:,} images"]
    rate, left = run.series.throughput, run.series.seconds_left
    if run.standing in ("running", "pausing", "stopping") and rate is not None:
        parts.append(f"{rate:.1f} images/s" if rate < 100 else f"{rate:,.0f} images/s")
        if left is not None and run.done < run.total:
            parts.append(f"{duration(left)} left")
    return ", ".join(parts)


def size(count: float | None) -> str:
    """Bytes in GB with one decimal."""
    return "–" if count is None else f"{count / 1e9:.1f}"

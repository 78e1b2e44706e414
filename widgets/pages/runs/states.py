"""What the banner of a run says: why it does not go on, what is safe, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from widgets.pages.runs.records import RunDetails

#: What the buttons of a banner do.
RESUME, SMALLER, EVALUATE, CONTINUE, LOG = "resume", "smaller", "evaluate", "continue", "log"


@dataclass(frozen=True, slots=True)
class Said:
    """A banner: "info", "ok", "warn" or "bad", and its (words, what it does) buttons."""

    kind: str
    title: str
    text: str = ""
    actions: tuple[tuple[str, str], ...] = ()


def said_of(run: RunDetails) -> Said | None:
    """The banner of a run; None where the page says enough."""
    if run.standing == "failed":
        return _failed(run)
    if run.standing == "killed":
        return _killed(run)
    if run.standing == "stopped" and run.kind == "predict":
        return Said("info", "Stopped", "What it has found is kept.", (("Resume", RESUME),))
    if run.standing == "stopped" and run.kind == "train":
        return Said("info", "Stopped", _safe(run), (("Resume", RESUME),))
    if run.standing == "paused":
        text = "The process waits and keeps its memory. Nothing is lost."
        if run.kind == "predict":
            text = f"{text} Stop frees the memory; Resume goes on from there, too."
        return Said("warn", "Paused", text, (("Go on", CONTINUE),))
    if run.standing in ("waiting", "starting") and not run.series.epochs:
        text = "It reads what it learns from, and loads the network. The first step follows."
        if run.kind != "train":
            text = "It reads the store and loads the model. The first images follow."
        return Said("info", "Starting", text)
    if run.standing == "done" and run.kind == "train":
        return _done(run)
    if run.live and run.series.trouble:
        last = run.series.trouble[-1]
        return Said("warn", last.what, last.fix)
    return None


def _failed(run: RunDetails) -> Said:
    reason = run.reason or run.series.reason or "It does not say why."
    fix = run.fix or run.series.fix
    if run.smaller:
        text = f"{reason} {_safe(run)}".strip()
        actions = ((f"Resume with {smaller_words(run.smaller)}", SMALLER), ("Show log", LOG))
        return Said("bad", "Out of memory", text, actions)
    text = f"{fix} {_safe(run)}".strip() if run.kind == "train" else fix
    resume = (("Resume", RESUME),) if run.can_resume else ()
    return Said("bad", reason, text, (*resume, ("Show log", LOG)))


def _killed(run: RunDetails) -> Said:
    if not run.can_resume:
        return Said(
            "warn", "Killed", "The process is gone without a word. Start it again.", (("Show log", LOG),)
        )
    if run.kind == "predict":
        text = "The process is gone without a word. What it has found is kept, and it can go on from there."
        return Said("warn", "Killed", text, (("Resume", RESUME),))
    epoch = _last_epoch(run)
    where = f"It can go on from the checkpoint at epoch {epoch}." if epoch is not None else _safe(run)
    return Said("warn", "Killed", f"The process is gone without a word. {where}", (("Resume", RESUME),))


def _done(run: RunDetails) -> Said | None:
    best = run.series.best
    reached = f" at epoch {best[0]}" if best else ""
    if run.evaluation is None:
        what = f"Its best state{reached} is the model {run.series.model}." if run.series.model else ""
        text = f"{what} Evaluate it to see how good it is on each slice.".strip()
        return Said("ok", "Finished", text, (("Evaluate", EVALUATE),))
    if run.series.model:
        return Said(
            "ok", f"Finished as the model {run.series.model}", f"The best state{reached} is kept in it."
        )
    return None


def _last_epoch(run: RunDetails) -> int | None:
    return run.series.checkpoints[-1].epoch if run.series.checkpoints else None


def _safe(run: RunDetails) -> str:
    """What is not lost."""
    epoch = _last_epoch(run)
    if epoch is None:
        return "Nothing was saved yet: it would begin anew."
    return f"What it has learnt up to the checkpoint at epoch {epoch} is safe."


def smaller_words(settings: Mapping[str, Any]) -> str:
    """Settings that need less memory, in words: "batch 4, accumulate 2"."""
    words = [f"{name.rpartition('.')[2].replace('_', ' ')} {value}" for name, value in settings.items()]
    return ", ".join(words)

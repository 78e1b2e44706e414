"""``test-model``: whether a model runs on a device, how fast, and with how much memory."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from app.cli.reporter import Reporter


def try_model(
    model: str, store: Path | None, device: str, batch: int, seconds: float, *, as_json: bool
) -> int:
    """Let a model look at pictures made for it, and say what that took."""
    from inference.trial import trial
    from store.runs.library import find

    with Reporter(as_json=as_json) as reporter:
        found = trial(find(model, store), device, batch=batch, seconds=seconds, progress=reporter)
        return reporter.result(
            asdict(found),
            [
                f"{found.images_per_second:,.1f} images/s on {found.device}, {found.batch} at once.",
                f"{found.memory / 1e6:,.0f} MB at most; loaded in {found.load_seconds:.1f} s.",
            ],
        )

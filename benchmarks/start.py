"""The start on a full-size store beside the start on the demo store: to first paint, and to the first rows.

``python -m benchmarks start`` takes turns between the store of ``benchmarks.full_size`` (``IMAGES`` in the
environment makes a smaller one) and the demo, as ``benchmarks.window`` starts it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from typing import Any

from benchmarks.full_size import IMAGES, made
from benchmarks.window import BUILD, STUDIO, measure, screen

TURNS = 5


def main() -> None:
    """Make what is not there, start in turns, print."""
    BUILD.mkdir(parents=True, exist_ok=True)
    full, demo = BUILD / f"full-{IMAGES}", BUILD / "demo"
    with made(full, IMAGES) as store:
        # What is kept between two starts is there.
        store.facts.now()
    found: dict[str, list[dict[str, Any]]] = {"demo": [], "full": []}
    with screen() as environment:
        if not (demo / "store").is_dir():
            subprocess.run([STUDIO, "demo", "--dir", str(demo), "--headless"], env=environment, check=True)
        for turn in range(TURNS + 1):
            for name, folder in (("demo", demo / "store"), ("full", full)):
                driver = (sys.executable, "-m", "benchmarks.studio_window", str(folder), "0", "alone")
                answer = measure(environment, *driver)
                if turn:
                    found[name].append(answer)
    print(f"load {os.getloadavg()[0]:.1f}, {TURNS} turns, {IMAGES:,} images beside the demo")
    for key, words in (("start", "first paint"), ("listed", "first rows of the grid")):
        small, large = (statistics.median(one[key] for one in found[name]) for name in ("demo", "full"))
        print(f"{words:<24} demo {small:.2f} s, full {large:.2f} s, ratio {large / small:.2f} (at most 1.2)")


if __name__ == "__main__":
    main()

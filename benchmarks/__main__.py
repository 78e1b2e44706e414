"""``make bench``: every measurement, or those named: ``python -m benchmarks window evaluation``.

The figures go to benchmarks/RESULTS.md by hand, with the machine and the day.
"""

from __future__ import annotations

import sys
from importlib import import_module

#: Each is a module of this package with a ``main``.
ALL = (
    "window",
    "loader",
    "training",
    "evaluation",
    "inline",
    "prediction",
    "retrieval",
    "board",
    "full_size",
    "browse",
    "importing",
    "exporting",
    "thumbnails",
    "masks",
    "editor",
    "start",
)


def main() -> None:
    """Run what was named on the command line, else everything."""
    wanted = sys.argv[1:] or list(ALL)
    unknown = sorted(set(wanted) - set(ALL))
    if unknown:
        raise SystemExit(f"There is no measurement {', '.join(unknown)}; there are {', '.join(ALL)}.")
    for name in wanted:
        print(f"-- {name}")
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()

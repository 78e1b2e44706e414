"""Where the program starts, as ``deepfashion-studio`` and as ``python -m app``.

Nothing is imported before it is known what is wanted: the window does not pay for the command line,
nor the command line for Qt.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run what the arguments ask for and leave with its exit code."""
    arguments = sys.argv[1:]
    if not arguments:
        from app.cli.window import show

        sys.exit(show(None))
    from app.cli.program import run

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()

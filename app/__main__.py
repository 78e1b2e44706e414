"""Where the program starts, as ``deepfashion-studio`` and as ``python -m app``.

Nothing is imported before it is known what is wanted: the window does not pay for the command line,
nor the command line for Qt.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Run what the arguments ask for and leave with its exit code."""
    arguments = sys.argv[1:]
    plain_open = len(arguments) == 2 and arguments[0] == "open" and not arguments[1].startswith("-")
    if not arguments or plain_open:
        sys.exit(_window(Path(arguments[1]) if plain_open else None))
    from app.cli.program import run

    sys.exit(run(arguments))


def _window(store: Path | None) -> int:
    """The window without the tenth of a second that the command line takes to be read in."""
    from app.cli.outcome import Boundary
    from app.cli.window import show

    with Boundary(lambda text: sys.stderr.write(text + "\n")) as boundary:
        return show(store)
    return int(boundary.code)


if __name__ == "__main__":
    main()

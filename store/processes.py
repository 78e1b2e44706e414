"""Whether a process that left its number somewhere still runs."""

from __future__ import annotations

import os
from pathlib import Path


def birth(pid: int) -> str:
    """When a process began, in the kernel's ticks; "-" where the system does not say.

    Numbers are given again; a number and a birth are not.
    """
    fields = _status(pid)
    # Field 22 of all is the 20th behind the name.
    return fields[19] if fields else "-"


def runs(pid: int, born: str) -> bool:
    """Whether the process of a number and a :func:`birth` still runs; true where nobody can say."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # It is somebody else's, and alive.
    return birth(pid) == born and not _zombie(pid)


def _zombie(pid: int) -> bool:
    return _status(pid)[:1] == ["Z"]


def _status(pid: int) -> list[str]:
    """What the system says of a process from its state on; nothing where it does not say."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    # The name in brackets may hold spaces.
    return text.rpartition(")")[2].split()

"""The program's log: a rotating file in the user's log folder, one line a message."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app.places import log_folder

_FORMAT = "%(asctime)s %(process)d %(levelname)-7s %(name)s: %(message)s"
_BYTES = 1_000_000
_KEPT = 3


def path() -> Path:
    """The log file of this user."""
    return log_folder() / "studio.log"


def set_up(level: int = logging.INFO) -> Path | None:
    """Send the log to its file; None where the folder cannot be written (the program runs without)."""
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, RotatingFileHandler)]:
        if old.baseFilename == str(path().absolute()):
            return path()
        root.removeHandler(old)
        old.close()
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            path(), maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter(_FORMAT))
    root.addHandler(handler)
    root.setLevel(level)
    return path()


def crash(error: BaseException) -> Path | None:
    """Write what is our fault to the log with its traceback; says where."""
    where = set_up()
    logging.getLogger("app").critical(
        "unexpected %s", type(error).__name__, exc_info=(type(error), error, error.__traceback__)
    )
    return where

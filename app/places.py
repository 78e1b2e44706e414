"""Where the program keeps its own files: the log and, unless said otherwise, the demo.

``DEEPFASHION_STUDIO_HOME`` moves all of it into one folder (tests, portable installs).
"""

from __future__ import annotations

import os
from pathlib import Path

_APP = "deepfashion-studio"


def data_folder() -> Path:
    """Where the demo and new stores go by default; not created here."""
    home = os.environ.get("DEEPFASHION_STUDIO_HOME", "")
    if home:
        return Path(home) / "data"
    from platformdirs import user_data_path

    return user_data_path(_APP, appauthor=False)


def log_folder() -> Path:
    """Where the rotating log goes; not created here."""
    home = os.environ.get("DEEPFASHION_STUDIO_HOME", "")
    if home:
        return Path(home) / "log"
    from platformdirs import user_log_path

    return user_log_path(_APP, appauthor=False)

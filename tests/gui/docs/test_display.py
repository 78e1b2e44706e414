"""``make demo`` with a display: the window opens on the demo."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.desktop import desktop, missing_tools, until
from tests.gui.docs.conftest import DOCS

pytestmark = pytest.mark.e2e


def test_the_window_opens_on_the_demo(isolated_home: Path, tmp_path: Path) -> None:
    if missing := missing_tools():
        pytest.skip(f"{' and '.join(missing)} not installed; ./setup.sh test installs them")
    trace = tmp_path / "trace.jsonl"
    with desktop(isolated_home) as screen:
        environment = {**screen.environment, "DEEPFASHION_STUDIO_TRACE": str(trace)}
        command = [sys.executable, str(DOCS / "demo.py"), str(tmp_path / "demo"), "--images", "6"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        until(lambda: trace.exists() and b'"listed"' in trace.read_bytes(), "the images", 60)
        window = screen.xdotool("search", "--onlyvisible", "--name", "DeepFashion Studio").split()[-1]
        screen.xdotool("windowfocus", "--sync", window)
        screen.key("ctrl+q")
        assert process.wait(20) == 0

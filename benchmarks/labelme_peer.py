"""Runs inside labelme's own environment: opens a folder, steps through it, prints what it took as JSON.

Usage: python labelme_peer.py FOLDER STEPS, with SPAWNED in the environment (time.time() before the start).
A step ends when the canvas has painted the next image and its shapes.
"""

import json
import os
import sys
import time
from pathlib import Path

SPAWNED = float(os.environ["SPAWNED"])
FOLDER, STEPS = sys.argv[1], int(sys.argv[2])

from labelme import __main__ as program  # noqa: E402
from labelme.widgets.canvas import Canvas  # noqa: E402
from PyQt5 import QtCore, QtWidgets  # noqa: E402

result = {"start": None, "steps": [], "memory_start": None, "memory_end": None}
state = {"began": None, "painted": False}
paint = Canvas.paintEvent


def memory():
    with Path("/proc/self/statm").open() as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def step():
    window = next(w for w in QtWidgets.QApplication.topLevelWidgets() if hasattr(w, "_open_next_image"))
    if len(result["steps"]) >= STEPS:
        result["memory_end"] = memory()
        print(json.dumps(result), flush=True)
        os._exit(0)
    state["painted"] = False
    state["began"] = time.perf_counter()
    window._open_next_image()


def painted(self, event):
    paint(self, event)
    if self.pixmap.isNull():
        return
    if result["start"] is None:
        result["start"] = time.time() - SPAWNED
        result["memory_start"] = memory()
        QtCore.QTimer.singleShot(1500, step)
    elif state["began"] is not None and not state["painted"]:
        state["painted"] = True
        result["steps"].append((time.perf_counter() - state["began"]) * 1000)
        QtCore.QTimer.singleShot(60, step)


Canvas.paintEvent = painted
sys.argv = ["labelme", FOLDER, "--logger-level", "warning"]
program.main()

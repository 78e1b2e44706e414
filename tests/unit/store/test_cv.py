"""OpenCV's bundled Qt must leave no trace in the environment that PySide6 reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

NAMES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
SHOW = (
    "import json, os; from store.cv import cv2; "
    f"print(json.dumps([cv2.__name__] + [os.environ.get(n) for n in {NAMES!r}]))"
)


def run(code: str, **variables: str) -> list[str | None]:
    environment = {k: v for k, v in os.environ.items() if k not in NAMES} | variables
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    answer: list[str | None] = json.loads(done.stdout)
    return answer


def test_import_leaves_no_variables() -> None:
    assert run(SHOW) == ["cv2", None, None]


def test_import_keeps_what_the_person_set() -> None:
    assert run(SHOW, QT_QPA_PLATFORM_PLUGIN_PATH="/a", QT_QPA_FONTDIR="/b") == ["cv2", "/a", "/b"]


@pytest.mark.parametrize("first", ["store.cv", "PySide6.QtWidgets"])
def test_qt_application_starts_in_both_import_orders(first: str) -> None:
    second = {"store.cv": "PySide6.QtWidgets", "PySide6.QtWidgets": "store.cv"}[first]
    code = (
        f"import json, {first}, {second}; from PySide6.QtWidgets import QApplication; "
        "a = QApplication([]); print(json.dumps([a.platformName()]))"
    )
    assert run(code, QT_QPA_PLATFORM="offscreen") == ["offscreen"]

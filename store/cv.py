"""The one door to OpenCV: ``from store.cv import cv2``.

``opencv-python`` brings a Qt of its own and, on import, points ``QT_QPA_PLATFORM_PLUGIN_PATH`` and
``QT_QPA_FONTDIR`` at it; PySide6 would then load that Qt's plugins. Both variables are put back to what
they were. ``opencv-python-headless`` sets neither and works unchanged.
"""

from __future__ import annotations

import os

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2  # noqa: E402 - the environment has to be remembered first

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

__all__ = ["cv2"]

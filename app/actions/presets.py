"""Key maps of other annotation programs, for hands that are used to them: differences from our own keys.

A preset says the keys of some actions; all others keep theirs, less what a preset gives to somebody else
(:mod:`app.actions.keymap`), which then finds them another one.

Sources, the default keys that each of them ships and documents:

- labelme: ``labelme/_config/default_config.yaml``, section ``shortcuts``
  (https://github.com/wkentaro/labelme)
- X-AnyLabeling: ``anylabeling/configs/xanylabeling_config.yaml``, section ``shortcuts``
  (https://github.com/CVHub520/X-AnyLabeling)
- CVAT: the ``componentShortcuts`` of ``cvat-ui/src`` that its settings list (top bar, controls side bar,
  objects side bar; https://github.com/cvat-ai/cvat, https://docs.cvat.ai/docs/getting_started/shortcuts/)

Only what means the same here is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Keys = Mapping[str, tuple[str, ...]]

OWN = ""

_LABELME: Keys = {
    "image.next": ("D", "Ctrl+Shift+D", "PgDown"),
    "image.previous": ("A", "Ctrl+Shift+A", "PgUp"),
    "tool.polygon": ("Ctrl+N", "O"),
    "tool.box": ("Ctrl+R", "R"),
    "tool.select": ("Ctrl+J", "V"),
    "garment.category": ("Ctrl+E", "Ctrl+G"),
    "view.full": ("Ctrl+0", "End"),
    "view.fit": ("Ctrl+F", "Home"),
    "view.hide": ("T", "H"),
}

_X_ANYLABELING: Keys = {
    "image.next": ("D", "PgDown"),
    "image.previous": ("A", "PgUp"),
    "image.next_unreviewed": ("Ctrl+Shift+D", "Ctrl+PgDown"),
    "image.previous_unreviewed": ("Ctrl+Shift+A", "Ctrl+PgUp"),
    "tool.polygon": ("P", "Ctrl+N"),
    "tool.box": ("R", "Ctrl+R"),
    "tool.select": ("Ctrl+J", "V"),
    "garment.category": ("Ctrl+E", "Ctrl+G"),
    "garment.hide": ("S", "Shift+H"),
    "view.full": ("Ctrl+0", "End"),
    "view.fit": ("Ctrl+F", "Home"),
    "view.hide": ("Ctrl+H", "H"),
    "view.names": ("Ctrl+L", "Shift+L"),
    "model.again": ("Ctrl+M",),
}

_CVAT: Keys = {
    "image.next": ("F", "PgDown"),
    "image.previous": ("D", "PgUp"),
    "landmark.occluded": ("Q", "1"),
    "landmark.cut_off": ("O", "3"),
    "garment.new": ("N",),
    "garment.delete": ("Del", "Shift+Del"),
    "garment.lock": ("L",),
    "garment.hide": ("H", "Shift+H"),
    "garment.forward": ("+", "=", "Ctrl+]"),
    "garment.back": ("-", "_", "Ctrl+["),
    "help.shortcuts": ("F1", "?"),
    "file.settings": ("F2", "Ctrl+,"),
}

#: The presets by name; our own keys are the empty one.
PRESETS: Mapping[str, Keys] = MappingProxyType(
    {OWN: {}, "labelme": _LABELME, "x-anylabeling": _X_ANYLABELING, "cvat": _CVAT}
)

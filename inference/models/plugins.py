"""Networks of others: found by the entry points of installed packages, imported when they are asked for.

A package names a class in its ``pyproject.toml``::

    [project.entry-points."deepfashion_studio.models"]
    our-net = "our_package:OurNet"

and the class says what it is; see ``docs/checkpoints.md``. The name of the entry point is the network's name.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from store.errors import StudioError

GROUP = "deepfashion_studio.models"

#: What a plug-in must say, and of what kind it is.
_NEEDED = (("title", str), ("backbones", tuple), ("tasks", tuple), ("whole_images", bool))


def found() -> dict[str, EntryPoint]:
    """The entry points by name, none of them imported; where two have one name, the first counts."""
    points: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        points.setdefault(point.name, point)
    return points


def load(point: EntryPoint) -> Any:
    """The class or object of an entry point.

    StudioError, naming the entry point, where it cannot be imported or does not say what it must.
    """
    where = f"The network {point.name!r} of {point.value}"
    try:
        plugin = point.load()
    except (ImportError, AttributeError, SyntaxError, NameError, TypeError, ValueError, OSError) as error:
        raise StudioError(
            f"{where} cannot be imported: {error}.", "Install its package again, or remove it."
        ) from error
    wrong = [
        name for name, kind in _NEEDED if not isinstance(_listed(getattr(plugin, name, None), kind), kind)
    ]
    if not callable(getattr(plugin, "build", None)):
        wrong.append("build")
    if wrong:
        raise StudioError(f"{where} does not say {', '.join(wrong)}.", "See docs/checkpoints.md.")
    return plugin


def _listed(value: Any, kind: type) -> Any:
    return tuple(value) if kind is tuple and isinstance(value, list) else value

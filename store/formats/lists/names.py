"""What an image is called in the lists: without blanks, below ``img/``, and no two alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from store.records import Image

_UNFIT = re.compile(r"[\s\x00-\x1f\x7f\\]+")
_ROOT = "img/"
#: In-shop's pictures in full size.
_LARGE = "img_highres/"


def listed_name(image: Image) -> str:
    """The name that an image has in the lists, unless another has it already."""
    if image.name.startswith((_ROOT, _LARGE)) and _UNFIT.search(image.name) is None:
        return image.name
    return _ROOT + _UNFIT.sub("_", image.name.removeprefix(_ROOT).lstrip("/"))


def keeps_its_name(name: str) -> bool:
    """Whether an image that a list calls so is called so again when it is written."""
    path = PurePosixPath(name)
    fit = name.startswith((_ROOT, _LARGE)) and _UNFIT.search(name) is None
    return fit and ".." not in path.parts and path.as_posix() == name


class Names:
    """The names of all images of an export: hashes, and those that could not keep theirs, stay in memory."""

    def __init__(self, images: Iterable[Image]) -> None:
        self._taken: set[int] = set()
        self._new: dict[int, str] = {}
        for image in images:
            name = first = listed_name(image)
            number = 2
            while hash(name) in self._taken:
                path = PurePosixPath(first)
                name, number = str(path.with_name(f"{path.stem}~{number}{path.suffix}")), number + 1
            if name != first:
                self._new[image.id] = name
            self._taken.add(hash(name))

    def __contains__(self, name: str) -> bool:
        return hash(name) in self._taken

    def of(self, image: Image) -> str:
        """The name of an image in the lists."""
        return self._new.get(image.id) or listed_name(image)

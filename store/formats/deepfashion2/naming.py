"""Which folder and file name each image of an export gets."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from store.formats.deepfashion2.documents import folder_of
from store.records import Image

_DIGITS = re.compile(r"\d+")
_LONGEST_NUMBER = 15
#: In bytes; file systems take 255 with the ending.
_LONGEST_STEM = 240
#: Folders that only say where DeepFashion2 keeps pictures, and so need not be remembered.
_USUAL = re.compile(r"((?P<split>[^/]+)/)?((?P=split)/)?images?|")


class Names:
    """File stems, unique within their split: an image keeps its own unless an earlier one has it.

    Only hashes and the exceptions are kept, so that an export of a million images stays small.
    """

    def __init__(self, images: Iterable[Image]) -> None:
        self._taken: set[int] = set()
        self._new: dict[int, str] = {}
        #: The folders of the splits that images go to, "" for those without one.
        self.folders: set[str] = set()
        doubles: list[int] = []
        highest = 0
        for image in images:
            folder, stem = folder_of(image.split), stem_of(image)
            self.folders.add(folder)
            if self.has(folder, stem) or len(os.fsencode(stem)) > _LONGEST_STEM:
                doubles.append(image.id)
            self._taken.add(hash((folder, stem)))
            digits = _DIGITS.findall(stem)
            if digits and len(digits[-1]) <= _LONGEST_NUMBER:
                highest = max(highest, int(digits[-1]))
        for number, image_id in enumerate(doubles, highest + 1):
            self._new[image_id] = f"{number:06d}"

    def has(self, folder: str, stem: str) -> bool:
        """Whether the export has an image of that name."""
        return hash((folder, stem)) in self._taken

    def of(self, image: Image) -> tuple[str, str]:
        """The folder of the split ("" for none) and the stem of an image."""
        return folder_of(image.split), self._new.get(image.id, stem_of(image))

    @property
    def changed(self) -> int:
        """How many images do not keep their name."""
        return len(self._new)


def stem_of(image: Image) -> str:
    """The file name without its ending."""
    return PurePosixPath(image.name).stem


def must_be_remembered(image: Image, stem: str) -> bool:
    """Whether the image's name cannot be told from its new place."""
    path = PurePosixPath(image.name)
    parent = "" if path.parent == PurePosixPath() else path.parent.as_posix()
    return path.stem != stem or _USUAL.fullmatch(parent) is None

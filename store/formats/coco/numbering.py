"""The ids and file names that images and annotations of an export get."""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from store.errors import FormatError
from store.formats.coco import FORMAT, images
from store.formats.coco import annotations as coco_annotations
from store.formats.values import integer, mapping
from store.records import Dataset, Garment, Image

_DIGITS = re.compile(r"(\d+)(?!.*\d)")
_LARGEST = 2**53


def number_of(image: Image) -> int | None:
    """The id an image should have: its source's, else the last number in its file name."""
    stated = integer(images.notes_of(image).get("id"))
    if stated is not None:
        return stated
    found = _DIGITS.search(_stem(image.name))
    number = int(found.group()) if found and len(found.group()) < 16 else None
    return number if number is not None and number < _LARGEST else None


def _is_plain(name: str) -> bool:
    """Whether a name has nothing that a path would be rid of; asking a path takes ten times as long."""
    return bool(name) and name[-1] not in "/." and "//" not in name and "./" not in name


def _stem(name: str) -> str:
    if not _is_plain(name):
        return PurePosixPath(name).stem
    last = name.rpartition("/")[2]
    dot = last.rfind(".")
    return last[:dot] if dot > 0 else last


def stated_id(garment: Garment) -> int:
    """The id that a garment's source gave it; 0 for none."""
    return integer(coco_annotations.notes_of(garment).get("id")) or 0


class ImageNumbers:
    """Image ids: the number of :func:`number_of` where only one image has it, else the next free one."""

    def __init__(self, all_images: Iterable[Image]) -> None:
        keys, numbers = array("q"), array("q")
        for image in all_images:
            number = number_of(image)
            keys.append(image.id)
            numbers.append(-1 if number is None else number)
        self._keys = np.array(keys, np.int64)
        self._ids = np.array(numbers, np.int64)
        order = np.argsort(self._keys, kind="stable")
        _, inverse, counts = np.unique(self._ids, return_inverse=True, return_counts=True)
        unfit = (self._ids < 0) | (counts[inverse] > 1) if len(self._ids) else np.zeros(0, bool)
        first = int(self._ids.max(initial=0)) + 1
        self._ids[unfit] = np.arange(first, first + int(unfit.sum()))
        self._keys, self._ids = self._keys[order], self._ids[order]

    def of(self, image_ids: Sequence[int]) -> list[int]:
        """The ids of images, by those they have in the store. KeyError for one that was not announced."""
        wanted = np.asarray(image_ids, np.int64)
        places = np.searchsorted(self._keys, wanted)
        known = self._keys.take(places, mode="clip") == wanted if len(self._keys) else np.zeros(0, bool)
        if not known.all() or len(known) != len(wanted):
            raise KeyError(wanted[~known][0] if len(known) else image_ids)
        found: list[int] = self._ids[places].tolist()
        return found


class AnnotationNumbers:
    """Annotation ids: the source's while all come from one COCO file, else running from 1."""

    def __init__(self, datasets: Sequence[Dataset]) -> None:
        self._kept = len(datasets) == 1 and datasets[0].format == FORMAT
        notes = mapping(datasets[0].extra.get(FORMAT)) if self._kept else {}
        self._last = integer(notes.get("last_id")) or 0
        self._seen: set[int] = set()

    def take(self, stated: int) -> int:
        """The id of the next annotation, whose :func:`stated_id` is given."""
        if self._kept and stated > 0 and stated not in self._seen:
            self._last = max(self._last, stated)
            self._seen.add(stated)
            return stated
        self._last += 1
        return self._last


class FileNames:
    """File names relative to one folder, from which all pictures of an export can be reached."""

    def __init__(self, datasets: Sequence[Dataset], copies: Path | None) -> None:
        self._prefix = {dataset.id: "" for dataset in datasets}
        self.root = copies or (Path(datasets[0].images_root) if datasets else Path())
        if len(datasets) < 2:
            return
        if copies is not None:
            self._prefix = {d.id: f"{_folder(d)}/" for d in datasets}
            return
        roots = {dataset.id: os.path.normpath(Path(dataset.images_root).absolute()) for dataset in datasets}
        try:
            self.root = Path(os.path.commonpath(list(roots.values())))
        except ValueError as error:
            raise FormatError(
                "The pictures of this export lie on several drives, which one file cannot refer to.",
                "Copy the pictures along, or export one dataset at a time.",
            ) from error
        for dataset_id, root in roots.items():
            below = Path(root).relative_to(self.root).as_posix()
            self._prefix[dataset_id] = "" if below == "." else f"{below}/"

    def of(self, image: Image) -> str:
        """The file name of an image, without what tells it apart from another of the same picture."""
        name = image.name if _is_plain(image.name) else PurePosixPath(image.name).as_posix()
        return self._prefix.get(image.dataset_id, "") + name


def _folder(dataset: Dataset) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", dataset.name).strip("-")
    return f"{name or 'dataset'}-{dataset.id}"

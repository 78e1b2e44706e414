"""The contents of a COCO file by image: where the annotations of each lie."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.errors import FormatError
from store.formats.base import Complaints
from store.formats.coco.scan import ARRAYS, Broken, Place, Scan
from store.formats.source import Entry
from store.formats.values import numeral, text
from store.progress import Progress

_STEP = 2_000
#: Where there is no value; None is one.
_NONE: Any = object()
_IDS = ("id", "image_id", "category_id")
#: pycocotools keeps ids in float64.
LARGEST_ID = 2**53


def annotation_id(stated: Any) -> int | None:
    """An annotation's id, if it is one that other tools accept too."""
    number = numeral(stated)
    return number if number is not None and 1 <= number <= LARGEST_ID else None


class Index:
    """All of a file but its images and annotations, and the places of those.

    ``top`` holds the other top-level values in file order, with None where the three arrays stand.
    ``last_id`` is no smaller than any annotation's id; ``repeated`` are the ids that several have. Raises
    :class:`FormatError` where the file is not COCO at all; damage further down is complained of, and what
    comes before it is read.
    """

    def __init__(self, scan: Scan, told: Complaints, progress: Progress) -> None:
        self._scan = scan
        self._told = told
        self.top: dict[str, Any] = {}
        self.categories: list[Entry] = []
        self.last_id = 0
        self.repeated: frozenset[int] = frozenset()
        # Numbers as they are, not as objects: there may be a million of each.
        self._firsts, self._lasts, self._ids = array("q"), array("q"), array("q")
        self._by_key: dict[int, int] = {}
        self._others: dict[Any, int] = {}
        self._texts = 0
        self._unnumbered: list[tuple[int, str, str]] = []
        self._starts, self._ends, self._owners = array("q"), array("q"), array("q")
        self._numbers = array("q")
        self._seen = dict.fromkeys(ARRAYS, 0)
        self._read(progress)
        self._join()
        self._number()
        # These are for joining alone.
        self._by_key.clear()
        self._others.clear()
        self._owners, self._numbers = array("q"), array("q")
        if self._texts:
            told.warn("id-text", f"{self._texts:,} ids are texts; they are taken for the numbers in them.")

    def __len__(self) -> int:
        return len(self._firsts)

    def _read(self, progress: Progress) -> None:
        try:
            for number, place in enumerate(self._scan.places()):
                self._take(place)
                if number % _STEP == 0:
                    progress(place.end, len(self._scan), "Looking through the file")
        except Broken as error:
            self._broken(error)
        if self.top.get("images", self) is not None:
            raise FormatError(
                f"{self._scan.path} is not a COCO file: it has no images.",
                "Give a JSON file with images, annotations and categories.",
            )

    def _broken(self, error: Broken) -> None:
        line = self._scan.line(error.at)
        if not self._firsts:
            raise FormatError(
                f"{self._scan.path} cannot be read from line {line} (byte {error.at}) on: {error.what}.",
                "Give a whole COCO JSON file.",
            ) from error
        self._told.error(
            "json",
            f"The file cannot be read from byte {error.at} on: {error.what}. "
            f"What comes before is imported: {len(self._firsts)} images, {len(self._starts)} annotations.",
            f"line {line}",
        )

    def _take(self, place: Place) -> None:
        key = place.key
        if place.start == place.end:
            self.top[key] = None
            return
        listed = key in self._seen and key in self.top
        if listed:
            self._seen[key] += 1
        where = f"{key} entry {self._seen[key]}" if listed else key
        value = self._parsed(place, where) if place.value is None else place.value
        if value is _NONE:
            return
        if not listed:
            self.top[key] = value
        elif not isinstance(value, dict):
            self._told.error("entry", "The entry is not an object; it is not read.", where)
        else:
            self._texts += sum(numeral(v) is not None for v in map(value.get, _IDS) if isinstance(v, str))
            self._entry(key, value, place, where)

    def _entry(self, key: str, value: Entry, place: Place, where: str) -> None:
        if key == "categories":
            self.categories.append(value)
        elif key == "images":
            self._image(value, place, where)
        else:
            self._annotation(place, self._key(value.get("image_id")), where)
            self._numbers.append(annotation_id(value.get("id")) or 0)

    def _parsed(self, place: Place, where: str) -> Any:
        odd: list[str] = []
        try:
            return self._scan.value(place.start, place.end, odd.append)
        except ValueError as error:
            told = f"The entry does not parse ({error}); it is not read."
            self._told.error("json", told, f"{where}, line {self._scan.line(place.start)}")
            return _NONE
        finally:
            for name in odd:
                self._told.odd_number(name, f"{where}, line {self._scan.line(place.start)}")

    def _annotation(self, place: Place, owner: int | None, where: str) -> None:
        if owner is None:
            self._told.error("image-id", "The annotation names no image; it is not read.", where)
            return
        self._starts.append(place.start)
        self._ends.append(place.end)
        # Images may come later in the file: owners are joined at the end.
        self._owners.append(owner)

    def _image(self, value: Entry, place: Place, where: str) -> None:
        key, index = self._key(value.get("id")), len(self._firsts)
        self._firsts.append(place.start)
        self._lasts.append(place.end)
        new = key is not None and self._by_key.setdefault(key, index) == index
        self._ids.append(key if key is not None and new else -1)
        if key is None or key < 0 or not new:
            what = "is no whole number from 0" if key is None or key < 0 else "stands there twice"
            self._unnumbered.append((index, f"The id {text(value.get('id')).decode()} {what}", where))

    def _key(self, stated: Any) -> int | None:
        """What joins an image and its annotations: the id, below 0 where COCO has no such id."""
        number = numeral(stated)
        if number is not None and 0 <= number <= LARGEST_ID:
            return number
        if number is None and not isinstance(stated, str):
            return None
        return self._others.setdefault(stated, -1 - len(self._others))

    def _join(self) -> None:
        owners = np.frombuffer(self._owners, np.int64) if self._owners else np.zeros(0, np.int64)
        known = np.fromiter((self._by_key.get(owner, -1) for owner in self._owners), np.int64, len(owners))
        stated = {key: other for other, key in self._others.items()}
        for place in np.flatnonzero(known < 0).tolist():
            owner = int(owners[place])
            self._told.error(
                "image-id",
                f"There is no image {text(stated.get(owner, owner)).decode()}; the annotation is not read.",
                f"annotation entry {place + 1}, line {self._scan.line(self._starts[place])}",
            )
        order = np.argsort(known, kind="stable")
        self._order: NDArray[np.int64] = order
        self._bounds = np.searchsorted(known[order], np.arange(len(self._firsts) + 1))

    def _number(self) -> None:
        """Gives an id to the images that have none of their own; which annotation ids stand there twice."""
        known, counts = np.unique(np.array(self._numbers, np.int64), return_counts=True)
        self.last_id = int(known.max(initial=0))
        self.repeated = frozenset(known[counts > 1].tolist())
        free = (number for number in count(1) if number not in self._by_key)
        for index, what, where in self._unnumbered:
            self._ids[index] = next(free)
            self._told.warn("image-id", f"{what}; the image becomes {self._ids[index]}.", where)

    def entries(self) -> Iterator[tuple[int, Entry, list[tuple[Entry, bytes]]]]:
        """Images in file order as ``(id, image, its annotations)``, these with their very bytes."""
        for index, (image_id, start, end) in enumerate(
            zip(self._ids, self._firsts, self._lasts, strict=True)
        ):
            places = self._order[self._bounds[index] : self._bounds[index + 1]].tolist()
            found = [self._scan.read(self._starts[place], self._ends[place]) for place in places]
            yield image_id, self._scan.value(start, end), found

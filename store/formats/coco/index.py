"""The contents of a COCO file by image: where the annotations of each lie."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.errors import FormatError
from store.formats.base import Complaints
from store.formats.coco.scan import ARRAYS, Broken, Place, Scan
from store.formats.source import Entry
from store.formats.values import integer
from store.progress import Progress

_STEP = 2_000
#: Where there is no value; None is one.
_NONE: Any = object()


class Index:
    """All of a file but its images and annotations, and the places of those.

    ``top`` holds the other top-level values in file order, with None where the three arrays stand.
    ``last_id`` is no smaller than any annotation's id. Raises :class:`FormatError` where the file is
    not COCO at all; damage further down is complained of, and what comes before it is read.
    """

    def __init__(self, scan: Scan, told: Complaints, progress: Progress) -> None:
        self._scan = scan
        self._told = told
        self.top: dict[str, Any] = {}
        self.categories: list[Entry] = []
        self.last_id = 0
        self._images: list[tuple[int, int]] = []
        self._by_id: dict[int, int] = {}
        self._starts, self._ends, self._owners = array("q"), array("q"), array("q")
        self._number = dict.fromkeys(ARRAYS, 0)
        self._read(progress)
        self._join()

    def __len__(self) -> int:
        return len(self._images)

    def _read(self, progress: Progress) -> None:
        try:
            for count, place in enumerate(self._scan.places()):
                self._take(place)
                if count % _STEP == 0:
                    progress(place.end, 0, "Looking through the file")
        except Broken as error:
            self._broken(error)
        if self.top.get("images", self) is not None:
            raise FormatError(
                f"{self._scan.path} is not a COCO file: it has no images.",
                "Give a JSON file with images, annotations and categories.",
            )

    def _broken(self, error: Broken) -> None:
        line = self._scan.line(error.at)
        if not self._images:
            raise FormatError(
                f"{self._scan.path} cannot be read from line {line} (byte {error.at}) on: {error.what}.",
                "Give a whole COCO JSON file.",
            ) from error
        self._told.error(
            "json",
            f"The file cannot be read from byte {error.at} on: {error.what}. "
            f"What comes before is imported: {len(self._images)} images, {len(self._starts)} annotations.",
            f"line {line}",
        )

    def _take(self, place: Place) -> None:
        key = place.key
        if place.start == place.end:
            self.top[key] = None
            return
        listed = key in self._number and key in self.top
        if listed:
            self._number[key] += 1
        where = f"{key} entry {self._number[key]}" if listed else key
        value = self._parsed(place, where) if place.value is None else place.value
        if value is _NONE:
            return
        if not listed:
            self.top[key] = value
        elif not isinstance(value, dict):
            self._told.error("entry", "The entry is not an object; it is not read.", where)
        elif key == "categories":
            self.categories.append(value)
        elif key == "images":
            self._image(value, place, where)
        else:
            owner = value.get("image_id")
            self._annotation(place, owner if isinstance(owner, int | float | str) else None, where)
            self.last_id = max(self.last_id, integer(value.get("id")) or 0)

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

    def _annotation(self, place: Place, owner: Any, where: str) -> None:
        if owner is None:
            self._told.error("image-id", "The annotation names no image; it is not read.", where)
            return
        self._starts.append(place.start)
        self._ends.append(place.end)
        # Images may come later in the file: owners are joined at the end.
        found = integer(owner)
        self._owners.append(-1 if found is None else found)

    def _image(self, value: Entry, place: Place, where: str) -> None:
        image_id = integer(value.get("id"))
        if image_id is None or image_id < 0:
            self._told.error("image-id", "The image has no whole number as id; it is not read.", where)
        elif image_id in self._by_id:
            self._told.error("image-id", f"The id {image_id} is used twice; only the first is read.", where)
        else:
            self._by_id[image_id] = len(self._images)
            self._images.append((place.start, place.end))

    def _join(self) -> None:
        owners = np.frombuffer(self._owners, np.int64) if self._owners else np.zeros(0, np.int64)
        known = np.array([self._by_id.get(owner, -1) for owner in owners.tolist()], np.int64)
        for place in np.flatnonzero(known < 0).tolist():
            self._told.error(
                "image-id",
                f"There is no image {owners[place]}; the annotation is not read.",
                f"annotation entry {place + 1}, line {self._scan.line(self._starts[place])}",
            )
        order = np.argsort(known, kind="stable")
        self._order: NDArray[np.int64] = order
        self._bounds = np.searchsorted(known[order], np.arange(len(self._images) + 1))

    def entries(self) -> Iterator[tuple[int, Entry, list[Entry]]]:
        """Images in file order as ``(id, image, its annotations)``."""
        for (image_id, index), (start, end) in zip(self._by_id.items(), self._images, strict=True):
            places = self._order[self._bounds[index] : self._bounds[index + 1]].tolist()
            found = [self._scan.value(self._starts[place], self._ends[place]) for place in places]
            yield image_id, self._scan.value(start, end), found

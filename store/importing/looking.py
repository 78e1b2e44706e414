"""What is known of the picture of a record, and what is wrong with both together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from store.db.packing import Packed, pack
from store.formats.base import Complaints, Ready
from store.formats.extents import size_from
from store.formats.landmarks import is_labelled
from store.pictures import Inside, Probe, probe
from store.records import Garment, Image, ImageRecord, ImageState

_PROBERS = 4
#: Pictures are looked at in chunks, because handing each to a thread costs more than looking.
CHUNK = 32
_AHEAD = 8
#: A picture that takes longer lies on a disk that must be waited for.
_SLOW_SECONDS = 0.004
_OUTSIDE = "is, or lies behind, a link that leads out of the folder of the pictures"
#: Problems with which a reader has said already why there is no picture.
_REFUSED = frozenset({"file-name", "picture-name"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where records go: the dataset, its folder of pictures, and the store's ids of its own categories.

    ``moved``: the pictures lie elsewhere than the reader believes.
    """

    dataset_id: int
    root: Path
    categories: Mapping[int, int]
    moved: bool = False


class Looking:
    """Looks at the pictures of records, in threads where that is slow, and completes the records."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._inside = Inside(place.root)

    def complete(self, records: Iterable[ImageRecord]) -> Iterator[ImageRecord]:
        """The records as they are to be stored, in their order."""
        rest = iter(records)
        while chunk := list(islice(rest, CHUNK)):
            began = monotonic()
            done = self.look(chunk)
            slow = monotonic() - began > _SLOW_SECONDS * len(chunk)
            yield from done
            if slow:
                yield from self._ahead(rest)

    def _ahead(self, rest: Iterator[ImageRecord]) -> Iterator[ImageRecord]:
        """Looks in threads: they wait for a slow disk together, but hinder each other at a quick one."""
        with ThreadPoolExecutor(_PROBERS, "probe") as pool:
            waiting: deque[tuple[list[ImageRecord], Future[list[Probe]]]] = deque()
            while chunk := list(islice(rest, CHUNK)):
                waiting.append((chunk, pool.submit(self._probe, chunk)))
                if len(waiting) > _AHEAD:
                    yield from self._waited(*waiting.popleft())
            while waiting:
                yield from self._waited(*waiting.popleft())

    def look(self, records: Iterable[ImageRecord]) -> list[ImageRecord]:
        """As :meth:`complete`, at once and in this thread."""
        return [self._finished(record, self._looked(record)) for record in records]

    def pack(self, found: Iterable[ImageRecord | Ready]) -> Iterator[Packed]:
        """What was read as it goes into the tables, its pictures looked at."""
        for one in found:
            if isinstance(one, ImageRecord):
                yield pack(self._finished(one, self._looked(one)))
                continue
            seen = self._inside.glance(one.image.name)
            if seen is not None and seen.orientation == 1 and _reaches(one.reach, seen):
                yield one.packed(self._place.dataset_id, (seen.width, seen.height))
            else:
                record = one.record()
                yield pack(self._finished(record, self._looked(record)))

    def _waited(self, records: list[ImageRecord], probes: Future[list[Probe]]) -> Iterator[ImageRecord]:
        yield from map(self._finished, records, probes.result())

    def _probe(self, records: Iterable[ImageRecord]) -> list[Probe]:
        return [self._looked(record) for record in records]

    def _looked(self, record: ImageRecord) -> Probe:
        name = record.image.name
        if record.image.state is ImageState.MISSING and (not self._place.moved or _refused(record)):
            return Probe(ImageState.MISSING)
        if (found := self._inside.glance(name)) is not None:
            return found
        if self._inside.leads_out(name):
            return Probe(ImageState.MISSING, message=f"{name} {_OUTSIDE}")
        return probe(self._place.root / name)

    def _finished(self, record: ImageRecord, picture: Probe) -> ImageRecord:
        told = Complaints(record.image.name)
        garments = record.garments
        own = self._place.categories
        if own:
            garments = tuple(g.but(category_id=own.get(g.category_id, g.category_id)) for g in garments)
        self._complain_of_picture(record, picture, told)
        width, height, known = _size(record, picture, told)
        image = record.image.but(
            dataset_id=self._place.dataset_id,
            state=picture.state,
            width=width,
            height=height,
            size_known=known,
        )
        if known and garments and not _all_inside(garments, width, height):
            for garment in garments:
                _complain_of_place(garment, image, told)
        return ImageRecord(image, garments, (*record.problems, *told.found))

    def _complain_of_picture(self, record: ImageRecord, picture: Probe, told: Complaints) -> None:
        if picture.state is ImageState.MISSING:
            self._complain_of_missing(record, picture, told)
        elif picture.state is ImageState.UNREADABLE:
            told.error("picture-unreadable", picture.message)
        if picture.orientation != 1:
            told.warn(
                "orientation",
                f"The picture says that it is to be turned (EXIF orientation {picture.orientation}); "
                "it is shown as it is stored, because annotations refer to that.",
            )

    def _complain_of_missing(self, record: ImageRecord, picture: Probe, told: Complaints) -> None:
        root = self._place.root
        if picture.message.endswith(_OUTSIDE):
            told.error(
                "picture-outside",
                f"{picture.message}; it is not read. Name the folder it leads to as that of the pictures.",
            )
        elif not _refused(record):
            told.warn("picture-missing", f"There is no picture {record.image.name} in {root}.")


def _reaches(reach: tuple[float, float, float], picture: Probe) -> bool:
    """Whether coordinates, that reach so far, lie inside of a picture."""
    right, bottom, least = reach
    return least >= 0 and right <= picture.width and bottom <= picture.height


def _refused(record: ImageRecord) -> bool:
    return any(problem.code in _REFUSED for problem in record.problems)


def _size(record: ImageRecord, picture: Probe, told: Complaints) -> tuple[int, int, bool]:
    """Width and height of an image, and whether they are the picture's and not only the annotations'."""
    image = record.image
    if picture.width and picture.height:
        _complain_of_size(image, picture, told)
        return picture.width, picture.height, True
    if image.width and image.height:
        return image.width, image.height, image.size_known
    return *size_from(record.garments), False


def _complain_of_size(image: Image, picture: Probe, told: Complaints) -> None:
    stated, found = (image.width, image.height), (picture.width, picture.height)
    if not image.size_known or stated == found:
        return
    turned = " That is the size of the picture turned on its side." if stated == found[::-1] else ""
    told.warn(
        "size-differs",
        f"The file says {stated[0]} x {stated[1]}, the picture has {found[0]} x {found[1]} pixels.{turned}",
    )


def _all_inside(garments: Iterable[Garment], width: int, height: int) -> bool:
    """Whether all that is said of garments lies inside of the image: one look instead of one at each."""
    parts: list[NDArray[np.float64]] = []
    for garment in garments:
        if garment.box is not None:
            parts.append(garment.box)
        parts.append(garment.points.ravel())
        parts.extend(polygon.ravel() for polygon in garment.polygons)
    # All are pairs of x and y one after the other: flat ones are put together several times as fast.
    together = np.concatenate(parts) if parts else np.empty(0)
    if not len(together):
        return True
    right, bottom = together[0::2].max(), together[1::2].max()
    return bool(right <= width and bottom <= height and together.min() >= 0)


def _complain_of_place(garment: Garment, image: Image, told: Complaints) -> None:
    parts = {
        "box": np.empty((0, 2)) if garment.box is None else garment.box.reshape(2, 2),
        "polygon points": np.concatenate(garment.polygons) if garment.polygons else np.empty((0, 2)),
        "landmarks": garment.points[is_labelled(garment.visibility)],
    }
    size = np.array([image.width, image.height])
    together = np.concatenate(list(parts.values()))
    if not len(together) or (together.min() >= 0 and bool((together.max(axis=0) <= size).all())):
        return
    outside = {name: int(((p < 0) | (p > size)).any(axis=1).sum()) for name, p in parts.items() if len(p)}
    words = [name if name == "box" else f"{count} {name}" for name, count in outside.items() if count]
    if words:
        told.warn(
            "outside",
            f"Outside the image of {image.width} x {image.height}: {', '.join(words)}.",
            garment.key or f"garment {garment.position + 1}",
        )

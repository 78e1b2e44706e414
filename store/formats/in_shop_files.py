"""Reader and writer of the In-shop benchmark: its lists, and the masks in JSON files beside them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from resources.taxonomy import Category
from store.errors import FormatError
from store.formats.base import FIRST_OWN_CATEGORY, ReadOptions, WriteOptions
from store.formats.coco.annotations import area_of
from store.formats.coco.reader import CocoReader
from store.formats.files import writing
from store.formats.in_shop import (
    BOXES,
    CLASSES,
    COLOURS,
    DESCRIPTIONS,
    FORMAT,
    LANDMARKS,
    PARTITION,
    ROLES,
    InShop,
    status_of,
)
from store.formats.lists.reader import ListsReader, found, said_format
from store.formats.lists.table import ListFile
from store.formats.lists.writer import ListsWriter
from store.formats.values import listed, mapping, text
from store.geometry import extent
from store.records import Domain, Garment, Image, ImageRecord, Problem

_STATUSES = ("train", *ROLES)
#: The benchmark's own page calls them instances, the tools segmentation.
_WORDS = ("segmentation", "instances")
_FIRST_CLASS = FIRST_OWN_CATEGORY + 300


def _places(status: str) -> ListFile:
    names = [f"Anno/segmentation/DeepFashion_{word}_{status}.json" for word in _WORDS]
    return ListFile(status, tuple(names), whole=True)


class InShopReader(ListsReader):
    """The images of the lists, those with masks last, then those of which there are only masks.

    Masks come after the garment of the lists where both are of one picture; those of the larger pictures are
    images of their own.
    """

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._masks: list[tuple[str, CocoReader]] = []
        self._classes: dict[tuple[str, tuple[str, ...]], Category] = {}
        super().__init__(path, options, InShop())
        for status in _STATUSES:
            place = found(path.absolute(), _places(status))
            if place is not None:
                self._wholes[f"masks {status}"] = self._shown(place)
                if not self._is_kept(place):
                    self._open(status, place)

    def _is_nothing(self, path: Path) -> bool:
        return super()._is_nothing(path) and not any(found(path, _places(status)) for status in _STATUSES)

    def _is_kept(self, place: Path) -> bool:
        """Whether a file is as this program wrote it: then the lines beside the lists say all of it."""
        said = mapping(self._head.get("masks")).get(self._shown(place))
        if said is None:
            return False
        same = bool(said == _checksum(place))
        if not same:
            self._told.file = self._shown(place)
            self._told.warn("masks-changed", "The masks were changed elsewhere; they count.")
        return same

    def _open(self, status: str, place: Path) -> None:
        images = self.images_root if self.images_root.is_dir() else None
        try:
            reader = CocoReader(place, ReadOptions(images=images))
        except FormatError as error:
            self._told.file = self._shown(place)
            self._told.error("json", f"The masks cannot be read: {error.what}")
            return
        for category in reader.categories():
            key = (category.name, category.schema.names)
            number = _FIRST_CLASS + len(self._classes)
            self._classes.setdefault(key, replace(category, id=number))
        self._masks.append((status, reader))

    @cached_property
    def _masked(self) -> frozenset[int]:
        """The hashes of the names of images with masks."""
        return frozenset(_hash(record.image.name) for _, one in self._masks for record in one.records())

    def _listed(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        hashes = [table.hashes[fresh] for table, fresh in self._order]
        return np.concatenate(hashes) if hashes else np.empty(0, np.int64)

    def __len__(self) -> int:
        masked = np.fromiter(self._masked, np.int64, len(self._masked))
        return super().__len__() + int((~np.isin(masked, self._listed())).sum())

    def categories(self) -> tuple[Category, ...]:
        """Those of the lists, and the classes of the masks."""
        return (*super().categories(), *self._classes.values())

    def problems(self) -> Sequence[Problem]:
        """What is wrong with a list or a file of masks as a whole."""
        return (*super().problems(), *(problem for _, one in self._masks for problem in one.problems()))

    def records(self) -> Iterator[ImageRecord]:
        """All images."""
        known = set(self._listed().tolist()) if self._masks else set()
        with self._opened():
            for name in self._names():
                if not self._masks or _hash(name) not in self._masked:
                    yield self._record(name)
            seen: set[int] = set()
            for status, reader in self._masks:
                for record in reader.records():
                    key = _hash(record.image.name)
                    if key in seen:
                        record = record.but(image=record.image.but(name=f"{status}/{record.image.name}"))
                    seen.add(key)
                    yield self._merged(record, reader, status, key in known)

    def _merged(self, record: ImageRecord, reader: CocoReader, status: str, both: bool) -> ImageRecord:
        """The masks of an image, after what the lists say of it."""
        local = {one.id: self._classes[one.name, one.schema.names].id for one in reader.categories()}
        masks = [
            garment.but(category_id=local.get(garment.category_id, garment.category_id))
            for garment in record.garments
        ]
        image = record.image
        if not both:
            role = status if status in ROLES else ""
            image = image.but(
                domain=Domain.SHOP, split=image.split or ("test" if role else status), role=image.role or role
            )
            return record.but(image=image, garments=tuple(masks))
        plain = self._record(image.name)
        kept = [garment for garment in plain.garments if not self._is_mask(garment)]
        garments = [garment.but(position=place) for place, garment in enumerate([*kept, *masks])]
        size = {"width": image.width, "height": image.height, "size_known": image.size_known}
        extra = {**image.extra, **plain.image.extra}
        return ImageRecord(
            plain.image.but(extra=extra, **size), tuple(garments), (*plain.problems, *record.problems)
        )

    def _is_mask(self, garment: Garment) -> bool:
        names = {one.id: one.name for one in self.categories()}
        return not len(garment.points) and names.get(garment.category_id, "").casefold() in CLASSES


class InShopWriter(ListsWriter):
    """Writes the lists, and the masks once more as the benchmark's JSON files, for other tools.

    An import of ours reads masks from the lines beside the lists, which say more, while the files are as they
    were written.
    """

    def __init__(self, out: Path, options: WriteOptions) -> None:
        self._in_shop = InShop()
        super().__init__(out, options, self._in_shop, read)
        self._parts: dict[str, BinaryIO] = {}
        self._next = 1

    def add(self, record: ImageRecord) -> None:
        """See :class:`store.formats.base.Writer`."""
        super().add(record)
        masks = [garment for garment in record.garments if self._in_shop.is_mask(garment)]
        status = status_of(record.image)
        if masks and status:
            image = record.image
            name = self._preparer.of(record).name
            entry = {"file_name": name, "height": image.height, "width": image.width, "id": image.id}
            self._part(f"{status}.images", entry)
            for garment in masks:
                self._part(f"{status}.annotations", self._annotation(garment, image))

    def _annotation(self, garment: Garment, image: Image) -> dict[str, Any]:
        box = garment.box if garment.box is not None else extent(garment)
        corners = np.zeros(4) if box is None else box
        size = corners[2:] - corners[:2]
        area = area_of(garment, image.width, image.height, "per-category")
        number, self._next = self._next, self._next + 1
        return {
            "segmentation": garment.rle
            or [listed(polygon, "int") for polygon in garment.polygons if len(polygon) > 2],
            "area": float(size.prod()) if area is None else area,
            "iscrowd": int(garment.rle is not None),
            "image_id": image.id,
            "bbox": listed(np.concatenate([corners[:2], size]), "int"),
            "id": number,
            "category_id": CLASSES.index(self._in_shop.category_name(garment).casefold()) + 1,
        }

    def _part(self, key: str, entry: Mapping[str, Any]) -> None:
        assert self._work is not None
        with writing(self._out):
            if key not in self._parts:
                self._parts[key] = (self._work / f"{key}.part").open("wb", buffering=1 << 18)
            else:
                self._parts[key].write(b", ")
            self._parts[key].write(text(entry))

    def _join(self) -> Path:
        if not self._joined:
            for part in self._parts.values():
                with writing(self._out):
                    part.close()
            for status in _STATUSES:
                if f"{status}.images" in self._parts:
                    self._write_masks(status)
        return super()._join()

    def _write_masks(self, status: str) -> None:
        """One file of masks, and its checksum for the head."""
        assert self._work is not None
        classes = [{"supercategory": "CLOTHES", "id": i, "name": name} for i, name in enumerate(CLASSES, 1)]
        shown = _places(status).places[0]
        target = self._work / shown
        with writing(self._out / shown):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                file.write(b'{"info": {}')
                for key in ("images", "annotations"):
                    part = self._work / f"{status}.{key}.part"
                    file.write(b', "' + key.encode() + b'": [')
                    with part.open("rb") as source:
                        while chunk := source.read(1 << 20):
                            file.write(chunk)
                    part.unlink()
                    file.write(b"]")
                file.write(b', "categories": ' + json.dumps(classes).encode() + b"}")
            self._head.setdefault("masks", {})[shown] = _checksum(target)

    def abort(self) -> None:
        """See :class:`store.formats.base.Writer`."""
        for part in self._parts.values():
            part.close()
        super().abort()


def _hash(name: str) -> int:
    return hash(name.encode("utf-8", "surrogatepass"))


def _checksum(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            value = zlib.crc32(chunk, value)
    return value


def read(path: Path, options: ReadOptions) -> InShopReader:
    """A reader of a folder of the benchmark."""
    return InShopReader(path, options)


def write(out: Path, options: WriteOptions) -> InShopWriter:
    """A writer to a folder."""
    return InShopWriter(out, options)


def detects(path: Path) -> bool:
    """Whether a path looks like the benchmark: its files have names of their own, or there are queries."""
    if not path.exists():
        return False
    if said := said_format(path):
        return said == FORMAT
    files = (BOXES, LANDMARKS, COLOURS, DESCRIPTIONS, *map(_places, _STATUSES))
    if any(found(path, one) for one in files):
        return True
    place = found(path, PARTITION)
    if place is None:
        return False
    with place.open("rb") as file:
        return any(b"image_name item_id" in b" ".join(file.readline(1 << 16).split()) for _ in range(3))

"""Reads COCO files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from resources.taxonomy import Category
from store.errors import FormatError
from store.formats import studio
from store.formats.base import Complaints, ReadOptions
from store.formats.coco import FORMAT, quick
from store.formats.coco import images as coco_images
from store.formats.coco.annotations import Ids
from store.formats.coco.categories import ALL_LANDMARKS
from store.formats.coco.categories import decode as decode_categories
from store.formats.coco.decoding import decode
from store.formats.coco.index import Index, annotation_id
from store.formats.coco.scan import Broken, Scan
from store.formats.extents import size_from
from store.formats.source import Entry
from store.formats.values import mapping, numeral, text, word
from store.records import Garment, Image, ImageRecord, Problem

_LOOKED_AT = 5


class CocoReader:
    """Yields the images of a COCO file in file order, with little memory whatever its size.

    Raises :class:`FormatError` at once where the file is not COCO; bad entries later only put
    problems on their image. Without ``notes`` the records say all but what makes an untouched entry come out
    again as it stood there: it takes as long as the rest.
    """

    format = FORMAT

    def __init__(self, path: Path, options: ReadOptions, *, notes: bool = True) -> None:
        self.path = _file(path.absolute())
        self._notes = notes
        self._split = options.split
        self._told = Complaints(self.path.name)
        self._scan = Scan(self.path)
        self._index = Index(self._scan, self._told, options.progress)
        self._kinds = decode_categories(self._index.categories, self._told)
        self._ours = mapping(self._index.top.get(studio.KEY))
        self.layout = "294" if any(k.block == ALL_LANDMARKS for k in self._kinds.values()) else "per-category"
        self.images_root = self._root(options.images)

    @staticmethod
    def detects(path: Path) -> bool:
        """Whether a path looks like a COCO file."""
        if path.suffix.lower() != ".json" or not path.is_file() or path.stat().st_size == 0:
            return False
        scan = Scan(path)
        try:
            return any(place.key in ("images", "annotations") for place in scan.places())
        except Broken:
            return False
        finally:
            scan.close()

    def local_ids(self) -> dict[int, int]:
        """The reader's category ids by those in the file."""
        return {category_id: kind.local.id for category_id, kind in self._kinds.items()}

    def entries(self) -> Iterator[tuple[Entry, list[Entry]]]:
        """Images with their annotations, as they stand in the file."""
        for _, image, found in self._index.entries():
            yield image, [entry for entry, _ in found]

    def close(self) -> None:
        """Lets go of the file."""
        self._scan.close()

    def _root(self, images: Path | None) -> Path:
        if images is not None:
            if not images.is_dir():
                raise FormatError(f"{images} is not a folder.", "Give the folder that holds the pictures.")
            return images.absolute()
        home = self.path.parent
        names = []
        for _, entry, _ in self._index.entries():
            names.append(word(entry.get("file_name")))
            if len(names) == _LOOKED_AT:
                break
        places = [
            home,
            home / "images",
            home / "image",
            home.parent,
            home.parent / "images",
            home.parent / "image",
        ]
        remembered = word(self._ours.get("images_root"))
        if remembered:
            places.insert(0, Path(os.path.normpath(home / remembered)))
        for place in places:
            for name in names:
                safe, inside = coco_images.safe_name(name, place)
                if inside and (place / safe).is_file():
                    return place
        return places[0]

    def __len__(self) -> int:
        return len(self._index)

    def categories(self) -> tuple[Category, ...]:
        """Those that are none of the 13."""
        return tuple(kind.local for kind in self._kinds.values() if kind.local.offset is None)

    def extra(self) -> Mapping[str, Any]:
        """The top level, the categories as they stood there, and the highest annotation id."""
        top = {key: value for key, value in self._index.top.items() if key != studio.KEY}
        notes = {"top": top, "categories": self._index.categories, "last_id": self._index.last_id}
        return {**mapping(self._ours.get("extra")), FORMAT: notes}

    def problems(self) -> Sequence[Problem]:
        """What is wrong with the file, its categories, and annotations of no image."""
        return tuple(self._told.found)

    def records(self) -> Iterator[ImageRecord]:
        """All images with their garments."""
        seen: set[int] = set()
        names: set[int] = set()
        next_id = self._index.last_id
        for image_id, entry, found in self._index.entries():
            told = Complaints(self.path.name)
            garments: list[Garment] = []
            aside: list[Entry] = []
            for annotation, raw in found:
                number = annotation_id(annotation.get("id"))
                if number is None or number in seen:
                    next_id += 1
                    _complain_of_id(annotation, next_id, told, repeated=number is not None)
                    number = next_id
                if number in self._index.repeated:
                    seen.add(number)
                category_id = numeral(annotation.get("category_id"))
                kind = None if category_id is None else self._kinds.get(category_id)
                if kind is None or category_id is None:
                    aside.append(annotation)
                    _complain_of_category(annotation, number, told)
                    continue
                ids = Ids(number, image_id, category_id)
                place = len(garments)
                garment = quick.decode(raw, annotation, kind, ids, place, noted=self._notes)
                if garment is None:
                    garment = decode(annotation, kind, ids, place, told, noted=self._notes)
                garments.append(garment)
            about = Complaints(word(entry.get("file_name")) or f"image {image_id}")
            image = self._image(entry, image_id, aside, garments, about)
            name = coco_images.told_apart(image.name, names)
            if name != image.name:
                about.warn("picture-name", f"Another image has this file name too; this one is {name} here.")
                image = image.but(name=name)
            yield ImageRecord(image, tuple(garments), (*about.found, *told.found))

    def _image(
        self, entry: Entry, image_id: int, aside: list[Any], garments: Sequence[Garment], told: Complaints
    ) -> Image:
        image = coco_images.decode(entry, image_id, self.images_root, self._split, told)
        if self._notes:
            image = coco_images.with_notes(image, entry, image_id, self.layout, aside)
        if image.width and image.height:
            return image
        width, height = size_from(garments)
        return image.but(width=width, height=height)


def _file(path: Path) -> Path:
    if path.is_dir():
        files = sorted([*path.glob("*.json"), *path.glob("annotations/*.json")])
        if len(files) != 1:
            found = f"{len(files)} JSON files" if files else "no JSON file"
            raise FormatError(f"{path} is a folder with {found}.", "Give the COCO JSON file itself.")
        path = files[0]
    if not path.exists():
        raise FormatError(f"{path} does not exist.", "Give a COCO JSON file.")
    if not path.is_file():
        raise FormatError(f"{path} is a folder, a device or a pipe.", "Give a COCO JSON file.")
    return path


def _complain_of_id(annotation: Entry, number: int, told: Complaints, *, repeated: bool) -> None:
    stated = text(annotation.get("id")).decode()
    what = "stands there twice" if repeated else "is no whole number from 1"
    told.warn(
        "annotation-id", f"The annotation id {stated} {what}; it becomes {number}.", f"annotation {stated}"
    )


def _complain_of_category(annotation: Entry, number: int, told: Complaints) -> None:
    stated = text(annotation.get("category_id")).decode()
    told.error(
        "category-unknown",
        f"There is no category {stated}; the annotation is kept aside unchanged.",
        f"annotation {number}",
    )

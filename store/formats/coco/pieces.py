"""What records become in a COCO file, a few hundred images at a time and in any process.

Nothing here hangs on what else is in the file but the ids: images are told theirs, and where an annotation's
belongs there is a gap in its text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from resources.taxonomy import categories as built_in
from store.areas import can_count, pixels_inside
from store.errors import FormatError
from store.formats.base import Losses
from store.formats.coco import FORMAT, images
from store.formats.coco import annotations as coco_annotations
from store.formats.coco.annotations import Ids
from store.formats.coco.categories import Kind
from store.formats.coco.losses import losses_of
from store.formats.coco.numbering import FileNames, number_of, stated_id
from store.formats.coco.usual import usual
from store.formats.fingerprint import digest, image_values, said_of
from store.formats.source import Entry
from store.formats.values import text
from store.records import Garment, Image, ImageRecord

#: Stands where an id belongs, and nowhere else: no other program writes numbers so low.
_GAP = -(2**63) + 1


@dataclass(slots=True)
class Encoded:
    """Images as they stand in the file, and what a reader must find of them.

    ``images`` are the entries, joined by commas. ``annotations`` are two texts each, that before the id and
    that after it; ``stated`` their ids in the source, 0 for none. ``digests`` are 16 bytes an image.
    """

    images: bytes
    annotations: list[bytes]
    stated: list[int]
    digests: bytes
    losses: Losses


@dataclass(frozen=True, slots=True)
class Encoder:
    """Turns records into entries. ``kinds`` are categories and their ids in the file, by ours."""

    layout: str
    kinds: Mapping[int, tuple[Kind, int]]
    names: FileNames

    def encode(self, records: Sequence[ImageRecord], numbers: Sequence[int]) -> Encoded:
        """The entries of images that have these ``numbers`` as their ids.

        FormatError where a garment has a category that is not among ``kinds``.
        """
        entries: list[bytes] = []
        done = Encoded(b"", [], [], b"", losses_of(records, self.layout))
        digests: list[bytes] = []
        worn = [held(record, self.layout, self.kinds) for record in records]
        areas = iter(self._areas([(g, r.image) for r, some in zip(records, worn, strict=True) for g in some]))
        for record, number, garments in zip(records, numbers, worn, strict=True):
            image = record.image
            name = self.names.of(image)
            entries.append(text(images.write(image, number, name, self.layout, number_of(image))))
            for garment in garments:
                done.annotations += self._annotation(garment, next(areas), number)
                done.stated.append(stated_id(garment))
            values = image_values(image, FORMAT)
            values[0] = name
            digests.append(digest(values, [said_of(g, FORMAT, i) for i, g in enumerate(garments)]))
        done.images, done.digests = b",\n".join(entries), b"".join(digests)
        return done

    def _areas(self, worn: Sequence[tuple[Garment, Image]]) -> list[float | None]:
        """What :func:`store.formats.coco.annotations.area_of` says of each garment in its image."""
        if self.layout == "294":
            return [None] * len(worn)
        single = [_is_outline(garment, image) for garment, image in worn]
        chosen = [one for one, fit in zip(worn, single, strict=True) if fit]
        sizes = [(image.width, image.height) for _, image in chosen]
        counted = iter(pixels_inside([garment.polygons[0] for garment, _ in chosen], sizes))
        return [
            float(next(counted)) or None
            if fit
            else coco_annotations.area_of(garment, image.width, image.height, self.layout)
            for (garment, image), fit in zip(worn, single, strict=True)
        ]

    def _annotation(self, garment: Garment, area: float | None, number: int) -> tuple[bytes, bytes]:
        kind, category_id = self.kinds[garment.category_id]
        quick = usual(garment, kind, Ids(0, number, category_id), area)
        if quick is not None:
            return quick

        def entry(gap: int) -> Entry:
            return coco_annotations.write(garment, kind, Ids(gap, number, category_id), area)

        return _around(entry)


def _is_outline(garment: Garment, image: Image) -> bool:
    """Whether the area of a garment is that of its one polygon."""
    polygons = garment.polygons
    if len(polygons) != 1 or FORMAT in garment.extra:
        return False
    return can_count(polygons[0], image.width, image.height)


def _around(entry: Callable[[int], Entry]) -> tuple[bytes, bytes]:
    """The text of an entry before its id and after it."""
    gap = _GAP
    while True:
        before, mark, after = text(entry(gap)).partition(b'"id":%d' % gap)
        if b"%d" % gap not in after and b"%d" % gap not in before:
            return before + mark[:5], after
        # The source has the very number somewhere.
        gap += 1


def held(record: ImageRecord, layout: str, kinds: Mapping[int, tuple[Kind, int]]) -> list[Garment]:
    """The garments of a record that a layout can hold, in their order.

    FormatError where one has a category that the file does not have.
    """
    garments = sorted(record.garments, key=lambda garment: garment.position)
    if layout == "294":
        return [garment for garment in garments if garment.category_id <= len(built_in())]
    for garment in garments:
        if garment.category_id not in kinds:
            raise FormatError(
                f"{record.image.name} was given another category while the export ran.", "Export again."
            )
    return garments

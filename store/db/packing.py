"""New images as the values of their rows, so that other processes can make them ready.

Nothing here loads SQLAlchemy: the processes that read for an import would take longer to begin than to read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import pack as packed_numbers
from typing import Any, NamedTuple

from store.db.codec import pack_box, pack_mapping, pack_points, pack_polygons
from store.records import Garment, Image, ImageRecord, ImageState, Origin, Problem

Row = tuple[Any, ...]

_PRESENT, _FILE = str(ImageState.PRESENT), str(Origin.FILE)

#: The columns of :func:`image_row`, in the order of the table; before them comes the id.
IMAGE_COLUMNS = (
    *("dataset_id", "name", "width", "height", "size_known", "state", "split", "role", "domain", "pair_id"),
    *("review", "extra", "version"),
)
#: The columns of :func:`garment_row`, in the order of the table; before them come the ids.
GARMENT_COLUMNS = (
    *("key", "position", "category_id", "pair_id", "style", "item_id", "scale", "occlusion", "zoom_in"),
    *("viewpoint", "clothes_category", "clothes_type", "origin", "version"),
    *("box", "points", "polygons", "rle", "attributes", "extra"),
)
_DATASET, _NAME = IMAGE_COLUMNS.index("dataset_id"), IMAGE_COLUMNS.index("name")
_STATE, _SPLIT = IMAGE_COLUMNS.index("state"), IMAGE_COLUMNS.index("split")
_KEY = GARMENT_COLUMNS.index("key")


class Packed(NamedTuple):
    """An image as it goes into the tables, but for ids and what is counted."""

    image: Row
    garments: list[Row]
    tags: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def dataset_id(self) -> int:
        """The dataset of the image; 0: none."""
        return int(self.image[_DATASET])

    @property
    def name(self) -> str:
        """The image's name."""
        return str(self.image[_NAME])

    @property
    def split(self) -> str:
        """The image's split."""
        return str(self.image[_SPLIT])

    @property
    def state(self) -> str:
        """The word for the state of the picture."""
        return str(self.image[_STATE])

    @property
    def keys(self) -> list[str]:
        """The keys of the garments."""
        return [row[_KEY] for row in self.garments]

    def but(self, changes: Mapping[str, Any], problem: Problem) -> Packed:
        """The same with other values in some columns of the image, and one more problem."""
        row = tuple(changes.get(n, v) for n, v in zip(IMAGE_COLUMNS, self.image, strict=True))
        return self._replace(image=row, problems=(*self.problems, problem))


def pack(record: ImageRecord) -> Packed:
    """A record as the values of its rows; garments are placed in their order."""
    garments = [garment_row(garment, position) for position, garment in enumerate(record.garments)]
    return Packed(image_row(record.image), garments, record.image.tags, record.problems)


def image_row(image: Image) -> Row:
    """The values of :data:`IMAGE_COLUMNS`."""
    return (
        *(image.dataset_id, image.name, image.width, image.height, image.size_known, str(image.state)),
        *(image.split, image.role, str(image.domain), image.pair_id, int(image.review)),
        *(pack_mapping(image.extra), image.version),
    )


def garment_row(garment: Garment, position: int) -> Row:
    """The values of :data:`GARMENT_COLUMNS`."""
    return (
        *(garment.key, position, garment.category_id, garment.pair_id, garment.style, garment.item_id),
        *(garment.scale, garment.occlusion, garment.zoom_in, garment.viewpoint),
        *(garment.clothes_category, garment.clothes_type, str(garment.origin), garment.version),
        *(pack_box(garment.box), pack_points(garment.points, garment.visibility)),
        *(pack_polygons(garment.polygons), pack_mapping(garment.rle)),
        *(pack_mapping(garment.attributes), pack_mapping(garment.extra)),
    )


def seen_image_row(
    image: Image,
    dataset_id: int,
    size: tuple[int, int],
    domain: str,
    pair_id: int | None,
    extra: Mapping[str, Any],
) -> Row:
    """:func:`image_row` of an image whose picture is there, in this size, and that nobody has touched.

    Of ``image`` only name and split are asked.
    """
    blob = pack_mapping(extra)
    return (
        *(dataset_id, image.name, *size, True, _PRESENT, image.split, "", domain, pair_id),
        *(0, blob, 1),
    )


def file_garment_row(
    key: str,
    position: int,
    facts: Sequence[int | None],
    places: tuple[bytes, bytes, Sequence[int]],
    extra: Mapping[str, Any],
) -> Row:
    """:func:`garment_row` of a garment as a file says it, with landmarks and a box.

    ``facts`` are category, pair, style, scale, occlusion, zoom-in and viewpoint. ``places`` are x and y of
    landmarks, box and polygons one after the other, as little-endian float64; the states of the landmarks;
    the number of points of each polygon.
    """
    numbers, states, sizes = places
    category_id, pair_id, style, scale, occlusion, zoom_in, viewpoint = facts
    box = 16 * len(states)
    drawn = box + 32
    polygons = packed_numbers(f"<{len(sizes) + 1}I", len(sizes), *sizes) + numbers[drawn:] if sizes else None
    return (
        *(key, position, category_id, pair_id, style, "", scale, occlusion, zoom_in, viewpoint),
        *(None, None, _FILE, 1),
        *(numbers[box:drawn], numbers[:box] + states if states else None, polygons, None, None),
        pack_mapping(extra),
    )

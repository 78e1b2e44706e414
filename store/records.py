"""The records that every part of the program passes around: frozen, slotted, with read-only arrays.

Coordinates are float64 pixels of the file's own pixel grid (x right, y down, EXIF orientation not
applied); boxes are ``x1 y1 x2 y2``. Records compare by identity, because arrays inside make ``==``
ambiguous: use :meth:`same_as`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
_Array = TypeVar("_Array", bound=NDArray[Any])


class Visibility(IntEnum):
    """The four states of a landmark. Values 0 to 2 are COCO's ``v``; 3 is ours."""

    UNLABELLED = 0
    OCCLUDED = 1
    VISIBLE = 2
    CUT_OFF = 3


class Review(IntEnum):
    """How far a person has come with an image."""

    TO_DO = 0
    IN_PROGRESS = 1
    SECOND_LOOK = 2
    ACCEPTED = 3
    REJECTED = 4


#: Words for the review states, as shown and as used in filters.
REVIEW_WORDS: Mapping[Review, str] = MappingProxyType(
    {
        Review.TO_DO: "to do",
        Review.IN_PROGRESS: "in progress",
        Review.SECOND_LOOK: "second look",
        Review.ACCEPTED: "accepted",
        Review.REJECTED: "rejected",
    }
)

#: Words for the visibility states, as shown and as written in extra keys.
VISIBILITY_WORDS: Mapping[Visibility, str] = MappingProxyType(
    {
        Visibility.VISIBLE: "visible",
        Visibility.OCCLUDED: "occluded",
        Visibility.CUT_OFF: "cut off",
        Visibility.UNLABELLED: "unlabelled",
    }
)


class Domain(StrEnum):
    """Where a picture was taken."""

    UNKNOWN = ""
    SHOP = "shop"
    CONSUMER = "consumer"


class ImageState(StrEnum):
    """Whether the picture file can be shown."""

    PRESENT = "present"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class Origin(StrEnum):
    """Who said so: the dataset's own file, a person, or a model whose proposal a person accepted."""

    FILE = "file"
    PERSON = "person"
    MODEL = "model"


def read_only(values: Any, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """A read-only, contiguous array of the given type and shape (-1 allowed once).

    An array that is so already is taken as it is: records are copied often, their arrays need not be.
    """
    if isinstance(values, np.ndarray) and values.dtype == dtype and not values.flags.writeable:
        same = values.ndim == len(shape) and shape[-1] in (-1, values.shape[-1])
        if same and values.flags.c_contiguous:
            return values
        array = np.ascontiguousarray(values).reshape(shape)
    else:
        array = np.array(values, dtype=dtype).reshape(shape)
    array.flags.writeable = False
    return array


def sealed(array: _Array) -> _Array:
    """The very array, made read-only because nobody changes it any more: a record need not copy it."""
    array.flags.writeable = False
    return array


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return (
            isinstance(a, np.ndarray)
            and isinstance(b, np.ndarray)
            and a.shape == b.shape
            and bool(np.array_equal(a, b, equal_nan=True))
        )
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Base of all records: compared by :meth:`same_as`, changed by :meth:`but`."""

    def but(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def same_as(self, other: Record, ignore: frozenset[str] = frozenset()) -> bool:
        """Whether both say the same; ``ignore`` names fields that do not count."""
        return type(self) is type(other) and all(
            _same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self) if f.name not in ignore
        )


@dataclass(frozen=True, slots=True, eq=False)
class Image(Record):
    """One picture file and what is known of the whole of it.

    ``name`` is the path relative to its dataset's image folder, with ``/``. ``width`` and
    ``height`` are pixels; while ``size_known`` is false they are the extent of the annotations.
    ``pair_id`` is what the file said of the whole image (DeepFashion2); garments carry their own.
    ``extra`` keeps what the format said and we do not model, under the format's name.
    ``id`` 0 means: not stored yet.
    """

    id: int = 0
    dataset_id: int = 0
    name: str = ""
    width: int = 0
    height: int = 0
    size_known: bool = False
    state: ImageState = ImageState.PRESENT
    split: str = ""
    role: str = ""
    domain: Domain = Domain.UNKNOWN
    pair_id: int | None = None
    review: Review = Review.TO_DO
    tags: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1


def _no_points() -> Floats:
    return read_only([], np.float64, (-1, 2))


def _no_states() -> Bytes:
    return read_only([], np.uint8, (-1,))


@dataclass(frozen=True, slots=True, eq=False)
class Garment(Record):
    """One annotated piece of clothing in an image.

    ``box`` is ``(4,)`` float64 ``x1 y1 x2 y2`` or None. ``points`` is ``(n, 2)`` float64 and
    ``visibility`` ``(n,)`` uint8 of :class:`Visibility`; n is the size of the category's schema, or 0
    where the source has no landmarks. ``polygons`` are ``(k, 2)`` float64 each; the mask is their
    union. ``rle`` is COCO run-length ``{"size": [h, w], "counts": str | list}`` where the source has
    one instead of polygons. ``key`` names the garment inside its file ("item1"); ``position`` is its
    place in the image. Facts are None where the source is silent. ``attributes`` maps a name to
    1 (yes), -1 (no) or 0 (unknown). ``extra`` as in :class:`Image`. ``version`` counts saved changes,
    from 1.
    """

    id: int = 0
    image_id: int = 0
    key: str = ""
    position: int = 0
    category_id: int = 0
    box: Floats | None = None
    points: Floats = field(default_factory=_no_points)
    visibility: Bytes = field(default_factory=_no_states)
    polygons: tuple[Floats, ...] = ()
    rle: Mapping[str, Any] | None = None
    pair_id: int | None = None
    style: int | None = None
    item_id: str = ""
    scale: int | None = None
    occlusion: int | None = None
    zoom_in: int | None = None
    viewpoint: int | None = None
    clothes_category: int | None = None
    clothes_type: int | None = None
    attributes: Mapping[str, int] = field(default_factory=dict)
    origin: Origin = Origin.FILE
    extra: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1

    def __post_init__(self) -> None:
        if self.box is not None:
            object.__setattr__(self, "box", read_only(self.box, np.float64, (4,)))
        object.__setattr__(self, "points", read_only(self.points, np.float64, (-1, 2)))
        object.__setattr__(self, "visibility", read_only(self.visibility, np.uint8, (-1,)))
        polygons = tuple(read_only(p, np.float64, (-1, 2)) for p in self.polygons)
        object.__setattr__(self, "polygons", polygons)
        if len(self.points) != len(self.visibility):
            raise ValueError(f"{len(self.points)} points, {len(self.visibility)} visibilities")


@dataclass(frozen=True, slots=True, eq=False)
class Dataset(Record):
    """One imported dataset: where its annotations and pictures lie, and in which format."""

    id: int = 0
    name: str = ""
    format: str = ""
    root: str = ""
    images_root: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


class Severity(StrEnum):
    """How bad a problem is: an error lost something, a warning did not."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, eq=False)
class Problem(Record):
    """Something wrong with the data: ``code`` is stable, ``message`` is for people.

    ``file`` and ``item`` say where (item: "item2", "annotation 17", "line 3"). ``image_id`` and
    ``garment_id`` are 0 where the record could not be stored.
    """

    id: int = 0
    code: str = ""
    message: str = ""
    severity: Severity = Severity.WARNING
    file: str = ""
    item: str = ""
    dataset_id: int = 0
    image_id: int = 0
    garment_id: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ImageRecord(Record):
    """One image with its garments and what was wrong with them: what readers yield and writers take."""

    image: Image
    garments: tuple[Garment, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class View(Record):
    """A saved filter with its order."""

    id: int = 0
    name: str = ""
    where: str = ""
    order: str = "name"

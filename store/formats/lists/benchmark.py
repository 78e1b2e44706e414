"""What a benchmark is to the reader and the writer of its lists."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from resources.schemas import Schema
from resources.taxonomy import EXTRA_COLOURS, Category, clothes_types
from store.formats.base import FIRST_OWN_CATEGORY, Complaints, Losses
from store.formats.lists import values
from store.formats.lists.style import Style, Value
from store.formats.lists.table import ListFile, Row, Table
from store.formats.values import mapping
from store.records import Garment, ImageRecord

#: The rows of one image by the key of their list.
Rows = Mapping[str, Sequence[Row]]

UNTYPED = "clothes"


@dataclass(frozen=True, slots=True)
class Encoded:
    """The values of an image's rows by list.

    ``made_up`` names facts that a row had to state unasked; ``unsure`` what the rows of other images may say
    of this one ("split", "domain", "item_id"), which is kept beside the lists in any case.
    """

    rows: Mapping[str, Sequence[Sequence[Value]]]
    made_up: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


def own_category(number: int, name: str, schema: Schema) -> Category:
    """A category that a benchmark brings, with a reader-local id."""
    colour = EXTRA_COLOURS[(number - FIRST_OWN_CATEGORY) % len(EXTRA_COLOURS)]
    return Category(id=number, name=name, coco_name=name, schema=schema, colour=colour)


def type_categories() -> tuple[Category, ...]:
    """The three clothes types by their ids, then garments of which no type is known."""
    found = [
        own_category(FIRST_OWN_CATEGORY + kind.id - 1, kind.name, kind.schema) for kind in clothes_types()
    ]
    return (*found, own_category(FIRST_OWN_CATEGORY + len(found), UNTYPED, Schema(UNTYPED, ())))


def _everything(_: str) -> bool:
    """While nothing is written, no image is missing."""
    return True


@dataclass
class Benchmark(ABC):
    """One of the four: which lists it has, and what their rows say of an image.

    ``master`` is the list whose order is that of the images; ``signed`` are those whose rows a line of the
    sidecar vouches for; ``several`` those that may name an image more than once; ``derived`` those that
    repeat others; ``about`` those whose rows are about images, where not all are. ``own`` are the categories
    that its garments may have, with reader-local ids.
    While writing, ``known`` are the categories by id, and ``exported`` says of a listed name whether its
    image goes out.
    """

    format: str
    lists: tuple[ListFile, ...]
    master: str = "eval"
    signed: tuple[str, ...] = ("bbox", "landmarks")
    several: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    always: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    own: tuple[Category, ...] = field(default_factory=type_categories)
    known: dict[int, Category] = field(default_factory=dict)
    exported: Callable[[str], bool] = field(default=_everything)

    @abstractmethod
    def decode(self, name: str, rows: Rows, told: Complaints | None) -> ImageRecord:
        """What the lists say of an image: at most one garment."""

    @abstractmethod
    def encode(self, record: ImageRecord, precise: bool) -> Encoded:
        """The rows of an image; ``precise`` keeps decimals."""

    def repeated(self, record: ImageRecord, rows: Rows) -> Mapping[str, Sequence[Sequence[Value]]]:  # noqa: ARG002
        """The rows of the derived lists, from those of the others as they are written."""
        return {}

    def prepare(self, tables: Mapping[str, Table], told: Complaints) -> None:  # noqa: B027
        """Reads what is about no image (names of attributes), before the first record."""

    def read_whole(self, path: Path, shown: str, told: Complaints) -> None:  # noqa: B027
        """Reads a file that has no rows, before the first record."""

    def whole(self) -> Mapping[str, str]:
        """The texts of files that have no rows, by list, after the last image was written."""
        return {}

    def about_images(self) -> tuple[ListFile, ...]:
        """The lists whose rows are about images."""
        return tuple(listed for listed in self.lists if not self.about or listed.key in self.about)

    def begin(self, notes: Mapping[str, Any]) -> None:  # noqa: B027
        """What the dataset kept of its files, before the first row is written; empty for a new one."""

    def styled(self, styles: Mapping[str, Style]) -> None:  # noqa: B027
        """How the rows of each list are spaced, before the first is written."""

    def extra(self) -> Mapping[str, Any]:
        """What the dataset is to keep for :meth:`begin`."""
        return {}

    def closing(self) -> Mapping[str, Iterable[str]]:
        """Whole rows of lists about no image, after the last image was written."""
        return {}

    def written(self, name: str, record: ImageRecord) -> None:  # noqa: B027
        """An image was written under a name."""

    def dropped(self, record: ImageRecord) -> Losses:  # noqa: ARG002
        """What is not written of an image, and not kept beside the lists either."""
        return Losses()

    @abstractmethod
    def fields_of(self, key: str) -> frozenset[str]:
        """The fields of a garment that the rows of a list say, and "split" where it says that."""

    def still(self, key: str, plain: ImageRecord, record: ImageRecord) -> bool:  # noqa: ARG002
        """Whether what a row says and no field holds is still what the record says."""
        return True

    def ordered(self, garment: Garment) -> Garment:
        """A garment with its attributes in the order of the list."""
        return garment

    def padded(self, key: str) -> int:  # noqa: ARG002
        """To how many values the rows of a list must come; 0: they are as long as they are."""
        return 0

    def says_nothing(self, key: str) -> bool:  # noqa: ARG002
        """Whether the rows of a list turned out to say nothing, after the last image was written."""
        return False

    def category_of(self, key: str, word: str) -> int:  # noqa: ARG002
        """The local id of the category that a value in a list's ``kinds`` column means."""
        return typed(self.own, kind if (kind := values.whole(word)) in values.SIZES else None)

    def kind_of(self, garment: Garment) -> int | None:
        """The clothes type that a garment is written with."""
        return values.type_of(garment, self.category_name(garment))

    def category_name(self, garment: Garment) -> str:
        """The name of a garment's category, "" where it is not known."""
        category = self.known.get(garment.category_id) or self.local(garment.category_id)
        return category.name if category is not None else ""

    def local(self, category_id: int) -> Category | None:
        """The category of a reader-local id, while no store's categories are known."""
        if self.known:
            return None
        return next((one for one in self.own if one.id == category_id), None)

    def marks(self, garment: Garment, kind: int | None, precise: bool) -> list[Value]:
        """The triplets of a garment in its clothes type; empty where it has none."""
        if kind is None or not len(garment.points):
            return []
        category = self.known.get(garment.category_id) or self.local(garment.category_id)
        found = values.converted(garment, category.schema if category else None, kind)
        return [] if found is None else values.mark_values(*found, precise)

    def facts(self, garment: Garment) -> Mapping[str, Any]:
        """What was kept of a garment that has no field."""
        return mapping(garment.extra.get(self.format))


def typed(own: Sequence[Category], kind: int | None) -> int:
    """The local id of a clothes type among :func:`type_categories`."""
    return own[-1].id if kind is None else own[kind - 1].id

"""The fields that a filter can name, and the words that mean something in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from resources.taxonomy import (
    LEVELS,
    ClothesCategory,
    ClothesType,
    categories,
    clothes_categories,
    clothes_types,
)
from store.filters.dates import DAYS
from store.filters.expressions import Operator
from store.records import REVIEW_WORDS, Domain, ImageState


class Kind(StrEnum):
    """What the values of a field are."""

    #: Any text; ``words`` are usual ones.
    TEXT = "text"
    #: Words of which there may be several: tags, attributes.
    SEVERAL = "several"
    #: One of ``words`` only.
    CHOICE = "choice"
    #: The name of a category of the store.
    CATEGORY = "category"
    #: One of ``words``, in an order; also its number.
    LEVEL = "level"
    #: A whole number.
    NUMBER = "number"
    #: A day, or a longer or shorter time; see :mod:`store.filters.dates`.
    DATE = "date"


_EQUALITY = (Operator.EQUAL, Operator.NOT_EQUAL, Operator.IN, Operator.NOT_IN)
_ORDER = (Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST)

#: Which operators go with a kind.
OPERATORS: Mapping[Kind, tuple[Operator, ...]] = MappingProxyType(
    {
        Kind.TEXT: (*_EQUALITY, Operator.CONTAINS),
        Kind.SEVERAL: (Operator.HAS, *_EQUALITY, Operator.CONTAINS),
        Kind.CHOICE: _EQUALITY,
        Kind.CATEGORY: (*_EQUALITY, Operator.CONTAINS),
        Kind.LEVEL: (*_EQUALITY, *_ORDER),
        Kind.NUMBER: (*_EQUALITY, *_ORDER),
        Kind.DATE: (*_EQUALITY, *_ORDER),
    }
)

#: The word for what the dataset does not say.
UNKNOWN = "unknown"
#: The word for a time that has not been, and for notes that there are not.
NEVER, NONE = "never", "none"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the filter language.

    ``words`` maps a word to its meaning, in order; ``garment`` says whether it is a fact of a garment
    (an image is selected when one of its garments fits) or of the image.
    """

    name: str
    kind: Kind
    help: str
    garment: bool = False
    words: Mapping[str, int | str | None] = field(default_factory=dict)

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The operators that go with the field."""
        return OPERATORS[self.kind]


def plain(text: str) -> str:
    """A word as it is compared: lower case, ``-`` and ``_`` as spaces."""
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def _level(name: str, help_line: str) -> Field:
    words: dict[str, int | str | None] = {word: level for level, word in LEVELS[name].items()}
    return Field(name, Kind.LEVEL, help_line, garment=True, words={**words, UNKNOWN: None})


def _named(name: str, help_line: str, known: Iterable[ClothesType | ClothesCategory]) -> Field:
    words: dict[str, int | str | None] = {one.name: one.id for one in known}
    return Field(name, Kind.CHOICE, help_line, garment=True, words={**words, UNKNOWN: None})


def _texts(*words: str) -> dict[str, int | str | None]:
    return {word: word for word in words}


def _date(name: str, help_line: str) -> Field:
    words: dict[str, int | str | None] = {**_texts(*DAYS), NEVER: None}
    return Field(name, Kind.DATE, help_line, words=words)


def _fields() -> tuple[Field, ...]:
    review: dict[str, int | str | None] = {word: int(state) for state, word in REVIEW_WORDS.items()}
    domain: dict[str, int | str | None] = {str(d): str(d) for d in Domain if d}
    names = tuple(category.name for category in categories())
    return (
        Field("category", Kind.CATEGORY, "category of a garment", garment=True, words=_texts(*names)),
        Field("review", Kind.CHOICE, "how far the review has come", words=review),
        Field("reviewer", Kind.TEXT, "who has accepted or rejected it, or put it aside"),
        _date("reviewed", "when it was accepted, rejected or put aside"),
        Field("notes", Kind.CHOICE, "whether it has notes", words={**_texts("open", "settled"), NONE: None}),
        Field("note", Kind.SEVERAL, "words of a note"),
        Field("note_by", Kind.SEVERAL, "who has written a note"),
        _date("changed", "when something of it was changed last"),
        Field("split", Kind.TEXT, "part of the dataset", words=_texts("train", "validation", "test")),
        Field("domain", Kind.CHOICE, "where it was taken", words={**domain, UNKNOWN: ""}),
        Field("role", Kind.TEXT, "part in a retrieval benchmark", words=_texts("query", "gallery")),
        Field("dataset", Kind.TEXT, "name of the dataset"),
        Field("file", Kind.TEXT, "name of the picture file, bare or with its folders"),
        Field("state", Kind.CHOICE, "whether the picture can be shown", words=_texts(*map(str, ImageState))),
        Field("tag", Kind.SEVERAL, "a tag of the image"),
        Field("garments", Kind.NUMBER, "number of garments"),
        Field("problems", Kind.NUMBER, "number of problems"),
        Field("problem", Kind.SEVERAL, "kind of a problem that the image has"),
        Field("width", Kind.NUMBER, "width of the picture in pixels"),
        Field("height", Kind.NUMBER, "height of the picture in pixels"),
        _level("scale", "how much of the image a garment takes"),
        _level("occlusion", "how much of a garment is hidden"),
        _level("zoom_in", "how far the picture zooms in on a garment"),
        _level("viewpoint", "how a garment is worn and seen"),
        _named("clothes_type", "DeepFashion's type of a garment", clothes_types()),
        _named("clothes_category", "one of DeepFashion's 50 categories", clothes_categories()),
        Field("pair", Kind.NUMBER, "pair id of a garment", garment=True, words={UNKNOWN: None}),
        Field("style", Kind.NUMBER, "style number of a garment", garment=True, words={UNKNOWN: None}),
        Field("item", Kind.TEXT, "item id of a garment", garment=True),
        Field("attribute", Kind.SEVERAL, "an attribute that a garment has", garment=True),
        Field("id", Kind.NUMBER, "number of the image in the store"),
    )


#: All fields by name, in the order in which they are offered.
FIELDS: Mapping[str, Field] = MappingProxyType({f.name: f for f in _fields()})

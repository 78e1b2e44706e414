"""The In-shop benchmark: products from several sides, their colours, attributes and descriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from store.formats.base import Complaints
from store.formats.lists import common, values
from store.formats.lists.benchmark import Encoded, Rows, typed
from store.formats.lists.common import VARIATION, first
from store.formats.lists.descriptions import Descriptions
from store.formats.lists.items import item_in, item_of
from store.formats.lists.products import UNKNOWN, ProductBenchmark, item_attributes, type_in
from store.formats.lists.style import Style, Value, kept_rows
from store.formats.lists.table import ListFile, Row, row_of
from store.formats.lists.vocabulary import plain_words
from store.formats.values import mapping, texts
from store.records import Domain, Garment, Image, ImageRecord

FORMAT = "in-shop"
#: Facts of a garment beside its variation: from which side it is seen, its colour, its product's entries.
POSE, COLOUR, DESCRIBED = "pose", "colour", "described"

_PAD = 71
BOXES = common.box_list("Anno/list_bbox_inshop.txt", _PAD, "clothes_type pose_type", kinds=1)
LANDMARKS = common.landmark_list("Anno/list_landmarks_inshop.txt", _PAD, varied=True, kinds=1)
PARTITION = ListFile(
    "eval",
    ("Eval/list_eval_partition.txt",),
    "image_name item_id evaluation_status",
    style=Style(pad=_PAD, gaps=("  ", " ")),
)
COLOURS = ListFile(
    "color",
    (
        "Anno/attributes/list_color_cloth.txt",
        "Anno/list_color_cloth.txt",
        "Anno/attributes/list_color_cloth.csv",
    ),
    "image_name  clothes_color",
    style=Style(pad=_PAD, gaps=("  ", " ")),
)
DESCRIPTIONS = ListFile(
    "described",
    ("Anno/list_description_inshop.json", "Anno/attributes/list_description_inshop.json"),
    whole=True,
)
_LISTS = (
    BOXES,
    LANDMARKS,
    PARTITION,
    COLOURS,
    ListFile("items", ("Anno/list_item_inshop.txt",)),
    ListFile(
        "attr_cloth",
        ("Anno/attributes/list_attr_cloth.txt", "Anno/list_attr_cloth.txt"),
        "attribute_name",
    ),
    item_attributes("Anno/attributes/list_attr_items.txt", "Anno/list_attr_items.txt"),
    DESCRIPTIONS,
)
_ABOUT_IMAGES = ("bbox", "landmarks", "eval", "color")
#: What the masks of the segmentation files show, in the order of their ids from 1.
CLASSES: Sequence[str] = (
    *(
        "top",
        "skirt",
        "leggings",
        "dress",
        "outer",
        "pants",
        "bag",
        "neckwear",
        "headwear",
        "eyeglass",
        "belt",
    ),
    *("footwear", "hair", "skin", "face"),
)
#: The pictures that boxes, landmarks and products are about; masks may be of larger ones.
_SMALL = "img/"
#: Query and gallery are what the test is made of.
ROLES = ("query", "gallery")


class InShop(ProductBenchmark):
    """What the lists of the benchmark say."""

    def __init__(self) -> None:
        super().__init__(FORMAT, _LISTS, _ABOUT_IMAGES, plain_words)
        self._descriptions = Descriptions()

    # -- what is about no image -----------------------------------------------------------------

    def read_whole(self, path: Path, shown: str, told: Complaints) -> None:
        """See :class:`Benchmark`."""
        self._descriptions.read(path, shown, told)

    def begin(self, notes: Mapping[str, Any]) -> None:
        """See :class:`Benchmark`."""
        self.items.words.take([row_of("", 0, row) for row in kept_rows(notes.get("names"))], None)
        self.items.words.settle()
        self.items.keep_unknown(texts(notes.get(UNKNOWN)))
        self._descriptions.begin(mapping(notes.get(DESCRIBED)))

    def extra(self) -> Mapping[str, Any]:
        """See :class:`Benchmark`."""
        described = self._descriptions.notes()
        return {"names": self.items.words.rows, UNKNOWN: self.items.unknown(), DESCRIBED: described}

    def whole(self) -> Mapping[str, str]:
        """See :class:`Benchmark`."""
        return {"described": self._descriptions.text()}

    def written(self, name: str, record: ImageRecord) -> None:  # noqa: ARG002
        """See :class:`Benchmark`."""
        garment = record.garments[0] if record.garments else Garment()
        item = item_of(garment)
        self.items.written(item, garment.attributes)
        described = self.facts(garment).get(DESCRIBED)
        self._descriptions.written(item, described if isinstance(described, list) else [])

    def is_mask(self, garment: Garment) -> bool:
        """Whether a garment is one of the masks of the segmentation files: of their classes, without
        landmarks."""
        outlined = bool(garment.polygons) or garment.rle is not None
        return outlined and not len(garment.points) and self.category_name(garment).casefold() in CLASSES

    # -- reading --------------------------------------------------------------------------------

    def decode(self, name: str, rows: Rows, told: Complaints | None) -> ImageRecord:
        """See :class:`Benchmark`."""
        stated, status = _partition(first(rows, "eval"), told)
        item = stated or (item_in(name) if name.startswith(_SMALL) else "")
        role = status if status in ROLES else ""
        image = Image(name=name, domain=Domain.SHOP, split="test" if role else status, role=role)
        box_row, mark_row = first(rows, "bbox"), first(rows, "landmarks")
        marks = None if mark_row is None else values.read_marks(mark_row, told)
        kind = marks.clothes_type if marks else type_in(box_row, mark_row, told)
        box = common.box_in(box_row, 2, told)
        if kind is None and box is None and not item:
            return ImageRecord(image)
        garment = common.garment_in(
            FORMAT, typed(self.own, kind), box, marks, self._facts(rows, marks, item, told)
        )
        attributes = self.items.of(item, told)
        return ImageRecord(image, (garment.but(clothes_type=kind, item_id=item, attributes=attributes),))

    def _facts(
        self, rows: Rows, marks: values.Marks | None, item: str, told: Complaints | None
    ) -> dict[str, Any]:
        box, colour = first(rows, "bbox"), first(rows, "color")
        facts: dict[str, Any] = {}
        if marks is not None and marks.variation is not None:
            facts[VARIATION] = marks.variation
        if box is not None and len(box.values) > 1:
            pose = values.read_code(box, box.values[1], "pose type", 6, told)
            facts |= {POSE: pose} if pose is not None else {}
        if colour is not None and colour.rest:
            facts[COLOUR] = colour.rest
        described = self._descriptions.of(item)
        return {**facts, DESCRIBED: described} if described else facts

    # -- writing --------------------------------------------------------------------------------

    def encode(self, record: ImageRecord, precise: bool) -> Encoded:
        """See :class:`Benchmark`."""
        rows: dict[str, list[list[Value]]] = {}
        made_up: set[str] = set()
        garment = (
            record.garments[0] if record.garments and not self.is_mask(record.garments[0]) else Garment()
        )
        kind = self.kind_of(garment) if garment.category_id else None
        facts = self.facts(garment)
        if garment.box is not None and kind is not None:
            pose = common.code(facts, POSE, made_up)
            rows["bbox"] = [[str(kind), pose, *values.box_values(garment.box, precise)]]
        triplets = self.marks(garment, kind, precise)
        if triplets:
            rows["landmarks"] = [[str(kind), common.code(facts, VARIATION, made_up), *triplets]]
        image, item = record.image, item_of(garment)
        status = status_of(image)
        if item and status:
            rows["eval"] = [[item, status]]
        colour = facts.get(COLOUR)
        if isinstance(colour, str) and colour.strip():
            rows["color"] = [[colour]]
        named = item_in(image.name) if image.name.startswith(_SMALL) else ""
        self.items.expect(item if "eval" in rows else named, garment.attributes)
        return Encoded(rows, frozenset(made_up))

    def still(self, key: str, plain: ImageRecord, record: ImageRecord) -> bool:
        """See :class:`Benchmark`."""
        return key != "eval" or plain.image.role == record.image.role


def status_of(image: Image) -> str:
    """The status that an image is written with; "" where the benchmark knows none for it."""
    return image.role if image.role in ROLES else image.split if image.split == "train" else ""


def _partition(row: Row | None, told: Complaints | None) -> tuple[str, str]:
    """Product and status of a row."""
    if row is None:
        return "", ""
    if len(row.values) == 2:
        return row.values[0], row.values[1]
    if told:
        told.file = row.file
        what = f"{len(row.values) + 1} values, not an image, a product and a status"
        told.error("row-short", f"The row has {what}; it is kept aside.", values.where(row))
    return "", ""

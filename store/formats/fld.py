"""The Fashion Landmark Detection benchmark (FLD): one garment an image, its landmarks, perhaps joints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from store.formats.base import Complaints, ReadOptions, WriteOptions
from store.formats.lists import common, values
from store.formats.lists.benchmark import Benchmark, Encoded, Rows, typed
from store.formats.lists.common import VARIATION, first
from store.formats.lists.reader import ListsReader, found, home_of, said_format
from store.formats.lists.style import Style, Value
from store.formats.lists.table import ListFile, Row, fields_of
from store.formats.lists.writer import ListsWriter
from store.formats.values import places
from store.records import Image, ImageRecord

FORMAT = "landmarks"

#: Joints of a person, as of version 1.1; their order is not documented. Kept as they stand, ``v x y`` each.
JOINTS = 14

_PAD = 24
_LANDMARKS = common.landmark_list("Anno/list_landmarks.txt", _PAD, varied=True, kinds=1)
_JOINT_COLUMNS = "  ".join(
    f"joint_visibility_{n}  joint_location_x_{n}  joint_location_y_{n}" for n in range(1, JOINTS + 1)
)
_LISTS = (
    _LANDMARKS,
    common.box_list("Anno/list_bbox.txt", _PAD),
    ListFile(
        "joints",
        ("Anno/list_joints.txt",),
        f"image_name  clothes_type  variation_type  {_JOINT_COLUMNS}",
        style=_LANDMARKS.style,
    ),
    ListFile(
        "eval",
        ("Eval/list_eval_partition.txt",),
        "image_name  evaluation_status",
        style=Style(pad=_PAD, gaps=("  ",)),
    ),
)
_FIELDS = {"bbox": common.BOX_FIELDS, "landmarks": common.MARK_FIELDS, "eval": common.SPLIT_FIELD}


class LandmarkDetection(Benchmark):
    """What the lists of FLD say."""

    def __init__(self) -> None:
        super().__init__(FORMAT, _LISTS, signed=("bbox", "landmarks", "joints"))

    def decode(self, name: str, rows: Rows, told: Complaints | None) -> ImageRecord:
        """See :class:`Benchmark`."""
        image = Image(name=name, split=common.split_of(first(rows, "eval"), 0, told))
        row = first(rows, "landmarks")
        marks = None if row is None else values.read_marks(row, told)
        box = common.box_in(first(rows, "bbox"), 0, told)
        joints = _read_joints(first(rows, "joints"), told)
        kind = _kind(row) if marks is None else marks.clothes_type
        if marks is None and box is None and joints is None and kind is None:
            return ImageRecord(image)
        facts = common.without_nothing({VARIATION: marks.variation if marks else None, "joints": joints})
        garment = common.garment_in(FORMAT, typed(self.own, kind), box, marks, facts)
        return ImageRecord(image, (garment.but(clothes_type=kind),))

    def encode(self, record: ImageRecord, precise: bool) -> Encoded:
        """See :class:`Benchmark`."""
        rows: dict[str, list[list[Value]]] = {}
        status = common.status_of(record.image.split)
        if status:
            rows["eval"] = [[status]]
        if not record.garments:
            return Encoded(rows)
        garment = record.garments[0]
        made_up: set[str] = set()
        if garment.box is not None:
            rows["bbox"] = [values.box_values(garment.box, precise)]
        kind = self.kind_of(garment)
        facts = self.facts(garment)
        triplets = self.marks(garment, kind, precise)
        if triplets:
            rows["landmarks"] = [[str(kind), common.code(facts, VARIATION, made_up), *triplets]]
        joints = places(facts.get("joints"), 3)
        if kind is not None and joints is not None and len(joints) == JOINTS:
            body = [value for v, x, y in joints.tolist() for value in (str(int(v)), x, y)]
            rows["joints"] = [[str(kind), common.code(facts, VARIATION, made_up), *body]]
        return Encoded(rows, frozenset(made_up))

    def fields_of(self, key: str) -> frozenset[str]:
        """See :class:`Benchmark`."""
        return _FIELDS.get(key, frozenset())


def _kind(row: Row | None) -> int | None:
    """The clothes type of a row whose landmarks cannot be read."""
    kind = values.whole(row.values[0]) if row is not None and row.values else None
    return kind if kind in values.SIZES else None


def _read_joints(row: Row | None, told: Complaints | None) -> list[Any] | None:
    """The joints of a row, flat; None where it has none. Some rows of the real file end before them."""
    if row is None or len(row.values) <= 2:
        return None
    array = values.floats(row.values[2:])
    if array is None or len(array) != 3 * JOINTS:
        if told:
            told.file = row.file
            what = f"{len(row.values)} values, not a clothes type, a variation type and {JOINTS} joints"
            told.error("joints-damaged", f"The row has {what}; it is kept aside.", values.where(row))
        return None
    return [int(value) if value.is_integer() else value for value in array.tolist()]


def read(path: Path, options: ReadOptions) -> ListsReader:
    """A reader of an FLD folder."""
    return ListsReader(path, options, LandmarkDetection())


def write(out: Path, options: WriteOptions) -> ListsWriter:
    """A writer to an FLD folder."""
    return ListsWriter(out, options, LandmarkDetection(), read)


def detects(path: Path) -> bool:
    """Whether a path looks like FLD: landmarks with a variation type, and images in no folders of their own.

    The same names of files are used by the attribute benchmark, whose landmarks have no variation type.
    """
    if not path.exists() or (said := said_format(path)):
        return path.exists() and said == FORMAT
    place = found(path, _LANDMARKS)
    if place is None:
        return False
    for folder in (home_of(path), *(home_of(path) / part for part in ("Anno", "Anno_coarse", "Anno_fine"))):
        if any(
            (folder / f"list_{name}.txt").is_file() for name in ("category_img", "attr_img", "category_cloth")
        ):
            return False
    with place.open("rb") as file:
        for _ in range(8):
            fields = fields_of(file.readline(1 << 16).decode("utf-8", "replace"))
            if "variation_type" in fields:
                return True
            if len(fields) > 4:
                return len(fields) % 3 == 0
    return False

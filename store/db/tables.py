"""The tables. Only ``store/db`` sees these classes: frozen records go out.

An image's numbers of garments and problems are kept with it, and change in the same transaction. Filters
are not asked of the tables but of :mod:`store.db.facts`.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, MetaData, Table, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from store.db.types import Text, Whole

#: Names of constraints, so that later migrations can drop them by name.
_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {int: Whole, str: Text}  # noqa: RUF012


def _blob() -> Mapped[bytes | None]:
    return mapped_column(LargeBinary, nullable=True)


class CounterRow(Base):
    """The last id given in a table. Ids of deleted rows are never given again: history names them."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class DatasetRow(Base):
    __tablename__ = "datasets"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    format: Mapped[str]
    root: Mapped[str]
    images_root: Mapped[str]
    extra: Mapped[bytes | None] = _blob()


class CategoryRow(Base):
    """Categories that datasets brought (id from 1001); the 13 built-in ones are in the code."""

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    coco_name: Mapped[str]
    supercategory: Mapped[str]
    colour: Mapped[str]
    #: The landmark schema as JSON.
    landmarks: Mapped[bytes]


class ImageRow(Base):
    __tablename__ = "images"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"))
    name: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size_known: Mapped[bool]
    state: Mapped[str]
    split: Mapped[str]
    role: Mapped[str]
    domain: Mapped[str]
    pair_id: Mapped[int | None]
    review: Mapped[int]
    extra: Mapped[bytes | None] = _blob()
    version: Mapped[int]
    garments: Mapped[int]
    problems: Mapped[int]
    #: Microseconds since 1970 (UTC) of the last edit; 0: never edited.
    changed: Mapped[int]
    #: The number of the last change of any kind, of the image, its garments, tags or problems: one more
    #: than the change before it in the store. What has a higher number than a reader knows is new to it.
    touched: Mapped[int] = mapped_column(server_default="0", index=True)

    __table_args__ = (
        UniqueConstraint("dataset_id", "name"),
        # In the order of the grid.
        Index("ix_images_name", "name"),
    )


class GarmentRow(Base):
    __tablename__ = "garments"

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), index=True)
    key: Mapped[str]
    position: Mapped[int]
    category_id: Mapped[int]
    pair_id: Mapped[int | None]
    style: Mapped[int | None]
    item_id: Mapped[str] = mapped_column(index=True)
    scale: Mapped[int | None]
    occlusion: Mapped[int | None]
    zoom_in: Mapped[int | None]
    viewpoint: Mapped[int | None]
    clothes_category: Mapped[int | None]
    clothes_type: Mapped[int | None]
    origin: Mapped[str]
    version: Mapped[int]
    box: Mapped[bytes | None] = _blob()
    points: Mapped[bytes | None] = _blob()
    polygons: Mapped[bytes | None] = _blob()
    rle: Mapped[bytes | None] = _blob()
    attributes: Mapped[bytes | None] = _blob()
    extra: Mapped[bytes | None] = _blob()

    __table_args__ = (Index("ix_garments_pair_id_style", "pair_id", "style"),)


class RevisionRow(Base):
    """One saved change of one garment, or of an image itself (``garment_id`` 0)."""

    __tablename__ = "revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    edit_id: Mapped[int] = mapped_column(index=True)
    #: What an undo or redo is of; the edit itself for an edit.
    of_edit: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str]
    title: Mapped[str]
    author: Mapped[str]
    origin: Mapped[str]
    #: Microseconds since 1970 (UTC).
    at: Mapped[int]
    image_id: Mapped[int] = mapped_column(index=True)
    garment_id: Mapped[int] = mapped_column(index=True)
    before: Mapped[bytes | None] = _blob()
    after: Mapped[bytes | None] = _blob()


class ProblemRow(Base):
    __tablename__ = "problems"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    message: Mapped[str]
    severity: Mapped[str]
    file: Mapped[str]
    item: Mapped[str]
    dataset_id: Mapped[int] = mapped_column(index=True)
    image_id: Mapped[int] = mapped_column(index=True)
    garment_id: Mapped[int]


class VerdictRow(Base):
    """What a person decided about one retrieval failure; see :mod:`store.db.verdicts`."""

    __tablename__ = "verdicts"

    id: Mapped[int] = mapped_column(primary_key=True)
    garment_id: Mapped[int] = mapped_column(index=True)
    result_id: Mapped[int]
    cause: Mapped[str]
    note: Mapped[str]
    author: Mapped[str]
    run: Mapped[str]
    #: Microseconds since 1970 (UTC).
    at: Mapped[int]
    edit_id: Mapped[int]


class ReviewRow(Base):
    """Who has said how far the review of an image is, where somebody has; see :mod:`store.db.reviewing`."""

    __tablename__ = "reviews"

    image_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author: Mapped[str]
    #: Microseconds since 1970 (UTC).
    at: Mapped[int]


class NoteRow(Base):
    """A note of an image or garment, beside its ``extra``, where it is kept: for looking for it."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(index=True)
    #: 0: of the image itself.
    garment_id: Mapped[int]
    #: 0-based; -1: of the whole.
    landmark: Mapped[int]
    text: Mapped[str]
    author: Mapped[str]
    #: Microseconds since 1970 (UTC).
    at: Mapped[int]
    settled: Mapped[bool]


class ViewRow(Base):
    __tablename__ = "views"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    where: Mapped[str]
    order: Mapped[str]


class TagRow(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class ImageTagRow(Base):
    __tablename__ = "image_tags"

    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), primary_key=True, index=True)


def _table(row: type[Base]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table


counters = _table(CounterRow)
datasets = _table(DatasetRow)
categories = _table(CategoryRow)
images = _table(ImageRow)
garments = _table(GarmentRow)
revisions = _table(RevisionRow)
problems = _table(ProblemRow)
verdicts = _table(VerdictRow)
reviews = _table(ReviewRow)
notes = _table(NoteRow)
views = _table(ViewRow)
tags = _table(TagRow)
image_tags = _table(ImageTagRow)

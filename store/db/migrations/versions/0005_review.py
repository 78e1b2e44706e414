"""Who has reviewed an image and when; notes as rows, so that they can be looked for.

Both follow from what edits say and are written beside them. Of earlier reviews the last edit that set the
state says who and when.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.db.types import Text, Whole

revision = "0005"
down_revision = "0003"

#: Review states that say something: second look, accepted, rejected.
_SAID = (2, 3, 4)


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", Whole, nullable=False),
        sa.Column("image_id", Whole, nullable=False),
        sa.Column("garment_id", Whole, nullable=False),
        sa.Column("landmark", Whole, nullable=False),
        sa.Column("text", Text, nullable=False),
        sa.Column("author", Text, nullable=False),
        sa.Column("at", Whole, nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_image_id"), "notes", ["image_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("image_id", Whole, nullable=False, autoincrement=False),
        sa.Column("author", Text, nullable=False),
        sa.Column("at", Whole, nullable=False),
        sa.PrimaryKeyConstraint("image_id", name=op.f("pk_reviews")),
    )
    _fill()


def _fill() -> None:
    """The reviews that stand, from the revisions that set them."""
    revisions = sa.table(
        "revisions",
        *(sa.column(name) for name in ("id", "image_id", "garment_id", "title", "kind", "author", "at")),
    )
    images = sa.table("images", sa.column("id"), sa.column("review"))
    row = revisions.c
    setting = sa.and_(row.garment_id == 0, row.title.like("Set review to %"))
    last = sa.select(sa.func.max(row.id).label("last")).where(setting).group_by(row.image_id).subquery()
    found = (
        sa.select(row.image_id, row.author, row.at)
        .join(last, last.c.last == row.id)
        .join(images, images.c.id == row.image_id)
        .where(images.c.review.in_(_SAID))
    )
    reviews = sa.table("reviews", *(sa.column(name) for name in ("image_id", "author", "at")))
    op.execute(sa.insert(reviews).from_select(["image_id", "author", "at"], found))

"""Verdicts on retrieval failures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.db.types import Text, Whole

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "verdicts",
        sa.Column("id", Whole, nullable=False),
        sa.Column("garment_id", Whole, nullable=False),
        sa.Column("result_id", Whole, nullable=False),
        sa.Column("cause", Text, nullable=False),
        sa.Column("note", Text, nullable=False),
        sa.Column("author", Text, nullable=False),
        sa.Column("run", Text, nullable=False),
        sa.Column("at", Whole, nullable=False),
        sa.Column("edit_id", Whole, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    op.create_index(op.f("ix_verdicts_garment_id"), "verdicts", ["garment_id"], unique=False)

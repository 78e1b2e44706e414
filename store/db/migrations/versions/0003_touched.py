"""When an image was touched; facts of images are no longer repeated in garments.

Filters and facets are asked of arrays in memory (see ``store/db/facts``), which are brought up to date by
``touched``. What let the database answer them itself goes: every edit had to write it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.db.types import Whole

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("images", sa.Column("touched", Whole, nullable=False, server_default="0"))
    op.create_index(op.f("ix_images_touched"), "images", ["touched"], unique=False)
    op.drop_index(op.f("ix_images_facets"), table_name="images")
    op.drop_index(op.f("ix_images_changed"), table_name="images")
    op.drop_index(op.f("ix_garments_facets"), table_name="garments")
    op.drop_index(op.f("ix_garments_category_id"), table_name="garments")
    for name in ("split", "domain", "review"):
        op.drop_column("garments", name)

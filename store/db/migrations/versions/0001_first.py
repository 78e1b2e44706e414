"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.db.types import Text, Whole

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "categories",
        sa.Column("id", Whole, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("coco_name", Text, nullable=False),
        sa.Column("supercategory", Text, nullable=False),
        sa.Column("colour", Text, nullable=False),
        sa.Column("landmarks", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
    )
    op.create_index(op.f("ix_categories_name"), "categories", ["name"], unique=False)
    op.create_table(
        "counters",
        sa.Column("name", Text, nullable=False),
        sa.Column("value", Whole, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "datasets",
        sa.Column("id", Whole, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("format", Text, nullable=False),
        sa.Column("root", Text, nullable=False),
        sa.Column("images_root", Text, nullable=False),
        sa.Column("extra", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasets")),
    )
    op.create_index(op.f("ix_datasets_name"), "datasets", ["name"], unique=False)
    op.create_table(
        "problems",
        sa.Column("id", Whole, nullable=False),
        sa.Column("code", Text, nullable=False),
        sa.Column("message", Text, nullable=False),
        sa.Column("severity", Text, nullable=False),
        sa.Column("file", Text, nullable=False),
        sa.Column("item", Text, nullable=False),
        sa.Column("dataset_id", Whole, nullable=False),
        sa.Column("image_id", Whole, nullable=False),
        sa.Column("garment_id", Whole, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
    )
    op.create_index(op.f("ix_problems_dataset_id"), "problems", ["dataset_id"], unique=False)
    op.create_index(op.f("ix_problems_image_id"), "problems", ["image_id"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("id", Whole, nullable=False),
        sa.Column("edit_id", Whole, nullable=False),
        sa.Column("of_edit", Whole, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("title", Text, nullable=False),
        sa.Column("author", Text, nullable=False),
        sa.Column("origin", Text, nullable=False),
        sa.Column("at", Whole, nullable=False),
        sa.Column("image_id", Whole, nullable=False),
        sa.Column("garment_id", Whole, nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
    )
    op.create_index(op.f("ix_revisions_edit_id"), "revisions", ["edit_id"], unique=False)
    op.create_index(op.f("ix_revisions_garment_id"), "revisions", ["garment_id"], unique=False)
    op.create_index(op.f("ix_revisions_image_id"), "revisions", ["image_id"], unique=False)
    op.create_index(op.f("ix_revisions_of_edit"), "revisions", ["of_edit"], unique=False)
    op.create_table(
        "tags",
        sa.Column("id", Whole, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
    )
    op.create_table(
        "views",
        sa.Column("id", Whole, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("where", Text, nullable=False),
        sa.Column("order", Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
        sa.UniqueConstraint("name", name=op.f("uq_views_name")),
    )
    op.create_table(
        "images",
        sa.Column("id", Whole, nullable=False),
        sa.Column("dataset_id", Whole, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("width", Whole, nullable=False),
        sa.Column("height", Whole, nullable=False),
        sa.Column("size_known", sa.Boolean(), nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("split", Text, nullable=False),
        sa.Column("role", Text, nullable=False),
        sa.Column("domain", Text, nullable=False),
        sa.Column("pair_id", Whole, nullable=True),
        sa.Column("review", Whole, nullable=False),
        sa.Column("extra", sa.LargeBinary(), nullable=True),
        sa.Column("version", Whole, nullable=False),
        sa.Column("garments", Whole, nullable=False),
        sa.Column("problems", Whole, nullable=False),
        sa.Column("changed", Whole, nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_images_dataset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sa.UniqueConstraint("dataset_id", "name", name=op.f("uq_images_dataset_id_name")),
    )
    op.create_index("ix_images_changed", "images", ["changed"], unique=False)
    op.create_index(
        "ix_images_facets",
        "images",
        ["split", "domain", "review", "dataset_id", "problems", "state", "garments", "role"],
        unique=False,
    )
    op.create_index("ix_images_name", "images", ["name"], unique=False)
    op.create_table(
        "garments",
        sa.Column("id", Whole, nullable=False),
        sa.Column("image_id", Whole, nullable=False),
        sa.Column("key", Text, nullable=False),
        sa.Column("position", Whole, nullable=False),
        sa.Column("category_id", Whole, nullable=False),
        sa.Column("pair_id", Whole, nullable=True),
        sa.Column("style", Whole, nullable=True),
        sa.Column("item_id", Text, nullable=False),
        sa.Column("scale", Whole, nullable=True),
        sa.Column("occlusion", Whole, nullable=True),
        sa.Column("zoom_in", Whole, nullable=True),
        sa.Column("viewpoint", Whole, nullable=True),
        sa.Column("clothes_category", Whole, nullable=True),
        sa.Column("clothes_type", Whole, nullable=True),
        sa.Column("origin", Text, nullable=False),
        sa.Column("version", Whole, nullable=False),
        sa.Column("split", Text, nullable=False),
        sa.Column("domain", Text, nullable=False),
        sa.Column("review", Whole, nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("points", sa.LargeBinary(), nullable=True),
        sa.Column("polygons", sa.LargeBinary(), nullable=True),
        sa.Column("rle", sa.LargeBinary(), nullable=True),
        sa.Column("attributes", sa.LargeBinary(), nullable=True),
        sa.Column("extra", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_garments_image_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_garments")),
    )
    op.create_index(op.f("ix_garments_category_id"), "garments", ["category_id"], unique=False)
    op.create_index(
        "ix_garments_facets",
        "garments",
        [
            "category_id",
            "occlusion",
            "viewpoint",
            "scale",
            "zoom_in",
            "split",
            "domain",
            "review",
            "style",
            "image_id",
        ],
        unique=False,
    )
    op.create_index(op.f("ix_garments_image_id"), "garments", ["image_id"], unique=False)
    op.create_index(op.f("ix_garments_item_id"), "garments", ["item_id"], unique=False)
    op.create_index("ix_garments_pair_id_style", "garments", ["pair_id", "style"], unique=False)
    op.create_table(
        "image_tags",
        sa.Column("image_id", Whole, nullable=False),
        sa.Column("tag_id", Whole, nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_image_tags_image_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_image_tags_tag_id")),
        sa.PrimaryKeyConstraint("image_id", "tag_id", name=op.f("pk_image_tags")),
    )
    op.create_index(op.f("ix_image_tags_tag_id"), "image_tags", ["tag_id"], unique=False)

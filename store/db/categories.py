"""Categories: the 13 built-in ones, and those that datasets brought."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, insert, select, update

from resources import taxonomy
from resources.schemas import Schema
from resources.taxonomy import Category
from store.db import tables
from store.db.engine import Database
from store.db.rows import category_of, next_touch, schema_blob, take_ids
from store.errors import StoreError

#: Ids below are kept for the categories of the program.
FIRST_OWN = 1001


class CategoriesRepository:
    """The categories of a store, built in or its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[int, Category] = {}

    def all(self) -> tuple[Category, ...]:
        """The 13 built-in categories, then the store's own, by id."""
        row = tables.categories
        with self._database.read() as connection:
            own = [category_of(found) for found in connection.execute(select(row).order_by(row.c.id))]
        found = (*taxonomy.categories(), *own)
        self._known = {category.id: category for category in found}
        return found

    def get(self, category_id: int) -> Category:
        """The category of an id. StoreError when there is none."""
        # Categories never go, and who looks after changes asks for all: a known one needs no look into it.
        found = self._known.get(category_id)
        if found is None:
            self.all()
            found = self._known.get(category_id)
        if found is None:
            raise StoreError(f"The store has no category {category_id}.", "Import the dataset again.")
        return found

    def by_name(self, name: str) -> Category | None:
        """The first category of that name or COCO name, built-in ones first; case does not count."""
        wanted = name.casefold()
        for category in self.all():
            if wanted in (category.name.casefold(), category.coco_name.casefold()):
                return category
        return None

    def add(
        self, name: str, schema: Schema, *, coco_name: str = "", supercategory: str = "clothes"
    ) -> Category:
        """Stores a category; one with the same name and schema is returned instead of stored twice."""
        for known in self.all():
            if known.name == name and known.schema == schema:
                return known
        with self._database.write() as connection:
            number = take_ids(connection, "categories", 1)
            new = Category(
                id=FIRST_OWN - 1 + number,
                name=name,
                coco_name=coco_name or name,
                schema=schema,
                colour=taxonomy.EXTRA_COLOURS[(number - 1) % len(taxonomy.EXTRA_COLOURS)],
                supercategory=supercategory,
            )
            values = {
                "id": new.id,
                "name": new.name,
                "coco_name": new.coco_name,
                "supercategory": new.supercategory,
                "colour": new.colour,
                "landmarks": schema_blob(schema),
            }
            connection.execute(insert(tables.categories), values)
            # So that other windows see that something was written.
            next_touch(connection)
        self._known[new.id] = new
        return new

    def put(self, name: str, schema: Schema, colour: str = "") -> str:
        """Stores a person's own category, or gives the one of that name another schema and colour.

        The number of landmarks changes only while no garment is of the category, or where it had none: else
        the answer says why not. "" where it was done, or was so already.
        """
        wanted = name.casefold()
        known = next(
            (one for one in self.all() if one.id >= FIRST_OWN and one.name.casefold() == wanted), None
        )
        if known is None:
            known = self.add(name, schema)
        if known.schema == schema and colour in ("", known.colour):
            return ""
        row, worn = tables.categories.c, tables.garments.c
        with self._database.write() as connection:
            count = select(func.count()).select_from(tables.garments).where(worn.category_id == known.id)
            garments = int(connection.execute(count).scalar_one())
            if garments and known.schema.size not in (0, schema.size):
                many = f"{garments:,} garments have" if garments > 1 else "a garment has"
                return f'"{name}" has {schema.size} landmarks here, and {many} {known.schema.size}'
            new = replace(known, schema=schema, colour=colour or known.colour)
            values = {"landmarks": schema_blob(schema), "colour": new.colour}
            connection.execute(update(tables.categories).where(row.id == known.id).values(values))
            next_touch(connection)
        self._known[new.id] = new
        return ""

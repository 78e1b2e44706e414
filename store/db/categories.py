"""Categories: the 13 built-in ones, and those that datasets brought."""

from __future__ import annotations

from sqlalchemy import insert, select

from resources import taxonomy
from resources.schemas import Schema
from resources.taxonomy import Category
from store.db import tables
from store.db.engine import Database
from store.db.rows import category_of, schema_blob, take_ids
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
        # Categories never change and never go, so a known one needs no look into the store.
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
        self._known[new.id] = new
        return new

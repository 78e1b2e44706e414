"""Saved views and tags."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from store.db import tables
from store.db.engine import Database
from store.db.rows import take_ids
from store.errors import StoreError
from store.records import View


class ViewsRepository:
    """The saved views of a store, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[View, ...]:
        """All views by name."""
        row = tables.views
        with self._database.read() as connection:
            found = connection.execute(select(row).order_by(func.lower(row.c.name), row.c.id)).all()
        return tuple(View(id=r.id, name=r.name, where=r.where, order=r.order) for r in found)

    def save(self, view: View) -> View:
        """Stores a view and returns it with its id; one of the same id or, if new, name is replaced.

        StoreError when an existing view would take the name of another.
        """
        row = tables.views
        values = {"name": view.name, "where": view.where, "order": view.order}
        with self._database.write() as connection:
            view_id = view.id
            if not view_id:
                view_id = connection.execute(select(row.c.id).where(row.c.name == view.name)).scalar() or 0
            try:
                changed = connection.execute(update(row).where(row.c.id == view_id).values(values)).rowcount
            except IntegrityError:
                raise StoreError(f'There is another view "{view.name}".', "Choose another name.") from None
            if not changed:
                view_id = take_ids(connection, "views", 1)
                connection.execute(insert(row), {"id": view_id, **values})
        return view.but(id=view_id)

    def delete(self, view_id: int) -> None:
        """Forgets a view; nothing happens when there is none."""
        with self._database.write() as connection:
            connection.execute(delete(tables.views).where(tables.views.c.id == view_id))


class TagsRepository:
    """The tags of a store's images."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[str, ...]:
        """The names of all tags that an image has."""
        tag, link = tables.tags.c, tables.image_tags.c
        query = select(tag.name).where(tag.id.in_(select(link.tag_id))).order_by(tag.name)
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())


def set_tags(connection: Connection, image_id: int, names: Sequence[str]) -> None:
    """Makes these the tags of an image, within a transaction."""
    link = tables.image_tags
    connection.execute(delete(link).where(link.c.image_id == image_id))
    if names:
        ids = tag_ids(connection, names)
        rows = [{"image_id": image_id, "tag_id": tag_id} for tag_id in sorted(set(ids.values()))]
        connection.execute(insert(link), rows)


def tag_ids(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """The ids of tags by name; new names become tags. Within a transaction."""
    tag = tables.tags
    wanted = sorted(set(names))
    found: dict[str, int] = {}
    for name in wanted:
        known = connection.execute(select(tag.c.id).where(tag.c.name == name)).scalar()
        if known is None:
            known = take_ids(connection, "tags", 1)
            connection.execute(insert(tag), {"id": known, "name": name})
        found[name] = known
    return found

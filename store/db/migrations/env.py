"""Alembic's entry: runs the revisions on the connection that :mod:`store.db.schema` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from store.db.tables import Base

connection = context.config.attributes["connection"]
if not isinstance(connection, Connection):
    raise TypeError("the migrations run from store.db.schema, not from the alembic command")
# SQLite cannot alter much in place; batch mode copies the table instead.
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
context.run_migrations()

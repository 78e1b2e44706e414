"""Whole columns of integers as arrays, and of texts, several times faster than row by row.

The database joins the values to one text, in the order of the query, and NumPy reads it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, String, cast, func, select


def columns(connection: Connection, query: Select[Any]) -> list[NDArray[np.int64]]:
    """Each column of a query as ``(n,)`` int64. No value may be NULL."""
    rows = query.subquery()
    joined = connection.execute(select(*(_joined(connection, column, ",") for column in rows.c))).one()
    return [np.fromstring(text or "", np.int64, sep=",") for text in joined]


def texts(connection: Connection, query: Select[Any]) -> list[str]:
    """The one column of a query, which is text and never NULL."""
    (column,) = query.subquery().c
    joined = connection.execute(select(_joined(connection, column, "\x1f"), func.count())).one()
    found = joined[0].split("\x1f") if joined[1] else []
    if len(found) == joined[1]:
        return found
    # Somebody's file is named with the separator.
    return list(connection.execute(query).scalars())


def _joined(connection: Connection, column: ColumnElement[Any], separator: str) -> ColumnElement[str]:
    if connection.dialect.name == "postgresql":
        return func.string_agg(cast(column, String), separator)
    return func.group_concat(column, separator)

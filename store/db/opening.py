"""Making and opening the database of a store's folder: in the folder itself, or on a server."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect

from store.db import folder as folders
from store.db import schema
from store.db.engine import Database
from store.db.sqlite import SqliteDatabase
from store.errors import StoreError


def create(folder: Path, settings: folders.Settings) -> Database:
    """Make a folder a store and open its database.

    A database on a server that has a store already is joined. StoreError when there is a store in the folder
    already, it cannot be written, or is on a network and to have the database itself.
    """
    file = folder / folders.DATABASE
    try:
        _refuse_taken(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / folders.RUNS).mkdir(exist_ok=True)
        if not settings.url:
            folders.refuse_network(folder)
            # The engine opens no file that is not there; an empty one is an empty database.
            file.touch()
    except OSError as error:
        raise _not_writable(folder, error) from error
    database = _database(folder, settings, read_only=False)
    try:
        with database.write() as connection:
            if schema.version(connection) is None:
                _refuse_strangers(database, inspect(connection).get_table_names())
                schema.upgrade(connection)
        bring_up_to_date(database)
        # Last, because it is what makes the folder a store.
        folders.write_settings(folder, settings, schema.HEAD)
    except (OSError, StoreError) as error:
        database.close()
        file.unlink(missing_ok=True)
        raise (_not_writable(folder, error) if isinstance(error, OSError) else error) from error
    return database


def open_(folder: Path, settings: folders.Settings, *, read_only: bool) -> Database:
    """Open the database of a store, brought to this program's schema. StoreError where it cannot be.

    Who only wants to read has an older schema upgraded too, where the store may be written.
    """
    may_write = True
    if not settings.url:
        folders.refuse_network(folder)
        file = folder / folders.DATABASE
        if not file.is_file():
            raise StoreError(f"The store {folder} has lost its {file.name}.", "Restore it from a backup.")
        may_write = folders.writable(folder)
    database = _database(folder, settings, read_only=read_only or not may_write)
    try:
        if read_only and may_write and _older(database):
            upgrading = _database(folder, settings, read_only=False)
            try:
                bring_up_to_date(upgrading)
            finally:
                upgrading.close()
        bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    return database


def bring_up_to_date(database: Database) -> None:
    """Run what is missing of the schema. StoreError where it is newer than the program, or read-only."""
    if not _older(database):
        return
    if database.read_only:
        raise StoreError(
            f"The store {database.folder} has an older schema and cannot be upgraded, because it is "
            "read-only.",
            "Copy it to a folder you may write to and open the copy.",
        )
    with database.write() as connection:
        # Somebody else may have upgraded it while this process waited for the lock.
        if schema.check(connection, database.place):
            schema.upgrade(connection)


def _older(database: Database) -> bool:
    with database.read() as connection:
        return schema.check(connection, database.place)


def _database(folder: Path, settings: folders.Settings, *, read_only: bool) -> Database:
    if not settings.url:
        return SqliteDatabase(folder / folders.DATABASE, read_only=read_only)
    # Imported late: most stores are files.
    from store.db.postgres import PostgresDatabase

    return PostgresDatabase(folder, settings.url, read_only=read_only)


def _refuse_strangers(database: Database, names: list[str]) -> None:
    """StoreError where a database has tables of something else."""
    if names:
        raise StoreError(
            f"{database.place} has other tables already, such as {names[0]}.",
            "Make an empty database for the store.",
        )


def _refuse_taken(folder: Path) -> None:
    """StoreError where something of a store is in the folder already."""
    if (folder / folders.SETTINGS).exists():
        raise StoreError(f"There is a store in {folder} already.", "Open it, or choose another folder.")
    if (folder / folders.DATABASE).exists() and not _is_beginning(folder / folders.DATABASE):
        raise StoreError(
            f"{folder} has a {folders.DATABASE} already, but no {folders.SETTINGS}.",
            "Choose another folder, or move the file away.",
        )


def _is_beginning(file: Path) -> bool:
    """Whether a database is what a process left that was killed while it made a store: ours, and empty."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if not names:
                return True
            known = {"alembic_version", "datasets", "images"} <= names
            return known and not connection.execute("SELECT 1 FROM datasets LIMIT 1").fetchall()
    except sqlite3.DatabaseError:
        return False


def _not_writable(folder: Path, error: OSError) -> StoreError:
    if isinstance(error, FileExistsError | NotADirectoryError):
        return StoreError(f"{folder} is not a folder, or lies below a file.", "Choose another place.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(f"{folder} cannot be written: the disk is full.", "Make room and try again.")
    return StoreError(f"{folder} cannot be written: {error.strerror}.", "Choose a folder you may write to.")

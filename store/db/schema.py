"""Which version of the schema a store has, and how it is brought to this program's.

Alembic is imported only when there is something to do: opening a current store must not pay for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from store.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision in ``migrations/versions``; a test holds both together.
HEAD = "0005"

_MIGRATIONS = Path(__file__).with_name("migrations")


def version(connection: Connection) -> str | None:
    """The schema version of the open database; None where it is no studio database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def check(connection: Connection, place: str) -> bool:
    """Whether the schema is older than the program's. StoreError when it is newer or not ours."""
    found = version(connection)
    if found == HEAD:
        return False
    if found is None:
        raise StoreError(
            f"{place} is no database of DeepFashion Studio.",
            "Choose another folder, or restore the store from a backup.",
        )
    if found not in _known():
        raise StoreError(
            f"{place} has schema {found}; this program knows schemas up to {HEAD}.",
            "A newer version of DeepFashion Studio wrote it: install that version.",
        )
    return True


def upgrade(connection: Connection) -> None:
    """Runs every revision that is missing, inside the transaction of the connection."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _known() -> frozenset[str]:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(_config())
    return frozenset(revision.revision for revision in script.walk_revisions())


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config

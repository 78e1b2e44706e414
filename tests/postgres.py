"""A PostgreSQL server of the tests' own: started in a temporary folder, reached by a socket in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, the newest version; None where there is no PostgreSQL."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    versions = sorted(installed, key=lambda file: int(file.parts[-3]) if file.parts[-3].isdecimal() else 0)
    return versions[-1].parent if versions else None


class Server:
    """A running server."""

    def __init__(self, folder: Path, bin_folder: Path, user: str | None) -> None:
        self.folder, self._bin, self._user = folder, bin_folder, user

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql+psycopg://studio@/{database}?host={self.folder}"

    def stop(self) -> None:
        """Stop the server at once, as a power cut would."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Start the server."""
        options = f"-c listen_addresses='' -k {self.folder} -c fsync=off -c max_connections=60"
        self._control("-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def answers(self) -> bool:
        """Whether it runs."""
        return (self.folder / "data" / "postmaster.pid").exists()

    def _control(self, *words: str) -> None:
        _run([self._bin / "pg_ctl", "-D", self.folder / "data", *words], self._user)

    def execute(self, database: str, command: str) -> None:
        """Run a command as the server's administrator."""
        import psycopg

        where = f"host={self.folder} user=studio dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(command)  # type: ignore[arg-type]

    def new(self) -> str:
        """The address of a new, empty place for a store.

        It is a schema of its own in a database that all share: a database is 7 MB to be copied and deleted.
        """
        name = f"store_{uuid4().hex[:12]}"
        self.execute("postgres", f'CREATE SCHEMA "{name}"')
        return f"{self.url('postgres')}&options=-csearch_path%3D{name}"

    def new_database(self) -> str:
        """The address of a new, empty database."""
        name = f"store_{uuid4().hex[:12]}"
        self.execute("postgres", f'CREATE DATABASE "{name}"')
        return self.url(name)


@contextmanager
def running() -> Iterator[Server]:
    """A server while the block runs; the test is skipped where PostgreSQL is not installed."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    # The path of a socket may have 100 characters only: pytest's own folders are too long.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    # The server refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    try:
        if user:
            shutil.chown(folder, user)
            folder.chmod(0o755)
        data = folder / "data"
        _run([bin_folder / "initdb", "-D", data, "-U", "studio", "-A", "trust", "-E", "UTF8", "-N"], user)
        server = Server(folder, bin_folder, user)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str | Path], user: str | None) -> None:
    subprocess.run(
        list(map(str, command)),
        check=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )

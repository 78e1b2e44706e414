"""What every test gets: its own home, no display unless it asks for one, and a check for leaked threads."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Connection, inspect, text

from store.db import schema
from store.settings import SettingsFile
from tests.postgres import Server, running

REPOSITORY = Path(__file__).resolve().parents[1]
#: Real data beside the project, not ours to ship.
SAMPLES = REPOSITORY.parent / "shared" / "samples"

# The suite draws the same examples each time, so that a change is judged by itself; `make fuzz` draws others.
# Neither asks how long an example takes: a busy machine would fail it.
settings.register_profile("suite", derandomize=True, deadline=None, max_examples=50)
settings.register_profile("fuzz", derandomize=False, print_blob=True, deadline=None)
settings.load_profile("suite")

# Threads of torch that wait must not take the cores from the other processes of a test.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Set before anything imports Qt: a test never opens a window on somebody's screen.
os.environ["QT_QPA_PLATFORM"] = "offscreen"


def pytest_configure(config: pytest.Config) -> None:
    """Marks that only tests know."""
    config.addinivalue_line("markers", "predictions: Annotate proposes, in a process of its own with torch")


@pytest.fixture(autouse=True)
def isolated_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, settings and cache folder of the test's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("DEEPFASHION_STUDIO_HOME", str(home / "studio"))
    return home


@pytest.fixture(scope="session", autouse=True)
def schema_made_once() -> Iterator[None]:
    """The first new store of a session is made by the migrations; the others get the same tables at once.

    Running the migrations for every store of every test would take a tenth of the suite.
    """
    real = schema.upgrade
    made: list[str] = []

    def upgrade(connection: Connection) -> None:
        if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
            real(connection)
        elif made:
            for statement in made:
                connection.exec_driver_sql(statement)
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.HEAD})
        else:
            real(connection)
            # No row is made but the version's: a store begins empty.
            found = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
            made.extend(found.scalars())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "upgrade", upgrade)
        yield


@pytest.fixture
def predictions_as_asked(request: pytest.FixtureRequest, isolated_home: Path) -> None:
    """Annotate starts with predictions switched off, as if a person had done so, unless a test is marked
    ``predictions``: models come with the program, and each window would read in torch beside it."""
    if request.node.get_closest_marker("predictions") is None:
        SettingsFile().set_layout(annotate={"predictions": False})


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fails a test that leaves a Python thread running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        leaked = [t for t in threading.enumerate() if t not in before and t.is_alive()]
        # Qt's pool threads show up as dummies once they have run Python; they end with the pool.
        leaked = [t for t in leaked if not isinstance(t, threading._DummyThread)]
        if not leaked:
            return
        time.sleep(0.02)
    pytest.fail(f"threads left running: {[t.name for t in leaked]}")


@pytest.fixture
def samples() -> Path:
    """The folder of real samples; skips where the machine has none."""
    if not SAMPLES.is_dir():
        pytest.skip("the real samples are not on this machine (shared/samples beside the project)")
    return SAMPLES


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server."""
    with running() as found:
        yield found

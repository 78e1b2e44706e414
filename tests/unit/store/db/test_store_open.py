"""Making, opening and refusing stores."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from store.db import Store, folder, schema, sqlite
from store.db.tables import Base
from store.document import Document, edits
from store.errors import StoreError
from store.records import Dataset, Garment, Image, ImageRecord, Review

OLD = Path(__file__).with_name("old")


def fill(store: Store) -> int:
    dataset = store.datasets.add(Dataset(name="d"))
    with store.bulk() as bulk:
        bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="a.jpg"), (Garment(category_id=1),)))
    return int(store.images.ids()[0])


def test_create_makes_the_folder_and_its_files(tmp_path: Path) -> None:
    with Store.create(tmp_path / "deep" / "store", "Winter") as store:
        assert store.name == "Winter"
        assert not store.read_only
    assert {p.name for p in (tmp_path / "deep" / "store").iterdir()} >= {"store.toml", "studio.db", "runs"}


@pytest.mark.parametrize(
    "name", ['a "quoted" name', "umlaut ü", "emoji 👗", "back\\slash", "new\nline", "\x7f"]
)
def test_any_name_survives(tmp_path: Path, name: str) -> None:
    Store.create(tmp_path / "s", name).close()
    with Store.open(tmp_path / "s") as store:
        assert store.name == name


def test_a_store_is_called_like_its_folder(tmp_path: Path) -> None:
    with Store.create(tmp_path / "autumn") as store:
        assert store.name == "autumn"


def test_create_refuses_a_folder_with_a_store(tmp_path: Path) -> None:
    Store.create(tmp_path / "s").close()
    with pytest.raises(StoreError, match="already"):
        Store.create(tmp_path / "s")


def test_create_refuses_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file", tmp_path / "file" / "s"):
        with pytest.raises(StoreError, match="lies below a file"):
            Store.create(place)


def test_a_failed_create_leaves_no_half_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_settings", full)
        with pytest.raises(StoreError, match="disk is full"):
            Store.create(tmp_path / "s")
    Store.create(tmp_path / "s").close()


def test_open_refuses_what_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a folder"):
        Store.open(tmp_path / "nothing")
    with pytest.raises(StoreError, match="not a store"):
        Store.open(tmp_path)
    (tmp_path / "store.toml").write_text("name = ")
    with pytest.raises(StoreError, match="cannot be read"):
        Store.open(tmp_path)
    (tmp_path / "store.toml").write_text("name = 3")
    with pytest.raises(StoreError, match="must be texts"):
        Store.open(tmp_path)
    (tmp_path / "store.toml").write_text('name = "x"')
    with pytest.raises(StoreError, match="has lost its"):
        Store.open(tmp_path)
    (tmp_path / "studio.db").write_bytes(b"not a database, by far " * 100)
    with pytest.raises(StoreError, match="is damaged"):
        Store.open(tmp_path)
    (tmp_path / "studio.db").unlink()
    sqlite3.connect(tmp_path / "studio.db").execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(StoreError, match="no database of DeepFashion Studio"):
        Store.open(tmp_path)


def test_open_refuses_another_back_end(tmp_path: Path) -> None:
    Store.create(tmp_path / "s").close()
    with (tmp_path / "s" / "store.toml").open("a") as file:
        file.write('url = "postgresql://server/db"\n')
    with pytest.raises(StoreError, match="in postgresql"):
        Store.open(tmp_path / "s")


def test_a_newer_schema_is_refused_in_words(tmp_path: Path) -> None:
    Store.create(tmp_path / "s").close()
    with sqlite3.connect(tmp_path / "s" / "studio.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match=rf"schema 9999.*up to {schema.HEAD}.*install"):
        Store.open(tmp_path / "s")


def test_the_head_is_the_newest_revision_and_the_tables_agree(tmp_path: Path) -> None:
    assert ScriptDirectory.from_config(schema._config()).get_current_head() == schema.HEAD
    with Store.create(tmp_path / "s") as store, store.database.read() as connection:
        assert schema.version(connection) == schema.HEAD
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize("dump", sorted(OLD.glob("*.sql")), ids=lambda p: p.stem)
def test_every_old_store_opens_and_can_be_edited(tmp_path: Path, dump: Path) -> None:
    """One dump a schema version: two images, one of them edited, a problem, a view, a tag."""
    Store.create(tmp_path / "s", "old").close()
    (tmp_path / "s" / "studio.db").unlink()
    connection = sqlite3.connect(tmp_path / "s" / "studio.db")
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    with Store.open(tmp_path / "s") as store:
        with store.database.read() as current:
            assert schema.version(current) == schema.HEAD
        totals = store.statistics.totals()
        assert (totals.images, totals.garments, totals.problems) == (2, 3, 1)
        image = store.images.get(int(store.images.ids()[0]))
        assert image.review is Review.IN_PROGRESS
        assert image.tags == ("winter",)
        assert [view.where for view in store.views.all()] == ["category = trousers"]
        document = Document(store, image.id)
        assert document.garments[0].points[0].tolist() == [11.5, 12.25]
        assert document.undo() is not None
        assert document.garments[0].points[0].tolist() == [1.0, 2.0]
        document.apply(edits.delete_garment(document.garments[0]))


def test_read_only_reads_and_refuses_to_write(tmp_path: Path) -> None:
    with Store.create(tmp_path / "s") as store:
        image_id = fill(store)
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert store.read_only
        document = Document(store, image_id)
        with pytest.raises(StoreError, match="read-only"):
            document.apply(edits.set_review(document.image, Review.ACCEPTED))
        with pytest.raises(StoreError, match="read-only"):
            store.bulk()
        with pytest.raises(StoreError, match="read-only"):
            store.datasets.add(Dataset(name="e"))
        assert document.image.review is Review.TO_DO


def test_a_folder_that_may_not_be_written_opens_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.create(tmp_path / "s") as store:
        fill(store)
    # Tests may run as root, who may write everywhere; so the question is answered for them.
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and allowed(path, mode))
    (tmp_path / "s").chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with Store.open(tmp_path / "s") as store:
            assert store.read_only
            assert store.images.count() == 1
            assert store.thumbnails.get(1, 64, (1, 1)) is None
        assert {p.name for p in (tmp_path / "s").iterdir()} == {"store.toml", "studio.db", "runs"}
    finally:
        (tmp_path / "s").chmod(stat.S_IRWXU)


def test_an_older_schema_that_may_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.create(tmp_path / "s").close()
    monkeypatch.setattr(schema, "HEAD", "a newer one")
    with pytest.raises(StoreError, match=r"older schema.*read-only"):
        Store.open(tmp_path / "s", read_only=True)


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv/team nfs4 rw 0 0
//box/share /srv/with\\040space cifs rw 0 0
tmpfs /srv/team/local tmpfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/x", "ext4"),
        ("/srv/team/store", "nfs4"),
        ("/srv/teamwork", "ext4"),
        ("/srv/with space/s", "cifs"),
        ("/srv/team/local/s", "tmpfs"),
    ],
)
def test_the_file_system_is_that_of_the_innermost_mount(tmp_path: Path, path: str, kind: str) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    assert folder.file_system(Path(path), tmp_path / "mounts") == kind
    assert folder.file_system(Path(path), tmp_path / "absent") == ""


def test_a_network_file_system_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.create(tmp_path / "s").close()
    (tmp_path / "mounts").write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path} nfs rw 0 0\n")
    monkeypatch.setattr(folder, "_MOUNTS", tmp_path / "mounts")
    with pytest.raises(StoreError, match=r"network file system \(nfs\).*locks"):
        Store.open(tmp_path / "s")
    with pytest.raises(StoreError, match="network file system"):
        Store.create(tmp_path / "t")
    assert not (tmp_path / "t" / "store.toml").exists()


def test_a_held_lock_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.db.sqlite.BUSY_MS", 50)
    with Store.create(tmp_path / "s") as store:
        other = sqlite3.connect(tmp_path / "s" / "studio.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="being written by another program"):
            store.datasets.add(Dataset(name="d"))
        other.execute("ROLLBACK")
        other.close()
        assert store.datasets.add(Dataset(name="d")).id == 1


def test_the_pragmas_hold_on_every_connection(tmp_path: Path) -> None:
    with Store.create(tmp_path / "s") as store, store.database.read() as connection:
        for pragma, value in [
            ("journal_mode", "wal"),
            ("synchronous", 1),
            ("temp_store", 2),
            ("foreign_keys", 1),
        ]:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_turn_and_the_lock_have_one_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    now = [100.0]

    def wait(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(sqlite, "monotonic", lambda: now[0])
    monkeypatch.setattr(sqlite, "sleep", wait)
    monkeypatch.setattr(sqlite, "_POLL_SECONDS", 0.5)
    with Store.create(tmp_path / "s") as store, (tmp_path / "s" / "store.toml").open() as turn:
        other = sqlite3.connect(tmp_path / "s" / "studio.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        fcntl.flock(turn, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="did not become free in 10 s"):
            store.datasets.add(Dataset(name="d"))
        assert now[0] - 100 <= 11
        other.close()

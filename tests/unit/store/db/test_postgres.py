"""A store on a server: joined, refused in words, and what PostgreSQL cannot hold."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from store.db import Store
from store.db.facts.reading import read_all
from store.document import Document, edits
from store.errors import StoreError
from store.records import Dataset, Garment, Image, ImageRecord, Visibility
from tests.postgres import Server, running


@pytest.fixture
def url(server: Server) -> str:
    return server.new()


def fill(store: Store, name: str = "a.jpg") -> None:
    dataset = store.datasets.add(Dataset(name="d"))
    garment = Garment(category_id=8, points=[[1, 2]] * 14, visibility=[2] * 14)
    with store.bulk() as bulk:
        bulk.add(ImageRecord(Image(dataset_id=dataset.id, name=name), (garment,)))


def test_a_second_folder_joins_the_store(tmp_path: Path, url: str) -> None:
    with Store.create(tmp_path / "mine", "mine", url) as mine:
        fill(mine)
        with Store.create(tmp_path / "yours", "yours", url) as yours:
            document = Document(yours, 1, author="you")
            document.apply(edits.set_visibility(document.garments[0], [0], Visibility.OCCLUDED))
        assert mine.garments.of_image(1)[0].visibility[0] == Visibility.OCCLUDED
        assert mine.revisions.of_image(1)[-1].author == "you"
        with mine.database.read() as connection:
            assert mine.facts.now().stamp == read_all(connection).stamp
    settings = tomllib.loads((tmp_path / "yours" / "store.toml").read_text(encoding="utf-8"))
    assert settings["url"] == url
    assert not (tmp_path / "yours" / "studio.db").exists()


def test_its_settings_are_all_that_a_folder_needs(tmp_path: Path, url: str) -> None:
    with Store.create(tmp_path / "mine", "mine", url) as mine:
        fill(mine)
    (tmp_path / "yours").mkdir()
    copied = (tmp_path / "mine" / "store.toml").read_bytes()
    (tmp_path / "yours" / "store.toml").write_bytes(copied)
    with Store.open(tmp_path / "yours") as yours:
        assert (yours.name, yours.images.count()) == ("mine", 1)
        document = Document(yours, 1, author="you")
        document.apply(edits.set_visibility(document.garments[0], [0], Visibility.OCCLUDED))


def test_a_database_of_something_else_is_refused(tmp_path: Path, server: Server) -> None:
    url = server.new_database()
    server.execute(str(make_url(url).database), "CREATE TABLE wages (id int)")
    with pytest.raises(StoreError, match=r"other tables already, such as wages"):
        Store.create(tmp_path / "s", "s", url)
    assert not (tmp_path / "s" / "store.toml").exists()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("nonsense", "is no address of a database"),
        ("mysql://me@host/db", "cannot keep its data in mysql"),
        ("postgresql+psycopg://me:secret@/none?host=/nowhere", "cannot be reached"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(tmp_path: Path, address: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as caught:
        Store.create(tmp_path / "s", "s", address)
    assert "secret" not in str(caught.value)


def test_a_database_that_is_not_there_is_told(tmp_path: Path, server: Server) -> None:
    with pytest.raises(StoreError, match='database "none" does not exist'):
        Store.create(tmp_path / "s", "s", server.url("none"))


def test_a_character_that_it_cannot_hold_becomes_a_sign(tmp_path: Path, url: str) -> None:
    with Store.create(tmp_path / "s", "s", url) as store:
        fill(store, "a\0b.jpg")
        assert store.images.get(1).name == "a\N{SYMBOL FOR NULL}b.jpg"


def test_names_are_in_the_order_of_their_characters(tmp_path: Path, url: str) -> None:
    names = ["a/b.jpg", "B.jpg", "a.jpg", "ä.jpg", "Z.jpg", "_.jpg", "a b.jpg"]
    with Store.create(tmp_path / "s", "s", url) as store:
        dataset = store.datasets.add(Dataset(name="d"))
        with store.bulk() as bulk:
            for name in names:
                bulk.add(ImageRecord(Image(dataset_id=dataset.id, name=name)))
        found = [image.name for image in store.images.get_many(store.images.ids())]
        assert found == sorted(names)


@pytest.fixture
def own_server() -> Iterator[Server]:
    with running() as found:
        yield found


def test_a_server_that_goes_away_loses_nothing_that_was_saved(tmp_path: Path, own_server: Server) -> None:
    with Store.create(tmp_path / "s", "s", own_server.new()) as store:
        fill(store)
        document = Document(store, 1)
        document.apply(edits.set_visibility(document.garments[0], [0], Visibility.OCCLUDED))
        own_server.stop()
        with pytest.raises(StoreError, match="cannot be reached"):
            document.apply(edits.set_visibility(document.garments[0], [1], Visibility.OCCLUDED))
        own_server.start()
        assert store.garments.of_image(1)[0].visibility.tolist()[:2] == [1, 2]
        document.refresh()
        document.apply(edits.set_visibility(document.garments[0], [1], Visibility.OCCLUDED))
        assert store.garments.of_image(1)[0].visibility.tolist()[:2] == [1, 1]

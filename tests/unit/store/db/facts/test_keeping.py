"""Facts follow the store: step by step they are what reading all of it gives, from a file too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from random import Random

import numpy as np
import pytest

from store.db import Store
from store.db.facts import keeper, updating
from store.db.facts.filenames import FileNames
from store.db.facts.reading import read_all
from store.db.facts.snapshot import Facts, GarmentFacts, ImageFacts, Links, Words
from store.document import Document
from store.document.edits import delete_garment, set_category, set_review
from store.document.many import change_many, tagged
from store.filters import parse
from store.records import Dataset, Garment, Image, ImageRecord, ImageState, Problem, Review


def plain(facts: ImageFacts | GarmentFacts) -> dict[str, object]:
    """The columns as lists of values, links as sets: codes may differ between snapshots."""
    found: dict[str, object] = {}
    for field in fields(facts):
        match getattr(facts, field.name):
            case Words(words, codes):
                found[field.name] = [words[code] for code in codes.tolist()]
            case Links(words, rows, codes):
                pairs = zip(rows.tolist(), codes.tolist(), strict=True)
                found[field.name] = sorted((row, words[code]) for row, code in pairs)
            case FileNames(text):
                found[field.name] = text
            case value:
                found[field.name] = np.asarray(value).tolist()
    return found


def assert_same(one: Facts, other: Facts) -> None:
    assert one.stamp == other.stamp
    assert plain(one.images) == plain(other.images)
    assert plain(one.garments) == plain(other.garments)


def assert_same_found(one: Facts, other: Facts) -> None:
    """What is found out of the facts is handed on from snapshot to snapshot where it can be."""
    assert one.kinds[0] == other.kinds[0]
    for mine, theirs in (
        *zip(one.starts, other.starts, strict=True),
        (one.kinds[1], other.kinds[1]),
        (one.level_bits, other.level_bits),
    ):
        assert mine.tolist() == theirs.tolist()
    for mine, theirs in (
        (one.attributes, other.attributes),
        (one.findings, other.findings),
        *zip(one.clothes, other.clothes, strict=True),
    ):
        assert said(mine) == said(theirs)


def said(links: Links) -> list[tuple[int, object]]:
    pairs = zip(links.rows.tolist(), links.codes.tolist(), strict=True)
    return sorted((row, links.words[code] if links.words else code) for row, code in pairs)


def fresh(store: Store) -> Facts:
    with store.database.read() as connection:
        return read_all(connection)


@pytest.fixture
def filled(store: Store, dataset: Dataset) -> Iterator[Store]:
    add(store, dataset.id, 12, Random(3))
    return store


def add(store: Store, dataset_id: int, count: int, random: Random) -> None:
    with store.bulk() as bulk:
        for _ in range(count):
            garments = tuple(
                Garment(
                    category_id=random.choice([1, 8, 13]),
                    scale=random.choice([None, 1, 3]),
                    pair_id=random.choice([None, 5]),
                    clothes_type=random.choice([None, 1, 3]),
                    clothes_category=random.choice([None, 18, 50]),
                    item_id=random.choice(["", "id_1", "id_2"]),
                    attributes={random.choice(["striped", "floral"]): random.choice([1, -1])},
                )
                for _ in range(random.choice([0, 1, 2]))
            )
            name = f"{random.choice('az')}/{random.getrandbits(40):x}.jpg"
            tags = (random.choice(["dark", "odd"]),) if random.random() < 0.4 else ()
            split = random.choice(["train", "", f"fold {random.randrange(4)}"])
            bulk.add(ImageRecord(Image(dataset_id=dataset_id, name=name, split=split, tags=tags), garments))


def change(store: Store, random: Random) -> None:
    """Something that people or jobs do to a store."""
    ids = store.images.ids().tolist()
    image_id = random.choice(ids)
    document = Document(store, image_id, author="test")
    match random.randrange(7):
        case 0:
            add(store, store.images.get(image_id).dataset_id, random.randrange(1, 4), random)
        case 1:
            review = random.choice([r for r in Review if r is not document.image.review])
            document.apply(set_review(document.image, review))
        case 2 if document.garments:
            garment = random.choice(document.garments)
            wanted = random.choice([c for c in (1, 8, 9) if c != garment.category_id])
            document.apply(set_category(garment, store.categories.get(wanted)))
        case 3 if document.garments:
            garment = random.choice(document.garments)
            document.apply(delete_garment(garment))
        case 4:
            store.problems.add([Problem(code=random.choice("xy"), image_id=image_id)])
        case 5:
            wish = tagged(random.choice(["dark", "new"]), random.random() < 0.6)
            change_many(store, wish, random.sample(ids, 5))
        case _:
            store.images.set_state(image_id, random.choice(list(ImageState)))


@pytest.mark.parametrize("seed", range(8))
def test_step_by_step_is_the_same_as_all_at_once(
    filled: Store, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "read_all", refuse)
    random = Random(seed)
    filled.facts.now()
    for _ in range(12):
        change(filled, random)
        assert_same(filled.facts.now(), fresh(filled))
        assert_same_found(filled.facts.now(), fresh(filled))


def refuse(_connection: object) -> Facts:
    raise AssertionError("all was read anew")


def test_what_another_process_writes_is_seen(filled: Store) -> None:
    filled.facts.now()
    with Store.open(filled.folder) as other:
        change(other, Random(1))
        add(other, 1, 3, Random(2))
    assert_same(filled.facts.now(), fresh(filled))


def test_nothing_is_read_where_nothing_was_touched(filled: Store) -> None:
    assert filled.facts.now() is filled.facts.now()


def test_very_much_that_is_new_is_read_with_all_else(filled: Store, dataset: Dataset) -> None:
    filled.facts.now()
    add(filled, dataset.id, 400, Random(4))
    assert_same(filled.facts.now(), fresh(filled))


class TestFile:
    """The file that spares the next start the reading."""

    @pytest.fixture(autouse=True)
    def _worth_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keeper, "_WORTH_A_FILE", 1)

    @pytest.fixture
    def closed(self, filled: Store, monkeypatch: pytest.MonkeyPatch) -> Path:
        filled.facts.now()
        filled.close()
        assert (filled.folder / keeper.FILE).exists()
        monkeypatch.setattr(keeper, "read_all", refuse)
        return filled.folder

    def test_it_is_read_instead_of_the_database(self, closed: Path) -> None:
        with Store.open(closed) as again:
            assert_same(again.facts.now(), fresh(again))

    def test_what_was_changed_since_is_read_beside_it(self, closed: Path) -> None:
        with Store.open(closed) as again:
            change(again, Random(5))
            assert_same(again.facts.now(), fresh(again))

    def test_a_damaged_file_counts_for_nothing(self, closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keeper, "read_all", read_all)
        file = closed / keeper.FILE
        whole = file.read_bytes()
        for broken in (b"", whole[: len(whole) // 2], b"\0" * 500):
            file.write_bytes(broken)
            with Store.open(closed, read_only=True) as again:
                assert_same(again.facts.now(), fresh(again))

    def test_the_file_of_another_time_counts_for_nothing(
        self, closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeper, "read_all", read_all)
        backup = tmp_path / "backup.db"
        with Store.open(closed) as again:
            again.database.checkpoint()
            shutil.copy(closed / "studio.db", backup)
            change(again, Random(6))
            add(again, 1, 2, Random(7))
            again.facts.now()
        assert again.facts._filed > 0
        # The database of before is put back; the file beside it is newer.
        for name in ("studio.db-wal", "studio.db-shm"):
            (closed / name).unlink(missing_ok=True)
        shutil.copy(backup, closed / "studio.db")
        with Store.open(closed) as again:
            assert_same(again.facts.now(), fresh(again))

    def test_it_is_small_change_for_small_stores(
        self, filled: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeper, "_WORTH_A_FILE", 1000)
        filled.facts.now()
        filled.facts.keep()
        assert not (filled.folder / keeper.FILE).exists()


def test_attributes_are_found_and_offered(filled: Store) -> None:
    striped = filled.garments.count(parse("attribute has striped"))
    expected = [g for r in filled.stream() for g in r.garments if g.attributes.get("striped") == 1]
    assert striped == len(expected) > 0
    assert set(filled.filter_words()["attribute"]) <= {"striped", "floral"}

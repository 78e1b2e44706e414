"""A ranking read, repaired and counted again, without a window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.controllers.retrieval.jobs import where_of
from app.controllers.retrieval.reading import Audit, runs_of
from app.controllers.retrieval.repairing import forecast, repair, undo
from app.controllers.retrieval.two import by_difference, with_places
from resources.taxonomy import categories
from store.db import Store
from store.db.verdicts import Cause
from store.document import Document
from store.document.edits import set_box
from store.errors import ConflictError, StoreError, StudioError
from store.records import Dataset, Domain, Garment, Image, ImageRecord
from store.retrieval.index import FOLDER, VectorIndex
from store.runs import RunFolder
from tests.rankings import index_of, ranking_of

#: Pair p has the consumer's garment 2p - 1 and the shop's 2p; pair 1's query finds pair 2's first.
PAIRS = 4
COLOURS = {one.id: one for one in categories()}


def made_vectors() -> np.ndarray:
    vectors = np.zeros((2 * PAIRS, PAIRS), np.float32)
    for pair in range(PAIRS):
        vectors[2 * pair : 2 * pair + 2, pair] = 1.0
    vectors[0] = [0.6, 0.8, 0.0, 0.0]
    return vectors


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of four pairs with a ranking."""
    folder = tmp_path / "store"
    with Store.create(folder, "pairs") as store:
        dataset = store.datasets.add(Dataset(name="pairs", format="deepfashion2", root=str(tmp_path)))
        with store.bulk() as bulk:
            for number in range(1, 2 * PAIRS + 1):
                pair = (number + 1) // 2
                image = Image(
                    dataset_id=dataset.id, name=f"{number}.png", width=60, height=80, size_known=True,
                    split="test", domain=Domain.CONSUMER if number % 2 else Domain.SHOP, pair_id=pair,
                )  # fmt: skip
                box = np.array([5.0, 5.0, 55.0, 75.0])
                garment = Garment(key="item1", category_id=1, box=box, style=1, pair_id=pair)
                bulk.add(ImageRecord(image, (garment,)))
    ids = np.arange(1, 2 * PAIRS + 1)
    ranking_of(folder, made_vectors(), ids[::2], ids[1::2])
    return folder


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder) as opened:
        yield opened


def audit_of(store: Store, author: str = "me") -> Audit:
    (run,) = runs_of(store.folder)
    return Audit(store, run.id, COLOURS, author)


def test_failures_come_first_and_say_what_was_found(store: Store) -> None:
    audit = audit_of(store)
    state = audit.state("suspicion", everything=False)
    assert [row.garment_id for row in state.rows] == [1]
    assert state.metrics.top[1] == 0.75
    assert len(audit.state("worst", everything=True).rows) == PAIRS
    query = audit.query(0)
    assert [hit.garment_id for hit in query.results[:2]] == [4, 2]
    assert [hit.match for hit in query.results[:2]] == [False, True]
    assert query.matches[0].place == 2
    assert "beyond result 1" in query.why


def test_a_forecast_changes_nothing_and_the_repair_does_what_it_said(store: Store) -> None:
    audit = audit_of(store)
    before = store.garments.get(4)
    told = forecast(audit, 0, 4, Cause.MISSING_MATCH)
    assert (told.before, told.after) == (0.75, 1.0)
    assert store.garments.get(4).same_as(before)
    assert audit.top_1() == 0.75
    done = repair(audit, 0, 4, Cause.MISSING_MATCH, "same print")
    assert audit.top_1() == told.after
    assert store.garments.get(4).pair_id == 1
    verdict = store.verdicts.of([1])[1][-1]
    assert (verdict.cause, verdict.note, verdict.edit_id) == (Cause.MISSING_MATCH, "same print", done.edit_id)
    # It stays in the list, to be seen, and says that it was repaired.
    (row,) = audit.state("suspicion", everything=False).rows
    assert row.repaired
    assert undo(audit) == 0
    assert audit.top_1() == 0.75
    assert not store.verdicts.of([1]).get(1)
    assert undo(audit) is None


def test_a_repair_is_not_undone_over_a_later_change(store: Store) -> None:
    audit = audit_of(store)
    done = repair(audit, 0, 4, Cause.MISSING_MATCH, "")
    document = Document(store, done.image_id)
    document.apply(set_box(document.garments[0], np.array([1.0, 1.0, 40.0, 40.0])))
    with pytest.raises(ConflictError, match="has been changed since"):
        undo(audit)
    assert audit.repairs


def test_what_cannot_be_repaired_says_why(store: Store, folder: Path) -> None:
    audit = audit_of(store)
    assert "No result is selected" in forecast(audit, 0, 0, Cause.MISSING_MATCH).hindrance
    assert "same product already" in forecast(audit, 0, 2, Cause.MISSING_MATCH).hindrance
    assert "no fault of the identities" in forecast(audit, 0, 4, Cause.HARD_VIEW).hindrance
    with Store.open(folder, read_only=True) as frozen:
        other = Audit(frozen, audit.run_id, COLOURS, "me")
        assert "read-only" in forecast(other, 0, 4, Cause.MISSING_MATCH).hindrance
        with pytest.raises(StudioError, match="read-only"):
            repair(other, 0, 4, Cause.MISSING_MATCH, "")


def test_verdicts_of_others_are_kept_apart(store: Store) -> None:
    audit_of(store, "someone").say(0, 4, Cause.DUPLICATE, "twice")
    query = audit_of(store).query(0)
    assert query.own is None
    assert [(one.author, one.cause) for one in query.others] == [("someone", Cause.DUPLICATE)]


def test_rows_of_an_index_that_moved_are_told(store: Store, folder: Path) -> None:
    whole = audit_of(store)
    # Its queries stand before what will be dropped, its gallery behind.
    run = ranking_of(folder, made_vectors(), np.array([1, 3]), np.array([6, 8]), whole.index)
    with VectorIndex.open(folder / FOLDER / whole.index.name) as index:
        index.bury(np.array([4]))
        index.compact()
    audit = Audit(store, run, COLOURS, "me")
    assert audit.state("worst", everything=True).metrics.moved == 1
    # What it shows is cut by the garments' own boxes: the rows' are of others.
    assert [hit.garment_id for hit in audit.query(0).results] == [6, 8]
    assert all(hit.shot.box == (5.0, 5.0, 55.0, 75.0) for hit in audit.query(0).results)
    with pytest.raises(StoreError, match="put in order after the run"):
        Audit(store, whole.run_id, COLOURS, "me")


def test_a_detection_says_what_it_was(store: Store, folder: Path) -> None:
    facts = index_of(folder, made_vectors(), "rcnn", "def", "20261121-120000-predict")
    run = ranking_of(folder, made_vectors(), np.array([1, 3]), np.array([2, 4]), facts)
    audit = Audit(store, run, COLOURS, "me")
    assert ("detected", "short sleeve top 0.90, IoU 0.85") in audit.query(0).facts
    assert audit.query(0).row.shot.box == (9.0, 5.0, 59.0, 75.0)


def test_a_damaged_ranking_is_offered_and_refused(store: Store, folder: Path) -> None:
    (run,) = runs_of(folder)
    assert run.title.startswith("fn, consumer-to-shop, ")
    (folder / "runs" / run.id / "ranked.npz").write_bytes(b"no archive")
    (broken,) = runs_of(folder)
    assert broken.title.startswith("damaged, ")
    with pytest.raises(StoreError, match="cannot be read"):
        Audit(store, run.id, COLOURS, "me")


def test_two_rankings_are_put_side_by_side(store: Store, folder: Path) -> None:
    first = audit_of(store)
    made = made_vectors()
    made[0], made[2] = made[1], [0.0, 0.6, 0.8, 0.0]
    facts = index_of(folder, made, "other", "def")
    # Pair 4's query is not asked for there.
    second = Audit(
        store, ranking_of(folder, made, np.array([1, 3, 5]), np.arange(2, 9, 2), facts), COLOURS, ""
    )
    rows = with_places(first.state("worst", everything=True).rows, second)
    assert {row.garment_id: (row.first, row.other) for row in rows} == {
        1: (2, 1), 3: (1, 2), 5: (1, 1), 7: (1, None),
    }  # fmt: skip
    ordered = [row.garment_id for row in by_difference(rows, PAIRS)]
    assert set(ordered[:2]) == {1, 3}
    assert ordered[2:] == [5, 7]


def test_an_index_is_made_again_with_its_filter(folder: Path) -> None:
    assert where_of(folder, "fn-box-abc") == ""
    command = ["index", "--store", str(folder), "--model", "fn", "--where", "split = test"]
    run = RunFolder.create(folder, "index", command)
    run.finish("done", index="fn-box-abc")
    assert where_of(folder, "fn-box-abc") == "split = test"
    assert where_of(folder, "another") == ""

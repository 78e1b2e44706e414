"""The report of a ranking: its page, its tables, its pictures, and what is said where one is gone."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from store import importing
from store.db import Store
from store.db.verdicts import Cause, Verdict
from store.demo import DemoOptions, write_demo
from store.errors import Cancelled, StoreError
from store.retrieval.age import age, moved
from store.retrieval.causes import causes, causes_by_slice
from store.retrieval.cuts import cut_of
from store.retrieval.index import Rows
from store.retrieval.ranked import Ranked, RankedFacts
from store.retrieval.report import by_suspicion, write_report
from store.retrieval.standing import Standing, exact_places


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_demo(folder / "dataset", DemoOptions(images=12, errors=0.0, size=128))
    with Store.create(folder / "store", "drawn") as store:
        importing.import_dataset(
            store, "deepfashion2", folder / "dataset", importing.ImportOptions(name="drawn")
        )
    return folder


@pytest.fixture
def store(drawn: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy that a test may change; its pictures are shared."""
    shutil.copytree(drawn / "store", tmp_path / "store")
    with Store.open(tmp_path / "store") as opened:
        yield opened


def ranking(store: Store, seed: int = 5) -> tuple[Standing, Rows]:
    """Each garment asked of all others, by random vectors; the first query was not detected."""
    table = store.products.table()
    count = len(table)
    vectors = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    distances = np.linalg.norm(vectors[:, None] - vectors[None], axis=2).astype(np.float64)
    np.fill_diagonal(distances, np.inf)
    order = np.argsort(distances, axis=1, kind="stable")[:, :6]
    asked = np.arange(count)
    asked[np.flatnonzero(table.identities >= 0)[0]] = -1
    nothing = np.empty(0, np.int64)
    lists = Ranked(
        RankedFacts("in-shop", "fn-box", "<fn>", "box", "split = a & b", notes=("One <was> left out.",)),
        *(table.ids, asked, np.arange(count), np.arange(count + 1), table.ids, np.arange(count)),
        *(order, np.take_along_axis(distances, order, 1)),
        *(np.zeros(count + 1, np.int64), nothing, nothing, np.empty(0)),
    )
    known = {one.id: one for some in store.garments.of_images(table.image_ids).values() for one in some}
    garments = [known[one] for one in table.ids.tolist()]
    rows = Rows(
        *(np.arange(count), table.ids.copy(), table.image_ids, table.versions.copy()),
        *(np.array([cut_of(one, "box") for one in garments]), table.category_ids, np.ones(count)),
        np.array([one.box for one in garments]),
    )
    return Standing(lists, table, exact_places(lists, vectors)), rows


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_report_has_its_page_tables_and_pictures(store: Store, tmp_path: Path) -> None:
    standing, rows = ranking(store)
    query = int(by_suspicion(standing)[0])
    garment = int(standing.ranked.queries[query])
    for author, cause, note in (
        ("ann", Cause.MODEL, "first thought"),
        ("ann", Cause.HARD_VIEW, "<script>alert(1)</script>"),
        ("bob", Cause.MODEL, ""),
    ):
        store.verdicts.say(Verdict(garment_id=garment, cause=cause, note=note, author=author, run="r"))
    found = write_report(tmp_path / "out", store, standing, rows, run="r", notes=("More.",), most=4)
    assert (found.shown, found.judged, found.lost) == (4, 1, ())
    page = found.index.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Retrieval: &lt;fn&gt;, in-shop" in page
    assert "One &lt;was&gt; left out." in page
    assert 'verdict was"><b>model&#x27;s fault</b> - ann' in page
    assert "prefers-color-scheme: dark" in page
    assert page.count("<article>") == 4
    pictures = {f"pictures/{one.name}" for one in (tmp_path / "out" / "pictures").iterdir()}
    assert {part.split('"')[0] for part in page.split('src="')[1:]} == pictures

    figures = read(tmp_path / "out" / "figures.csv")
    assert (figures[0]["group"], int(figures[0]["queries"])) == ("", int(standing.asked.sum()))
    assert int(figures[0]["missed"]) == 1
    why = read(tmp_path / "out" / "causes.csv")
    assert [why[0][name] for name in ("judged", "hard view", "model's fault", "disagreed")] == ["1"] * 4
    assert int(why[0]["open"]) == found.failures - 1
    said = read(tmp_path / "out" / "verdicts.csv")
    assert [(one["author"], one["cause"], one["stands"]) for one in said] == [
        ("ann", "model's fault", "0"),
        ("ann", "hard view", "1"),
        ("bob", "model's fault", "1"),
    ]
    assert said[0]["garment_id"] == str(garment)


def test_missed_queries_come_last_and_are_said(store: Store, tmp_path: Path) -> None:
    standing, rows = ranking(store)
    order = by_suspicion(standing)
    missed = int(np.flatnonzero(standing.missed)[0])
    assert order[-1] == missed
    page = write_report(tmp_path / "out", store, standing, rows, order=order[-1:]).index.read_text()
    assert "was not detected" in page


def test_vanished_pictures_and_garments_are_counted(
    store: Store, drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing, rows = ranking(store)
    monkeypatch.setattr(store.images, "path", lambda image: drawn / "nowhere" / image.name)
    found = write_report(tmp_path / "out", store, standing, rows, most=2)
    page = found.index.read_text(encoding="utf-8")
    assert len(found.lost) > 1
    assert f"The pictures of {len(found.lost)} images could not be read" in page
    assert "<img" not in page
    empty = Standing(
        standing.ranked,
        standing.table.chosen(standing.table.ids < 0),
        exact_places(standing.ranked, _ones(rows)),
    )
    page = write_report(tmp_path / "out", store, empty, rows, order=np.array([0]), most=1).index.read_text(
        encoding="utf-8"
    )
    assert "No query has a true match" in page
    assert "is not in the store any more" in page


def _ones(rows: Rows) -> np.ndarray:
    return np.ones((len(rows), 2), np.float32)


def test_only_a_report_is_replaced_and_a_cancelled_one_leaves_nothing(store: Store, tmp_path: Path) -> None:
    standing, rows = ranking(store)
    out = tmp_path / "out"
    write_report(out, store, standing, rows, most=1)

    def stop(done: int, total: int, message: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        write_report(out, store, standing, rows, most=3, progress=stop)
    assert (out / "index.html").read_text(encoding="utf-8").count("<article>") == 1
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("out")] == ["out"]
    (out / "mine.txt").write_text("keep")
    with pytest.raises(StoreError, match="other files"):
        write_report(out, store, standing, rows)
    with pytest.raises(StoreError, match="is a file"):
        write_report(out / "mine.txt", store, standing, rows)


def test_causes_are_counted_by_slice(store: Store) -> None:
    standing, _ = ranking(store)
    query = int(by_suspicion(standing)[0])
    garment = int(standing.ranked.queries[query])
    verdicts = {garment: (Verdict(1, garment, cause=Cause.BAD_CROP, author="ann"),)}
    assert causes(standing, verdicts).counts[Cause.BAD_CROP] == 1
    row = int(standing.table.rows(np.array([garment]))[0])
    mine = int(standing.table.category_ids[row])
    names = {one.id: one.name for one in store.categories.all()}
    found = {(one.group, one.level): one for one in causes_by_slice(standing, verdicts, names)}
    assert found["category", names[mine]].judged == 1
    assert sum(one.judged for key, one in found.items() if key[0] == "category") == 1
    right = int(np.flatnonzero(standing.first == 1)[0]) if (standing.first == 1).any() else None
    if right is not None:
        repaired = int(standing.ranked.queries[right])
        one = Verdict(2, repaired, cause=Cause.MISSING_MATCH, author="ann", edit_id=3)
        assert causes(standing, {repaired: (one,)}).repaired == 1


def test_the_age_of_an_index_is_counted(store: Store) -> None:
    standing, rows = ranking(store)
    assert age(store, rows, "box").notes() == ()
    rows.versions[:2] += 7
    assert age(store, rows, "box").changed == 0
    rows.cuts[0] = "1.00" + rows.cuts[0][4:]
    assert age(store, rows, "box").notes() == (
        "1 garment was changed since the index was made: index again.",
    )
    rows.garment_ids[-1] = 99_999
    found = age(store, rows, "box")
    assert (found.gone, found.unknown) == (1, 1)
    assert "is not there any more" in found.notes()[1]
    assert moved(standing.ranked, rows) == 1


def test_with_masks_an_index_is_older_where_the_mask_is_another(store: Store) -> None:
    _, rows = ranking(store)
    masked = [one for image in store.images.ids() for one in store.garments.of_image(image) if one.polygons]
    where = np.flatnonzero(np.isin(rows.garment_ids, [one.id for one in masked[:2]]))
    rows.versions[where] += 7
    told = replace(rows, cuts=rows.cuts.astype("<U200"))
    told.cuts[where] = [cut_of(one, "mask") for one in masked[:2]]
    assert age(store, told, "mask").changed == 0
    moved_on = masked[0].but(polygons=(masked[0].polygons[0] + 1, *masked[0].polygons[1:]))
    told.cuts[where[0]] = cut_of(moved_on, "mask")
    assert age(store, told, "mask").changed == 1
    told.cuts[where] = [cut_of(one, "box") for one in (moved_on, masked[1])]
    assert age(store, told, "box").changed == 0

"""Indexing a store: everything once, what has changed again, what is gone no more; then ranking it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference.data import select_one
from inference.models import ARCHITECTURES, build, save_model
from inference.retrieval import job
from inference.retrieval.job import index_store
from inference.retrieval.ranking import rank_store
from inference.retrieval.upkeep import IndexConfig
from store.db import Store
from store.document import Document
from store.document.edits import delete_garment, set_box, set_facts
from store.errors import Cancelled, StudioError
from store.retrieval.figures import figures
from store.retrieval.index import Rows, VectorIndex, all_indices
from store.retrieval.standing import Standing, exact_places
from store.runs.manifest import ModelManifest, ModelSpec


class Listener:
    """A report that counts, and can be made to stop."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.stop_at = stop_at
        self.steps: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int, message: str = "") -> None:
        self.steps.append((done, total))
        if self.stop_at is not None and total and done >= self.stop_at and message != "Reading the store":
            raise Cancelled("stopped")

    def event(self, kind: str, **data: Any) -> None:
        """Nothing is kept."""

    def say(self, text: str) -> None:
        """Nothing is kept."""


@pytest.fixture
def own(drawn_store: Path, tmp_path: Path) -> Path:
    """A copy of the drawn store; its pictures stay where they are."""
    return Path(shutil.copytree(drawn_store, tmp_path / "store"))


def model(store: Path, name: str) -> str:
    """A model with random weights of this architecture, in the store."""
    with Store.open(store, read_only=True) as opened:
        data, _ = select_one(opened, "")
    words = data.attribute_names() if name == "fashionnet" else ()
    schema = {"match-rcnn": "own", "fashionnet": "fashion8"}.get(name, "")
    spec = ModelSpec(name, "small", data.categories(), words, schema, 64, {"embedding_size": 16})
    torch.manual_seed(5)
    manifest = ModelManifest(name, spec, ARCHITECTURES[name].tasks)
    save_model(build(spec), manifest, store / "models" / name)
    return name


def indexed(store: Path, name: str, crop: Any = "box", stop_at: int | None = None) -> dict[str, Any]:
    """What the job says."""
    return index_store(IndexConfig(name, crop, device="cpu", workers=0), store, Listener(stop_at))


def held(store: Path) -> tuple[Rows, np.ndarray]:
    """The rows of the store's only index, and their vectors."""
    with VectorIndex.open(store / "embeddings" / all_indices(store)[0].name) as index:
        rows, vectors = index.read()
        return rows, np.array(vectors[rows.rows])


def garments(store: Path) -> list[int]:
    """The ids of all garments."""
    with Store.open(store, read_only=True) as opened:
        return opened.products.table().ids.tolist()


@pytest.mark.parametrize("name", ["fashionnet", "embedding", "match-rcnn"])
def test_every_garment_has_a_vector_of_unit_length(own: Path, name: str) -> None:
    found = indexed(own, model(own, name))
    rows, vectors = held(own)
    assert sorted(rows.garment_ids.tolist()) == garments(own)
    assert found["embedded"] == found["garments"] == len(rows)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-5)
    assert len(np.unique(vectors.round(5), axis=0)) > len(rows) / 2


def test_only_what_has_changed_is_embedded_again(own: Path) -> None:
    name = model(own, "embedding")
    indexed(own, name)
    before = dict(zip(*(part.tolist() for part in (held(own)[0].garment_ids, held(own)[1])), strict=True))
    again = indexed(own, name)
    assert (again["embedded"], again["kept"]) == (0, len(before))
    moved, restyled, deleted = _changed(own)
    once_more = indexed(own, name)
    rows, vectors = held(own)
    after = dict(zip(rows.garment_ids.tolist(), vectors.tolist(), strict=True))
    assert once_more["gone"] == 1
    assert deleted not in after
    assert after[moved] != before[moved]
    assert after[restyled] == before[restyled]
    assert rows.versions[rows.garment_ids == restyled].tolist() == [2]


def _changed(store: Path) -> tuple[int, int, int]:
    """A garment whose box was moved, one of another style, and one that was deleted, of three images."""
    with Store.open(store) as opened:
        images = opened.images.ids(order="id").tolist()[:3]
        documents = [Document(opened, image) for image in images]
        chosen = [document.garments[0] for document in documents]
        box = chosen[0].box
        assert box is not None
        documents[0].apply(set_box(chosen[0], np.add(box, [4.0, 3.0, -2.0, 0.0])))
        documents[1].apply(set_facts(chosen[1], style=9))
        documents[2].apply(delete_garment(chosen[2]))
    return chosen[0].id, chosen[1].id, chosen[2].id


def test_a_job_that_was_stopped_goes_on(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "AT_ONCE", 4)
    name = model(own, "embedding")
    with pytest.raises(Cancelled):
        indexed(own, name, stop_at=8)
    begun = len(held(own)[0])
    assert 0 < begun < len(garments(own))
    found = indexed(own, name)
    assert found["kept"] == begun
    assert found["garments"] == len(garments(own))


def test_a_mask_hides_what_is_around_it(own: Path) -> None:
    name = model(own, "embedding")
    indexed(own, name, "mask")
    rows, masked = held(own)
    shutil.rmtree(own / "embeddings")
    indexed(own, name)
    boxed, plain = held(own)
    assert boxed.garment_ids.tolist() == rows.garment_ids.tolist()
    assert (np.abs(masked - plain).max(axis=1) > 1e-4).mean() > 0.8


def test_what_cannot_be_indexed_is_said(own: Path) -> None:
    with pytest.raises(StudioError, match="no embedding"):
        indexed(own, model(own, "mask-rcnn"))
    with pytest.raises(StudioError, match="whole images"):
        indexed(own, model(own, "match-rcnn"), "mask")
    with pytest.raises(StudioError, match="selects no image"):
        index_store(IndexConfig("match-rcnn", where="file ~ nothing"), own, Listener())


def test_broken_pictures_are_counted_and_the_others_indexed(own: Path) -> None:
    name = model(own, "embedding")
    with Store.open(own) as opened:
        image = opened.images.get(int(opened.images.ids(order="id")[0]))
        count = len(opened.garments.of_image(image.id))
        path = opened.images.path(image)
    kept = path.read_bytes()
    try:
        path.write_bytes(kept[: len(kept) // 3])
        found = indexed(own, name)
    finally:
        path.write_bytes(kept)
    assert found["broken"] == 1
    assert found["problems"][0]["image_id"] == image.id
    assert found["garments"] == len(garments(own)) - count


def test_a_join_counts_at_once_and_is_taken_back(own: Path) -> None:
    indexed(own, model(own, "embedding"))
    with Store.open(own) as opened, VectorIndex.open(own / "embeddings" / all_indices(own)[0].name) as index:
        ranked = rank_store(opened, index, "in-shop", device="cpu")
        vectors = np.array(index.vectors())
        standing = Standing(ranked, opened.products.table(), exact_places(ranked, vectors))
        before = figures(standing)
        query = int(np.flatnonzero(standing.first > 1)[0])
        table = standing.table
        nearest = int(ranked.showing(int(ranked.top[query, 0]))[0])
        row = table.rows(np.array([ranked.queries[query]]))[0]
        key = table.keys[table.identities[row]]
        other = opened.garments.get(nearest)
        document = Document(opened, other.image_id)
        document.apply(set_facts(other, pair_id=key[3], style=key[4]))
        standing.update(opened.products.table())
        joined = standing.first[query]
        document.undo()
        standing.update(opened.products.table())
    same_split = key[2] == table.splits[table.rows(np.array([nearest]))[0]]
    assert (joined == 1) == same_split
    assert figures(standing) == before


def test_nothing_to_ask_is_said(own: Path) -> None:
    indexed(own, model(own, "embedding"))
    with Store.open(own) as opened, VectorIndex.open(own / "embeddings" / all_indices(own)[0].name) as index:
        with pytest.raises(StudioError, match="needs pictures of both"):
            rank_store(opened, index, "consumer-to-shop", "domain = shop", "domain = shop")
        with pytest.raises(StudioError, match="gallery is empty"):
            rank_store(opened, index, "in-shop", "", "file ~ nothing")

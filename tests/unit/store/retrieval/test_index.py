"""Vectors on the disk: appended, told from outdated ones, whole after a broken write, compacted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from store.errors import StoreError
from store.retrieval.index import FILE, IndexFacts, Rows, VectorIndex, all_indices

FACTS = IndexFacts("fn", "abcdef0123456789", "box", 4)


def rows(*garments: int, version: int = 1) -> Rows:
    ids = np.array(garments, np.int64)
    return Rows(
        np.zeros_like(ids),
        ids,
        ids * 10,
        np.full_like(ids, version),
        np.array([f"{one}:{version}" for one in garments], np.str_),
        np.ones_like(ids),
        np.ones(len(ids)),
        np.tile([1.0, 2.0, 30.0, 40.0], (len(ids), 1)),
    )


def vectors(*values: float) -> np.ndarray:
    return np.tile(np.array(values, np.float32)[:, None], (1, 4))


def test_what_was_appended_is_read_again(tmp_path: Path) -> None:
    with VectorIndex.begin(tmp_path, FACTS) as index:
        index.append(rows(3, 5), vectors(0.3, 0.5))
        index.append(rows(9), vectors(0.9))
    with VectorIndex.open(tmp_path / "embeddings" / FACTS.name) as index:
        found, held = index.read()
        assert index.facts == FACTS
    assert found.garment_ids.tolist() == [3, 5, 9]
    assert found.cuts.tolist() == ["3:1", "5:1", "9:1"]
    assert found.boxes[2].tolist() == [1, 2, 30, 40]
    assert held[found.rows, 0] == pytest.approx([0.3, 0.5, 0.9])
    assert all_indices(tmp_path) == (FACTS,)


def test_a_garment_that_comes_again_leaves_a_tombstone(tmp_path: Path) -> None:
    with VectorIndex.begin(tmp_path, FACTS) as index:
        index.append(rows(3, 5), vectors(0.3, 0.5))
        index.append(rows(3, version=2), vectors(0.7))
        index.bury(np.array([1]))
        found, held = index.read()
        assert found.garment_ids.tolist() == [3]
        assert found.versions.tolist() == [2]
        assert held[found.rows[0], 0] == pytest.approx(0.7)
        assert index.counts() == (1, 2)


def test_predicted_boxes_do_not_replace_each_other(tmp_path: Path) -> None:
    with VectorIndex.begin(tmp_path, FACTS) as index:
        index.append(rows(0, 0), vectors(0.1, 0.2))
        index.append(rows(0), vectors(0.3))
        assert index.counts() == (3, 0)


def test_a_broken_write_is_overwritten(tmp_path: Path) -> None:
    with VectorIndex.begin(tmp_path, FACTS) as index:
        index.append(rows(3), vectors(0.3))
        with (index.folder / "vectors.1.f32").open("ab") as stream:
            stream.write(b"half a vector")
        index.append(rows(4), vectors(0.4))
        found, held = index.read()
    assert held[found.rows, 0] == pytest.approx([0.3, 0.4])


def test_compacting_drops_tombstones_and_open_readers_keep_theirs(tmp_path: Path) -> None:
    with VectorIndex.begin(tmp_path, FACTS) as index:
        index.append(rows(*range(1, 7)), vectors(*range(1, 7)))
        before, held = index.read()
        index.bury(np.array([0, 2, 3]))
        index.compact()
        after, fresh = index.read()
        assert after.rows.tolist() == [0, 1, 2]
        assert after.garment_ids.tolist() == [2, 5, 6]
        assert fresh[after.rows, 0].tolist() == [2, 5, 6]
        assert held[before.rows, 0].tolist() == [1, 2, 3, 4, 5, 6]
        index.append(rows(8), vectors(8))
        found, latest = index.read()
    assert latest[found.rows, 0].tolist() == [2, 5, 6, 8]
    assert [one.name for one in index.folder.glob("*.f32")] == ["vectors.2.f32"]


def test_an_unchanged_crop_is_confirmed_for_a_new_version(tmp_path: Path) -> None:
    with VectorIndex.begin(tmp_path, FACTS) as index:
        index.append(rows(3, 5), vectors(0.3, 0.5))
        index.confirm(np.array([1]), np.array([4]))
        assert index.rows().versions.tolist() == [1, 4]


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no embedding"):
        VectorIndex.begin(tmp_path, IndexFacts("m", "0", "box", 0))
    with pytest.raises(StoreError, match="is no index"):
        VectorIndex.open(tmp_path)
    with VectorIndex.begin(tmp_path, FACTS) as index:
        index.append(rows(3, 5), vectors(0.3, 0.5))
        with pytest.raises(ValueError, match="not finite"):
            index.append(rows(6), vectors(np.nan))
        (index.folder / "vectors.1.f32").write_bytes(b"short")
        with pytest.raises(StoreError, match="shorter than its rows"):
            index.vectors()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / FILE).write_bytes(b"not a database, but long enough to be looked at" * 4)
    with pytest.raises(StoreError, match="cannot be read"):
        VectorIndex.open(tmp_path / "bad")

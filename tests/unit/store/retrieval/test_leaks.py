"""Garments that look the same, products on both sides of a split, and files that are there twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from store.errors import Cancelled
from store.retrieval.index import Rows
from store.retrieval.leaks import across_splits, duplicates, near_images, same_files, straddling
from tests.unit.store.retrieval.small_ranking import table


def rows(images: list[int], places: list[int] | None = None) -> Rows:
    """Garments 1, 2, ... of these images."""
    count = len(images)
    return Rows(
        np.array(places if places is not None else range(count), np.int64),
        np.arange(1, count + 1),
        np.array(images, np.int64),
        np.ones(count, np.int64),
        np.full(count, "c"),
        np.ones(count, np.int64),
        np.ones(count),
        np.zeros((count, 4)),
    )


def on_a_circle(*degrees: float) -> np.ndarray:
    turned = np.radians(np.array(degrees))
    return np.stack([np.cos(turned), np.sin(turned)], 1).astype(np.float32)


def test_near_garments_of_different_images_nearest_first() -> None:
    vectors = on_a_circle(0, 90, 3, 91, 0.0, 180)
    found = duplicates(rows([1, 2, 3, 4, 1, 6]), vectors, 0.1)
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [(1, 3), (0, 2), (2, 4)]
    assert found.distances[0] == pytest.approx(2 * np.sin(np.radians(0.5)), abs=1e-6)
    assert found.found == 3
    assert len(duplicates(rows([1, 2, 3, 4, 1, 6]), vectors, 0.0)) == 0


def test_all_pairs_are_found_over_blocks_and_the_nearest_are_kept() -> None:
    random = np.random.default_rng(3)
    vectors = random.normal(size=(4500, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    there = rows(list(range(4400)), random.permutation(4500)[:4400].tolist())
    found = duplicates(there, vectors, 0.3, most=50)
    used = vectors[there.rows].astype(np.float64)
    everything = np.sqrt(np.maximum(2 - 2 * used @ used.T, 0))
    upper = np.triu(everything <= 0.3, 1)
    assert abs(found.found - int(upper.sum())) <= 1
    assert len(found) == 50
    wanted = np.sort(everything[upper])[:50]
    assert found.distances == pytest.approx(wanted, abs=1e-5)


def test_comparing_can_be_cancelled() -> None:
    def stop(done: int, total: int, message: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        duplicates(rows([1, 2]), on_a_circle(0, 1), progress=stop)


def test_only_what_stands_on_both_sides_is_a_leak() -> None:
    known = replace(table([0, 0, 1, 1, -1]), splits=np.array(["train", "test", "train", "train", ""]))
    vectors = on_a_circle(0, 1, 90, 91, 0.5)
    found = across_splits(known, rows([1, 2, 3, 4, 5]), vectors, 0.1)
    assert [(one.name, dict(one.garments)) for one in found.identities] == [
        ("item 0", {"train": (1,), "test": (2,)})
    ]
    assert [(one.images, one.splits, one.garments) for one in found.images] == [
        ((1, 2), ("train", "test"), (1, 2))
    ]
    assert found.pairs == 1
    assert straddling(known.chosen(np.zeros(5, np.bool_))) == ()


def test_a_couple_of_images_is_told_once() -> None:
    there = rows([7, 7, 3, 3])
    found = near_images(there, duplicates(there, on_a_circle(0, 90, 1, 90.5), 0.1))
    assert [(one.images, one.garments, one.splits) for one in found] == [((3, 7), (4, 2), ("", ""))]


def test_files_with_the_same_bytes(tmp_path: Path) -> None:
    said = {1: b"one", 2: b"two", 3: b"one", 4: b"other", 5: b""}
    for image, data in said.items():
        (tmp_path / str(image)).write_bytes(data)
    paths = {image: tmp_path / str(image) for image in (*said, 6)}
    found = same_files(paths)
    assert found.groups == ((1, 3),)
    assert found.lost == (6,)
    (tmp_path / "7").mkdir()
    (tmp_path / "8").write_bytes(b"x" * (tmp_path / "7").stat().st_size)
    assert same_files({7: tmp_path / "7", 8: tmp_path / "8"}).lost == (7,)

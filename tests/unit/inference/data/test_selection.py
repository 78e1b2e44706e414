"""Filters and views become slices; products are held apart; what is wrong is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.data import select, select_one
from inference.data.selection import held_out
from store.db import Store
from store.errors import FilterError, StudioError
from store.records import Domain, Garment, ImageRecord, Review, View
from store.runs.config import DataConfig

MakeStore = Callable[..., Store]
MakeRecord = Callable[..., ImageRecord]
BOX = np.array([10.0, 10.0, 40.0, 40.0])
BY_IDENTITY = DataConfig(train="", split="identity")


def _garment(category: int = 1, **facts: Any) -> Garment:
    return Garment(category_id=category, box=BOX, **facts)


def _records(record: MakeRecord) -> list[ImageRecord]:
    """Eight images of four pairs, shop and consumer, categories in turn; the last two are for validation."""
    return [
        record(
            f"{number}.png",
            _garment(1 + number % 3, pair_id=number // 2, style=1),
            domain=Domain.SHOP if number % 2 else Domain.CONSUMER,
            split="train" if number < 6 else "validation",
            review=Review.ACCEPTED if number < 2 else Review.TO_DO,
        )
        for number in range(8)
    ]


def test_the_filters_say_what_is_learnt_and_what_is_measured(
    make_store: MakeStore, record: MakeRecord
) -> None:
    found = select(make_store(_records(record)), DataConfig(), seed=1)
    assert [Path(path).name for path in found.train.paths] == [f"{n}.png" for n in range(6)]
    assert len(found.validation) == 2
    assert found.problems == ()
    assert found.train.identities.tolist() == [0, 0, 1, 1, 2, 2]
    assert found.validation.identities.tolist() == [3, 3]
    assert found.train.shop.tolist() == [0, 1, 0, 1, 0, 1]


def test_a_view_is_taken_by_its_name(make_store: MakeStore, record: MakeRecord) -> None:
    store = make_store(_records(record))
    store.views.save(View(name="Good ones", where="category = 'short sleeve top' and split = train"))
    found, problems = select_one(store, "view: good ones")
    assert set(found.category_ids.tolist()) == {1}
    assert not problems
    with pytest.raises(StudioError, match=r"'missing'.*Good ones"):
        select(store, DataConfig(train="view:missing"), seed=1)


def test_only_what_is_accepted_if_wished(make_store: MakeStore, record: MakeRecord) -> None:
    store = make_store(_records(record))
    config = DataConfig(train="split = train", validation="", accepted_only=True)
    found = select(store, config, seed=1)
    assert len(found.train) == 2
    assert "4 images that nobody has accepted" in found.problems[0]
    with pytest.raises(StudioError, match="2 images that nobody has accepted"):
        select(store, DataConfig(train="", validation="split = validation", accepted_only=True), seed=1)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (DataConfig(train="category = skirt and split = nowhere"), r"data\.train.*selects no image"),
        (DataConfig(validation="split = test"), r"data\.validation \(split = test\) selects no image"),
    ],
)
def test_an_empty_slice_names_its_filter(
    make_store: MakeStore, record: MakeRecord, config: DataConfig, words: str
) -> None:
    with pytest.raises(StudioError, match=words):
        select(make_store(_records(record)), config, seed=1)


def test_a_filter_that_does_not_parse_is_pointed_into(make_store: MakeStore, record: MakeRecord) -> None:
    with pytest.raises(FilterError):
        select(make_store(_records(record)), DataConfig(train="split ="), seed=1)


def test_images_without_usable_garments_are_no_data(make_store: MakeStore, record: MakeRecord) -> None:
    with pytest.raises(StudioError, match="without any garment"):
        select_one(make_store([record("a.png", Garment(category_id=1))]), "")


def test_missing_pictures_and_bad_garments_are_left_out_and_counted(
    make_store: MakeStore, record: MakeRecord
) -> None:
    records = [
        record("gone.png", _garment()),
        record("broken.png", _garment(), size_known=False),
        record("../out.png", _garment()),
        record(
            "kept.png",
            _garment(),
            _garment(2, key="thin").but(box=np.array([5.0, 5, 5.5, 30])),
            _garment(2, key="out").but(box=np.array([90.0, 5, 120, 30])),
            Garment(category_id=3, key="bare"),
            _garment(4, key="torn", rle={"size": [60, 80], "counts": [5]}),
        ),
    ]
    store = make_store(records[:2] + records[3:], {"gone.png": None, "broken.png": None})
    (Path(store.datasets.all()[0].images_root) / "broken.png").write_bytes(b"no picture")
    found, problems = select_one(store, "")
    assert [Path(path).name for path in found.paths] == ["kept.png"]
    assert found.category_ids.tolist() == [1, 4]
    assert not found.has_mask.any()
    (problem,) = problems
    for words in (
        "1 pictures that are missing",
        "1 pictures that cannot be read",
        "2 garments whose box has less than a pixel in the picture",
        "1 garments without a box",
        "1 masks that are damaged (first: torn of kept.png",
    ):
        assert words in problem


def test_a_box_is_made_from_what_there_is(make_store: MakeStore, record: MakeRecord) -> None:
    triangle = np.array([[4.0, 6.0], [20.0, 8.0], [10.0, 30.0]])
    points, states = (
        np.array([[0.0, 0], [7, 9], [30, 22], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0]]),
        [0, 2, 1] + [0] * 5,
    )
    store = make_store(
        [
            record(
                "a.png",
                Garment(category_id=1, polygons=(triangle,)),
                Garment(category_id=9, points=points, visibility=np.array(states)),
                _garment().but(box=np.array([40.0, 41.0, 12.0, 3.0])),
            )
        ]
    )
    found, _ = select_one(store, "")
    assert found.boxes.tolist() == [[4, 6, 20, 30], [7, 9, 30, 22], [12, 3, 40, 41]]


def test_leaks_one_class_and_rejected_images_are_told(make_store: MakeStore, record: MakeRecord) -> None:
    records = [
        record("a.png", _garment(pair_id=3, style=1), review=Review.REJECTED),
        record("b.png", _garment(pair_id=3, style=2)),
        record("c.png", _garment(pair_id=3, style=1), split="validation"),
    ]
    found = select(make_store(records), DataConfig(), seed=1)
    text = " ".join(found.problems)
    assert "1 rejected images" in text
    assert "1 products are in both the training and the validation data (pair 3 style 1)" in text
    assert "one category only (short sleeve top)" in text
    assert found.train.identities[0] == found.validation.identities[0]
    same = select(make_store(records), DataConfig(validation="split = train"), seed=1)
    assert "2 images are in both" in " ".join(same.problems)


def test_deepfashion2_counts_the_pairs_of_each_split_anew(make_store: MakeStore, record: MakeRecord) -> None:
    records = [
        record("a.png", _garment(pair_id=1, style=1)),
        record("b.png", _garment(2, pair_id=1, style=1), split="validation"),
    ]
    found = select(make_store(records, format="deepfashion2"), DataConfig(), seed=1)
    assert "products are in both" not in " ".join(found.problems)
    assert found.train.identities.tolist() != found.validation.identities.tolist()


def test_whole_products_are_held_out(make_store: MakeStore, record: MakeRecord) -> None:
    store = make_store(_records(record))
    found = select(store, BY_IDENTITY, seed=1)
    assert (len(found.train), len(found.validation)) == (6, 2)
    assert not found.train.identity_set & found.validation.identity_set
    assert found.problems == ()
    again = select(store, BY_IDENTITY, seed=1)
    assert again.validation.image_ids.tolist() == found.validation.image_ids.tolist()
    others = {tuple(select(store, BY_IDENTITY, seed=s).validation.image_ids.tolist()) for s in range(6)}
    assert len(others) > 1


def test_progress_is_reported(
    make_store: MakeStore, record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.data.selection._REPORTED", 2)
    told: list[tuple[int, int]] = []
    store = make_store(_records(record))
    select_one(store, "split = train", progress=lambda done, total, message="": told.append((done, total)))
    assert told == [(2, 6), (4, 6), (6, 6)]


def test_style_0_and_no_pair_are_no_identity(make_store: MakeStore, record: MakeRecord) -> None:
    garments = (_garment(pair_id=1, style=0), _garment(), _garment(item_id="id_7"), _garment(pair_id=1))
    found, _ = select_one(make_store([record("a.png", *garments)]), "")
    assert found.identities.tolist() == [-1, -1, 0, 1]


TIES = st.lists(
    st.frozensets(st.tuples(st.just("pair"), st.integers(0, 12)), max_size=3), min_size=2, max_size=30
)


@given(TIES, st.floats(0.05, 0.95), st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_nothing_that_is_held_out_is_tied_to_what_is_learnt(
    ties: list[frozenset[tuple[str, int]]], share: float, seed: int
) -> None:
    try:
        learnt, held = held_out(ties, share, seed)
    except StudioError:
        assert frozenset().union(*ties), "only images that all hang together cannot be divided"
        return
    assert sorted(learnt + held) == list(range(len(ties)))
    assert learnt
    assert held
    assert not frozenset().union(*(ties[i] for i in learnt)) & frozenset().union(*(ties[i] for i in held))


def test_what_hangs_together_cannot_be_held_out(make_store: MakeStore, record: MakeRecord) -> None:
    records = [record(f"{n}.png", _garment(pair_id=1, style=1)) for n in range(3)]
    with pytest.raises(StudioError, match="No identity can be held out"):
        select(make_store(records), BY_IDENTITY, seed=1)

"""What the map says of an index: its colours, and one point in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.controllers.retrieval.map_reading import (
    MOST,
    Drawn,
    coloured,
    draw,
    index_words,
    indices,
    words_of,
)
from resources.taxonomy import categories
from store.db import Store
from store.errors import StoreError
from store.progress import silent
from store.records import Dataset, Domain, Garment, Image, ImageRecord
from store.retrieval.index import IndexFacts, Rows, VectorIndex

KNOWN = {one.id: one for one in categories()}
COUNT = 20


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of garments that are a product each."""
    made = Store.create(tmp_path / "store", "map")
    dataset = made.datasets.add(
        Dataset(name="shop", format="deepfashion", root=str(tmp_path), images_root=str(tmp_path))
    )
    with made.bulk() as bulk:
        for number in range(COUNT):
            image = Image(
                dataset_id=dataset.id, name=f"{number}.jpg", width=9, height=9,
                split="test" if number % 2 else "", domain=Domain.SHOP,
            )  # fmt: skip
            garment = Garment(
                key="item1", category_id=1 + number % 3, box=np.array([0.0, 0, 9, 9]), item_id=f"p{number}",
                occlusion=number % 4,
            )  # fmt: skip
            bulk.add(ImageRecord(image, (garment,)))
    return made


def drawn_of(store: Store, facts: IndexFacts, *, predicted: bool = False) -> Drawn:
    """An index of all garments, or of boxes that were predicted there, as it is drawn."""
    table = store.products.table()
    nothing = np.zeros(COUNT, np.int64)
    rows = Rows(
        nothing, nothing if predicted else table.ids, table.image_ids, table.versions,
        np.full(COUNT, "cut"), np.full(COUNT, 9) if predicted else table.category_ids,
        np.full(COUNT, 0.5), np.tile([1.0, 2.0, 8.0, 9.0], (COUNT, 1)),
    )  # fmt: skip
    with VectorIndex.begin(store.folder, facts) as index:
        index.append(rows, np.random.default_rng(0).normal(size=(COUNT, 4)).astype(np.float32))
    found, stamp = next(one for one in indices(store.folder) if one[0].name == facts.name)
    return draw(store, found, stamp, silent)


def test_colours_of_annotated_garments(store: Store) -> None:
    drawn = drawn_of(store, IndexFacts("fn", "abc", "box", 4))
    assert len(drawn.points) == COUNT
    assert 0 < drawn.points.shares[1] <= drawn.points.shares[0] < 1
    by_category = coloured(drawn, "category", KNOWN)
    assert [one.colour for one in by_category.levels] == [KNOWN[number].colour for number in (1, 2, 3)]
    assert sum(one.count for one in by_category.levels) == COUNT
    by_split = coloured(drawn, "split", KNOWN)
    assert [(one.name, one.count) for one in by_split.levels] == [("test", COUNT // 2)]
    assert int((by_split.numbers < 0).sum()) == COUNT // 2
    occlusion = coloured(drawn, "occlusion", KNOWN)
    assert [one.colour for one in occlusion.levels] == ["level 1", "level 2", "level 3"]
    products = coloured(drawn, "product", KNOWN)
    assert len(products.levels) == MOST
    assert products.levels[-1].name == f"{COUNT - MOST + 1} others"
    assert products.levels[-1].count == COUNT - MOST + 1
    assert len({one.colour for one in products.levels}) == MOST
    assert coloured(drawn, "outcome", KNOWN).levels == ()
    store.close()


def test_a_predicted_box_is_what_was_said(store: Store) -> None:
    facts = IndexFacts("fn", "abc", "predicted", 4, "run-1")
    drawn = drawn_of(store, facts, predicted=True)
    assert index_words(facts) == "fn, boxes of run-1"
    (level,) = coloured(drawn, "category", KNOWN).levels
    assert (level.name, level.count) == (KNOWN[9].name, COUNT)
    assert [one.count for one in coloured(drawn, "domain", KNOWN).levels] == [COUNT]
    assert coloured(drawn, "product", KNOWN).levels == ()
    told = words_of(drawn, 3, store, KNOWN)
    assert told.title == KNOWN[9].name
    assert told.lines == ("3.jpg", "predicted, score 0.50", "test, shop")
    assert told.shot.box == (1.0, 2.0, 8.0, 9.0)
    store.close()


def test_a_point_in_words(store: Store) -> None:
    drawn = drawn_of(store, IndexFacts("fn", "abc", "box", 4))
    told = words_of(drawn, 1, store, KNOWN)
    assert told.lines == ("1.jpg", "garment 2, item p1", "test, shop", "slight occlusion")
    drawn.rows.image_ids[1] = 999
    with pytest.raises(StoreError):
        words_of(drawn, 1, store, KNOWN)
    store.close()


def test_the_newest_index_comes_first(store: Store) -> None:
    for name in ("old", "new"):
        drawn_of(store, IndexFacts(name, "abc", "box", 4))
    assert [one.model for one, _ in indices(store.folder)] == ["new", "old"]
    assert indices(store.folder / "nowhere") == ()
    store.close()

"""Images, garments, categories, problems, views, tags: what goes in comes out, in order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from resources.schemas import Schema
from store.db import ORDERS, WITH_PROBLEMS, WITHOUT_PROBLEMS, Store
from store.document import Document, edits
from store.errors import StoreError
from store.filters import parse
from store.records import (
    Dataset,
    Domain,
    Garment,
    Image,
    ImageRecord,
    ImageState,
    Problem,
    Review,
    View,
)


@pytest.fixture
def filled(store: Store, dataset: Dataset) -> Store:
    """Five images, b e d c a by id; image 3 has no garments, image 5 two problems."""
    with store.bulk() as bulk:
        for i, name in enumerate("bedca"):
            image = Image(
                dataset_id=dataset.id,
                name=f"{name}.jpg",
                split="train" if i < 3 else "test",
                domain=Domain.SHOP if i % 2 else Domain.UNKNOWN,
                review=Review.ACCEPTED if i == 0 else Review.TO_DO,
                state=ImageState.MISSING if i == 4 else ImageState.PRESENT,
                tags=("dark", "blurred") if i == 1 else (),
            )
            own = tuple(
                Garment(category_id=8 - j % 2, scale=j + 1 if j < 3 else None) for j in range((i + 3) % 5)
            )
            wrong = (Problem(code="x"), Problem(code="y")) if i == 4 else ()
            bulk.add(ImageRecord(image, own, wrong))
    return store


def test_images_are_named_by_id_and_one_that_is_gone_is_told(filled: Store) -> None:
    found = filled.images.named([1, 4])
    whole = filled.images.get_many([1, 4])
    assert [(one.id, one.dataset_id, one.name, one.extra) for one in found] == [
        (one.id, one.dataset_id, one.name, one.extra) for one in whole
    ]
    with pytest.raises(StoreError, match="no image 77"):
        filled.images.named([1, 77])


def test_images_come_in_the_order_asked(filled: Store) -> None:
    assert [image.name for image in filled.images.get_many([3, 1, 3])] == ["d.jpg", "b.jpg", "d.jpg"]
    assert filled.images.get(2).tags == ("blurred", "dark")
    assert filled.images.get_many([]) == []
    with pytest.raises(StoreError, match="no image 77"):
        filled.images.get_many([1, 77])


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("name", [5, 1, 4, 3, 2]),
        ("name desc", [2, 3, 4, 1, 5]),
        ("review", [5, 4, 3, 2, 1]),
        ("problems", [5, 1, 4, 3, 2]),
        ("garments", [2, 1, 5, 4, 3]),
        ("id", [1, 2, 3, 4, 5]),
        ("changed", [5, 4, 3, 2, 1]),
    ],
)
def test_orders(filled: Store, order: str, expected: list[int]) -> None:
    ids = filled.images.ids(order=order)
    assert ids.dtype == np.int64
    assert ids.tolist() == expected
    some = filled.images.ids(parse("split = train"), order)
    assert some.tolist() == [i for i in expected if i <= 3]
    assert filled.images.ids(parse("id = 99"), order).tolist() == []


def test_there_is_no_other_order(filled: Store) -> None:
    with pytest.raises(ValueError, match="no order 'size'"):
        filled.images.ids(order="size")
    assert set(ORDERS) == {"name", "name desc", "review", "problems", "garments", "id", "changed"}


def test_the_latest_edited_image_comes_first(filled: Store) -> None:
    for image_id in (2, 4):
        document = Document(filled, image_id)
        document.apply(edits.set_review(document.image, Review.SECOND_LOOK))
    assert filled.images.ids(order="changed").tolist() == [4, 2, 5, 3, 1]


def test_tiles_say_what_the_grid_shows(filled: Store) -> None:
    tiles = filled.images.tiles(np.array([2, 3, 5]))
    assert [(t.image.id, t.categories, t.garments, t.problems) for t in tiles] == [
        (2, (8, 7), 4, 0),
        (3, (), 0, 0),
        (5, (8, 7), 2, 2),
    ]


def test_many_more_ids_than_fit_into_one_statement(store: Store, dataset: Dataset) -> None:
    with store.bulk() as bulk:
        for i in range(1200):
            bulk.add(ImageRecord(Image(dataset_id=dataset.id, name=f"{i}.jpg"), (Garment(category_id=2),)))
    ids = store.images.ids(order="id")[::-1]
    assert [tile.image.id for tile in store.images.tiles(ids)] == ids.tolist()
    assert len(store.garments.of_images(ids)) == 1200
    assert [r.image.id for r in store.stream(batch=7)] == list(range(1, 1201))


def test_streams_are_complete_and_take_a_filter(filled: Store) -> None:
    records = list(filled.stream(parse("split = test"), batch=1))
    assert [(r.image.id, len(r.garments), len(r.problems)) for r in records] == [(4, 1, 0), (5, 2, 2)]


def test_find_by_name(filled: Store, dataset: Dataset) -> None:
    found = filled.images.find(dataset.id, "d.jpg")
    assert found is not None
    assert found.id == 3
    assert filled.images.find(dataset.id, "z.jpg") is None
    assert filled.images.find(99, "d.jpg") is None


def test_paths_stay_inside_the_dataset(filled: Store, dataset: Dataset, tmp_path: Path) -> None:
    image = filled.images.get(1)
    assert filled.images.path(image) == tmp_path / "pictures" / "b.jpg"
    for name in ("../secret.jpg", "/etc/passwd", "a/../../b.jpg"):
        with pytest.raises(StoreError, match="leads out of the dataset"):
            filled.images.path(image.but(name=name))
    filled.datasets.relocate(dataset.id, tmp_path / "moved")
    assert filled.images.path(image) == tmp_path / "moved" / "b.jpg"
    assert filled.datasets.get(dataset.id).images_root == str(tmp_path / "moved")


def test_the_state_of_the_picture_is_no_edit(filled: Store) -> None:
    filled.images.set_state(5, ImageState.PRESENT, (640, 480))
    image = filled.images.get(5)
    assert (image.state, image.width, image.height, image.size_known) == (ImageState.PRESENT, 640, 480, True)
    assert image.version == 1
    filled.images.set_state(5, ImageState.UNREADABLE)
    assert filled.images.get(5).width == 640
    assert filled.revisions.of_image(5) == ()


def test_datasets(store: Store) -> None:
    extra = {"coco": {"info": {"year": 2019}}}
    first = store.datasets.add(Dataset(name="a", format="coco", root="/r", images_root="/i", extra=extra))
    store.datasets.add(Dataset(name="b"))
    assert [d.name for d in store.datasets.all()] == ["a", "b"]
    assert store.datasets.get(first.id).same_as(first)
    with pytest.raises(StoreError, match="no dataset 9"):
        store.datasets.get(9)


SCHEMA = Schema("fashion", ("l", "r"), ((0, 1),), ((0, 1),), (0.1, 0.2), ((0.0, 0.5), (1.0, 0.5)), 2.0)


def test_categories_of_the_store_come_after_the_built_in_ones(store: Store) -> None:
    assert [c.id for c in store.categories.all()] == list(range(1, 14))
    own = store.categories.add("fashion", SCHEMA)
    again = store.categories.add("fashion", SCHEMA)
    other = store.categories.add(
        "fashion", Schema("fashion", ("l",)), coco_name="Fashion!", supercategory="x"
    )
    assert (own.id, again.id, other.id) == (1001, 1001, 1002)
    with Store.open(store.folder) as second:
        assert second.categories.all()[13:] == (own, other)
        assert second.categories.get(1001).schema == SCHEMA
        assert second.categories.by_name("FASHION!") == other
        assert second.categories.by_name("Trousers") == second.categories.get(8)
        assert second.categories.by_name("none") is None
        with pytest.raises(StoreError, match="no category 14"):
            second.categories.get(14)


def test_problems(filled: Store, dataset: Dataset) -> None:
    filled.problems.add([])
    filled.problems.add([Problem(code="late", image_id=1, dataset_id=dataset.id), Problem(code="file")])
    assert filled.problems.count() == 4
    assert [p.code for p in filled.problems.page(1, 2)] == ["y", "late"]
    assert [p.code for p in filled.problems.of_image(1)] == ["late"]
    assert filled.images.ids(parse("problems > 0")).tolist() == [5, 1]
    filled.problems.clear(dataset.id)
    assert [p.code for p in filled.problems.page(0, 9)] == ["file"]
    assert filled.images.count(parse("problems > 0")) == 0


def test_views_are_saved_under_their_names(store: Store) -> None:
    first = store.views.save(View(name="Legs", where="category = trousers", order="review"))
    store.views.save(View(name="all"))
    renamed = store.views.save(first.but(name="legs"))
    assert [(v.id, v.name) for v in store.views.all()] == [(2, "all"), (first.id, "legs")]
    assert store.views.save(View(name="legs", where="id = 1")).id == renamed.id
    with pytest.raises(StoreError, match='another view "all"'):
        store.views.save(renamed.but(name="all"))
    store.views.delete(renamed.id)
    store.views.delete(renamed.id)
    assert [v.name for v in store.views.all()] == ["all"]


def test_facets_count_images_under_the_whole_filter(filled: Store) -> None:
    facets = filled.statistics.facets()
    assert facets["split"] == {"train": 3, "test": 2}
    assert facets["domain"] == {"unknown": 3, "shop": 2}
    assert facets["review"] == {"accepted": 1, "to do": 4}
    assert facets["dataset"] == {"clothes": 5}
    assert facets["problems"] == {WITHOUT_PROBLEMS: 4, WITH_PROBLEMS: 1}
    assert facets["state"] == {"present": 4, "missing": 1}
    assert facets["category"] == {"trousers": 4, "shorts": 3}
    assert facets["scale"] == {"small": 4, "modest": 3, "large": 2, "unknown": 1}
    assert facets["occlusion"] == {"unknown": 4}
    under = filled.statistics.facets(parse("category = shorts and split = test"))
    assert under["category"] == {"trousers": 1, "shorts": 1}
    assert under["split"] == {"test": 1}
    nobody = filled.statistics.facets(parse("id = 99"))
    assert all(not words for words in nobody.values())


def test_facets_follow_edits_and_imports(filled: Store, dataset: Dataset) -> None:
    filled.statistics.facets()
    document = Document(filled, 4)
    document.apply(edits.set_category(document.garments[0], filled.categories.get(3)))
    facets = filled.statistics.facets()
    assert facets["category"] == {"short sleeve outwear": 1, "trousers": 3, "shorts": 3}
    assert facets["review"] == {"accepted": 1, "to do": 3, "in progress": 1}
    own = filled.categories.add("fashion", SCHEMA)
    with filled.bulk() as bulk:
        bulk.add(
            ImageRecord(
                Image(dataset_id=dataset.id, name="z.jpg"),
                (Garment(category_id=own.id, scale=9), Garment(category_id=555)),
            )
        )
    facets = filled.statistics.facets(parse("file = z.jpg"))
    assert facets["category"] == {"unknown": 1, "fashion": 1}
    assert facets["scale"] == {"unknown": 1}


def test_totals(filled: Store, store: Store) -> None:
    totals = filled.statistics.totals()
    assert (totals.images, totals.garments, totals.reviewed) == (5, 10, 1)
    assert (totals.problems, totals.missing) == (2, 1)


def test_an_empty_store_counts_nothing(store: Store) -> None:
    assert store.statistics.totals().garments == 0
    assert all(not words for words in store.statistics.facets().values())
    assert [store.images.ids(order=order).tolist() for order in ORDERS] == [[]] * len(ORDERS)


def test_words_for_completion(filled: Store) -> None:
    words = filled.filter_words()
    assert words["dataset"] == ("clothes",)
    assert words["tag"] == ("blurred", "dark")
    assert words["split"] == ("test", "train")
    assert "trousers" in words["category"]


def test_threads_read_and_write_at_the_same_time(filled: Store) -> None:
    def work(number: int) -> int:
        filled.problems.add([Problem(code=str(number), image_id=1)])
        filled.images.tiles([1, 2, 3])
        return filled.images.count()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(40))) == [5] * 40
    assert filled.problems.count() == 42
    assert filled.images.tiles([1])[0].problems == 40

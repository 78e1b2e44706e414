"""DeepFashion2's reference figures of retrieval, through store, index, ranking and standing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from inference.retrieval.ranking import rank_store
from store.db import Store
from store.records import Dataset, Domain, Garment, Image, ImageRecord
from store.retrieval.figures import Figures, figures
from store.retrieval.index import IndexFacts, Rows, VectorIndex
from store.retrieval.standing import Standing, exact_places

SIZE = 32
#: The angle between one result and the next of its query; other queries are much farther away.
STEP = 0.01
PARTS = 12


def _stored(store: Store, asked: list[dict[str, Any]], shown: list[dict[str, Any]]) -> dict[int, int]:
    """Keep the garments of both files; the store's image ids by theirs."""
    dataset = store.datasets.add(Dataset(name="val", format="deepfashion2"))
    images: dict[int, tuple[Domain, list[Garment]]] = {}
    for key, domain, records in (
        ("query_image_id", Domain.CONSUMER, asked),
        ("gallery_image_id", Domain.SHOP, shown),
    ):
        for one in records:
            _, there = images.setdefault(one[key], (domain, []))
            there.append(
                Garment(
                    key=f"item{len(there) + 1}",
                    position=len(there),
                    category_id=one.get("cls", 1),
                    box=np.array(one["bbox"], np.float64),
                    pair_id=one["pair_id"],
                    style=one["style"],
                )
            )
    with store.bulk() as bulk:
        for number, (domain, garments) in images.items():
            image = Image(dataset_id=dataset.id, name=f"{number:06}.jpg", split="validation", domain=domain)
            bulk.add(ImageRecord(image, tuple(garments)))
    ids = store.images.ids(order="id").tolist()
    return {int(one.name[:6]): one.id for one in store.images.get_many(ids)}


def _indexed(index: VectorIndex, results: list[dict[str, Any]], image_of: dict[int, int]) -> None:
    """Each detection of a query has a vector of its own, and its results lie around it in their order."""
    random = np.random.default_rng(1)
    images, categories, scores, boxes, vectors = [], [], [], [], []
    for one in results:
        middle = random.normal(size=SIZE)
        middle /= np.linalg.norm(middle)
        images.append(image_of[one["query_image_id"]])
        categories.append(one["query_cls"])
        scores.append(one["query_score"])
        boxes.append(one["query_bbox"])
        vectors.append(middle)
        for place, box in enumerate(one["gallery_bbox"], 1):
            away = random.normal(size=SIZE)
            away -= (away @ middle) * middle
            away /= np.linalg.norm(away)
            images.append(image_of.get(one["gallery_image_id"][place - 1], 0))
            categories.append(1)
            scores.append(1.0)
            boxes.append(box)
            vectors.append(np.cos(STEP * place) * middle + np.sin(STEP * place) * away)
    count = len(images)
    nothing = np.zeros(count, np.int64)
    rows = Rows(
        *(nothing, nothing, np.array(images), nothing, np.full(count, "")),
        *(np.array(categories), np.array(scores), np.array(boxes, np.float64)),
    )
    index.append(rows, np.array(vectors, np.float32))


def test_ranking_and_standing_give_the_reference_figures(samples: Path, tmp_path: Path) -> None:
    said = {
        name: json.loads((samples / "retrieval_gt" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("val_query", "val_gallery", "generated_results", "generated_results_expected")
    }
    expected = said["generated_results_expected"]
    queries = missed = 0
    right = dict.fromkeys(expected["correct"], 0)
    with Store.create(tmp_path / "store", "reference") as store:
        image_of = _stored(store, said["val_query"], said["val_gallery"])
        last = max(image_of[one["query_image_id"]] for one in said["val_query"])
        # Every result is of one query only, so that parts of the queries find what all at once would.
        for part, start in enumerate(range(1, last + 1, last // PARTS + 1)):
            end = start + last // PARTS
            mine = [
                one for one in said["generated_results"] if start <= image_of[one["query_image_id"]] <= end
            ]
            found = _measured(store, mine, image_of, f"id >= {start} and id <= {end}", f"part{part}")
            queries, missed = queries + found.queries, missed + found.missed
            right = {k: count + round(found.top[int(k)] * found.queries) for k, count in right.items()}
    assert queries == expected["query_num"]
    assert right == expected["correct"]
    silent = _in_silent_images(said["val_query"], said["generated_results"])
    # The official script does not count images without any result among the missed.
    assert missed - silent == expected["miss_num"]


def _measured(
    store: Store, results: list[dict[str, Any]], image_of: dict[int, int], queries: str, name: str
) -> Figures:
    """The figures of some queries, by an index of their results."""
    with VectorIndex.begin(store.folder, IndexFacts(name, "0" * 8, "predicted", SIZE, "run")) as index:
        _indexed(index, results, image_of)
        lists = rank_store(store, index, "consumer-to-shop", queries, device="cpu", depth=20)
        _, vectors = index.read()
        return figures(Standing(lists, store.products.table(), exact_places(lists, vectors)))


def _in_silent_images(asked: list[dict[str, Any]], results: list[dict[str, Any]]) -> int:
    heard = {one["query_image_id"] for one in results}
    return sum(one["style"] > 0 and one["query_image_id"] not in heard for one in asked)

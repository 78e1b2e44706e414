"""What is looked for among similar garments, and what was found. Called in threads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.controllers.retrieval.words import short
from resources.taxonomy import Category
from store.db import Store
from store.errors import StoreError
from store.geometry import shown_box
from store.records import Floats, Garment
from store.retrieval.age import older
from store.retrieval.index import FOLDER, IndexFacts, Rows, VectorIndex, Vectors
from store.retrieval.nearest import nearest
from widgets.pages.retrieval.records import Box, Found, Hit, Part, Shot, Subject

#: So many results are shown, and so many of an image's garments offered.
RESULTS, PARTS = 24, 50


def subject_of(store: Store, image_id: int, garment_id: int, categories: Mapping[int, Category]) -> Subject:
    """An image of the store with its garments to choose from; the one asked for is chosen, else the first.
    StoreError where the image is gone."""
    image = store.images.get(image_id)
    parts = []
    for number, one in enumerate(store.garments.of_image(image_id)[:PARTS], 1):
        name, colour = _category(categories, one.category_id)
        box = shown_box(one)
        if box is not None:
            parts.append(Part(f"{number} {name}", colour, _corners(box), one.id))
    whole = Part("whole image", "", None)
    current = next((at for at, part in enumerate(parts) if part.garment_id == garment_id), 0)
    return Subject(image.name, image_id, (*parts, whole), current)


def kept_vector(store: Store, index: IndexFacts, garment_id: int) -> Vectors | None:
    """The vector ``(E,)`` that an index has of a garment; None where it has none, or the garment looks
    otherwise now."""
    with VectorIndex.open(store.folder / FOLDER / index.name) as opened:
        rows, vectors = opened.read()
    mine = rows.chosen(rows.garment_ids == garment_id)
    if not garment_id or not len(mine):
        return None
    if older(store, mine, store.products.of([garment_id]), index.crop).any():
        return None
    return np.array(vectors[int(mine.rows[0])], np.float32)


def search(
    store: Store, index: IndexFacts, wanted: Vectors, garment_id: int, categories: Mapping[int, Category]
) -> Found:
    """The nearest entries of an index to a vector ``(E,)``, without the garment that is looked for.

    They are marked as hits where they are of its product. StoreError where the index is gone or damaged, or
    has vectors of another size.
    """
    with VectorIndex.open(store.folder / FOLDER / index.name) as opened:
        rows, vectors = opened.read()
    if vectors.shape[1:] != wanted.shape:
        raise StoreError(
            f"The index {index.name} has vectors of another model.", "Choose another index, or make it again."
        )
    among = rows.chosen(rows.garment_ids != garment_id) if garment_id else rows
    numbers, distances = nearest(vectors, among, wanted, RESULTS)
    chosen = among.chosen(numbers)
    hits, owned = _hits(store, chosen, distances, garment_id, categories)
    return Found(hits, len(among), owned)


def _hits(
    store: Store, chosen: Rows, distances: Floats, garment_id: int, categories: Mapping[int, Category]
) -> tuple[tuple[Hit, ...], bool]:
    """Entries of an index ``(n,)`` with their distances ``(n,)`` as they are shown, and whether the garment
    that is looked for is of a product."""
    named = np.append(chosen.garment_ids, garment_id)
    table = store.products.of([one for one in named.tolist() if one])
    products = np.append(table.identities, -1)[table.rows(named)]
    garments, own = _garments(store, chosen), int(products[-1])
    hits = []
    for at, (garment, image, distance) in enumerate(
        zip(chosen.garment_ids.tolist(), chosen.image_ids.tolist(), distances.tolist(), strict=True)
    ):
        number = int(products[at])
        name, colour = _category(categories, int(chosen.category_ids[at]))
        found = garments.get(garment)
        shown = image if found is not None or not garment else 0
        hits.append(
            Hit(
                at + 1,
                distance,
                garment,
                Shot(shown, _corners(chosen.boxes[at])),
                number >= 0 and number == own,
                name if shown else "gone",
                colour,
                short(table.keys[number]) if number >= 0 else "",
                found,
            )
        )
    return tuple(hits), own >= 0


def _garments(store: Store, rows: Rows) -> Mapping[int, Garment]:
    images = np.unique(rows.image_ids[rows.garment_ids > 0]).tolist()
    return {one.id: one for some in store.garments.of_images(images).values() for one in some}


def _category(categories: Mapping[int, Category], category_id: int) -> tuple[str, str]:
    found = categories.get(category_id)
    return (found.name, found.colour) if found is not None else (f"category {category_id}", "#808080")


def _corners(box: Floats) -> Box:
    x1, y1, x2, y2 = (float(value) for value in box)
    return x1, y1, x2, y2

"""Own landmark schemas, parked landmarks and garments of one product, over every back end."""

from __future__ import annotations

import numpy as np

from resources.taxonomy import category
from store.copying import likeliest, of_same_product
from store.db import Store
from store.document import Document, edits
from store.document.parking import PARKED
from store.records import Dataset, Garment, Image, ImageRecord
from store.schemas import FILE, take_over

HAT = "- name: hat\n  landmarks: [left brim, right brim]\n  colour: '#102030'\n"


def worn(category_id: int, **facts: object) -> Garment:
    size = category(category_id).schema.size
    points = np.arange(2.0 * size).reshape(-1, 2) + 5
    box = [0.0, 0.0, 99.0, 99.0]
    return Garment(category_id=category_id, points=points, visibility=np.full(size, 2), box=box, **facts)  # type: ignore[arg-type]


def fill(store: Store, *garments: Garment, format_: str = "deepfashion2") -> list[int]:
    """One image for each garment; their ids."""
    dataset = store.datasets.add(Dataset(name="d", format=format_, root="/x", images_root="/x"))
    with store.bulk() as bulk:
        for number, garment in enumerate(garments):
            image = Image(dataset_id=dataset.id, name=f"{number}.jpg", width=100, height=100, split="train")
            bulk.add(ImageRecord(image, (garment,)))
    return [int(one) for one in store.images.ids(None, "id")]


def test_own_schemas_are_the_stores_and_follow_their_file(store: Store, other: Store) -> None:
    (store.folder / FILE).write_text(HAT)
    assert take_over(store) == ()
    hat = store.categories.by_name("hat")
    assert hat is not None
    assert (hat.schema.names, hat.colour) == (("left brim", "right brim"), "#102030")
    assert other.categories.get(hat.id) == hat
    (store.folder / FILE).write_text(HAT + "  links: [[1, 2]]\n")
    assert take_over(store) == ()
    assert {one.id: one for one in other.categories.all()}[hat.id].schema.links == ((0, 1),)
    fill(store, Garment(category_id=hat.id, points=[[1, 1], [2, 2]], visibility=[2, 2]))
    (store.folder / FILE).write_text(HAT.replace("right brim", "right brim, top"))
    assert len(take_over(other)) == 1
    assert store.categories.all()[-1].schema.size == 2


def test_what_is_parked_is_stored_with_the_garment(store: Store, other: Store) -> None:
    [image_id] = fill(store, worn(8))
    document = Document(store, image_id)
    before = document.garments[0]
    document.apply(edits.set_category(before, category(9), category(8)))
    found = other.garments.of_image(image_id)[0]
    assert set(found.extra[PARKED]) == set(category(8).schema.names) - set(category(9).schema.names)
    back = Document(other, image_id)
    back.apply(edits.set_category(found, category(8), category(9)))
    assert back.garments[0].same_as(before, frozenset({"version", "origin"}))
    document.refresh()
    document.undo()
    assert document.garments[0].category_id == 9


def test_garments_of_the_same_product_are_found(store: Store) -> None:
    ids = fill(
        store,
        worn(8, pair_id=7, style=1),
        worn(8, pair_id=7, style=2),
        worn(9, pair_id=7, style=1),
        worn(8, pair_id=8, style=1),
        worn(8, item_id='it"em'),
        worn(8, item_id='it"em'),
        worn(8),
    )
    garments = [store.garments.of_image(one)[0] for one in ids]
    images = store.images.get_many(ids)

    def others(place: int) -> list[int]:
        return [one.image_id for one in of_same_product(store, garments[place], images[place])]

    assert others(0) == [ids[2]]
    assert others(1) == others(3) == others(6) == []
    assert others(4) == [ids[5]]
    known = {one.id: one for one in store.categories.all()}
    found = likeliest(garments[0], [garments[2], garments[3]], known)
    assert found is not None
    assert found[0].id == garments[3].id, "the same category goes before more of the same names"
    named = likeliest(garments[0], [garments[2]], known)
    assert named is not None
    names = category(8).schema.names, category(9).schema.names
    assert all(names[0][own] == names[1][theirs] for own, theirs in named[1].items())
    assert likeliest(garments[0], [garments[0].but(visibility=np.zeros(14))], known) is None

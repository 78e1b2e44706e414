"""How an image was at any moment, what differs, and edits that bring it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest

from resources.taxonomy import categories, category
from store.db import Store
from store.document import Document, Edit
from store.document.comparing import differing, garment_words, image_words, moved
from store.document.edits import (
    add_garment,
    delete_garment,
    move_landmarks,
    set_box,
    set_category,
    set_facts,
    set_review,
    set_tags,
    set_visibility,
)
from store.document.mask_edits import Stroke, cut_hole, erase, move_corner, to_pixels
from store.document.note_edits import add_note
from store.document.order_edits import lock
from store.document.recalling import Moment, around, moment, restore_garment, restore_image
from store.errors import ConflictError
from store.notes import Note, notes_of
from store.records import Dataset, Garment, Image, ImageRecord, Review, Visibility

NAMES = {one.id: one.name for one in categories()}
SKIRT = category(9).schema


def skirt(offset: float = 0.0) -> Garment:
    points = np.array(SKIRT.template) * 100 + offset
    return Garment(category_id=9, points=points, visibility=[2] * SKIRT.size, box=[0, 0, 100, 100])


@pytest.fixture
def document(tmp_path: Path) -> Iterator[Document]:
    store = Store.create(tmp_path / "store")
    dataset = store.datasets.add(Dataset(name="d", format="coco"))
    with store.bulk() as bulk:
        bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="a.jpg"), (skirt(), skirt(50))))
    yield Document(store, int(store.images.ids()[0]), author="Ada")
    store.close()


def now(document: Document) -> Moment:
    return Moment(document.image, {one.id: one for one in document.garments})


def same(one: Moment, other: Moment) -> bool:
    return not differing(one, other) and not image_words(one.image, other.image)


def change(document: Document, random: Random) -> None:
    garments = document.garments
    some = random.choice(garments) if garments else None
    kind = random.randrange(8)
    if some is None or kind == 0:
        document.apply(add_garment(skirt(random.random()).but(image_id=document.image.id, position=9)))
    elif kind == 1:
        document.apply(delete_garment(some))
    elif kind == 2:
        document.apply(set_category(some, category(random.choice([8, 12])), category(some.category_id)))
    elif kind == 3:
        document.apply(set_tags(document.image, [random.choice("abc")]))
    elif kind == 4 and document.undo_title:
        document.undo()
    elif kind == 5:
        document.apply(set_facts(some, style=random.randrange(9)))
    else:
        place = (random.random() * 99, random.random() * 99)
        document.apply(move_landmarks(some, {random.randrange(len(some.points)): place}))


@pytest.mark.parametrize("seed", range(3))
def test_every_moment_is_found_again_and_can_be_restored(document: Document, seed: int) -> None:
    random = Random(seed)
    first = now(document)
    kept: list[tuple[int, Moment]] = [(0, first)]
    for _ in range(14):
        change(document, random)
        revisions = document._store.revisions.of_image(document.image.id)
        kept.append((revisions[-1].id, now(document)))
    revisions = document._store.revisions.of_image(document.image.id)
    for upto, then in kept:
        assert same(moment(now(document), revisions, upto), then)
    for upto, then in (kept[0], random.choice(kept)):
        found = moment(now(document), document._store.revisions.of_image(document.image.id), upto)
        before = now(document)
        edit = restore_image(before, found, "Restore")
        if edit is not None:
            document.apply(edit)
            assert not differing(now(document), then)
            document.undo()
            assert not differing(now(document), before)
            document.redo()
    assert restore_image(now(document), now(document), "Restore") is None


def test_one_garment_is_restored_and_keeps_its_notes(document: Document) -> None:
    mine, other = document.garments
    document.apply(move_landmarks(mine, {0: (5.0, 6.0)}))
    document.apply(set_facts(other, style=7))
    document.apply(add_note(document.garments[0], Note.new("look", "Ada")))
    revisions = document._store.revisions.of_image(document.image.id)
    then = moment(now(document), revisions, 0)
    edit = restore_garment(now(document), then, mine.id, "Restore garment")
    assert edit is not None
    document.apply(edit)
    restored = document.garments[0]
    assert np.array_equal(restored.points, mine.points)
    assert len(notes_of(restored)) == 1
    assert document.garments[1].style == 7
    assert restore_garment(now(document), now(document), mine.id, "Again") is None


def test_what_is_brought_back_from_long_ago_is_no_state_that_somebody_knows(document: Document) -> None:
    mine = document.garments[0]
    document.apply(set_facts(mine, style=7))
    other = Document(document._store, document.image.id, author="Ben")
    document.apply(set_facts(document.garments[0], style=8))
    document.apply(delete_garment(document.garments[0]))
    revisions = document._store.revisions.of_image(document.image.id)
    edit = restore_garment(now(document), moment(now(document), revisions, 0), mine.id, "Restore garment")
    assert edit is not None
    document.apply(edit)
    assert document.garments[0].style is None
    with pytest.raises(ConflictError):
        other.apply(set_facts(other.garments[0], scale=2))
    document.undo()
    assert document.garment(mine.id) is None


def test_what_was_saved_in_one_go_is_one_change(document: Document) -> None:
    document.apply(set_facts(document.garments[0], style=7))
    revisions = document._store.revisions.of_image(document.image.id)
    assert len(revisions) == 2, "the image has come into review"
    assert around(revisions, revisions[0]) == around(revisions, revisions[1])
    assert around(revisions, revisions[0]) == (revisions[0].id - 1, revisions[1].id)


def words(before: Garment | None, after: Garment | None) -> list[str]:
    return garment_words(before, after, SKIRT, NAMES)


def test_what_a_mask_is_drawn_from_and_a_lock_are_said() -> None:
    square = np.array([[10.0, 10], [90, 10], [90, 90], [10, 90]])
    whole = skirt().but(polygons=(square,))
    holed = after(cut_hole(whole, square * 0.5 + 20, (100, 100)))
    assert words(whole, holed) == ["mask: 1 with 4 corners → 1 with 8 corners and 1 hole"]
    assert words(holed, after(move_corner(holed, 1, 0, (40.0, 40.0), (100, 100)))) == ["mask: corners moved"]
    pixels = after(to_pixels(holed, (100, 100))[0])
    assert words(holed, pixels) == ["mask: 1 with 8 corners and 1 hole → pixels"]
    erased = after(erase(pixels, Stroke(((20.0, 20.0),), 5.0), (100, 100)))
    assert words(pixels, erased) == ["mask: other pixels"]
    locked = after(lock(whole, True))
    assert words(whole, locked) == ["locked"]
    assert words(locked, whole) == ["unlocked"]


def after(edit: Edit | None) -> Garment:
    assert edit is not None
    made = edit.changes[0].after
    assert isinstance(made, Garment)
    return made


def test_differences_are_said_in_numbers() -> None:
    before = skirt()
    first, second = before.points[0], before.points[1]
    places = {0: (first[0] + 3, first[1] + 4), 1: (second[0], second[1] + 1)}
    two = move_landmarks(before, places).changes[0].after
    assert isinstance(two, Garment)
    assert moved(before, two).places == (0, 1)
    names = SKIRT.names
    assert words(before, two) == [f"1 {names[0]}, 2 {names[1]} moved: 3.0 px on average, 5.0 px at most"]
    hidden = set_visibility(before, [2], Visibility.OCCLUDED).changes[0].after
    assert isinstance(hidden, Garment)
    assert words(before, hidden) == [f"3 {names[2]}: visible → occluded"]
    boxed = set_box(before, [0, 0, 100, 50]).changes[0].after
    assert isinstance(boxed, Garment)
    assert words(before, boxed) == ["box: edges by up to 50.0 px, overlap 0.50"]
    said = before.but(scale=2, attributes={"denim": 1}, polygons=(np.zeros((4, 2)),), style=3)
    assert words(before, said) == [
        "mask: none → 1 with 4 corners",
        "style: not said → 3",
        "scale: not said → modest",
        "denim: yes",
    ]
    assert words(None, before) == ["added"]
    assert words(before, None) == ["deleted"]
    assert words(before, before) == []
    assert words(before, before.but(category_id=8))[0] == "category: skirt → trousers"


def test_an_image_has_differences_of_its_own() -> None:
    before = Image(id=1, split="train", tags=("dark",))
    after = before.but(review=Review.ACCEPTED, split="", tags=())
    assert image_words(before, after) == [
        "review: to do → accepted",
        "split: train → not said",
        "tags: dark → none",
    ]
    assert set_review(before, Review.ACCEPTED).title == "Set review to accepted"


def test_a_landmark_that_had_no_place_has_not_moved() -> None:
    points, states = skirt().points.copy(), [2] * SKIRT.size
    points[1], states[1] = (0, 0), Visibility.CUT_OFF
    before = skirt().but(points=points, visibility=np.array(states, np.uint8))
    found = moved(before, skirt())
    assert (found.places, found.states, found.most) == ((), (1,), 0.0)

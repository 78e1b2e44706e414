"""Who reviewed what and when, and notes, on every storage back end: kept, taken back, filtered, counted."""

from __future__ import annotations

import pytest

from store.db import Store
from store.document import Document
from store.document.edits import delete_garment, move_landmarks, set_review
from store.document.many import change_many, reviewed, undo_many
from store.document.note_edits import add_note, change_note, delete_note, settle_note
from store.filters import parse
from store.notes import Note, notes_of
from store.records import Dataset, Garment, Image, ImageRecord, Origin, Review


def fill(store: Store, count: int = 4) -> list[int]:
    dataset = store.datasets.add(Dataset(name="small", format="coco"))
    with store.bulk() as bulk:
        for number in range(count):
            worn = Garment(category_id=9, points=[[5.0, 5], [9, 9]], visibility=[2, 2])
            extra = {"notes": [{"text": "from a file\tof Ann", "author": "Ann"}]} if number == 3 else {}
            bulk.add(
                ImageRecord(Image(dataset_id=dataset.id, name=f"{number}.jpg"), (worn.but(extra=extra),))
            )
    return store.images.ids(order="id").tolist()


def found(store: Store, where: str) -> list[int]:
    return [int(i) for i in store.images.ids(parse(where), "id")]


def test_a_reviewer_is_known_till_it_is_taken_back(store: Store, other: Store) -> None:
    first, second, *_ = fill(store)
    document = Document(store, first, author="Ada")
    document.apply(set_review(document.image, Review.ACCEPTED))
    assert found(other, "reviewer = ada") == [first]
    assert found(other, "reviewed > 2026-01-01 and reviewed >= today and reviewed <= today") == [first]
    assert found(other, "reviewed < 2026-01-01") == []
    assert other.reviews.of(first) is not None
    assert other.reviews.pace("Ada", 0).reviewed == 1
    done = change_many(other, reviewed(Review.REJECTED), [first, second], author="Bob")
    assert found(store, "reviewer = Bob") == [first, second]
    assert store.statistics.facets()["reviewer"] == {"Bob": 2, "unknown": 2}
    assert store.filter_words()["reviewer"] == ("Bob",)
    undo_many(other, done)
    assert found(store, "reviewer = unknown and reviewed = never") == [
        i for i in fill_ids(store) if i != first
    ]
    document = Document(store, first, author="Ada")
    document.apply(set_review(document.image, Review.IN_PROGRESS))
    assert found(other, "reviewer != unknown") == []
    assert found(other, "changed = today") == [first, second]
    assert found(other, "changed = never") == fill_ids(store)[2:]


def fill_ids(store: Store) -> list[int]:
    return [int(i) for i in store.images.ids(order="id")]


def test_notes_are_kept_undone_and_found(store: Store, other: Store) -> None:
    first, second, third, fourth = fill(store)
    document = Document(store, first, author="Ada")
    note = Note.new("Is the left\nsleeve right?", "Ada", landmark=1)
    document.apply(add_note(document.garments[0], note))
    assert document.garments[0].origin is Origin.FILE, "a note says nothing of the garment"
    assert notes_of(other.garments.of_image(first)[0]) == (note,)
    whole = Document(store, second, author="Bob")
    whole.apply(add_note(whole.image, Note.new("Too dark", "Bob")))
    assert found(other, 'note ~ "SLEEVE right"') == [first]
    assert found(other, "has note") == [first, second, fourth]
    assert found(other, "not has note") == [third]
    assert found(other, "note_by = Bob or note_by = Ann") == [second, fourth]
    assert found(other, "notes = none") == [third]
    assert other.statistics.facets()["notes"] == {"open": 3, "none": 1}
    assert set(other.filter_words()["note_by"]) == {"Ada", "Bob", "Ann"}
    document.apply(settle_note(document.garments[0], note.id, True))
    assert found(other, "notes = settled") == [first]
    assert found(other, "notes in (open, none)") == [second, third, fourth]
    document.undo()
    assert found(other, "notes = settled") == []
    document.undo()
    assert found(other, "has note") == [second, fourth]
    document.redo()
    assert found(other, "note ~ sleeve") == [first]


def test_notes_go_with_their_garment_and_come_back_with_it(store: Store, other: Store) -> None:
    first = fill(store)[0]
    document = Document(store, first, author="Ada")
    note = Note.new("odd", "Ada")
    document.apply(add_note(document.garments[0], note))
    document.apply(move_landmarks(document.garments[0], {0: (7.0, 8.0)}))
    document.undo()
    assert notes_of(document.garments[0]) == (note,), "undo of something else leaves a note"
    document.apply(delete_garment(document.garments[0]))
    assert first not in found(other, "has note")
    document.undo()
    assert first in found(other, "note has odd")
    document.apply(change_note(document.garments[0], note.id, "really odd"))
    assert found(other, "note ~ really") == [first]
    document.apply(delete_note(document.garments[0], note.id))
    assert first not in found(other, "has note")
    with pytest.raises(KeyError):
        settle_note(document.garments[0], note.id, True)

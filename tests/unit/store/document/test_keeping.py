"""Edits in hand: kept in a file, taken up again, saved in their order, and never twice."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from store import processes
from store.db import Store, tables
from store.db.changes import save, save_choice
from store.document import Document, Edit, KeepingDocument, edits
from store.document.clash import Choice
from store.document.hand import Hand
from store.document.journal import FOLDER, Journal, images_left, left_over
from store.document.keeping import images_in_hand
from store.errors import AwayError, ConflictError, GoneError, StoreError
from store.records import Garment, Image, Review


def move(document: Document, place: int = 0, x: float = 50.0) -> Edit:
    return edits.move_landmarks(document.garments[place], {0: (x, 60.0)})


def files(store: Store) -> list[Path]:
    return sorted((store.folder / FOLDER).glob("*"))


def test_edits_in_hand_are_saved_one_after_the_other(store: Store) -> None:
    document = KeepingDocument(store, 1, author="anna")
    document.hold(move(document))
    assert document.image.review is Review.IN_PROGRESS, "as the first edit will make it"
    document.hold(edits.set_review(document.image, Review.ACCEPTED))
    document.hold(move(document, x=51))
    assert store.revisions.count() == 0
    assert len(files(store)) == 1
    assert document.save_held() == 3
    assert not files(store)
    assert store.garments.of_image(1)[0].points[0, 0] == 51
    assert store.images.get(1).review is Review.ACCEPTED
    assert [document.undo() is not None for _ in range(4)] == [True, True, True, False]
    assert store.images.get(1).review is Review.TO_DO


def test_a_garment_that_is_added_in_hand_can_be_worked_on(store: Store) -> None:
    document = KeepingDocument(store, 2)
    document.hold(edits.add_garment(Garment(image_id=2, category_id=1, position=1, key="new")))
    added = document.garments[-1]
    assert 0 < added.id < 2**31
    document.hold(edits.set_box(added, [1, 2, 3, 4]))
    document.hold(edits.add_garment(Garment(image_id=2, category_id=2, position=2)))
    document.hold(edits.delete_garment(document.garments[-1]))
    assert document.save_held() == 4
    saved = store.garments.of_image(2)[-1]
    assert (saved.key, saved.box.tolist() if saved.box is not None else None) == ("new", [1, 2, 3, 4])
    assert document.garments[-1].same_as(saved)


def test_undo_takes_back_what_is_in_hand_first(store: Store) -> None:
    document = KeepingDocument(store, 1)
    document.apply(move(document))
    document.hold(move(document, x=51))
    assert document.undo() is None
    assert document.garments[0].points[0, 0] == 50
    assert not files(store)
    assert document.undo() is not None
    assert document.garments[0].points[0, 0] == 0.25
    assert document.redo_title == "Move landmark 1", "the one in the store; what was in hand came behind it"


def test_what_was_taken_back_in_hand_can_be_made_again(store: Store) -> None:
    document = KeepingDocument(store, 2)
    document.hold(edits.add_garment(Garment(image_id=2, category_id=1, position=1)))
    document.hold(edits.set_box(document.garments[-1], [1, 2, 3, 4]))
    assert (document.undo(), document.undo()) == (None, None)
    assert (len(document.garments), document.redo_title) == (1, "Add garment (not saved yet)")
    assert document.redo() is None
    assert (len(document.held), len(files(store))) == (1, 1)
    assert document.save_held() == 1
    # By now the garment has the name that the store gave it.
    document.redo()
    assert document.save_held() == 1
    saved = store.garments.of_image(2)[-1]
    assert saved.box is not None
    assert saved.box.tolist() == [1, 2, 3, 4]
    assert document.redo_title is None
    document.hold(move(document))
    document.undo()
    document.apply(move(document, x=70))
    assert document.redo_title is None, "another edit was made since"


def test_what_is_put_off_is_not_offered_again(store: Store) -> None:
    document = KeepingDocument(store, 1)
    document.hold(move(document))
    document.put_off()
    assert (document.held, document.redo_title, files(store)) == ((), None, [])


def test_what_a_process_that_is_gone_had_in_hand_is_taken_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = KeepingDocument(store, 1, author="anna")
    document.hold(move(document))
    document.hold(move(document, place=1, x=51))
    alive = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert images_left(store.folder) == (), "somebody has it in hand"
    monkeypatch.setattr(processes, "runs", lambda pid, born: pid != alive)
    assert images_left(store.folder) == (1,)
    again = KeepingDocument(store, 1, author="anna")
    assert [edit.title for edit in again.held] == ["Move landmark 1", "Move landmark 1"]
    assert [garment.points[0, 0] for garment in again.garments[:2]] == [50, 51]
    assert [file.name for file in files(store)] == ["1-1.json"]
    assert again.save_held() == 2
    assert not files(store)
    assert KeepingDocument(store, 1).held == ()


def test_an_edit_that_the_server_had_saved_before_it_went_is_not_saved_twice(store: Store) -> None:
    document = KeepingDocument(store, 1, author="anna")
    edit = move(document)
    add = edits.add_garment(Garment(image_id=1, category_id=1, position=9))
    twin = Document(store, 1, author="anna")
    twin.apply(edit)
    document.hold(edit, uncertain=True)
    document.hold(add)
    assert document.save_held() == 2
    assert [one.title for one in store.revisions.of_garment(document.garments[0].id)] == ["Move landmark 1"]
    document.hold(add, uncertain=True)
    assert document.uncertain
    twin.apply(add)
    count = len(store.garments.of_image(1))
    assert document.save_held() == 1
    assert len(store.garments.of_image(1)) == count
    # Somebody else's that looks the same is another one.
    other = Document(store, 1, author="bert")
    document.refresh()
    other.refresh()
    edit = move(document, x=77)
    other.apply(edit)
    document.hold(edit, uncertain=True)
    with pytest.raises(ConflictError):
        document.save_held()
    assert not document.uncertain, "it is known now that it was not saved"


def test_a_kill_while_it_is_taken_up_doubles_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    document = KeepingDocument(store, 2)
    document.hold(edits.add_garment(Garment(image_id=2, category_id=1, position=1)))
    with monkeypatch.context() as killed:
        killed.setattr(Journal, "_drop_sources", lambda _journal: None)
        assert len(KeepingDocument(store, 2).held) == 1
    assert len(files(store)) == 2
    again = KeepingDocument(store, 2)
    assert len(again.held) == 1
    assert again.save_held() == 1
    assert not files(store)
    assert len(store.garments.of_image(2)) == 2


def test_a_kill_between_saving_and_noting_it_doubles_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = KeepingDocument(store, 2, author="anna")
    add = edits.add_garment(Garment(image_id=2, category_id=1, position=1))
    for _ in range(3):
        document.hold(add)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Hand, "saved", killed)
        with pytest.raises(KeyboardInterrupt):
            document.save_held()
    assert len(store.garments.of_image(2)) == 2
    again = KeepingDocument(store, 2, author="anna")
    assert again.save_held() == 3
    assert len(store.garments.of_image(2)) == 4


def test_of_two_that_take_it_up_one_gets_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    KeepingDocument(store, 1).hold(move(Document(store, 1)))
    seen = left_over(store.folder)
    assert len(Journal(store.folder, 1).adopt().edits) == 1
    monkeypatch.setattr("store.document.journal.left_over", lambda _folder: seen)
    files(store)[0].unlink()
    assert Journal(store.folder, 1).adopt().edits == []


def test_damaged_files_are_left_alone(store: Store) -> None:
    folder = store.folder / FOLDER
    folder.mkdir()
    for name, text in (("1-2.json", "{"), ("1-3.json", '{"pid": "x"}'), ("1-4.json", "[]")):
        (folder / name).write_text(text, encoding="utf-8")
    assert left_over(store.folder) == []
    assert KeepingDocument(store, 1).held == ()
    assert len(files(store)) == 3


def test_a_folder_that_cannot_be_written_is_told_and_the_edit_stays(store: Store) -> None:
    (store.folder / FOLDER).write_text("in the way", encoding="utf-8")
    document = KeepingDocument(store, 1)
    with pytest.raises(StoreError, match="cannot be written"):
        document.hold(move(document))
    assert document.garments[0].points[0, 0] == 50


def test_an_image_that_was_removed_keeps_what_was_in_hand_in_a_file(store: Store) -> None:
    document = KeepingDocument(store, 2)
    edit = move(document)
    with store.database.write() as connection:
        connection.execute(delete(tables.garments).where(tables.garments.c.image_id == 2))
        connection.execute(delete(tables.images).where(tables.images.c.id == 2))
    with pytest.raises(GoneError):
        document.apply(edit)
    document.hold(edit)
    with pytest.raises(GoneError):
        document.clashes()
    with pytest.raises(GoneError):
        document.save_held()
    assert images_left(store.folder) == (2,)
    kept = Path(document.set_aside())
    assert kept.is_file()
    assert images_left(store.folder) == ()
    document.hold(edit)
    assert document.set_aside() != str(kept), "what was kept before stays as it is"
    document.hold(edit)
    found, aside = images_in_hand(store)
    assert found == (), "nobody is asked to open an image that is not there"
    assert [Path(name).is_file() for name in aside] == [True]
    assert images_in_hand(store) == ((), ()), "it is told once"
    assert document.held


def test_a_store_that_cannot_be_read_leaves_what_was_in_hand(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = KeepingDocument(store, 1)
    document.hold(move(document))
    before = files(store)

    def busy() -> None:
        raise StoreError("being written by somebody else")

    with monkeypatch.context() as locked:
        locked.setattr(store.database, "read", busy)
        with pytest.raises(StoreError, match="being written"):
            images_in_hand(store)
    assert files(store) == before
    assert images_in_hand(store) == ((1,), ())


def test_a_server_that_is_away_leaves_everything_in_hand(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = KeepingDocument(store, 1)
    document.hold(move(document), uncertain=True)

    def away(*_: object) -> None:
        raise AwayError("nobody there")

    with monkeypatch.context() as gone:
        gone.setattr("store.document.keeping.save", away)
        with pytest.raises(AwayError):
            document.save_held()
    assert len(document.held) == 1
    assert document.save_held() == 1


def test_a_server_that_goes_away_between_two_edits_saves_none_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = KeepingDocument(store, 2)
    add = edits.add_garment(Garment(image_id=2, category_id=1, position=1))
    for _ in range(3):
        document.hold(add)
    count, real = 0, save

    def away(*given: Any) -> Any:
        nonlocal count
        count += 1
        revisions = real(*given)
        if count == 2:
            raise AwayError("saved, and the answer lost")
        return revisions

    with monkeypatch.context() as gone:
        gone.setattr("store.document.keeping.save", away)
        with pytest.raises(AwayError):
            document.save_held()
    assert len(document.held) == 2
    assert document.save_held() == 2
    assert len(store.garments.of_image(2)) == 4


def test_a_decision_whose_answer_is_lost_is_not_saved_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = KeepingDocument(store, 1, author="anna")
    document.hold(move(document))
    document.hold(edits.add_garment(Garment(image_id=1, category_id=1, position=9)))
    other = Document(store, 1, author="bert")
    other.apply(move(other, x=70))
    asked, real = document.clashes(), save_choice

    def lost(*given: Any) -> None:
        real(*given)
        raise AwayError("saved, and the answer lost")

    with monkeypatch.context() as gone:
        gone.setattr("store.document.keeping.save_choice", lost)
        with pytest.raises(AwayError):
            document.settle(asked, {clash.key: Choice.MINE for clash in asked})
    count = len(store.garments.of_image(1))
    assert (len(document.held), document.uncertain, len(files(store))) == (1, True, 1)
    assert document.save_held() == 1
    assert len(store.garments.of_image(1)) == count == len(document.garments)
    assert store.garments.of_image(1)[0].points[0, 0] == 50
    assert not files(store)


def test_a_decision_that_was_not_saved_is_saved_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    document = KeepingDocument(store, 1, author="anna")
    document.hold(move(document))
    other = Document(store, 1, author="bert")
    other.apply(move(other, x=70))
    asked = document.clashes()

    def away(*_: object) -> None:
        raise AwayError("nobody there")

    with monkeypatch.context() as gone:
        gone.setattr("store.document.keeping.save_choice", away)
        with pytest.raises(AwayError):
            document.settle(asked, {clash.key: Choice.MINE for clash in asked})
    assert document.garments[0].points[0, 0] == 50
    assert document.save_held() == 1, "nobody is asked again"
    assert store.garments.of_image(1)[0].points[0, 0] == 50


def test_what_is_read_before_a_change_is_not_taken_after_it(store: Store) -> None:
    document = KeepingDocument(store, 1)
    seen = document.read()
    document.apply(move(document))
    assert not document.take(seen)
    assert document.garments[0].points[0, 0] == 50
    assert not document.take(document.read())


def test_tags_in_hand_are_put_on_what_the_image_is(store: Store) -> None:
    document = KeepingDocument(store, 1)
    document.hold(edits.set_tags(document.image, ["b"]))
    other = Document(store, 1)
    other.apply(edits.set_review(other.image, Review.REJECTED))
    document.refresh()
    assert (document.image.tags, document.image.review) == (("b",), Review.REJECTED)
    assert document.clashes() == ()
    document.settle((), {})
    found: Image = store.images.get(1)
    assert (found.tags, found.review) == (("b",), Review.REJECTED)


def test_what_is_saved_while_somebody_decides_is_decided_too(store: Store) -> None:
    document = KeepingDocument(store, 1)
    document.hold(move(document))
    document.hold(move(document, place=1, x=51))
    other = Document(store, 1, author="bert")
    other.apply(move(other, x=70))
    asked = document.clashes()
    assert [clash.key for clash in asked] == [document.garments[0].id]
    other.apply(move(other, place=1, x=71))
    document.refresh()
    with pytest.raises(ConflictError, match="garment 2"):
        document.settle(asked, {clash.key: Choice.MINE for clash in asked})
    assert [garment.points[0, 0] for garment in document.garments[:2]] == [50, 51], "all stays in hand"
    asked = document.clashes()
    document.settle(asked, {clash.key: Choice.MINE for clash in asked})
    assert [garment.points[0, 0] for garment in store.garments.of_image(1)[:2]] == [50, 51]


def test_an_image_that_is_changed_while_somebody_decides_is_not_overwritten(store: Store) -> None:
    document = KeepingDocument(store, 1)
    document.hold(edits.set_review(document.image, Review.ACCEPTED))
    asked = document.clashes()
    assert asked == ()
    other = Document(store, 1, author="bert")
    other.apply(edits.set_review(other.image, Review.REJECTED))
    document.refresh()
    with pytest.raises(ConflictError):
        document.settle(asked, {})
    assert store.images.get(1).review is Review.REJECTED
    assert len(document.held) == 1

"""Notes go out with an export and come back; importing again takes new ones in and loses none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import exporting, importing
from store.db import Store
from store.document import Document
from store.document.edits import set_facts
from store.document.note_edits import add_note, delete_note
from store.exporting import ExportOptions
from store.filters import parse
from store.importing import ImportOptions
from store.notes import Note, notes_of
from tests.unit.store.small_dataset import make


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        importing.import_dataset(made, "auto", make(tmp_path / "clothes", 3), ImportOptions())
        yield made


def noted(store: Store, row: int, text: str) -> Document:
    document = Document(store, int(store.images.ids(order="name")[row]), author="Ada")
    document.apply(add_note(document.garments[0], Note.new(text, "Ada", 0)))
    document.apply(add_note(document.image, Note.new(f"{text}, all of it", "Ada")))
    return document


def again(store: Store, tmp_path: Path) -> None:
    importing.import_dataset(store, "auto", tmp_path / "clothes", ImportOptions())


def rewrite(tmp_path: Path, number: int, style: int) -> None:
    path = tmp_path / "clothes" / "train" / "annos" / f"{number:06d}.json"
    document = json.loads(path.read_text())
    document["item1"]["style"] = style
    path.write_text(json.dumps(document))


def test_the_source_is_followed_although_there_is_a_note(store: Store, tmp_path: Path) -> None:
    document = noted(store, 0, "look")
    rewrite(tmp_path, 1, 77)
    again(store, tmp_path)
    document.refresh()
    assert document.garments[0].style == 77
    assert [note.text for note in notes_of(document.garments[0])] == ["look"]
    assert [note.text for note in notes_of(document.image)] == ["look, all of it"]
    assert store.images.count(parse("notes = open")) == 1


def test_an_edit_is_in_conflict_as_without_notes(store: Store, tmp_path: Path) -> None:
    document = noted(store, 0, "look")
    document.apply(set_facts(document.garments[0], style=5))
    rewrite(tmp_path, 1, 77)
    again(store, tmp_path)
    document.refresh()
    assert document.garments[0].style == 5
    assert len(notes_of(document.garments[0])) == 1


@pytest.mark.parametrize("format", ["coco", "deepfashion2"])
def test_notes_are_exported_and_imported(store: Store, tmp_path: Path, format: str) -> None:
    document = noted(store, 1, 'Is this "sleeve" right?\nü')
    out = tmp_path / "e" / ("out.json" if format == "coco" else "out")
    exporting.export(store, format, out, None, ExportOptions(copy_images=True))
    with Store.create(tmp_path / "second") as second:
        importing.import_dataset(second, "auto", out, ImportOptions())
        assert second.images.count(parse("note ~ sleeve and note_by = ada")) == 1
        image_id = int(second.images.ids(parse("has note"))[0])
        assert notes_of(second.garments.of_image(image_id)[0]) == notes_of(document.garments[0])
        assert notes_of(second.images.get(image_id)) == notes_of(document.image)


def test_new_notes_come_in_and_deleted_ones_do_not(store: Store, tmp_path: Path) -> None:
    document = noted(store, 0, "one")
    path = tmp_path / "clothes" / "train" / "annos" / "000001.json"
    said = json.loads(path.read_text())
    theirs = {"id": "theirs", "text": "from Bob", "author": "Bob"}
    said["item1"].setdefault("deepfashion_studio", {})["extra"] = {"notes": [theirs]}
    path.write_text(json.dumps(said))
    again(store, tmp_path)
    document.refresh()
    assert [note.text for note in notes_of(document.garments[0])] == ["one", "from Bob"]
    document.apply(delete_note(document.garments[0], "theirs"))
    again(store, tmp_path)
    document.refresh()
    assert [note.text for note in notes_of(document.garments[0])] == ["one"]

"""A person's own landmark schemas: read, checked by line, given to the store."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import schemas
from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord
from store.schema_yaml import parse

GLOVE = """\
categories:
  - name: glove
    landmarks: [left wrist, right wrist, thumb, middle finger]
    links: [[left wrist, thumb], [2, thumb], [3, 4]]
    pairs: [[left wrist, right wrist]]
    template: [[0, 1], [1, 1], [0.1, 0.5], [0.5, 0]]
    aspect: 0.6
    colour: "#a0b0c0"
"""


def test_a_schema_is_read() -> None:
    found = parse(GLOVE)
    assert not found.faults
    [glove] = found.categories
    assert (glove.name, glove.colour, glove.line) == ("glove", "#A0B0C0", 2)
    assert glove.schema.names == ("left wrist", "right wrist", "thumb", "middle finger")
    assert glove.schema.links == ((0, 2), (1, 2), (2, 3))
    assert glove.schema.swaps == ((0, 1),)
    assert glove.schema.template[3] == (0.5, 0.0)
    assert glove.schema.template_aspect == 0.6


def test_only_a_name_and_landmarks_are_needed_and_there_may_be_none() -> None:
    found = parse("- name: bag\n  landmarks: []\n- name: belt\n  landmarks: [buckle]\n")
    assert [one.schema.size for one in found.categories] == [0, 1]
    assert parse("") == schemas.Found()
    assert not schemas.read(Path("/nowhere/schemas.yaml")).categories


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (GLOVE.replace("[3, 4]", "[3, 9]"), 4, 'no landmark "9"'),
        (GLOVE.replace("[3, 4]", "[3, 3]"), 4, "two different landmarks"),
        (GLOVE.replace("thumb, middle", "left wrist, middle"), 3, 'two landmarks are called "left wrist"'),
        (GLOVE.replace("[0.5, 0]]", "[0.5, 7]]"), 6, "x and y from 0 to 1"),
        (GLOVE.replace(", [0.5, 0]]", "]"), 6, "template has 3 values for 4 landmarks"),
        (GLOVE.replace("0.6", "-1"), 7, "above 0"),
        (GLOVE.replace("#a0b0c0", "red"), 8, "no colour"),
        (GLOVE.replace("name: glove", "name: Trousers"), 2, "program's own"),
        (GLOVE.replace("aspect", "ratio"), 7, '"ratio" is not known'),
        (GLOVE.replace("pairs: [[left wrist, right wrist]]", "pairs: [[1, 2], [2, 3]]"), 5, "another pair"),
        (GLOVE + "  - name: GLOVE\n    landmarks: [a]\n", 9, "stands there twice"),
        ("categories:\n  - landmarks: [a]\n", 2, 'needs "name"'),
        ("categories: 7\n", 1, "a list is needed"),
        ("just text\n", 1, "must be a list of names"),
        ("a: [1, 2\nb: 3\n", 2, "expected"),
        ("- name: x\n  landmarks: [nan, {a: 1}]\n", 2, "a name is needed"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, what: str) -> None:
    found = parse(text)
    [fault] = found.faults
    assert fault.line == line
    assert what in fault.what
    assert str(fault).startswith(f"schemas.yaml, line {line}: ")


def test_the_other_categories_of_a_faulty_file_are_taken() -> None:
    found = parse(GLOVE + "  - name: belt\n    landmarks: 3\n  - name: hat\n    landmarks: [brim]\n")
    assert [one.name for one in found.categories] == ["glove", "hat"]
    assert [fault.line for fault in found.faults] == [10]


@settings(deadline=None, max_examples=40)
@given(st.text(alphabet="abc:-[]{}&*#'\"\n ,0.!|>%@\t", max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = parse(text)
    assert all(fault.line >= 1 and fault.what for fault in found.faults)


def test_a_store_takes_its_file_over_and_follows_it(tmp_path: Path) -> None:
    with Store.create(tmp_path / "store") as store:
        file = store.folder / schemas.FILE
        assert schemas.take_over(store) == ()
        file.write_text(GLOVE)
        assert schemas.take_over(store) == schemas.take_over(store) == ()
        glove = store.categories.by_name("glove")
        assert glove is not None
        assert (glove.schema.size, glove.colour) == (4, "#A0B0C0")
        # Another number of landmarks, while nothing is worn; links and names at any time.
        file.write_text(
            GLOVE.replace("middle finger]", "middle finger, little finger]").replace("template", "# ")
        )
        assert schemas.take_over(store) == ()
        assert store.categories.get(glove.id).schema.size == 5
        _wear(store, glove.id, 5)
        file.write_text(GLOVE)
        [fault] = schemas.take_over(store)
        assert (fault.line, "a garment has 5" in fault.what) == (2, True)
        assert store.categories.get(glove.id).schema.size == 5
    with Store.open(tmp_path / "store", read_only=True) as store:
        file.write_text("categories: 7")
        assert len(schemas.take_over(store)) == 1
        file.write_bytes(b"\xff\xfe\x00")
        [fault] = schemas.take_over(store)
        assert "cannot be read" in fault.what


def _wear(store: Store, category_id: int, size: int) -> None:
    dataset = store.datasets.add(Dataset(name="d", format="coco", root="/x", images_root="/x"))
    garment = Garment(category_id=category_id, points=[[1, 1]] * size, visibility=[2] * size)
    with store.bulk() as bulk:
        bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="a.png"), (garment,)))

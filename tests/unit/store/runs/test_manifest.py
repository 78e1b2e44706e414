"""What a model is said to be: written, read, listed, found by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from store.errors import StudioError
from store.runs.manifest import (
    FILE,
    ModelCategory,
    ModelManifest,
    ModelSpec,
    read_manifest,
    write_manifest,
)

_SPEC = ModelSpec(
    "match-rcnn",
    "small",
    (ModelCategory(1, "short sleeve top", 25), ModelCategory(8, "trousers", 14)),
    ("floral", "striped"),
    "own",
    320,
    {"embedding_size": 128, "v2": False, "box": [1, 2]},
)
_MANIFEST = ModelManifest(
    "first",
    _SPEC,
    ("boxes", "landmarks"),
    "MIT",
    "split = train of a store",
    7,
    {"landmarks/AP": 0.25},
    "20261121-train",
    4,
    "",
    "2026-11-21T09:00:00+00:00",
    "ab" * 32,
)


def test_written_and_read_it_is_the_same(tmp_path: Path) -> None:
    write_manifest(_MANIFEST, tmp_path)
    assert read_manifest(tmp_path) == _MANIFEST
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_what_is_not_said_has_its_default(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        'name = "a"\n[spec]\narchitecture = "fashionnet"\nbackbone = "small"\n'
        '[[spec.categories]]\nid = 1\nname = "tee"\n',
        encoding="utf-8",
    )
    found = read_manifest(tmp_path)
    assert found.spec.categories == (ModelCategory(1, "tee", 0),)
    assert (found.spec.attributes, found.tasks, found.metrics) == ((), (), {})


def test_options_that_are_nothing_are_left_out(tmp_path: Path) -> None:
    spec = replace(_SPEC, options={"a": None, "b": 1})
    write_manifest(replace(_MANIFEST, spec=spec), tmp_path)
    assert read_manifest(tmp_path).spec.options == {"b": 1}


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"is no model: manifest\.toml cannot be read"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "name =",
        'name = "a"',
        'name = "a"\n[spec]\narchitecture = "x"\nbackbone = "y"\n[[spec.categories]]\nnumber = 1\n',
        'name = "a"\nunheard = 1\n[spec]\narchitecture = "x"\nbackbone = "y"\ncategories = []\n',
    ],
)
def test_a_manifest_that_describes_no_model(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(StudioError, match="does not describe a model"):
        read_manifest(tmp_path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"name = '\xff'")
    with pytest.raises(StudioError, match="does not describe a model"):
        read_manifest(tmp_path)

"""What the categories of a model become in a store: proposed, kept, read again, and spoilt files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import category_maps
from resources.clothes_map import counterpart
from resources.taxonomy import categories, clothes_categories
from store.errors import StudioError
from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec
from tests.examples import examples

STORE = {one.id: one for one in categories()}
OWN = tuple(ModelCategory(one.id, one.name, one.schema.size) for one in categories())
CLOTHES = tuple(ModelCategory(one.id, one.name) for one in clothes_categories())


def manifest(wanted: tuple[ModelCategory, ...], name: str = "model") -> ModelManifest:
    return ModelManifest(name, ModelSpec("fashionnet", "small", wanted))


def test_the_stores_own_categories_need_no_map() -> None:
    assert not category_maps.needed(OWN, STORE)
    assert category_maps.needed(CLOTHES, STORE)
    # The same name under another number is another category of the model.
    assert category_maps.needed((ModelCategory(4, "trousers"),), STORE)


def test_equal_names_come_before_the_known_table_and_what_is_nothing_is_left_out() -> None:
    found = category_maps.proposed(CLOTHES, STORE)
    assert found["Skirt"] == (9, "same name")
    assert found["Tee"] == (1, "known table")
    assert found["Jumpsuit"] == (None, "")
    only_skirts = {9: STORE[9]}
    assert category_maps.proposed(CLOTHES, only_skirts)["Tee"] == (None, "")


@pytest.mark.parametrize(
    ("name", "number"), [("Button-Down", 2), ("short_sleeve_top", 1), ("LONG SLEEVE TOP", 2), ("belt", None)]
)
def test_names_are_compared_without_their_spelling(name: str, number: int | None) -> None:
    assert counterpart(name) == number


@settings(examples(20, 100))
@given(chosen=st.fixed_dictionaries({one.name: st.none() | st.integers(1, 13) for one in CLOTHES}))
def test_a_map_comes_back_as_it_was_kept(
    tmp_path_factory: pytest.TempPathFactory, chosen: dict[str, int | None]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    category_maps.save(folder, "model", chosen)
    category_maps.save(folder, "another", {"a": 1})
    assert category_maps.read(folder, manifest(CLOTHES)) == chosen
    assert category_maps.in_force(folder, manifest(CLOTHES), STORE) == chosen


def test_a_map_of_other_categories_or_a_spoilt_file_counts_for_nothing(tmp_path: Path) -> None:
    category_maps.save(tmp_path, "model", {"Tee": 1})
    assert category_maps.read(tmp_path, manifest(CLOTHES)) is None
    (tmp_path / category_maps.FILE).write_text('{"model": ["Tee"')
    assert category_maps.read(tmp_path, manifest(CLOTHES)) is None
    assert category_maps.in_force(tmp_path, manifest(CLOTHES), STORE)["Tee"] == 1


def test_a_category_that_the_store_has_no_more_is_left_out(tmp_path: Path) -> None:
    wanted = (ModelCategory(1, "Tee"),)
    category_maps.save(tmp_path, "model", {"Tee": 4711})
    assert category_maps.in_force(tmp_path, manifest(wanted), STORE) == {"Tee": None}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="cannot be kept"):
        category_maps.save(tmp_path / "nowhere", "model", {})

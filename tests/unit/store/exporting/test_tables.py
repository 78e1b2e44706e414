"""What categories are written as in formats with categories of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.schemas import Schema
from resources.taxonomy import Category, categories
from store.errors import StudioError
from store.exporting import tables


def _own(number: int, name: str) -> Category:
    return Category(number, name, name, Schema(name, ()), "#123456")


KNOWN = (*categories(), _own(1001, "Tee"), _own(1002, "Jumpsuit"), _own(1003, "shoe"))


def test_each_format_has_its_set() -> None:
    asked = {
        ("deepfashion2", ""): tables.THIRTEEN,
        ("coco", "294"): tables.THIRTEEN,
        ("coco", "per-category"): "",
        ("category-attribute", "fine"): tables.FIFTY,
        ("in-shop", ""): "",
    }
    assert {one: tables.set_of(*one) for one in asked} == asked


def test_what_is_known_is_proposed_and_the_rest_left_out() -> None:
    assert tables.proposed(tables.THIRTEEN, KNOWN) == {"Tee": "short sleeve top", "Jumpsuit": "", "shoe": ""}
    fifty = tables.proposed(tables.FIFTY, KNOWN)
    assert fifty["trousers"] == "Jeans"
    assert fifty["vest dress"] == "Dress"
    assert fifty["shoe"] == ""
    assert not {"Tee", "Jumpsuit", "skirt"} & fifty.keys()


def test_every_proposal_is_in_its_set() -> None:
    for which in (tables.THIRTEEN, tables.FIFTY):
        assert set(tables.proposed(which, KNOWN).values()) <= {"", *tables.names_in(which)}


def test_the_table_of_a_store_goes_before(tmp_path: Path) -> None:
    tables.save(tmp_path, tables.THIRTEEN, {"Jumpsuit": "long sleeve dress", "Tee": ""})
    tables.save(tmp_path, tables.FIFTY, {"trousers": "Chinos"})
    assert tables.in_force(tmp_path, tables.THIRTEEN, KNOWN) == {
        "Tee": "",
        "Jumpsuit": "long sleeve dress",
        "shoe": "",
    }
    assert tables.in_force(tmp_path, tables.FIFTY, KNOWN)["trousers"] == "Chinos"
    assert tables.in_force(tmp_path, "", KNOWN) == {}


def test_people_may_write_it_themselves(tmp_path: Path) -> None:
    (tmp_path / tables.FILE).write_text('[deepfashion2]\nshoe = "SKIRT"\ngone = "vest"\n')
    assert tables.in_force(tmp_path, tables.THIRTEEN, KNOWN)["shoe"] == "skirt"
    assert "gone" not in tables.in_force(tmp_path, tables.THIRTEEN, KNOWN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[deepfashion2]\nshoe = "boot"\n', "shoe is 'boot'"),
        ("[deepfashion2]\nshoe = 3\n", "shoe is 3"),
        ("deepfashion2 = 3\n", "no table"),
        ("[thirteen]\n", "thirteen"),
        ("[deepfashion2]\nshoe\n", "line 2"),
        ("\xff", "does not parse"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / tables.FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(StudioError, match=said):
        tables.in_force(tmp_path, tables.THIRTEEN, KNOWN)
    with pytest.raises(StudioError):
        tables.save(tmp_path, tables.THIRTEEN, {"shoe": "skirt"})


def test_a_folder_that_is_not_there_cannot_keep_it(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="cannot be written"):
        tables.save(tmp_path / "gone", tables.THIRTEEN, {})
    with pytest.raises(StudioError, match="cannot be read"):
        tables.read(tmp_path / "gone.toml", tables.THIRTEEN)

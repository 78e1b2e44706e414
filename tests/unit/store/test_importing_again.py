"""Datasets that are imported again: what changed at the source comes in, edits stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from store import importing
from store.db import Store
from store.document import Document
from store.document.edits import add_garment, delete_garment, set_facts, set_review
from store.importing import Conflicts, ImportOptions, ImportReport
from store.records import Garment, Image, ImageState, Origin, Review
from tests.unit.store.small_dataset import make, skirt

NONE = ImportOptions()
THEIRS = ImportOptions(conflicts=Conflicts.THEIRS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path, store: Store) -> Path:
    """A dataset of four images that has been imported once."""
    made = make(tmp_path / "clothes", 4)
    importing.import_dataset(store, "auto", made, NONE)
    return made


def _again(store: Store, folder: Path, options: ImportOptions = NONE) -> ImportReport:
    return importing.import_dataset(store, "auto", folder, options)


def _rewritten(folder: Path, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "train" / "annos" / f"{number:06d}.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def _style(value: int) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["item1"].update(style=value)


def _counts(report: ImportReport) -> tuple[int, ...]:
    return report.images, report.changed, report.kept, report.same, report.gone, report.overwritten


def _image(store: Store, number: int) -> Image:
    found = store.images.find(1, f"train/image/{number:06d}.jpg")
    assert found is not None
    return found


def _garments(store: Store, number: int) -> tuple[Garment, ...]:
    return store.garments.of_image(_image(store, number).id)


def _edited(store: Store, number: int, **facts: int) -> Document:
    document = Document(store, _image(store, number).id)
    document.apply(set_facts(document.garments[0], **facts))
    return document


def _codes(store: Store, number: int) -> list[str]:
    return [problem.code for problem in store.problems.of_image(_image(store, number).id)]


def test_nothing_new_changes_nothing(store: Store, folder: Path) -> None:
    before = list(store.stream())
    report = _again(store, folder)
    assert _counts(report) == (0, 0, 0, 4, 0, 0)
    assert report.again
    assert all(a.image.same_as(b.image) for a, b in zip(before, store.stream(), strict=True))
    assert store.revisions.count() == 0


def test_what_changed_at_the_source_comes_in_and_can_be_undone(store: Store, folder: Path) -> None:
    _rewritten(folder, 2, _style(2))
    assert _counts(_again(store, folder)) == (0, 1, 0, 3, 0, 0)
    (garment,) = _garments(store, 2)
    assert (garment.style, garment.origin, garment.version) == (2, Origin.FILE, 2)
    assert _image(store, 2).review is Review.TO_DO
    document = Document(store, _image(store, 2).id)
    assert document.undo_title == "Imported again"
    document.undo()
    assert document.garments[0].style == 1
    assert _counts(_again(store, folder)) == (0, 0, 0, 4, 0, 0)


def test_images_and_garments_come_and_go(store: Store, folder: Path) -> None:
    make(folder, 5)
    _rewritten(folder, 1, lambda document: document.update(item2=skirt(style=3)))
    _rewritten(folder, 3, lambda document: document.pop("item1"))
    for part, ending in (("annos", "json"), ("image", "jpg")):
        (folder / "train" / part / f"000004.{ending}").unlink()
    report = _again(store, folder)
    assert _counts(report) == (1, 2, 0, 1, 1, 0)
    assert [garment.key for garment in _garments(store, 1)] == ["item1", "item2"]
    assert _garments(store, 3) == ()
    assert [tile.garments for tile in store.images.tiles(store.images.ids())] == [2, 1, 0, 1, 1]
    assert _codes(store, 4) == ["image-gone"]
    assert _counts(_again(store, folder)) == (0, 0, 0, 4, 1, 0)
    assert _codes(store, 4) == ["image-gone"]
    make(folder, 5)
    _again(store, folder)
    assert _codes(store, 4) == []


def test_an_edit_stays_where_the_file_is_as_it_was(store: Store, folder: Path) -> None:
    _edited(store, 1, style=3)
    assert _counts(_again(store, folder)) == (0, 0, 0, 4, 0, 0)
    assert _garments(store, 1)[0].style == 3
    assert _image(store, 1).review is Review.IN_PROGRESS


def test_an_edit_is_kept_where_the_file_changed_too(store: Store, folder: Path) -> None:
    _edited(store, 1, style=3)
    _rewritten(folder, 1, _style(2))
    report = _again(store, folder)
    assert _counts(report) == (0, 0, 1, 3, 0, 0)
    assert report.problems == 1
    assert _garments(store, 1)[0].style == 3
    (problem,) = store.problems.of_image(_image(store, 1).id)
    assert (problem.code, problem.item) == ("import-kept", "item1")
    assert problem.garment_id == _garments(store, 1)[0].id
    # It is still so the next time, and told once.
    assert _again(store, folder).kept == 1
    assert _codes(store, 1) == ["import-kept"]


def test_the_file_wins_where_that_is_asked_for(store: Store, folder: Path) -> None:
    _edited(store, 1, style=3)
    _rewritten(folder, 1, _style(2))
    assert _counts(_again(store, folder, THEIRS)) == (0, 1, 0, 3, 0, 1)
    assert _garments(store, 1)[0].style == 2
    document = Document(store, _image(store, 1).id)
    document.undo()
    assert document.garments[0].style == 3
    # The file says what it said then: the person's word stands.
    assert _counts(_again(store, folder, THEIRS)) == (0, 0, 0, 4, 0, 0)


def test_the_same_change_on_both_sides_is_no_conflict(store: Store, folder: Path) -> None:
    _edited(store, 1, style=2)
    _rewritten(folder, 1, _style(2))
    assert _again(store, folder).kept == 0


def test_other_garments_follow_where_one_was_edited(store: Store, folder: Path) -> None:
    _rewritten(folder, 1, lambda document: document.update(item2=skirt()))
    _again(store, folder)
    _edited(store, 1, style=3)
    _rewritten(folder, 1, lambda document: document["item2"].update(style=4))
    assert _counts(_again(store, folder)) == (0, 1, 0, 3, 0, 0)
    assert [garment.style for garment in _garments(store, 1)] == [3, 4]


def test_a_deleted_garment_stays_deleted_unless_the_file_says_more(store: Store, folder: Path) -> None:
    document = Document(store, _image(store, 1).id)
    (was,) = document.garments
    document.apply(delete_garment(was))
    assert _counts(_again(store, folder)) == (0, 0, 0, 4, 0, 0)
    _rewritten(folder, 1, _style(2))
    assert _again(store, folder).kept == 1
    assert _garments(store, 1) == ()
    assert _again(store, folder, THEIRS).overwritten == 1
    (garment,) = _garments(store, 1)
    assert (garment.id, garment.style) == (was.id, 2)


def test_a_garment_that_somebody_added_is_left_alone(store: Store, folder: Path) -> None:
    document = Document(store, _image(store, 1).id)
    document.apply(add_garment(document.garments[0].but(id=0, key="", position=1)))
    _rewritten(folder, 1, _style(2))
    assert _again(store, folder).changed == 1
    assert [garment.style for garment in _garments(store, 1)] == [2, 1]


def test_a_review_is_nothing_that_the_file_takes_back(store: Store, folder: Path) -> None:
    document = Document(store, _image(store, 1).id)
    document.apply(set_review(document.image, Review.ACCEPTED))
    _rewritten(folder, 1, _style(2))
    assert _again(store, folder, THEIRS).changed == 1
    assert _image(store, 1).review is Review.ACCEPTED


def test_facts_of_the_image_follow(store: Store, folder: Path) -> None:
    _rewritten(folder, 1, lambda document: document.update(source="user"))
    assert _again(store, folder).changed == 1
    assert _image(store, 1).domain == "consumer"


def test_a_file_that_cannot_be_read_takes_nothing_away(store: Store, folder: Path) -> None:
    path = folder / "train" / "annos" / "000002.json"
    whole = path.read_text()
    path.write_text(whole[:40])
    assert _again(store, folder).same == 4
    assert len(_garments(store, 2)) == 1
    assert _codes(store, 2) == ["json"]
    path.write_text(whole)
    assert _counts(_again(store, folder)) == (0, 0, 0, 4, 0, 0)
    assert _codes(store, 2) == []


def test_pictures_that_turn_up_are_found(store: Store, folder: Path) -> None:
    picture = folder / "train" / "image" / "000002.jpg"
    data = picture.read_bytes()
    picture.unlink()
    assert _again(store, folder).missing == 1
    assert _image(store, 2).state is ImageState.MISSING
    assert _codes(store, 2) == ["picture-missing"]
    picture.write_bytes(data)
    report = _again(store, folder)
    assert (report.missing, report.changed, report.problems) == (0, 1, 0)
    assert _image(store, 2).state is ImageState.PRESENT
    assert _codes(store, 2) == []
    assert store.images.tiles(store.images.ids())[1].problems == 0


def test_splits_of_one_folder_are_datasets_of_their_own(store: Store, tmp_path: Path) -> None:
    both = make(make(tmp_path / "both", 2, "train"), 3, "validation")
    for split, count in (("train", 2), ("validation", 3)):
        report = importing.import_dataset(store, "auto", both, ImportOptions(split=split))
        assert (report.images, report.again) == (count, False)
    again = importing.import_dataset(store, "auto", both, ImportOptions(split="train"))
    assert (again.again, again.same, again.gone) == (True, 2, 0)


def test_links_that_lead_out_are_not_followed(store: Store, tmp_path: Path) -> None:
    folder = make(tmp_path / "clothes", 3)
    pictures = folder / "train" / "image"
    outside = tmp_path / "secret.jpg"
    outside.write_bytes((pictures / "000001.jpg").read_bytes())
    (pictures / "000001.jpg").unlink()
    (pictures / "000001.jpg").symlink_to(outside)
    (pictures / "000002.jpg").unlink()
    (pictures / "000002.jpg").symlink_to("000003.jpg")
    linked = tmp_path / "linked"
    linked.symlink_to(folder)
    report = importing.import_dataset(store, "auto", linked, NONE)
    states = [record.image.state for record in store.stream()]
    assert states == [ImageState.MISSING, ImageState.PRESENT, ImageState.PRESENT]
    assert [problem.code for problem in report.listed] == ["picture-outside"]
    first, second, *_ = (store.images.path(record.image) for record in store.stream())
    assert not first.exists()
    assert second.is_file()

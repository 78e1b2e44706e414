"""What is the same product: joined, split off, left alone; within its scope only."""

from __future__ import annotations

import pytest

from store.document.order_edits import LOCKED
from store.document.products import Member, join, leave_alone, take_out
from store.errors import StudioError
from store.records import Dataset, Garment, Image

PAIRS = Dataset(id=1, name="df2", format="deepfashion2")
ITEMS = Dataset(id=2, name="shop", format="coco")


def member(number: int, pair: int | None, style: int | None, split: str = "train", **more: object) -> Member:
    """Garment ``number`` of an image of its own."""
    dataset = more.pop("dataset", PAIRS)
    assert isinstance(dataset, Dataset)
    garment = Garment(id=number, image_id=number, pair_id=pair, style=style, **more)  # type: ignore[arg-type]
    return Member(garment, Image(id=number, dataset_id=dataset.id, split=split), dataset)


def test_joined_garments_have_one_identity() -> None:
    kept, others = member(1, 2417, 1), [member(2, 9031, 2), member(3, 9031, 2), member(4, 2417, 1)]
    edit = join(kept, others)
    assert edit.title == "Join pair 9031 style 2 (train) into pair 2417 style 1 (train)"
    assert [change.state.id for change in edit.changes] == [2, 3]
    for change in edit.changes:
        after = change.after
        assert isinstance(after, Garment)
        assert (after.pair_id, after.style) == (2417, 1)
    with pytest.raises(ValueError, match="same product already"):
        join(kept, others[2:])


def test_a_garment_without_counterpart_gets_one() -> None:
    edit = join(member(1, 5, 1), [member(2, 7, 0)])
    assert edit.title.startswith("Join no product into")
    item = join(member(1, None, None, item_id="id_1", dataset=ITEMS), [member(2, 3, 1, dataset=ITEMS)])
    after = item.changes[0].after
    assert isinstance(after, Garment)
    assert after.item_id == "id_1"


def test_the_scope_is_kept() -> None:
    with pytest.raises(StudioError, match="splits test and train"):
        join(member(1, 5, 1), [member(2, 7, 1, "test")])
    with pytest.raises(StudioError, match="shop and df2"):
        join(member(1, 5, 1), [member(2, 7, 1, dataset=ITEMS)])
    with pytest.raises(StudioError, match="no identity"):
        join(member(1, 5, 0), [member(2, 7, 1)])


def test_a_style_of_its_own() -> None:
    edit = take_out([member(1, 5, 1), member(2, 5, 1)], [1, 2, 4])
    assert edit.title == "Split 2 garments off as style 5"
    assert [change.after.style for change in edit.changes if isinstance(change.after, Garment)] == [5, 5]
    with pytest.raises(StudioError, match="of one pair"):
        take_out([member(1, 5, 1), member(2, 6, 1)], [1])


def test_left_alone() -> None:
    edit = leave_alone([member(1, 5, 1), member(2, None, None, item_id="a", dataset=ITEMS)])
    first, second = (change.after for change in edit.changes)
    assert isinstance(first, Garment)
    assert isinstance(second, Garment)
    assert (first.style, second.item_id) == (0, "")


def test_locked_garments_are_left() -> None:
    locked = member(2, 9031, 2, extra={LOCKED: True})
    for change in (
        lambda: join(member(1, 2417, 1), [member(3, 9031, 2), locked]),
        lambda: take_out([locked], [2]),
        lambda: leave_alone([locked]),
    ):
        with pytest.raises(StudioError, match=r"Garment 2 of image 2 is locked.*Annotate"):
            change()
    # Others can join it: it is not changed.
    assert join(locked, [member(1, 2417, 1)]).changes[0].state.id == 1

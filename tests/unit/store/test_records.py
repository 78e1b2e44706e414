"""Records: read-only arrays, equality that arrays allow, copies with changes."""

from __future__ import annotations

import numpy as np
import pytest

from store.records import Garment, Image, Review, read_only


def _garment() -> Garment:
    return Garment(
        id=3, box=[1, 2, 3, 4], points=[[1, 2], [3, 4]], visibility=[2, 1], polygons=([[0, 0], [4, 0]],)
    )


def test_arrays_cannot_be_written() -> None:
    garment = _garment()
    for array in (garment.box, garment.points, garment.visibility, garment.polygons[0]):
        assert array is not None
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9


def test_read_only_takes_over_what_is_read_only_and_copies_the_rest() -> None:
    mine = np.arange(6.0).reshape(3, 2)
    taken = read_only(mine, np.float64, (-1, 2))
    mine[0, 0] = 99
    assert taken[0, 0] == 0
    assert np.shares_memory(read_only(taken, np.float64, (-1, 2)), taken)
    columns = np.asfortranarray(mine)
    columns.flags.writeable = False
    assert not read_only(columns, np.float64, (-1, 2)).flags.writeable


def test_same_as_compares_arrays_and_can_leave_fields_out() -> None:
    garment = _garment()
    assert garment.same_as(garment.but())
    moved = garment.but(points=[[1, 2], [3, 5]])
    assert not garment.same_as(moved)
    assert garment.same_as(moved, ignore=frozenset({"points"}))
    assert not garment.same_as(garment.but(box=None))
    assert not garment.same_as(Image(id=3))


def test_points_and_visibility_must_go_together() -> None:
    with pytest.raises(ValueError, match="2 points, 1 visibilities"):
        _garment().but(visibility=[2])


def test_but_leaves_the_record_as_it_was() -> None:
    image = Image(name="a.jpg")
    assert image.but(review=Review.ACCEPTED).review is Review.ACCEPTED
    assert image.review is Review.TO_DO

"""What a model said of a garment, and how it is forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.taxonomy import category
from store.document import edits, mask_edits
from store.document.edits import Edit
from store.document.provenance import (
    ACCEPTED,
    Said,
    forgotten,
    noted,
    renumbered,
    said_of,
    said_of_landmarks,
)
from store.records import Garment, Visibility

NET = Said("net", 0.75, "20260101-train", "c0ffee")
OTHER = Said("other", 0.5)
PARTS = ("box", "mask", "category", "attributes")

indices = st.sets(st.integers(0, 13), max_size=5)
steps = st.lists(st.tuples(st.sampled_from((NET, OTHER, None)), st.sets(st.sampled_from(PARTS)), indices))


@given(steps)
def test_what_was_noted_last_and_not_forgotten_is_what_is_said(
    done: list[tuple[Said | None, set[str], set[int]]],
) -> None:
    extra: dict[str, object] = {"coco": {"id": 3}}
    parts: dict[str, Said] = {}
    landmarks: dict[int, Said] = {}
    for said, names, some in done:
        if said is None:
            extra = dict(forgotten(extra, names, some))
            parts = {name: by for name, by in parts.items() if name not in names}
            landmarks = {index: by for index, by in landmarks.items() if index not in some}
        else:
            extra = noted(extra, said, sorted(names), some)
            parts |= dict.fromkeys(names, said)
            landmarks |= dict.fromkeys(some, said)
    assert said_of_landmarks(extra) == landmarks
    assert {name: said_of(extra, name) for name in PARTS} == {name: parts.get(name) for name in PARTS}
    assert extra["coco"] == {"id": 3}
    assert (ACCEPTED in extra) == bool(parts or landmarks)


def test_landmarks_of_one_source_are_kept_together() -> None:
    extra = noted(noted({}, NET, (), [3, 1]), NET, (), [2])
    assert extra[ACCEPTED]["landmarks"] == [
        {"model": "net", "score": 0.75, "run": "20260101-train", "sha256": "c0ffee", "indices": [1, 2, 3]}
    ]


def test_new_indices() -> None:
    extra = noted({}, NET, ["box"], [0, 1, 2])
    assert sorted(said_of_landmarks(renumbered(extra, {0: 5, 2: 1}))) == [1, 5]
    assert said_of(renumbered(extra, {}), "box") == NET
    assert said_of_landmarks(renumbered(extra, {})) == {}


def test_what_another_file_has_under_our_key_is_not_believed() -> None:
    for value in ("yes", 3, {"box": 7, "landmarks": [{"indices": "all"}, 4]}, {"landmarks": {"1": 2}}):
        extra = {ACCEPTED: value}
        assert said_of(extra, "box") is None
        assert said_of_landmarks(extra) == {}
        assert said_of(noted(extra, NET, ["box"]), "box") == NET


def _after(edit: Edit) -> Garment:
    after = edit.changes[0].after
    assert isinstance(after, Garment)
    return after


@pytest.fixture
def proposed(garment: Garment) -> Garment:
    return garment.but(extra=noted(garment.extra, NET, PARTS, range(14)))


def _said(garment: Garment) -> set[str]:
    return {part for part in PARTS if said_of(garment.extra, part)}


def test_an_edit_by_hand_forgets_its_part_alone(proposed: Garment) -> None:
    everything = set(PARTS)
    landmarks = set(range(14))
    for edit, parts, some in (
        (edits.set_box(proposed, [1, 2, 3, 4]), {"box"}, set()),
        (mask_edits.move_corner(proposed, 0, 0, (3, 3), (0, 0)), {"mask"}, set()),
        (edits.set_facts(proposed, attributes={"striped": 1}), {"attributes"}, set()),
        (edits.set_facts(proposed, scale=1), set(), set()),
        (edits.move_landmarks(proposed, {2: (5, 5), 4: (6, 6)}), set(), {2, 4}),
        (edits.set_visibility(proposed, [5], Visibility.OCCLUDED), set(), {5}),
        (edits.set_visibility(proposed, [5], Visibility.UNLABELLED), set(), {5}),
    ):
        after = _after(edit)
        assert _said(after) == everything - parts, edit.title
        assert set(said_of_landmarks(after.extra)) == landmarks - some, edit.title
        assert after.extra["deepfashion2"] == proposed.extra["deepfashion2"]


def test_landmarks_on_the_middle_line_are_not_swapped(proposed: Garment) -> None:
    schema = category(8).schema
    after = _after(edits.swap_sides(proposed, schema))
    assert {schema.names[i] for i in said_of_landmarks(after.extra)} == {"middle waist", "crotch"}


def test_another_category_keeps_what_was_said_of_the_landmarks_that_stay(proposed: Garment) -> None:
    after = _after(edits.set_category(proposed, category(7), category(8)))
    assert "category" not in _said(after)
    assert "box" in _said(after)
    kept = {category(7).schema.names[i] for i in said_of_landmarks(after.extra)}
    assert kept == set(category(7).schema.names) & set(category(8).schema.names)

"""Edits of many landmarks at once: turn and scale, template, copy, mirror, and corners that go along.

Coordinates are pixels of the file's own grid, ``(x, y)``; landmarks are named by 0-based index. ``size`` is
the image's width and height: nothing is put outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from resources.schemas import Schema
from store.db.change import Change
from store.document.edits import Edit, move_landmarks, swap_sides
from store.document.provenance import forgotten
from store.fitting import axis_of, carried, frame_of, turned
from store.geometry import Point, clip_points, expected_points, has_place
from store.masks import rle_size
from store.outlines import drawing
from store.outlines.rings import Outline, Part, flat, outline_of
from store.records import VISIBILITY_WORDS, Floats, Garment, Visibility

#: A corner of a polygon this near to a landmark (pixels) lies on it.
CORNER_REACH = 1.5
#: Places keep a hundredth of a pixel.
_DIGITS = 2
#: States in which a landmark has been put somewhere by somebody.
_LABELLED = (Visibility.VISIBLE, Visibility.OCCLUDED)


def with_corners(edit: Edit, *, looks: bool = False) -> Edit:
    """The same edit, in which corners of the mask go along with the landmark that they lie on, those of holes
    too.

    A corner belongs to the nearest landmark within :data:`CORNER_REACH`, and keeps its place beside it.
    With ``looks`` it is only looked at, as in the middle of a drag: a mask with holes is not drawn anew.
    """
    changes = tuple(_along(change, looks) for change in edit.changes)
    return edit if changes == edit.changes else replace(edit, changes=changes)


def _along(change: Change, looks: bool) -> Change:
    before, after = change.before, change.after
    if not isinstance(before, Garment) or not isinstance(after, Garment):
        return change
    if len(before.points) != len(after.points):
        return change
    there = has_place(before.points, before.visibility)
    steps = np.where(has_place(after.points, after.visibility)[:, None], after.points - before.points, 0.0)
    if not steps[there].any():
        return change
    was = outline_of(after)
    now = tuple(
        Part(*_split([_moved(ring, before.points[there], steps[there]) for ring in part.rings]))
        for part in was
    )
    if all(new is old for new, old in zip(flat(now), flat(was), strict=True)):
        return change
    redrawn = _redrawn(after, now, looks)
    return replace(change, after=redrawn.but(extra=forgotten(redrawn.extra, ["mask"])))


def _split(found: list[Floats]) -> tuple[Floats, tuple[Floats, ...]]:
    return found[0], tuple(found[1:])


def _redrawn(garment: Garment, outline: Outline, looks: bool) -> Garment:
    if garment.rle is None:
        return garment.but(polygons=flat(outline))
    if looks:
        return drawing.previewed(garment, outline)
    height, width = rle_size(garment.rle)
    return drawing.with_outline(garment, outline, (width, height))


def _moved(polygon: Floats, points: Floats, steps: Floats) -> Floats:
    moving = points[steps.any(axis=1)]
    # Outlines have thousands of corners, and a drag asks at every step: first those that are near at all.
    beside = np.abs(polygon[:, None] - moving[None]).max(axis=2) <= CORNER_REACH
    near = np.flatnonzero(beside.any(axis=1))
    if not len(near):
        return polygon
    away = np.linalg.norm(polygon[near][:, None] - points[None], axis=2)
    nearest = away.argmin(axis=1)
    on = (away.min(axis=1) <= CORNER_REACH) & steps[nearest].any(axis=1)
    if not on.any():
        return polygon
    moved = polygon.copy()
    moved[near[on]] += steps[nearest[on]]
    return moved


def place_landmarks(garment: Garment, places: Mapping[int, Point], visibility: Visibility) -> Edit:
    """Puts landmarks, by index, somewhere and sets their state. IndexError for an index that there is not."""
    moved = _after(move_landmarks(garment, places))
    states = moved.visibility.copy()
    states[list(places)] = visibility
    title = f"Place {_words(places)}"
    if visibility is not Visibility.VISIBLE:
        title += f" as {VISIBILITY_WORDS[visibility]}"
    return Edit(title, (Change(garment, moved.but(visibility=states)),))


def transform_landmarks(
    garment: Garment,
    indices: Iterable[int],
    pivot: Point,
    size: tuple[int, int],
    *,
    degrees: float = 0.0,
    scale: tuple[float, float] = (1.0, 1.0),
) -> Edit | None:
    """Scales landmarks across and down about a pivot, and turns them clockwise about it.

    Those that are cut off or unlabelled stay as they are. None where none of the others is moved.
    """
    chosen = [i for i in indices if i < len(garment.points) and garment.visibility[i] in _LABELLED]
    if not chosen:
        return None
    points = _inside(turned(garment.points[chosen], pivot, degrees=degrees, scale=scale), size)
    if np.array_equal(points, garment.points[chosen]):
        return None
    edit = move_landmarks(garment, _places(chosen, points))
    return replace(edit, title=f"{'Rotate' if degrees else 'Scale'} {_words(chosen)}")


def mirrored_moves(
    garment: Garment, schema: Schema, moves: Mapping[int, Point], size: tuple[int, int]
) -> dict[int, Point]:
    """``moves`` (index to place), and with each landmark of a pair its other side.

    The other side goes the mirrored step about the garment's axis; where one of the two has no place yet, it
    is put where the axis mirrors the other. One that is in ``moves`` itself goes where that says.
    """
    if schema.size != len(garment.points):
        return dict(moves)
    axis, order = axis_of(garment, schema, moves), schema.mirrored()
    found = dict(moves)
    if axis is None:
        return found
    placed = has_place(garment.points, garment.visibility)
    for index, (x, y) in moves.items():
        other = order[index]
        if other in found:
            continue
        if placed[index] and placed[other]:
            from_x, from_y = garment.points[index].tolist()
            dx, dy = axis.reflected_step((x - from_x, y - from_y))
            at = (float(garment.points[other][0]) + dx, float(garment.points[other][1]) + dy)
        else:
            at = axis.reflected((x, y))
        found[other] = _places([other], _inside(np.array([at]), size))[other]
    return found


def fit_template(
    garment: Garment,
    schema: Schema,
    size: tuple[int, int],
    onto: Garment,
    *,
    everything: bool = False,
) -> Edit | None:
    """Puts landmarks where the mean shape of the schema has them.

    ``onto`` says where the garment is: its labelled landmarks where there are three or more, else its
    box or the extent of its mask. It may be the garment itself, or what is left of it, or what a model
    proposes. Without ``everything`` only landmarks go that are unlabelled. None where there is nothing to do,
    where the schema has no mean shape, or where nothing says where the garment is.
    """
    if schema.size != len(garment.points) or not schema.template:
        return None
    fitted = expected_points(onto, schema) if len(onto.points) == schema.size else None
    frame = frame_of(onto)
    if fitted is None and frame is not None:
        fitted = frame[:2] + np.array(schema.template) * (frame[2:] - frame[:2])
    unlabelled = garment.visibility == Visibility.UNLABELLED
    chosen = list(range(schema.size)) if everything else np.flatnonzero(unlabelled).tolist()
    if fitted is None or not np.isfinite(fitted).all() or not chosen:
        return None
    edit = move_landmarks(garment, _places(chosen, _inside(fitted[chosen], size)))
    return replace(edit, title=f"Fit the template to {_words(chosen)}")


def same_names(own: Schema, other: Schema) -> dict[int, int]:
    """Which landmark of ``other`` has the name of each of ``own``, by index."""
    places = {name: index for index, name in enumerate(other.names)}
    return {index: places[name] for index, name in enumerate(own.names) if name in places}


def copy_landmarks(
    garment: Garment,
    source: Garment,
    same: Mapping[int, int],
    size: tuple[int, int],
    whence: str = "another garment",
) -> Edit | None:
    """Gives a garment the landmarks of another one, with their states, fitted from box to box.

    ``same`` maps indices of the garment to those of ``source`` (:func:`same_names`); all others stay. Without
    a frame of both the places are taken as they are. None where there is nothing to copy.
    """
    labelled = np.flatnonzero(source.visibility != Visibility.UNLABELLED).tolist()
    chosen = {own: theirs for own, theirs in same.items() if theirs in labelled and own < len(garment.points)}
    if not chosen:
        return None
    old, new = frame_of(source), frame_of(garment)
    points = np.array(source.points)
    if old is not None and new is not None:
        there = has_place(source.points, source.visibility)
        points[there] = _inside(carried(source.points[there], old, new), size)
    theirs = list(chosen.values())
    moved = _after(move_landmarks(garment, _places(list(chosen), points[theirs])))
    states = moved.visibility.copy()
    states[list(chosen)] = source.visibility[theirs]
    title = f"Copy {_words(chosen)} from {whence}"
    return Edit(title, (Change(garment, moved.but(visibility=states)),))


def swap_pairs(garment: Garment, schema: Schema, indices: Iterable[int]) -> Edit | None:
    """Swaps left and right of the pairs that these landmarks, by index, belong to. None where they are in no
    pair. ValueError for a schema that has another number of landmarks."""
    chosen = set(indices)
    pairs = tuple(pair for pair in schema.swaps if chosen & set(pair))
    if not pairs:
        return None
    edit = swap_sides(garment, replace(schema, swaps=pairs))
    numbers = " and ".join(str(index + 1) for index in pairs[0])
    return replace(edit, title=f"Swap landmarks {numbers}" if len(pairs) == 1 else f"Swap {len(pairs)} pairs")


def _after(edit: Edit) -> Garment:
    after = edit.changes[0].after
    if not isinstance(after, Garment):
        raise TypeError(f"{edit.title!r} leaves no garment")
    return after


def _inside(points: Floats, size: tuple[int, int]) -> Floats:
    return np.round(clip_points(points, *size), _DIGITS)


def _places(indices: Iterable[int], points: Floats) -> dict[int, Point]:
    return {index: (x, y) for index, (x, y) in zip(indices, points.tolist(), strict=True)}


def _words(indices: Iterable[int]) -> str:
    numbers = [index + 1 for index in indices]
    return f"landmark {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} landmarks"

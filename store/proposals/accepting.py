"""From proposals that a person accepts to edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from resources.correspondence import pairs
from resources.schemas import Schema
from resources.taxonomy import Category
from store.db.change import Change
from store.document import edits
from store.document.edits import Edit
from store.document.provenance import Said, noted
from store.errors import StudioError
from store.geometry import clip_box, clip_points
from store.proposals.differing import garment_schema
from store.proposals.records import Part, Proposal
from store.records import Floats, Garment, Image, Origin, Visibility

#: From which probability on an attribute is a yes.
_YES = 0.5


def accept(
    proposal: Proposal,
    garment: Garment | None,
    image: Image,
    categories: Mapping[int, Category],
    parts: Iterable[Part] | None = None,
    landmarks: Iterable[int] | None = None,
    *,
    others: Iterable[Garment] = (),
) -> Edit:
    """The edit by which a garment takes what a model proposes; without a garment one is added.

    ``parts`` None is everything that the proposal offers; ``landmarks`` are indices in the *proposal's*
    schema (:attr:`Difference.proposed`) and alone mean just those. Of the landmarks those are taken that
    mean the same in the garment's schema and that the model is sure of; an occluded landmark stays occluded,
    any other becomes visible, and what the model is not sure of stays as it was. A new garment always takes
    the category and stands behind ``others``, the garments of the image. What changes is noted as the
    model's in ``extra`` (:mod:`store.document.provenance`).

    An edit without ``changes`` says that the garment is so already. StudioError where the proposal does not
    offer what is asked, or where landmarks are asked for and none means the same in the garment's category.
    """
    chosen, indices = _chosen(proposal, parts, landmarks)
    # Who asks for everything takes what fits; who asks for landmarks is told that none does.
    strict = parts is not None or landmarks is not None
    change = change_of(
        proposal, garment, image, categories, chosen, indices, position_behind(others), strict=strict
    )
    schema = garment_schema(garment, categories) if garment is not None else None
    same = dict(pairs(proposal.schema, schema or proposal.schema))
    numbers = [same.get(index, index) + 1 for index in indices]
    title = f"Accept {_words(proposal, chosen, numbers, parts is None)} of {proposal.source.model}"
    return Edit(title, () if change is None else (change,), Origin.MODEL)


def sure(proposal: Proposal) -> list[int]:
    """The landmarks that the model is sure enough of, by index in the proposal's schema."""
    return [int(index) for index in np.flatnonzero(proposal.visibility != Visibility.UNLABELLED)]


def _chosen(
    proposal: Proposal, parts: Iterable[Part] | None, landmarks: Iterable[int] | None
) -> tuple[frozenset[Part], list[int]]:
    """The parts that are asked for and offered, and the landmarks by index in the proposal."""
    model, known = proposal.source.model, sure(proposal)
    if parts is None:
        chosen = proposal.parts if landmarks is None else frozenset({Part.LANDMARKS})
    else:
        chosen = frozenset(parts) | (frozenset() if landmarks is None else {Part.LANDMARKS})
    lacking = [part for part in Part if part in chosen and part not in proposal.parts]
    if lacking or not chosen:
        words = " and ".join(lacking) or "nothing"
        raise StudioError(f"{model} proposes no {words} for this garment.", "Accept another part of it.")
    if landmarks is None:
        return chosen, known if Part.LANDMARKS in chosen else []
    wanted = list(dict.fromkeys(landmarks))
    unsure = [index for index in wanted if index not in known]
    if unsure or not wanted:
        number = unsure[0] + 1 if unsure else 0
        raise StudioError(
            f"{model} proposes no landmark {number} for this garment.",
            "Lower the visibility from which landmarks are shown, or accept another one.",
        )
    return chosen, wanted


def _words(proposal: Proposal, chosen: frozenset[Part], numbers: Sequence[int], whole: bool) -> str:
    """What is accepted; ``numbers`` are those of the garment's landmarks, as a person knows them."""
    if chosen == {Part.LANDMARKS} and len(numbers) == 1:
        return f"landmark {numbers[0]}"
    if whole and chosen == proposal.parts:
        return "garment"
    words = [str(part) for part in Part if part in chosen]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def position_behind(others: Iterable[Garment]) -> int:
    """The place in the image of a garment that is added behind ``others``."""
    return max((garment.position for garment in others), default=-1) + 1


def change_of(
    proposal: Proposal,
    garment: Garment | None,
    image: Image,
    categories: Mapping[int, Category],
    chosen: frozenset[Part],
    indices: Sequence[int],
    position: int,
    *,
    strict: bool = True,
) -> Change | None:
    """What becomes of the garment; None where nothing does.

    ``strict``: landmarks that mean nothing in the garment's schema are an error.
    """
    after = _new(proposal, image, categories, position) if garment is None else garment
    made: set[Part] = {Part.CATEGORY} if garment is None else set()
    if Part.CATEGORY in chosen and after.category_id != proposal.category_id:
        after = _with_category(after, _category(proposal, categories), categories)
        made.add(Part.CATEGORY)
    shaped = _with_shape(proposal, after, image, chosen)
    made |= {part for part, name in _SHAPES.items() if not _same(after, shaped, name)}
    after = shaped
    moved: list[int] = []
    if Part.LANDMARKS in chosen:
        after, moved = _with_landmarks(proposal, after, image, categories, indices, strict)
    if not made and not moved:
        return None
    source = proposal.source
    said = Said(source.model, proposal.score, source.run, source.sha256)
    theirs = [str(part) for part in Part if part in made - proposal.withheld]
    return Change(garment, after.but(extra=noted(after.extra, said, theirs, moved)))


#: The field of a garment that each of these parts sets.
_SHAPES = {Part.BOX: "box", Part.MASK: "polygons", Part.ATTRIBUTES: "attributes"}


def _same(one: Garment, other: Garment, name: str) -> bool:
    return one.same_as(one.but(**{name: getattr(other, name)}))


def _with_shape(proposal: Proposal, garment: Garment, image: Image, chosen: frozenset[Part]) -> Garment:
    """The garment with those of box, mask and attributes that are chosen."""
    if Part.BOX in chosen and proposal.box is not None:
        garment = _after(edits.set_box(garment, _inside(proposal.box, image)))
    if Part.MASK in chosen:
        garment = garment.but(polygons=proposal.polygons, rle=None)
    if Part.ATTRIBUTES in chosen:
        said = {name: 1 if score >= _YES else -1 for name, score in proposal.attributes.items()}
        garment = garment.but(attributes={**garment.attributes, **said})
    return garment


def _new(proposal: Proposal, image: Image, categories: Mapping[int, Category], position: int) -> Garment:
    """As a person adds one: behind the others, with the pair of the image, landmarks unlabelled."""
    category = _category(proposal, categories)
    size = category.schema.size
    return Garment(
        image_id=image.id,
        position=position,
        category_id=category.id,
        points=np.zeros((size, 2)),
        visibility=np.zeros(size, np.uint8),
        pair_id=image.pair_id,
        origin=Origin.MODEL,
    )


def _category(proposal: Proposal, categories: Mapping[int, Category]) -> Category:
    found = categories.get(proposal.category_id)
    if found is None:
        raise StudioError(
            f"The store has no category {proposal.category_id} that {proposal.source.model} proposes.",
            "Choose which of the store's categories it means.",
        )
    return found


def _after(edit: Edit) -> Garment:
    after = edit.changes[0].after
    assert isinstance(after, Garment)
    return after


def _with_category(garment: Garment, category: Category, categories: Mapping[int, Category]) -> Garment:
    before = categories.get(garment.category_id)
    schema = garment_schema(garment, categories)
    if schema is not None and before is not None and schema.names != before.schema.names:
        # Landmarks of a clothes type say nothing of the category: they stay.
        return garment.but(category_id=category.id)
    return _after(edits.set_category(garment, category, before))


def _inside(box: Floats, image: Image) -> Floats:
    """The part of a box that is in the image; the box itself where it lies outside, or no size is known."""
    if not image.size_known:
        return box
    clipped = clip_box(box, image.width, image.height)
    return clipped if clipped[2] > clipped[0] and clipped[3] > clipped[1] else box


def _with_landmarks(
    proposal: Proposal,
    garment: Garment,
    image: Image,
    categories: Mapping[int, Category],
    indices: Sequence[int],
    strict: bool,
) -> tuple[Garment, list[int]]:
    """The garment with these landmarks of the proposal, and the indices in the garment that changed."""
    garment, schema = _with_room(garment, proposal.schema, categories)
    if schema is None:
        if not strict:
            return garment, []
        raise StudioError(
            f"Garment {garment.id} of image {garment.image_id} has {len(garment.points)} landmarks, and no "
            "schema has that many.",
            "Choose its category first.",
        )
    wanted = set(indices)
    same = [(theirs, own) for theirs, own in pairs(proposal.schema, schema) if theirs in wanted]
    if not same and strict:
        name = categories[garment.category_id].name if garment.category_id in categories else "that category"
        raise StudioError(
            f"None of these landmarks of {proposal.source.model} means the same in {name}.",
            "Set the landmarks by hand, or choose a model that knows the category.",
        )
    places = proposal.points
    if image.size_known:
        places = clip_points(places, image.width, image.height)
    moves = {}
    for theirs, own in same:
        there = garment.visibility[own] in (Visibility.VISIBLE, Visibility.OCCLUDED)
        if not there or not np.array_equal(garment.points[own], places[theirs]):
            moves[own] = (float(places[theirs, 0]), float(places[theirs, 1]))
    return (_after(edits.move_landmarks(garment, moves)), sorted(moves)) if moves else (garment, [])


def _with_room(
    garment: Garment, proposed: Schema, categories: Mapping[int, Category]
) -> tuple[Garment, Schema | None]:
    """The garment with unlabelled landmarks where it had none, and their schema; None where none fits.

    It is its category's, or the proposal's where the category has no landmarks of its own.
    """
    if not len(garment.points):
        category = categories.get(garment.category_id)
        schema = category.schema if category is not None and category.schema.size else proposed
        size = schema.size
        return garment.but(points=np.zeros((size, 2)), visibility=np.zeros(size, np.uint8)), schema
    return garment, garment_schema(garment, categories)

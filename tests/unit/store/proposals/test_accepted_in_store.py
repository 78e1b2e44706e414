"""Accepted proposals through a document, its history and the formats."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.taxonomy import categories
from store import exporting, importing
from store.db import Store
from store.document import Document
from store.document.edits import Edit, move_landmarks, set_box
from store.document.provenance import said_of, said_of_landmarks
from store.errors import ConflictError
from store.exporting import ExportOptions
from store.proposals import Part, Proposal, Source, accept, accept_all, differences, match
from store.records import Garment, Origin, Visibility

KNOWN = {one.id: one for one in categories()}
NET = Source("net", "20260101-train", "c0ffee")
FORMATS = [("deepfashion2", ""), ("coco", "per-category"), ("coco", "294")]
several = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
IDS = frozenset({"id", "image_id", "version"})


def _proposed(garment: Garment, document: Document, seed: int = 1) -> Proposal:
    """What a model might say of a garment: all of it, a few pixels off."""
    schema = KNOWN[garment.category_id].schema
    random = np.random.default_rng(seed)
    shift = np.round(random.uniform(-4, 4, (schema.size, 2)), 2)
    width, height = document.image.width, document.image.height
    assert garment.box is not None
    x1, y1, x2, y2 = garment.box
    return Proposal(
        0,
        garment.category_id,
        0.87654321,
        box=np.clip(garment.box + np.round(random.uniform(-4, 4, 4), 2), 0, [width, height] * 2),
        polygons=(np.array([[x1, y1], [x2, y1], [x2, y2], [x1 + 0.25, y2]]),),
        points=np.clip(garment.points + shift, 0, [width, height]),
        visibility=np.where(random.random(schema.size) < 0.8, Visibility.VISIBLE, Visibility.UNLABELLED),
        point_scores=random.random(schema.size),
        schema=schema,
        source=NET,
    )


@pytest.fixture
def document(drawn: Store) -> Document:
    ids = [record.image.id for record in drawn.stream() if len(record.garments) > 1]
    return Document(drawn, ids[0])


@several
@given(st.integers(0, 1000), st.sets(st.sampled_from(Part), min_size=1))
def test_undo_restores_the_garment_and_redo_what_was_accepted(
    document: Document, seed: int, chosen: set[Part]
) -> None:
    before = document.garments[0]
    proposal = _proposed(before, document, seed)
    edit = accept(proposal, before, document.image, KNOWN, chosen & proposal.parts or {Part.BOX})
    if not edit.changes:
        return
    document.apply(edit)
    after = document.garments[0]
    assert after.origin is Origin.MODEL
    assert document.undo_title == edit.title
    document.undo()
    assert document.garments[0].same_as(before, IDS)
    document.redo()
    assert document.garments[0].same_as(after, IDS)
    assert said_of_landmarks(document.garments[0].extra) == said_of_landmarks(after.extra)
    document.refresh()
    assert document.garments[0].same_as(after, IDS)
    document.undo()


def test_all_are_accepted_and_taken_back_in_one_go(document: Document) -> None:
    before = document.garments
    proposals = [_proposed(garment, document, garment.id).but(number=n) for n, garment in enumerate(before)]
    new = proposals[0].but(box=np.array([1.0, 1.0, 20.0, 30.0]), number=len(before))
    matches = match(before, [*proposals, new])
    assert [one.garment for one in matches] == [*before, None]
    taken = accept_all(matches, document.image, KNOWN, others=before)
    document.apply(taken.edit)
    assert (taken.added, taken.updated, taken.left) == (1, 0, len(before))
    assert document.undo_title == "Accept 1 garment of net"
    document.undo()
    everything = [
        accept(one.proposal, one.garment, document.image, KNOWN, others=before).changes[0] for one in matches
    ]
    document.apply(Edit("Take over", tuple(everything), Origin.MODEL))
    assert [one.position for one in document.garments] == sorted({one.position for one in document.garments})
    again = match(document.garments, [*proposals, new])
    assert [one.iou for one in again] == [1.0] * len(again)
    assert accept_all(again, document.image, KNOWN, others=document.garments).edit.changes == ()
    for one in again:
        assert one.garment is not None
        found = differences(one.garment, one.proposal, KNOWN)
        assert all(f.pixels == 0 and f.kind != "missing" for f in found)
    document.undo()
    assert len(document.garments) == len(before)
    assert all(a.same_as(b, IDS) for a, b in zip(document.garments, before, strict=True))


def test_the_history_says_which_model_and_a_hand_takes_over(document: Document, drawn: Store) -> None:
    garment = document.garments[0]
    document.apply(accept(_proposed(garment, document), garment, document.image, KNOWN))
    said = sorted(said_of_landmarks(document.garments[0].extra))
    document.apply(move_landmarks(document.garments[0], {said[0]: (3.0, 4.0)}))
    document.apply(set_box(document.garments[0], [1, 2, 30, 40]))
    now = document.garments[0]
    assert now.origin is Origin.PERSON
    assert sorted(said_of_landmarks(now.extra)) == said[1:]
    assert said_of(now.extra, "box") is None
    mask = said_of(now.extra, "mask")
    assert mask is not None
    assert (mask.model, mask.score) == ("net", 0.8765)
    document.undo()
    assert said_of(document.garments[0].extra, "box") is not None
    titles = [revision.title for revision in drawn.revisions.of_garment(garment.id)]
    assert titles[0] == "Accept garment of net"
    assert drawn.revisions.of_garment(garment.id)[0].origin is Origin.MODEL


@pytest.mark.parametrize(("format", "layout"), FORMATS)
def test_accepted_garments_go_out_and_come_back(
    document: Document, drawn: Store, format: str, layout: str, tmp_path: Path
) -> None:
    first = document.garments[0]
    document.apply(accept(_proposed(first, document), first, document.image, KNOWN))
    document.apply(
        accept(_proposed(first, document, 2), None, document.image, KNOWN, others=document.garments)
    )
    # One with nothing but its category.
    document.apply(
        accept(
            _proposed(first, document, 3),
            None,
            document.image,
            KNOWN,
            {Part.CATEGORY},
            others=document.garments,
        )
    )
    out = tmp_path / ("out.json" if format == "coco" else "out")
    exporting.export(drawn, format, out, None, ExportOptions(layout=layout, precise=True, copy_images=True))
    with Store.create(tmp_path / "again") as again:
        report = importing.import_dataset(again, "auto", out, importing.ImportOptions())
        assert report.problems == 0
        name = document.image.name
        (found,) = [record for record in again.stream() if record.image.name == name]
    assert len(found.garments) == len(document.garments)
    ignored = IDS | {"extra", "key"}
    for before, after in zip(document.garments, found.garments, strict=True):
        assert said_of_landmarks(after.extra) == said_of_landmarks(before.extra)
        assert [said_of(after.extra, part) for part in Part] == [said_of(before.extra, part) for part in Part]
        assert after.origin is before.origin
        fields = ignored if before.box is not None else ignored | {"box"}
        assert after.same_as(before, fields)


@pytest.mark.parametrize(("format", "layout"), FORMATS)
def test_proposals_for_garments_of_an_imported_file_go_back_into_it(
    drawn: Store, format: str, layout: str, tmp_path: Path
) -> None:
    """What a reader keeps of the file word for word gives way to what was accepted."""
    options = ExportOptions(layout=layout, precise=True, copy_images=True)
    names = ["first", "second"]
    outs = [tmp_path / (f"{name}.json" if format == "coco" else name) for name in names]
    exporting.export(drawn, format, outs[0], None, options)
    with Store.create(tmp_path / "one") as one:
        importing.import_dataset(one, "auto", outs[0], importing.ImportOptions())
        document = Document(one, next(record.image.id for record in one.stream() if record.garments))
        garment = document.garments[0]
        document.apply(accept(_proposed(garment, document), garment, document.image, KNOWN))
        exporting.export(one, format, outs[1], None, options)
    with Store.create(tmp_path / "two") as two:
        importing.import_dataset(two, "auto", outs[1], importing.ImportOptions())
        (found,) = [r.garments for r in two.stream() if r.image.name == document.image.name]
    after = document.garments[0]
    assert found[0].same_as(after, IDS | {"extra"})
    assert said_of_landmarks(found[0].extra) == said_of_landmarks(after.extra)


def test_what_the_official_tools_read_has_no_key_of_ours_outside_our_own(
    document: Document, drawn: Store, tmp_path: Path
) -> None:
    garment = document.garments[0]
    document.apply(accept(_proposed(garment, document), garment, document.image, KNOWN))
    exporting.export(drawn, "coco", tmp_path / "c.json")
    exporting.export(drawn, "deepfashion2", tmp_path / "out")
    entries = json.loads((tmp_path / "c.json").read_text())["annotations"]
    stem = Path(document.image.name).stem
    item = json.loads((tmp_path / "out" / document.image.split / "annos" / f"{stem}.json").read_text())[
        "item1"
    ]
    holding = [entry for entry in (*entries, item) if "net" in json.dumps(entry)]
    assert len(holding) == 2
    for entry in holding:
        assert "accepted" not in entry
        assert entry["deepfashion_studio"]["extra"]["accepted"]["box"]["model"] == "net"
        assert "net" not in json.dumps({k: v for k, v in entry.items() if k != "deepfashion_studio"})


def test_matches_of_a_stale_garment_are_a_conflict_not_a_loss(document: Document) -> None:
    stale = document.garments[0]
    document.apply(set_box(stale, [1, 2, 30, 40]))
    edit = accept(_proposed(stale, document), stale, document.image, KNOWN)
    with pytest.raises(ConflictError):
        document.apply(edit)
    assert document.garments[0].box is not None
    assert document.garments[0].box.tolist() == [1, 2, 30, 40]

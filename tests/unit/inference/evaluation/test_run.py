"""A run or a model is evaluated on images of its store; what would make the figures wrong is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.program import run as run_program
from inference.data import select
from inference.evaluation.run import evaluate_run, with_groups
from inference.evaluation.run_data import some
from inference.evaluation.run_subject import subject_of
from inference.models import save_model
from inference.models.folder import load_model
from store.db import Store
from store.errors import StudioError
from store.filters import parse
from store.records import View
from store.runs import RunFolder
from store.runs.configuring import validated
from store.runs.manifest import ModelCategory, ModelSpec, read_manifest
from store.runs.results import Evaluation, read_evaluation, read_garments
from tests.unit.inference.evaluation.conftest import MakeModel, MakeRun, MakeSpec, Resplit


def evaluated(run: Path | str, store: Path, *by: str, where: str | None = None) -> Evaluation:
    folder = evaluate_run(run, store, by, where=where, device="cpu", workers=0)
    found = read_evaluation(folder)
    assert found is not None
    return found


def test_a_run_is_evaluated_on_the_test_split(own_store: Path, make_run: MakeRun) -> None:
    run = make_run(own_store)
    steps: list[str] = []
    folder = evaluate_run(
        run.id,
        own_store,
        ["category", "scale"],
        lambda _done, _total, message="": steps.append(message),
        device="cpu",
        workers=0,
    )
    assert folder == run.path / "evaluation"
    found = read_evaluation(folder)
    assert found is not None
    with Store.open(own_store, read_only=True) as store:
        test = store.images.ids(parse("split = test"))
        cells = [cell for table in found.tables if table.key == "category" for cell in table.columns]
        wheres = {column.name: store.images.ids(parse(column.where)) for column in cells}
    assert found.images == len(test)
    assert set(read_garments(folder).image_ids) <= set(test)
    # Every cell leads to images of what was evaluated, and to no others.
    assert all(set(ids) <= set(test) for ids in wheres.values())
    assert set(wheres["overall"]) == set(test)
    assert {"category/top1", "landmarks/NE", "attributes/top3"} <= set(found.metrics)
    # What crops are asked about is found already.
    assert "landmarks/AP" not in found.metrics
    assert "boxes/AP" not in found.metrics
    assert found.model == f"model (FashionNet, small, run {run.id})"
    assert found.data == "split = test of drawn"
    assert not any("training data" in note or "not known" in note for note in found.notes)
    assert any(step.startswith("Baselines: garments") for step in steps)


def test_a_detector_is_evaluated_with_boxes_masks_and_landmarks(
    own_store: Path, make_model: MakeModel
) -> None:
    model = make_model(own_store / "models" / "first", "match-rcnn")
    found = evaluated("first", own_store)
    assert {"boxes/AP", "masks/AP", "landmarks/AP"} <= set(found.metrics)
    told = found.baselines["given true boxes"]
    assert {"landmarks/AP", "landmarks/NE"} <= set(told)
    # With the boxes all garments are found, so its landmarks are measured on all of them.
    assert told["landmarks/NE"] < 1
    assert (model / "evaluation" / "evaluation.json").exists()
    assert any("What this model learnt from is not known here" in note for note in found.notes)


def test_without_a_test_split_what_the_run_held_out_is_evaluated(resplit: Resplit, make_run: MakeRun) -> None:
    store = resplit(test="train")
    found = evaluated(make_run(store).path, store)
    assert found.data == "split = validation of resplit"
    assert any(f"{found.images} of the {found.images} images are in the validation" in n for n in found.notes)
    assert not any("no evidence" in note for note in found.notes)


def test_held_out_identities_are_the_ones_of_the_run(resplit: Resplit, make_run: MakeRun) -> None:
    store = resplit(test="validation")
    config = validated({"data": {"train": "", "split": "identity", "validation_share": 0.4}})
    with Store.open(store, read_only=True) as opened:
        ids = select(opened, config.data, config.training.seed).validation.image_ids
    found = evaluated(make_run(store, config).id, store)
    assert found.data == "the identities held out of all images of resplit"
    with Store.open(store, read_only=True) as opened:
        shown = opened.images.ids(parse(found.tables[0].columns[-1].where))
        assert 0 < len(shown) < opened.images.count()
    assert sorted(shown) == sorted(ids)
    assert not any("no evidence" in note for note in found.notes)


def test_images_that_the_run_learnt_from_are_counted(own_store: Path, make_run: MakeRun) -> None:
    run = make_run(own_store)
    found = evaluated(run.id, own_store, where="split = train or split = test")
    with Store.open(own_store, read_only=True) as store:
        learnt = len(store.images.ids(parse("split = train")))
    assert any(
        note.startswith(f"{learnt} of the {found.images} images are in the training") for note in found.notes
    )


def test_a_store_that_changed_since_is_told(own_store: Path, make_run: MakeRun) -> None:
    run = make_run(own_store)
    run.event("started", images=999, garments=1234)
    found = evaluated(run.id, own_store)
    assert any("999 images with 1,234 garments" in note for note in found.notes)


def test_a_view_is_resolved_to_its_filter(own_store: Path, make_run: MakeRun) -> None:
    with Store.open(own_store) as store:
        store.views.save(View(name="Held", where="split = validation"))
    run = make_run(own_store)
    found = evaluated(run.id, own_store, where="view:held")
    assert found.tables[0].columns[-1].where == "split = validation"
    with pytest.raises(StudioError, match="names the view 'other'"):
        evaluated(run.id, own_store, where="view:other")


def test_a_model_with_the_runs_weights_is_the_run(own_store: Path, make_run: MakeRun) -> None:
    run = make_run(own_store)
    network, manifest = load_model(run.path / "model")
    copy = own_store / "models" / "kept"
    save_model(network, replace(manifest, name="kept"), copy)
    assert subject_of("kept", own_store).output == run.path
    next(network.parameters()).data.add_(1)
    save_model(network, replace(manifest, name="kept"), copy)
    subject = subject_of(copy, own_store)
    assert (subject.output, subject.run) == (copy, run.id)
    assert subject.config is not None


def test_what_cannot_be_evaluated_says_why(own_store: Path, make_run: MakeRun, tmp_path: Path) -> None:
    job = RunFolder.create(own_store, "export", ["export"])
    empty = make_run(own_store, model=False)
    for name, what in (
        ("nothing", "neither a run nor a model 'nothing'"),
        ("", "neither a run nor a model ''"),
        (job.id, "a job of the kind 'export'"),
        (empty.id, "has no model yet"),
    ):
        with pytest.raises(StudioError, match=what):
            evaluate_run(name, own_store, ())
    with pytest.raises(StudioError, match="no slices by 'colour'"):
        evaluate_run(empty.id, own_store, ["colour"])
    with pytest.raises(StudioError, match="selects no image"):
        evaluated(make_run(own_store).id, own_store, where="split = nowhere")


def test_a_model_alone_needs_to_be_told_where(resplit: Resplit, make_model: MakeModel) -> None:
    store = resplit(test="train")
    make_model(store / "models" / "alone", "embedding")
    with pytest.raises(StudioError, match="no test split"):
        evaluated("alone", store)
    # An embedding can only be measured where garments have counterparts.
    with pytest.raises(StudioError, match=r"Nothing that the model says \(embedding\) can be measured"):
        evaluated("alone", store, where="split = validation")
    found = evaluated("alone", store, where="")
    assert set(found.metrics) == set(found.baselines["random initialisation"])
    assert set(found.baselines) == {"random initialisation"}


def test_other_categories_are_refused_and_both_sets_listed(
    own_store: Path, make_model: MakeModel, make_spec: MakeSpec
) -> None:
    spec = make_spec("fashionnet")
    other = replace(spec, categories=(ModelCategory(1, "cape", 8), *spec.categories[1:]))
    make_model(own_store / "models" / "other", other)
    with pytest.raises(StudioError, match=r"1 cape \(8 landmarks\) of the model is not") as caught:
        evaluated("other", own_store)
    assert "1 short sleeve top (25 landmarks)" in caught.value.what
    own = make_spec("match-rcnn")
    fewer = replace(own, categories=tuple(replace(one, landmarks=4) for one in own.categories))
    make_model(own_store / "models" / "fewer", fewer)
    with pytest.raises(StudioError, match="other categories"):
        evaluated("fewer", own_store)


def test_categories_that_the_model_does_not_know_are_left_out_and_said(
    own_store: Path, make_model: MakeModel, make_spec: MakeSpec
) -> None:
    spec = make_spec("fashionnet")
    make_model(own_store / "models" / "two", replace(spec, categories=spec.categories[:2]))
    known = " or ".join(f'category = "{one.name}"' for one in spec.categories[:2])
    whole, kept = (evaluated("two", own_store, where=where) for where in ("", known))
    assert whole.garments == kept.garments
    assert any("does not know every category" in note for note in whole.notes)


def test_a_picture_that_went_missing_is_said(own_store: Path, make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run(own_store)
    with Store.open(own_store) as store:
        ids = store.images.ids(parse("split = test"))
        first = store.images.get(int(ids[0]))
        path = store.images.path(first)
    moved = tmp_path / "away.jpg"
    path.rename(moved)
    try:
        found = evaluated(run.id, own_store)
    finally:
        moved.rename(path)
    assert found.images == len(ids) - 1
    assert any("1 pictures that are missing" in note and path.name in note for note in found.notes)


def test_a_folder_that_cannot_be_written_is_told(own_store: Path, make_run: MakeRun) -> None:
    run = make_run(own_store)
    (run.path / "evaluation").write_text("in the way", encoding="utf-8")
    with pytest.raises(StudioError, match="cannot be written"):
        evaluated(run.id, own_store)


def test_what_a_file_said_of_pose_and_variation_slices_too(resplit: Resplit, make_run: MakeRun) -> None:
    def said(number: int) -> dict[str, object]:
        if number % 3 == 0:
            return {}
        return {"coco": {"id": 1, "unknown": {"variation": 1 + number % 2, "pose": "lying"}}}

    store = resplit(said)
    found = evaluated(make_run(store).id, store, "variation", "pose")
    table = next(table for table in found.tables if table.key == "category")
    counts = {
        column.name: cell.count
        for column, cell in zip(table.columns, table.cells[0], strict=True)
        if cell.count
    }
    told = counts["normal pose"] + counts["medium pose"]
    assert 0 < told == counts["lying"] < counts["overall"]
    assert any("have no variation" in note for note in found.notes)


def test_attributes_have_their_groups(make_spec: MakeSpec) -> None:
    spec = replace(make_spec("fashionnet"), attributes=("striped", "my own"))
    assert with_groups(spec) == [("pattern", "striped"), ("other", "my own")]


def test_many_problems_are_counted() -> None:
    assert some(["a", "b"]) == ["a", "b"]
    assert some([str(n) for n in range(9)])[-1] == "4 more like the last."


def test_the_command_line_evaluates_a_model_by_name(
    own_store: Path, make_model: MakeModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_model(own_store / "models" / "named")
    options = ["--store", str(own_store), "--by", "", "--where", "split = validation", "--workers", "0"]
    out = tmp_path / "all.json"
    assert run_program(["evaluate", "run", "named", *options, "--device", "cpu", "--json", str(out)]) == 0
    said = capsys.readouterr().out
    assert "named (FashionNet, small) on split = validation of drawn" in said
    assert "mean template" in said
    assert json.loads(out.read_bytes())["baselines"]["mean template"]["landmarks/NE"] > 0
    assert run_program(["evaluate", "run", "unnamed", *options]) == 2
    assert "neither a run nor a model 'unnamed'" in capsys.readouterr().err


def test_the_manifest_stays_as_it_was(own_store: Path, make_run: MakeRun) -> None:
    run = make_run(own_store)
    before = read_manifest(run.path / "model")
    evaluated(run.id, own_store)
    assert read_manifest(run.path / "model") == before
    assert isinstance(before.spec, ModelSpec)

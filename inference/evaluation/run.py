"""A training run, or a model, evaluated on images of a store; what it reached lies beside its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from inference.data import Slice
from inference.evaluation.assemble import evaluate, quick
from inference.evaluation.baselines import GIVEN, Rivals, baselines, truths_of
from inference.evaluation.run_data import Asked, asked, check_categories, kept_facts, some
from inference.evaluation.run_subject import Subject, subject_of
from inference.models import ARCHITECTURES
from inference.prediction import Predictor
from resources.taxonomy import fine_attributes
from store.db import Store
from store.errors import StudioError
from store.progress import Progress, silent
from store.runs.manifest import ModelSpec
from store.runs.measures.slices import checked
from store.runs.predictions import GarmentTruth, ImageTruth
from store.runs.results import Evaluation, GarmentResults, write_evaluation

#: The folder of an evaluation in that of a run or a model.
FOLDER = "evaluation"
#: The group of attributes that are none of DeepFashion's fine ones.
OTHERS = "other"


@dataclass(frozen=True, slots=True)
class Effort:
    """On what device, how many images at once, and how many processes read pictures."""

    device: str = "auto"
    batch: int = 8
    workers: int = 1


def evaluate_run(
    run: Path | str,
    store: Path,
    by: Sequence[str],
    progress: Progress = silent,
    *,
    where: str | None = None,
    device: str = "auto",
    batch: int = 8,
    workers: int = 1,
) -> Path:
    """Evaluate the model of a training run, or a model, on images of a store; the folder with the result.

    ``run`` is a run's id or folder, or a model's name or folder. ``by`` are groups of slices. ``where`` is a
    filter, or ``view:NAME``; by default the test split, else what the run held out. The result goes to
    ``evaluation/`` in the run's folder, for a model without a run in the model's; what the person should
    know is in its notes. StudioError where there is no such run or model, nothing to evaluate on, the model
    tells apart other categories than the store has, or the result cannot be written.
    """
    groups = checked(by)
    subject = subject_of(run, store)
    effort = Effort(device, batch, workers)
    progress(0, 0, "Reading the store")
    with Store.open(store, read_only=True) as opened:
        name = opened.name
        wanted = asked(opened, subject, where)
        unknown = check_categories(subject.manifest.spec, opened, wanted.data)
        facts = kept_facts(opened, wanted, groups)
    wanted = replace(wanted, facts=facts, notes=(*subject.notes, *wanted.notes, *unknown))
    evaluation, garments = measured(subject, wanted, groups, f"{wanted.told} of {name}", effort, progress)
    folder = subject.output / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        write_evaluation(evaluation, garments, folder)
    except OSError as error:
        raise StudioError(
            f"The evaluation cannot be written to {folder}: {error.strerror or error}.",
            "Check that the disk has room and the folder is yours to write.",
        ) from error
    return folder


def measured(
    subject: Subject, wanted: Asked, by: Sequence[str], told: str, effort: Effort, progress: Progress
) -> tuple[Evaluation, GarmentResults]:
    """The evaluation of a subject's model on what it is asked about, with what its rivals reach."""
    predictor, manifest = Predictor.load(subject.folder, effort.device)
    spec, data = manifest.spec, wanted.data
    truths = _with_facts(truths_of(data, spec), wanted)
    attributes = with_groups(spec)
    try:
        pictures, unreadable = predictor.predict(
            data, batch=effort.batch, workers=effort.workers, progress=progress
        )
    except torch.OutOfMemoryError as error:
        fewer = max(1, effort.batch // 2)
        raise StudioError(
            f"{predictor.device} has too little memory for {effort.batch} images at once.",
            f"Evaluate with --batch {fewer}, or with --device cpu.",
        ) from error
    progress(0, 0, "Measuring")
    evaluation, garments = evaluate(
        truths,
        pictures,
        by=by,
        categories=spec.categories,
        model=_named(subject),
        data=told,
        where=wanted.where,
        attributes=attributes,
        notes=(*wanted.notes, *some(unreadable)),
    )
    if not evaluation.metrics:
        raise StudioError(
            f"Nothing that the model says ({', '.join(manifest.tasks)}) can be measured on {told}.",
            "Choose images whose garments have that, with --where; retrieval needs counterparts.",
        )
    told_boxes = _given(predictor, data, truths, effort, progress)
    rivals = _rivals(subject, wanted, truths, attributes, str(predictor.device), effort, progress)
    notes = (*evaluation.notes, *rivals.notes)
    return replace(evaluation, baselines={**told_boxes, **rivals.figures}, notes=notes), garments


def _given(
    predictor: Predictor, data: Slice, truths: Sequence[ImageTruth], effort: Effort, progress: Progress
) -> dict[str, dict[str, float]]:
    """What a detector's landmarks reach in the true boxes: to be read beside the template, which has them
    too."""
    if predictor.spec.schema != "own" or not any(one.landmarks for one in predictor.spec.categories):
        return {}
    pictures = predictor.landmarks_in_true_boxes(
        data, batch=effort.batch, workers=effort.workers, progress=progress
    )
    figures = quick(truths, pictures, categories=predictor.spec.categories)
    return {GIVEN: {name: value for name, value in figures.items() if name.startswith("landmarks/")}}


def with_groups(spec: ModelSpec) -> list[tuple[str, str]]:
    """``(group, name)`` of a model's attributes, in their order."""
    groups = {name: group for group, name in fine_attributes()}
    return [(groups.get(name, OTHERS), name) for name in spec.attributes]


def _with_facts(truths: Sequence[ImageTruth], wanted: Asked) -> tuple[ImageTruth, ...]:
    if not wanted.facts:
        return tuple(truths)

    def told(garment: GarmentTruth) -> GarmentTruth:
        return replace(garment, facts={**garment.facts, **wanted.facts.get(garment.garment_id, {})})

    return tuple(replace(image, garments=tuple(map(told, image.garments))) for image in truths)


def _rivals(
    subject: Subject,
    wanted: Asked,
    truths: Sequence[ImageTruth],
    attributes: Sequence[tuple[str, str]],
    device: str,
    effort: Effort,
    progress: Progress,
) -> Rivals:
    def rivals(done: int, total: int, message: str = "") -> None:
        progress(done, total, f"Baselines: {message}")

    return baselines(
        subject.manifest.spec,
        wanted.data,
        truths,
        wanted.learnt,
        attributes,
        seed=subject.manifest.seed,
        device=device,
        batch=effort.batch,
        workers=effort.workers,
        progress=rivals,
    )


def _named(subject: Subject) -> str:
    """What was evaluated, for people: its name and network, and the run that made it."""
    spec = subject.manifest.spec
    title = ARCHITECTURES[spec.architecture].title
    run = f", run {subject.run}" if subject.run else ""
    return f"{subject.manifest.name or subject.folder.name} ({title}, {spec.backbone}{run})"

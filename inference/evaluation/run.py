"""A training run, or a model, evaluated on images of a store; what it reached lies beside its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from inference.data import Slice
from inference.evaluation.assemble import quick
from inference.evaluation.baselines import GIVEN, Rivals, baselines
from inference.evaluation.run_compared import compared, truths_asked, with_groups, written_to
from inference.evaluation.run_data import Asked, asked, check_categories, kept_facts
from inference.evaluation.run_predicted import evaluate_predicted, prediction_run
from inference.evaluation.run_subject import Subject, subject_of
from inference.prediction import Predictor
from store.db import Store
from store.errors import StudioError
from store.progress import Progress, silent
from store.runs.measures.slices import checked
from store.runs.predictions import ImageTruth
from store.runs.results import Evaluation, GarmentResults


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

    A prediction run is evaluated as it is, without its model (:mod:`inference.evaluation.run_predicted`).
    ``run`` is a run's id or folder, or a model's name or folder. ``by`` are groups of slices. ``where`` is a
    filter, or ``view:NAME``; by default the test split, else what the run held out. The result goes to
    ``evaluation/`` in the run's folder, for a model without a run in the model's; what the person should
    know is in its notes. StudioError where there is no such run or model, nothing to evaluate on, the model
    tells apart other categories than the store has, or the result cannot be written.
    """
    groups = checked(by)
    predicted = prediction_run(run, store)
    if predicted is not None:
        return evaluate_predicted(predicted, store, groups, progress, where=where)
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
    return written_to(subject.output, evaluation, garments)


def measured(
    subject: Subject, wanted: Asked, by: Sequence[str], told: str, effort: Effort, progress: Progress
) -> tuple[Evaluation, GarmentResults]:
    """The evaluation of a subject's model on what it is asked about, with what its rivals reach."""
    predictor, manifest = Predictor.load(subject.folder, effort.device)
    data = wanted.data
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
    truths = truths_asked(wanted, manifest.spec)
    evaluation, garments = compared(subject, wanted, truths, by, told, pictures, unreadable)
    told_boxes = _given(predictor, data, truths, effort, progress)
    rivals = _rivals(
        subject, wanted, truths, with_groups(manifest.spec), str(predictor.device), effort, progress
    )
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

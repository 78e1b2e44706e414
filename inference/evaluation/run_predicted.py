"""A prediction run evaluated as it is: its ``predictions.db`` against the annotations, without the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from inference.evaluation.run_compared import compared, truths_asked, written_to
from inference.evaluation.run_data import Asked, asked, check_categories, kept_facts
from inference.evaluation.run_subject import Subject, subject_of
from store.db import Store
from store.errors import StudioError
from store.progress import Progress, silent
from store.runs import RunFolder
from store.runs.manifest import ModelManifest
from store.runs.predicted import KIND, PredictionFacts, Predictions
from store.runs.predictions import ImagePrediction


def prediction_run(run: Path | str, store: Path) -> RunFolder | None:
    """The prediction run of an id or a folder; None where it is something else."""
    try:
        found = RunFolder.find(store, str(run))
        return found if found.about().get("kind") == KIND else None
    except StudioError:
        return None


def evaluate_predicted(
    run: RunFolder, store: Path, by: Sequence[str], progress: Progress = silent, *, where: str | None = None
) -> Path:
    """Evaluate what a run has predicted so far; the folder with the result, in that of the run.

    ``where`` is a filter, or ``view:NAME``; by default what was predicted. Images that the run did not
    predict are left out, and counted in the notes. StudioError where nothing is left, or where the run's
    categories are not the store's (any more).
    """
    progress(0, 0, "Reading the predictions")
    with Predictions.open(run.path) as kept, Store.open(store, read_only=True) as opened:
        subject = _subject(run, store, kept.facts)
        text = kept.facts.where if where is None else where
        wanted = _predicted_only(asked(opened, subject, text), kept)
        unknown = check_categories(subject.manifest.spec, opened, wanted.data)
        facts = kept_facts(opened, wanted, by)
        pictures = list(kept.of_images(wanted.data.image_ids.tolist()).values())
        there = set(wanted.data.image_ids.tolist())
        unreadable = [what for image, what in kept.problems() if image in there]
        told = f"{wanted.told} of {opened.name}"
    notes = (*subject.notes, *wanted.notes, *unknown, *_state(run))
    wanted = replace(wanted, facts=facts, notes=notes)
    progress(0, 0, "Measuring")
    truths = truths_asked(wanted, subject.manifest.spec)
    garments = {garment.garment_id for image in truths for garment in image.garments}
    pictures = [_of_garments(image, garments) for image in pictures]
    evaluation, results = compared(subject, wanted, truths, by, told, pictures, unreadable)
    return written_to(run.path, evaluation, results)


def _subject(run: RunFolder, store: Path, facts: PredictionFacts) -> Subject:
    """The model that predicted, as far as it is still known; the result goes to the prediction run."""
    own = ModelManifest(facts.model, facts.spec, facts.tasks, sha256=facts.sha256)
    for name in (facts.folder, facts.model):
        try:
            origin = subject_of(name, store)
        except StudioError:
            continue
        if origin.manifest.sha256 == facts.sha256:
            notes = (*facts.notes, *origin.notes)
            return replace(origin, manifest=own, output=run.path, notes=notes)
    note = "The model is not here any more: what it learnt from is not known, so it may be these images."
    return Subject(Path(facts.folder), own, run.path, notes=(*facts.notes, note))


def _predicted_only(wanted: Asked, kept: Predictions) -> Asked:
    """The images that were predicted, and what is said of the others."""
    there = np.isin(wanted.data.image_ids, kept.image_ids())
    missing = int((~there).sum())
    if not missing:
        return wanted
    if not there.any():
        raise StudioError(
            f"None of the {missing:,} images of {wanted.told} was predicted in this run.",
            "Choose another filter with --where, or predict them.",
        )
    note = f"{missing:,} of the {len(there):,} images of {wanted.told} were not predicted: they are left out."
    data = wanted.data.subset(np.flatnonzero(there).tolist())
    return replace(wanted, data=data, notes=(*wanted.notes, note))


def _of_garments(image: ImagePrediction, garments: set[int]) -> ImagePrediction:
    """Without what was said of garments that are gone, or that are not measured."""
    kept = tuple(one for one in image.garments if one.garment_id is None or one.garment_id in garments)
    return replace(image, garments=kept)


def _state(run: RunFolder) -> tuple[str, ...]:
    state = run.state().state
    if state == "done":
        return ()
    return (f"The run is {state}: what it has predicted so far is measured.",)

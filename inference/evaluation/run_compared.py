"""What a model said of images of a store, measured against its annotations, and where the result goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from inference.evaluation.assemble import evaluate
from inference.evaluation.baselines import truths_of
from inference.evaluation.run_data import Asked, some
from inference.evaluation.run_subject import Subject
from inference.models import ARCHITECTURES
from resources.taxonomy import fine_attributes
from store.errors import StudioError
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentTruth, ImagePrediction, ImageTruth
from store.runs.results import Evaluation, GarmentResults, write_evaluation

#: The folder of an evaluation in that of a run or a model.
FOLDER = "evaluation"
#: The group of attributes that are none of DeepFashion's fine ones.
OTHERS = "other"


def truths_asked(wanted: Asked, spec: ModelSpec) -> tuple[ImageTruth, ...]:
    """The annotations that a model is measured against, in what it speaks, with all their facts."""
    return _with_facts(truths_of(wanted.data, spec), wanted)


def compared(
    subject: Subject,
    wanted: Asked,
    truths: Sequence[ImageTruth],
    by: Sequence[str],
    told: str,
    pictures: Sequence[ImagePrediction],
    unreadable: Sequence[str],
) -> tuple[Evaluation, GarmentResults]:
    """The evaluation of predictions; ``unreadable`` are sentences about pictures that could not be read.

    StudioError where nothing that the model says can be measured.
    """
    spec = subject.manifest.spec
    evaluation, garments = evaluate(
        truths,
        pictures,
        by=by,
        categories=spec.categories,
        model=_named(subject),
        data=told,
        where=wanted.where,
        attributes=with_groups(spec),
        notes=(*wanted.notes, *some(unreadable)),
    )
    if not evaluation.metrics:
        raise StudioError(
            f"Nothing that the model says ({', '.join(subject.manifest.tasks)}) can be measured on {told}.",
            "Choose images whose garments have that, with --where; retrieval needs counterparts.",
        )
    return evaluation, garments


def written_to(output: Path, evaluation: Evaluation, garments: GarmentResults) -> Path:
    """Write an evaluation into the folder of a run or a model; where it is. StudioError where it
    cannot be."""
    folder = output / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        write_evaluation(evaluation, garments, folder)
    except OSError as error:
        raise StudioError(
            f"The evaluation cannot be written to {folder}: {error.strerror or error}.",
            "Check that the disk has room and the folder is yours to write.",
        ) from error
    return folder


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


def _named(subject: Subject) -> str:
    """What was evaluated, for people: its name and network, and the run that made it."""
    spec = subject.manifest.spec
    title = ARCHITECTURES[spec.architecture].title
    run = f", run {subject.run}" if subject.run else ""
    return f"{subject.manifest.name or subject.folder.name} ({title}, {spec.backbone}{run})"

"""``evaluate``: how good results are, in the benchmarks' own terms."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import RunOption, StoreOption
from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from store.errors import StudioError

if TYPE_CHECKING:
    from store.runs.results import Evaluation

evaluate = typer.Typer(
    name="evaluate", help="Measure results against a ground truth, by slice.", no_args_is_help=True
)

BY = "scale,occlusion,zoom_in,viewpoint"


class Landmarks(StrEnum):
    """Which landmarks of the ground truth count."""

    VISIBLE = "visible"
    ALL = "all"


Truth = Annotated[Path, typer.Option("--ground-truth", help="COCO ground truth.")]
Results = Annotated[Path, typer.Option("--results", help="The results.")]
By = Annotated[
    str,
    typer.Option(
        help="Slices, with commas between: scale occlusion zoom_in viewpoint category variation pose."
    ),
]
Json = Annotated[Path | None, typer.Option("--json", help="Write all of it to this file.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the intervals.")]


@evaluate.command()
def detection(
    ground_truth: Truth,
    results: Results,
    by: By = BY,
    json: Json = None,
    seed: Seed = 0,
    run: RunOption = None,
) -> None:
    """Boxes: COCO's AP, AP50 and AP75."""
    raise typer.Exit(_of_files("boxes", ground_truth, results, by, json, seed, run))


@evaluate.command()
def segmentation(
    ground_truth: Truth,
    results: Results,
    by: By = BY,
    json: Json = None,
    seed: Seed = 0,
    run: RunOption = None,
) -> None:
    """Masks: COCO's AP, AP50 and AP75."""
    raise typer.Exit(_of_files("masks", ground_truth, results, by, json, seed, run))


@evaluate.command()
def landmarks(
    ground_truth: Truth,
    results: Results,
    visibility: Annotated[
        Landmarks, typer.Option(help="visible: occluded landmarks do not count.")
    ] = Landmarks.ALL,
    by: By = BY,
    json: Json = None,
    seed: Seed = 0,
    run: RunOption = None,
) -> None:
    """Landmarks: AP by object keypoint similarity with DeepFashion2's sigmas, and normalised errors."""
    raise typer.Exit(_of_files("landmarks", ground_truth, results, by, json, seed, run, visibility.value))


@evaluate.command()
def retrieval(
    query: Annotated[Path, typer.Option(help="val_query.json of DeepFashion2, or one like it.")],
    gallery: Annotated[Path, typer.Option(help="val_gallery.json of DeepFashion2, or one like it.")],
    results: Results,
    by: By = BY,
    json: Json = None,
    seed: Seed = 0,
    run: RunOption = None,
) -> None:
    """Consumer to shop: DeepFashion2's protocol, missed garments included."""
    from inference.evaluation.from_files import retrieval_of_files

    with Reporter(run=run) as reporter:
        reporter(0, 0, "Reading and comparing")
        evaluation, _ = retrieval_of_files(query, gallery, results, by=groups(by), seed=seed)
        code = _answer(reporter, evaluation, json)
    raise typer.Exit(code)


@evaluate.command("run")
def run_(
    subject: Annotated[
        str, typer.Argument(metavar="RUN", help="A training run or a model of the store, or its folder.")
    ],
    store: StoreOption,
    by: By = BY,
    where: Annotated[
        str | None,
        typer.Option(help="A filter, or view:NAME; else the test split, or what the run held out."),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, or cuda:N.")] = "auto",
    batch: Annotated[int, typer.Option(min=1, help="Images at once.")] = 8,
    workers: Annotated[int, typer.Option(min=0, help="Processes that decode pictures.")] = 1,
    json: Json = None,
    run: RunOption = None,
) -> None:
    """The model of a training run on images of a store; the result lies in the run's folder."""
    from app.cli.data import where_text
    from inference.evaluation.run import evaluate_run
    from store.runs.results import read_evaluation

    with Reporter(run=run) as reporter:
        folder = evaluate_run(
            subject,
            store,
            groups(by),
            reporter,
            where=None if where is None else where_text(where),
            device=device,
            batch=batch,
            workers=workers,
        )
        evaluation = read_evaluation(folder)
        if evaluation is None:
            raise StudioError(f"{folder} has no evaluation.", "Evaluate the run again.")
        code = _answer(reporter, evaluation, json, {"folder": str(folder)})
    raise typer.Exit(code)


def groups(by: str) -> list[str]:
    """The groups of slices that a text names, with commas or spaces between."""
    return [name.replace("-", "_") for name in by.replace(",", " ").split()]


def run_folder(name: str, store: Path) -> Path:
    """The folder of a run by its name in the store, or by its path. StudioError where there is none."""
    from store.runs import RunFolder

    folder = Path(name)
    if not (store / "runs" / name).is_dir() and folder.is_dir():
        return folder
    return RunFolder.find(store, name).path


def write_json(path: Path, data: Any) -> None:
    """Write a file whole or not at all. StudioError where it cannot be written."""
    import orjson

    new = path.with_name(path.name + ".new")
    try:
        new.write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n")
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise StudioError(f"{path} cannot be written: {error.strerror}.", "Choose another place.") from error


def _of_files(
    kind: Any,
    ground_truth: Path,
    results: Path,
    by: str,
    json: Path | None,
    seed: int,
    run: Path | None,
    visibility: str = "all",
) -> int:
    from inference.evaluation.from_files import detections_of_files

    with Reporter(run=run) as reporter:
        reporter(0, 0, "Reading and comparing")
        evaluation, _ = detections_of_files(
            kind, ground_truth, results, by=groups(by), visibility=visibility, seed=seed
        )
        return _answer(reporter, evaluation, json)


def _answer(
    reporter: Reporter, evaluation: Evaluation, json: Path | None, more: dict[str, str] | None = None
) -> int:
    from app.cli.tables import evaluation_lines

    lines = evaluation_lines(evaluation)
    if json is not None:
        write_json(json, asdict(evaluation))
    return reporter.result({"metrics": dict(evaluation.metrics), **(more or {})}, lines, Exit.DONE)

"""The commands and their options, as typer reads them; the work is in the modules beside this one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.auditing import add_auditing
from app.cli.evaluating import evaluate
from app.cli.models import models
from app.cli.options import JsonOption, MapOption, RunOption, StoreOption, WhereOption, WorkersOption
from app.cli.outcome import Boundary, Exit
from app.cli.relocating import add_relocating
from app.cli.retrieval_commands import add_retrieval
from app.cli.schemas import add_schemas

program = typer.Typer(
    name="deepfashion-studio",
    help="See a clothes dataset, correct it, and hand it out clean. Without a command: the window.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)


class ImportFormat(StrEnum):
    """The formats that ``import`` reads."""

    AUTO = "auto"
    DEEPFASHION2 = "deepfashion2"
    COCO = "coco"
    CATEGORY_ATTRIBUTE = "category-attribute"
    CONSUMER_TO_SHOP = "consumer-to-shop"
    IN_SHOP = "in-shop"
    LANDMARKS = "landmarks"


class Conflicts(StrEnum):
    """Who wins where somebody edited what the files say otherwise by now."""

    KEEP = "keep"
    THEIRS = "theirs"


class ExportFormat(StrEnum):
    """The formats that ``export`` writes."""

    DEEPFASHION2 = "deepfashion2"
    COCO = "coco"
    CATEGORY_ATTRIBUTE = "category-attribute"
    CONSUMER_TO_SHOP = "consumer-to-shop"
    IN_SHOP = "in-shop"
    LANDMARKS = "landmarks"


class Layout(StrEnum):
    """What a format is written as, where there is a choice."""

    PER_CATEGORY = "per-category"
    L294 = "294"
    ANNOTATIONS = "annotations"
    RETRIEVAL = "retrieval"
    COARSE = "coarse"
    FINE = "fine"


LayoutOption = Annotated[
    Layout | None,
    typer.Option(
        help="coco: per-category or 294; deepfashion2: annotations or retrieval (with the query and "
        "gallery ground truth); category-attribute: coarse or fine.",
        show_default="the first, or what the dataset came in",
    ),
]


def _version(asked: bool) -> None:
    if asked:
        from app import __version__

        sys.stdout.write(f"deepfashion-studio {__version__}\n")
        raise typer.Exit


@program.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    _shown: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The window on the last store, else the welcome page."""
    if context.invoked_subcommand is not None:
        return
    from app.cli.window import show

    raise typer.Exit(show(None))


@program.command("open")
def open_store(store: Annotated[Path, typer.Argument(help="The folder of the store.")]) -> None:
    """Open the window on a store."""
    from app.cli.window import show

    raise typer.Exit(show(store))


@program.command()
def demo(
    folder: Annotated[Path | None, typer.Option("--dir", help="Where the demo goes.")] = None,
    images: Annotated[
        int | None, typer.Option(min=1, help="How many images to draw.", show_default="240")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same images.", show_default="7")] = None,
    errors: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Share of labels made wrong on purpose.", show_default="0.05"),
    ] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open the window.")] = False,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Draw the demo dataset, import it and open the window on it."""
    from app.cli.demo import demo as work

    raise typer.Exit(work(folder, images, seed, errors, headless=headless, as_json=as_json, run=run))


@program.command("import")
def import_(
    format: Annotated[ImportFormat, typer.Argument(help="auto finds out.")],
    path: Annotated[Path, typer.Argument(help="The dataset: a folder or a file.")],
    store: StoreOption,
    images: Annotated[Path | None, typer.Option(help="Where the pictures lie, if not beside.")] = None,
    split: Annotated[str, typer.Option(help="The split, where the files do not say.")] = "",
    name: Annotated[str, typer.Option(help="The dataset's name.", show_default="the folder's")] = "",
    database: Annotated[
        str, typer.Option(help="Of a new store: a PostgreSQL server's address, to work together.")
    ] = "",
    conflicts: Annotated[
        Conflicts,
        typer.Option(help="Of a dataset that is there: what becomes of edits where its files changed too."),
    ] = Conflicts.KEEP,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Read a dataset into a store, which is made if it is not there; again: bring it up to date."""
    from app.cli.data import import_dataset

    raise typer.Exit(
        import_dataset(
            format.value,
            path,
            store,
            images=images,
            split=split,
            name=name,
            database=database,
            conflicts=conflicts.value,
            as_json=as_json,
            run=run,
        )
    )


@program.command()
def export(
    format: Annotated[ExportFormat, typer.Argument(help="What to write.")],
    out: Annotated[Path, typer.Argument(help="A file for coco, a folder for the others.")],
    store: StoreOption,
    where: WhereOption = "",
    layout: LayoutOption = None,
    copy_images: Annotated[bool, typer.Option("--copy-images", help="Copy the pictures too.")] = False,
    precise: Annotated[bool, typer.Option("--precise", help="Decimals where the source has none.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing if anything would be lost.")
    ] = False,
    categories: Annotated[
        Path | None,
        typer.Option(
            help="A table of what categories are written as.", show_default="the store's categories.toml"
        ),
    ] = None,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Write a slice of a store, read it back and compare it."""
    from app.cli.data import export_slice

    raise typer.Exit(
        export_slice(
            format.value,
            out,
            store,
            where,
            layout=layout.value if layout else "",
            copy_images=copy_images,
            precise=precise,
            strict=strict,
            categories=categories,
            as_json=as_json,
            run=run,
        )
    )


@program.command()
def info(
    store: Annotated[Path, typer.Argument(help="The folder of the store.")], as_json: JsonOption = False
) -> None:
    """Say what is in a store."""
    from app.cli.data import info as work

    raise typer.Exit(work(store, as_json=as_json))


program.add_typer(evaluate)
program.add_typer(models)


@program.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="RUN_A", help="An evaluated run, or its folder.")],
    second: Annotated[str, typer.Argument(metavar="RUN_B", help="The run to compare with it.")],
    store: StoreOption,
    json: Annotated[Path | None, typer.Option("--json", help="Write all of it to this file.")] = None,
) -> None:
    """Say what changed from one evaluated run to another, and which garments were fixed or broken."""
    from app.cli.comparing import compare as work

    raise typer.Exit(work(first, second, store, json))


@program.command()
def train(
    store: StoreOption,
    model: Annotated[
        str | None,
        typer.Option(help="A network, a ready configuration, or a model to start from."),
    ] = None,
    config: Annotated[Path | None, typer.Option(help="A TOML file of settings.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="key=value, for example training.epochs=20.")
    ] = None,
    resume: Annotated[str | None, typer.Option(help="Go on with this run: its id or folder.")] = None,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Train a model on a store; its run can be watched in the window, stopped and resumed."""
    from app.cli.training import train as work

    raise typer.Exit(work(store, model, config, settings or [], resume, as_json=as_json, run=run))


@program.command()
def predict(
    store: StoreOption,
    model: Annotated[str | None, typer.Option(help="A model by its name, or its folder.")] = None,
    where: WhereOption = "",
    device: Annotated[str | None, typer.Option(help="auto, cpu or cuda:N.", show_default="auto")] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Pictures at once.", show_default="as suits the model")
    ] = None,
    workers: WorkersOption = None,
    score: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Garments below it are left out.", show_default="0.05"),
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help="auto, 32, bf16 or fp16.", show_default="auto")
    ] = None,
    categories: MapOption = None,
    resume: Annotated[str | None, typer.Option(help="Go on with this run: its id or folder.")] = None,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Predict the garments of a slice with a model; the run can be watched, stopped and resumed."""
    from app.cli.data import where_text
    from app.cli.predicting import predict as work

    code = work(
        store,
        model,
        resume,
        where=where_text(where),
        device=device,
        batch=batch,
        workers=workers,
        score=score,
        precision=precision,
        categories=categories or (),
        as_json=as_json,
        run=run,
    )
    raise typer.Exit(code)


add_retrieval(program)
add_relocating(program)
add_schemas(program)
add_auditing(program)


@program.command()
def devices(as_json: JsonOption = False) -> None:
    """List what models can run on."""
    from app.cli.devices import devices as work

    raise typer.Exit(work(as_json=as_json))


@program.command("test-model")
def try_model(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="The name of a model, or its folder.")],
    store: Annotated[Path | None, typer.Option("--store", help="The store whose models count too.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, or cuda:N.")] = "auto",
    batch: Annotated[int, typer.Option(min=1, help="Images at once.")] = 1,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long to measure.")] = 5.0,
    as_json: JsonOption = False,
) -> None:
    """Say how fast a model runs on a device, and with how much memory."""
    from app.cli.trying import try_model as work

    raise typer.Exit(work(model, store, device, batch, seconds, as_json=as_json))


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give back its exit code."""
    with Boundary(_tell) as boundary:
        try:
            program(args=None if arguments is None else list(arguments), prog_name="deepfashion-studio")
        except SystemExit as leaving:  # how typer ends, well or not; usage errors are 2 already
            return leaving.code if isinstance(leaving.code, int) else int(Exit.DONE)
    return int(boundary.code)

"""``index``, ``retrieve``, ``retrieval-report`` and ``leaks``: their options, as typer reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import JsonOption, RunOption, StoreOption, WhereOption, WorkersOption

IndexOption = Annotated[
    str | None, typer.Option("--index", help="An index of the store; needed where it has several.")
]


def add_retrieval(program: typer.Typer) -> None:
    """Add the commands to the program."""
    program.command()(index)
    program.command()(retrieve)
    program.command("retrieval-report")(report)
    program.command()(leaks)


def index(
    store: StoreOption,
    model: Annotated[str, typer.Option(help="A model by its name, or its folder.")] = "",
    crop: Annotated[str, typer.Option(help="What is looked at of a garment: box or mask.")] = "box",
    predictions: Annotated[
        str, typer.Option(help="A prediction run: its boxes are looked at, not the annotated ones.")
    ] = "",
    where: WhereOption = "",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda:N.")] = "auto",
    batch: Annotated[int, typer.Option(min=1, help="Garments at once.")] = 32,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Make vectors of garments, to be searched; what is there already and unchanged is kept."""
    from app.cli.data import where_text
    from app.cli.retrieving import index as work
    from app.cli.retrieving import index_config

    decoding = -1 if workers is None else workers
    config = index_config(model, crop, where_text(where), device, batch, decoding, predictions)
    raise typer.Exit(work(store, config, as_json=as_json, run=run))


def retrieve(
    store: StoreOption,
    index: IndexOption = None,
    protocol: Annotated[
        str, typer.Option(help="consumer-to-shop, in-shop or cross-pose.")
    ] = "consumer-to-shop",
    queries: Annotated[str, typer.Option(help="Which garments are looked for: a filter.")] = "",
    gallery: Annotated[str, typer.Option(help="Among which: a filter.")] = "",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda:N.")] = "auto",
    depth: Annotated[int, typer.Option(min=1, help="How much of each list is kept.")] = 100,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Look for garments in a gallery, by a benchmark's protocol, and keep the ranked lists."""
    from app.cli.data import where_text
    from app.cli.retrieving import retrieve as work

    code = work(
        store,
        index,
        protocol,
        queries=where_text(queries),
        gallery=where_text(gallery),
        device=device,
        depth=depth,
        as_json=as_json,
        run=run,
    )
    raise typer.Exit(code)


def report(
    source: Annotated[str, typer.Argument(metavar="RUN", help="A run of retrieve, or its folder.")],
    store: StoreOption,
    to: Annotated[
        Path, typer.Option("--to", help="The folder of the report; one that is there is replaced.")
    ],
    failures: Annotated[int, typer.Option(min=0, help="So many failures are shown with pictures.")] = 100,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Write why queries failed: a page with pictures, and tables as CSV."""
    from app.cli.retrieval_report import report as work

    raise typer.Exit(work(source, store, to, failures, as_json=as_json, run=run))


def leaks(
    store: StoreOption,
    index: IndexOption = None,
    where: WhereOption = "",
    limit: Annotated[
        float | None,
        typer.Option(min=0.0, max=2.0, help="Garments nearer than it look the same.", show_default="0.15"),
    ] = None,
    files: Annotated[bool, typer.Option(help="Compare picture files too, byte for byte.")] = True,
    table: Annotated[
        Path | None, typer.Option("--csv", help="A file for all that was found, a line each.")
    ] = None,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Find products and pictures on both sides of a split, garments that look the same, and equal files."""
    from app.cli.data import where_text
    from app.cli.leaks import leaks as work

    code = work(store, index, where_text(where), limit, files=files, table=table, as_json=as_json, run=run)
    raise typer.Exit(code)

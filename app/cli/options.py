"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StoreOption = Annotated[Path, typer.Option("--store", help="The folder of the store.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")]
RunOption = Annotated[Path | None, typer.Option("--run", hidden=True, help="The folder of this job.")]
WhereOption = Annotated[str, typer.Option(help='Which images, as in the window; "@FILE" reads it.')]
WorkersOption = Annotated[
    int | None,
    typer.Option(min=0, help="Processes that decode pictures.", show_default="as suits the device"),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", help='"category of the model=category of the store", once for each.'),
]

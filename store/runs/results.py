"""What an evaluation found: tables by slice, curves, confusions, and what was right of each garment.

``evaluation.json`` holds the tables, ``garments.npz`` one row a garment. Written by the evaluation,
read by the window: NumPy and nothing heavier.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import orjson
from numpy.typing import NDArray

from store.errors import StudioError

FILE = "evaluation.json"
GARMENTS = "garments.npz"


@dataclass(frozen=True, slots=True)
class Column:
    """A slice: ``group`` is what it is a level of ("occlusion"), ``name`` the level ("heavy"; "overall").

    ``where`` is the filter that shows its images in Browse, "" for all.
    """

    group: str
    name: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure with its 95 % bootstrap interval. ``value`` None: nothing measured. ``count``: garments."""

    value: float | None
    low: float | None = None
    high: float | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """One measure by slice. ``key`` is stable: "landmarks", "boxes", "masks", "retrieval", "category", ...

    ``rows`` name the figures ("AP", "AP50", "AP75"); ``cells[row][column]``. ``higher_is_better`` tells
    which way a difference is good. ``note`` says what the reader must know (the protocol, what was left out).
    """

    key: str
    title: str
    rows: tuple[str, ...]
    columns: tuple[Column, ...]
    cells: tuple[tuple[Cell, ...], ...]
    higher_is_better: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A figure from a paper that stands beside ours: never to be read without its ``data``.

    ``table`` and ``row`` say which figure of ours it stands beside; ``source`` is the paper,
    ``data`` what it was measured on.
    """

    table: str
    row: str
    method: str
    value: float
    data: str
    source: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a chart: precision over recall, say. ``chart`` groups lines that belong together."""

    chart: str
    label: str
    x_name: str
    y_name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Confusion:
    """``counts[i][j]``: garments of class i (row) that were said to be class j. The last may be "nothing"."""

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class LandmarkError:
    """The error of one landmark (0-based ``index``) of a schema: mean normalised error and share detected."""

    schema: str
    index: int
    error: float | None
    detected: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that one evaluation found.

    ``metrics`` are the headline figures by name ("landmarks/AP"). ``model``, ``data`` and ``created`` say of
    what, on what and when. ``baselines`` are the same headline figures of simple rivals, by rival.
    """

    model: str
    data: str
    created: str
    images: int
    garments: int
    metrics: Mapping[str, float]
    tables: tuple[Table, ...] = ()
    published: tuple[Published, ...] = ()
    curves: tuple[Curve, ...] = ()
    confusion: Confusion | None = None
    landmark_errors: tuple[LandmarkError, ...] = ()
    baselines: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What each cell was in each draw of the bootstrap, so that two evaluations can be compared in pairs.

    The draws of two evaluations are the same where ``seed`` and ``image_ids`` ``(I,)``, ascending, are.
    ``cells`` maps :func:`draws_key` to ``(B,)`` float32.
    """

    seed: int
    image_ids: NDArray[np.int64]
    cells: Mapping[str, NDArray[np.float32]]


def draws_key(table: str, row: str, column: Column) -> str:
    """The name of a cell's draws."""
    return "|".join((table, row, column.group, column.name))


@dataclass(frozen=True, slots=True, eq=False)
class GarmentResults:
    """What was right of each garment: the rows behind "fixed" and "broke".

    ``garment_ids`` and ``image_ids`` are ``(n,)`` int64, in ascending order of garment. ``scores`` maps a
    measure ("boxes", "masks", "landmarks", "category") to ``(n,)`` float64 (IoU, OKS, 1 or 0; NaN where it
    was not measured) and ``correct`` maps the same to ``(n,)`` bool. ``draws`` are of the tables' cells.
    """

    garment_ids: NDArray[np.int64]
    image_ids: NDArray[np.int64]
    scores: Mapping[str, NDArray[np.float64]]
    correct: Mapping[str, NDArray[np.bool_]]
    draws: Draws | None = None


def write_evaluation(evaluation: Evaluation, garments: GarmentResults, folder: Path) -> None:
    """Write both files into a folder that exists. OSError as the file system says."""
    arrays: dict[str, Any] = {"garment_ids": garments.garment_ids, "image_ids": garments.image_ids}
    arrays |= {f"score.{key}": values for key, values in garments.scores.items()}
    arrays |= {f"correct.{key}": values for key, values in garments.correct.items()}
    if garments.draws is not None:
        arrays |= {"draws_seed": np.array(garments.draws.seed), "draws_images": garments.draws.image_ids}
        arrays |= {f"draw.{key}": values for key, values in garments.draws.cells.items()}
    new = folder / (GARMENTS + ".new")
    with new.open("wb") as out:
        np.savez_compressed(out, **arrays)
    new.replace(folder / GARMENTS)
    new = folder / (FILE + ".new")
    new.write_bytes(orjson.dumps(asdict(evaluation), option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY))
    new.replace(folder / FILE)


def read_evaluation(folder: Path) -> Evaluation | None:
    """The evaluation of a folder; None where there is none. StudioError where it cannot be read."""
    file = folder / FILE
    if not file.exists():
        return None
    try:
        raw = orjson.loads(file.read_bytes())
        raw["tables"] = tuple(_table(one) for one in raw["tables"])
        raw["published"] = tuple(Published(**one) for one in raw["published"])
        raw["curves"] = tuple(
            Curve(**{**one, "x": tuple(one["x"]), "y": tuple(one["y"])}) for one in raw["curves"]
        )
        raw["landmark_errors"] = tuple(LandmarkError(**one) for one in raw["landmark_errors"])
        raw["notes"] = tuple(raw["notes"])
        if raw["confusion"] is not None:
            counts = tuple(map(tuple, raw["confusion"]["counts"]))
            raw["confusion"] = Confusion(tuple(raw["confusion"]["names"]), counts)
        return Evaluation(**raw)
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise StudioError(f"{file} cannot be read: {error}.", "Evaluate the run again.") from error


def read_garments(folder: Path) -> GarmentResults:
    """What was right of each garment. StudioError where it cannot be read."""
    file = folder / GARMENTS
    try:
        with file.open("rb") as source, np.load(source, allow_pickle=False) as found:
            parts = {key: found[key] for key in found.files}
        draws = None
        if "draws_seed" in parts:
            draws = Draws(int(parts["draws_seed"]), parts["draws_images"], _named(parts, "draw."))
        scores, correct = _named(parts, "score."), _named(parts, "correct.")
        return GarmentResults(parts["garment_ids"], parts["image_ids"], scores, correct, draws)
    except (OSError, ValueError, KeyError, EOFError, AttributeError, BadZipFile, zlib.error) as error:
        raise StudioError(f"{file} cannot be read: {error}.", "Evaluate the run again.") from error


def _named(parts: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {key.removeprefix(prefix): value for key, value in parts.items() if key.startswith(prefix)}


def _table(raw: dict[str, Any]) -> Table:
    cells = tuple(tuple(Cell(**cell) for cell in row) for row in raw.pop("cells"))
    columns = tuple(Column(**one) for one in raw.pop("columns"))
    return Table(rows=tuple(raw.pop("rows")), columns=columns, cells=cells, **raw)

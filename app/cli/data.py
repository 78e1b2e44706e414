"""``import``, ``export`` and ``info``: datasets in, slices out, and what lies between."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from app.cli.stores import MARK
from store.errors import FilterError, StudioError

if TYPE_CHECKING:
    from store.db import Store
    from store.exporting import ExportReport, Loss, Preflight
    from store.importing import ImportReport
    from store.records import Problem

#: How many problems a person is told of at the end of an import; all are in the store.
PROBLEMS_SHOWN = 10

#: Characters of a filter to show on each side of a fault.
POINTED = 60


@contextmanager
def opened_or_created(folder: Path, name: str, url: str = "") -> Iterator[Store]:
    """The store in ``folder``, made if there is none; one that was made for nothing is taken away again."""
    from store.db import Store

    # These say no where there is no right to look; the store then says so itself.
    made = not os.path.exists(folder / MARK)  # noqa: PTH110
    before = set(folder.iterdir()) if os.access(folder, os.R_OK) and folder.is_dir() else None
    empty = True
    try:
        with Store.create(folder, name, url) if made else Store.open(folder) as store:
            try:
                yield store
            finally:
                empty = not store.datasets.all()
    finally:
        if made and empty and os.path.exists(folder):  # noqa: PTH110
            _take_away(folder, before)


def _take_away(folder: Path, before: set[Path] | None) -> None:
    import shutil

    if before is None:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in set(folder.iterdir()) - before:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def import_dataset(
    format: str,
    path: Path,
    folder: Path,
    *,
    images: Path | None = None,
    split: str = "",
    name: str = "",
    database: str = "",
    conflicts: str = "keep",
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Read a dataset into the store in ``folder``; 1 where records had problems."""
    from store import importing

    options = importing.ImportOptions(
        images=images, split=split, name=name, conflicts=importing.Conflicts(conflicts)
    )
    with Reporter(as_json=as_json, run=run) as reporter, opened_or_created(folder, name, database) as store:
        report = importing.import_dataset(store, format, path, options, reporter)
        data = {"store": str(folder), **asdict(report)}
        data["problem_list"] = [
            {name: one[name] for name in ("severity", "code", "file", "item", "message")}
            for one in data.pop("listed")
        ]
        code = Exit.PROBLEMS if report.problems else Exit.DONE
        return reporter.result(data, _import_lines(store, report, report.listed), code)


def _import_lines(store: Store, report: ImportReport, problems: Sequence[Problem]) -> list[str]:
    lines = [
        f"{report.images:,} images and {report.garments:,} garments in {report.seconds:.1f} s "
        f'into {store.folder}, as dataset "{report.dataset}"'
    ]
    if report.again:
        lines = _again_lines(store, report)
    if report.before:
        lines.append(f"{report.before:,} images were there from an import that was broken off.")
    if report.missing:
        lines.append(f"{report.missing:,} picture files are not there; their annotations are kept.")
    if report.problems:
        lines.append(f"{report.problems:,} problems, all in the store's problem list:")
        for problem in problems[:PROBLEMS_SHOWN]:
            where = " ".join(part for part in (problem.file, problem.item) if part)
            lines.append(f"  {problem.severity}: {where}: {problem.message}")
        if report.problems > PROBLEMS_SHOWN:
            lines.append(f"  and {report.problems - PROBLEMS_SHOWN:,} more")
    return lines


def _again_lines(store: Store, report: ImportReport) -> list[str]:
    """What an import of a dataset that was there has done."""
    parts = [
        f"{report.images:,} images added",
        f"{report.changed:,} changed",
        f"{report.same:,} as they were",
    ]
    lines = [
        f'Dataset "{report.dataset}" of {store.folder} was there and is up to date after '
        f"{report.seconds:.1f} s: {', '.join(parts)}."
    ]
    if report.kept:
        lines.append(
            f"{report.kept:,} images were edited here and changed in the files: the edits were kept. "
            "--conflicts theirs takes what the files say."
        )
    if report.overwritten:
        lines.append(
            f"{report.overwritten:,} of the changed images had been edited here; that can be undone in each."
        )
    if report.gone:
        lines.append(f"{report.gone:,} images are not in the files any more; they were left in the store.")
    return lines


def where_text(where: str) -> str:
    """The text of a filter, or of the file it names with a leading ``@``."""
    if where.startswith("@"):
        path = Path(where[1:])
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise StudioError(
                f"The filter file {path} cannot be read: {error.strerror}.", "Check the path after the @."
            ) from error
        except UnicodeDecodeError as error:
            raise StudioError(f"The filter file {path} is not UTF-8 text.", "Save it as UTF-8.") from error
    return where


@contextmanager
def pointing_into(where: str) -> Iterator[None]:
    """Shows under the text of a filter where it is wrong."""
    try:
        yield
    except FilterError as error:
        before = where[: error.position]
        line = before.count("\n")
        column = len(before) - (before.rfind("\n") + 1)
        first = max(0, column - POINTED)
        shown = where.split("\n")[line][first : first + 2 * POINTED]
        what = f"{error.what} {error.fix}".strip()
        raise FilterError(f"{what}\n  {shown}\n  {'^':>{column - first + 1}}", "", error.position) from error


def export_slice(
    format: str,
    out: Path,
    folder: Path,
    where: str,
    *,
    layout: str,
    copy_images: bool,
    precise: bool,
    strict: bool,
    categories: Path | None = None,
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Write the images that ``where`` selects; 1 where something was lost or ``strict`` refused.

    What the format cannot hold is said before anything is written.
    """
    from store import exporting
    from store.db import Store
    from store.exporting import tables

    with Reporter(as_json=as_json, run=run) as reporter:

        def proof(key: str, state: str) -> None:
            reporter.event("proof", key=key, state=state)

        which = tables.set_of(format, layout)
        table = tables.read(categories, which) if categories is not None and which else None
        options = exporting.ExportOptions(layout, precise, copy_images, strict, table)
        text = where_text(where)
        with Store.open(folder, read_only=True) as store, pointing_into(text):
            if run is None and not strict and exporting.may_lose(format, layout):
                # The window has said so before it started the job; a refusal says it in any case.
                for line in _before(exporting.preflight(store, format, text, options, reporter)):
                    reporter.say(line)
            report = exporting.export(store, format, out, text, options, reporter, proof)
        data = {"store": str(folder), "format": format, "refused": not report.files, **asdict(report)}
        lost = any(not loss.kept for loss in report.losses)
        return reporter.result(data, _export_lines(report), Exit.PROBLEMS if lost else Exit.DONE)


def _before(found: Preflight) -> list[str]:
    """What is said before an export: what the format has no word for, and how many that is."""
    if not found.losses:
        return []
    return ["What the format cannot hold:", *map(_loss_line, found.losses)]


def _loss_line(loss: Loss) -> str:
    return f"  {'kept' if loss.kept else 'lost'}: {loss.count:,} {loss.what}: {loss.how}"


def _export_lines(report: ExportReport) -> list[str]:
    if report.files:
        lines = [
            f"{report.images:,} images and {report.garments:,} garments in {report.seconds:.1f} s; "
            f"{report.verified:,} images read back and found equal"
            + (f", {report.sampled:,} garments opened with pycocotools" if report.sampled else "")
        ]
        lines += [f"  {file}" for file in report.files]
    else:
        lines = ["Nothing was written: --strict, and this would be lost:"]
    return [*lines, *map(_loss_line, report.losses)]


def info(folder: Path, *, as_json: bool) -> int:
    """Say what is in a store."""
    from store.db import Store
    from store.unfinished import is_unfinished

    with Reporter(as_json=as_json) as reporter, Store.open(folder, read_only=True) as store:
        totals, facets = store.statistics.totals(), store.statistics.facets()
        datasets = [
            {
                "name": one.name,
                "format": one.format,
                "root": one.root,
                "images_root": one.images_root,
                "unfinished": is_unfinished(store, one),
            }
            for one in store.datasets.all()
        ]
        data: dict[str, Any] = {
            "store": str(store.folder),
            "name": store.name,
            "read_only": not os.access(store.folder, os.W_OK),
            **asdict(totals),
            "datasets": datasets,
            **{name: facets.get(name, {}) for name in ("split", "domain", "review", "category")},
        }
        return reporter.result(data, _info_lines(data))


def _info_lines(data: dict[str, Any]) -> list[str]:
    lines = [
        f"{data['name']}  {data['store']}",
        f"{data['images']:,} images, {data['garments']:,} garments, {data['reviewed']:,} reviewed, "
        f"{data['problems']:,} problems, {data['missing']:,} pictures missing",
    ]
    for one in data["datasets"]:
        state = "; its import has not come to its end" if one["unfinished"] else ""
        lines.append(f"  dataset {one['name']}: {one['format']}, {one['root']}{state}")
    for name in ("split", "domain", "review", "category"):
        counts = ", ".join(f"{word} {count:,}" for word, count in data[name].items() if count)
        if counts:
            lines.append(f"  images by {name}: {counts}")
    return lines

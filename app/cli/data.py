"""``import``, ``export`` and ``info``: datasets in, slices out, and what lies between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from store.errors import StudioError

if TYPE_CHECKING:
    from store.importing import ImportReport

    from store.db import Store
    from store.filters import Expr

#: How many problems a person is told of at the end of an import; all are in the store.
PROBLEMS_SHOWN = 10
#: The file that makes a folder a store.
MARK = "store.toml"


@contextmanager
def opened_or_created(folder: Path, name: str) -> Iterator[Store]:
    """The store in ``folder``, made if there is none; one that was made for nothing is taken away again."""
    from store.db import Store

    if (folder / MARK).exists():
        with Store.open(folder) as store:
            yield store
        return
    before = set(folder.iterdir()) if folder.is_dir() else None
    kept = False
    try:
        with Store.create(folder, name) as store:
            yield store
            kept = True
    except StudioError:
        with Store.open(folder) as store:
            kept = bool(store.datasets.all())
        raise
    finally:
        if not kept:
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
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Read a dataset into the store in ``folder``; 1 where records had problems."""
    from store import importing

    options = importing.ImportOptions(images=images, split=split, name=name)
    with Reporter(as_json=as_json, run=run) as reporter, opened_or_created(folder, name) as store:
        report = importing.import_dataset(store, format, path, options, reporter)
        lines = _import_lines(store, report)
        code = Exit.PROBLEMS if report.problems else Exit.DONE
        return reporter.result({"store": str(folder), **asdict(report)}, lines, code)


def _import_lines(store: Store, report: ImportReport) -> list[str]:
    lines = [
        f"{report.images:,} images and {report.garments:,} garments in {report.seconds:.1f} s "
        f"into {store.folder}"
    ]
    if report.missing:
        lines.append(f"{report.missing:,} picture files are not there; their annotations are kept.")
    if report.problems:
        lines.append(f"{report.problems:,} problems, all in the store's problem list:")
        total = store.problems.count()
        for problem in store.problems.page(max(0, total - report.problems), PROBLEMS_SHOWN):
            where = " ".join(part for part in (problem.file, problem.item) if part)
            lines.append(f"  {problem.severity}: {where}: {problem.message}")
        if report.problems > PROBLEMS_SHOWN:
            lines.append(f"  and {report.problems - PROBLEMS_SHOWN:,} more")
    return lines


def read_where(text: str) -> Expr | None:
    """The expression in ``text``, or in the file it names with a leading ``@``."""
    from store.filters import parse

    if text.startswith("@"):
        path = Path(text[1:])
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise StudioError(f"The filter file {path} cannot be read: {error}.") from error
    return parse(text)


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
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Write the images that ``where`` selects; 1 where something was lost or ``strict`` refused."""
    from store import exporting
    from store.db import Store

    options = exporting.ExportOptions(layout=layout, precise=precise, copy_images=copy_images, strict=strict)
    with Reporter(as_json=as_json, run=run) as reporter:
        expression = read_where(where)
        with Store.open(folder, read_only=True) as store:
            if strict and (refusal := _strict_refusal(store, format, expression, options)):
                return reporter.result(*refusal, Exit.PROBLEMS)
            report = exporting.export(store, format, out, expression, options, reporter)
        data = {"store": str(folder), "format": format, **asdict(report)}
        code = Exit.PROBLEMS if any(_lost(loss) for loss in report.losses) else Exit.DONE
        return reporter.result(data, _export_lines(report), code)

"""Looks at a selection before it is exported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from resources.taxonomy import Category
from store.db import Store
from store.exporting.conversion import Conversion
from store.exporting.options import Check, ExportOptions, Preflight
from store.exporting.selection import Selection
from store.exporting.tables import THIRTEEN, Table, in_force, set_of
from store.filters import Expr
from store.formats import registry
from store.formats.base import Loss, Losses, WriteOptions
from store.progress import Progress, silent
from store.records import ImageRecord, ImageState, Review

_REPORT_EVERY = 200
#: So many categories are named in a check.
_NAMED = 8


def table_of(store: Store, format: str, options: ExportOptions) -> dict[str, str]:
    """What the store's categories are written as; empty for a format that takes any."""
    which = set_of(format, options.layout)
    if options.categories is None:
        return in_force(store.folder, which, store.categories.all())
    return {**in_force(store.folder, which, store.categories.all()), **options.categories} if which else {}


def conversion_for(
    known: Sequence[Category], selection: Selection, format: str, layout: str, table: Table
) -> Conversion | None:
    """How the records of a selection change for a format; None where they need not."""
    return Conversion(known, table, selection.pairs()) if set_of(format, layout) == THIRTEEN else None


def preflight(
    store: Store,
    format: str,
    where: Expr | str | None = None,
    options: ExportOptions | None = None,
    progress: Progress = silent,
) -> Preflight:
    """What an export would write, what is worth a look first, and what the format has no word for.

    FormatError for an unknown format or layout, FilterError for a filter that cannot be read; Cancelled
    passes.
    """
    options = options or ExportOptions()
    known = store.categories.all()
    table = table_of(store, format, options)
    writing = WriteOptions(layout=options.layout, precise=options.precise, categories=table)
    writer = registry.writer(format, Path(), writing)
    selection = Selection(store, where)
    conversion = conversion_for(known, selection, format, options.layout, table)
    writer.foresee(selection.datasets(), selection.categories(), selection.images())
    counts, losses, categories = Counter[str](), Losses(), Counter[int]()
    total = len(selection)
    losses.update(dataset_losses(selection, format))
    for done, record in enumerate(selection.records(), 1):
        _count(record, counts, categories)
        if conversion is not None:
            losses.update(conversion.losses(record))
            record = conversion.of(record)
        losses.update(writer.losses(record))
        if done % _REPORT_EVERY == 0 or done == total:
            progress(done, total, "Checking")
    checks = [
        *_checks(selection, counts, format, options),
        *_category_checks(selection, categories, table, format),
    ]
    return Preflight(
        total, counts["garments"], tuple(checks), listed_losses(losses), _named(categories, known)
    )


def _named(counts: Counter[int], known: Sequence[Category]) -> dict[str, int]:
    """Garments by the name of their category, in the order of the ids."""
    names = {category.id: category.name for category in known}
    found = Counter[str]()
    for category_id, count in sorted(counts.items()):
        found[names.get(category_id, f"category {category_id}")] += count
    return dict(found)


def may_lose(format: str, layout: str) -> bool:
    """Whether a record can lose something in a format, so that an export is to be looked at before."""
    return format != "coco" or set_of(format, layout) == THIRTEEN


def listed_losses(losses: Losses) -> tuple[Loss, ...]:
    """The losses, those that are not kept first."""
    found = [Loss(what, count, kept, how) for (what, kept, how), count in losses.items() if count]
    return tuple(sorted(found, key=lambda loss: (loss.kept, -loss.count, loss.what)))


def dataset_losses(selection: Selection, format: str) -> Losses:
    """What is said of whole datasets and has no place: only an export of a single one has.

    DeepFashion2's folders have no place at all, and what a format says of its own files needs none in others.
    """
    datasets = selection.datasets()
    kept = format != "deepfashion2" and len(datasets) == 1
    lost = sum(any(name == "coco" for name in dataset.extra) for dataset in datasets if not kept)
    return Losses({("what datasets say of themselves (info, licences)", False, "left out"): lost})


def _count(record: ImageRecord, counts: Counter[str], categories: Counter[int]) -> None:
    image = record.image
    counts[f"state {image.state}"] += 1
    counts["unfinished"] += image.review not in (Review.ACCEPTED, Review.REJECTED)
    counts["rejected"] += image.review is Review.REJECTED
    counts["bare"] += not record.garments
    counts["garments"] += len(record.garments)
    for garment in record.garments:
        categories[garment.category_id] += 1


def _checks(selection: Selection, counts: Counter[str], format: str, options: ExportOptions) -> list[Check]:
    total = len(selection)
    if not total:
        return [Check("selection", "block", 0, "The selection holds no images.")]
    checks = [Check("selection", "ok", total, f"{total:,} images with {counts['garments']:,} garments.")]
    missing = counts[f"state {ImageState.MISSING}"]
    what = "cannot be copied" if options.copy_images else "are referred to all the same"
    checks.append(
        Check("missing pictures", "warn", missing, f"Pictures that are not there {what}.", "state = missing")
        if missing
        else Check("missing pictures", "ok", 0, "All pictures are there.")
    )
    broken = counts[f"state {ImageState.UNREADABLE}"]
    if broken:
        message = "Pictures that cannot be read; whoever uses the export will stumble over them."
        checks.append(Check("unreadable pictures", "warn", broken, message, "state = unreadable"))
    problems = selection.with_problems
    checks.append(
        Check("problems", "warn", problems, "Images with problems that the import found.", "problems > 0")
        if problems
        else Check("problems", "ok", 0, "The import found no problems.")
    )
    checks += _review_checks(counts)
    if counts["bare"]:
        checks.append(Check("no garments", "ok", counts["bare"], "Images without garments.", "garments = 0"))
    if format == "coco" and len(selection.datasets()) > 1 and not options.copy_images:
        message = "The pictures lie in several folders; file names start from the folder above all of them."
        checks.append(Check("datasets", "ok", len(selection.datasets()), message))
    return [*checks, *_product_checks(selection, format)]


def _product_checks(selection: Selection, format: str) -> list[Check]:
    """Products of several datasets that nothing in the files tells apart."""
    if format not in ("coco", "deepfashion2") or len(selection.datasets()) < 2:
        return []
    count = selection.shared_products(items=format == "coco")
    message = (
        "Garments with the pair or item id of another dataset's: imported again, they are one product. "
        "Export one dataset at a time to keep them apart."
    )
    return [Check("products", "warn", count, message)] if count else []


def _category_checks(selection: Selection, counts: Counter[int], table: Table, format: str) -> list[Check]:
    """Categories that the format does not have: what is left out, and what is written as another."""
    # The attribute benchmark's lists have lines beside them that say the true category.
    kept = format == "category-attribute"
    used = [category for category in selection.categories() if counts[category.id] and category.name in table]
    left = [category for category in used if not table[category.name]]
    turned = [category for category in used if table[category.name]]
    checks = []
    if left:
        names = ", ".join(category.name for category in left)
        what = "are written without a label" if kept else "are left out"
        message = f"Garments of {names} {what}: the table of categories has nothing for them."
        checks.append(_of_categories("ok" if kept else "warn", left, counts, message))
    if turned:
        names = ", ".join(f"{category.name} as {table[category.name]}" for category in turned[:_NAMED])
        more = f" and {len(turned) - _NAMED} more" if len(turned) > _NAMED else ""
        message = f"{names}{more}, by the table of categories."
        checks.append(_of_categories("ok" if kept else "warn", turned, counts, message))
    return checks


def _of_categories(
    severity: Literal["ok", "warn"], found: Sequence[Category], counts: Counter[int], message: str
) -> Check:
    quoted = ", ".join('"' + category.name.replace('"', "") + '"' for category in found)
    count = sum(counts[category.id] for category in found)
    return Check("categories", severity, count, message, f"category in ({quoted})")


def _review_checks(counts: Counter[str]) -> list[Check]:
    checks = []
    if counts["rejected"]:
        message = "Rejected images go out too."
        checks.append(Check("rejected", "warn", counts["rejected"], message, "review = rejected"))
    unfinished = counts["unfinished"]
    message = "Images whose review is not finished." if unfinished else "The review of all is finished."
    where = "review != accepted and review != rejected" if unfinished else ""
    return [*checks, Check("review", "ok", unfinished, message, where)]

"""Looks at a selection before it is exported."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from resources.taxonomy import categories as built_in_categories
from store.db import Store
from store.exporting.options import Check, ExportOptions, Preflight
from store.exporting.selection import Selection
from store.filters import Expr
from store.formats import registry
from store.formats.base import Loss, Losses, WriteOptions
from store.progress import Progress, silent
from store.records import ImageRecord, ImageState, Review

_REPORT_EVERY = 200
_LAST_BUILT_IN = len(built_in_categories())


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
    writer = registry.writer(format, Path(), WriteOptions(layout=options.layout, precise=options.precise))
    selection = Selection(store, where)
    counts, losses, categories = Counter[str](), Losses(), Counter[int]()
    total = len(selection)
    losses.update(dataset_losses(selection, format))
    for done, record in enumerate(selection.records(), 1):
        _count(record, counts, categories)
        losses.update(writer.losses(record))
        if done % _REPORT_EVERY == 0 or done == total:
            progress(done, total, "Checking")
    names = {category.id: category.name for category in store.categories.all()}
    by_name = Counter[str]()
    for category_id, count in sorted(categories.items()):
        by_name[names.get(category_id, f"category {category_id}")] += count
    checks = _checks(selection, counts, format, options)
    return Preflight(total, counts["garments"], tuple(checks), listed_losses(losses), dict(by_name))


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
        counts["own"] += garment.category_id > _LAST_BUILT_IN


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
    if counts["own"] and (format == "deepfashion2" or options.layout == "294"):
        own = [category.name for category in selection.categories() if category.offset is None]
        quoted = ", ".join('"' + name.replace('"', "") + '"' for name in own)
        message = f"Garments of {', '.join(own)} are left out: only DeepFashion2's 13 categories fit."
        checks.append(Check("categories", "warn", counts["own"], message, f"category in ({quoted})"))
    if format == "coco" and len(selection.datasets()) > 1 and not options.copy_images:
        message = "The pictures lie in several folders; file names start from the folder above all of them."
        checks.append(Check("datasets", "ok", len(selection.datasets()), message))
    return checks


def _review_checks(counts: Counter[str]) -> list[Check]:
    checks = []
    if counts["rejected"]:
        message = "Rejected images go out too."
        checks.append(Check("rejected", "warn", counts["rejected"], message, "review = rejected"))
    unfinished = counts["unfinished"]
    message = "Images whose review is not finished." if unfinished else "The review of all is finished."
    where = "review != accepted and review != rejected" if unfinished else ""
    return [*checks, Check("review", "ok", unfinished, message, where)]

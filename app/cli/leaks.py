"""``leaks``: what stands on both sides of a split, what looks the same, and files that are there twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from app.cli.retrieving import counted, opened_index
from app.cli.stores import refuse_no_store
from app.cli.tables import aligned

if TYPE_CHECKING:
    from store.retrieval.leaks import NearImages
    from store.retrieval.leaks_found import Found

#: Lines of each list that a person is shown; JSON has all that are kept.
SHOWN = 20


def leaks(
    store: Path,
    name: str | None,
    where: str,
    limit: float | None,
    *,
    files: bool = True,
    table: Path | None = None,
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Look for leaks and doubles; 1 where something stands on both sides of a split or a file is lost.

    ``table`` is a file for all that was found, as CSV.
    """
    refuse_no_store(store)
    with Reporter(as_json=as_json, run=run) as reporter:
        found = _find(store, name, where, limit, files, reporter)
        if table is not None:
            from store.retrieval.leaks_found import write_csv

            write_csv(found, table)
        bad = found.across.identities or found.across.images or found.leaking_files() or found.files.lost
        return reporter.result(_data(found), _lines(found, files), Exit.PROBLEMS if bad else Exit.DONE)


def _find(
    store: Path, name: str | None, where: str, limit: float | None, files: bool, reporter: Reporter
) -> Found:
    from store.db import Store
    from store.filters import parse
    from store.retrieval.leaks import LIMIT
    from store.retrieval.leaks_found import find_leaks

    within = LIMIT if limit is None else limit
    with opened_index(store, name) as index, Store.open(store, read_only=True) as held:
        expression = parse(where) if where.strip() else None
        return find_leaks(held, index, expression, within, files=files, progress=reporter)


def _data(found: Found) -> dict[str, Any]:
    def image(number: int) -> dict[str, Any]:
        one = found.known[number]
        return {"id": number, "name": one.name, "split": one.split}

    def near(one: NearImages) -> dict[str, Any]:
        return {
            "images": [image(number) for number in one.images],
            "garments": list(one.garments),
            "distance": one.distance,
        }

    return {
        "index": found.index,
        "garments": found.garments,
        "limit": found.limit,
        "identities_across": [
            {"identity": one.name, "garments": {side: list(ids) for side, ids in one.garments.items()}}
            for one in found.across.identities
        ],
        "images_across": [near(one) for one in found.across.images],
        "near_pairs": found.pairs,
        "near_images": [near(one) for one in found.images],
        "same_files": [[image(number) for number in group] for group in found.files.groups],
        "same_files_across": found.leaking_files(),
        "lost": list(found.files.lost),
        "notes": list(found.notes),
    }


def _lines(found: Found, files: bool) -> list[str]:
    across, identities = found.across.images, found.across.identities
    lines = [
        f"{found.index}: {counted(found.garments, 'garment', 'garments')} compared, "
        f"the same from a distance of {found.limit:g} down.",
        "",
        f"On both sides of a split: {counted(len(identities), 'product', 'products')}, "
        f"{counted(len(across), 'pair of images', 'pairs of images')}.",
    ]
    for one in identities[:SHOWN]:
        sides = (f"{side} {', '.join(map(str, ids[:5]))}" for side, ids in one.garments.items())
        lines.append(f"  {one.name}: garments of {'; '.join(sides)}")
    lines += [*_more(len(identities)), *_near(found, across)]
    lines += ["", f"Look the same: {counted(len(found.images), 'pair of images', 'pairs of images')}."]
    lines += _near(found, found.images)
    if files:
        groups = found.files.groups
        lines += ["", f"The same file: {counted(len(groups), 'group of images', 'groups of images')}."]
        lines += [f"  {', '.join(_image(found, one) for one in group)}" for group in groups[:SHOWN]]
        lines += _more(len(groups))
    if lost := found.files.lost:
        some = ", ".join(map(str, lost[:SHOWN]))
        lines.append(f"{counted(len(lost), 'picture', 'pictures')} could not be read: image {some}")
    return [*lines, *(f"Note: {note}" for note in found.notes)]


def _near(found: Found, images: tuple[NearImages, ...]) -> list[str]:
    rows = [
        [f"  {one.distance:.4f}", *(_image(found, image) for image in one.images)] for one in images[:SHOWN]
    ]
    return [*aligned(rows, left=(0, 1, 2)), *_more(len(images))]


def _image(found: Found, number: int) -> str:
    one = found.known[number]
    return f"{one.name} ({one.split})" if one.split else one.name


def _more(count: int) -> list[str]:
    return [f"  and {count - SHOWN:,} more"] if count > SHOWN else []

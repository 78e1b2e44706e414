"""Pictures that lie elsewhere by now: where they are, and the store told of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from store.db import Store
from store.db.found import images_in, note_pictures
from store.errors import StoreError
from store.pictures import Inside, Probe, probe
from store.progress import Progress, silent
from store.records import Dataset, Image, ImageState

#: So many images, from all over a dataset, say which of several folders is meant.
_TRIED = 60
#: Folders above the one that was named, and folders in it, that may be the one that was meant.
_ABOVE, _BELOW = 3, 200
_LOOKERS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """Of the ``images`` of a dataset ``found`` have their picture below ``folder``.

    ``folder`` is the one that was asked, or the one above or in it that image names are relative to.
    """

    folder: Path
    found: int
    images: int


@dataclass(frozen=True, slots=True)
class Relocated:
    """Where the pictures of a dataset are, how many are there and can be read, and how many of it is news."""

    dataset: str
    folder: Path
    present: int
    missing: int
    unreadable: int
    news: int


def look(store: Store, dataset_id: int, folder: Path, progress: Progress = silent) -> Found:
    """How many pictures of a dataset are in a folder, or in the one above or in it that was rather meant.

    Nothing is changed. StoreError where the folder is none, or there is no such dataset; Cancelled passes.
    """
    dataset = store.datasets.get(dataset_id)
    folder = folder.absolute()
    if not folder.is_dir():
        raise StoreError(f"{folder} is not a folder.", "Name the folder that holds the pictures.")
    images, _ = store.datasets.extent(dataset_id)
    best = _meant(store, dataset, folder, lambda: progress(0, images, "Looking for the folder"))
    inside = Inside(best)
    found = done = 0
    for batch in images_in(store.database, dataset_id):
        found += sum(_is_there(inside, best, image.name) for image in batch)
        done += len(batch)
        progress(done, images, "Looking for the pictures")
    return Found(best, found, images)


def relocate(
    store: Store, dataset_id: int, folder: Path | None = None, progress: Progress = silent
) -> Relocated:
    """Says that the pictures of a dataset lie in ``folder``, and looks at each of them there.

    Without a folder they are only looked for again where they should be. Where the annotations have moved
    along, that is noted too, so that they can be imported again from there. StoreError where the folder is
    none or the store is read-only. Cancelled passes: the folder is noted, some images may not be.
    """
    if store.read_only:
        raise StoreError(f"The store {store.folder} is read-only.", "Open a copy that you may write to.")
    dataset = store.datasets.get(dataset_id)
    if folder is not None:
        folder = folder.absolute()
        if not folder.is_dir():
            raise StoreError(f"{folder} is not a folder.", "Name the folder that holds the pictures.")
        dataset = store.datasets.update(
            dataset.but(root=moved_root(dataset, folder), images_root=str(folder))
        )
    counts, news = _looked_at(store, dataset, progress)
    return Relocated(
        dataset.name,
        Path(dataset.images_root),
        counts[ImageState.PRESENT],
        counts[ImageState.MISSING],
        counts[ImageState.UNREADABLE],
        news,
    )


def _looked_at(store: Store, dataset: Dataset, progress: Progress) -> tuple[dict[ImageState, int], int]:
    """How many pictures of a dataset are in which state, and of how many that is news; it is noted."""
    root = Path(dataset.images_root)
    inside = Inside(root)
    images, _ = store.datasets.extent(dataset.id)
    counts = dict.fromkeys(ImageState, 0)
    news = done = 0
    with ThreadPoolExecutor(_LOOKERS, "probe") as pool:
        for batch in images_in(store.database, dataset.id):
            probes = list(pool.map(lambda image: _probe(inside, root, image), batch, chunksize=50))
            for one in probes:
                counts[one.state] += 1
            news += note_pictures(
                store.database, batch, dict(zip((i.id for i in batch), probes, strict=True))
            )
            done += len(batch)
            progress(done, images, "Looking at the pictures")
    return counts, news


def moved_root(dataset: Dataset, folder: Path) -> str:
    """Where the annotations of a dataset are once its pictures are in ``folder``.

    They are where they were, unless nothing is there any more and they lie by the pictures as they did.
    """
    if os.path.exists(dataset.root):  # noqa: PTH110
        return dataset.root
    beside = os.path.normpath(folder / os.path.relpath(dataset.root, dataset.images_root))
    return beside if os.path.exists(beside) else dataset.root  # noqa: PTH110


def _meant(store: Store, dataset: Dataset, folder: Path, step: Callable[[], None]) -> Path:
    """The folder below which most pictures are: the one asked, one above it, or one in it.

    ``step`` is called before each of them is looked into.
    """
    names = store.datasets.some_names(dataset.id, _TRIED)
    try:
        with os.scandir(folder) as entries:
            below = sorted(entry.path for entry in islice(entries, 100 * _BELOW) if entry.is_dir())
    except OSError as error:
        raise StoreError(f"{folder} cannot be read: {error.strerror}.", "Choose another folder.") from error
    places = [folder, *folder.parents[:_ABOVE], *map(Path, below[:_BELOW])]
    counts = []
    for place in places:
        step()
        counts.append(_count(place, names))
    return places[counts.index(max(counts))]


def _count(folder: Path, names: Sequence[str]) -> int:
    inside = Inside(folder)
    return sum(_is_there(inside, folder, name) for name in names)


def _is_there(inside: Inside, folder: Path, name: str) -> bool:
    return os.path.isfile(f"{folder}/{name}") and not inside.leads_out(name)  # noqa: PTH113


def _probe(inside: Inside, root: Path, image: Image) -> Probe:
    if inside.leads_out(image.name):
        words = f"{image.name} leads out of the folder of the pictures by a link; it is not read."
        return Probe(ImageState.MISSING, message=words)
    found = probe(root / image.name)
    if found.state is ImageState.MISSING:
        return Probe(ImageState.MISSING, message=f"There is no picture {image.name} in {root}.")
    return found

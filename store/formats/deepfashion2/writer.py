"""Writes DeepFashion2 folders."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from resources.taxonomy import Category
from store.errors import FormatError
from store.formats import source
from store.formats.base import Complaints, Losses, WriteOptions
from store.formats.deepfashion2 import ANNOTATIONS, FORMAT, RETRIEVAL, item_writing
from store.formats.deepfashion2.documents import (
    dump,
    folder_of,
    held,
    keys_of,
    notes_of,
    ours_of,
    pair_of,
    write,
)
from store.formats.deepfashion2.ground_truth import NO_SPLIT, GroundTruth, TruthFile, find_truth
from store.formats.deepfashion2.naming import Names, must_be_remembered
from store.formats.deepfashion2.reader import read_annotation
from store.formats.deepfashion2.truth_writing import TruthWriter
from store.formats.files import check_folder, move_into, remove_folders, writing
from store.formats.losses import common_losses
from store.formats.mask_limits import HOLES
from store.formats.source import Entry
from store.formats.values import mapping, rounded
from store.outlines.rings import has_holes
from store.records import Dataset, Domain, Garment, Image, ImageRecord, ImageState, Review, Visibility

_FIELDS = {"box": "bounding_box", "points": "landmarks", "polygons": "segmentation"}


class DeepFashion2Writer:
    """Writes ``<split>/annos`` (and ``<split>/image`` when pictures are copied) below a folder.

    All is written into a temporary folder there and moved at the end. A folder that already holds
    annotations is taken only if this export replaces every one of them.
    """

    format = FORMAT
    unsaid: frozenset[str] = frozenset({"name", "width", "height", "size_known"})

    def __init__(self, out: Path, options: WriteOptions) -> None:
        self._out = out.absolute()
        self._options = options
        self._truth = TruthWriter((), asked=options.layout == RETRIEVAL, precise=options.precise)
        self._names = Names(())
        self._stale: list[TruthFile] = []
        self._work: Path | None = None
        self._made: set[str] = set()
        self._made_above: list[Path] = []
        self._written: list[tuple[str, str, str]] = []

    def begin(
        self,
        datasets: Sequence[Dataset],
        categories: Sequence[Category],  # noqa: ARG002
        images: Iterable[Image],
    ) -> None:
        """See :class:`store.formats.base.Writer`."""
        with writing(self._out):
            if self._out.exists() and not self._out.is_dir():
                raise FormatError(f"{self._out} is a file, not a folder.", "Choose another place.")
        home = self._out if self._out.exists() else self._out.parent
        self._made_above = check_folder(home)
        self._names = Names(images)
        self._truth = self._truth_of(datasets)
        self._refuse_strangers()
        with writing(self._out):
            self._work = Path(tempfile.mkdtemp(prefix=f".{self._out.name}.", suffix=".part", dir=home))
        self._truth.begin(self._work, self._out)

    def foresee(
        self,
        datasets: Sequence[Dataset],
        categories: Sequence[Category],  # noqa: ARG002
        images: Iterable[Image],
    ) -> None:
        """See :class:`store.formats.base.Writer`."""
        self._names = Names(images)
        self._truth = self._truth_of(datasets)

    def _truth_of(self, datasets: Sequence[Dataset]) -> TruthWriter:
        """The ground truth that is asked for, or that the dataset came with."""
        layout = self._options.layout
        said = mapping(datasets[0].extra.get(FORMAT)) if len(datasets) == 1 else {}
        notes = said.get("ground_truth") if layout != ANNOTATIONS else None
        return TruthWriter(notes, asked=layout == RETRIEVAL, precise=self._options.precise)

    def _refuse_strangers(self) -> None:
        """What this export would not replace would be read together with it later."""
        for annos in [self._out / "annos", *sorted(self._out.glob("*/annos"))]:
            if not annos.is_dir():
                continue
            folder = "" if annos.parent == self._out else annos.parent.name
            for entry in annos.iterdir():
                stem, _, ending = entry.name.rpartition(".")
                if ending == "json" and not self._names.has(folder, stem):
                    raise FormatError(
                        f"{self._out} already holds annotations that this export does not replace, "
                        f"such as {annos.name}/{entry.name}.",
                        "Choose a new or empty folder.",
                    )
        self._stale = self._truth_there()
        for file in self._stale:
            if not self._truth.replaces(file, self._names.folders):
                fits = file.split in self._names.folders
                raise FormatError(
                    f"{self._out} already holds a ground truth that this export does not replace, "
                    f"such as {file.place}.",
                    f"Choose a new or empty folder{f', or the layout {RETRIEVAL}' if fits else ''}.",
                )

    def _truth_there(self) -> list[TruthFile]:
        """The files of a ground truth that lie where this export goes."""
        if not self._out.is_dir():
            return []
        folders = {path.name for path in self._out.iterdir() if (path / "annos").is_dir()}
        # One of a split that has no folder must not be taken for that of the only split there is.
        return find_truth(self._out, sorted({*folders, *self._names.folders, NO_SPLIT}))

    def add(self, record: ImageRecord) -> None:
        """See :class:`store.formats.base.Writer`."""
        image = record.image
        folder, stem = self._names.of(image)
        picture = self._copy(image, folder, stem) if self._options.copy_images else ""
        annotated = bool(held(record.garments)) or image.domain is not Domain.UNKNOWN
        annotated = annotated or image.pair_id is not None or "file" in notes_of(image) or not picture
        told = self._truth.said(record, folder, stem)
        self._truth.add(told, folder, stem)
        if annotated:
            path = self._folder(folder, "annos") / f"{stem}.json"
            more = {"name": image.name} if must_be_remembered(image, stem) else {}
            document = write(
                image, record.garments, precise=self._options.precise, more=more, told_role=told.role
            )
            text = dump(document, notes_of(image))
            with writing(self._out / folder / "annos" / path.name):
                path.write_bytes(text.encode("utf-8"))
        self._written.append(
            (image.split if folder else "", f"{folder}/{stem}", picture if not annotated else "")
        )

    def _folder(self, folder: str, kind: str) -> Path:
        assert self._work is not None
        path = self._work / folder / kind
        if str(path) not in self._made:
            with writing(self._out / folder / kind):
                path.mkdir(parents=True, exist_ok=True)
            self._made.add(str(path))
        return path

    def _copy(self, image: Image, folder: str, stem: str) -> str:
        """Copies the picture and returns its new name; "" where there is none to copy."""
        if image.state is ImageState.MISSING:
            return ""
        picture = self._options.picture(image)
        name = stem + PurePosixPath(image.name).suffix.lower()
        target = self._folder(folder, "image") / name
        if not picture.is_file():
            return ""
        with writing(self._out / folder / "image" / name):
            shutil.copyfile(picture, target)
        return name

    def read_back(self) -> Generator[ImageRecord, None, None]:
        """See :class:`store.formats.base.Writer`."""
        assert self._work is not None
        self._truth.join()
        folders = list(dict.fromkeys(place.rpartition("/")[0] for _, place, _ in self._written))
        truth = GroundTruth(find_truth(self._work, folders), Complaints(self._out.name))
        for split, place, picture in self._written:
            folder, _, stem = place.rpartition("/")
            image = Image(name=picture or f"{stem}.jpg", split=split, role=truth.role(folder, stem))
            if picture:
                found = (self._work / folder / "image" / picture).is_file()
                yield ImageRecord(image if found else image.but(name=""))
                continue
            told = Complaints(stem)
            record = read_annotation(self._work / folder / "annos" / f"{stem}.json", image, told)
            yield record.but(problems=tuple(told.found))

    def sample(self, garments: int) -> int:  # noqa: ARG002
        """0: DeepFashion2's official tools only convert to COCO."""
        return 0

    def finish(self) -> list[Path]:
        """See :class:`store.formats.base.Writer`."""
        assert self._work is not None
        self._truth.join()
        if not self._written:  # a folder without annos/ is no dataset that could be read
            self._folder("", "annos")
        work = self._work
        if hasattr(os, "sync"):
            # One flush for all: a call a file takes longer than writing them.
            os.sync()
        with writing(self._out):
            work.chmod(0o755)
            if not self._out.exists():
                work.replace(self._out)
            else:
                self._move(work)
        self._work = None
        self._made_above = []
        return [self._out]

    def _move(self, work: Path) -> None:
        """Into a folder that is there already: a ground truth of images that were replaced must not stay.

        It goes last, so that there is one at any moment.
        """
        move_into(work, self._out)
        new = [self._out / place for place in self._truth.places]
        for file in self._stale:
            # Where the file system takes "A" for "a", the new file may have been written over the old one.
            if file.path.exists() and not any(file.path.samefile(path) for path in new):
                file.path.unlink()

    def abort(self) -> None:
        """See :class:`store.formats.base.Writer`."""
        self._truth.abort()
        if self._work is not None:
            shutil.rmtree(self._work, ignore_errors=True)
            self._work = None
        remove_folders(self._made_above)

    def promise(self, record: ImageRecord) -> ImageRecord:
        """See :class:`store.formats.base.Writer`."""
        image, garments = record.image, held(record.garments)
        folder, stem = self._names.of(image)
        told = self._truth.said(record, folder, stem)
        image = image.but(split=image.split if folder or garments else "")
        if not garments:
            image = image.but(role=told.role, review=Review.TO_DO, tags=(), extra={})
        keys = keys_of(garments, notes_of(image))
        return ImageRecord(
            image,
            tuple(
                _placed(self._promised(garment), key, position)
                for position, (garment, key) in enumerate(zip(garments, keys, strict=True))
            ),
        )

    def _promised(self, garment: Garment) -> Garment:
        changes: dict[str, Any] = {}
        for field in self._rounding(garment):
            value = getattr(garment, field)
            if field == "points":
                labelled = np.isin(garment.visibility, (Visibility.OCCLUDED, Visibility.VISIBLE))
                changes[field] = np.where(labelled[:, None], rounded(value), value)
            else:
                changes[field] = tuple(map(rounded, value)) if field == "polygons" else rounded(value)
        return garment.but(**changes) if changes else garment

    def _rounding(self, garment: Garment) -> list[str]:
        """The fields whose decimals the file will not have."""
        if self._options.precise:
            return []
        found = [field for field in _FIELDS if _has_decimals(getattr(garment, field))]
        if not found:
            return []
        notes = item_writing.notes_of(garment)
        written = item_writing.write(garment, garment.pair_id, {}, precise=False)
        return [
            field
            for field in found
            if source.style(notes, _FIELDS[field], "whole") == "whole"
            and not _is_verbatim(written, notes, _FIELDS[field])
        ]

    def losses(self, record: ImageRecord) -> Losses:
        """See :class:`store.formats.base.Writer`."""
        garments = held(record.garments)
        found = common_losses(garments)
        left = len(record.garments) - len(garments)
        found["garments of categories that DeepFashion2 does not have", False, "left out"] += left
        found.update(self._image_losses(record, garments))
        for garment in garments:
            decimals = bool(self._rounding(garment))
            what = ("decimals of coordinates", False, "rounded to whole pixels; ask for precise numbers")
            found[what] += decimals
            runs = ("masks given as run lengths", True, "as outlines, and exactly in our key")
            found[runs] += garment.rle is not None
            found[HOLES, True, "filled in the outlines, and exactly in our key"] += has_holes(garment)
        return +found

    def _image_losses(self, record: ImageRecord, garments: Sequence[Garment]) -> Losses:
        """What an annotation does not say of its image. Without garments there is no place for our key."""
        image, found = record.image, Losses()
        role = self._truth.said(record, *self._names.of(image)).role
        if garments:
            pair_id = pair_of(image, garments)
            apart = sum(garment.pair_id != pair_id for garment in garments)
            what = "garments of another pair than the rest of their image"
            found[what, True, "the file holds one pair id; theirs is in our key"] += apart
            ours = ours_of(image, pair_id, notes_of(image), role)
            kept = any(key in ours for key in ("review", "tags", "role"))
            found["review state, tags or role of images", True, "in our key, inside the first item"] += kept
            return found
        lost = image.review is not Review.TO_DO or bool(image.tags) or image.role != role
        what = "review state, tags or role of images without garments"
        found[what, False, "DeepFashion2 has no place"] += lost
        unfit = bool(image.split and not folder_of(image.split))
        found["splits of images without garments", False, "their names are unfit for folders"] += unfit
        others = set(image.extra) - {FORMAT}
        found["what other formats said of images without garments", False, "left out"] += bool(others)
        return found


def _placed(garment: Garment, key: str, position: int) -> Garment:
    if (garment.key, garment.position) == (key, position):
        return garment
    return garment.but(key=key, position=position)


def _has_decimals(value: Any) -> bool:
    if value is None:
        return False
    parts = value if isinstance(value, tuple) else (value,)
    return any(bool((part != np.floor(part)).any()) for part in parts)


def _is_verbatim(written: Entry, notes: Mapping[str, Any], key: str) -> bool:
    verbatim = notes.get("verbatim")
    return isinstance(verbatim, dict) and key in verbatim and written.get(key) == verbatim[key]

"""Writes COCO files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from resources.taxonomy import Category
from resources.taxonomy import categories as built_in
from store.errors import FormatError
from store.formats import studio
from store.formats.base import Losses, ReadOptions, WriteOptions
from store.formats.coco import FORMAT, images
from store.formats.coco import annotations as coco_annotations
from store.formats.coco.annotations import Ids
from store.formats.coco.categories import ALL_LANDMARKS, Kind, numbered
from store.formats.coco.numbering import AnnotationNumbers, FileNames, ImageNumbers, number_of
from store.formats.coco.official import open_sample
from store.formats.coco.reader import CocoReader
from store.formats.files import TemporaryFile, check_folder, move_into, remove_folders, writing
from store.formats.losses import common_losses
from store.formats.source import Entry
from store.formats.values import mapping, text
from store.records import Dataset, Garment, Image, ImageRecord, ImageState, Review

LAYOUTS = ("per-category", "294")
_SHORTEST = 3
_TOP = ("info", "licenses", "images", "annotations", "categories")


class CocoWriter:
    """Writes one COCO file, as ``per-category`` (each category its own keypoints) or ``294``.

    Images and annotations go to temporary files beside the target and are joined at the end, so that
    memory does not grow with the export. Pictures that are copied go to a folder beside the file, named
    after it.
    """

    format = FORMAT
    unsaid: frozenset[str] = frozenset()

    def __init__(self, out: Path, options: WriteOptions) -> None:
        self._out = out.absolute()
        self._layout = options.layout or LAYOUTS[0]
        self._options = options
        self._files: dict[str, TemporaryFile] = {}
        self._whole: TemporaryFile | None = None
        self._pictures: Path | None = None
        self._counts = dict.fromkeys(("images", "annotations"), 0)
        self._top: dict[str, Any] = {}
        self._kinds: dict[int, tuple[Kind, int]] = {}
        self._categories: list[Entry] = []
        self._numbers = ImageNumbers(())
        self._ids = AnnotationNumbers(())
        self._names = FileNames((), None)
        self._used: set[int] = set()
        self._repeated: dict[int, str] = {}
        self._made: list[Path] = []

    @property
    def _copies(self) -> Path | None:
        return self._out.with_name(f"{self._out.stem}_images") if self._options.copy_images else None

    def begin(
        self, datasets: Sequence[Dataset], categories: Sequence[Category], images: Iterable[Image]
    ) -> None:
        """See :class:`store.formats.base.Writer`."""
        with writing(self._out):
            if self._out.exists() and not self._out.is_file():
                what = "a folder" if self._out.is_dir() else "a device or a pipe"
                raise FormatError(f"{self._out} is {what}.", "Give a file name, such as export.json.")
        self._made = check_folder(self._out.parent)
        single = mapping(datasets[0].extra.get(FORMAT)) if len(datasets) == 1 else {}
        self._prepare_categories(categories, single)
        self._numbers = ImageNumbers(images)
        self._ids = AnnotationNumbers(datasets)
        self._names = FileNames(datasets, self._copies)
        self._prepare_top(datasets, single)
        for key in self._counts:
            self._files[key] = TemporaryFile(self._out, f".{key}.part")
        if self._copies is not None:
            with writing(self._copies):
                home = self._out.parent
                self._pictures = Path(tempfile.mkdtemp(prefix=f".{self._copies.name}.", dir=home))

    def foresee(
        self, datasets: Sequence[Dataset], categories: Sequence[Category], images: Iterable[Image]
    ) -> None:
        """Nothing: what COCO cannot hold shows in the record alone."""

    def _prepare_categories(self, categories: Sequence[Category], single: Mapping[str, Any]) -> None:
        held = built_in() if self._layout == "294" else categories
        stated = [entry for entry in single.get("categories", ()) if isinstance(entry, dict)]
        ids, self._categories = numbered(held, stated, self._layout)
        for category in held:
            block = ALL_LANDMARKS if self._layout == "294" else category.schema.size
            offset = (category.offset or 0) if self._layout == "294" else 0
            self._kinds[category.id] = (Kind(category, block, offset), ids[category.id])

    def _prepare_top(self, datasets: Sequence[Dataset], single: Mapping[str, Any]) -> None:
        self._top = dict(single.get("top") or {"info": {}, "licenses": []})
        for key in _TOP[2:]:
            self._top.setdefault(key, None)
        root = os.path.relpath(self._names.root, self._out.parent) if datasets else "."
        ours: dict[str, Any] = {"layout": self._layout, "images_root": Path(root).as_posix()}
        extra = {k: v for d in datasets[:1] for k, v in d.extra.items() if k != FORMAT and len(datasets) == 1}
        if extra:
            ours["extra"] = extra
        self._top[studio.KEY] = ours

    def add(self, record: ImageRecord) -> None:
        """See :class:`store.formats.base.Writer`."""
        image = record.image
        image_id = self._numbers.of(image)
        name = self._names.of(image)
        read = images.told_apart(name, self._used)
        if read != name:
            self._repeated[image.id] = read
        self._put("images", images.write(image, image_id, name, self._layout, number_of(image)))
        for garment in self._held(record):
            kind, category_id = self._kinds[garment.category_id]
            ids = Ids(self._ids.take(garment), image_id, category_id)
            area = coco_annotations.area_of(garment, image.width, image.height, self._layout)
            self._put("annotations", coco_annotations.write(garment, kind, ids, area))
        if self._pictures is not None and image.state is not ImageState.MISSING:
            self._copy(image, name)

    def _held(self, record: ImageRecord) -> list[Garment]:
        garments = sorted(record.garments, key=lambda garment: garment.position)
        if self._layout == "294":
            return [garment for garment in garments if garment.category_id <= len(built_in())]
        for garment in garments:
            if garment.category_id not in self._kinds:
                raise FormatError(
                    f"{record.image.name} was given another category while the export ran.", "Export again."
                )
        return garments

    def _put(self, key: str, entry: Entry) -> None:
        self._files[key].write((b",\n" if self._counts[key] else b"\n") + text(entry))
        self._counts[key] += 1

    def _copy(self, image: Image, name: str) -> None:
        assert self._pictures is not None
        picture = self._options.picture(image)
        if not picture.is_file():
            return
        target = self._pictures / name
        with writing(self._out.parent / name):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, target)

    def _join(self) -> TemporaryFile:
        """All parts in one temporary file."""
        if self._whole is None:
            whole = self._whole = TemporaryFile(self._out)
            for place, (key, value) in enumerate(self._top.items()):
                whole.write((b",\n" if place else b"{") + text(key) + b": ")
                if key in self._files:
                    whole.write(b"[")
                    whole.append(self._files[key])
                    self._files.pop(key).remove()
                    whole.write(b"\n]")
                else:
                    whole.write(text(self._categories if key == "categories" else value))
            whole.write(b"}\n")
            whole.close()
        return self._whole

    def read_back(self) -> Generator[ImageRecord, None, None]:
        """See :class:`store.formats.base.Writer`."""
        # Of what is compared, notes say nothing: they hold what the format keeps for itself.
        reader = CocoReader(self._join().path, ReadOptions(images=self._out.parent), notes=False)
        ours = {coco_id: kind.local.id for kind, coco_id in self._kinds.values()}
        # Two entries of the source's categories may be one of ours; only one of them is written to.
        local = {own: ours[coco_id] for coco_id, own in reader.local_ids().items() if coco_id in ours}
        try:
            for record in reader.records():
                named = [(g, local.get(g.category_id, 0)) for g in record.garments]
                garments = [g if g.category_id == own else g.but(category_id=own) for g, own in named]
                problems = (*record.problems, *reader.problems())
                yield ImageRecord(record.image, tuple(garments), problems)
        finally:
            reader.close()

    def sample(self, garments: int) -> int:
        """Opens up to so many garments with pycocotools; FormatError where it finds fault."""
        return open_sample(self._join().path, self._counts["annotations"], garments)

    def finish(self) -> list[Path]:
        """See :class:`store.formats.base.Writer`."""
        whole = self._join()
        files = [self._out]
        if self._pictures is not None and self._copies is not None:
            self._move_pictures(self._pictures, self._copies)
            files.append(self._copies)
        whole.commit()
        self._whole = None
        self._made = []
        return files

    def _move_pictures(self, work: Path, target: Path) -> None:
        with writing(target):
            move_into(work, target)
        self._pictures = None

    def abort(self) -> None:
        """See :class:`store.formats.base.Writer`."""
        for file in (*self._files.values(), *([self._whole] if self._whole else [])):
            file.remove()
        self._files.clear()
        self._whole = None
        if self._pictures is not None:
            shutil.rmtree(self._pictures, ignore_errors=True)
            self._pictures = None
        remove_folders(self._made)

    def promise(self, record: ImageRecord) -> ImageRecord:
        """See :class:`store.formats.base.Writer`."""
        garments = [g if g.position == i else g.but(position=i) for i, g in enumerate(self._held(record))]
        name = self._repeated.get(record.image.id) or self._names.of(record.image)
        return ImageRecord(record.image.but(name=name), tuple(garments))

    def losses(self, record: ImageRecord) -> Losses:
        """See :class:`store.formats.base.Writer`. Works without :meth:`begin`."""
        image = record.image
        garments = [g for g in record.garments if self._layout != "294" or g.category_id <= len(built_in())]
        found = common_losses(garments)
        found["garments of categories that the 294 layout does not have", False, "left out"] += len(
            record.garments
        ) - len(garments)
        noted = image.review is not Review.TO_DO or bool(image.tags or image.role)
        found["review state, tags or role of images", True, "in our key"] += noted
        found["splits of images", True, "in our key"] += bool(image.split)
        for garment in garments:
            facts = any(getattr(garment, fact) is not None for fact in coco_annotations.FACTS)
            found[
                "pair, style, scale, occlusion, zoom-in, viewpoint", True, "as extra keys of their names"
            ] += facts
            found["garments without a box", True, "with the extent of the rest, and a mark in our key"] += (
                garment.box is None
            )
            found["polygons of fewer than three points", True, "in our key; COCO forbids them"] += sum(
                len(polygon) < _SHORTEST for polygon in garment.polygons
            )
        return +found

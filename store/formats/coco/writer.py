"""Writes COCO files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from resources.taxonomy import Category
from resources.taxonomy import categories as built_in
from store.errors import FormatError
from store.formats import studio
from store.formats.base import Complaints, Losses, ReadOptions, WriteOptions
from store.formats.coco import FORMAT, images
from store.formats.coco.categories import ALL_LANDMARKS, Kind, numbered
from store.formats.coco.categories import decode as decode_categories
from store.formats.coco.losses import losses_of
from store.formats.coco.numbering import AnnotationNumbers, FileNames, ImageNumbers
from store.formats.coco.pieces import Encoded, Encoder, held
from store.formats.coco.proof import Proof, Span, frame_of
from store.formats.coco.reader import CocoReader
from store.formats.files import TemporaryFile, check_folder, move_into, remove_folders, writing
from store.formats.source import Entry
from store.formats.values import mapping, text
from store.records import Dataset, Image, ImageRecord, ImageState

LAYOUTS = ("per-category", "294")
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
        self._sizes = dict.fromkeys(("images", "annotations"), 0)
        self._starts: dict[str, int] = {}
        self._parts: list[Span] = []
        self._annotations = 0
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
        for key in self._sizes:
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
        name = self._names.of(image)
        read = images.told_apart(name, self._used)
        if read != name:
            self._repeated[image.id] = read
        self.put(self.encoder.encode([record], self.numbers([image.id])))
        self.bring([image])

    @property
    def encoder(self) -> Encoder:
        """What turns records into the pieces that :meth:`put` takes; other processes can be given it."""
        return Encoder(self._layout, self._kinds, self._names)

    def numbers(self, image_ids: Sequence[int]) -> list[int]:
        """The ids that images get in the file, by those in the store."""
        return self._numbers.of(image_ids)

    def put(self, piece: Encoded) -> bytes:
        """Writes what was encoded, and returns the ids of its annotations as int64."""
        ids = [self._ids.take(stated) for stated in piece.stated]
        numbered = zip(piece.annotations[::2], ids, piece.annotations[1::2], strict=True)
        annotations = b",\n".join([b"%b%d%b" % parts for parts in numbered])
        self._parts.append(Span(self._put("images", piece.images), self._put("annotations", annotations)))
        self._annotations += len(ids)
        return np.array(ids, np.int64).tobytes()

    def bring(self, images: Sequence[Image]) -> None:
        """Copies the pictures of images, where they are to be copied."""
        if self._pictures is None:
            return
        for image in images:
            if image.state is not ImageState.MISSING:
                self._copy(image, self._names.of(image))

    def _put(self, key: str, entries: bytes) -> tuple[int, int]:
        """Where entries stand in the array of a key, once they are written."""
        start = self._sizes[key]
        if not entries:
            return start, start
        before = b",\n" if start else b"\n"
        self._files[key].write(before + entries)
        self._sizes[key] = start + len(before) + len(entries)
        return start + len(before), self._sizes[key]

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
                    self._starts[key] = whole.size
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

    def spans(self) -> list[Span]:
        """Where the pieces that were put stand in the whole file."""
        self._join()
        first, second = self._starts["images"], self._starts["annotations"]
        return [
            Span((one[0] + first, one[1] + first), (other[0] + second, other[1] + second))
            for one, other in self._parts
        ]

    def proof(self) -> Proof:
        """What reads the pieces again; other processes can be given it.

        FormatError where what stands around them is not what was written.
        """
        path = self._join().path
        top = frame_of(path, self.spans())
        expected = {**self._top, "images": [], "annotations": [], "categories": self._categories}
        if text(top) != text(expected):
            raise FormatError(
                f"{self._out}: what stands around its images and annotations does not read back.",
                "Nothing was left behind. Check the disk and try again.",
            )
        ours = {coco_id: kind.local.id for kind, coco_id in self._kinds.values()}
        found = decode_categories(top["categories"], Complaints(path.name))
        kinds = {number: (kind, ours[number]) for number, kind in found.items() if number in ours}
        return Proof(path, kinds, self._out.parent)

    def sample(self, garments: int) -> int:
        """Opens up to so many garments with pycocotools; FormatError where it finds fault."""
        from store.formats.coco.official import open_sample  # slow to import, and not for reading

        path = self._join().path
        return open_sample(path, self.spans(), self._categories, self._annotations, garments)

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
        garments = held(record, self._layout, self._kinds)
        placed = tuple(g if g.position == i else g.but(position=i) for i, g in enumerate(garments))
        name = self._repeated.get(record.image.id) or self._names.of(record.image)
        return ImageRecord(record.image.but(name=name), placed)

    def losses(self, record: ImageRecord) -> Losses:
        """See :class:`store.formats.base.Writer`. Works without :meth:`begin`."""
        return losses_of([record], self._layout)

"""Writes a benchmark's lists: rows to temporary files, joined with their headings at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from resources.taxonomy import Category
from store.errors import FormatError
from store.formats.base import Losses, ReadOptions, WriteOptions
from store.formats.files import check_folder, move_into, remove_folders, writing
from store.formats.lists import sidecar
from store.formats.lists.benchmark import Benchmark
from store.formats.lists.bodies import Bodies
from store.formats.lists.preparing import Preparer
from store.formats.lists.reader import ListsReader
from store.formats.values import mapping, text, word
from store.records import Dataset, Image, ImageRecord, ImageState

_NAMES = "names.part"
_SIDE = "sidecar"

#: Makes a reader of what was written.
Again = Callable[[Path, ReadOptions], ListsReader]


class ListsWriter:
    """Writes the lists below a folder (and ``Img`` when pictures are copied), at the end and all at once.

    A folder that already holds lists of the benchmark has them replaced.
    """

    unsaid: frozenset[str] = frozenset({"name", "width", "height", "size_known"})

    def __init__(self, out: Path, options: WriteOptions, benchmark: Benchmark, again: Again) -> None:
        self.format = benchmark.format
        self._out = out.absolute()
        self._options = options
        self._benchmark = benchmark
        self._again = again
        self._preparer = Preparer(benchmark, options.precise)
        self._views = frozenset(listed.key for listed in benchmark.lists if listed.view)
        self._files: dict[str, Any] = {}
        self._head: dict[str, Any] = {}
        self._work: Path | None = None
        self._made: list[Path] = []
        self._bodies: Bodies | None = None
        self._images = 0
        self._in_master = 0
        self._said = 0
        self._used: set[str] = set()
        self._foreseen = False
        self._joined = False

    # -- begin ----------------------------------------------------------------------------------

    def begin(
        self, datasets: Sequence[Dataset], categories: Sequence[Category], images: Iterable[Image]
    ) -> None:
        """See :class:`store.formats.base.Writer`."""
        with writing(self._out):
            if self._out.exists() and not self._out.is_dir():
                raise FormatError(f"{self._out} is a file, not a folder.", "Choose another place.")
        home = self._out if self._out.exists() else self._out.parent
        self._made = check_folder(home)
        single = self._begin(datasets, categories, images)
        self._prepare_head(single)
        with writing(self._out):
            self._work = Path(tempfile.mkdtemp(prefix=f".{self._out.name}.", suffix=".part", dir=home))
            self._work.chmod(0o755)
        self._bodies = Bodies(self._work, self._out)

    def foresee(
        self, datasets: Sequence[Dataset], categories: Sequence[Category], images: Iterable[Image]
    ) -> None:
        """See :class:`store.formats.base.Writer`."""
        self._begin(datasets, categories, images)
        self._foreseen = True

    def _begin(
        self, datasets: Sequence[Dataset], categories: Sequence[Category], images: Iterable[Image]
    ) -> Dataset | None:
        """Prepares all that is no file; the one dataset of an export, None for several."""
        single = datasets[0] if len(datasets) == 1 else None
        notes = mapping(single.extra.get(self.format)) if single else {}
        self._files = dict(mapping(notes.get("files")))
        self._preparer.begin(notes, categories, images)
        return single

    def _prepare_head(self, single: Dataset | None) -> None:
        if single is None:
            return
        if single.images_root and not self._options.copy_images:
            self._head["images"] = Path(os.path.relpath(single.images_root, self._out)).as_posix()
        others = {name: said for name, said in single.extra.items() if name != self.format}
        if others:
            self._head["extra"] = others

    # -- one image ------------------------------------------------------------------------------

    def add(self, record: ImageRecord) -> None:
        """See :class:`store.formats.base.Writer`."""
        made = self._preparer.of(record)
        self._images += 1
        self._rows_so_far.put(_NAMES, [made.name])
        for key, rows in made.rows.items():
            if key not in self._views:
                self._rows_so_far.put(key, rows)
        self._in_master += bool(made.rows.get(self._benchmark.master))
        self._rows_so_far.put(_SIDE, [f"{made.name} {sidecar.line(made.line)}"])
        self._said += bool(made.line)
        self._used.update(word(entry.get("category")) for entry in made.line.get("garments", ()))
        self._benchmark.written(made.name, made.wanted)
        if self._options.copy_images:
            self._copy(record.image, made.name)

    @property
    def _rows_so_far(self) -> Bodies:
        """The rows that were written; only after :meth:`begin`."""
        assert self._bodies is not None
        return self._bodies

    def _copy(self, image: Image, name: str) -> None:
        picture = self._options.picture(image)
        if image.state is ImageState.MISSING or not picture.is_file():
            return
        assert self._work is not None
        target = self._work / "Img" / name
        with writing(self._out / "Img" / name):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, target)

    def promise(self, record: ImageRecord) -> ImageRecord:
        """See :class:`store.formats.base.Writer`."""
        return self._preparer.of(record).wanted

    def losses(self, record: ImageRecord) -> Losses:
        """See :class:`store.formats.base.Writer`."""
        found = self._preparer.losses(record)
        if self._foreseen:
            # What comes later may depend on it: the attributes of a product are those of its first garment.
            made = self._preparer.of(record)
            self._benchmark.written(made.name, made.wanted)
        return found

    # -- the files ------------------------------------------------------------------------------

    def _join(self) -> Path:
        """The folder with all files as they will be."""
        assert self._work is not None
        if self._joined:
            return self._work
        bodies = self._rows_so_far
        for key, rows in self._benchmark.closing().items():
            bodies.add(key, rows)
        bodies.close()
        for listed in self._benchmark.lists:
            if self._benchmark.says_nothing(listed.key):
                bodies.drop(listed.key)
            if bodies.counts[listed.key] or listed.key in self._always:
                notes, style = self._files.get(listed.key), self._preparer.styles[listed.key]
                bodies.write_list(listed, notes, style, self._benchmark.padded(listed.key))
        self._write_whole()
        self._write_sidecar()
        bodies.remove(_NAMES)
        self._joined = True
        return self._work

    @property
    def _always(self) -> frozenset[str]:
        """The lists that are written without rows too; of no images the one that names the benchmark, so that
        what was written can be read.
        """
        known_by = frozenset() if self._images else frozenset({self._benchmark.lists[0].key})
        return self._benchmark.always | known_by

    def _write_whole(self) -> None:
        """The files that have no rows."""
        assert self._work is not None
        for listed in self._benchmark.lists:
            said = self._benchmark.whole().get(listed.key) if listed.whole else ""
            if said:
                target = self._work / listed.places[0]
                with writing(self._out / listed.places[0]):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(said, encoding="utf-8")

    def _write_sidecar(self) -> None:
        """The lines, all of them where the lists do not give the order of the images; the head if needed."""
        assert self._work is not None
        ordered = self._in_master == self._images
        body = self._rows_so_far.path(_SIDE)
        with writing(self._out / sidecar.LINES):
            beside = bool(self._said) or not ordered
            if beside:
                with body.open("rb") as lines, (self._work / sidecar.LINES).open("wb") as file:
                    file.writelines(line for line in lines if not ordered or not line.endswith(b" {}\n"))
            body.unlink(missing_ok=True)
        head = {**self._head, **({} if ordered else {"order": True})}
        known = self._preparer.own
        own = {key: sidecar.category_entry(known[key]) for key in sorted(self._used) if key in known}
        if own:
            head["categories"] = own
        if head or beside:
            with writing(self._out / sidecar.HEAD):
                (self._work / sidecar.HEAD).write_bytes(text({"format": self.format, **head}) + b"\n")

    def read_back(self) -> Generator[ImageRecord, None, None]:
        """See :class:`store.formats.base.Writer`."""
        work = self._join()
        reader = self._again(work, ReadOptions(images=work))
        ours = {(one.name, one.schema): one.id for one in self._benchmark.known.values()}
        local = {one.id: ours.get((one.name, one.schema), one.id) for one in reader.categories()}
        problems = reader.problems()
        for record in reader.named(self._rows_so_far.lines(_NAMES)):
            garments = tuple(
                g.but(category_id=local.get(g.category_id, g.category_id)) for g in record.garments
            )
            yield ImageRecord(record.image, garments, (*record.problems, *problems))

    def sample(self, garments: int) -> int:  # noqa: ARG002
        """0: the benchmarks have no official tool."""
        return 0

    def finish(self) -> list[Path]:
        """See :class:`store.formats.base.Writer`."""
        work = self._join()
        if hasattr(os, "sync"):
            os.sync()
        with writing(self._out):
            self._rows_so_far.remove()
            if not self._out.exists():
                work.replace(self._out)
            else:
                self._move(work)
        self._work = None
        self._made = []
        return [self._out]

    def _move(self, work: Path) -> None:
        """Into a folder that is there already: what this export would not replace must not stay."""
        places = (place for one in self._benchmark.lists for place in one.places)
        for name in (sidecar.HEAD, sidecar.LINES, *places):
            if not (work / name).exists():
                (self._out / name).unlink(missing_ok=True)
        move_into(work, self._out)

    def abort(self) -> None:
        """See :class:`store.formats.base.Writer`."""
        if self._bodies is not None:
            with suppress(FormatError):  # what cannot be written is about to be deleted
                self._bodies.close()
        if self._work is not None:
            shutil.rmtree(self._work, ignore_errors=True)
            self._work = None
        remove_folders(self._made)

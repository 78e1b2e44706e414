"""Writes a benchmark's lists: rows to temporary files, joined with their headings at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from resources.taxonomy import Category
from store.errors import FormatError
from store.formats.base import Losses, ReadOptions, WriteOptions
from store.formats.files import check_folder, remove_folders, writing
from store.formats.lists import sidecar
from store.formats.lists.benchmark import Benchmark, Encoded
from store.formats.lists.bodies import Bodies
from store.formats.lists.losses import losses_of
from store.formats.lists.names import Names
from store.formats.lists.reader import ListsReader, checksum
from store.formats.lists.style import Style, from_notes
from store.formats.lists.table import Row, fields_of, row_of
from store.formats.values import mapping, rounded, text, word
from store.records import Dataset, Garment, Image, ImageRecord, ImageState

_NAMES = "names.part"
_SIDE = "sidecar"

#: Makes a reader of what was written.
Again = Callable[[Path, ReadOptions], ListsReader]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A record on its way: its name and rows in the lists, what will be read, the line beside them.

    ``said`` is of that line what the rows do not say; the rest only makes sure.
    """

    record: ImageRecord
    name: str
    rows: Mapping[str, Sequence[str]]
    wanted: ImageRecord
    line: Mapping[str, Any]
    said: Mapping[str, Any]
    encoded: Encoded


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
        self._names: Names | None = None
        self._keys: dict[int, sidecar.CategoryKey] = {}
        self._shown: dict[int, sidecar.CategoryKey] = {}
        self._own: dict[str, Category] = {}
        self._styles: dict[str, Style] = {listed.key: listed.style for listed in benchmark.lists}
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
        self._last: _Prepared | None = None
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
        self._benchmark.known = {category.id: category for category in categories}
        self._keys, self._own = sidecar.category_keys(categories)
        self._shown = self._with_local()
        single = datasets[0] if len(datasets) == 1 else None
        notes = mapping(single.extra.get(self.format)) if single else {}
        self._files = dict(mapping(notes.get("files")))
        self._benchmark.begin(notes)
        for listed in self._benchmark.lists:
            said = mapping(self._files.get(listed.key))
            self._styles[listed.key] = from_notes(said.get("style"), listed.style)
        self._benchmark.styled(self._styles)
        self._prepare_head(single)
        self._names = Names(images)
        self._benchmark.exported = self._names.__contains__
        with writing(self._out):
            self._work = Path(tempfile.mkdtemp(prefix=f".{self._out.name}.", suffix=".part", dir=home))
            self._work.chmod(0o755)
        self._bodies = Bodies(self._work, self._out)

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
        made = self._prepare(record)
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

    def _prepare(self, record: ImageRecord) -> _Prepared:
        """The rows of a record; what is asked again of the last one is remembered."""
        if self._last is not None and self._last.record is record:
            return self._last
        name = self._names.of(record.image) if self._names is not None else record.image.name
        ordered = sorted(record.garments, key=lambda garment: garment.position)
        garments = tuple(g if g.position == i else g.but(position=i) for i, g in enumerate(ordered))
        record_as_listed = ImageRecord(record.image.but(name=name), garments)
        encoded = self._benchmark.encode(record_as_listed, self._options.precise)
        rows = self._as_read(record_as_listed, self._rows(name, encoded))
        plain = self._plain(name, rows)
        again = self._benchmark.repeated(record_as_listed, _parsed(rows))
        rows |= self._rows(name, Encoded(again))
        wanted = record_as_listed.but(garments=self._rounded(plain, garments))
        line = sidecar.differing(plain, wanted, self._shown, self.format)
        said = dict(line)
        if encoded.unsure:
            line = {
                **line,
                **({"garments": [dict(entry) for entry in line["garments"]]} if "garments" in line else {}),
            }
            _make_sure(line, wanted, encoded.unsure)
        if name != record.image.name:
            line["name"] = said["name"] = record.image.name
        if encoded.made_up:
            line["made_up"] = sorted(encoded.made_up)
        if line and any(rows.get(key) for key in self._benchmark.signed):
            line["rows"] = checksum(self._benchmark, _parsed(rows))
        self._last = _Prepared(record, name, rows, wanted.but(image=record.image), line, said, encoded)
        return self._last

    def _rows(self, name: str, encoded: Encoded) -> dict[str, list[str]]:
        return {
            key: [self._styles[key].row(name, values) for values in several]
            for key, several in encoded.rows.items()
            if several
        }

    def _with_local(self) -> dict[int, sidecar.CategoryKey]:
        """The keys of categories by id, with those of the benchmark's own under their negative local ids."""
        same = {(one.name, one.schema): self._keys[number] for number, one in self._benchmark.known.items()}
        local = {-one.id: same.get((one.name, one.schema), "") for one in self._benchmark.own}
        return {**self._keys, **local}

    def _plain(self, name: str, rows: Mapping[str, Sequence[str]]) -> ImageRecord:
        record = self._benchmark.decode(name, _parsed(rows), None)
        # Local ids become negative, so that they are not taken for ids of the store.
        garments = tuple(garment.but(category_id=-garment.category_id) for garment in record.garments)
        return record.but(garments=garments)

    def _as_read(self, record: ImageRecord, rows: dict[str, list[str]]) -> dict[str, list[str]]:
        """The rows as the source had them, where those still say what the record says."""
        notes = mapping(mapping(record.image.extra.get(self.format)).get("rows"))
        aside = {
            key: said
            for key, said in notes.items()
            if key in self._styles
            and isinstance(said, list)
            and all(isinstance(row, str) and row.strip() for row in said)
        }
        if not aside:
            return rows
        exact = self._rows(record.image.name, self._benchmark.encode(record, precise=True))
        exactly = self._plain(record.image.name, exact)
        for key, said in aside.items():
            name = record.image.name
            if any(fields_of(row)[0] != name for row in said if key not in self._benchmark.several):
                continue
            tried = {**rows, key: said}
            if self._same(self._plain(name, {**exact, key: said}), exactly, record, key):
                rows = tried
        return rows

    def _same(self, plain: ImageRecord, exactly: ImageRecord, record: ImageRecord, key: str) -> bool:
        """Whether rows of the source, read as ``plain``, say what a record says, as far as a list can."""
        if not record.garments and plain.garments:
            return False
        fields = self._benchmark.fields_of(key)
        split = plain.image.split
        if "split" in fields and split not in (exactly.image.split, record.image.split):
            return False
        one, *others = (
            found.garments[0] if found.garments else Garment() for found in (plain, exactly, record)
        )
        same = all(
            any(_alike(getattr(one, name), getattr(other, name)) for other in others)
            for name in fields
            if name != "split"
        )
        return same and self._benchmark.still(key, plain, record)

    def _rounded(self, plain: ImageRecord, garments: tuple[Garment, ...]) -> tuple[Garment, ...]:
        """The garments as the lists will say them: without decimals, where those were rounded."""
        if self._options.precise or not garments or not plain.garments:
            return garments
        said, first = plain.garments[0], garments[0]
        changes: dict[str, Any] = {}
        for name, shape in (("box", first.box), ("points", first.points)):
            found = getattr(said, name)
            if shape is not None and not _alike(found, shape) and _alike(found, rounded(shape)):
                changes[name] = found
        return (first.but(**changes), *garments[1:]) if changes else garments

    def promise(self, record: ImageRecord) -> ImageRecord:
        """See :class:`store.formats.base.Writer`."""
        wanted = self._prepare(record).wanted
        return wanted.but(garments=tuple(map(self._benchmark.ordered, wanted.garments)))

    def losses(self, record: ImageRecord) -> Losses:
        """See :class:`store.formats.base.Writer`."""
        made = self._prepare(record)
        ordered = sorted(record.garments, key=lambda garment: garment.position)
        found = losses_of(made.said, made.encoded.made_up)
        decimals = any(
            not _alike(a.box, b.box) or not _alike(a.points, b.points)
            for a, b in zip(made.wanted.garments, ordered, strict=True)
        )
        found["decimals of coordinates", False, "rounded to whole pixels; ask for precise numbers"] += (
            decimals
        )
        found.update(self._benchmark.dropped(record))
        return +found

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
            if bodies.counts[listed.key] or listed.key in self._benchmark.always:
                notes, style = self._files.get(listed.key), self._styles[listed.key]
                bodies.write_list(listed, notes, style, self._benchmark.padded(listed.key))
        self._write_whole()
        self._write_sidecar()
        bodies.remove(_NAMES)
        self._joined = True
        return self._work

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
        own = {key: sidecar.category_entry(self._own[key]) for key in sorted(self._used) if key in self._own}
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
        for folder, _, files in os.walk(work):
            target = self._out / Path(folder).relative_to(work)
            target.mkdir(parents=True, exist_ok=True)
            for name in files:
                Path(folder, name).replace(target / name)
        shutil.rmtree(work, ignore_errors=True)

    def abort(self) -> None:
        """See :class:`store.formats.base.Writer`."""
        if self._bodies is not None:
            with suppress(FormatError):  # what cannot be written is about to be deleted
                self._bodies.close()
        if self._work is not None:
            shutil.rmtree(self._work, ignore_errors=True)
            self._work = None
        remove_folders(self._made)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return bool(np.array_equal(one, other))
    return bool(one is other or (one is not None and other is not None and one == other))


def _make_sure(line: dict[str, Any], record: ImageRecord, unsure: frozenset[str]) -> None:
    """Says in a line what rows of other images may say of this one."""
    if "split" in unsure:
        line["split"] = record.image.split
    if "domain" in unsure:
        line["domain"] = str(record.image.domain)
    entries = line.setdefault("garments", [{} for _ in record.garments])
    if "item_id" in unsure and entries:
        entries[0]["item_id"] = record.garments[0].item_id
        # A product's attributes come with its id.
        entries[0]["attributes"] = dict(record.garments[0].attributes)


def _parsed(rows: Mapping[str, Sequence[str]]) -> dict[str, list[Row]]:
    return {key: [row_of(key, 0, row) for row in several] for key, several in rows.items()}

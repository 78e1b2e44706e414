"""Writes a benchmark's lists: rows to temporary files, joined with their headings at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from resources.taxonomy import Category
from store.errors import FormatError
from store.formats.base import Losses, ReadOptions, WriteOptions
from store.formats.files import check_folder, remove_folders, writing
from store.formats.lists import sidecar
from store.formats.lists.benchmark import Benchmark, Encoded
from store.formats.lists.losses import losses_of
from store.formats.lists.names import Names
from store.formats.lists.reader import ListsReader, checksum
from store.formats.lists.style import Style, from_notes
from store.formats.lists.table import ListFile, Row, fields_of, row_of
from store.formats.values import mapping, rounded, text, word
from store.records import Dataset, Garment, Image, ImageRecord, ImageState

_NAMES = "names.part"
_BODY = ".body.part"
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
        self._bodies: dict[str, BinaryIO] = {}
        self._counts: dict[str, int] = {}
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
        self._put(_NAMES, [made.name])
        for key, rows in made.rows.items():
            if key not in self._views:
                self._put(key, rows)
        self._in_master += bool(made.rows.get(self._benchmark.master))
        self._put(_SIDE, [f"{made.name} {sidecar.line(made.line)}"])
        self._said += bool(made.line)
        self._used.update(word(entry.get("category")) for entry in made.line.get("garments", ()))
        self._benchmark.written(made.name, made.wanted)
        if self._options.copy_images:
            self._copy(record.image, made.name)

    def _put(self, key: str, rows: Sequence[str]) -> None:
        if not rows:
            return
        assert self._work is not None
        if key not in self._bodies:
            with writing(self._out):
                self._bodies[key] = (self._work / f"{key}{_BODY}").open("wb", buffering=1 << 18)
        self._counts[key] = self._counts.get(key, 0) + len(rows)
        with writing(self._out):
            self._bodies[key].write("".join(f"{row}\n" for row in rows).encode("utf-8", "surrogatepass"))

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
        for body in self._bodies.values():
            with writing(self._out):
                body.close()
        for key, rows in self._benchmark.closing().items():
            self._write_rows(key, rows)
        for listed in self._benchmark.lists:
            if self._counts.get(listed.key) or listed.key in self._benchmark.always:
                self._write_list(listed)
        self._write_whole()
        self._write_sidecar()
        for key in {*self._bodies, *self._benchmark.closing()} - {_NAMES}:
            (self._work / f"{key}{_BODY}").unlink(missing_ok=True)
        self._joined = True
        return self._work

    def _write_rows(self, key: str, rows: Iterable[str]) -> None:
        assert self._work is not None
        with writing(self._out), (self._work / f"{key}{_BODY}").open("ab") as body:
            for row in rows:
                self._counts[key] = self._counts.get(key, 0) + 1
                body.write(f"{row}\n".encode("utf-8", "surrogatepass"))

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

    def _write_list(self, listed: ListFile) -> None:
        """A list from its rows: heading first, every row as long as it must be."""
        assert self._work is not None
        notes = mapping(self._files.get(listed.key))
        end = "\r\n" if notes.get("newline") == "\r\n" else "\n"
        count, width = self._counts.get(listed.key, 0), self._benchmark.padded(listed.key)
        place = word(notes.get("place"))
        place = place if place in listed.places else listed.places[0]
        target = self._work / place
        body = self._work / f"{listed.key}{_BODY}"
        body.touch()
        with writing(self._out / place):
            target.parent.mkdir(parents=True, exist_ok=True)
            with body.open("rb") as rows, target.open("wb", buffering=1 << 18) as file:
                heading = self._heading(listed, notes, count)
                file.write("".join(f"{line}{end}" for line in heading).encode("utf-8", "surrogatepass"))
                for number, row in enumerate(rows, 1):
                    said = row[:-1]
                    if width and (missing := width - len(said.split()) + 1) > 0:
                        style = self._styles[listed.key]
                        said = said.rstrip() + f"{style.more(missing)}{style.end}".encode()
                    if listed.beside:
                        said = said.partition(b" ")[2]
                    last = number == count and notes.get("ended") is False
                    file.write(said + (b"" if last else end.encode()))
            body.unlink()

    def _heading(self, listed: ListFile, notes: Mapping[str, Any], count: int) -> list[str]:
        kept = notes.get("heading")
        said = [line for line in kept if isinstance(line, str)] if isinstance(kept, list) else []
        stated = said[0].strip() if said else ""
        as_it_was = stated.isdecimal() and stated.lstrip("0") == str(count)
        heading = [said[0] if as_it_was else str(count)] if listed.counted else []
        if listed.columns:
            titled = [line for line in said if line.strip() and not line.strip().isdecimal()]
            heading.append(titled[0] if titled else listed.columns)
        return heading

    def _write_sidecar(self) -> None:
        """The lines, all of them where the lists do not give the order of the images; the head if needed."""
        assert self._work is not None
        ordered = self._in_master == self._images
        body = self._work / f"{_SIDE}{_BODY}"
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
        for record in reader.named(self._written_names()):
            garments = tuple(
                g.but(category_id=local.get(g.category_id, g.category_id)) for g in record.garments
            )
            yield ImageRecord(record.image, garments, (*record.problems, *problems))

    def _written_names(self) -> Iterator[str]:
        assert self._work is not None
        with (self._work / f"{_NAMES}{_BODY}").open("rb") as names:
            for line in names:
                yield line[:-1].decode("utf-8", "surrogatepass")

    def sample(self, garments: int) -> int:  # noqa: ARG002
        """0: the benchmarks have no official tool."""
        return 0

    def finish(self) -> list[Path]:
        """See :class:`store.formats.base.Writer`."""
        work = self._join()
        if hasattr(os, "sync"):
            os.sync()
        with writing(self._out):
            (work / f"{_NAMES}{_BODY}").unlink(missing_ok=True)
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
        for body in self._bodies.values():
            body.close()
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

"""What every format promises: readers that yield records, writers that take them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from resources.taxonomy import Category
from store.db.packing import Packed
from store.formats.values import printable
from store.progress import Progress, silent
from store.records import Dataset, Image, ImageRecord, ImageState, Problem, Severity

#: The id of the first category that a dataset brings; readers number theirs from here.
FIRST_OWN_CATEGORY = 1001


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """``images`` is the folder of the pictures where it is not where the format puts it.

    ``progress`` hears of work that must be done before the first record, in bytes.
    """

    images: Path | None = None
    split: str = ""
    progress: Progress = silent


def _by_name(image: Image) -> Path:
    return Path(image.name)


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """``precise`` keeps decimals where the format writes whole pixels. ``picture`` finds picture files.

    ``categories`` are the names that categories have in a format with categories of its own, by our name.
    """

    layout: str = ""
    precise: bool = False
    copy_images: bool = False
    picture: Callable[[Image], Path] = field(default=_by_name)
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the format has no word for. ``kept``: our extra key brings it back on import."""

    what: str
    count: int
    kept: bool
    how: str


#: Kinds of loss with their numbers: ``(what, kept, how)``.
Losses = Counter[tuple[str, bool, str]]


class Reader(Protocol):
    """Reads one dataset. Lenient: what is wrong with a record rides along with it."""

    format: str
    images_root: Path

    def categories(self) -> tuple[Category, ...]:
        """Those the dataset brings beyond the 13, with reader-local ids from 1001 on."""
        ...

    def extra(self) -> Mapping[str, Any]:
        """What the dataset says of the whole of it, for :attr:`store.records.Dataset.extra`."""
        ...

    def records(self) -> Iterator[ImageRecord]:
        """All images in a stable order."""
        ...

    def problems(self) -> Sequence[Problem]:
        """What belongs to no image; complete when :meth:`records` has ended."""
        ...

    def __len__(self) -> int:
        """Number of images, 0 if unknown."""
        ...


class Ready(Protocol):
    """An image with so little unusual about it that it can go into the tables without a record of its own."""

    @property
    def image(self) -> Image:
        """The image, but for what its annotation says."""
        ...

    @property
    def reach(self) -> tuple[float, float, float]:
        """The largest x, the largest y and the smallest number of all coordinates."""
        ...

    def record(self) -> ImageRecord:
        """The record of the image."""
        ...

    def packed(self, dataset_id: int, size: tuple[int, int]) -> Packed:
        """The rows of the record, of a dataset, where the picture is there and has this width and height."""
        ...


@runtime_checkable
class Divisible(Protocol):
    """A reader whose images can be read piece by piece, also in other processes.

    ``records()`` is all that is read of all pieces, in order, each asked :meth:`apart`, and then
    :meth:`ended`.
    """

    def pieces(self, size: int) -> Iterator[Any]:
        """What to read, ``size`` images at a time, in a form that can be pickled."""
        ...

    def read(self, piece: Any) -> list[ImageRecord | Ready]:
        """The images of a piece, each as if there were no other."""
        ...

    def apart(self, name: str, split: str) -> Apart | None:
        """How an image is told apart from one before it with the same name; None where it need not be."""
        ...

    def ended(self) -> None:
        """All images have been read: what can only be said of all together goes to the problems."""
        ...


@dataclass(frozen=True, slots=True)
class Apart:
    """The name, and state, that an image gets because its own name is another's, and the problem of it."""

    name: str
    state: ImageState
    problem: Problem

    def of(self, record: ImageRecord) -> ImageRecord:
        """The record so told apart."""
        image = record.image.but(name=self.name, state=self.state)
        return record.but(image=image, problems=(*record.problems, self.problem))


class Writer(Protocol):
    """Writes one export under a temporary name until :meth:`finish`.

    ``unsaid`` are the image's fields that the files do not hold, besides ids.

    The order is ``begin``, ``add`` for each record, ``read_back``, ``finish``; or ``abort`` at any
    time, which leaves nothing behind. All but ``abort`` raise :class:`store.errors.FormatError` where
    the target cannot be written. An export that is only looked at is ``foresee``, then ``losses`` of each
    record, once and in order.
    """

    format: str
    unsaid: frozenset[str]

    def begin(
        self, datasets: Sequence[Dataset], categories: Sequence[Category], images: Iterable[Image]
    ) -> None:
        """Opens the target. ``images`` are all images to come, for their ids and file names."""
        ...

    def foresee(
        self, datasets: Sequence[Dataset], categories: Sequence[Category], images: Iterable[Image]
    ) -> None:
        """As :meth:`begin` for an export of which only the losses are wanted: nothing is written."""
        ...

    def add(self, record: ImageRecord) -> None:
        """Writes one image with its garments."""
        ...

    def promise(self, record: ImageRecord) -> ImageRecord:
        """What a reader will find of a record: without what the format loses."""
        ...

    def losses(self, record: ImageRecord) -> Losses:
        """What the format has no word for in a record."""
        ...

    def read_back(self) -> Generator[ImageRecord, None, None]:
        """What the written files say, in the order of writing."""
        ...

    def sample(self, garments: int) -> int:
        """Opens up to so many garments with the format's official tool; returns how many. 0: no tool."""
        ...

    def finish(self) -> list[Path]:
        """Gives the files their final names and returns them (folders for formats of many files)."""
        ...

    def abort(self) -> None:
        """Removes what was written."""
        ...


class Complaints:
    """Collects the problems of one file; beyond ``most`` of one code they are only counted."""

    def __init__(self, file: str, most: int = 1_000) -> None:
        self.file = file
        self._most = most
        self._found: list[Problem] = []
        self._counts: dict[str, int] = {}

    @property
    def found(self) -> list[Problem]:
        """The problems, and one for each code of which there were too many to list."""
        if len(self._found) < self._most:
            return list(self._found)
        more = [
            Problem(
                code=code,
                message=f"{count - self._most:,} more of the kind.",
                file=self.file,
                severity=Severity.ERROR,
            )
            for code, count in self._counts.items()
            if count > self._most
        ]
        return [*self._found, *more]

    def warn(self, code: str, message: str, item: str = "") -> None:
        """Something odd that lost nothing."""
        self._add(Severity.WARNING, code, message, item)

    def error(self, code: str, message: str, item: str = "") -> None:
        """Something that could not be taken over as it stands."""
        self._add(Severity.ERROR, code, message, item)

    def odd_number(self, name: str, item: str = "") -> None:
        """NaN or Infinity in a file, read as null."""
        self.warn("json-number", f"{name} is not JSON; it is read as null.", item)

    def _add(self, severity: Severity, code: str, message: str, item: str) -> None:
        self._counts[code] = self._counts.get(code, 0) + 1
        if self._counts[code] > self._most:
            return
        file, item, message = map(printable, (self.file, item, message))
        self._found.append(Problem(code=code, message=message, file=file, item=item, severity=severity))

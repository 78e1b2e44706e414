"""Damaged datasets of all formats: no crash, no hang, nothing half done, and each fault has its place."""

from __future__ import annotations

import itertools
import random
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePosixPath
from types import FrameType

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resources.taxonomy import categories
from store.db import Store
from store.errors import FormatError
from store.formats import registry
from store.formats.base import Reader, ReadOptions, WriteOptions
from store.formats.fingerprint import fingerprint
from store.importing import ImportOptions, import_dataset
from store.records import Dataset, Domain, Garment, Image, ImageRecord, Problem, Visibility
from tests.contract.formats.format_records import KINDS, dataset_of
from tests.fuzz.damage import damaged, no_longer_a_file

#: Damaged datasets of each format in the suite, and of each round of `make fuzz`.
FEW, MANY = 12, 150
#: Seconds after which reading three images is a hang.
HANGS = 30
#: What is wrong with a file as a whole has no line; where JSON stops may be its end.
OF_FILES = {
    "list-text",
    "json",
    "json-number",
    "masks-changed",
    "list-count",
    "ground-truth",
    "landmarks-plain",
}

NUMBERS = itertools.count()

examples = settings(max_examples=FEW if settings.default.derandomize else MANY, deadline=None)


def _garment(category_id: int, place: int) -> Garment:
    size = categories()[category_id - 1].schema.size
    points = np.arange(2.0 * size).reshape(size, 2) + 5 * place + 1
    visibility = np.array([Visibility(1 + i % 3) for i in range(size)], np.uint8)
    return Garment(
        key=f"item{place + 1}",
        position=place,
        category_id=category_id,
        box=np.array([1.0, 2.0, 30.0 + place, 40.0]),
        points=points,
        visibility=visibility,
        polygons=(np.array([[1.0, 2], [30, 2], [30, 40], [1, 2]]),),
        pair_id=7,
        style=1,
        scale=2,
        occlusion=1,
        zoom_in=1,
        viewpoint=2,
        attributes={"striped": 1, "heather grey": -1},
    )


def _records() -> list[ImageRecord]:
    """Three images, with masks, products, attributes, a query and its answer."""
    found = []
    for number, (role, domain) in enumerate(
        (("query", Domain.CONSUMER), ("gallery", Domain.SHOP), ("", Domain.SHOP)), 1
    ):
        image = Image(
            id=number,
            dataset_id=1,
            name=f"{number:06d}.jpg",
            width=64,
            height=64,
            size_known=True,
            split="train" if not role else "test",
            role=role,
            domain=domain,
            tags=("a tag",),
        )
        garments = tuple(
            _garment(category, place) for place, category in enumerate((9, 1)[: 3 - number or 1])
        )
        found.append(ImageRecord(image, garments))
    return found


@cache
def sound(kind: tuple[str, str]) -> dict[str, bytes]:
    """The files of a sound dataset of a format, by path; nothing of what this program keeps beside them.

    Half of the faults would otherwise lie in files that only this program writes.
    """
    records = _records()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / ("out.json" if kind[0] == "coco" else "out")
        writer = registry.writer(kind[0], out, WriteOptions(layout=kind[1]))
        dataset = Dataset(id=1, name="sound", format=kind[0])
        writer.begin([dataset], categories(), [record.image for record in records])
        for record in records:
            writer.add(record)
        writer.finish()
        home = out if out.is_dir() else out.parent
        return {path.relative_to(home).as_posix(): path.read_bytes() for path in sorted(home.rglob("*.*"))}


@contextmanager
def hanging_is_a_fault() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError("reading hangs")

    old = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)


def _put(folder: Path, kind: tuple[str, str], seed: int) -> Path:
    """A damaged dataset in a folder: one or two of its files are changed, or one is missing."""
    chance = random.Random(seed)
    files = dict(sound(kind))
    ours = [name for name in files if "deepfashion_studio" in name]
    if ours and chance.random() < 0.6:
        for name in ours:
            del files[name]
    for _ in range(chance.randint(1, 2)):
        name = chance.choice(sorted(files))
        files[name] = damaged(name, files[name], chance)
    if len(files) > 1 and chance.random() < 0.2:
        del files[chance.choice(sorted(files))]
    home = folder / "data"
    for name, data in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    home.mkdir(exist_ok=True)
    if chance.random() < 0.1:
        no_longer_a_file(home / chance.choice(sorted(files)), chance)
    return home / "out.json" if kind[0] == "coco" else home


def _is_sane(record: ImageRecord, root: Path) -> None:
    """Nothing of a record can hurt those who work with it."""
    name = PurePosixPath(record.image.name)
    assert record.image.name
    assert not name.is_absolute()
    assert ".." not in name.parts
    assert (root / name).is_relative_to(root)
    record.image.name.encode()
    for garment in record.garments:
        assert len(garment.points) == len(garment.visibility)
        assert np.isin(garment.visibility, [int(state) for state in Visibility]).all()
        parts = [garment.points, *garment.polygons, *([] if garment.box is None else [garment.box])]
        assert all(np.isfinite(part).all() for part in parts)


def _has_place(problem: Problem) -> None:
    assert problem.message
    assert problem.file
    if problem.file.endswith(".txt") and problem.code not in OF_FILES:
        assert "line" in problem.item, problem


def _written_again(reader: Reader, found: list[ImageRecord], kind: tuple[str, str], out: Path) -> None:
    """What was read can be written, and reads back as promised."""
    writer = registry.writer(kind[0], out, WriteOptions(layout=kind[1], precise=True))
    known = [*categories(), *reader.categories()]
    try:
        writer.begin([dataset_of(reader)], known, [record.image for record in found])
        promised = []
        for record in found:
            writer.add(record)
            writer.losses(record)
            promised.append(fingerprint(writer.promise(record), kind[0], writer.unsaid))
        back = [fingerprint(record, kind[0], writer.unsaid) for record in writer.read_back()]
        assert back == promised
    finally:
        writer.abort()


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
@examples
@given(seed=st.integers(0, 2**32 - 1))
@example(seed=107)  # of the landmarks nothing is left but a list without rows
def test_a_damaged_dataset_is_read_as_far_as_it_goes(kind: tuple[str, str], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder, hanging_is_a_fault():
        path = _put(Path(folder), kind, seed)
        try:
            reader = registry.reader(kind[0], path, ReadOptions())
            found = list(reader.records())
        except FormatError as error:
            refused = error
        else:
            refused = None
        if refused is not None:
            assert str(path.parent) in refused.what or path.name in refused.what
            assert refused.fix
            return
        names = [record.image.name for record in found]
        assert len(set(names)) == len(names)
        for record in found:
            _is_sane(record, reader.images_root)
        for problem in (*reader.problems(), *(one for record in found for one in record.problems)):
            _has_place(problem)
        numbered = [
            record.but(image=record.image.but(id=number, dataset_id=1))
            for number, record in enumerate(found, 1)
        ]
        _written_again(
            reader, numbered, kind, Path(folder) / ("again.json" if kind[0] == "coco" else "again")
        )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.create(tmp_path_factory.mktemp("fuzz") / "store") as made:
        yield made


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
@settings(examples, max_examples=examples.max_examples // 5)
@given(seed=st.integers(0, 2**32 - 1))
def test_an_import_is_whole_or_nothing(kind: tuple[str, str], seed: int, store: Store) -> None:
    with tempfile.TemporaryDirectory() as folder, hanging_is_a_fault():
        path = _put(Path(folder), kind, seed)
        before = (len(store.datasets.all()), store.images.count())
        try:
            report = import_dataset(store, kind[0], path, ImportOptions(name=f"{kind[0]} {next(NUMBERS)}"))
        except FormatError:
            assert (len(store.datasets.all()), store.images.count()) == before
        else:
            assert store.images.count() == before[1] + report.images
            assert len(store.datasets.all()) == before[0] + 1


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_nothing_is_wrong_with_what_is_sound(kind: tuple[str, str], tmp_path: Path) -> None:
    for name, data in sound(kind).items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    reader = registry.reader(
        "auto", tmp_path / "data" / ("out.json" if kind[0] == "coco" else ""), ReadOptions()
    )
    found = list(reader.records())
    assert reader.format == kind[0]
    assert len(found) == 3
    assert not [problem for record in found for problem in record.problems]
    assert not reader.problems()

"""Writes the demo dataset in DeepFashion2's file layout.

Beside the splits lie ``demo.json`` (seed, counts, what the test split holds out) and ``truth.jsonl``, a line
for each garment that was labelled wrong on purpose: ``split``, ``image``, ``item``, ``error`` (the kind), and
what is true: ``pair_id`` of the image and ``truth``, the whole item. Putting these back leaves no error.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from store.cv import cv2
from store.demo.compose import draw
from store.demo.errors import KINDS, spoil
from store.demo.fabrics import HELD_OUT, SEEN
from store.demo.families import FAMILIES, HELD_OUT_FAMILIES
from store.demo.labels import annotation
from store.demo.plan import PICTURES, picture
from store.demo.scenes import SCENES
from store.errors import StudioError
from store.progress import Progress, silent

SPLITS = ("train", "validation", "test")
MANIFEST = "demo.json"
TRUTH = "truth.jsonl"

_QUALITY = 92
_SMALLEST_SIZE, _LARGEST_SIZE = 128, 2048
_MOST_IMAGES = 999_999
_CHUNK = 4 * PICTURES


@dataclass(frozen=True)
class DemoOptions:
    """What to draw: how many images, from which seed, the share of garments labelled wrong on purpose, the
    longer side in pixels, and how many processes draw."""

    images: int = 240
    seed: int = 7
    errors: float = 0.05
    size: int = 512
    workers: int = 1

    def check(self) -> None:
        """Raises StudioError where a value is out of range."""
        _between("images", self.images, 1, _MOST_IMAGES)
        _between("seed", self.seed, 0, 2**63 - 1)
        _between("errors", self.errors, 0, 1)
        _between("size", self.size, _SMALLEST_SIZE, _LARGEST_SIZE)
        _between("workers", self.workers, 1, 256)


@dataclass(frozen=True)
class DemoReport:
    """What was written: images, garments, how many of them wrong on purpose, and how long it took."""

    images: int
    garments: int
    wrong: int
    seconds: float


@dataclass(frozen=True)
class _Done:
    garments: int
    truth: tuple[bytes, ...]


def write_demo(out: Path, options: DemoOptions, progress: Progress = silent) -> DemoReport:
    """Draw the demo dataset into a new or empty folder.

    The same options give the same bytes, whatever the number of workers, and an image does not depend on
    how many there are. Raises StudioError where an option is out of range, or the folder is not empty or
    cannot be written; what was written by then is removed again, as when the progress raises Cancelled.
    """
    options.check()
    started = time.perf_counter()
    with _folder(out):
        garments, wrong = 0, 0
        with (out / TRUTH).open("wb") as truth:
            for done, result in enumerate(_drawn(out, options), 1):
                garments += result.garments
                wrong += len(result.truth)
                truth.writelines(result.truth)
                progress(done, options.images, "Drawing")
        _manifest(out, options, garments, wrong)
    return DemoReport(options.images, garments, wrong, time.perf_counter() - started)


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise StudioError(f"Demo dataset: {name} is {value}.", f"Give a value from {low} to {high}.")


@contextmanager
def _folder(out: Path) -> Iterator[None]:
    """The folder, made with its splits; on any failure it is left as it was found."""
    there = out.exists()
    if there and (not out.is_dir() or any(out.iterdir())):
        raise StudioError(f"{out}: there is something here already.", "Choose a new or empty folder.")
    try:
        for split in SPLITS:
            (out / split / "image").mkdir(parents=True)
            (out / split / "annos").mkdir()
        yield
    except BaseException as error:
        _clear(out, folder_too=not there)
        if isinstance(error, OSError):
            raise StudioError(
                f"{out}: cannot be written ({error.strerror}).", "Choose another folder, or make room."
            ) from error
        raise


def _clear(out: Path, *, folder_too: bool) -> None:
    """Remove what was written; nothing else was in the folder."""
    for split in SPLITS:
        shutil.rmtree(out / split, ignore_errors=True)
    if out.is_dir():
        for name in (TRUTH, MANIFEST):
            (out / name).unlink(missing_ok=True)
        if folder_too:
            out.rmdir()


def _drawn(out: Path, options: DemoOptions) -> Iterator[_Done]:
    """Draw all images, in order of their numbers."""
    if options.workers == 1:
        for index in range(options.images):
            yield _write_one(out, options, index)
        return
    chunks = (range(k, min(k + _CHUNK, options.images)) for k in range(0, options.images, _CHUNK))
    # Spawned: a forked child of a process with a window and threads may hang.
    with ProcessPoolExecutor(options.workers, get_context("spawn"), _start_worker) as pool:
        waiting: list[Future[list[_Done]]] = []
        try:
            while True:
                room = 2 * options.workers - len(waiting)
                waiting.extend(
                    pool.submit(_write_chunk, out, options, chunk) for chunk in islice(chunks, room)
                )
                if not waiting:
                    return
                yield from waiting.pop(0).result()
        except BrokenProcessPool as error:
            raise StudioError(
                "Demo dataset: a drawing process was ended from outside.", "Try again with one worker."
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _start_worker() -> None:
    cv2.setNumThreads(1)


def _write_chunk(out: Path, options: DemoOptions, chunk: range) -> list[_Done]:
    return [_write_one(out, options, index) for index in chunk]


def _write_one(out: Path, options: DemoOptions, index: int) -> _Done:
    """Draw one image and write both its files."""
    plan = picture(options.seed, index)
    drawn = draw(plan, options.size)
    true = annotation(plan, drawn)
    said, wrong = spoil(true, options.seed, index, options.errors)
    folder = out / plan.split
    _, pixels = cv2.imencode(".jpg", drawn.image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    (folder / "image" / f"{plan.name}.jpg").write_bytes(pixels.tobytes())
    (folder / "annos" / f"{plan.name}.json").write_bytes(orjson.dumps(said))
    lines = tuple(
        orjson.dumps(
            {
                "split": plan.split,
                "image": f"{plan.name}.jpg",
                "item": one.item,
                "error": one.kind,
                "pair_id": one.true_pair_id,
                "truth": one.true_item,
            }
        )
        + b"\n"
        for one in wrong
    )
    return _Done(sum(key.startswith("item") for key in said), lines)


def _manifest(out: Path, options: DemoOptions, garments: int, wrong: int) -> None:
    content: dict[str, Any] = {
        "made_by": "DeepFashion Studio, drawn demo dataset",
        "seed": options.seed,
        "images": options.images,
        "garments": garments,
        "size": options.size,
        "errors": options.errors,
        "wrong": wrong,
        "error_kinds": list(KINDS),
        "truth": TRUTH,
        "patterns": {"seen": sorted(SEEN), "held_out": sorted(HELD_OUT)},
        "outline_families": {
            "seen": sorted(FAMILIES - HELD_OUT_FAMILIES),
            "held_out": sorted(HELD_OUT_FAMILIES),
        },
        "backgrounds": {
            "seen": sorted(s.name for s in SCENES if not s.held_out),
            "held_out": sorted(s.name for s in SCENES if s.held_out),
        },
        "held_out_split": "test",
    }
    (out / MANIFEST).write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")

"""Importing beside only reading and parsing the same files, its memory, and how long an edit waits for it.

``python -m benchmarks importing`` draws a DeepFashion2 folder and a COCO file of ``IMAGES`` (20,000) made-up
images under build/bench once, and then takes turns: all annotations are read and parsed with Python's own
``json``, and the headers of all pictures are read; then the command imports them into a new store. The
pictures are a few files under many names, as headers are all that an import reads of them. How long the
command takes with a single image, for its start and the new store, is told beside it: the ratio is given
with and without it. While one import runs, this process edits a garment every 25 ms. Ratios are of the times
of the same turn.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.full_size import BUILD, clothes_of
from store.cv import cv2
from store.db import Store
from store.document import Document
from store.document.edits import set_facts
from store.exporting import ExportOptions, export
from store.formats.deepfashion2.documents import encode
from store.pictures import picture_size
from store.records import Dataset, Floats, Garment, Image, ImageRecord

IMAGES = int(os.environ.get("IMAGES", "20000"))
TURNS = int(os.environ.get("TURNS", "3"))
WIDTH, HEIGHT, PICTURES = 468, 702, 8
EDIT_EVERY = 0.025


def drawn(folder: Path, images: int) -> Path:
    """A folder with ``set/image``, ``set/annos`` and ``coco.json`` of so many images; made once."""
    if (folder / "whole").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    pictures, annos = folder / "set" / "image", folder / "set" / "annos"
    pictures.mkdir(parents=True)
    annos.mkdir()
    _draw_pictures(folder, pictures, images)
    rng = np.random.default_rng(3)
    garments = clothes_of(rng, 2 * images)
    _write_annotations(annos, garments, images)
    # The COCO file is what the official converter would make of it: all 294 landmarks of each garment.
    imported(folder / "set", folder / "store")
    with Store.open(folder / "store", read_only=True) as store:
        export(store, "coco", folder / "coco.json", options=ExportOptions(layout="294"))
    shutil.rmtree(folder / "store")
    (folder / "whole").touch()
    return folder


def _draw_pictures(folder: Path, pictures: Path, images: int) -> None:
    rng = np.random.default_rng(2)
    made = []
    for number in range(PICTURES):
        coarse = rng.integers(0, 256, (HEIGHT // 20, WIDTH // 20, 3), dtype=np.uint8)
        made.append(folder / f"{number}.jpg")
        cv2.imwrite(str(made[-1]), cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC))
    for number in range(images):
        os.link(made[number % PICTURES], pictures / f"{number + 1:06}.jpg")


def _write_annotations(annos: Path, clothes: Iterator[Garment], images: int) -> None:
    for number in range(1, images + 1):
        garments = [
            next(clothes).but(key=f"item{item}", position=item - 1, pair_id=number // 4)
            for item in range(1, 2 + (number % 8 < 5))
        ]
        image = Image(name=f"{number:06}.jpg", pair_id=number // 4)
        whole = [garment.but(attributes={}, polygons=_outlines(garment)) for garment in garments]
        document = encode(image, whole, precise=False)
        (annos / f"{number:06}.json").write_text(json.dumps({**document, "source": "shop"}), encoding="utf-8")


def _outlines(garment: Garment) -> tuple[Floats, ...]:
    """As the official files have them: the outline, closed, and two parts of it; written in whole pixels."""
    half = len(garment.points) // 2
    parts = (garment.points, garment.points[: half + 1], garment.points[half:])
    return tuple(np.concatenate([part, part[:1]]) for part in parts)


class Cost(NamedTuple):
    """Seconds by the clock, seconds of processors, and the largest memory in MB."""

    took: float
    cpu: float
    memory: float = 0.0


def parsed(folder: Path, source: Path) -> Cost:
    """What it costs to read and parse the annotations, and to read the pictures' headers."""
    gc.collect()
    began, cpu = time.perf_counter(), time.process_time()
    if source.is_dir():
        for file in sorted((source / "annos").iterdir()):
            json.loads(file.read_bytes())
    else:
        json.loads(source.read_bytes())
    for picture in sorted((folder / "set" / "image").iterdir()):
        picture_size(picture)
    return Cost(time.perf_counter() - began, time.process_time() - cpu)


def imported(source: Path, store: Path) -> Cost:
    """Imports into a new store with the command; the memory is that of the process that writes."""
    shutil.rmtree(store, ignore_errors=True)
    with subprocess.Popen(_command(source, store), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as job:
        began = time.perf_counter()
        assert job.stdout is not None
        memory = int(job.stdout.read().split()[-1]) / 1000
        _pid, status, used = os.wait4(job.pid, 0)
        took = time.perf_counter() - began
        job.returncode = os.waitstatus_to_exitcode(status)
        if job.returncode not in (0, 1):
            raise SystemExit(f"the import failed with {job.returncode}")
    return Cost(took, used.ru_utime + used.ru_stime, memory)


def _command(source: Path, store: Path) -> list[str]:
    # The largest memory of the process's own: what rusage says is that of the one it was forked from, too.
    code = (
        "from app.cli.program import run; import sys; code = run(sys.argv[1:]);"
        "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0]);"
        "sys.exit(code)"
    )
    return [sys.executable, "-c", code, "import", "auto", str(source), "--store", str(store), "--json"]


def single(folder: Path) -> Path:
    """A dataset of the first of the images alone."""
    one = folder / "single"
    for name in ("image/000001.jpg", "annos/000001.json"):
        (one / name).parent.mkdir(parents=True, exist_ok=True)
        if not (one / name).exists():
            os.link(folder / "set" / name, one / name)
    return one


def measured(name: str, folder: Path, source: Path, store: Path) -> None:
    """Imports of one source beside reading and parsing it, in turns, and a line about them."""
    turns = [
        (parsed(folder, source), imported(source, store), imported(single(folder), store))
        for _ in range(TURNS)
    ]
    ratios = [ours.took / alone.took for alone, ours, _ in turns]
    without = statistics.median((ours.took - start.took) / alone.took for alone, ours, start in turns)
    cpu = statistics.median((ours.cpu - start.cpu) / alone.cpu for alone, ours, start in turns)
    took = statistics.median(ours.took for _, ours, _ in turns)
    print(
        f"{name}: import {took:.1f} s, {IMAGES / took:,.0f} images/s, "
        f"{statistics.median(start.took for _, _, start in turns):.1f} s of it for its start; "
        f"only reading and parsing {statistics.median(alone.took for alone, _, _ in turns):.1f} s; "
        f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}; at most 2), "
        f"without the start {without:.2f}, of processor time {cpu:.2f}; "
        f"{max(ours.memory for _, ours, _ in turns):.0f} MB (under 500)"
    )


def edits_meanwhile(source: Path, store: Path) -> list[float]:
    """Milliseconds that edits of a garment took while an import ran into the same store."""
    shutil.rmtree(store, ignore_errors=True)
    with Store.create(store) as made, made.bulk() as bulk:
        dataset = made.datasets.add(Dataset(name="first", format="coco", root="/", images_root="/"))
        garment = next(clothes_of(np.random.default_rng(1), 1))
        image = Image(dataset_id=dataset.id, name="a.jpg", width=WIDTH, height=HEIGHT, size_known=True)
        bulk.add(ImageRecord(image, (garment,)))
    times: list[float] = []
    with (
        Store.open(store) as opened,
        subprocess.Popen(_command(source, store), stdout=subprocess.DEVNULL) as job,
    ):
        document = Document(opened, 1)
        style = 0
        # The first edit of a process loads what it needs.
        document.apply(set_facts(document.garments[0], style=3))
        while job.poll() is None:
            style = 1 - style
            began = time.perf_counter()
            document.apply(set_facts(document.garments[0], style=style + 1))
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(EDIT_EVERY)
    return times


def main() -> None:
    """Draw what is not there, and measure."""
    BUILD.mkdir(parents=True, exist_ok=True)
    folder = drawn(BUILD / f"import-{IMAGES}", IMAGES)
    store = BUILD / "import-store"
    print(f"{IMAGES:,} images, load {os.getloadavg()[0]:.1f}, {TURNS} turns")
    for name, source in (("deepfashion2", folder / "set"), ("coco", folder / "coco.json")):
        measured(name, folder, source, store)
    times = edits_meanwhile(folder / "set", store)
    p50, p95 = np.percentile(times, (50, 95))
    print(
        f"{len(times):,} edits during an import: p50 {p50:.1f} ms, p95 {p95:.1f} ms, "
        f"longest {max(times):.1f} ms (at most 50)"
    )
    shutil.rmtree(store, ignore_errors=True)


if __name__ == "__main__":
    main()

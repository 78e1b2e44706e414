"""A large COCO export beside only serialising the same content, and its memory.

``python -m benchmarks exporting`` exports the store of ``benchmarks.full_size`` (``IMAGES`` in the
environment makes a smaller one) with the command, which reads the store, writes, reads back, compares and
opens a sample with pycocotools. Then the very entries of that file are serialised with Python's own ``json``,
entry by entry, into another file. The ratio is of both times; the parts of the command are told, too.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

from benchmarks.full_size import BUILD, IMAGES, made
from store.formats.coco.scan import Scan


def exported(store: Path, out: Path) -> tuple[float, float, dict[str, float]]:
    """Seconds, largest memory in MB of all its processes, and how long each part took by its progress."""
    code = "from app.cli.program import run; import sys; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "export", "coco", str(out), "--store", str(store)]
    began = time.perf_counter()
    parts: dict[str, float] = {}
    largest = [0.0]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as job:
        assert job.stderr is not None
        last = began
        watch = Thread(target=_watch, args=(job.pid, largest), daemon=True)
        watch.start()
        for line in job.stderr:
            now = time.perf_counter()
            word = re.split(r"[:,]", line.strip())[0]
            parts[word] = parts.get(word, 0.0) + now - last
            last = now
        job.wait()
        watch.join()
    if job.returncode not in (0, 1):
        raise SystemExit(f"the export failed with {job.returncode}")
    return time.perf_counter() - began, largest[0], parts


def _watch(job: int, largest: list[float]) -> None:
    """Notes the largest memory of a job with the processes that help it, until it ends."""
    while True:
        used = [_memory(Path(f"/proc/{process}")) for process in (job, *_helpers(job))]
        if not used[0]:
            return
        largest[0] = max(largest[0], sum(used))
        time.sleep(0.5)


def _helpers(job: int) -> list[int]:
    try:
        return list(map(int, Path(f"/proc/{job}/task/{job}/children").read_text().split()))
    except OSError:
        return []


def _memory(process: Path) -> float:
    """The memory of a process in MB, its share of what others use too; 0 where it has ended."""
    try:
        found = re.search(r"^Pss:\s+(\d+)", (process / "smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(found[1]) / 1000 if found else 0.0


def serialised(source: Path, out: Path) -> float:
    """The seconds that it takes to serialise the entries of a COCO file; parsing them is not counted."""
    scan = Scan(source)
    total = 0.0
    with out.open("w", encoding="utf-8") as file:
        for batch in _batches(scan):
            began = time.perf_counter()
            for entry in batch:
                file.write(json.dumps(entry))
                file.write(", ")
            total += time.perf_counter() - began
    scan.close()
    return total


def _batches(scan: Scan) -> Iterator[list[object]]:
    batch: list[object] = []
    for place in scan.places():
        if place.start == place.end:
            continue
        batch.append(place.value if place.value is not None else scan.value(place.start, place.end))
        if len(batch) == 5_000:
            yield batch
            batch = []
    yield batch


def main() -> None:
    """Make the store where it is not there, export it, serialise."""
    BUILD.mkdir(parents=True, exist_ok=True)
    folder = BUILD / f"full-{IMAGES}"
    with made(folder, IMAGES) as store:
        garments = store.statistics.totals().garments
    out, other = BUILD / "export.json", BUILD / "serialised.json"
    took, memory, parts = exported(folder, out)
    alone = serialised(out, other)
    size = out.stat().st_size / 1e6
    print(f"{IMAGES:,} images, {garments:,} garments, {size:,.0f} MB of JSON, load {os.getloadavg()[0]:.1f}")
    print(
        f"export {took:.0f} s, only serialising {alone:.0f} s, ratio {took / alone:.1f} (at most 2); "
        f"{memory:.0f} MB (under 600)"
    )
    for word, seconds in parts.items():
        print(f"  {word:<40} {seconds:6.1f} s")
    out.unlink()
    other.unlink()


if __name__ == "__main__":
    main()

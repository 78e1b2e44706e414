"""Thumbnails beside OpenCV's quickest loop: ``imread`` at a quarter of the size, on one core.

``python -m benchmarks thumbnails`` takes turns over the same pictures of 1000x1333: only reading and
shrinking them, as both do; and all that the grid does of a picture that it has not seen yet: making the
thumbnail, encoding it and putting it into the cache.
"""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.pictures import write_pictures
from benchmarks.window import BUILD
from store.cv import cv2
from store.records import Image
from store.thumbnails import ThumbnailCache
from widgets.browser.thumbnails import Frame, ThumbnailSource, decode, shrunk

PICTURES, TURNS = 200, 5
#: A frame of the grid at its usual size, and the size of the thumbnails behind it.
FRAME = Frame(190, 190)


def plain(files: list[Path]) -> None:
    """The loop of a program that does nothing else."""
    for file in files:
        cv2.imread(str(file), cv2.IMREAD_REDUCED_COLOR_4)


def ours(files: list[Path]) -> None:
    """Only reading and shrinking."""
    for file in files:
        shrunk(file, FRAME.source)


def whole(files: list[Path], cache: ThumbnailCache) -> None:
    """All of what a picture costs that is seen for the first time."""
    places = dict(enumerate(files, 1))
    source = ThumbnailSource(lambda image: places[image.id], cache)
    for image_id in places:
        decode(source, Image(id=image_id), FRAME)


def pace(work: Callable[[], object], count: int) -> float:
    """Pictures a second of this process's time."""
    began = time.process_time()
    work()
    return count / (time.process_time() - began)


def main() -> None:
    """Take turns and print the medians."""
    BUILD.mkdir(parents=True, exist_ok=True)
    write_pictures(BUILD / "pictures", 320)
    files = sorted((BUILD / "pictures").glob("*.jpg"))[:PICTURES]
    cv2.setNumThreads(1)
    plain(files)
    rows = []
    for _ in range(TURNS):
        folder = BUILD / "thumbnails"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with ThumbnailCache(folder) as cache:
            one = pace(lambda: plain(files), len(files))
            two = pace(lambda: ours(files), len(files))
            three = pace(lambda cache=cache: whole(files, cache), len(files))
        rows.append((one, two, two / one, three, three / one))
    columns = list(zip(*rows, strict=True))
    loop, read, ratio, all_of_it, share = map(statistics.median, columns)
    print(f"load {os.getloadavg()[0]:.1f}, {len(files)} pictures, {TURNS} turns")
    print(f"cv2.imread REDUCED_4          {loop:6.0f} pictures/s and core")
    low, high = min(columns[2]), max(columns[2])
    print(
        f"ours, read and shrunk         {read:6.0f}, ratio {ratio:.2f} ({low:.2f} to {high:.2f}; least 0.9)"
    )
    print(f"ours, with encoding and cache {all_of_it:6.0f}, ratio {share:.2f}")


if __name__ == "__main__":
    main()

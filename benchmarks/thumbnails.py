"""Thumbnails beside OpenCV's quickest loop: ``imread`` at a quarter of the size, on one core.

``python -m benchmarks thumbnails`` takes turns at the same pictures of 1000x1333: only reading and
shrinking them, as both do; and all that the grid does of a picture that it has not seen yet: making the
thumbnail, encoding it and putting it into the cache.
"""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.pictures import write_pictures
from benchmarks.window import BUILD
from store.cv import cv2
from store.records import Image
from store.thumbnails import ThumbnailCache
from widgets.browser.thumbnails import Frame, ThumbnailSource, decode, shrunk

PICTURES, TURNS = 200, 11
#: A frame of the grid at its usual size, and the size of the thumbnails behind it.
FRAME = Frame(190, 190)


def plain(file: Path) -> None:
    """What a program does that does nothing else."""
    cv2.imread(str(file), cv2.IMREAD_REDUCED_COLOR_4)


def ours(file: Path) -> None:
    """Only reading and shrinking."""
    shrunk(file, FRAME.source)


def paces(works: Sequence[Callable[[Path], object]], files: Sequence[Path]) -> list[float]:
    """Pictures a second of this thread's time for each work, which take turns at every picture.

    What else the machine does, and how it clocks its cores then, meets all of them alike.
    """
    spent = [0.0] * len(works)
    for file in files:
        for number, work in enumerate(works):
            began = time.thread_time()
            work(file)
            spent[number] += time.thread_time() - began
    return [len(files) / seconds for seconds in spent]


def main() -> None:
    """Take turns and print the medians."""
    BUILD.mkdir(parents=True, exist_ok=True)
    write_pictures(BUILD / "pictures", 320)
    files = sorted((BUILD / "pictures").glob("*.jpg"))[:PICTURES]
    cv2.setNumThreads(1)
    paces([plain, ours], files)
    numbers = {file: number for number, file in enumerate(files)}
    rows = []
    for _ in range(TURNS):
        folder = BUILD / "thumbnails"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with ThumbnailCache(folder) as cache:
            source = ThumbnailSource(lambda image: files[image.id], cache)

            def whole(file: Path, source: ThumbnailSource = source) -> None:
                """All of what a picture costs that is seen for the first time."""
                decode(source, Image(id=numbers[file]), FRAME)

            one, two, three = paces([plain, ours, whole], files)
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

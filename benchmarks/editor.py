"""The editor: an image of 200 garments, the next image with every panel open, memory after 1,000 images.

``python -m benchmarks editor``: the real window under Xvfb. The store with the 200 garments is drawn here,
the next image is measured on the pictures of ``window`` beside labelme, the walk goes through a demo
dataset of its own. The figures go to benchmarks/RESULTS.md by hand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks import window
from benchmarks.studio_window import EARLY
from benchmarks.window import BUILD, ROOT, STEPS, STUDIO, measure, percentile, report, screen
from resources.taxonomy import category
from store.cv import cv2
from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord, Visibility

SIZE = (4000, 3000)
ACROSS, DOWN = 20, 10
#: What a step may take at p95, in milliseconds; a selection at any time.
TARGETS = {
    "hover": 16,
    "zoom": 16,
    "zoom, then look": 16,
    "pan, whole image": 16,
    "pan at 100 %": 16,
    "drag a landmark": 8,
    "drag a corner": 8,
    "tone": 16,
}
SELECT = 50
WALK = 1000
#: The share that memory may grow by from the early steps of the walk to its end.
GROWTH = 0.10


def crowd(folder: Path) -> Path:
    """A new store of one image with 200 garments of 39 landmarks: what is dragged there is saved."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = np.random.default_rng(7)
    coarse = rng.integers(0, 256, (75, 100, 3), dtype=np.uint8)
    cv2.imwrite(str(folder / "crowd.jpg"), cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC))
    garments = tuple(_garment(rng, place) for place in range(ACROSS * DOWN))
    with Store.create(folder / "store", name="crowd") as store:
        root = str(folder)
        dataset = store.datasets.add(Dataset(name="crowd", format="coco", root=root, images_root=root))
        width, height = SIZE
        image = Image(dataset_id=dataset.id, name="crowd.jpg", width=width, height=height, size_known=True)
        with store.bulk() as bulk:
            bulk.add(ImageRecord(image, garments))
    return folder / "store"


def _garment(rng: np.random.Generator, place: int) -> Garment:
    """A long sleeve outwear in its place, a little shaken, with an outline of 60 corners."""
    schema = category(4).schema
    middle = np.array([100 + 190 * (place % ACROSS), 150 + 290 * (place // ACROSS)]) + rng.uniform(-8, 8, 2)
    shape = np.array(schema.template) - 0.5
    points = shape * [140, 220] + middle + rng.normal(0, 2, shape.shape)
    states = rng.choice([Visibility.OCCLUDED, Visibility.VISIBLE], len(points), p=[0.3, 0.7])
    angles = np.arange(60) / 60 * 2 * np.pi
    outline = np.column_stack([np.cos(angles) * 82, np.sin(angles) * 125]) + middle
    return Garment(
        category_id=4,
        position=place,
        box=(middle + np.array([[-85, -130], [85, 130]])).reshape(4),
        points=points,
        visibility=states.astype(np.uint8),
        polygons=(outline,),
    )


def steps_in_a_crowd(environment: dict[str, str]) -> None:
    """Selecting, looking, dragging and toning beside 200 garments."""
    store = crowd(BUILD / "crowd")
    found = measure(environment, sys.executable, "-m", "benchmarks.studio_crowd", str(store))
    held = found["held"]
    for kind, times in found["steps"].items():
        middle, most = percentile(times, 0.5), percentile(times, 0.95)
        target = f"p95 at most {TARGETS[kind]}" if kind in TARGETS else ""
        if kind == "select":
            target = f"longest at most {SELECT}"
        print(
            f"{kind:<20} p50 {middle:6.1f} ms  p95 {most:6.1f} ms  longest {max(times):6.1f} ms  "
            f"held at most {held.get(kind, 0.0):5.1f} ms  {target}"
        )


def all_panels(environment: dict[str, str]) -> None:
    """Next image until painted with every panel open, decoding included, beside labelme."""
    _demo, store, pictures = window.prepared(environment)
    python, theirs = window.labelme_python(), None
    if python:
        peer = (python, str(ROOT / "benchmarks" / "labelme_peer.py"), str(pictures), str(STEPS))
        theirs = measure(environment, *peer)["steps"]
    for mode in ("alone", "panels", "history"):
        command = (sys.executable, "-m", "benchmarks.studio_window", str(store), str(STEPS), mode)
        found = measure(environment, *command)
        for share in (0.5, 0.95):
            peer_value = percentile(theirs, share) if theirs else None
            name = f"next image, {mode}, p{share * 100:.0f}"
            report(f"{name}, picture and garments", percentile(found["steps"], share), peer_value, "ms")
            report(f"{name}, panels", percentile(found["panels"], share), peer_value, "ms")


def walk(environment: dict[str, str]) -> None:
    """Memory of the window's process while 1,000 drawn images are gone through with every panel open."""
    folder = BUILD / "walk"
    if not (folder / "store").is_dir():
        command = [STUDIO, "demo", "--dir", str(folder), "--images", str(WALK + 20), "--headless"]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    for mode in ("panels", "history"):
        command = [sys.executable, "-m", "benchmarks.studio_window", str(folder / "store"), str(WALK), mode]
        found = measure(environment, *command)
        early, end = found["memory_early"], found["memory_end"]
        print(
            f"memory after {WALK} images, {mode}: {end:.0f} MB, after {EARLY}: {early:.0f} MB, "
            f"{end / early - 1:+.1%} (at most {GROWTH:+.0%})"
        )


def main() -> None:
    """Prepare what is measured, measure, print."""
    BUILD.mkdir(parents=True, exist_ok=True)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    wanted = os.environ.get("EDITOR", "crowd panels walk").split()
    with screen() as environment:
        for name, part in (("crowd", steps_in_a_crowd), ("panels", all_panels), ("walk", walk)):
            if name in wanted:
                part(environment)

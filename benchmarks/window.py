"""Start, next image and event-loop stalls of the real window, beside labelme in one run.

labelme is installed into an environment of its own under build/bench. The figures go to
benchmarks/RESULTS.md by hand, with the machine and the day.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.pictures import write_pictures
from store.cv import cv2
from store.demo import DemoOptions, write_demo

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "bench"
LABELME = "labelme==6.3.1"
STEPS, STARTS = 300, 5
STUDIO = str(Path(sys.executable).with_name("deepfashion-studio"))
#: What a Qt 5 program needs beyond what ours does.
PEER_PACKAGES = ("libxcb-xinerama0",)


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """An X server of 1400x900 and a home of its own, as environment variables."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    home = BUILD / "home"
    shutil.rmtree(home, ignore_errors=True)
    (home / "run").mkdir(mode=0o700, parents=True)
    try:
        with os.fdopen(read) as answers:
            display = f":{answers.readline().strip()}"
        environment = {
            **os.environ,
            "DISPLAY": display,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
        }
        environment |= {"DEEPFASHION_STUDIO_HOME": str(home / "studio"), "QT_QPA_PLATFORM": "xcb"}
        # Compiled byte code is what an installed program starts from.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        yield environment
    finally:
        server.terminate()
        server.wait(10)


def measure(environment: dict[str, str], *command: str) -> dict[str, Any]:
    """Runs one driver and returns the JSON that it prints last."""
    spawned = {**environment, "SPAWNED": repr(time.time())}
    done = subprocess.run(command, env=spawned, cwd=ROOT, capture_output=True, text=True, timeout=600)
    if done.returncode != 0 or not done.stdout.strip():
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def labelme_python() -> str | None:
    """The interpreter of labelme's environment, made at the first call; None where it cannot be had."""
    folder = BUILD / "labelme"
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"Installing {LABELME} into {folder.relative_to(ROOT)}")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        if subprocess.run([str(python), "-m", "pip", "install", "-q", LABELME], check=False).returncode:
            shutil.rmtree(folder)
            return None
        if os.geteuid() == 0:
            subprocess.run(
                ["apt-get", "install", "-y", "-qq", *PEER_PACKAGES], stdout=subprocess.DEVNULL, check=False
            )
    return str(python)


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of all are at or below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report(name: str, ours: float, theirs: float | None, unit: str) -> None:
    """One line: our figure, the peer's, the ratio."""
    peer = f"  labelme {theirs:8.2f} {unit}  ratio {ours / theirs:.2f}" if theirs else ""
    print(f"{name:<52} {ours:8.2f} {unit}{peer}")


def start_and_memory(environment: dict[str, str], demo: Path, pictures: Path, python: str | None) -> None:
    """Start to first painted window: ours on the demo store, labelme on a folder of pictures."""
    driver = ("-m", "benchmarks.studio_window", str(demo), "0", "alone")
    ours = [measure(environment, sys.executable, *driver) for _ in range(STARTS + 1)][1:]
    theirs = []
    if python:
        peer = (python, str(ROOT / "benchmarks" / "labelme_peer.py"), str(pictures), "0")
        theirs = [measure(environment, *peer) for _ in range(STARTS + 1)][1:]

    def middle(results: list[dict[str, Any]], key: str) -> float | None:
        return statistics.median(r[key] for r in results) if results else None

    report("start to first painted window", middle(ours, "start") or 0, middle(theirs, "start"), "s ")
    report("start to the grid's first rows", middle(ours, "listed") or 0, middle(theirs, "start"), "s ")
    report("memory at first paint", middle(ours, "memory_start") or 0, middle(theirs, "memory_start"), "MB")
    report("memory with thumbnails", middle(ours, "memory_thumbnails") or 0, None, "MB")


def next_image(environment: dict[str, str], store: Path, pictures: Path, python: str | None) -> None:
    """Next image until painted, with and without decoding ahead, and whether memory stays flat."""
    theirs = None
    if python:
        peer = (python, str(ROOT / "benchmarks" / "labelme_peer.py"), str(pictures), str(STEPS))
        theirs = measure(environment, *peer)["steps"]
    modes = (("alone", "decoding included"), ("ahead", "decoded ahead"), ("proposals", "with proposals"))
    for mode, words in modes:
        found = measure(
            environment, sys.executable, "-m", "benchmarks.studio_window", str(store), str(STEPS), mode
        )
        for share, name in ((0.5, "p50"), (0.95, "p95")):
            peer_value = percentile(theirs, share) if theirs else None
            report(
                f"next image until painted, {words}, {name}",
                percentile(found["steps"], share),
                peer_value,
                "ms",
            )
        grown = found["memory_end"] - found["memory_early"]
        report(f"memory after {STEPS} steps, against step 50", grown, None, "MB")


def stalls(environment: dict[str, str], store: Path) -> None:
    """How long the event loop is held at a time while thumbnails, import and export run."""
    second = Path(shutil.copytree(store, BUILD / "store-stalls", dirs_exist_ok=True))
    (second / "thumbnails.db").unlink(missing_ok=True)
    more = write_pictures(BUILD / "more", 60, seed=2)
    found = measure(
        environment, sys.executable, "-m", "benchmarks.studio_stalls", str(second), str(more), str(BUILD)
    )
    for phase, turns in found.items():
        busy = [t for t in turns if t >= 1] or [0.0]
        longest = f"longest {max(turns):6.1f} ms, {sum(t > 50 for t in turns)} over 50 ms"
        p95 = f"p95 {percentile(turns, 0.95):6.1f} ms, of those over 1 ms {percentile(busy, 0.95):6.1f} ms"
        print(f"{phase:<46} ticks {len(turns):5}  {p95}  {longest}")
    shutil.rmtree(second)


def machine(pictures: Path) -> None:
    """How fast this machine is: decoding the pictures, beside which other figures can be read."""
    files = sorted(pictures.glob("*.jpg"))[:60]
    cv2.setNumThreads(1)
    began = time.process_time()
    for file in files:
        cv2.imread(str(file))
    took = time.process_time() - began
    print(f"machine: cv2 decodes {len(files) / took:.0f} pictures of 1000x1333 a second and core")


def drawing() -> None:
    """The demo dataset: images a second and core at 512 px, labels and JPEG included."""
    out = BUILD / "drawn"
    shutil.rmtree(out, ignore_errors=True)
    cv2.setNumThreads(1)
    began = time.process_time()
    report = write_demo(out, DemoOptions(images=120))
    took = time.process_time() - began
    print(f"drawing the demo: {report.images / took:.1f} images a second and core at 512 px")
    shutil.rmtree(out)


def prepared(environment: dict[str, str]) -> tuple[Path, Path, Path]:
    """The demo dataset, a store of the pictures, and the pictures: those that are there, or new ones."""
    pictures = BUILD / "pictures"
    coco = write_pictures(pictures, STEPS + 20)
    demo, store = BUILD / "demo", BUILD / "store"
    if not (demo / "store").is_dir():
        subprocess.run([STUDIO, "demo", "--dir", str(demo), "--headless"], env=environment, check=True)
    if not store.is_dir():
        arguments = ["import", "coco", str(coco), "--images", str(pictures), "--store", str(store)]
        subprocess.run([STUDIO, *arguments], env=environment, check=False)
    return demo, store, pictures


def main() -> None:
    """Prepare what is measured, measure, print."""
    BUILD.mkdir(parents=True, exist_ok=True)
    where = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{where}, load {os.getloadavg()[0]:.2f}")
    python = labelme_python()
    with screen() as environment:
        demo, store, pictures = prepared(environment)
        machine(pictures)
        drawing()
        start_and_memory(environment, demo / "store", pictures, python)
        next_image(environment, store, pictures, python)
        stalls(environment, store)

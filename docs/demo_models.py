"""What ``make demo-models`` runs: ``python docs/demo_models.py WORK``; the models that ship, from nothing.

Draws the pictures, trains Match R-CNN small and FashionNet small on their training split, and measures both
on the test split of pictures that are drawn with another seed: patterns, outlines and backgrounds of that
split are in no training picture. The models with what they reached go to ``resources/models``. What is
finished in WORK stays: broken off, the same command goes on, in the middle of a training run too. More
``--minutes`` than before go on from where the model was.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inference.models import load_model, save_model
from store.errors import StudioError
from store.runs import RunFolder

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "resources" / "models"
#: Seeds of the drawings: nothing that is measured on was seen in training.
TRAINING, TESTING = 4001, 9001
LICENCE = "as the program's"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A model that ships: its name, the ready configuration, and settings beside it."""

    name: str
    preset: str
    settings: tuple[str, ...]


MODELS = (
    Shipped(
        "demo-match-rcnn-s",
        "match-rcnn-small",
        (
            "data.validation_most=96",
            "data.balance=category",
            "augment.colour=0.3",
            "training.batch=8",
            "optimiser.learning_rate=1.4e-3",
        ),
    ),
    Shipped(
        "demo-fashionnet-s",
        "fashionnet-small",
        (
            "data.validation_most=96",
            "augment.scale=0.05",
            "augment.colour=0.3",
        ),
    ),
)


def main() -> int:
    """Trains what is not trained yet."""
    asked = arguments()
    work: Path = asked.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    try:
        drawn(work / "training", asked.images, TRAINING)
        drawn(work / "testing", asked.test_images, TESTING)
        for model in MODELS:
            if not asked.only or asked.only in model.name:
                made(work, model, asked)
    except StudioError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 2
    return 0


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("work", type=Path, help="folder of pictures, stores and runs")
    parser.add_argument("--images", type=int, default=6000, help="pictures to learn from (6000)")
    parser.add_argument(
        "--test-images", type=int, default=4200, help="pictures, of which 1 in 7 is a test (4200)"
    )
    parser.add_argument("--minutes", type=float, default=90.0, help="of training, for each model (90)")
    parser.add_argument("--epochs", type=int, default=60, help="at most (60)")
    parser.add_argument("--devices", type=int, default=1, help="GPUs, or processes on a processor (1)")
    parser.add_argument("--only", default="", help="a part of the name of one of the models")
    parser.add_argument("--to", type=Path, default=SHIPPED, help="where the models go")
    return parser.parse_args()


def drawn(folder: Path, images: int, seed: int) -> None:
    """A demo store without wrong labels, unless it is there."""
    options = ["--dir", str(folder), "--images", str(images), "--seed", str(seed), "--errors", "0"]
    studio("demo", *options, "--headless")


def made(work: Path, model: Shipped, asked: argparse.Namespace) -> None:
    """Train a model, measure it and put it where models ship from."""
    store = work / "training" / "store"
    run = trained(store, model, asked)
    answer = work / f"{model.name}.json"
    test = ["--store", str(work / "testing" / "store"), "--where", "split = test"]
    studio("evaluate", "run", str(run.path), *test, "--json", str(answer))
    found = json.loads(answer.read_text(encoding="utf-8"))
    target: Path = asked.to / model.name
    shutil.rmtree(target, ignore_errors=True)
    network, manifest = load_model(run.path / "model")
    metrics: dict[str, float] = dict(found["metrics"])
    manifest = replace(manifest, name=model.name, licence=LICENCE, metrics=metrics)
    save_model(network, manifest, target, half=True)
    say(f"{target}: " + ", ".join(f"{name} {value:.3f}" for name, value in metrics.items()))


def trained(store: Path, model: Shipped, asked: argparse.Namespace) -> RunFolder:
    """The run that trains a model, finished: begun, gone on with, or found."""
    limits = {
        "training.epochs": asked.epochs,
        "training.max_minutes": asked.minutes,
        "training.devices": asked.devices,
    }
    sets = [f"{key}={value}" for key, value in limits.items()]
    note = store.parent / f"{model.name}.run"
    run = RunFolder(store / "runs" / note.read_text().strip()) if note.exists() else None
    if run is not None and (run.path / "checkpoints" / "last.ckpt").exists():
        how = ["--resume", run.id]
    else:
        run = RunFolder.create(store, "train", [Path(__file__).name, model.name])
        note.write_text(run.id)
        how = ["--model", model.preset, "--run", str(run.path)]
        sets += [f"name={model.name}", *model.settings]
    studio("train", "--store", str(store), *how, *(part for one in sets for part in ("--set", one)))
    return run


def studio(*command: str) -> None:
    """A command of the program in a process of its own. StudioError where it fails."""
    done: Any = subprocess.run(
        [sys.executable, "-m", "app", *command], cwd=ROOT, env={**os.environ}, check=False
    )
    if done.returncode:
        raise StudioError(f"{' '.join(command[:2])} ended with {done.returncode}.", "See what it said.")


def say(text: str) -> None:
    """One line to the person."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Corrected labels against uncorrected: ``python docs/experiments/corrected_labels.py --out DIR``.

Two stores of the same drawn pictures, one with true labels, one with a share of wrong ones as ``demo
--errors`` makes them. For each seed the same network is trained on both with the same budget, and both are
measured on the true test split. What is finished is kept in ``results.json``: broken off, the same command
goes on, in the middle of a training run too. Method and results are in ``corrected_labels.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pairing import FIGURES, Measured, compared, measured, table

from store.errors import StudioError
from store.runs import RunFolder
from store.runs.results import read_evaluation, read_garments

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = Path(__file__).with_suffix(".md")
#: The ways of training, and which share of the wrong labels each has.
ARMS = {"corrected": 0.0, "uncorrected": 1.0}
TEST = "split = test"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compared; results of another plan in the same folder are refused."""

    images: int
    errors: float
    drawing: int
    model: str
    epochs: int
    minutes: float
    settings: tuple[str, ...] = ()


class Results:
    """``results.json``: the plan, and for each pair of way and seed the run and what it reached."""

    def __init__(self, file: Path, plan: Plan) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.content: dict[str, Any] = {"plan": json.loads(json.dumps(asdict(plan))), "runs": {}}
        if file.exists():
            there = json.loads(file.read_text(encoding="utf-8"))
            if there["plan"] != self.content["plan"]:
                raise StudioError(
                    f"{file} holds the results of another plan: {there['plan']}.", "Name another folder."
                )
            self.content = there

    def run(self, key: str) -> dict[str, Any]:
        """What is known of a run."""
        found: dict[str, Any] = self.content["runs"].get(key, {})
        return found

    def keep(self, key: str, **facts: Any) -> None:
        """Adds to what is known of a run, and writes it."""
        with self._lock:
            self.content["runs"].setdefault(key, {}).update(facts)
            new = self._file.with_suffix(".new")
            new.write_text(json.dumps(self.content, indent=1) + "\n", encoding="utf-8")
            new.replace(self._file)


def main() -> int:
    """Runs what is not done yet, and writes the table."""
    asked = arguments()
    out: Path = asked.out.resolve()
    plan = Plan(
        asked.images,
        asked.errors,
        asked.drawing,
        asked.model,
        asked.epochs,
        asked.minutes,
        tuple(asked.set or ()),
    )
    try:
        (out / asked.model).mkdir(parents=True, exist_ok=True)
        results = Results(out / asked.model / "results.json", plan)
        for arm, share in ARMS.items():
            draw(out / arm, plan, share * plan.errors)
        refuse_other_pictures(out)
        jobs = [(arm, seed) for seed in range(1, asked.seeds + 1) for arm in ARMS]
        threads = max(1, (os.cpu_count() or 1) // asked.jobs)
        with ThreadPoolExecutor(asked.jobs) as pool:
            for done in [pool.submit(one, out, plan, arm, seed, results, threads) for arm, seed in jobs]:
                done.result()
        text = report(out, plan, asked.seeds, results)
    except StudioError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 2
    (out / asked.model / "table.md").write_text(text, encoding="utf-8")
    if asked.document:
        into_document(text, asked.model)
    say(text)
    return 0


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of stores, runs and results")
    parser.add_argument("--images", type=int, default=600, help="pictures that are drawn (600)")
    parser.add_argument("--errors", type=float, default=0.2, help="share of wrong garments (0.2)")
    parser.add_argument("--drawing", type=int, default=7, help="seed of the drawing (7)")
    parser.add_argument("--seeds", type=int, default=5, help="pairs of runs (5)")
    parser.add_argument("--model", default="fashionnet-small", help="a ready configuration or a network")
    parser.add_argument("--epochs", type=int, default=0, help="of each run; 0: as configured")
    parser.add_argument("--minutes", type=float, default=0.0, help="at most, for each run; 0: no limit")
    parser.add_argument("--set", action="append", help="another setting of the runs, key=value")
    parser.add_argument("--jobs", type=int, default=1, help="runs at the same time (1)")
    parser.add_argument("--document", action="store_true", help=f"put the table into {DOCUMENT.name}")
    return parser.parse_args()


# ---------------------------------------------------------------------- the two stores


def draw(folder: Path, plan: Plan, errors: float) -> None:
    """A demo store with this share of wrong labels, unless it is there already."""
    options = ["--images", str(plan.images), "--seed", str(plan.drawing), "--errors", str(errors)]
    studio("demo", "--dir", str(folder), *options, "--headless", log=folder.with_suffix(".log"))


def refuse_other_pictures(out: Path) -> None:
    """StudioError where the pictures of both stores are not the same to the byte."""
    sums = [pictures(out / arm / "dataset") for arm in ARMS]
    if sums[0] != sums[1] or not sums[0]:
        raise StudioError(f"The pictures of both stores in {out} differ.", "Name another folder.")


def pictures(dataset: Path) -> dict[str, str]:
    """The checksum of each picture of a dataset by its name."""
    return {
        str(file.relative_to(dataset)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(dataset.glob("*/image/*.jpg"))
    }


def wrong_labels(dataset: Path) -> dict[str, Counter[str]]:
    """How many garments are wrong on purpose, by split and kind of error."""
    found: dict[str, Counter[str]] = {}
    for line in (dataset / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        wrong = json.loads(line)
        found.setdefault(wrong["split"], Counter())[wrong["error"]] += 1
    return found


# ---------------------------------------------------------------------- runs


def one(out: Path, plan: Plan, arm: str, seed: int, results: Results, threads: int) -> None:
    """Train one network on one store, and measure it on the true test split; what is done stays done."""
    key = f"{arm}-{seed}"
    known = results.run(key)
    if "metrics" in known:
        return
    store = out / arm / "store"
    log = out / plan.model / f"{key}.log"
    began = time.monotonic()
    run = begun(store, known.get("run"))
    if run is not None and run.state().state == "done":
        results.keep(key, trained=True)
    elif not known.get("trained"):
        if run is None:
            run = RunFolder.create(store, "train", [str(Path(__file__).name), key])
            results.keep(key, run=run.id)
            how = ["--model", plan.model, *settings(plan, key, seed), "--run", str(run.path)]
        else:
            how = ["--resume", run.id]
        say(f"{key}: training in {run.path}")
        studio("train", "--store", str(store), *how, log=log, threads=threads)
        seconds = known.get("seconds", 0.0) + time.monotonic() - began
        results.keep(key, trained=True, seconds=round(seconds, 1))
    folder = store / "runs" / str(results.run(key)["run"])
    truth = out / "corrected" / "store"
    where = ["--store", str(truth), "--where", TEST, "--by", ""]
    studio("evaluate", "run", str(folder), *where, log=log, threads=threads)
    evaluation = read_evaluation(folder / "evaluation")
    if evaluation is None:
        raise StudioError(f"{folder} has no evaluation.", f"See {log}.")
    results.keep(key, metrics=dict(evaluation.metrics), baselines=dict(evaluation.baselines))
    say(f"{key}: " + ", ".join(f"{name} {value:.4f}" for name, value in evaluation.metrics.items()))


def begun(store: Path, run: str | None) -> RunFolder | None:
    """The run that was begun, where it is done or has a state to go on from.

    StudioError where it still trains: this script was ended without it.
    """
    if run is None or not (store / "runs" / run / "run.json").exists():
        return None
    folder = RunFolder(store / "runs" / run)
    state = folder.state()
    if state.state == "running":
        raise StudioError(f"{folder.path} still trains.", "Wait for its end, or end its process.")
    there = state.state == "done" or (folder.path / "checkpoints" / "last.ckpt").exists()
    return folder if there and state.ended else None


def settings(plan: Plan, key: str, seed: int) -> list[str]:
    """The settings of a run: the same for both ways but for the name."""
    wanted = [f"name={plan.model}-{key}", f"training.seed={seed}", "training.samples=0", "training.keep=1"]
    if plan.epochs:
        wanted.append(f"training.epochs={plan.epochs}")
    if plan.minutes:
        wanted.append(f"training.max_minutes={plan.minutes}")
    return [part for setting in (*wanted, *plan.settings) for part in ("--set", setting)]


def studio(*command: str, log: Path, threads: int = 0) -> None:
    """A command of the program in a process of its own. StudioError, with its last lines, where it fails."""
    environment = {**os.environ}
    if threads:
        environment["OMP_NUM_THREADS"] = str(threads)
    with log.open("ab") as written:
        done = subprocess.run(
            [sys.executable, "-m", "app", *command],
            cwd=ROOT,
            stdout=written,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        )
    if done.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
        raise StudioError(
            f"{' '.join(command[:2])} ended with {done.returncode}: {' '.join(last)}", f"See {log}."
        )


# ---------------------------------------------------------------------- what came of it


def report(out: Path, plan: Plan, seeds: int, results: Results) -> str:
    """The result as Markdown: what was compared, and the table."""
    ways = {arm: [found(out, arm, seed, results) for seed in range(1, seeds + 1)] for arm in ARMS}
    counts = {one.garments for way in ways.values() for one in way}
    if len(counts) != 1:
        raise StudioError(
            f"The runs were measured on different garments ({sorted(counts)}): a category is missing in the "
            "training data of some.",
            "Draw more images.",
        )
    wrong = wrong_labels(out / "uncorrected" / "dataset")
    with_errors = sum(sum(wrong.get(split, Counter()).values()) for split in ("train", "validation"))
    kinds = sum((wrong.get(split, Counter()) for split in ("train", "validation")), Counter[str]())
    budget = f"{plan.epochs} epochs" if plan.epochs else "the epochs of the configuration"
    if plan.minutes:
        budget += f", at most {plan.minutes:g} minutes"
    seconds = [
        results.run(f"{arm}-{seed}").get("seconds", 0.0) for arm in ARMS for seed in range(1, seeds + 1)
    ]
    lines = [
        f"`{plan.model}`, {budget}, {seeds} seeds, {plan.images:,} drawn images (drawing {plan.drawing}). "
        f"Wrong labels in training and validation of the uncorrected store: {with_errors:,} garments "
        f"({', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}). Measured on "
        f"{counts.pop():,} garments of the true test split. {sum(seconds) / len(seconds) / 60:.1f} minutes a "
        "run.",
        "",
        table(compared(ways["corrected"], ways["uncorrected"]), "corrected", "uncorrected"),
        *beside(results.run("corrected-1").get("baselines", {})),
    ]
    return "\n".join(lines)


def beside(baselines: dict[str, dict[str, float]]) -> list[str]:
    """What rivals that learn nothing reach on the same garments, for judging how much was learnt."""
    rivals = [
        f"{rival}: " + ", ".join(f"{name} {reached[name]:.4f}" for name in FIGURES if name in reached)
        for rival, reached in baselines.items()
    ]
    return [f"Beside it, from true labels: {'; '.join(rivals)}.", ""] if rivals else []


def found(out: Path, arm: str, seed: int, results: Results) -> Measured:
    """What the run of a way and a seed reached."""
    folder = out / arm / "store" / "runs" / str(results.run(f"{arm}-{seed}")["run"]) / "evaluation"
    evaluation = read_evaluation(folder)
    if evaluation is None:
        raise StudioError(f"{folder} is gone.", "Take the run out of results.json, and start again.")
    return measured(evaluation, read_garments(folder))


def into_document(text: str, model: str) -> None:
    """Puts a model's result between its marks in the document, or at the end."""
    begin, end = f"<!-- {model} -->\n", f"<!-- end of {model} -->\n"
    old = DOCUMENT.read_text(encoding="utf-8")
    if begin in old and end in old:
        before, after = old.split(begin)[0], old.split(end)[1]
        new = before + begin + text + end + after
    else:
        new = f"{old.rstrip()}\n\n### {model}\n\n{begin}{text}{end}"
    DOCUMENT.write_text(new, encoding="utf-8")


def say(text: str) -> None:
    """One line to the person."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

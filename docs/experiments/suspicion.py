"""How soon the suspicion order comes to wrong pairs: ``python docs/experiments/suspicion.py OUT --model M``

Draws demo datasets with wrong labels, indexes and ranks them with a model, and looks where the garments stand
whose pair or style was made wrong on purpose. A consumer's garment stands where its own query does, a shop's
where the first query does that has it as true match or as first result; one that no listed query shows is not
found. The list is the board's: all queries that fail, and those without a match.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from store.db import Store
from store.retrieval.figures import figures
from store.retrieval.index import FOLDER, VectorIndex
from store.retrieval.ranked import Ranked
from store.retrieval.standing import Standing, exact_places
from store.retrieval.suspicion import Suspicion
from store.runs import RunFolder

ROOT = Path(__file__).resolve().parents[2]
ERROR = "wrong pair"
SHARES = (0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Found:
    """Where the wrong pairs of one dataset stand: shares of the list, infinite for one that is in none."""

    places: tuple[float, ...]
    listed: int
    top1: float


def main() -> int:
    """Measure the seeds and print a table; with ``--document`` as Markdown beside this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path, help="folder of the drawn datasets")
    parser.add_argument("--model", required=True, help="a model with an embedding: its name or folder")
    parser.add_argument("--images", type=int, default=1000, help="of each dataset (1000)")
    parser.add_argument("--errors", type=float, default=0.1, help="share of wrong labels (0.1)")
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[31, 32, 33], help="of the drawings (31 32 33)"
    )
    parser.add_argument("--document", action="store_true", help="write suspicion.md")
    asked = parser.parse_args()
    found = [measured(asked.out / str(seed), seed, asked) for seed in asked.seeds]
    text = table(asked.seeds, found)
    sys.stdout.write(text)
    if asked.document:
        document(text, asked)
    return 0


def measured(folder: Path, seed: int, asked: argparse.Namespace) -> Found:
    """One dataset, drawn, indexed, ranked and looked at."""
    drawn = ["--dir", str(folder), "--images", str(asked.images), "--seed", str(seed)]
    program("demo", *drawn, "--errors", str(asked.errors), "--headless")
    store = folder / "store"
    index = json.loads(program("index", "--store", str(store), "--model", str(asked.model), "--json"))[
        "index"
    ]
    run = json.loads(program("retrieve", "--store", str(store), "--index", index, "--json"))["run"]
    with Store.open(store, read_only=True) as opened, VectorIndex.open(store / FOLDER / index) as vectors:
        ranked = Ranked.load(RunFolder.find(store, run).path)
        standing = Standing(ranked, opened.products.table(), exact_places(ranked, vectors.vectors()))
        wrong = wrong_garments(opened, folder / "dataset" / "truth.jsonl")
    scores = Suspicion(standing).scores()
    order = np.argsort(-scores, kind="stable")
    listed = order[np.isfinite(scores[order])]
    places = first_places(standing, listed)
    shares = tuple(places.get(garment, np.inf) / max(len(listed), 1) for garment in sorted(wrong))
    return Found(shares, len(listed), figures(standing).top[1])


def wrong_garments(store: Store, truth: Path) -> set[int]:
    """The ids of the garments whose pair or style was made wrong."""
    said = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    names = {(f"{one['split']}/image/{one['image']}", one["item"]) for one in said if one["error"] == ERROR}
    return {
        garment.id
        for record in store.stream(None)
        for garment in record.garments
        if (record.image.name, garment.key) in names
    }


def first_places(standing: Standing, listed: Any) -> dict[int, int]:
    """For each garment the place in the list (from 0) of the first query that is it or shows it."""
    ranked = standing.ranked
    found: dict[int, int] = {}
    for place, query in enumerate(listed.tolist()):
        entries = [*standing.matches(query).entries.tolist(), *ranked.top[query, :1].tolist()]
        shown = [int(one) for entry in entries if entry >= 0 for one in ranked.showing(entry)]
        for garment in (int(ranked.queries[query]), *shown):
            found.setdefault(garment, place)
    return found


def table(seeds: Sequence[int], found: Sequence[Found]) -> str:
    """The shares of wrong pairs that stand in the first part of the list."""
    head = " | ".join(f"in the first {share:.0%}" for share in SHARES)
    lines = [f"| seed | wrong pairs | list | top-1 | {head} |", "|---" * (4 + len(SHARES)) + "|"]
    for seed, one in zip(seeds, found, strict=True):
        lines.append(_row(str(seed), one.places, f"{one.listed:,}", f"{one.top1:.3f}"))
    everything = [place for one in found for place in one.places]
    lines.append(_row("all", everything, f"{sum(one.listed for one in found):,}", ""))
    return "\n".join(lines) + "\n"


def _row(name: str, places: Sequence[float], listed: str, top1: str) -> str:
    shares = [f"{np.mean([place < share for place in places]):.0%}" if places else "-" for share in SHARES]
    return f"| {name} | {len(places)} | {listed} | {top1} | " + " | ".join(shares) + " |"


def document(text: str, asked: argparse.Namespace) -> None:
    """Write the table with what it says beside this file."""
    model = Path(str(asked.model)).name
    about = (
        "# How soon the order by suspicion comes to wrong pairs\n\n"
        f"Demo datasets of {asked.images:,} images each with {asked.errors:.0%} wrong labels of five kinds;\n"
        "those whose pair or style was made wrong are looked for in the list of the Retrieval page\n"
        f"(failures and queries without a match, most suspicious first). Embedded by {model},\n"
        "true boxes, consumer-to-shop. What the order goes by was chosen on other drawings (41 to 43).\n\n"
    )
    command = f"python docs/experiments/suspicion.py OUT --model {model} --document"
    Path(__file__).with_suffix(".md").write_text(f"{about}{text}\nMade by `{command}`.\n", encoding="utf-8")


def program(*arguments: str) -> str:
    """What a command of the program prints. CalledProcessError where it fails, but for broken pictures."""
    command = [sys.executable, "-P", "-m", "app", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        raise subprocess.CalledProcessError(done.returncode, command)
    return done.stdout.decode()


if __name__ == "__main__":
    sys.exit(main())

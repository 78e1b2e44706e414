"""Correcting against drawing: ``python docs/experiments/actions.py --model FOLDER --out DIR``.

Counts what a person has to do (keys, clicks, drags) until garments of a drawn store are annotated as the
truth has them: once from nothing, once from the proposals of a model. Method and results are in
``actions.md``.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from resources.correspondence import sigmas
from resources.taxonomy import Category, categories
from store import importing
from store.db import Store
from store.demo import DemoOptions, write_demo
from store.document import Edit
from store.document.edits import set_category
from store.errors import StudioError
from store.geometry import drag_handle, garment_area
from store.proposals import Proposal, Source, accept, box_iou, match, proposals_of
from store.records import Garment, ImageRecord, Visibility
from store.runs.manifest import ModelManifest
from store.runs.predictions import ImagePrediction

DOCUMENT = Path(__file__).with_suffix(".md")
KNOWN: Mapping[int, Category] = {category.id: category for category in categories()}
#: A landmark is right within this many sigmas, a box from this overlap on.
LANDMARK_SIGMAS, BOX_IOU = 1.0, 0.9
#: What actions are for, in the order of the table.
GROUPS = ("garment", "accept or reject", "category", "box", "landmarks' places", "landmarks' states")
#: The figures of a model that say how good its proposals can be.
FIGURES = ("boxes/AP50", "masks/AP50", "landmarks/AP50", "landmarks/NE")
_LABELLED = (Visibility.VISIBLE, Visibility.OCCLUDED)


@dataclass(slots=True)
class Count:
    """Actions by what they are for, and what the garments were."""

    actions: Counter[str] = field(default_factory=Counter)
    garments: int = 0
    accepted: int = 0
    rejected: int = 0
    dearer: int = 0

    def add(self, group: str, keys: int = 0, clicks: int = 0, drags: int = 0) -> None:
        """Some actions; each key, click and drag counts one."""
        self.actions[group] += keys + clicks + drags

    @property
    def total(self) -> int:
        """All actions."""
        return self.actions.total()


# ---------------------------------------------------------------------- what a person does


def draw(truth: Garment, last_category: int) -> Count:
    """A garment from nothing: N, its box, its category unless the last one was the same, its landmarks.

    A click gives the current landmark its place and goes to the next; Tab passes one that is not labelled.
    """
    count = Count(garments=1)
    count.add("garment", keys=1)
    count.add("box", drags=1)
    if truth.category_id != last_category:
        count.add("category", keys=1, clicks=1)
    labelled = np.flatnonzero(np.isin(truth.visibility, _LABELLED))
    last = int(labelled[-1]) if len(labelled) else -1
    count.add("landmarks' places", clicks=len(labelled), keys=last + 1 - len(labelled))
    _set_states(count, truth.visibility == Visibility.OCCLUDED)
    return count


def correct(garment: Garment, truth: Garment) -> Count:
    """What it takes from an accepted garment to the truth; nothing where it is right within the tolerance."""
    count = Count(garments=1)
    if garment.category_id != truth.category_id:
        count.add("category", keys=1, clicks=1)
        category = KNOWN[truth.category_id]
        garment = _after(set_category(garment, category, KNOWN[garment.category_id]))
    count.add("box", drags=_box_drags(garment, truth))
    _correct_landmarks(count, garment, truth)
    if count.total:
        count.add("garment", clicks=1)
    return count


def _correct_landmarks(count: Count, garment: Garment, truth: Garment) -> None:
    """Far ones are dragged; missing ones chosen in the list and clicked; wrong states are marked and set."""
    there, wanted = (np.isin(one.visibility, _LABELLED) for one in (garment, truth))
    constants = np.array(sigmas(KNOWN[truth.category_id].schema))
    unit = 2.0 * constants * math.sqrt(garment_area(truth))
    far = np.linalg.norm(garment.points - truth.points, axis=1) > LANDMARK_SIGMAS * unit
    count.add("landmarks' places", drags=int(np.count_nonzero(there & wanted & far)))
    missing = wanted & ~there
    # After a click the next landmark is the current one: only the first of a row has to be chosen.
    first = missing & ~np.concatenate(([False], missing[:-1]))
    tool = 1 if missing.any() else 0
    count.add("landmarks' places", keys=tool, clicks=int(np.count_nonzero(missing) + np.count_nonzero(first)))
    states = garment.visibility.copy()
    states[missing] = Visibility.VISIBLE
    for state in _LABELLED:
        _set_states(count, (truth.visibility == state) & (states != state))
    _set_states(count, there & ~wanted)


def _set_states(count: Count, landmarks: np.ndarray) -> None:
    """Mark landmarks, a click each, and press the key of their state once."""
    marked = int(np.count_nonzero(landmarks))
    count.add("landmarks' states", clicks=marked, keys=1 if marked else 0)


def _box_drags(garment: Garment, truth: Garment) -> int:
    """How many handles must be dragged: none, one that is enough, or two corners."""
    if garment.box is None:
        return 2  # the box tool, and the box
    if truth.box is None or box_iou(garment.box, truth.box) >= BOX_IOU:
        return 0
    x1, y1, x2, y2 = truth.box.tolist()
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    corners = ((x1, y1), (middle[0], y1), (x2, y1), (x2, middle[1]))
    opposite = ((x2, y2), (middle[0], y2), (x1, y2), (x1, middle[1]))
    for handle, to in enumerate((*corners, *opposite)):
        if box_iou(drag_handle(garment.box, handle, to), truth.box) >= BOX_IOU:
            return 1
    return 2


def _after(edit: Edit) -> Garment:
    after = edit.changes[0].after
    assert isinstance(after, Garment)
    return after


# ---------------------------------------------------------------------- whole images


def from_nothing(records: Sequence[ImageRecord]) -> Count:
    """All garments of all images, one after the other."""
    whole, last = Count(), next(iter(KNOWN))
    for record in records:
        for truth in record.garments:
            _join(whole, draw(truth, last))
            last = truth.category_id
    return whole


def from_proposals(records: Sequence[ImageRecord], proposed: Mapping[int, Sequence[Proposal]]) -> Count:
    """The same from a model's proposals: good ones are accepted and corrected, the others drawn.

    A proposal is good where it overlaps a garment as :func:`store.proposals.match` wants it. Where some of an
    image are not, they are rejected and the rest accepted at once, or the good ones chosen and accepted one
    by one, whichever is less.
    """
    whole, last = Count(), next(iter(KNOWN))
    for record in records:
        matches = match(record.garments, proposed.get(record.image.id, ()))
        good = {one.garment.id: one.proposal for one in matches if one.garment is not None}
        bad = len(matches) - len(good)
        if good:
            whole.add("accept or reject", keys=min(2 * bad + 1, 2 * len(good)))
        whole.accepted += len(good)
        whole.rejected += bad
        for truth in record.garments:
            drawn = draw(truth, last)
            if truth.id in good:
                one = correct(_after(accept(good[truth.id], None, record.image, KNOWN)), truth)
                whole.dearer += one.total > drawn.total
            else:
                one = drawn
            _join(whole, one)
            last = truth.category_id
    return whole


def _join(whole: Count, part: Count) -> None:
    whole.actions.update(part.actions)
    whole.garments += part.garments


# ---------------------------------------------------------------------- the store and the model


def drawn_store(out: Path, images: int, seed: int) -> Path:
    """A store of drawn pictures with true labels, made once."""
    folder = out / f"store-{images}-{seed}"
    if not (folder / "store.toml").exists():
        dataset = out / f"dataset-{images}-{seed}"
        if not dataset.exists():
            write_demo(dataset, DemoOptions(images=images, seed=seed, errors=0.0))
        with Store.create(folder, "actions") as store:
            importing.import_dataset(store, "deepfashion2", dataset, importing.ImportOptions())
    return folder


def first_garments(store: Store, wanted: int) -> list[ImageRecord]:
    """Whole images of the test split, in order, until they show so many garments. StudioError for too few."""
    chosen: list[ImageRecord] = []
    for record in store.stream():
        if record.image.split == "test" and record.garments:
            chosen.append(record)
            if sum(len(one.garments) for one in chosen) >= wanted:
                return chosen
    raise StudioError("The test split shows too few garments.", "Give a larger number with --images.")


def predictions(store: Store, model: Path) -> tuple[ModelManifest, dict[int, ImagePrediction]]:
    """A detector's manifest and what it says of the test split, by image. StudioError where it is none."""
    from inference.data import select_one
    from inference.models import ARCHITECTURES
    from inference.prediction import Predictor

    predictor, manifest = Predictor.load(model, "cpu")
    if not ARCHITECTURES[manifest.spec.architecture].whole_images:
        raise StudioError(f"{manifest.name} does not find garments.", "Give a model that does (Match R-CNN).")
    data, _ = select_one(store, "split = test")
    found, problems = predictor.predict(data, workers=0)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return manifest, {one.image_id: one for one in found}


# ---------------------------------------------------------------------- the report


def report(name: str, nothing: Count, proposals: Count, images: int, facts: str) -> str:
    """The results as Markdown."""
    words = (
        f"{nothing.garments} garments in {images} images; {facts}. Of the proposals of {name} "
        f"{proposals.accepted} were accepted and {proposals.rejected} rejected, "
        f"{nothing.garments - proposals.accepted} garments were drawn; {proposals.dearer} accepted ones took "
        "more actions than drawing them."
    )
    lines = [
        *textwrap.wrap(words, 118, break_long_words=False, break_on_hyphens=False),
        "",
        "| actions for | from nothing | from proposals |",
        "|---|---:|---:|",
    ]
    lines += [f"| {group} | {nothing.actions[group]} | {proposals.actions[group]} |" for group in GROUPS]
    lines.append(f"| **all** | **{nothing.total}** | **{proposals.total}** |")
    per = [one.total / max(one.garments, 1) for one in (nothing, proposals)]
    lines.append(f"| for each garment | {per[0]:.1f} | {per[1]:.1f} |")
    lines += ["", f"From proposals: **{proposals.total / max(nothing.total, 1):.0%}** of the actions."]
    return "\n".join(lines) + "\n"


def document(text: str) -> None:
    """Puts the results into the page, in place of those that are there."""
    page = DOCUMENT.read_text(encoding="utf-8")
    head, _, _ = page.partition("## Results\n")
    DOCUMENT.write_text(f"{head}## Results\n\n{text}", encoding="utf-8")


def main() -> int:
    """Count, and say what came out."""
    arguments = _arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        with Store.open(drawn_store(arguments.out, arguments.images, arguments.seed)) as store:
            records = first_garments(store, arguments.garments)
            manifest, found = predictions(store, arguments.model)
    except StudioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    proposed = {
        record.image.id: proposals_of(
            found[record.image.id],
            manifest.spec,
            KNOWN,
            Source(manifest.name),
            least_score=arguments.score,
            least_visibility=arguments.visibility,
            size=(record.image.width, record.image.height),
        )
        for record in records
        if record.image.id in found
    }
    facts = (
        f"drawn with seed {arguments.seed}, test split; scores from {arguments.score:g}, "
        f"landmarks' visibility from {arguments.visibility:g}"
    )
    figures = ", ".join(
        f"{name} {manifest.metrics[name]:.2f}" for name in FIGURES if name in manifest.metrics
    )
    name = f"`{manifest.name}`" + (f" ({figures} by its manifest)" if figures else "")
    text = report(name, from_nothing(records), from_proposals(records, proposed), len(records), facts)
    sys.stdout.write(text)
    if arguments.document:
        document(text)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the folder of a model that finds garments")
    parser.add_argument("--out", type=Path, required=True, help="where the store is drawn, or was")
    parser.add_argument("--garments", type=int, default=20, help="at least so many (20), in whole images")
    parser.add_argument("--images", type=int, default=120, help="pictures to draw (120)")
    parser.add_argument(
        "--seed", type=int, default=2026, help="of the drawing, not that of the training (2026)"
    )
    parser.add_argument("--score", type=float, default=0.5, help="from which score proposals are shown (0.5)")
    parser.add_argument("--visibility", type=float, default=0.5, help="the same of landmarks (0.5)")
    parser.add_argument("--document", action="store_true", help=f"put the results into {DOCUMENT.name}")
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    raise SystemExit(main())

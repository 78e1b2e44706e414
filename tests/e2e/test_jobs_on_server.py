"""The jobs that the window starts, on a store whose data lies on a PostgreSQL server: each does there what it
does on a store of files, and leaves its files in the store's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store.db import Store
from store.retrieval.index import all_indices
from store.runs import RunFolder
from store.runs.predicted import Predictions
from tests.postgres import Server
from tests.unit.inference import forked

pytestmark = pytest.mark.e2e
#: A small network that is soon learnt, and is what all the others are done with.
NAME = "small"
TRAINING = (
    *("model.architecture=fashionnet", "model.backbone=small", "data.image_size=64", "data.workers=0"),
    *("training.batch=8", "training.epochs=1", "training.samples=1", "training.device=cpu", f"name={NAME}"),
)


def done(store: Path, *arguments: str) -> dict[str, Any]:
    """Does a job as the window has it done, in a process and a run folder of its own; what it says last."""
    run = RunFolder.create(store, arguments[0], list(arguments))
    forked.ended(forked.start(*arguments, "--run", str(run.path)))
    state = run.state()
    assert state.state == "done", state
    return dict(state.result)


def test_import_export_train_predict_index_and_rank(drawn: Path, server: Server, tmp_path: Path) -> None:
    folder, out = tmp_path / "store", tmp_path / "out.json"
    Store.create(folder, "team", server.new()).close()
    at = ("--store", str(folder))
    imported = done(folder, "import", "deepfashion2", str(drawn / "dataset"), *at)
    with Store.open(drawn / "store", read_only=True) as plain:
        totals = plain.statistics.totals()
    assert (imported["images"], imported["garments"]) == (totals.images, totals.garments)

    exported = done(folder, "export", "coco", str(out), *at)
    assert exported["verified"] == totals.images
    assert len(json.loads(out.read_text())["annotations"]) == totals.garments

    done(folder, "train", *at, *(part for one in TRAINING for part in ("--set", one)))
    assert (folder / "models" / NAME / "weights.safetensors").is_file()

    some = ("--device", "cpu", "--workers", "0")
    predicted = done(folder, "predict", *at, "--model", NAME, "--where", "id <= 6", *some)
    assert predicted["images"] == 6
    with Predictions.open(RunFolder.all(folder, "predict")[0].path) as found:
        assert sum(len(one.garments) for one in found) > 0

    indexed = done(folder, "index", *at, "--model", NAME, *some)
    (index,) = all_indices(folder)
    assert (index.name, indexed["garments"]) == (indexed["index"], totals.garments)
    ranked = done(folder, "retrieve", *at, "--index", index.name, "--device", "cpu")
    assert ranked["queries"] > 0
    assert np.isfinite(ranked["metrics"]["retrieval/mAP"])

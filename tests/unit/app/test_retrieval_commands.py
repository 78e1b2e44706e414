"""``index`` and ``retrieve`` on the command line: options, JSON, exit codes, and the run with its lists."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from app.cli.outcome import Exit
from app.cli.program import run
from inference.models import ARCHITECTURES, build, save_model
from resources.taxonomy import categories
from store import importing
from store.db import Store
from store.demo import DemoOptions, write_demo
from store.document import Document
from store.document.edits import set_box
from store.retrieval.ranked import Ranked
from store.runs import RunFolder
from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a few drawn images, with a model and its index."""
    folder = tmp_path_factory.mktemp("retrieve")
    write_demo(folder / "dataset", DemoOptions(images=12, errors=0.0, size=128))
    with Store.create(folder / "store", "drawn") as store:
        importing.import_dataset(
            store, "deepfashion2", folder / "dataset", importing.ImportOptions(name="drawn")
        )
    torch.manual_seed(1)
    own = tuple(ModelCategory(one.id, one.name, one.schema.size) for one in categories())
    spec = ModelSpec("embedding", "small", own, (), "", 64, {"embedding_size": 16})
    save_model(
        build(spec),
        ModelManifest("small", spec, ARCHITECTURES["embedding"].tasks),
        folder / "store" / "models" / "small",
    )
    return folder / "store"


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    found: dict[str, Any] = json.loads(out)
    return found


def _index(store: Path, *more: str) -> int:
    return run(
        ["index", "--store", str(store), "--model", "small", "--device", "cpu", "--workers", "0", *more]
    )


def test_index_then_retrieve(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["retrieve", "--store", str(drawn)]) == Exit.BAD_INPUT
    assert "has no index" in capsys.readouterr().err
    assert _index(drawn, "--json") == Exit.DONE
    indexed = _said(capsys)
    assert indexed["embedded"] == indexed["garments"] > 0
    assert _index(drawn, "--json") == Exit.DONE
    assert _said(capsys)["embedded"] == 0

    assert run(["retrieve", "--store", str(drawn), "--protocol", "in-shop", "--json"]) == Exit.DONE
    found = _said(capsys)
    folder = RunFolder.find(drawn, found["run"])
    ranked = Ranked.load(folder.path)
    assert folder.state().state == "done"
    assert len(ranked) == indexed["garments"]
    assert found["metrics"]["queries"] == found["queries"] > 0
    assert 0 <= found["metrics"]["retrieval/top1"] <= found["metrics"]["retrieval/top20"] <= 1
    assert {one["group"] for one in found["slices"]} >= {"category", "occlusion"}


def test_a_table_for_people(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _index(drawn)
    capsys.readouterr()
    assert run(["retrieve", "--store", str(drawn)]) == Exit.DONE
    out = capsys.readouterr().out
    assert "consumer-to-shop, crop box" in out
    assert "occlusion: slight" in out


def test_what_is_wrong_is_said(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _index(drawn)
    for arguments, words in (
        (["retrieve", "--store", str(drawn), "--protocol", "guess"], "There is no protocol"),
        (["retrieve", "--store", str(drawn), "--index", "none"], "has no index 'none'"),
        (["retrieve", "--store", str(drawn / "x")], "is no store"),
        (["index", "--store", str(drawn), "--model", "small", "--crop", "half"], "There is no crop"),
        (["index", "--store", str(drawn), "--model", "none"], "none"),
        (["index", "--store", str(drawn)], "No model is named"),
        (["index", "--store", str(drawn), "--predictions", "none"], "There is no run 'none'"),
        (["retrieval-report", "none", "--store", str(drawn), "--to", "x"], "There is no run 'none'"),
        (["leaks", "--store", str(drawn), "--index", "none"], "has no index 'none'"),
    ):
        assert run(arguments) == Exit.BAD_INPUT
        assert words in capsys.readouterr().err


def _ranked(store: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["retrieve", "--store", str(store), "--device", "cpu", "--json", *more]) == Exit.DONE
    return _said(capsys)


def test_a_report_of_a_run(drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _index(drawn)
    ranked = _ranked(drawn, capsys, "--protocol", "in-shop")
    command = ["retrieval-report", ranked["run"], "--store", str(drawn), "--to", str(tmp_path / "out")]
    assert run([*command, "--failures", "2", "--json"]) == Exit.DONE
    found = _said(capsys)
    assert Path(found["report"]) == tmp_path / "out" / "index.html"
    assert found["shown"] == 2 <= found["failures"]
    assert (found["judged"], found["lost"], found["notes"]) == (0, [], [])
    assert {one.name for one in (tmp_path / "out").iterdir()} >= {"causes.csv", "figures.csv", "pictures"}
    assert run(command) == Exit.DONE
    assert "failures," in capsys.readouterr().out


def test_vanished_images_and_an_older_index_are_counted(
    drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _index(drawn)
    with Store.open(drawn) as store:
        table = store.products.table()
        garment = store.garments.get(int(table.ids[0]))
        assert garment.box is not None
        Document(store, garment.image_id).apply(set_box(garment, (1.0, 2.0, 50.0, 60.0)))
    ranked = _ranked(drawn, capsys, "--protocol", "in-shop")
    assert "1 garment was changed since the index was made: index again." in ranked["notes"]
    copy = tmp_path / "store"
    shutil.copytree(drawn, copy)
    with Store.open(copy) as store:
        dataset = store.datasets.all()[0]
    with sqlite3.connect(copy / "studio.db") as connection:
        connection.execute("UPDATE datasets SET images_root = ?", (str(tmp_path / "nowhere"),))
    connection.close()
    command = ["retrieval-report", ranked["run"], "--store", str(copy), "--to", str(tmp_path / "out")]
    assert run([*command, "--json"]) == Exit.PROBLEMS
    assert len(_said(capsys)["lost"]) > 0
    assert run(["leaks", "--store", str(copy), "--json"]) == Exit.PROBLEMS
    assert len(_said(capsys)["lost"]) == 12
    assert dataset.images_root != str(tmp_path / "nowhere")


def test_a_gallery_of_one_and_queries_without_a_match(
    drawn: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _index(drawn)
    with Store.open(drawn, read_only=True) as store:
        table = store.products.table()
    images, counts = np.unique(table.image_ids, return_counts=True)
    alone = int(images[counts == 1][0])
    found = _ranked(drawn, capsys, "--protocol", "in-shop", "--gallery", f"id = {alone}")
    assert found["gallery"] == 1
    assert any("one garment" in note for note in found["notes"])
    assert any("no match in the gallery" in note for note in found["notes"])
    itself = ["--protocol", "in-shop", "--gallery", f"id = {alone}", "--queries", f"id = {alone}"]
    found = _ranked(drawn, capsys, *itself)
    assert found["queries"] == 0
    assert any(note.startswith("1 query has no") for note in found["notes"])
    assert run(["retrieve", "--store", str(drawn), "--device", "cpu", *itself]) == Exit.DONE
    assert "there is nothing to count" in capsys.readouterr().out


def test_leaks_are_found_and_told(drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _index(drawn)
    capsys.readouterr()
    assert run(["leaks", "--store", str(drawn), "--limit", "2", "--json"]) in (Exit.DONE, Exit.PROBLEMS)
    found = _said(capsys)
    assert found["near_pairs"] > 0
    assert found["near_images"][0]["distance"] <= found["near_images"][-1]["distance"]
    assert found["same_files"] == []
    file = tmp_path / "leaks.csv"
    listing = ["--no-files", "--csv", str(file)]
    assert run(["leaks", "--store", str(drawn), "--limit", "2", *listing]) in (0, 1)
    kinds = {line.partition(",")[0] for line in file.read_text(encoding="utf-8").splitlines()[1:]}
    assert "same look" in kinds
    out = capsys.readouterr().out
    assert "On both sides of a split" in out
    assert "The same file" not in out
    assert run(["leaks", "--store", str(drawn), "--where", "name ~"]) == Exit.BAD_INPUT
    capsys.readouterr()


def test_a_model_without_an_embedding_is_refused(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tuple(ModelCategory(one.id, one.name, one.schema.size) for one in categories())
    spec = ModelSpec("mask-rcnn", "small", own, (), "", 64)
    save_model(
        build(spec),
        ModelManifest("plain", spec, ARCHITECTURES["mask-rcnn"].tasks),
        drawn / "models" / "plain",
    )
    command = ["index", "--store", str(drawn), "--model", "plain", "--device", "cpu", "--workers", "0"]
    assert run(command) == Exit.BAD_INPUT
    assert "The model plain has no embedding" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["retrieve", "leaks"])
def test_a_store_of_an_older_schema_is_brought_up_to_date(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    Store.create(store, "old").close()
    (store / "studio.db").unlink()
    old = Path(__file__).parents[1] / "store" / "db" / "old" / "rev1.sql"
    connection = sqlite3.connect(store / "studio.db")
    connection.executescript(old.read_text(encoding="utf-8"))
    connection.close()
    code = run([command, "--store", str(store)])
    assert "schema" not in capsys.readouterr().err
    assert code in (Exit.DONE, Exit.PROBLEMS, Exit.BAD_INPUT)
    Store.open(store, read_only=True).close()

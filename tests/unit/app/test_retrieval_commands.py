"""``index`` and ``retrieve`` on the command line: options, JSON, exit codes, and the run with its lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from app.cli.outcome import Exit
from app.cli.program import run
from inference.models import ARCHITECTURES, build, save_model
from resources.taxonomy import categories
from store import importing
from store.db import Store
from store.demo import DemoOptions, write_demo
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
    ):
        assert run(arguments) == Exit.BAD_INPUT
        assert words in capsys.readouterr().err

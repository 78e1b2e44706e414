"""Towers from local files embed garments as models of the store do."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.retrieval.job import index_store
from inference.retrieval.towers import load_tower, model_of
from inference.retrieval.upkeep import IndexConfig
from store.errors import StudioError
from store.retrieval.index import all_indices
from tests.unit.inference.retrieval.test_job import Listener, garments, held, own

__all__ = ["own"]


@pytest.fixture
def timm_folder(tmp_path: Path) -> Path:
    """A tiny network of timm with random weights, as the library saves one."""
    timm = pytest.importorskip("timm", reason="the extra towers is not installed")
    from timm.models import save_for_hf

    torch.manual_seed(2)
    network = timm.create_model("resnet10t", num_classes=0, pretrained=False)
    folder = tmp_path / "tiny-timm"
    save_for_hf(network, folder, model_config={"num_classes": 0}, safe_serialization=True)
    return folder


@pytest.fixture
def transformers_folder(tmp_path: Path) -> Path:
    """A tiny vision transformer with random weights, as the library saves one."""
    transformers = pytest.importorskip("transformers", reason="the extra towers is not installed")
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(2)
    config = transformers.ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=32,
        patch_size=8,
    )
    folder = tmp_path / "tiny-vit"
    transformers.ViTModel(config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", ["timm", "transformers"])
def test_a_tower_indexes_a_store(kind: str, own: Path, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(f"{kind}_folder")
    found = index_store(IndexConfig(f"{kind}:{folder}", device="cpu", workers=0), own, Listener())
    rows, vectors = held(own)
    assert found["garments"] == len(garments(own)) == len(rows)
    assert all_indices(own)[0].model == folder.name
    assert len(np.unique(vectors.round(5), axis=0)) > len(rows) / 2


@pytest.mark.parametrize("kind", ["timm", "transformers"])
def test_a_folder_that_is_none_is_said(kind: str, tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="has no config"):
        load_tower(kind, tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(StudioError, match="has no model"):
        load_tower(kind, tmp_path)


@pytest.mark.parametrize("kind", ["timm", "transformers"])
def test_a_library_that_is_missing_is_said(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in ("config.json", "model.safetensors"):
        (tmp_path / file).write_text("{}")
    monkeypatch.setitem(sys.modules, kind, None)
    with pytest.raises(StudioError, match=f"{kind} is not installed") as refused:
        model_of(f"{kind}:{tmp_path}", tmp_path)
    assert "[towers]" in refused.value.fix


@pytest.mark.parametrize("kind", ["timm", "transformers"])
def test_damaged_files_are_said(kind: str, tmp_path: Path) -> None:
    pytest.importorskip(kind, reason="the extra towers is not installed")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(StudioError, match="cannot be read by"):
        load_tower(kind, tmp_path)

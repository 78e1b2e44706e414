"""What an index is made with where a person has chosen nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.controllers.retrieval.jobs import means_of
from store.runs import library


def _models(monkeypatch: pytest.MonkeyPatch, **reached: float | None) -> None:
    """The models that ship, saying that they reached this mAP; one that says nothing with None."""
    models = []
    for one in library.all_models(None):
        kind = one.manifest.spec.architecture.replace("-", "_")
        metrics = {} if reached[kind] is None else {"retrieval/mAP": reached[kind]}
        models.append(replace(one, manifest=replace(one.manifest, metrics=metrics)))
    monkeypatch.setattr(library, "all_models", lambda _folder: models)


@pytest.mark.parametrize(
    ("match_rcnn", "fashionnet", "best"),
    [
        (0.3, 0.5, "demo-fashionnet-s"),
        (0.5, 0.3, "demo-match-rcnn-s"),
        (None, 0.1, "demo-fashionnet-s"),
        (None, None, "demo-match-rcnn-s"),
    ],
)
def test_the_model_that_finds_best_comes_first(
    match_rcnn: float | None,
    fashionnet: float | None,
    best: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _models(monkeypatch, match_rcnn=match_rcnn, fashionnet=fashionnet)
    assert means_of(tmp_path) == ((), best)

"""A picture or a box of it becomes the vector that an index has; the map lies over what the network saw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inference.data import Slice
from inference.models import load_model
from inference.retrieval.embedding import Effort, Embedder
from inference.serving.engine import Engine
from inference.serving.messages import Load, Sight
from store.errors import StudioError

MakeModel = Callable[..., Path]


def engine(folder: Path) -> Engine:
    return Engine.load(Load(1, str(folder), "cpu"), print)


def sight(data: Slice, garment: int) -> Sight:
    image = int(data.images[garment])
    x1, y1, x2, y2 = data.boxes[garment].tolist()
    width, height = (int(one) for one in data.sizes[image])
    return Sight(data.paths[image], (x1, y1, x2, y2), width, height)


@pytest.mark.parametrize("architecture", ["match-rcnn", "fashionnet", "embedding"])
def test_a_box_has_the_vector_of_the_index(architecture: str, drawn: Slice, make_model: MakeModel) -> None:
    folder = make_model(architecture)
    network, manifest = load_model(folder)
    some = drawn.subset(range(3))
    embedder = Embedder(network, manifest, "box", Effort(batch=1, workers=0), lambda *_: None)
    served = engine(folder)
    for found in embedder.embed(some):
        for garment, vector in zip(found.garments, found.vectors, strict=True):
            assert served.embed(sight(some, garment)) == pytest.approx(vector, abs=1e-4)


@pytest.mark.parametrize("architecture", ["match-rcnn", "fashionnet"])
def test_a_whole_picture_of_unknown_size_has_a_vector(
    architecture: str, make_model: MakeModel, picture: Path
) -> None:
    served = engine(make_model(architecture))
    vector = served.embed(Sight(str(picture)))
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert served.embed(Sight(str(picture), (0, 0, 90, 60), 90, 60)) == pytest.approx(vector, abs=1e-5)


@pytest.mark.parametrize("how", ["occlusion", "gradient"])
@pytest.mark.parametrize("architecture", ["match-rcnn", "fashionnet", "embedding"])
def test_a_likeness_is_explained(architecture: str, how: str, drawn: Slice, make_model: MakeModel) -> None:
    served = engine(make_model(architecture))
    one, other = sight(drawn, 0), sight(drawn, 5)
    if how == "gradient" and architecture == "match-rcnn":
        with pytest.raises(StudioError, match="no slope"):
            served.explain(one, other, how)
        return
    heat, frame = served.explain(one, other, how)  # type: ignore[arg-type]
    assert heat.likeness == pytest.approx(float(served.embed(one) @ served.embed(other)), abs=1e-4)
    assert heat.map.max() == pytest.approx(1)
    assert 0 < (heat.map > 0.3).mean() < 1
    assert one.box is not None
    # What the network saw has the box in it.
    assert (np.array(frame[:2]) <= np.array(one.box[:2]) + 1).all()
    assert (np.array(frame[2:]) >= np.array(one.box[2:]) - 1).all()
    again, _ = served.explain(one, served.embed(other), how)  # type: ignore[arg-type]
    assert again.map == pytest.approx(heat.map, abs=1e-3)


def test_what_cannot_be_looked_at_is_said(make_model: MakeModel, drawn: Slice, tmp_path: Path) -> None:
    served, good = engine(make_model("embedding")), sight(drawn, 0)
    with pytest.raises(StudioError, match=r"gone\.jpg"):
        served.embed(Sight(str(tmp_path / "gone.jpg")))
    with pytest.raises(StudioError, match="3 numbers, those of this model have 16"):
        served.explain(good, np.ones(3, np.float32), "occlusion")
    with pytest.raises(StudioError, match="without a direction"):
        served.explain(good, np.zeros(16, np.float32), "occlusion")
    with pytest.raises(StudioError, match="not made of numbers"):
        served.embed(Sight(good.path, (0, 0, float("nan"), 4)))
    detector = engine(make_model("match-rcnn"))
    for box in ((0, 0, float("nan"), 4), (5000, 5000, 5010, 5010), (3, 3, 3, 9)):
        with pytest.raises(StudioError, match="not in the picture"):
            detector.embed(Sight(good.path, box))
    with pytest.raises(StudioError, match="no embedding"):
        engine(make_model("mask-rcnn")).embed(good)

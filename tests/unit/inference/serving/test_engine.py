"""One image gets what a batch gives it; what cannot be answered says why; short memory is lived with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference.data import Slice
from inference.prediction import Predictor
from inference.serving.engine import Engine, Way, ways
from inference.serving.messages import Ask, AskedGarment, Load, Notice
from inference.serving.single import garment_crops, sized, whole_image
from resources.taxonomy import categories
from store.errors import MemoryShortage, StudioError
from store.runs.manifest import read_manifest
from store.runs.predicting import mapping
from store.runs.predictions import ImagePrediction


def engine(folder: Path, told: list[Notice] | None = None) -> Engine:
    return Engine.load(Load(1, str(folder), "cpu"), (told if told is not None else []).append)


def facts(prediction: ImagePrediction) -> list[dict[str, Any]]:
    """A prediction's garments as plain values, to be compared; masks as they are."""
    names = ("box", "landmarks", "category_scores", "attribute_scores", "embedding")
    return [
        {name: getattr(one, name) for name in names}
        | {"mask": one.mask, "category": one.category_id, "garment": one.garment_id, "score": one.score}
        for one in prediction.garments
    ]


def assert_same(one: ImagePrediction, other: ImagePrediction) -> None:
    assert one.image_id == other.image_id
    assert len(one.garments) == len(other.garments)
    for mine, theirs in zip(facts(one), facts(other), strict=True):
        for name, value in mine.items():
            if isinstance(value, np.ndarray):
                np.testing.assert_allclose(value, theirs[name], atol=1e-3, rtol=1e-4, err_msg=name)
            elif name == "score":
                assert value == pytest.approx(theirs[name], abs=1e-5)
            else:
                assert value == theirs[name], name


@pytest.mark.parametrize("crop", ["square", "stretch"])
@pytest.mark.parametrize("architecture", ["match-rcnn", "mask-rcnn", "fashionnet", "embedding"])
def test_one_image_gets_what_the_batch_job_gives_it(
    architecture: str, crop: str, drawn: Slice, asks: list[Ask], make_model: Callable[..., Path]
) -> None:
    if architecture.endswith("rcnn") and crop == "stretch":
        pytest.skip("detectors see whole images")
    folder = make_model(architecture, options={"embedding_size": 16, "crop": crop, "crop_margin": 0.2})
    some = drawn.subset(range(4))
    predictor, _ = Predictor.load(folder, "cpu")
    whole, problems = predictor.predict(some, batch=1, workers=0)
    assert not problems
    assert sum(len(one.garments) for one in whole) >= 4
    served = engine(folder)
    for ask, expected in zip(asks, whole, strict=False):
        assert_same(served.answer(ask), expected)


def test_the_size_of_an_image_is_read_where_nobody_knows_it(detector: Path, asks: list[Ask]) -> None:
    served = engine(detector)
    assert_same(served.answer(replace(asks[0], width=0, height=0)), served.answer(asks[0]))


def test_answers_are_in_the_categories_of_the_store_where_these_are_mapped(
    detector: Path, asks: list[Ask]
) -> None:
    own, served = read_manifest(detector).spec, engine(detector)
    plain = [garment for ask in asks[:8] for garment in served.answer(ask).garments]
    kept = next(one for one in own.categories if one.id == plain[0].category_id)
    becomes = next(one for one in categories()[::-1] if one.id != kept.id)
    wanted = {one.name: becomes.name if one == kept else "" for one in own.categories}
    mapped = mapping(own, categories(), wanted)
    served = Engine.load(Load(1, str(detector), "cpu", mapped), print)
    assert [one.id for one in served.ready().spec.categories] == [becomes.id]
    found = [garment for ask in asks[:8] for garment in served.answer(ask).garments]
    assert {one.category_id for one in found} == {becomes.id}
    assert 0 < len(found) < len(plain)
    assert len(found) == sum(one.category_id == kept.id for one in plain)


def test_a_model_for_crops_is_asked_about_garments_of_any_category(
    make_model: Callable[..., Path], picture: Path
) -> None:
    garments = tuple(AskedGarment(i, 4700 + i, (i, i, i + 30.0, i + 20.0)) for i in range(1, 20))
    ask = Ask(1, 7, str(picture), 90, 60, garments)
    found = engine(make_model("fashionnet")).answer(ask).garments
    assert [one.garment_id for one in found] == list(range(1, 20))
    # An embedding says nothing of the category.
    found = engine(make_model("embedding")).answer(ask).garments
    assert [one.category_id for one in found] == list(range(4701, 4720))


@pytest.mark.parametrize(
    ("garments", "what"),
    [((), "no garments"), ((AskedGarment(8, 1, (0, 0, float("nan"), 5)),), "garment 8")],
)
def test_nothing_to_ask_about_is_said(
    garments: tuple[AskedGarment, ...], what: str, make_model: Callable[..., Path], picture: Path
) -> None:
    served = engine(make_model("fashionnet"))
    with pytest.raises(StudioError, match=what) as refused:
        served.answer(Ask(1, 7, str(picture), 90, 60, garments))
    assert refused.value.fix


@pytest.mark.parametrize("content", [None, b"", b"no picture at all", b"\xff\xd8\xff\xe0 cut"])
@pytest.mark.parametrize("size", [(0, 0), (90, 60)])
def test_a_picture_that_cannot_be_read_is_named(
    content: bytes | None, size: tuple[int, int], detector: Path, tmp_path: Path
) -> None:
    file = tmp_path / "broken.jpg"
    if content is not None:
        file.write_bytes(content)
    spec = read_manifest(detector).spec
    garments = (AskedGarment(1, spec.categories[0].id, (0, 0, 9, 9)),)
    ask = Ask(1, 7, str(file), *size, garments)
    with pytest.raises(StudioError, match=r"broken\.jpg") as refused:
        whole_image(sized(ask), spec)
    assert refused.value.fix
    with pytest.raises(StudioError, match=r"broken\.jpg"):
        garment_crops(sized(ask), spec)


def test_warming_leaves_the_network_as_it_is(detector: Path) -> None:
    network, other = engine(detector)._network, Predictor.load(detector, "cpu")[0].network
    assert network.roi_heads.score_thresh == other.roi_heads.score_thresh
    assert not network.training


def short_above(served: Engine, largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the network run out of memory for pictures with a longer side, or for more than so many crops."""
    network = served._network
    forward = network.forward

    def limited(images: Any) -> Any:
        size = max(images[0].shape[-2:]) if isinstance(images, list) else len(images)
        if size > largest:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return forward(images)

    monkeypatch.setattr(network, "forward", limited)


def test_short_memory_makes_pictures_smaller_and_says_so(
    detector: Path, asks: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Notice] = []
    served = engine(detector, told)
    short_above(served, 64, monkeypatch)
    found = served.answer(asks[0])
    assert found.garments
    assert served.way == Way("cpu", 64)
    assert [("96" in one.message, "64" in one.message) for one in told] == [(True, True)]
    box = np.array([one.box for one in found.garments])
    # In pixels of the image all the same.
    assert box[:, 2].max() > 64
    served.answer(asks[1])
    assert len(told) == 1


def test_short_memory_looks_at_garments_one_by_one(
    make_model: Callable[..., Path], asks: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Notice] = []
    ask = max(asks, key=lambda one: len(one.garments))
    served = engine(make_model("fashionnet"), told)
    whole = served.answer(ask)
    assert len(whole.garments) > 1
    short_above(served, 1, monkeypatch)
    assert_same(served.answer(ask), whole)
    assert "at once" in told[0].message
    assert "batch" not in told[0].fix


def test_without_any_memory_the_failure_says_what_to_do(
    detector: Path, asks: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = engine(detector)
    short_above(served, 0, monkeypatch)
    with pytest.raises(MemoryShortage, match="too little memory") as refused:
        served.answer(asks[0])
    assert refused.value.fix


def test_what_is_our_fault_is_not_taken_for_short_memory(
    detector: Path, asks: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = engine(detector)
    monkeypatch.setattr(served._network, "forward", lambda _: torch.ones(2) @ torch.ones(3))
    with pytest.raises(RuntimeError, match="size"):
        served.answer(asks[0])


def test_a_device_gives_way_to_the_processor_last(detector: Path) -> None:
    spec = replace(read_manifest(detector).spec, input_size=800)
    assert ways(spec, True, "cuda:1") == [
        Way("cuda:1", 800),
        Way("cuda:1", 608),
        Way("cuda:1", 384),
        Way("cpu", 800),
    ]
    assert [way.device for way in ways(spec, False, "cuda:1")] == ["cuda:1", "cpu"]


def test_a_device_that_is_not_there_is_named(detector: Path) -> None:
    with pytest.raises(StudioError, match="cuda:77") as refused:
        Engine.load(Load(1, str(detector), "cuda:77"), print)
    assert "cpu" in refused.value.fix


def test_ready_and_memory_tell_of_model_and_device(detector: Path) -> None:
    served = engine(detector)
    ready, memory = served.ready(), served.memory()
    assert (ready.model, ready.device.id, ready.folder, ready.id) == ("match-rcnn", "cpu", str(detector), 1)
    assert ready.device in ready.devices
    assert len(ready.sha256) == 64
    assert 0 < memory.used < memory.total


def test_the_number_format_is_settled_on_a_picture_that_shows_something(
    make_model: Callable[..., Path], asks: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = engine(make_model("fashionnet"))
    tried: list[int] = []

    def choice(_network: object, device: str, batch: Any, whole: bool) -> tuple[str, str]:
        tried.append(len(batch.pixels))
        return "bf16", ""

    monkeypatch.setattr("inference.serving.engine.chosen", choice)
    served.answer(asks[0])
    # The processor's stays as it is: to try takes many forwards.
    served.settle()
    assert (served.precision, tried) == ("32", [])
    served._settled = False
    served.settle()
    served.settle()
    assert (served.precision, tried) == ("bf16", [len(asks[0].garments)])
    assert len(served.answer(asks[0]).garments) == len(asks[0].garments)

"""Driving a network: short memory, channels last, and whether a smaller number format says the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from inference.models import build, load_model
from inference.models.fashionnet import FashionNetOutput
from inference.prediction.engine import Engine
from inference.prediction.loading import Batch, batches_of, loader, packed
from inference.prediction.memory import no_memory
from inference.prediction.precision import chosen, parity
from inference.prediction.slices import chosen_images
from store.db import Store
from store.errors import MemoryShortage
from store.runs.library import shipped_models
from store.runs.manifest import ModelSpec
from tests.unit.inference.sure import sure


class Narrow(nn.Module):
    """Gives each picture's mean; has no memory for more than so many at once."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.seen: list[int] = []

    def forward(self, images: Tensor) -> Tensor:
        self.seen.append(len(images))
        if len(images) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return images.mean(dim=(2, 3))


class Wrong(nn.Module):
    """Fails for another reason."""

    def forward(self, images: Tensor) -> Tensor:
        raise RuntimeError(f"{images.shape[1]} colours are too many")


def batch(count: int, height: int = 64, width: int = 64) -> Batch:
    generator = torch.Generator().manual_seed(5)
    small = torch.randint(0, 255, (count, 3, 8, 8), generator=generator).float()
    smooth = nn.functional.interpolate(small, size=(height, width), mode="bilinear")
    pixels = smooth.to(torch.uint8).permute(0, 2, 3, 1).contiguous()
    numbers = tuple(range(count))
    return Batch(pixels, numbers, (1,) * count, np.zeros((count, 4)), ("",) * count)


def test_short_of_memory_half_as_many_go_through() -> None:
    network, heard = Narrow(3), list[str]()
    engine = Engine(network, "cpu", say=lambda what, _fix: heard.append(what))
    whole = Engine(Narrow(99), "cpu").describe(batch(7))
    assert torch.equal(engine.describe(batch(7)), whole)
    assert network.seen == [7, 3, 3, 1]
    assert engine.most == 3
    engine.describe(batch(4))
    assert network.seen[4:] == [3, 1]
    assert len(heard) == 1
    assert "7 pictures at once: it is 3 now" in heard[0]


def test_no_memory_for_one_picture_is_an_error_with_a_way_out() -> None:
    with pytest.raises(MemoryShortage, match="smaller model"):
        Engine(Narrow(0), "cpu").describe(batch(2))


def test_other_errors_are_not_taken_for_short_memory() -> None:
    assert no_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"))
    assert not no_memory(RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError, match="colours"):
        Engine(Wrong(), "cpu").describe(batch(2))


def test_pictures_of_several_sizes_go_through_together(specs: Mapping[str, ModelSpec]) -> None:
    torch.manual_seed(1)
    engine = Engine(build(specs["match-rcnn"]), "cpu")
    one, other = batch(1, 96, 64), batch(1, 64, 96)
    both = one._replace(pixels=[one.pixels[0], other.pixels[0]])
    found = engine.detect(both)
    assert [set(image) for image in found] == [set(found[0])] * 2
    assert all(value.dtype != torch.bfloat16 for image in found for value in image.values())


@pytest.mark.parametrize("architecture", ["fashionnet", "embedding"])
def test_networks_for_crops_say_the_same_in_bfloat16(
    architecture: str, specs: Mapping[str, ModelSpec]
) -> None:
    torch.manual_seed(3)
    network: Any = build(specs[architecture])
    pictures = batch(3)
    exact, small = (Engine(network, "cpu", format).describe(pictures) for format in ("32", "bf16"))
    same = parity(exact, small)
    assert same.holds, same.told
    assert same.compared == 3


@pytest.mark.parametrize("architecture", ["match-rcnn", "mask-rcnn"])
def test_a_detector_that_finds_others_in_bfloat16_stays_in_float32(
    architecture: str, specs: Mapping[str, ModelSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without having learnt anything many boxes are as good as each other, and rounding chooses among
    them."""
    monkeypatch.setattr("inference.prediction.precision._candidates", lambda _device: ("bf16",))
    torch.manual_seed(3)
    network: Any = build(specs[architecture])
    sure(network)
    format, why = chosen(network, "cpu", batch(1), True)
    assert format == "32"
    assert why.startswith("bf16 is not used: ")


@pytest.mark.parametrize(
    "folder", sorted(shipped_models().glob("*/manifest.toml")), ids=lambda f: f.parent.name
)
def test_models_that_ship_are_quick_only_where_they_say_the_same(folder: Path, drawn_store: Path) -> None:
    """In bfloat16 each either says the same of real pictures, or what differs is known and said."""
    network, manifest = load_model(folder.parent)
    whole = manifest.spec.architecture in ("match-rcnn", "mask-rcnn")
    with Store.open(drawn_store, read_only=True) as store:
        data = chosen_images(store, "split = test").data
    spec = manifest.spec
    pictures = next(batches_of(loader(data, spec, packed(data, spec, 4, whole), whole, 0, False)))
    work = "detect" if whole else "describe"
    exact, small = (getattr(Engine(network, "cpu", format), work)(pictures) for format in ("32", "bf16"))
    same = parity(exact, small)
    assert same.compared
    assert same.holds or same.told
    if not whole:
        assert same.holds, same.told


def test_what_differs_is_told() -> None:
    one = {
        "boxes": torch.tensor([[10.0, 10, 60, 60]]),
        "labels": torch.tensor([1]),
        "scores": torch.tensor([0.9]),
        "landmarks": torch.zeros(1, 39, 3),
        "embeddings": torch.tensor([[1.0, 0.0]]),
    }
    assert parity([one], [one]).holds
    for key, value, words in (
        ("labels", torch.tensor([2]), "is not found"),
        ("boxes", torch.tensor([[10.0, 10, 50, 50]]), "is not found"),
        ("scores", torch.tensor([0.8]), "scores differ by 0.100"),
        ("landmarks", torch.full((1, 39, 3), 2.0), "landmarks move"),
        ("embeddings", torch.tensor([[0.0, 1.0]]), "cosine"),
        ("scores", torch.tensor([float("nan")]), "scores differ"),
    ):
        found = parity([one], [{**one, key: value}])
        assert not found.holds
        assert words in found.told
    # What the smaller format alone finds is as wrong as what it misses.
    nothing = {key: value[:0] for key, value in one.items()}
    assert not parity([nothing], [one]).holds
    assert "nothing to compare" in parity([nothing], [nothing]).told


def test_crops_that_differ_are_told() -> None:
    def said(landmark: float, category: float) -> FashionNetOutput:
        return FashionNetOutput(
            torch.full((2, 8, 2), landmark),
            torch.zeros(2, 8, 3),
            torch.tensor([[category, 0.0]] * 2),
            torch.zeros(2, 0),
            torch.ones(2, 4),
        )

    assert parity(said(0.5, 1.0), said(0.505, 1.0)).holds
    assert "landmarks move" in parity(said(0.5, 1.0), said(0.6, 1.0)).told
    assert "category scores" in parity(said(0.5, 1.0), said(0.5, -1.0)).told


def test_a_format_that_is_asked_for_is_taken_where_it_can_be() -> None:
    network = Narrow(9)
    assert chosen(network, "cpu", batch(2), False, "bf16") == ("bf16", "")
    assert chosen(network, "cpu", batch(2), False, "32") == ("32", "")
    assert chosen(network, "cpu", batch(2), False, "fp16")[0] == "32"


def test_a_format_is_only_taken_by_itself_where_it_is_quicker(monkeypatch: pytest.MonkeyPatch) -> None:
    times = {"32": 1.0, "bf16": 0.95}

    def timed(engine: Engine, pictures: Batch, whole: bool) -> tuple[Any, float]:
        return engine.describe(pictures), times[engine.precision]

    monkeypatch.setattr("inference.prediction.precision._candidates", lambda _device: ("bf16",))
    monkeypatch.setattr("inference.prediction.precision._timed", timed)
    network = Narrow(9)
    assert chosen(network, "cpu", batch(2), False)[0] == "32"
    times["bf16"] = 0.5
    format, why = chosen(network, "cpu", batch(2), False)
    assert (format, why) == ("bf16", "bf16: 2 garments are the same; 2.0 times as quick as float32.")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("format", ["fp16", "bf16"])
@pytest.mark.parametrize("architecture", ["fashionnet", "embedding"])
def test_a_gpu_says_the_same_in_small_formats(
    architecture: str, format: str, specs: Mapping[str, ModelSpec]
) -> None:
    torch.manual_seed(3)
    network: Any = build(specs[architecture])
    exact = Engine(network, "cuda:0").describe(batch(3))
    same = parity(exact, Engine(network, "cuda:0", format).describe(batch(3)))
    assert same.holds, same.told

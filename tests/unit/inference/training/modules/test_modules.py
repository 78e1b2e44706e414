"""Losses, stages and rates."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from inference.models import build, spec_for
from inference.training.modules import FashionNetModule
from inference.training.modules.fashionnet import stage_of
from inference.training.modules.rates import rate_factor
from store.runs.config import OptimiserConfig
from store.runs.configuring import read_config
from store.runs.manifest import ModelCategory

CATEGORIES = (ModelCategory(1, "top", 5), ModelCategory(2, "skirt", 3), ModelCategory(5, "vest", 3))


def _module(*changes: str, frequency: tuple[float, ...] = (0.5, 0.5)) -> FashionNetModule:
    config = read_config(None, ["model.architecture=fashionnet", "data.image_size=64", *changes])
    torch.manual_seed(0)
    spec = spec_for(config, CATEGORIES, ("striped", "floral"))
    return FashionNetModule(build(spec), spec, config, (), frequency)


def _batch(count: int = 6) -> dict[str, Tensor]:
    torch.manual_seed(1)
    attributes = torch.randint(0, 2, (count, 2)).float()
    attributes[0, 1] = float("nan")
    return {
        "image": torch.rand(count, 3, 64, 64),
        "landmarks": torch.rand(count, 8, 2),
        "visibility": torch.randint(-1, 3, (count, 8)),
        "category": torch.randint(0, 3, (count,)),
        "attributes": attributes,
        "identity": torch.full((count,), -1),
        "image_id": torch.arange(count),
    }


def _half(batch: dict[str, Tensor], rows: slice) -> dict[str, Tensor]:
    return {name: value[rows] for name, value in batch.items()}


def test_two_halves_of_a_batch_give_the_mean_of_the_whole() -> None:
    """What accumulation and several processes rest on."""
    module, batch = _module(), _batch()
    with torch.no_grad():
        whole = module.losses(batch)
        parts = [module.losses(_half(batch, rows)) for rows in (slice(0, 3), slice(3, 6))]
    for name, value in whole.items():
        assert torch.allclose(value, (parts[0][name] + parts[1][name]) / 2, atol=1e-5), name


def test_the_landmark_loss_is_gated_by_the_true_visibility() -> None:
    batch = _batch(2)
    batch["visibility"][:] = torch.tensor([0, 1, 2, -1, 0, 0, 1, 2])
    for weight in (0.0, 1.0, 0.5):
        module = _module(f"loss.occluded={weight}")
        with torch.no_grad():
            found = module.network(batch["image"]).landmarks
            gates = torch.tensor([1.0, weight, 0, 0, 1, 1, weight, 0])
            squares = (found - batch["landmarks"]).square().sum(-1)
            wanted = (gates * squares).sum(1).mean()
            assert torch.allclose(module.losses(batch)["landmarks"], wanted, atol=1e-5)


def test_an_unknown_attribute_and_an_unlabelled_landmark_teach_nothing() -> None:
    module, batch = _module(), _batch(2)
    batch["attributes"][:] = float("nan")
    batch["visibility"][:] = -1
    losses = module.losses(batch)
    assert float(losses["attributes"].detach()) == 0
    assert float(losses["visibility"].detach()) == 0
    assert float(losses["landmarks"].detach()) == 0


def test_a_rare_attribute_weighs_more_where_it_is_there() -> None:
    batch = _batch(4)
    batch["attributes"] = torch.tensor([[1.0, 1.0]] * 4)
    found = []
    for share in (0.5, 0.1):
        module: Any = _module(frequency=(share, share))
        # What is said before anything is known: how often the attribute is.
        torch.nn.init.zeros_(module.network.attributes.weight)
        torch.nn.init.constant_(module.network.attributes.bias, math.log(share / (1 - share)))
        found.append(float(module.losses(batch)["attributes"].detach()))
    assert found[1] == pytest.approx(9 * found[0], rel=1e-4)


def test_attributes_are_ranked_by_how_often_they_are() -> None:
    """The best that can be said without looking is the frequency, whatever the weights: the loss is flat
    there."""
    shares = (0.5, 0.2)
    module: Any = _module(frequency=shares)
    torch.nn.init.zeros_(module.network.attributes.weight)
    with torch.no_grad():
        module.network.attributes.bias.copy_(torch.logit(torch.tensor(shares)))
    batch = _batch(10)
    batch["attributes"] = torch.tensor([[float(row < 5), float(row < 2)] for row in range(10)])
    module.losses(batch)["attributes"].backward()
    assert torch.allclose(module.network.attributes.bias.grad, torch.zeros(2), atol=1e-6)


def test_garments_of_one_identity_are_pulled_together() -> None:
    module, batch = _module(), _batch(4)
    assert float(module.losses(batch)["triplet"].detach()) == 0
    batch["identity"] = torch.tensor([3, 3, 9, -1])
    assert float(module.losses(batch)["triplet"].detach()) > 0


class _Clock:
    """A trainer of which only the step is asked."""

    def __init__(self, step: int) -> None:
        self.global_step = step


def test_in_the_pose_stage_landmarks_and_visibility_weigh_more(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = _module("stages.pose_factor=7", "loss.landmarks=2")
    module.total_steps = 100
    monkeypatch.setattr(type(module), "trainer", property(lambda _self: _Clock(0)))
    first = module.weights()
    monkeypatch.setattr(type(module), "trainer", property(lambda _self: _Clock(90)))
    second = module.weights()
    assert (first["landmarks"], first["visibility"]) == (14, 7)
    assert (second["landmarks"], second["visibility"]) == (2, 1)
    assert first["category"] == second["category"] == 1


@pytest.mark.parametrize(
    ("done", "wanted"),
    [
        (0.0, ("pose", 0)),
        (0.14, ("pose", 0)),
        (0.2, ("attributes", 0)),
        (0.5, ("pose", 1)),
        (1.0, ("attributes", 1)),
    ],
)
def test_the_stages_take_turns(done: float, wanted: tuple[str, int]) -> None:
    assert stage_of(done, 2, 0.3) == wanted


@given(st.floats(0, 1), st.sampled_from(["cosine", "step", "constant"]), st.floats(0, 0.5))
def test_the_rate_stays_between_nothing_and_all(done: float, schedule: str, warmup: float) -> None:
    settings = OptimiserConfig.model_validate({"schedule": schedule, "warmup": warmup})
    assert 0 <= rate_factor(settings, done) <= 1


def test_the_rate_rises_then_falls() -> None:
    settings = OptimiserConfig(warmup=0.1)
    course = [rate_factor(settings, done / 100) for done in range(101)]
    assert course[:10] == sorted(course[:10])
    assert course[10] == 1.0
    assert course[10:] == sorted(course[10:], reverse=True)
    assert course[-1] == pytest.approx(0, abs=1e-9)
    falls = [rate_factor(OptimiserConfig(schedule="step", warmup=0), share) for share in (0.5, 0.7, 0.95)]
    assert falls == pytest.approx([1, 0.1, 0.01])


def test_norms_and_biases_are_not_pulled_to_zero() -> None:
    module = _module()
    decayed, plain = module.groups()
    assert all(one.ndim > 1 for one in decayed["params"])
    assert plain["weight_decay"] == 0
    assert len(decayed["params"]) + len(plain["params"]) == len(list(module.parameters()))

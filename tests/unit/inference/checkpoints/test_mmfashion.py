"""MMFashion's checkpoints: which network they are of, every key used once or left out, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from inference.checkpoints.adding import fitted, recognised
from inference.checkpoints.mmfashion import convert, recognises
from inference.models import mmfashion as networks
from resources.taxonomy import clothes_categories, fine_attributes
from store.errors import StudioError

#: The bodies as they are, before the small ones take their place.
BACKBONE = networks._backbone
Weights = dict[str, Tensor]
HERE = Path(__file__)


class _Small(nn.Module):
    """A body of the right channels that costs nothing: the very large layers are not what is tested."""

    def __init__(self, name: str) -> None:
        super().__init__()
        channels = 512 if name == "vgg16" else 2048
        if name == "vgg16":
            self.features = nn.Sequential(nn.Conv2d(3, channels, 1))
        else:
            self.conv1 = nn.Conv2d(3, channels, 1, bias=False)
        self.name = name

    def forward(self, images: Tensor) -> Tensor:
        small = nn.functional.adaptive_avg_pool2d(images, 7)
        found: Tensor = self.features(small) if self.name == "vgg16" else self.conv1(small)
        return found


@pytest.fixture(autouse=True)
def small_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies of one layer each."""
    torch.manual_seed(3)
    monkeypatch.setattr(networks, "_backbone", _Small)


def _body(backbone: str) -> Weights:
    key = "features.0" if backbone == "vgg16" else "conv1"
    return {f"backbone.{key}.{name}": value for name, value in _state(_Small(backbone), key).items()}


def _state(body: nn.Module, key: str) -> Weights:
    return {name.removeprefix(f"{key}."): value for name, value in body.state_dict().items()}


def _linear(name: str, inside: int, outside: int) -> Weights:
    return {f"{name}.weight": torch.randn(outside, inside) * 0.05, f"{name}.bias": torch.randn(outside)}


def _pooled(backbone: str, size: int = 6, local: bool = True) -> Weights:
    channels = 512 if backbone == "vgg16" else 2048
    found = _body(backbone)
    found |= _linear("global_pool.global_layers.0", channels * 49, 4)
    found |= _linear("global_pool.global_layers.3", 4, size)
    if local:
        found |= _linear("roi_pool.linear.0", 8 * channels, size)
        found |= _linear("concat.fc_fusion", 2 * size, size)
    return found


def _checked(weights: Weights, names: tuple[str, ...] = ()) -> tuple[Any, Any]:
    """The converted checkpoint and its network; every key is used once or told to be left out."""
    assert recognises(weights)
    made = recognised(weights, "", names, HERE)
    network = fitted(made, HERE).eval()
    used = {key for key in made.weights if not key.endswith("num_batches_tracked")}
    given = {key for key in weights if not key.endswith("num_batches_tracked")}
    assert used | set(made.left_out) == given
    assert not used & set(made.left_out)
    return made, network


@pytest.mark.parametrize("backbone", ["vgg16", "resnet50"])
def test_category_and_attributes_with_pooled_landmarks(backbone: str) -> None:
    weights = _pooled(backbone)
    weights |= _linear("attr_predictor.linear_attr", 6, 26) | _linear("cate_predictor.linear_cate", 6, 50)
    made, network = _checked(weights)
    assert (made.spec.architecture, made.spec.backbone) == ("mmfashion-attribute", backbone)
    assert [one.name for one in made.spec.categories] == [one.name for one in clothes_categories()]
    assert made.spec.attributes == tuple(name for _, name in fine_attributes())
    assert made.tasks == ("category", "attributes", "embedding")
    assert len(made.notes) == 2
    images = torch.rand(2, 3, 32, 32)
    said = network(images)
    assert (said.category.shape, said.attributes.shape, said.landmarks.shape) == ((2, 50), (2, 26), (2, 0, 2))


def test_a_batch_says_of_each_crop_what_it_says_alone() -> None:
    weights = _pooled("vgg16") | _linear("attr_predictor.linear_attr", 6, 26)
    _, network = _checked(weights)
    images, places = torch.rand(3, 3, 32, 32), torch.rand(3, 8, 2)
    together = network(images, places).attributes
    alone = torch.cat([network(images[i : i + 1], places[i : i + 1]).attributes for i in range(3)])
    assert torch.allclose(together, alone, atol=1e-5)
    elsewhere = network(images, places.flip(0)).attributes
    assert not torch.allclose(together, elsewhere, atol=1e-3)


def test_without_landmarks_to_pool_at_only_the_whole_is_seen() -> None:
    weights = _pooled("resnet50", local=False) | _linear("attr_predictor.linear", 6, 463)
    made, network = _checked_renamed(weights)
    assert made.tasks == ("attributes", "embedding")
    assert made.spec.attributes[-1] == "attribute 463"
    assert network(torch.rand(1, 3, 32, 32)).category.shape == (1, 0)
    assert len(made.notes) == 1


def _checked_renamed(weights: Weights) -> tuple[Any, Any]:
    made = convert(weights)
    return made, fitted(made, HERE).eval()


def test_embeddings_leave_out_what_told_identities_apart() -> None:
    weights = _pooled("vgg16") | _linear("embed_extractor.embed_linear", 6, 5)
    weights |= _linear("embed_extractor.id_linear", 5, 100)
    weights |= {f"embed_extractor.bn.{name}": torch.ones(5) for name in ("weight", "bias", "running_mean")}
    made, network = _checked(weights)
    assert made.spec.architecture == "mmfashion-embedding"
    assert len(made.left_out) == 5
    vectors = network(torch.rand(2, 3, 32, 32))
    assert vectors.shape == (2, 5)
    assert torch.allclose(vectors.norm(dim=1), torch.ones(2), atol=1e-5)


def test_landmarks_are_shares_of_the_crop_and_seen_or_occluded() -> None:
    weights = _pooled("resnet50", local=False) | _linear("landmark_feature_extractor.linear", 6, 8 * 3)
    weights |= _linear("visibility_classifier.linear", 3, 1) | _linear("landmark_regression.linear", 3, 2)
    made, network = _checked(weights)
    assert (made.spec.schema, made.spec.options["landmark_size"]) == ("fashion8", 3)
    with torch.no_grad():
        network.landmark_regression.linear.weight.zero_()
        network.landmark_regression.linear.bias.copy_(torch.tensor([112.0, 56.0]))
        network.visibility_classifier.linear.weight.zero_()
        network.visibility_classifier.linear.bias.fill_(1.0)
        said = network(torch.rand(1, 3, 32, 32))
    assert torch.allclose(said.landmarks, torch.tensor([0.5, 0.25]).expand(1, 8, 2))
    chances = said.visibility.softmax(-1)[0, 0]
    assert chances[0] == pytest.approx(torch.sigmoid(torch.tensor(1.0)).item(), abs=1e-5)
    assert chances[2] < 1e-9


def test_what_is_missing_too_much_or_misshapen_is_listed() -> None:
    weights = _pooled("vgg16") | _linear("cate_predictor.linear_cate", 6, 50)
    del weights["concat.fc_fusion.bias"]
    weights["global_pool.global_layers.0.bias"] = torch.zeros(9)
    weights["other.weight"] = torch.zeros(1)
    with pytest.raises(StudioError) as caught:
        fitted(convert(weights), HERE)
    for part in (
        "missing: concat.fc_fusion.bias",
        "not known: other.weight",
        "global_pool.global_layers.0.bias is (9,), not (4,)",
    ):
        assert part in str(caught.value)


def test_names_of_categories_are_as_many_as_its_outputs() -> None:
    weights = _pooled("vgg16") | _linear("cate_predictor.linear_cate", 6, 3)
    assert [one.name for one in convert(weights).spec.categories] == [
        "category 1",
        "category 2",
        "category 3",
    ]
    assert convert(weights, ("skirt", "b", "c")).spec.categories[0].id == 9
    with pytest.raises(StudioError, match="3 categories, 2 were named"):
        convert(weights, ("a", "b"))
    with pytest.raises(StudioError, match="tells no categories apart"):
        convert(_pooled("vgg16") | _linear("embed_extractor.embed_linear", 6, 5), ("a",))


def test_a_checkpoint_without_a_head_says_what_it_has() -> None:
    with pytest.raises(StudioError, match="none of MMFashion's heads") as caught:
        convert(_pooled("vgg16"))
    assert "roi_pool" in caught.value.fix


def test_the_bodies_have_mmfashions_names() -> None:
    vgg = {f"features.{index}.weight" for index in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)}
    assert {key for key in BACKBONE("vgg16").state_dict() if key.endswith("weight")} == vgg
    resnet = BACKBONE("resnet50").state_dict()
    assert {key.partition(".")[0] for key in resnet} == {"conv1", "bn1", *(f"layer{n}" for n in (1, 2, 3, 4))}
    assert {"layer1.0.downsample.0.weight", "layer4.2.bn3.running_var"} <= set(resnet)

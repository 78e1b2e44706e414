"""A lab's own network: found by its entry point, built, saved, loaded and given checkpoints."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from inference.checkpoints.adding import add_model
from inference.models import ARCHITECTURES, build, load_model
from inference.models.registry import architecture
from store.errors import StudioError
from store.runs.manifest import ModelCategory, ModelSpec

#: As docs/checkpoints.md shows it.
PACKAGE = """
import torch
from torch import nn
from inference.checkpoints import Converted
from store.runs.manifest import ModelCategory, ModelSpec


class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(3, size)

    def forward(self, images):
        return nn.functional.normalize(self.layer(images.mean(dim=(2, 3))), dim=1)


class OurNet:
    title = "Our net"
    backbones = ("own",)
    tasks = ("embedding",)
    whole_images = False

    @staticmethod
    def build(spec):
        return Net(spec.options["size"])

    @staticmethod
    def recognises(weights):
        return set(weights) == {"head.weight", "head.bias"}

    @staticmethod
    def convert(weights, names):
        size = weights["head.weight"].shape[0]
        spec = ModelSpec("our-net", "own", (ModelCategory(1, "short sleeve top"),), options={"size": size})
        own = {key.replace("head", "layer"): value for key, value in weights.items()}
        return Converted(spec, ("embedding",), own, "our net")
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small distribution with entry points, as if pip had installed it."""
    site = tmp_path / "site"
    facts = site / "our_lab-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: our-lab\nVersion: 1.0\n", encoding="utf-8")
    (facts / "entry_points.txt").write_text(
        "[deepfashion_studio.models]\nour-net = our_lab_models:OurNet\nbroken = our_lab_missing:Net\n"
        "silent = our_lab_models:Net\nmask-rcnn = our_lab_models:OurNet\n",
        encoding="utf-8",
    )
    (site / "our_lab_models.py").write_text(PACKAGE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, "our_lab_models", raising=False)
    monkeypatch.setattr(ARCHITECTURES, "_loaded", {})
    return site


def _spec(name: str = "our-net") -> ModelSpec:
    return ModelSpec(name, "own", (ModelCategory(1, "short sleeve top"),), options={"size": 4})


def test_a_network_of_a_package_is_one_of_ours(installed: Path) -> None:
    assert "our-net" in ARCHITECTURES
    assert "our_lab_models" not in sys.modules or ARCHITECTURES["our-net"].title == "Our net"
    kind = architecture("our-net")
    assert (kind.title, kind.tasks, kind.whole_images) == ("Our net", ("embedding",), False)
    assert build(_spec())(torch.rand(2, 3, 8, 8)).shape == (2, 4)


def test_its_checkpoint_becomes_a_model(installed: Path, tmp_path: Path) -> None:
    torch.save({"head.weight": torch.ones(5, 3), "head.bias": torch.zeros(5)}, tmp_path / "c.pth")
    made = add_model(str(tmp_path / "c.pth"), tmp_path / "models")
    network, manifest = load_model(made.folder)
    assert (manifest.spec.architecture, made.layout) == ("our-net", "our net")
    assert network(torch.rand(1, 3, 8, 8)).shape == (1, 5)


def test_a_name_of_ours_stays_ours(installed: Path) -> None:
    assert ARCHITECTURES["mask-rcnn"].title == "Mask R-CNN"
    assert list(ARCHITECTURES).count("mask-rcnn") == 1
    assert len(ARCHITECTURES) == len(list(ARCHITECTURES))


@pytest.mark.parametrize(
    ("name", "told"), [("broken", "cannot be imported"), ("silent", "does not say title")]
)
def test_a_package_that_does_not_work_is_named_when_it_is_asked_for(
    installed: Path, name: str, told: str
) -> None:
    with pytest.raises(StudioError, match=told) as caught:
        build(_spec(name))
    assert repr(name) in caught.value.what


def test_an_unknown_network_lists_those_of_packages_too(installed: Path) -> None:
    with pytest.raises(StudioError, match="our-net"):
        architecture("nowhere")

"""A model is kept in a folder and comes back as it was; what does not belong together is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from inference.models import ARCHITECTURES, build, load_matching, load_model, save_model, spec_for
from inference.models.folder import checksum
from store.errors import StudioError
from store.runs.configuring import read_config
from store.runs.manifest import (
    WEIGHTS,
    ModelCategory,
    ModelManifest,
    ModelSpec,
    read_manifest,
    write_manifest,
)

CATEGORIES = (ModelCategory(1, "short sleeve top", 5), ModelCategory(8, "trousers", 3))


def _spec(architecture: str = "embedding") -> ModelSpec:
    options = {"embedding_size": 16}
    return ModelSpec(architecture, "small", CATEGORIES, ("striped",), "own", 64, options)


#: The others are those of public checkpoints, and large.
SMALL = [name for name, kind in ARCHITECTURES.items() if "small" in kind.backbones]


@pytest.mark.parametrize("architecture", SMALL)
def test_a_model_comes_back_as_it_was(tmp_path: Path, architecture: str) -> None:
    torch.manual_seed(0)
    network = build(_spec(architecture))
    tasks = ARCHITECTURES[architecture].tasks
    told = ModelManifest(
        "first", _spec(architecture), tasks, licence="CC0", seed=3, metrics={"boxes/AP": 0.5}
    )
    written = save_model(network, told, tmp_path / "first")
    found, manifest = load_model(tmp_path / "first")
    assert manifest == written
    assert (manifest.name, manifest.metrics, len(manifest.sha256)) == ("first", {"boxes/AP": 0.5}, 64)
    assert not found.training
    own = network.state_dict()
    assert all(torch.equal(value, own[key]) for key, value in found.state_dict().items())
    assert [file.name for file in tmp_path.iterdir()] == ["first"]


def test_half_precision_halves_the_file_and_loads_as_single(tmp_path: Path) -> None:
    network = build(_spec())
    manifest = ModelManifest("m", _spec(), ("embedding",))
    save_model(network, manifest, tmp_path / "whole")
    save_model(network, manifest, tmp_path / "half", half=True)
    sizes = [(tmp_path / name / WEIGHTS).stat().st_size for name in ("whole", "half")]
    assert sizes[1] < 0.55 * sizes[0]
    found, manifest = load_model(tmp_path / "half")
    assert manifest.sha256 == checksum(tmp_path / "half" / WEIGHTS)
    own = network.state_dict()
    assert all(torch.allclose(value, own[key], atol=1e-3) for key, value in found.state_dict().items())
    assert all(value.dtype == torch.float32 for value in found.parameters())


def test_saving_again_replaces_the_older_one(tmp_path: Path) -> None:
    manifest = ModelManifest("m", _spec(), ("embedding",))
    for seed in (1, 2):
        save_model(build(_spec()), replace(manifest, seed=seed), tmp_path / "m")
    assert load_model(tmp_path / "m")[1].seed == 2


def test_weights_that_do_not_fit_are_listed(tmp_path: Path) -> None:
    save_model(build(_spec()), ModelManifest("m", _spec(), ()), tmp_path / "m")
    weights = load_file(tmp_path / "m" / WEIGHTS)
    weights["embed.weight"] = torch.zeros(3, 3)
    weights["other"] = weights.pop("embed.bias")
    save_file(weights, tmp_path / "m" / WEIGHTS)
    with pytest.raises(StudioError) as caught:
        load_model(tmp_path / "m")
    for part in ("missing: embed.bias", "not known: other", "embed.weight is (3, 3), not (16, 128)"):
        assert part in str(caught.value)


def test_a_short_file_and_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    save_model(build(_spec()), ModelManifest("m", _spec(), ()), tmp_path / "m")
    file = tmp_path / "m" / WEIGHTS
    weights = load_file(file)
    weights["embed.bias"][0] = float("nan")
    save_file(weights, file)
    with pytest.raises(StudioError, match=r"embed\.bias"):
        load_model(tmp_path / "m")
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(StudioError, match="cannot be read"):
        load_model(tmp_path / "m")
    file.unlink()
    with pytest.raises(StudioError, match="missing"):
        load_model(tmp_path / "m")


def test_other_weights_than_the_manifest_speaks_of_are_refused(tmp_path: Path) -> None:
    save_model(build(_spec()), ModelManifest("m", _spec(), ()), tmp_path / "m")
    weights = load_file(tmp_path / "m" / WEIGHTS)
    weights["embed.bias"] += 1
    save_file(weights, tmp_path / "m" / WEIGHTS)
    with pytest.raises(StudioError, match="SHA-256 is another"):
        load_model(tmp_path / "m")
    told = read_manifest(tmp_path / "m")
    write_manifest(replace(told, sha256=""), tmp_path / "m")
    load_model(tmp_path / "m")


def test_fine_tuning_takes_what_fits_and_leaves_other_categories_at_random(tmp_path: Path) -> None:
    torch.manual_seed(0)
    start = build(_spec("fashionnet"))
    save_model(start, ModelManifest("m", _spec("fashionnet"), ()), tmp_path / "m")
    other = replace(_spec("fashionnet"), categories=tuple(reversed(CATEGORIES)))
    network = build(other)
    left = load_matching(network, other, tmp_path / "m")
    assert left == ["category.bias", "category.weight"]
    assert torch.equal(network.state_dict()["landmarks.weight"], start.state_dict()["landmarks.weight"])
    assert load_matching(network, _spec("fashionnet"), tmp_path / "m") == []


def test_a_model_of_another_network_cannot_be_started_from(tmp_path: Path) -> None:
    save_model(build(_spec()), ModelManifest("m", _spec(), ()), tmp_path / "m")
    spec = _spec("match-rcnn")
    with pytest.raises(StudioError, match="no layer fits"):
        load_matching(build(spec), spec, tmp_path / "m")


def test_unknown_networks_and_backbones_are_named() -> None:
    with pytest.raises(StudioError, match="fancynet"):
        build(replace(_spec(), architecture="fancynet"))
    with pytest.raises(StudioError, match="resnet50-v2"):
        build(replace(_spec(), backbone="resnet50-v2"))


def test_a_configuration_says_what_is_built() -> None:
    config = read_config(
        None, ["model.architecture=fashionnet", "data.image_size=128", "data.crop_margin=0.2"]
    )
    spec = spec_for(config, CATEGORIES, ("striped", "floral"))
    assert (spec.schema, spec.input_size, spec.attributes) == ("fashion8", 128, ("striped", "floral"))
    assert spec.options["crop_margin"] == 0.2
    detector = spec_for(read_config(None), CATEGORIES, ("striped",))
    assert (detector.architecture, detector.attributes, detector.schema) == ("match-rcnn", (), "own")

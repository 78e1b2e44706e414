"""The form says of every field what the configuration says of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from store.errors import StudioError
from store.runs import form
from store.runs.config import RunConfig
from store.runs.configuring import read_config

_FIELDS = {field.name: field for field in form.fields()}


def test_every_field_of_the_configuration_is_there() -> None:
    flat = form.flat(RunConfig().model_dump())
    assert set(_FIELDS) == set(flat)
    assert {name: field.default for name, field in _FIELDS.items()} == flat


def test_every_field_says_what_it_is() -> None:
    silent = [name for name, field in _FIELDS.items() if not field.title or not field.description]
    assert not silent
    assert all(section.title and section.description for section in form.sections())


def test_the_run_itself_comes_first() -> None:
    assert [section.key for section in form.sections()][:3] == ["", "model", "data"]
    assert _FIELDS["name"].section == ""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("name", "text"),
        ("training.batch", "whole"),
        ("optimiser.learning_rate", "number"),
        ("data.accepted_only", "switch"),
        ("model.architecture", "choice"),
    ],
)
def test_kinds(name: str, kind: str) -> None:
    assert _FIELDS[name].kind == kind


def test_limits() -> None:
    batch, rate, share = (
        _FIELDS[f] for f in ("training.batch", "optimiser.learning_rate", "data.validation_share")
    )
    assert (batch.minimum, batch.maximum, batch.above, batch.below) == (1, 4096, False, False)
    assert (rate.minimum, rate.above, rate.below) == (0, True, False)
    assert (share.minimum, share.maximum, share.above, share.below) == (0, 1, True, True)
    assert _FIELDS["optimiser.clip"].maximum is None


def test_choices_and_their_networks() -> None:
    assert _FIELDS["model.architecture"].choices == ("fashionnet", "mask-rcnn", "match-rcnn", "embedding")
    assert _FIELDS["loss.mask"].fits("match-rcnn")
    assert not _FIELDS["loss.mask"].fits("fashionnet")
    assert _FIELDS["training.epochs"].fits("embedding")


@pytest.mark.parametrize("architecture", _FIELDS["model.architecture"].choices)
def test_backbones_are_those_that_the_configuration_takes(architecture: str) -> None:
    allowed = form.backbones(architecture)
    assert "small" in allowed
    for backbone in _FIELDS["model.backbone"].choices:
        made = form.apply({"model.architecture": architecture, "model.backbone": backbone})
        assert isinstance(made, RunConfig) == (backbone in allowed)


def test_values_become_a_configuration() -> None:
    made = form.apply({"name": "a", "training.batch": 4})
    assert isinstance(made, RunConfig)
    assert (made.name, made.training.batch, made.training.epochs) == ("a", 4, 12)


def test_every_fault_is_told_at_its_field() -> None:
    made = form.apply(
        {
            "training.batch": 0,
            "optimiser.learning_rate": "much",
            "model.architecture": "fashionnet",
            "model.backbone": "resnet50-v2",
            "data.split": "coin",
        }
    )
    assert isinstance(made, list)
    faults = dict(made)
    assert set(faults) == {"training.batch", "optimiser.learning_rate", "model", "data.split"}
    assert faults["training.batch"].startswith("Must be greater than or equal to 1")
    assert faults["model"].startswith("fashionnet has the backbones small")
    assert faults["optimiser.learning_rate"] == "Must be a number"
    assert dict(form.apply({"training.epochs": "x"})) == {"training.epochs": "Must be a whole number"}


def test_nested_and_flat_are_inverse() -> None:
    tables = RunConfig().model_dump()
    assert form.nested(form.flat(tables)) == tables


def test_a_toml_text_by_name() -> None:
    assert form.flat_toml('name = "a"\n[training]\nbatch = 2\n') == {"name": "a", "training.batch": 2}
    with pytest.raises(StudioError, match="is not TOML"):
        form.flat_toml("name =")


def test_presets_that_come_along_fit() -> None:
    for name, file in form.presets().items():
        assert name == file.stem
        assert isinstance(read_config(file), RunConfig)


def test_importing_the_form_does_not_load_pydantic() -> None:
    code = "import sys, store.runs.form; sys.exit('pydantic' in sys.modules)"
    root = Path(__file__).parents[4]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0

"""The configuration of a run: files, settings, what does not fit, and the way back to a file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import StudioError
from store.runs.config import RunConfig
from store.runs.configuring import read_config, validated, write_config


def test_defaults_fit() -> None:
    config = read_config(None)
    assert config == RunConfig()
    assert (config.model.architecture, config.model.backbone, config.training.seed) == (
        "match-rcnn",
        "small",
        7,
    )


def test_a_file_and_then_settings(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text('name = "a"\n[training]\nbatch = 2\nepochs = 3\n', encoding="utf-8")
    config = read_config(file, ["training.epochs=20", "name=b", "data.accepted_only = true"])
    assert (config.name, config.training.batch, config.training.epochs) == ("b", 2, 20)
    assert config.data.accepted_only


def test_settings_change_a_base() -> None:
    base = read_config(None, ["training.batch=16", "training.epochs=5"])
    config = read_config(None, ["training.batch=4", "training.accumulate=4"], base)
    assert (config.training.batch, config.training.accumulate, config.training.epochs) == (4, 4, 5)
    assert base.training.batch == 16


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("split = train and review = accepted", "split = train and review = accepted"),
        ('"split = train"', "split = train"),
        ("view:Mine", "view:Mine"),
    ],
)
def test_a_text_needs_no_quotes(text: str, value: str) -> None:
    assert read_config(None, [f"data.train={text}"]).data.train == value


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("training.batch=0", "training.batch: "),
        ("training.batch=two", "training.batch: "),
        ("training.bath=2", "training.bath: "),
        ("model.backbone=resnet50-v2", ""),
        ("optimiser.learning_rate=-1", "optimiser.learning_rate: "),
    ],
)
def test_what_does_not_fit_is_named(setting: str, told: str) -> None:
    settings = ["model.architecture=fashionnet", setting]
    with pytest.raises(StudioError, match=f"does not fit: .*{told}") as caught:
        read_config(None, settings)
    assert caught.value.fix


@pytest.mark.parametrize("setting", ["training.batch", "=4", ""])
def test_a_setting_without_a_key_or_a_value(setting: str) -> None:
    with pytest.raises(StudioError, match="is not of the form key=value"):
        read_config(None, [setting])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"missing\.toml cannot be read"):
        read_config(tmp_path / "missing.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ", encoding="utf-8")
    with pytest.raises(StudioError, match=r"broken\.toml is not TOML"):
        read_config(broken)
    broken.write_bytes(b"name = '\xff'")
    with pytest.raises(StudioError, match=r"broken\.toml is not TOML"):
        read_config(broken)


def test_several_faults_are_told_at_once() -> None:
    with pytest.raises(StudioError, match=r"data\.image_size.*; training\.batch"):
        validated({"training": {"batch": 0}, "data": {"image_size": 1}})


@given(
    st.integers(1, 4096),
    st.floats(1e-6, 1, allow_nan=False),
    st.sampled_from(["fashionnet", "mask-rcnn", "match-rcnn", "embedding"]),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40),
)
def test_written_and_read_it_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, batch: int, rate: float, architecture: str, name: str
) -> None:
    config = validated(
        {
            "name": name,
            "training": {"batch": batch},
            "optimiser": {"learning_rate": rate},
            "model": {"architecture": architecture},
        }
    )
    file = tmp_path_factory.mktemp("config") / "run.toml"
    write_config(config, file)
    assert read_config(file) == config
    assert tomllib.loads(file.read_text(encoding="utf-8"))["training"]["batch"] == batch


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    write_config(RunConfig(), file)
    assert [one.name for one in tmp_path.iterdir()] == ["run.toml"]
    with pytest.raises(FileNotFoundError):
        write_config(RunConfig(), tmp_path / "nowhere" / "run.toml")


def test_it_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        RunConfig().training.batch = 2  # type: ignore[misc]

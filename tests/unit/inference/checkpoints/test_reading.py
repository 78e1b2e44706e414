"""Files that are checkpoints, files that are not, and files that would like to do something."""

from __future__ import annotations

import os
import pickle
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from inference.checkpoints import reading
from inference.checkpoints.reading import read_checkpoint
from store.errors import StudioError

PLAIN = {"a.weight": torch.ones(3, 2), "a.bias": torch.arange(3)}


class Malicious:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda weights: weights,
        lambda weights: {"state_dict": weights, "meta": {"epoch": 3, "CLASSES": ("top", "skirt")}},
        lambda weights: {"model_state_dict": weights, "optimizer": {"param_groups": [{"lr": 0.1}]}},
        lambda weights: {"state_dict": {f"module.{key}": value for key, value in weights.items()}},
        lambda weights: {"model": {"state_dict": weights}},
    ],
)
@pytest.mark.parametrize("modern", [True, False])
def test_wrappers_and_prefixes_are_taken_off(tmp_path: Path, wrap: object, modern: bool) -> None:
    assert callable(wrap)
    torch.save(wrap(PLAIN), tmp_path / "c.pth", _use_new_zipfile_serialization=modern)
    found = read_checkpoint(tmp_path / "c.pth")
    assert found.keys() == PLAIN.keys()
    assert all(torch.equal(found[key], value) for key, value in PLAIN.items())


def test_half_precision_comes_back_as_single(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(2).half()}, tmp_path / "c.pth")
    assert read_checkpoint(tmp_path / "c.pth")["a"].dtype == torch.float32


def test_safetensors_are_told_by_what_is_inside(tmp_path: Path) -> None:
    save_file(PLAIN, tmp_path / "c.bin")
    assert read_checkpoint(tmp_path / "c.bin").keys() == PLAIN.keys()
    (tmp_path / "c.safetensors").write_bytes((tmp_path / "c.bin").read_bytes()[:40])
    with pytest.raises(StudioError, match="no checkpoint, or not a whole one"):
        read_checkpoint(tmp_path / "c.safetensors")


@pytest.mark.parametrize("modern", [True, False])
def test_code_in_a_file_is_refused_and_not_run(tmp_path: Path, modern: bool) -> None:
    what = {"state_dict": PLAIN, "meta": Malicious(tmp_path / "made")}
    torch.save(what, tmp_path / "c.pth", _use_new_zipfile_serialization=modern)
    with pytest.raises(StudioError, match=r"more than numbers \((posix|nt)\.mkdir\)") as caught:
        read_checkpoint(tmp_path / "c.pth")
    assert str(tmp_path / "c.pth") in caught.value.what
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("protocol", [2, 4])
def test_a_bare_pickle_is_not_run_either(tmp_path: Path, protocol: int) -> None:
    (tmp_path / "c.pth").write_bytes(pickle.dumps({"a": Malicious(tmp_path / "made")}, protocol))
    with pytest.raises(StudioError, match="more than numbers"):
        read_checkpoint(tmp_path / "c.pth")
    assert not (tmp_path / "made").exists()


def test_a_pickled_network_is_refused(tmp_path: Path) -> None:
    torch.save(nn.Linear(2, 2), tmp_path / "c.pth")
    with pytest.raises(StudioError, match=r"torch\.nn\.modules\.linear\.Linear"):
        read_checkpoint(tmp_path / "c.pth")


@pytest.mark.parametrize("content", [b"", b"hello, world", b"PK\x03\x04 no archive", b"\x80\x02}q\x00."])
def test_what_is_no_checkpoint_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.pth").write_bytes(content)
    with pytest.raises(StudioError, match=r"c\.pth"):
        read_checkpoint(tmp_path / "c.pth")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="is not there"):
        read_checkpoint(tmp_path / "nowhere.pth")


@pytest.mark.parametrize("what", [{"epoch": 3}, [1, 2], {"state_dict": {}}])
def test_a_file_without_weights_says_what_it_has(tmp_path: Path, what: object) -> None:
    torch.save(what, tmp_path / "c.pth")
    with pytest.raises(StudioError, match="has no state dict"):
        read_checkpoint(tmp_path / "c.pth")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_named(tmp_path: Path, value: float) -> None:
    torch.save({"a": torch.ones(2), "b.weight": torch.tensor([1.0, value])}, tmp_path / "c.pth")
    with pytest.raises(StudioError, match=r"b\.weight holds values that are no numbers"):
        read_checkpoint(tmp_path / "c.pth")


@pytest.mark.parametrize(
    "value", [torch.ones(1).expand(10**12), torch.ones(2).to_sparse()], ids=["expanded", "sparse"]
)
def test_tensors_that_would_fill_the_memory_are_refused(tmp_path: Path, value: torch.Tensor) -> None:
    torch.save({"a": value}, tmp_path / "c.pth")
    with pytest.raises(StudioError, match="a is no plain tensor"):
        read_checkpoint(tmp_path / "c.pth")


def test_an_archive_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.save({"a": torch.ones(1000)}, tmp_path / "c.pth")
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    with pytest.raises(StudioError, match="unpacks to"):
        read_checkpoint(tmp_path / "c.pth")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, Path]:
    """A checkpoint in both of PyTorch's formats, and a place to write to."""
    folder = tmp_path_factory.mktemp("cut")
    for name, modern in (("new", True), ("old", False)):
        torch.save({"state_dict": PLAIN}, folder / name, _use_new_zipfile_serialization=modern)
    return (folder / "new").read_bytes(), (folder / "old").read_bytes(), folder


@given(st.booleans(), st.floats(0, 0.99))
def test_a_file_that_is_cut_short_is_told(
    whole: tuple[bytes, bytes, Path], modern: bool, share: float
) -> None:
    content = whole[0] if modern else whole[1]
    file = whole[2] / "short.pth"
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(StudioError, match=r"short\.pth"):
        read_checkpoint(file)


@given(st.booleans(), st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_told(
    whole: tuple[bytes, bytes, Path], modern: bool, changes: list[tuple[float, int]]
) -> None:
    content = bytearray(whole[0] if modern else whole[1])
    for share, value in changes:
        content[int(share * len(content))] = value
    file = whole[2] / "damaged.pth"
    file.write_bytes(content)
    # Anything but our own error would end the test.
    with suppress(StudioError):
        assert all(isinstance(value, torch.Tensor) for value in read_checkpoint(file).values())

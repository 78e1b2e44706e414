"""What models can run on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from inference.devices import Device, choose, devices
from store.errors import StudioError


def test_the_processor_comes_first_and_says_its_memory() -> None:
    first = devices()[0]
    assert first.id == "cpu"
    assert first.memory > first.free > 0
    assert "cores" in first.line()


def test_a_line_leaves_out_what_nobody_knows() -> None:
    assert Device("cpu", "something", 0, 0).line() == "cpu  something"
    assert Device("cuda:0", "GPU", 2 * 1024**3, 1024**3).line() == "cuda:0  GPU  2.0 GiB, 1.0 GiB free"


def test_choosing_finds_something_that_is_there() -> None:
    assert choose("auto") in {device.id for device in devices()}
    assert choose("cpu") == "cpu"


def test_a_device_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(StudioError, match=r"cuda:99.*There are: cpu"):
        choose("cuda:99")


def test_importing_the_module_does_not_import_torch() -> None:
    script = "import sys, inference.devices; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

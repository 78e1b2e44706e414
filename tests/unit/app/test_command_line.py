"""The command line from outside: exit codes, what it prints, and what it must never import."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from app import __version__
from app.cli.program import run

#: What costs seconds or needs a screen, and has no place in a command without a window.
HEAVY = ("PySide6", "torch", "pyqtgraph")


def loaded_by(*arguments: str) -> set[str]:
    """The top-level packages that a command has imported when it is done."""
    script = (
        "import sys\n"
        "from app.cli.program import run\n"
        f"run({list(arguments)!r})\n"
        "sys.stdout.flush()\n"
        "sys.stderr.write('\\n' + ' '.join(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"deepfashion-studio {__version__}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for command in ("open", "demo", "import", "export", "info", "devices"):
        assert f" {command} " in text
    assert "--run" not in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["import", "yolo", ".", "--store", "x"],
        ["import", "coco", "."],
        ["export", "coco", "out.json", "--store", "x", "--layout", "300"],
        ["demo", "--errors", "1.5", "--headless"],
    ],
)
def test_wrong_usage_is_bad_input(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err


def test_devices_as_json_names_the_processor(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["devices", "--json"]) == 0
    devices = json.loads(capsys.readouterr().out)["devices"]
    assert devices[0]["id"] == "cpu"
    assert devices[0]["memory"] > 0


@pytest.mark.parametrize("arguments", [["--help"], ["info", "/no/such/store"], ["demo", "--help"]])
def test_the_command_line_imports_no_qt_and_no_torch(arguments: list[str]) -> None:
    assert not loaded_by(*arguments) & set(HEAVY)


def test_only_devices_imports_torch() -> None:
    loaded = loaded_by("devices")
    assert "torch" in loaded
    assert "PySide6" not in loaded

"""``schemas`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.program import run
from store.db import Store

HAT = "categories:\n  - name: hat\n    landmarks: [left brim, right brim]\n    pairs: [[1, 2]]\n"


def test_schemas_are_listed_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "store"
    Store.create(folder).close()
    assert run(["schemas", "--store", str(tmp_path)]) == 2
    other = tmp_path / "other.yaml"
    other.write_text(HAT + "    aspect: 0\n")
    assert run(["schemas", "--store", str(folder), "--check", str(other)]) == 1
    assert f"{other}, line 5: a number above 0" in capsys.readouterr().out
    (folder / "schemas.yaml").write_text(HAT)
    capsys.readouterr()
    assert run(["schemas", "--store", str(folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["categories"]) == 14
    assert said["categories"][-1]["pairs"] == [[1, 2]]
    assert run(["schemas", "--store", str(folder), "--names"]) == 0
    out = capsys.readouterr().out
    assert "trousers" in out
    assert "2  right brim" in out
    assert run(["schemas", "--store", str(folder), "--check", str(tmp_path / "none.yaml")]) == 2

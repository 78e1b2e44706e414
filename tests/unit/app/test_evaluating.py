"""``evaluate`` and ``compare`` on the command line: tables, files, filters, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.cli.outcome import Exit
from app.cli.program import run
from app.cli.tables import aligned
from store.runs import RunFolder
from store.runs.results import (
    Cell,
    Column,
    Draws,
    Evaluation,
    GarmentResults,
    Table,
    draws_key,
    write_evaluation,
)

TRUTH = {
    "images": [{"id": 1, "width": 100, "height": 80}],
    "categories": [{"id": 8, "name": "trousers"}],
    "annotations": [
        {
            "id": 1, "image_id": 1, "category_id": 8, "bbox": [10, 10, 40, 50], "area": 2000, "iscrowd": 0,
            "occlusion": 3, "segmentation": [[10, 10, 50, 10, 50, 60, 10, 60]],
            "keypoints": [value for n in range(14) for value in (10 + n, 20 + n, 1 + n % 2)],
        }
    ],
}  # fmt: skip
FOUND = {
    "bbox": [10, 10, 40, 50],
    "segmentation": [[10, 10, 50, 10, 50, 60, 10, 60]],
    "keypoints": TRUTH["annotations"][0]["keypoints"],  # type: ignore[index]
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A ground truth and perfect results of each kind."""
    out = {"truth": tmp_path / "gt.json"}
    out["truth"].write_text(json.dumps(TRUTH))
    for key, value in FOUND.items():
        out[key] = tmp_path / f"{key}.json"
        out[key].write_text(json.dumps([{"image_id": 1, "category_id": 8, key: value, "score": 0.9}]))
    return out


@pytest.mark.parametrize(
    ("command", "key", "title"),
    [
        ("detection", "bbox", "Box AP"),
        ("segmentation", "segmentation", "Mask AP"),
        ("landmarks", "keypoints", "Landmark AP"),
    ],
)
def test_files_are_measured(
    files: dict[str, Path],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: str,
    key: str,
    title: str,
) -> None:
    out = tmp_path / "out.json"
    arguments = ["evaluate", command, "--ground-truth", str(files["truth"]), "--results", str(files[key])]
    code = run([*arguments, "--by", "occlusion category", "--json", str(out)])
    shown = capsys.readouterr().out
    assert code == Exit.DONE
    assert title in shown
    assert "heavy" in shown
    assert "1.000" in shown
    assert "published: Match R-CNN" in shown
    kind = {"bbox": "boxes", "segmentation": "masks", "keypoints": "landmarks"}[key]
    assert json.loads(out.read_text())["metrics"][f"{kind}/AP"] == pytest.approx(1.0)


def test_visible_landmarks_alone(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "evaluate",
        "landmarks",
        "--ground-truth",
        str(files["truth"]),
        "--results",
        str(files["keypoints"]),
    ]
    assert run([*arguments, "--visibility", "visible"]) == Exit.DONE
    shown = capsys.readouterr().out
    assert "visible landmarks" in shown
    assert "0.605" in shown
    assert "0.529" not in shown


def test_retrieval_files_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contents: dict[str, Any] = {
        "query": [{"query_image_id": 1, "bbox": [0, 0, 9, 9], "cls": 1, "style": 1, "pair_id": 5}],
        "gallery": [{"gallery_image_id": 9, "bbox": [0, 0, 10, 10], "style": 1, "pair_id": 5}],
        "results": [
            {
                "query_image_id": 1, "query_bbox": [0, 0, 9, 9], "query_cls": 1, "query_score": 0.5,
                "gallery_image_id": [9] * 20, "gallery_bbox": [[0, 0, 10, 10]] * 20,
            }
        ],
    }  # fmt: skip
    arguments = ["evaluate", "retrieval", "--by", "category"]
    for name, content in contents.items():
        (tmp_path / name).write_text(json.dumps(content))
        arguments += [f"--{name}", str(tmp_path / name)]
    assert run(arguments) == Exit.DONE
    shown = capsys.readouterr().out
    assert "short sleeve top" in shown
    assert "top-20" in shown


def test_another_layout_is_bad_input(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["evaluate", "segmentation", "--ground-truth", str(files["truth"])]
    assert run([*arguments, "--results", str(files["bbox"])]) == Exit.BAD_INPUT
    told = capsys.readouterr().err
    assert "Record 0" in told
    assert "evaluate detection" in told
    arguments = [
        "evaluate",
        "detection",
        "--ground-truth",
        str(files["truth"]),
        "--results",
        str(files["bbox"]),
    ]
    assert run([*arguments, "--by", "colour"]) == Exit.BAD_INPUT
    assert "Choose among scale" in capsys.readouterr().err
    assert run([*arguments, "--json", "/nowhere/at/all.json"]) == Exit.BAD_INPUT
    assert "/nowhere/at/all.json" in capsys.readouterr().err


def evaluated(store: Path, value: float, right: list[bool]) -> str:
    """A run of a store with an evaluation in it."""
    folder = RunFolder.create(store, "train", ["train"])
    column = Column("", "overall")
    table = Table("boxes", "Box AP", ("AP",), (column,), ((Cell(value, value - 0.1, value + 0.1, 4),),))
    rng = np.random.default_rng(0)
    draws = {draws_key("boxes", "AP", column): (value + rng.normal(0, 0.01, 50)).astype(np.float32)}
    garments = GarmentResults(
        np.array([1, 2, 3, 4]),
        np.array([7, 7, 8, 9]),
        {"boxes": np.array(right, float)},
        {"boxes": np.array(right)},
        Draws(0, np.array([7, 8, 9]), draws),
    )
    (folder.path / "evaluation").mkdir()
    evaluation = Evaluation(f"model {value}", "d", "", 3, 4, {"boxes/AP": value}, (table,))
    write_evaluation(evaluation, garments, folder.path / "evaluation")
    return folder.id


def test_two_runs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = evaluated(tmp_path, 0.5, [True, False, False, True])
    second = evaluated(tmp_path, 0.6, [False, True, True, True])
    out = tmp_path / "out.json"
    assert run(["compare", first, second, "--store", str(tmp_path), "--json", str(out)]) == Exit.DONE
    shown = capsys.readouterr().out
    assert "model 0.5" in shown
    assert "+0.100" in shown
    assert "boxes, fixed: id in (7, 8)" in shown
    assert "boxes, broke: id in (7)" in shown
    data = json.loads(out.read_text())
    assert data["turned"][0]["fixed"] == [2, 3]
    assert data["tables"][0]["cells"][0][0]["better"] == 1
    folders = [str(tmp_path / "runs" / name) for name in (first, second)]
    assert run(["compare", *folders, "--store", str(tmp_path)]) == Exit.DONE


def test_a_run_without_evaluation_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = evaluated(tmp_path, 0.5, [True, False, False, True])
    bare = RunFolder.create(tmp_path, "train", ["train"]).id
    assert run(["compare", first, bare, "--store", str(tmp_path)]) == Exit.BAD_INPUT
    assert "has no evaluation" in capsys.readouterr().err
    assert run(["compare", first, "nowhere", "--store", str(tmp_path)]) == Exit.BAD_INPUT
    assert "nowhere" in capsys.readouterr().err


def test_columns_stand_under_each_other() -> None:
    assert aligned([["a", "1"], ["long", "22"]]) == ["a      1", "long  22"]
    assert aligned([]) == []

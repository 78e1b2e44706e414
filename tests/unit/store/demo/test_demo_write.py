"""The files of the demo dataset: layout, determinism, refusals."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from store.cv import cv2
from store.demo import DemoOptions, write_demo
from store.demo.fabrics import HELD_OUT, SEEN
from store.demo.families import FAMILIES, HELD_OUT_FAMILIES
from store.demo.plan import picture
from store.demo.scenes import SCENES
from store.errors import Cancelled, StudioError
from store.pictures import picture_size
from tests.unit.store.demo.demo_dataset import OPTIONS, Written

SMALL = DemoOptions(images=10, seed=11, errors=0.3, size=160)


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_layout_is_deepfashion2s(written: Written) -> None:
    names = []
    for split in ("train", "validation", "test"):
        images = {path.stem for path in (written.folder / split / "image").iterdir()}
        assert images == {path.stem for path in (written.folder / split / "annos").iterdir()}
        assert images
        names += sorted(images)
    assert sorted(names) == [f"{n:06d}" for n in range(1, OPTIONS.images + 1)]


def test_report_counts_what_is_there(written: Written) -> None:
    report = written.report
    assert (report.images, report.garments) == (len(written.annotations), len(written.items()))
    assert report.wrong == len(written.truth) > 0
    assert report.seconds > 0


def test_longer_side_is_as_asked(written: Written) -> None:
    for path in written.folder.glob("*/image/*.jpg"):
        width, height, orientation = picture_size(path)
        assert max(width, height) == OPTIONS.size
        assert width >= OPTIONS.size // 2
        assert orientation == 1


def test_same_seed_same_bytes_whatever_the_workers(tmp_path: Path) -> None:
    write_demo(tmp_path / "a", SMALL)
    write_demo(tmp_path / "b", replace(SMALL, workers=2))
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


def test_an_image_does_not_depend_on_how_many_there_are(tmp_path: Path) -> None:
    write_demo(tmp_path / "a", SMALL)
    write_demo(tmp_path / "b", replace(SMALL, images=6))
    few, many = fingerprint(tmp_path / "b"), fingerprint(tmp_path / "a")
    same = [name for name in few if name not in ("demo.json", "truth.jsonl")]
    assert len(same) == 12
    assert {name: few[name] for name in same} == {name: many[name] for name in same}


def test_another_seed_draws_something_else(tmp_path: Path) -> None:
    write_demo(tmp_path / "a", replace(SMALL, images=2))
    write_demo(tmp_path / "b", replace(SMALL, images=2, seed=12))
    assert not set(fingerprint(tmp_path / "a").values()) & set(fingerprint(tmp_path / "b").values())


def test_manifest_names_what_is_held_out(written: Written) -> None:
    manifest = json.loads((written.folder / "demo.json").read_bytes())
    assert (manifest["seed"], manifest["images"]) == (OPTIONS.seed, OPTIONS.images)
    assert (manifest["garments"], manifest["wrong"]) == (written.report.garments, written.report.wrong)
    for group in ("patterns", "outline_families", "backgrounds"):
        seen, held_out = manifest[group]["seen"], manifest[group]["held_out"]
        assert seen
        assert held_out
        assert not set(seen) & set(held_out)


def test_test_split_alone_uses_what_is_held_out() -> None:
    kept_backgrounds = {scene.name for scene in SCENES if scene.held_out}
    assert kept_backgrounds
    for index in range(400):
        plan = picture(5, index)
        for piece in (plan.main, *plan.matching, *plan.companions):
            pattern, family = piece.design.fabric.pattern, piece.design.outline.family
            assert (pattern in HELD_OUT) == (plan.split == "test")
            assert (family in HELD_OUT_FAMILIES) == (plan.split == "test")
        assert plan.held_out == (plan.split == "test")
    assert SEEN | HELD_OUT > HELD_OUT
    assert FAMILIES > HELD_OUT_FAMILIES


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"images": 0}, "images"),
        ({"images": 1_000_000}, "images"),
        ({"seed": -1}, "seed"),
        ({"errors": -0.1}, "errors"),
        ({"errors": 1.5}, "errors"),
        ({"errors": float("nan")}, "errors"),
        ({"size": 10}, "size"),
        ({"workers": 0}, "workers"),
    ],
)
def test_bad_options_write_nothing(change: dict[str, float], names: str, tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=names):
        write_demo(tmp_path / "out", replace(SMALL, **change))
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(StudioError, match="already"):
        write_demo(tmp_path, SMALL)
    with pytest.raises(StudioError, match="already"):
        write_demo(tmp_path / "mine.txt", SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_unwritable_place_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError, match="cannot be written"):
        write_demo(tmp_path / "file" / "out", SMALL)


@pytest.mark.parametrize("workers", [1, 2])
def test_cancelling_leaves_nothing_behind(workers: int, tmp_path: Path) -> None:
    def stop(done: int, total: int, message: str = "") -> None:
        if done == 3:
            raise Cancelled

    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "new", tmp_path / "empty"):
        with pytest.raises(Cancelled):
            write_demo(folder, replace(SMALL, workers=workers), stop)
    assert not (tmp_path / "new").exists()
    assert list((tmp_path / "empty").iterdir()) == []


def test_progress_counts_up(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []

    def note(done: int, total: int, message: str = "") -> None:
        calls.append((done, total))

    write_demo(tmp_path / "out", replace(SMALL, images=3), note)
    assert calls == [(1, 3), (2, 3), (3, 3)]


def test_pictures_are_not_blank(written: Written) -> None:
    for path in sorted(written.folder.glob("train/image/*.jpg"))[:10]:
        assert cv2.imread(str(path)).std() > 8

"""demo, import, export and info, as a person or a script calls them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli.program import run
from store.db import Store
from store.document import Document
from store.document.edits import set_facts, set_review
from store.errors import Cancelled, FormatError
from store.importing import ImportOptions, import_dataset
from store.records import Review
from store.runs import RunFolder

#: pycocotools and the NumPy of today: theirs to mend, and no fault of an export.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

IMAGES = 4


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo of IMAGES images with its store; not to be changed."""
    folder = tmp_path_factory.mktemp("demo")
    assert run(["demo", "--dir", str(folder), "--images", str(IMAGES), "--errors", "0", "--headless"]) == 0
    return folder


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command with ``--json`` and gives back its exit code and its answer."""

    def asked(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = run([*arguments, "--json"])
        out = capsys.readouterr().out
        return code, json.loads(out) if out else None

    return asked


def test_info_counts_what_is_there(demo: Path, answer: Any) -> None:
    code, told = answer("info", str(demo / "store"))
    assert code == 0
    assert told["images"] == IMAGES
    assert told["datasets"][0]["format"] == "deepfashion2"
    assert sum(told["split"].values()) == IMAGES
    assert told["review"] == {"to do": IMAGES}


def test_info_in_words(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["info", str(demo / "store")]) == 0
    assert f"{IMAGES} images" in capsys.readouterr().out


def test_a_demo_that_is_there_is_opened_as_it_is(tmp_path: Path, answer: Any) -> None:
    call = ("demo", "--dir", str(tmp_path), "--images", "2", "--headless")
    assert answer(*call)[1]["drawn"] is True
    with Store.open(tmp_path / "store") as store:
        document = Document(store, int(store.images.ids()[0]))
        document.apply(set_review(document.image, Review.ACCEPTED))
    code, told = answer(*call)
    assert (code, told["drawn"]) == (0, False)
    with Store.open(tmp_path / "store") as store:
        assert store.statistics.totals().reviewed == 1


def test_another_demo_is_not_drawn_over_it(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--dir", str(demo), "--images", "9", "--headless"]) == 2
    assert f"--images {IMAGES}" in capsys.readouterr().err


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "mine.txt").write_text("mine")
    assert run(["demo", "--dir", str(tmp_path), "--images", "1", "--headless"]) == 2
    assert (tmp_path / "dataset" / "mine.txt").read_text() == "mine"


def test_a_demo_that_was_broken_off_is_drawn_anew(tmp_path: Path, answer: Any) -> None:
    (tmp_path / "demo.json").write_text('{"images": 1, "seed": 7, "errors": 0.05, "whole": false}')
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "half.jpg").write_bytes(b"")
    code, told = answer("demo", "--dir", str(tmp_path), "--images", "1", "--headless")
    assert (code, told["drawn"], told["images"]) == (0, True, 1)


def test_import_makes_the_store(demo: Path, tmp_path: Path, answer: Any) -> None:
    code, told = answer(
        "import", "auto", str(demo / "dataset"), "--store", str(tmp_path / "s"), "--name", "again"
    )
    assert code == 0
    assert (told["format"], told["dataset"], told["images"]) == ("deepfashion2", "again", IMAGES)
    with Store.open(tmp_path / "s") as store:
        assert store.images.count() == IMAGES


def test_problems_of_an_import_are_told_and_give_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.json"
    file.write_text(
        json.dumps(
            {
                "images": [{"id": 1, "file_name": "gone.jpg", "width": 10, "height": 10}],
                "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5]}],
                "categories": [{"id": 1, "name": "hat"}],
            }
        )
    )
    call = ["import", "coco", str(file), "--store", str(tmp_path / "s")]
    assert run(call) == 1
    assert "gone.jpg" in capsys.readouterr().out
    assert run([*call, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["dataset"], told["again"], told["same"], told["images"]) == ("a", True, 1, 0)
    (problem,) = told["problem_list"]
    assert (problem["code"], problem["severity"], problem["file"]) == (
        "picture-missing",
        "warning",
        "gone.jpg",
    )


def test_who_wins_can_be_said_when_a_dataset_is_imported_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5], "style": 1}
    whole: dict[str, Any] = {
        "images": [{"id": 1, "file_name": "gone.jpg", "width": 10, "height": 10}],
        "annotations": [annotation],
        "categories": [{"id": 1, "name": "hat"}],
    }
    file = tmp_path / "a.json"
    file.write_text(json.dumps(whole))
    call = ["import", "coco", str(file), "--store", str(tmp_path / "s")]
    assert run(call) == 1
    with Store.open(tmp_path / "s") as store:
        document = Document(store, 1)
        document.apply(set_facts(document.garments[0], style=2))
    annotation["style"] = 3
    file.write_text(json.dumps(whole))
    capsys.readouterr()
    assert run(call) == 1
    assert "the edits were kept" in capsys.readouterr().out
    assert run([*call, "--conflicts", "theirs"]) == 1
    assert "1 changed" in capsys.readouterr().out
    with Store.open(tmp_path / "s") as store:
        assert store.garments.of_image(1)[0].style == 3


@pytest.mark.parametrize("arguments", [["coco", "nowhere.json"], ["deepfashion2", "."], ["auto", "."]])
def test_an_import_of_nothing_leaves_nothing(tmp_path: Path, arguments: list[str]) -> None:
    format, path = arguments
    (tmp_path / "empty").mkdir()
    where = tmp_path / "empty" if path == "." else tmp_path / path
    assert run(["import", format, str(where), "--store", str(tmp_path / "s")]) == 2
    assert not (tmp_path / "s").exists()


def test_an_import_of_nothing_leaves_what_was_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    assert run(["import", "coco", str(tmp_path / "no.json"), "--store", str(folder)]) == 2
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_export_and_import_give_the_same_again(demo: Path, tmp_path: Path, answer: Any) -> None:
    out = tmp_path / "out.json"
    code, told = answer("export", "coco", str(out), "--store", str(demo / "store"))
    assert code == 0
    assert (told["images"], told["verified"], told["refused"]) == (IMAGES, IMAGES, False)
    assert told["files"] == [str(out)]
    assert len(json.loads(out.read_text())["images"]) == IMAGES


def test_export_of_a_filter_from_a_file(demo: Path, tmp_path: Path, answer: Any) -> None:
    with Store.open(demo / "store") as store:
        wanted = int(store.images.ids()[0])
    where = tmp_path / "where.txt"
    where.write_text(f"id = {wanted}")
    code, told = answer(
        "export",
        "deepfashion2",
        str(tmp_path / "out"),
        "--store",
        str(demo / "store"),
        "--where",
        f"@{where}",
    )
    assert (code, told["images"]) == (0, 1)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("category = = 3", "should be a value"),
        ("category = spaceship", "spaceship"),
        ("id = 999999", "no images"),
        ("id = 1 and foo = 3", "\n  id = 1 and foo = 3\n             ^"),
        ("id = 1\nand category = hat", "\n  and category = hat\n                 ^"),
    ],
)
def test_a_filter_that_makes_no_sense_writes_nothing(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str, words: str
) -> None:
    out = tmp_path / "out.json"
    assert run(["export", "coco", str(out), "--store", str(demo / "store"), "--where", where]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_strict_writes_nothing_where_something_would_be_lost(tmp_path: Path, answer: Any) -> None:
    own = tmp_path / "a.json"
    own.write_text(
        json.dumps(
            {
                "images": [{"id": 1, "file_name": "000001.jpg", "width": 10, "height": 10}],
                "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5]}],
                "categories": [{"id": 1, "name": "hat"}],
            }
        )
    )
    run(["import", "coco", str(own), "--store", str(tmp_path / "s")])
    out = tmp_path / "out"
    call = ("export", "deepfashion2", str(out), "--store", str(tmp_path / "s"))
    code, told = answer(*call, "--strict")
    assert (code, told["refused"], told["files"]) == (1, True, [])
    assert any(not loss["kept"] for loss in told["losses"])
    assert not out.exists()


def test_a_place_that_cannot_be_written_is_bad_input(demo: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "out.json"
    assert run(["export", "coco", str(out), "--store", str(demo / "store")]) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such device")
def test_a_device_is_not_replaced_by_an_export(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "coco", "/dev/null", "--store", str(demo / "store")]) == 2
    assert "device" in capsys.readouterr().err
    assert not Path("/dev/null").is_file()


def test_a_failed_export_leaves_no_folders(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "deep" / "out.json"
    call = ["export", "coco", str(out), "--store", str(demo / "store")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("store.formats.coco.official.open_sample", _refuse)
        assert run(call) == 2
    assert list(tmp_path.iterdir()) == []
    assert run(call) == 0
    assert [path.name for path in out.parent.iterdir()] == ["out.json"]


def _refuse(*_: object) -> int:
    raise FormatError("The sample does not open.")


def test_a_store_below_a_file_is_bad_input(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    for place in (file, file / "store"):
        assert run(["import", "auto", str(demo / "dataset"), "--store", str(place)]) == 2
        assert "is not a folder, or lies below a file" in capsys.readouterr().err
    assert file.read_text() == "in the way"


def test_info_tells_of_an_import_that_was_broken_off(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise Cancelled

    with Store.create(tmp_path / "s") as store, pytest.raises(Cancelled):
        import_dataset(store, "auto", demo / "dataset", ImportOptions(), stop)
    assert run(["info", str(tmp_path / "s")]) == 0
    assert "its import has not come to its end" in capsys.readouterr().out
    assert run(["import", "auto", str(demo / "dataset"), "--store", str(tmp_path / "s")]) == 0
    assert run(["info", str(tmp_path / "s"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [dataset["unfinished"] for dataset in told["datasets"]] == [False]


def test_an_empty_store_is_said_to_be_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Store.create(tmp_path / "s").close()
    assert run(["export", "coco", str(tmp_path / "o.json"), "--store", str(tmp_path / "s")]) == 2
    assert "Import a dataset first" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["coco", "deepfashion2"])
def test_one_dataset_twice_in_a_store_goes_out_and_comes_back(
    demo: Path, tmp_path: Path, answer: Any, kind: str
) -> None:
    store = str(tmp_path / "s")
    for name in ("first", "second"):
        assert answer("import", "auto", str(demo / "dataset"), "--store", store, "--name", name)[0] == 0
    out = tmp_path / "out.json" if kind == "coco" else tmp_path / "out"
    code, told = answer("export", kind, str(out), "--store", store)
    assert (code, told["verified"]) == (0, 2 * IMAGES)
    _, told = answer("import", kind, str(out), "--store", str(tmp_path / "back"))
    assert told["images"] == 2 * IMAGES
    assert told["missing"] == (0 if kind == "coco" else 2 * IMAGES)


def test_no_store_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["info", str(tmp_path / "no")]) == 2
    assert capsys.readouterr().err.startswith("Error: ")


def test_an_export_as_a_job_reports_its_proofs(demo: Path, tmp_path: Path) -> None:
    job = RunFolder.create(tmp_path, "export", ["export"])
    arguments = ["export", "coco", str(tmp_path / "out.json"), "--store", str(demo / "store")]
    assert run([*arguments, "--run", str(job.path)]) == 0
    proofs = [event.data["key"] for event in job.read(0)[0] if event.kind == "proof"]
    assert proofs[-1] == "named"
    assert {"written", "compared", "official"} <= set(proofs)
    assert job.state().state == "done"


def test_the_whole_road_imports_no_qt_and_no_torch(demo: Path, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from app.cli.program import run\n"
        f"store = {str(tmp_path / 's')!r}\n"
        f"assert run(['import', 'auto', {str(demo / 'dataset')!r}, '--store', store]) == 0\n"
        f"assert run(['export', 'coco', {str(tmp_path / 'o.json')!r}, '--store', store]) == 0\n"
        "sys.exit(bool({'PySide6', 'torch'} & {name.split('.')[0] for name in sys.modules}))\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)

"""Files of the benchmarks: the expected figures, the official examples, and layouts that are others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.evaluation.files import read_ground_truth, read_results
from inference.evaluation.from_files import detections_of_files, retrieval_of_files
from store.errors import StudioError

Write = Callable[[str, Any], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return make


def ground_truth(**changes: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 1, "width": 100, "height": 80}, {"id": 2, "width": 100, "height": 80}],
        "categories": [{"id": 3, "name": "trousers"}, {"id": 4, "name": "hat"}],
        "annotations": [
            {
                "id": 11, "image_id": 1, "category_id": 3, "bbox": [10, 10, 40, 50], "area": 2000,
                "iscrowd": 0, "segmentation": [[10, 10, 50, 10, 50, 60, 10, 60]],
                "occlusion": 3, "scale": "small",
            },
            {"id": 12, "image_id": 2, "category_id": 4, "bbox": [5, 5, 20, 20], "area": 400, "iscrowd": 0},
        ],
        **changes,
    }  # fmt: skip


BOX = {"image_id": 1, "category_id": 3, "bbox": [10, 10, 40, 50], "score": 0.9}


def shifted(truth: dict[str, Any], shift: float) -> list[dict[str, Any]]:
    results = []
    for one in truth["annotations"]:
        points = np.array(one["keypoints"]).reshape(-1, 3)
        points[points[:, 2] > 0, 0] += shift
        results.append(
            {
                "image_id": 1,
                "category_id": one["category_id"],
                "keypoints": points.ravel().tolist(),
                "score": 0.9,
            }
        )
    return results


@pytest.mark.parametrize("mode", ["vis", "vis_and_occ"])
def test_landmarks_equal_the_expected_figures(samples: Path, write: Write, mode: str) -> None:
    folder = samples / "deepfashion2" / "expected"
    truth = folder / "000001_coco_by_official_script.json"
    cases = json.loads((folder / "000001_oks_expected.json").read_text())["cases"]
    for name, modes in cases.items():
        shift = float(name.removeprefix("shift_x_").removesuffix("px"))
        results = write("results.json", shifted(json.loads(truth.read_text()), shift))
        evaluation, garments = detections_of_files(
            "landmarks", truth, results, visibility="visible" if mode == "vis" else "all"
        )
        for figure in ("AP", "AP50", "AP75"):
            assert evaluation.metrics[f"landmarks/{figure}"] == pytest.approx(modes[mode][figure], abs=1e-6)
        # The garments of the file: trousers (8) first, the top (1) second.
        expected = [modes[mode]["oks"]["8"], modes[mode]["oks"]["1"]]
        np.testing.assert_allclose(garments.scores["landmarks"], expected, atol=1e-6)


def test_retrieval_equals_the_expected_figures(samples: Path) -> None:
    folder = samples / "retrieval_gt"
    expected = json.loads((folder / "generated_results_expected.json").read_text())
    evaluation, garments = retrieval_of_files(
        folder / "val_query.json",
        folder / "val_gallery.json",
        folder / "generated_results.json",
        by=("category",),
    )
    table = evaluation.tables[0]
    assert table.cells[0][-1].count == expected["query_num"]
    for k, accuracy in expected["accuracy"].items():
        cell = table.cells[table.rows.index(f"top-{k}")][-1]
        assert cell.value == pytest.approx(accuracy, abs=1e-6)
        assert round((cell.value or 0) * cell.count) == expected["correct"][k]
    missed = int(table.note.split(";")[1].split()[0])
    silent = int(table.note.split("(")[1].split()[0])
    # The official script does not count images without any result.
    assert missed - silent == expected["miss_num"]
    assert np.isfinite(garments.scores["retrieval"]).sum() == expected["query_num"]
    assert {one.method for one in evaluation.published} == {"Match R-CNN"}


@pytest.mark.parametrize(("kind", "name"), [("boxes", "bbox"), ("masks", "segm"), ("landmarks", "keys")])
def test_official_example_results_load(samples: Path, write: Write, kind: Any, name: str) -> None:
    images = [{"id": number, "width": 468, "height": 624} for number in range(1, 6)]
    found = json.loads((samples / "results_examples" / f"example_{name}_results.json").read_text())
    sizes = {one["image_id"]: one["segmentation"]["size"] for one in found if "segmentation" in one}
    for image in images:
        image["height"], image["width"] = sizes.get(image["id"], (image["height"], image["width"]))
    truth = read_ground_truth(
        write(
            "gt.json",
            {"images": images, "annotations": [], "categories": [{"id": 1, "name": "short sleeve top"}]},
        )
    )
    said, notes = read_results(samples / "results_examples" / f"example_{name}_results.json", truth, kind)
    assert sum(len(one.garments) for one in said) == 5
    assert notes == []
    assert {one.image_id for one in said} == {1, 2, 3, 4, 5}


def test_the_official_example_of_retrieval_loads(samples: Path) -> None:
    folder = samples / "retrieval_gt"
    evaluation, _ = retrieval_of_files(
        folder / "val_query.json",
        folder / "val_gallery.json",
        samples / "results_examples" / "example_retrieval_results.json",
    )
    assert evaluation.metrics["retrieval/top20"] >= 0.0


def test_categories_are_known_by_their_names_and_others_keep_theirs(write: Write) -> None:
    truth = read_ground_truth(write("gt.json", ground_truth()))
    assert truth.ids == {3: 8, 4: 1004}
    assert [(one.id, one.name) for one in truth.categories] == [(8, "trousers"), (1004, "hat")]
    garment = truth.images[0].garments[0]
    assert garment.box is not None
    assert garment.box.tolist() == [10, 10, 50, 60]
    assert dict(garment.facts) == {"occlusion": "heavy", "scale": "small"}


def test_ids_of_other_categories_may_be_as_they_like(write: Write) -> None:
    results = write("r.json", [BOX, {**BOX, "image_id": 2, "category_id": 4, "bbox": [5, 5, 20, 20]}])
    evaluation, garments = detections_of_files(
        "boxes", write("gt.json", ground_truth()), results, by=("occlusion",)
    )
    assert evaluation.metrics["boxes/AP"] == pytest.approx(1.0)
    assert garments.garment_ids.tolist() == [11, 12]


def test_what_does_not_matter_may_differ(write: Write) -> None:
    truth = ground_truth()
    truth["annotations"][0]["id"] = 0
    truth["info"] = "anything"
    results = {
        "results": [{**BOX, "image_id": "1", "extra": 1}, {**BOX, "image_id": 77}, {**BOX, "category_id": 9}]
    }
    evaluation, garments = detections_of_files("boxes", write("gt.json", truth), write("r.json", results))
    assert garments.garment_ids.tolist() == [1, 2]
    assert [note for note in evaluation.notes if "of 3 results" in note] == [
        "1 of 3 results are for images outside the ground truth; left out.",
        "1 of 3 results have categories outside the ground truth; left out.",
    ]
    assert any("counted in the file's order" in note for note in evaluation.notes)


def test_masks_may_be_polygons_or_uncompressed(write: Write) -> None:
    truth = write("gt.json", ground_truth())
    square = [[10, 10, 50, 10, 50, 60, 10, 60]]
    polygons = write("a.json", [{"image_id": 1, "category_id": 3, "segmentation": square, "score": 1}])
    drawn = np.zeros((80, 100), np.uint8)
    drawn[10:60, 10:50] = 1
    runs, last, count = [], 0, 0
    for value in drawn.T.ravel().tolist():
        if value != last:
            runs.append(count)
            last, count = value, 0
        count += 1
    counts = {"size": [80, 100], "counts": [*runs, count]}
    uncompressed = write("b.json", [{"image_id": 1, "category_id": 3, "segmentation": counts, "score": 1}])
    for results in (polygons, uncompressed):
        _, garments = detections_of_files("masks", truth, results)
        assert garments.scores["masks"][0] == pytest.approx(1.0)
        assert np.isnan(garments.scores["masks"][1])


WRONG_TRUTHS = [
    ("{", "is not JSON"),
    ([BOX], "is an array of 1, the first of them: object with the keys image_id"),
    ({"item1": {}, "source": "user"}, "is an object with the keys item1, source"),
    (ground_truth(images=[{"width": 3}]), 'Image 0 of .* has no "id"'),
    (ground_truth(annotations=[{"image_id": 1, "category_id": 3}]), 'Annotation 0 of .* has no "bbox"'),
    (ground_truth(annotations=[3]), "Annotation 0 of .* is the value 3"),
]


@pytest.mark.parametrize(("content", "said"), WRONG_TRUTHS)
def test_a_ground_truth_of_another_layout_says_what_was_expected(
    write: Write, content: Any, said: str
) -> None:
    with pytest.raises(StudioError, match=said) as caught:
        read_ground_truth(write("gt.json", content))
    assert "gt.json" in caught.value.what
    if content != "{":
        assert '"annotations"' in caught.value.fix


WRONG_RESULTS = [
    ("boxes", [], "is an empty array"),
    ("boxes", {"boxes": [[1, 2, 3, 4]]}, "is an object with the keys boxes"),
    ("boxes", [BOX, {"image_id": 1, "category_id": 3, "score": 1}], 'Record 1 of .* has no "bbox"'),
    ("boxes", [{**BOX, "bbox": [1, 2, 3]}], 'Record 0 of .* has 3 numbers in "bbox", not 4'),
    ("boxes", [{**BOX, "bbox": "1 2 3 4"}], "no array of numbers"),
    ("boxes", [{**BOX, "score": "high"}], 'has a "score" that is no number'),
    ("boxes", [{**BOX, "image_id": "one"}], 'has a "image_id" that is no whole number'),
    ("masks", [BOX], "evaluate detection"),
    ("landmarks", [{**BOX, "keypoints": [1, 2, 3]}], 'has 3 numbers in "keypoints", not 882 or 42'),
    (
        "masks",
        [{**BOX, "segmentation": {"size": [5, 5], "counts": "1"}}],
        "mask of 5 x 5 for an image of 80 x 100",
    ),
    ("masks", [{**BOX, "segmentation": {"size": [5]}}], "no run length"),
    ("boxes", [{**BOX, "image_id": 50}], "None of the 1 results"),
]


@pytest.mark.parametrize(("kind", "content", "said"), WRONG_RESULTS)
def test_results_of_another_layout_say_what_was_expected(
    write: Write, kind: Any, content: Any, said: str
) -> None:
    truth = read_ground_truth(write("gt.json", ground_truth()))
    with pytest.raises(StudioError, match=said) as caught:
        read_results(write("r.json", content), truth, kind)
    assert "r.json" in caught.value.what


QUERY = {"query_image_id": 1, "bbox": [0, 0, 10, 10], "cls": 1, "style": 1, "pair_id": 5, "occlusion": 2}
SHOP = {"gallery_image_id": 9, "bbox": [0, 0, 10, 10], "style": 1, "pair_id": 5}
FOUND = {
    "query_image_id": 1, "query_bbox": [0, 0, 9, 9], "query_cls": 1, "query_score": 0.5,
    "gallery_image_id": [8, 9], "gallery_bbox": [[0, 0, 10, 10], [0, 0, 9, 10]],
}  # fmt: skip


def test_a_short_list_of_results_is_read_and_said(write: Write) -> None:
    evaluation, _ = retrieval_of_files(
        write("q.json", [QUERY, {**QUERY, "style": 0}]),
        write("g.json", [SHOP]),
        write("r.json", [FOUND]),
        by=("occlusion",),
    )
    assert evaluation.metrics["retrieval/top1"] == 0.0
    assert evaluation.metrics["retrieval/top5"] == 1.0
    assert any("fewer than 20" in note for note in evaluation.notes)
    assert [column.name for column in evaluation.tables[0].columns] == [
        "slight",
        "medium",
        "heavy",
        "overall",
    ]


@pytest.mark.parametrize(
    ("query", "gallery", "results", "said"),
    [
        ([{"bbox": [0, 0, 1, 1]}], [SHOP], [FOUND], 'q.json .* has no "query_image_id"'),
        ([QUERY], {"a": 1}, [FOUND], "g.json is an object with the keys a"),
        ([QUERY], [SHOP], [BOX], 'r.json .* has no "query_image_id"'),
        ([QUERY], [SHOP], [{**FOUND, "gallery_bbox": [[0, 0, 1, 1]]}], 'has 2 in "gallery_image_id"'),
    ],
)
def test_retrieval_files_of_another_layout_say_what_was_expected(
    write: Write, query: Any, gallery: Any, results: Any, said: str
) -> None:
    with pytest.raises(StudioError, match=said):
        retrieval_of_files(write("q.json", query), write("g.json", gallery), write("r.json", results))


def test_landmarks_without_sigmas_have_errors_where_a_garment_is_alone(samples: Path, write: Write) -> None:
    path = samples / "fld" / "test_fld.json"
    results = []
    for one in json.loads(path.read_text())["annotations"]:
        points = np.array(one["keypoints"], float).reshape(-1, 3)
        points[:, 0] += 0.05 * one["bbox"][2]
        said = {
            "image_id": one["image_id"],
            "category_id": one["category_id"],
            "keypoints": points.ravel().tolist(),
        }
        results += [{**said, "score": 0.9}, {**said, "keypoints": [0] * 24, "score": 0.1}]
    evaluation, garments = detections_of_files("landmarks", path, write("r.json", results))
    assert evaluation.metrics == {
        "landmarks/NE": pytest.approx(0.05),
        "landmarks/detected": 1.0,
    }
    assert garments.correct["landmark_error"].all()
    assert {error.schema for error in evaluation.landmark_errors} == {"full-body"}
    assert {one.method for one in evaluation.published} >= {"FashionNet", "MMPose ResNet-50"}


def test_a_ground_truth_without_what_was_asked_for_is_said(write: Write) -> None:
    results = write("r.json", [{"image_id": 1, "category_id": 3, "keypoints": [1, 2, 1] * 14, "score": 1}])
    with pytest.raises(StudioError, match=r"Nothing of .* can be measured"):
        detections_of_files("landmarks", write("gt.json", ground_truth()), results)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"nowhere\.json cannot be read"):
        read_ground_truth(tmp_path / "nowhere.json")

"""One evaluation from memory: detectors, models for crops, slices, intervals, notes, what stands beside."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.evaluation.assemble import evaluate, quick
from resources.taxonomy import fine_attributes
from store.errors import StudioError
from store.runs.manifest import ModelCategory
from store.runs.predictions import GarmentPrediction, GarmentTruth, ImagePrediction, ImageTruth
from store.runs.results import read_evaluation, read_garments, write_evaluation

from .drawn import CATEGORIES, KINDS, SIDE, random_case

BY = ("occlusion", "category")


def crops(
    seed: int = 0, images: int = 30
) -> tuple[list[ImageTruth], list[ImagePrediction], tuple[ModelCategory, ...]]:
    """Garments of eight landmarks with attributes and identities, and a model that is asked about each."""
    rng = np.random.default_rng(seed)
    kinds = tuple(ModelCategory(kind, f"kind {kind}") for kind in range(1, 8))
    truths, said = [], []
    for number in range(1, images + 1):
        box = np.array([10.0, 20, 60, 90])
        points = np.column_stack([rng.uniform(box[:2], box[2:], (8, 2)), rng.choice([0.0, 1, 2], 8)])
        identity = number % (images // 3)
        attributes = rng.choice([0.0, 1.0, np.nan], 26, p=[0.7, 0.2, 0.1])
        kind = int(rng.integers(1, 8))
        truths.append(
            ImageTruth(
                number,
                SIDE,
                SIDE,
                (
                    GarmentTruth(
                        number,
                        kind,
                        box,
                        None,
                        points,
                        attributes,
                        identity,
                        shop=number > images // 3,
                        facts={"variation": str(rng.choice(["normal pose", "large pose"]))},
                    ),
                ),
            )
        )
        scores = rng.random(7)
        scores[kind - 1] += 0.5
        shift = np.zeros((8, 3))
        shift[:, 0] = 2.0
        said.append(
            ImagePrediction(
                number,
                (
                    GarmentPrediction(
                        kind,
                        1.0,
                        box,
                        None,
                        points + shift,
                        scores,
                        np.nan_to_num(attributes) + 0.6 * rng.random(26),
                        number,
                        np.eye(images // 3)[identity] + 0.3 * rng.random(images // 3),
                    ),
                ),
            )
        )
    return truths, said, kinds


def test_a_detector_has_everything_it_predicts(tmp_path: Path) -> None:
    truths, said = random_case(1, images=40)
    evaluation, garments = evaluate(
        truths, said, by=BY, categories=CATEGORIES, model="m", data="d", where="split = test"
    )
    assert {"boxes/AP", "masks/AP75", "landmarks/AP50", "landmarks/NE", "retrieval/top1"} <= set(
        evaluation.metrics
    )
    tables = {table.key: table for table in evaluation.tables}
    boxes = tables["boxes"]
    assert boxes.rows == ("AP", "AP50", "AP75")
    assert [column.name for column in boxes.columns] == [
        "slight", "medium", "heavy", "shorts", "skirt", "vest", "overall",
    ]  # fmt: skip
    assert boxes.columns[2].where == "(split = test) and occlusion = heavy"
    overall = boxes.cells[0][-1]
    assert overall.value == evaluation.metrics["boxes/AP"]
    assert overall.low is not None
    assert overall.high is not None
    assert overall.low < overall.value < overall.high
    assert overall.count == len(garments.garment_ids) == evaluation.garments
    assert sum(cell.count for cell in boxes.cells[0][:3]) == overall.count
    assert (np.diff(garments.garment_ids) > 0).all()
    assert {"boxes", "masks", "landmarks", "landmark_error", "retrieval"} <= set(garments.scores)
    assert set(garments.correct) == set(garments.scores)
    assert {curve.chart for curve in evaluation.curves} == {"boxes", "masks", "landmarks"}
    write_evaluation(evaluation, garments, tmp_path)
    assert read_evaluation(tmp_path) == evaluation
    again = read_garments(tmp_path)
    assert again.draws is not None
    assert garments.draws is not None
    assert set(again.draws.cells) == set(garments.draws.cells)


def test_the_slices_of_category_are_cocos_figures_by_category() -> None:
    truths, said = random_case(2, images=40)
    evaluation, _ = evaluate(truths, said, by=("category",), categories=CATEGORIES, model="m", data="d")
    row = evaluation.tables[0].cells[0]
    assert np.mean([cell.value for cell in row[:-1]]) == pytest.approx(row[-1].value)


def test_confusions_count_every_garment_once() -> None:
    truths, said = random_case(4, images=40)
    evaluation, _ = evaluate(truths, said, categories=CATEGORIES, model="m", data="d")
    confusion = evaluation.confusion
    assert confusion is not None
    assert confusion.names[-1] == "nothing"
    for row, kind in enumerate(KINDS):
        assert sum(confusion.counts[row]) == sum(
            g.category_id == kind for one in truths for g in one.garments
        )
    sure = sum(one.score >= 0.5 for image in said for one in image.garments)
    assert sum(sum(row[:-1]) for row in confusion.counts) == sure


def labelled(garment: GarmentTruth) -> np.ndarray | None:
    """The landmarks of a garment that has any: predicted zeros are wrong, as in the official evaluation."""
    return garment.landmarks if garment.landmarks is not None and garment.landmarks.any() else None


def test_perfect_predictions_are_perfect() -> None:
    truths, _ = random_case(6)
    said = [
        ImagePrediction(
            one.image_id,
            tuple(GarmentPrediction(g.category_id, 0.9, g.box, None, labelled(g)) for g in one.garments),
        )
        for one in truths
    ]
    figures = quick(truths, said, categories=CATEGORIES)
    assert figures["boxes/AP"] == pytest.approx(1.0)
    assert figures["landmarks/AP"] == pytest.approx(1.0)
    assert figures["landmarks/NE"] == 0.0
    assert figures["landmarks/detected"] == 1.0
    assert "masks/AP" not in figures


def test_quick_has_the_same_figures() -> None:
    truths, said = random_case(7)
    evaluation, _ = evaluate(truths, said, by=BY, categories=CATEGORIES, model="m", data="d")
    figures = quick(truths, said, categories=CATEGORIES)
    assert figures == pytest.approx(dict(evaluation.metrics))
    truths, said, kinds = crops()
    evaluation, _ = evaluate(truths, said, categories=kinds, model="m", data="d")
    assert quick(truths, said, categories=kinds) == pytest.approx(dict(evaluation.metrics))


def test_a_model_for_crops_has_no_box_average_precision() -> None:
    truths, said, kinds = crops()
    evaluation, garments = evaluate(truths, said, by=("variation",), categories=kinds, model="m", data="d")
    assert set(evaluation.metrics) == {
        "landmarks/NE", "landmarks/detected", "category/top1", "category/top3", "category/top5",
        "attributes/top3", "attributes/top5", "retrieval/top1", "retrieval/top5", "retrieval/top10",
        "retrieval/top20", "retrieval/mAP",
    }  # fmt: skip
    assert evaluation.metrics["landmarks/NE"] == pytest.approx(2 / 50)
    tables = {table.key: table for table in evaluation.tables}
    assert not tables["landmark_error"].higher_is_better
    groups = list(dict.fromkeys(group for group, _ in fine_attributes()))
    assert tables["attributes"].rows == (
        *("top-3", *(f"{group} top-3" for group in groups)),
        *("top-5", *(f"{group} top-5" for group in groups)),
    )
    assert [column.name for column in tables["category"].columns[-2:]] == ["large zoom-in", "overall"]
    assert {error.schema for error in evaluation.landmark_errors} == {"full-body"}
    assert len(evaluation.landmark_errors) == 8
    assert any("MMFashion" in note and "Attributes" in note for note in evaluation.notes)
    # Only the queries, garments of consumers, are measured.
    assert np.isfinite(garments.scores["retrieval"]).sum() == 10


def test_published_figures_stand_only_beside_their_own_protocol() -> None:
    truths, said, kinds = crops()
    evaluation, _ = evaluate(truths, said, categories=kinds, model="m", data="d")
    beside = {(one.table, one.method) for one in evaluation.published}
    assert ("category", "FashionNet") in beside
    assert ("retrieval", "GRNet") in beside
    assert ("retrieval", "Match R-CNN") not in beside
    assert all(one.data and one.source for one in evaluation.published)
    truths, said = random_case(1)
    all_marks, _ = evaluate(truths, said, categories=CATEGORIES, model="m", data="d")
    visible, _ = evaluate(truths, said, categories=CATEGORIES, model="m", data="d", visibility="visible")

    def landmark(evaluation: object) -> list[float]:
        return [one.value for one in evaluation.published if one.table == "landmarks"]  # type: ignore[attr-defined]

    assert (landmark(all_marks), landmark(visible)) == ([0.529], [0.605])
    # Errors are published of DeepFashion's eight landmarks, not of DeepFashion2's.
    assert not any(one.table.startswith("landmark_") for one in all_marks.published)


def test_figures_of_the_in_shop_model_stand_beside_its_own_classes_only() -> None:
    truths = [ImageTruth(1, 9, 9, (GarmentTruth(1, 1001, np.array([0.0, 0, 5, 5])),))]
    for name, methods in (("Top", {"MMDetection Mask R-CNN"}), ("gloves", set())):
        evaluation, _ = evaluate(truths, [], categories=[ModelCategory(1001, name)], model="m", data="d")
        assert {one.method for one in evaluation.published} == methods


def test_detected_garments_are_looked_for_by_deepfashion2s_rules() -> None:
    left, right = np.array([0.0, 0, 10, 10]), np.array([20.0, 0, 30, 10])
    near, far = np.array([0.0, 0.0]), np.array([9.0, 9.0])

    def said(kind: int, score: float, box: np.ndarray, embedding: np.ndarray) -> GarmentPrediction:
        return GarmentPrediction(kind, score, box, embedding=embedding)

    truths = [
        ImageTruth(1, 99, 99, (GarmentTruth(1, 5, left, identity=3, shop=False),)),
        ImageTruth(2, 99, 99, (GarmentTruth(2, 5, left, identity=4, shop=False),)),
        ImageTruth(3, 99, 99, (GarmentTruth(3, 5, left, identity=3, shop=True),)),
        # The category of what is found does not matter, that it lies on the garment does.
        ImageTruth(4, 99, 99, (GarmentTruth(4, 7, left, identity=4, shop=True),)),
        ImageTruth(5, 99, 99, (GarmentTruth(5, 5, left, identity=5, shop=False),)),
    ]
    predictions = [
        # The surest of the right category speaks: it is near; the surer one of another category would be far.
        ImagePrediction(1, (said(7, 0.9, left, far), said(5, 0.6, left, near))),
        # Missed: no detection says its category.
        ImagePrediction(2, (said(7, 0.9, left, near),)),
        ImagePrediction(3, (said(5, 0.9, right, near), said(9, 0.5, left, near + 0.5))),
        ImagePrediction(4, (said(7, 0.9, left, near + 0.1),)),
    ]
    evaluation, garments = evaluate(truths, predictions, categories=CATEGORIES, model="m", data="d")
    # Nearest is a detection of nothing, then that of another identity, then the garment itself.
    scores = garments.scores["retrieval"]
    assert scores[0] == pytest.approx(1 / 3)
    assert scores[1] == 0.0
    # Garments of shops are no queries, nor is one without a counterpart.
    assert np.isnan(scores[2:]).all()
    assert evaluation.metrics["retrieval/top1"] == 0.0
    assert evaluation.metrics["retrieval/top5"] == 0.5
    assert evaluation.metrics["retrieval/mAP"] == pytest.approx(1 / 6)
    note = next(table.note for table in evaluation.tables if table.key == "retrieval")
    assert "1 garments were missed" in note
    assert "1 garments without a counterpart" in note


def test_each_garment_is_a_query_where_nothing_says_shop() -> None:
    truths, said, kinds = crops()
    bare = [replace(one, garments=tuple(replace(g, shop=None) for g in one.garments)) for one in truths]
    evaluation, garments = evaluate(bare, said, categories=kinds, model="m", data="d")
    assert np.isfinite(garments.scores["retrieval"]).all()
    assert evaluation.metrics["retrieval/top1"] > 0.8
    assert {one.method for one in evaluation.published if one.table == "retrieval"} >= {
        "FashionNet",
        "Unicom L",
    }


def test_a_garment_whose_crop_was_not_asked_about_is_left_out_and_said() -> None:
    truths, said, kinds = crops()
    evaluation, garments = evaluate(truths, said[:-3], categories=kinds, model="m", data="d")
    table = next(table for table in evaluation.tables if table.key == "category")
    assert "3 garments without a prediction" in table.note
    assert np.isnan(garments.scores["category"]).sum() == 3


def test_a_detector_that_found_nothing_has_found_nothing() -> None:
    truths, _ = random_case(1)
    evaluation, garments = evaluate(truths, [], by=BY, categories=CATEGORIES, model="m", data="d")
    assert evaluation.metrics == {"boxes/AP": 0.0, "boxes/AP50": 0.0, "boxes/AP75": 0.0}
    assert not garments.correct["boxes"].any()


def test_what_does_not_belong_is_counted_and_said() -> None:
    truths, said = random_case(1)
    stray = ImagePrediction(999, (GarmentPrediction(5, 0.5, np.array([0.0, 0, 5, 5])),))
    other = ImagePrediction(1, (GarmentPrediction(13, 0.5, np.array([0.0, 0, 5, 5])),))
    evaluation, _ = evaluate(truths, [*said, stray, other], categories=CATEGORIES[:2], model="m", data="d")
    assert any("1 predictions for images outside" in note for note in evaluation.notes)
    assert any("garments of categories that are not evaluated" in note for note in evaluation.notes)


def test_nothing_to_evaluate_is_said() -> None:
    with pytest.raises(StudioError, match="no garments to evaluate"):
        evaluate([ImageTruth(1, 5, 5)], [], categories=CATEGORIES, model="m", data="d")
    twice = GarmentTruth(1, 5, np.array([0.0, 0, 5, 5]))
    with pytest.raises(ValueError, match="share an id"):
        evaluate([ImageTruth(1, 5, 5, (twice, twice))], [], categories=CATEGORIES, model="m", data="d")
    with pytest.raises(StudioError, match="'colour'"):
        evaluate(*random_case(1), by=["colour"], categories=CATEGORIES, model="m", data="d")


def test_a_handful_of_garments_has_no_interval() -> None:
    truths, said = random_case(1, images=40)
    evaluation, _ = evaluate(truths, said, by=BY, categories=CATEGORIES, model="m", data="d")
    for table in evaluation.tables:
        for cell in (cell for row in table.cells for cell in row):
            assert (cell.low is None) == (cell.count < 5)
    few, _ = evaluate(truths[:2], said[:2], categories=CATEGORIES, model="m", data="d")
    assert few.garments < 5
    assert few.tables[0].cells[0][0].low is None


def test_the_same_seed_gives_the_same_intervals() -> None:
    truths, said = random_case(9)
    runs = [
        evaluate(truths, said, categories=CATEGORIES, model="m", data="d", seed=seed)[0] for seed in (1, 1, 2)
    ]
    assert runs[0].tables == runs[1].tables
    assert runs[0].tables != runs[2].tables
    assert runs[0].metrics == runs[2].metrics


def test_files_are_evaluated_without_torch() -> None:
    code = "import sys, inference.evaluation.from_files; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0

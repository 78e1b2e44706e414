"""DeepFashion2's protocol, rule by rule."""

from __future__ import annotations

import numpy as np

from store.runs.measures.retrieval_boxes import Detections, Queries, first_right, speakers


def queries(*rows: tuple[int, int, int, list[float]]) -> Queries:
    image, category, identity, boxes = zip(*rows, strict=True)
    return Queries(np.array(image), np.array(category), np.array(identity), np.array(boxes, float))


def detections(*rows: tuple[int, int, float, list[float]]) -> Detections:
    image, category, score, boxes = zip(*rows, strict=True)
    return Detections(np.array(image), np.array(category), np.array(score), np.array(boxes, float))


LEFT, RIGHT, FAR = [0, 0, 10, 10], [20, 0, 30, 10], [90, 90, 99, 99]


def test_the_best_score_of_the_right_category_speaks() -> None:
    asked = queries((1, 5, 0, LEFT), (1, 6, 1, RIGHT))
    found = detections(
        (1, 6, 0.9, LEFT), (1, 5, 0.3, LEFT), (1, 5, 0.5, LEFT), (1, 6, 0.1, RIGHT), (2, 6, 1, RIGHT)
    )
    assert speakers(asked, found).tolist() == [2, 3]


def test_there_is_no_least_overlap_and_the_first_garment_wins_ties() -> None:
    asked = queries((1, 5, 0, LEFT), (1, 5, 1, RIGHT))
    assert speakers(asked, detections((1, 5, 0.5, FAR))).tolist() == [0, -1]


def test_a_garment_without_counterpart_takes_its_detections_but_is_not_asked_for() -> None:
    asked = queries((1, 5, -1, LEFT), (1, 5, 1, RIGHT))
    assert speakers(asked, detections((1, 5, 0.5, LEFT))).tolist() == [-1, -1]


def test_of_equal_scores_the_first_speaks_and_other_images_are_missed() -> None:
    asked = queries((1, 5, 0, LEFT), (3, 5, 1, LEFT))
    assert speakers(asked, detections((1, 5, 0.5, LEFT), (1, 5, 0.5, LEFT))).tolist() == [0, -1]


def test_a_result_is_right_where_image_and_box_are() -> None:
    wanted = {0: {7: np.array([LEFT], float)}, 1: {8: np.array([LEFT, RIGHT], float)}}
    results = [
        (np.array([8, 7, 7]), np.array([LEFT, FAR, [0, 0, 10, 6]], float)),
        (np.array([7, 8]), np.array([LEFT, RIGHT], float)),
        (np.array([9]), np.array([LEFT], float)),
    ]
    assert first_right(results, wanted, [0, 1, 0]).tolist() == [3, 2, 0]

"""Average precision is pycocotools', figure by figure, for boxes, masks and landmarks."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from inference.evaluation.ground import ALL_LANDMARKS, Ground, Wanted
from inference.evaluation.matching import Kind, match
from resources.taxonomy import categories as built_in
from resources.taxonomy import category
from store.runs.measures.precision import average_precision, summary
from store.runs.predictions import ImagePrediction, ImageTruth

from .drawn import CATEGORIES, KINDS, SIDE, random_case

SIGMAS = np.array([sigma for one in built_in() for sigma in one.schema.sigmas])


def flat(points: np.ndarray, kind: int) -> list[float]:
    out = np.zeros((ALL_LANDMARKS, 3))
    start = category(kind).offset
    assert start is not None
    out[start : start + len(points)] = points
    return out.ravel().tolist()


def annotation(image: int, kind: int, garment: Any) -> dict[str, Any]:
    x1, y1, x2, y2 = garment.box.tolist()
    return {
        "image_id": image,
        "category_id": kind,
        "bbox": [x1, y1, x2 - x1, y2 - y1],
        "segmentation": garment.mask,
        "keypoints": flat(garment.landmarks, kind),
    }


def plain(kind: Kind, truths: list[ImageTruth], said: list[ImagePrediction]) -> tuple[float, float, float]:
    """What the official evaluation prints: COCOeval with its own annotations and 294 sigmas."""
    annotations, results = [], []
    for image in truths:
        for garment in image.garments:
            one = annotation(image.image_id, garment.category_id, garment)
            one |= {
                "id": garment.garment_id,
                "iscrowd": int(garment.crowd),
                "area": one["bbox"][2] * one["bbox"][3],
            }
            one["num_keypoints"] = int((np.array(one["keypoints"])[2::3] > 0).sum())
            annotations.append(one)
    key, word = {
        "boxes": ("bbox", "bbox"),
        "masks": ("segmentation", "segm"),
        "landmarks": ("keypoints", "keypoints"),
    }[kind]
    for found in said:
        for one_found in found.garments:
            one = annotation(found.image_id, one_found.category_id, one_found)
            kept = {name: one[name] for name in ("image_id", "category_id", key)}
            results.append({**kept, "score": one_found.score})
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": image.image_id, "width": SIDE, "height": SIDE} for image in truths],
            "annotations": annotations,
            "categories": [{"id": one} for one in KINDS],
        }
        truth.createIndex()
        work = COCOeval(truth, truth.loadRes(results), word)
        work.params.kpt_oks_sigmas = SIGMAS
        work.evaluate()
        work.accumulate()
        work.summarize()
    return tuple(work.stats[:3])


@pytest.mark.parametrize("kind", ["boxes", "masks", "landmarks"])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_equals_the_official_evaluation(kind: Kind, seed: int) -> None:
    truths, said = random_case(seed, crowds=kind != "landmarks")
    if not any(one.garments for one in said) or not any(one.garments for one in truths):
        return
    ground = Ground(truths, said, CATEGORIES, Wanted())
    done = match(kind, ground)
    ours = summary(done.precision)
    theirs = plain(kind, truths, said)
    for mine, yours in zip(ours, theirs, strict=True):
        assert (-1.0 if mine is None else mine) == pytest.approx(yours, abs=1e-9)
    # Our own average precision from the matches, which slices and intervals are made of, is the same.
    again = summary(average_precision(done.matches))
    for mine, yours in zip(again, ours, strict=True):
        assert mine == (None if yours is None else pytest.approx(yours, abs=1e-9))


def test_who_found_whom_at_the_lowest_overlap() -> None:
    truths, said = random_case(3)
    ground = Ground(truths, said, CATEGORIES, Wanted())
    done = match("boxes", ground)
    assert (done.by >= 0).any()
    for row, index in enumerate(done.by.tolist()):
        assert 0.0 <= done.overlap[row] <= 1.0
        if index < 0:
            continue
        assert done.overlap[row] >= 0.5
        one = ground.found[index]
        assert (one.image, one.category) == (ground.image[row], ground.category[row])
    found = done.by[done.by >= 0]
    assert len(np.unique(found)) == len(found)


def test_landmarks_in_the_whole_layout_are_the_same() -> None:
    truths, said = random_case(5)
    whole = [
        ImagePrediction(
            one.image_id,
            tuple(
                type(g)(
                    g.category_id,
                    g.score,
                    landmarks=np.array(flat(g.landmarks, g.category_id)).reshape(-1, 3),
                )
                for g in one.garments
                if g.landmarks is not None
            ),
        )
        for one in said
    ]
    first = match("landmarks", Ground(truths, said, CATEGORIES, Wanted()))
    second = match("landmarks", Ground(truths, whole, CATEGORIES, Wanted()))
    np.testing.assert_array_equal(first.precision, second.precision)
    np.testing.assert_allclose(first.overlap, second.overlap)


def test_a_garment_without_a_mask_counts_neither_way() -> None:
    truths, said = random_case(8)
    bare = []
    for image in truths:
        garments = tuple(
            type(g)(g.garment_id, g.category_id, g.box, None if g.garment_id % 2 else g.mask, g.landmarks)
            for g in image.garments
        )
        bare.append(ImageTruth(image.image_id, SIDE, SIDE, garments))
    done = match("masks", Ground(bare, said, CATEGORIES, Wanted()))
    odd = sum(g.garment_id % 2 for image in bare for g in image.garments)
    assert done.left_out == odd
    assert done.matches.ignored.sum() == odd

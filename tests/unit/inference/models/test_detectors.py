"""Mask R-CNN and Match R-CNN: losses, what is left out of which, shapes, torchvision's names."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torchvision.models.detection import maskrcnn_resnet50_fpn, maskrcnn_resnet50_fpn_v2

from inference.models.detectors import mask_rcnn, match_rcnn

Batch = tuple[list[Tensor], list[dict[str, Tensor]]]


def _batch() -> Batch:
    torch.manual_seed(4)
    images, targets = [], []
    for index in range(2):
        masks = torch.zeros(2, 96, 64, dtype=torch.uint8)
        masks[0, 10:50, 5:40] = 1
        masks[1, 40:90, 20:60] = 1
        landmarks = torch.zeros(2, 39, 3)
        landmarks[:, :5] = torch.tensor([30.0, 45.0, 2.0])
        images.append(torch.rand(3, 96, 64))
        targets.append(
            {
                "boxes": torch.tensor([[5.0, 10.0, 40.0, 50.0], [20.0, 40.0, 60.0, 90.0]]),
                "labels": torch.tensor([1, 2]),
                "masks": masks,
                "landmarks": landmarks,
                "identities": torch.tensor([index, 7]),
            }
        )
    return images, targets


def test_match_rcnn_learns_boxes_masks_landmarks_and_pairs() -> None:
    torch.manual_seed(0)
    network = match_rcnn("small", (5, 8), 16)
    losses = network(*_batch())
    assert set(losses) == {
        "loss_objectness",
        "loss_rpn_box_reg",
        "loss_classifier",
        "loss_box_reg",
        "loss_mask",
        "loss_landmarks",
        "loss_match",
    }
    assert all(math.isfinite(float(value.detach())) for value in losses.values())
    sum(losses.values()).backward()  # type: ignore[union-attr]
    untouched = [name for name, parameter in network.named_parameters() if parameter.grad is None]
    assert not untouched


def test_what_a_garment_does_not_have_costs_nothing() -> None:
    torch.manual_seed(0)
    network = match_rcnn("small", (5, 8), 16)
    images, targets = _batch()
    for target in targets:
        target["masks"].zero_()
        target["landmarks"].zero_()
        target["identities"].fill_(-1)
    losses = network(images, targets)
    assert [float(losses[f"loss_{name}"].detach()) for name in ("mask", "landmarks", "match")] == [0, 0, 0]
    sum(losses.values()).backward()  # type: ignore[union-attr]
    # Several processes wait for each other's gradients: there must be one everywhere, if only a zero.
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []


def test_an_image_without_garments_can_be_learnt_from() -> None:
    network = match_rcnn("small", (5, 8), 16)
    images, targets = _batch()
    targets[0] = {
        "boxes": torch.zeros(0, 4),
        "labels": torch.zeros(0, dtype=torch.int64),
        "masks": torch.zeros(0, 96, 64, dtype=torch.uint8),
        "landmarks": torch.zeros(0, 39, 3),
        "identities": torch.zeros(0, dtype=torch.int64),
    }
    assert all(math.isfinite(float(value.detach())) for value in network(images, targets).values())


def test_what_is_detected() -> None:
    torch.manual_seed(0)
    network = match_rcnn("small", (5, 8), 16, box_score_thresh=0.0).eval()
    with torch.no_grad():
        found = network([torch.rand(3, 96, 64), torch.rand(3, 80, 96)])
    for one, (height, width) in zip(found, ((96, 64), (80, 96)), strict=True):
        count = len(one["boxes"])
        assert count > 0
        assert one["masks"].shape == (count, 1, 28, 28)
        assert one["landmarks"].shape == (count, 8, 3)
        assert one["embeddings"].shape == (count, 16)
        assert float(one["boxes"].max()) <= max(height, width)
        assert set(one["labels"].tolist()) <= {1, 2}
        assert ((one["landmarks"][..., 2] >= 0) & (one["landmarks"][..., 2] <= 1.0001)).all()


def test_a_vector_for_matching_does_not_depend_on_its_company() -> None:
    torch.manual_seed(0)
    network = match_rcnn("small", (5, 8), 16, box_score_thresh=0.0).eval()
    images = [torch.rand(3, 96, 64), torch.rand(3, 96, 64)]
    with torch.no_grad():
        both, alone = network(images)[0], network(images[:1])[0]
    assert torch.allclose(both["embeddings"], alone["embeddings"], atol=1e-4)


@pytest.mark.parametrize(
    ("backbone", "reference"),
    [("resnet50", maskrcnn_resnet50_fpn), ("resnet50-v2", maskrcnn_resnet50_fpn_v2)],
)
def test_the_large_networks_have_torchvision_s_names_and_shapes(backbone: str, reference: object) -> None:
    with torch.device("meta"):
        wanted = reference(weights=None, weights_backbone=None, num_classes=14).state_dict()  # type: ignore[operator]
        own = mask_rcnn(backbone, 13).state_dict()
    assert {key: value.shape for key, value in own.items()} == {
        key: value.shape for key, value in wanted.items()
    }


def test_mask_rcnn_detects_what_torchvision_s_does() -> None:
    """The same weights on the same image give the same boxes, scores and masks."""
    torch.manual_seed(1)
    settings = {"box_score_thresh": 0.0, "box_detections_per_img": 25}
    reference = maskrcnn_resnet50_fpn(
        weights=None, weights_backbone=None, num_classes=4, min_size=96, max_size=96, **settings
    ).eval()
    own = mask_rcnn("resnet50", 3, **settings).eval()
    own.load_state_dict(reference.state_dict())
    image = torch.rand(3, 96, 96)
    with torch.no_grad():
        wanted, found = reference([image])[0], own([image])[0]
    assert len(found["boxes"]) == len(wanted["boxes"]) > 0
    assert torch.allclose(found["boxes"], wanted["boxes"], atol=1e-3)
    assert torch.allclose(found["scores"], wanted["scores"], atol=1e-5)
    assert torch.equal(found["labels"], wanted["labels"])

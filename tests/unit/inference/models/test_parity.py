"""What MMDetection computes between its layers; the whole of it is in checkpoints/test_parity.py."""

from __future__ import annotations

import pytest
import torch
from torchvision.models.detection._utils import BoxCoder
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import roi_align

from inference.models.parity import AlignedPool, BoundedCoder, ExactAnchors, ResizingTransform

SIDES = tuple((8 * stride,) for stride in (4, 8, 16, 32, 64))


def test_anchors_are_not_rounded_and_lie_at_the_strides() -> None:
    made = ExactAnchors(SIDES, ((0.5, 1.0, 2.0),) * 5)
    # Padded to 576 rows of 64 pixels each: the image's 544 divided by 9 would be 60.
    levels = [torch.zeros(1, 1, 576 // stride, 64 // stride) for stride in (4, 8, 16, 32, 64)]
    anchors = made(ImageList(torch.zeros(1, 3, 544, 64), [(544, 64)]), levels)[0]
    last = anchors[-27:].view(9, 3, 4)
    centres = (last[:, 1, :2] + last[:, 1, 2:]) / 2
    assert centres[:, 1].tolist() == [64.0 * row for row in range(9)]
    sides = last[0, :, 2:] - last[0, :, :2]
    assert sides[:, 0].tolist() == pytest.approx([512 * 2**0.5, 512, 512 / 2**0.5])
    assert (sides[:, 0] * sides[:, 1]).tolist() == pytest.approx([512.0**2] * 3)


def test_a_side_changes_by_a_factor_of_at_most_1000_through_16() -> None:
    coder = BoundedCoder((10.0, 10.0, 5.0, 5.0))
    boxes = torch.tensor([[0.0, 0.0, 100.0, 100.0]])
    found = coder.decode_single(torch.tensor([[0.0, 0.0, -1000.0, 1000.0]]), boxes)
    assert float(found[0, 2] - found[0, 0]) == pytest.approx(100 * 16 / 1000, rel=1e-4)
    assert float(found[0, 3] - found[0, 1]) == pytest.approx(100 * 1000 / 16, rel=1e-4)
    usual = torch.randn(5, 8) * 0.5
    plain = BoxCoder((10.0, 10.0, 5.0, 5.0)).decode_single(usual, boxes.expand(5, 4))
    assert torch.equal(coder.decode_single(usual, boxes.expand(5, 4)), plain)


@pytest.mark.parametrize(("side", "level"), [(20.0, 0), (111.0, 0), (113.0, 1), (300.0, 2), (900.0, 3)])
def test_regions_are_pooled_from_the_level_of_their_size(side: float, level: int) -> None:
    torch.manual_seed(0)
    levels = {str(i): torch.rand(2, 3, 256 >> i, 256 >> i) for i in range(4)}
    boxes = [torch.zeros(0, 4), torch.tensor([[10.0, 20.0, 10 + side, 20 + side]])]
    found = AlignedPool(7, 2)(levels, boxes, [(1024, 1024)] * 2)
    region = torch.cat([torch.ones(1, 1), boxes[1]], dim=1)
    wanted = roi_align(levels[str(level)], region, (7, 7), 1 / (4 << level), 2, True)
    assert torch.equal(found, wanted)


def test_no_region_gives_nothing() -> None:
    levels = {str(i): torch.rand(1, 3, 8, 8) for i in range(4)}
    assert AlignedPool(7, 0)(levels, [torch.zeros(0, 4)], [(32, 32)]).shape == (0, 3, 7, 7)


@pytest.mark.parametrize(
    ("given", "wanted"), [((1101, 750), (1101, 750)), ((1000, 1000), (750, 750)), ((300, 600), (551, 1101))]
)
def test_images_become_as_large_as_both_sides_allow_and_boxes_come_back(
    given: tuple[int, int], wanted: tuple[int, int]
) -> None:
    transform = ResizingTransform(750, 1101)
    box = torch.tensor([[30.0, 60.0, 90.0, 120.0]])
    target = {
        "boxes": box,
        "masks": torch.ones(1, *given, dtype=torch.uint8),
        "landmarks": torch.cat([box[:, None, :2], torch.full((1, 1, 1), 2.0)], dim=-1),
    }
    images, targets = transform([torch.rand(3, *given)], [target])
    assert images.image_sizes == [wanted]
    assert all(side % 32 == 0 for side in images.tensors.shape[-2:])
    assert targets is not None
    factor = torch.tensor([wanted[1] / given[1], wanted[0] / given[0]])
    assert torch.allclose(targets[0]["boxes"], box * factor.repeat(2))
    assert torch.allclose(targets[0]["landmarks"][0, 0, :2], box[0, :2] * factor)
    assert targets[0]["masks"].shape == (1, *wanted)
    found = transform.postprocess([{"boxes": targets[0]["boxes"]}], images.image_sizes, [given])
    assert torch.allclose(found[0]["boxes"], box, atol=1e-4)

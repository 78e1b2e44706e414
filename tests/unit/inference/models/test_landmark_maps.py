"""Landmarks become maps and maps become landmarks again; a category has its own channels."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.models.heads import LandmarkHead, MatchingHead, matching_loss
from inference.models.landmark_maps import LandmarkLayout, decode, encode, enlarged, landmark_loss, own_maps

#: Of the 13 categories of DeepFashion2.
COUNTS = (25, 33, 31, 39, 15, 15, 10, 14, 8, 29, 37, 19, 19)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(-200, 500), st.floats(-200, 500), st.floats(2, 700), st.floats(2, 700)),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6),
    st.sampled_from([7, 28, 56]),
)
def test_decoding_inverts_encoding(
    box: tuple[float, float, float, float], shares: list[tuple[float, float]], size: int
) -> None:
    """To a thousandth of a cell, but for the outermost half cell, which is moved inwards."""
    x, y, width, height = box
    boxes = torch.tensor([[x, y, x + width, y + height]], dtype=torch.float64)
    inner = torch.tensor(shares, dtype=torch.float64).clamp(0.5 / size, 1 - 0.5 / size)
    places = inner * torch.tensor([width, height]) + boxes[0, :2]
    landmarks = torch.cat([places, torch.full((len(places), 1), 2.0)], dim=1)[None]
    maps, valid = encode(landmarks, boxes, size)
    assert valid.all()
    assert torch.allclose(maps.sum(dim=(2, 3)), torch.ones(1, len(places), dtype=torch.float64))
    found = decode(maps, boxes)
    cell = torch.tensor([width, height], dtype=torch.float64) / size
    assert ((found[..., :2] - landmarks[..., :2]).abs() <= 1e-3 * cell).all()
    assert torch.allclose(found[..., 2], torch.ones_like(found[..., 2]))


def test_unlabelled_landmarks_and_those_outside_have_no_map() -> None:
    boxes = torch.tensor([[10.0, 10.0, 50.0, 90.0]])
    landmarks = torch.tensor([[[20.0, 20.0, 0.0], [5.0, 20.0, 2.0], [20.0, 95.0, 1.0], [30.0, 40.0, 1.0]]])
    maps, valid = encode(landmarks, boxes, 28)
    assert valid.tolist() == [[False, False, False, True]]
    assert (maps[0, :3] == 0).all()


def test_a_region_is_enlarged_about_its_centre() -> None:
    found = enlarged(torch.tensor([[10.0, 20.0, 50.0, 40.0]]), 1.25)
    assert found.tolist() == [[5.0, 17.5, 55.0, 42.5]]


def test_the_channels_of_the_labels_follow_each_other_without_a_gap() -> None:
    layout = LandmarkLayout(COUNTS)
    assert (layout.channels, layout.longest) == (294, 39)
    spans = [layout.span(label) for label in range(1, 14)]
    assert [index for span in spans for index in range(span.start, span.stop)] == list(range(294))


def test_only_the_label_s_own_channels_are_scored_and_they_are_those_of_the_whole() -> None:
    torch.manual_seed(0)
    layout = LandmarkLayout(COUNTS)
    head = LandmarkHead(6, (8, 8), layout)
    torch.nn.init.normal_(head.maps.weight)
    features, labels = torch.rand(4, 6, 14, 14), torch.tensor([4, 9, 4, 1])
    own, whole = head.of_labels(features, labels), head(features)
    assert whole.shape == (4, 294, 28, 28)
    assert own.shape == (4, 39, 28, 28)
    for row, label in enumerate(labels.tolist()):
        count = COUNTS[label - 1]
        assert torch.allclose(own[row, :count], whole[row, layout.span(label)], atol=1e-5)
        assert (own[row, count:] == 0).all()


def test_the_loss_is_smallest_where_the_map_is_right() -> None:
    boxes = torch.tensor([[0.0, 0.0, 28.0, 28.0]])
    wanted, valid = encode(torch.tensor([[[10.2, 7.9, 2.0]]]), boxes, 28)
    right = (wanted + 1e-6).log()
    wrong = (encode(torch.tensor([[[20.0, 20.0, 2.0]]]), boxes, 28)[0] + 1e-6).log()
    assert landmark_loss(right, wanted, valid) < landmark_loss(wrong, wanted, valid)
    assert torch.allclose(decode(own_maps(right), boxes)[0, 0, :2], torch.tensor([10.2, 7.9]), atol=0.02)


def test_pairs_are_of_two_images_and_both_kinds_weigh_the_same() -> None:
    torch.manual_seed(0)
    head = MatchingHead(4, (8,), 6)
    vectors = torch.randn(5, 6)
    identities, images = torch.tensor([1, 1, 2, -1, 1]), torch.tensor([0, 1, 1, 1, 0])
    # (0, 1) and (1, 4) are the same garment; (0, 2) and (2, 4) are others; the rest do not count.
    logits = head.pair_logits(vectors[[0, 1, 0, 2]], vectors[[1, 4, 2, 4]])
    losses = torch.nn.functional.cross_entropy(logits, torch.tensor([1, 1, 0, 0]), reduction="none")
    wanted = losses[:2].mean() / 2 + losses[2:].mean() / 2
    assert torch.allclose(matching_loss(head, vectors, identities, images), wanted, atol=1e-6)


def test_without_a_pair_there_is_a_zero_with_a_gradient() -> None:
    head = MatchingHead(4, (8,), 6)
    vectors = torch.randn(2, 6, requires_grad=True)
    loss = matching_loss(head, vectors, torch.tensor([-1, 3]), torch.tensor([0, 1]))
    loss.backward()
    assert float(loss.detach()) == 0
    assert all(parameter.grad is not None for parameter in head.parameters())

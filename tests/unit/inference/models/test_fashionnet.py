"""The paper's parts of FashionNet: pooling, gating, gradients, shapes at every stage."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from inference.models.backbones import BODIES
from inference.models.fashionnet import FashionNet
from inference.models.landmark_pooling import LandmarkPooling, visibility_gate, window_maxima


def _naive(features: Tensor, cells: Tensor, window: int) -> Tensor:
    """Max pooling about whole cells (B, L, 2: column, row) with loops; nothing lies outside of the map."""
    batch, channels, height, width = features.shape
    found = torch.zeros(batch, cells.shape[1], channels)
    reach = (window - 1) // 2
    for image in range(batch):
        for landmark, (column, row) in enumerate(cells[image].tolist()):
            for channel in range(channels):
                found[image, landmark, channel] = max(
                    float(features[image, channel, y, x]) if 0 <= x < width and 0 <= y < height else 0.0
                    for y in range(row - reach, row + reach + 1)
                    for x in range(column - reach, column + reach + 1)
                )
    return found


@pytest.mark.parametrize("window", [1, 3, 5])
def test_pooling_at_cell_centres_is_plain_max_pooling(window: int) -> None:
    torch.manual_seed(1)
    features = torch.randn(2, 5, 6, 9)
    cells = torch.stack([torch.randint(0, 9, (2, 8)), torch.randint(0, 6, (2, 8))], dim=-1)
    places = (cells + 0.5) / torch.tensor([9.0, 6.0])
    pooled = window_maxima(features, places, window)
    assert pooled.shape == (2, 8, 5)
    assert torch.allclose(pooled, _naive(features, cells, window), atol=1e-5)


def test_an_invisible_landmark_gives_zeros_and_no_other_does() -> None:
    torch.manual_seed(2)
    features, places = torch.rand(2, 4, 8, 8) + 0.1, torch.rand(2, 8, 2)
    logits = torch.full((2, 8, 3), -5.0)
    logits[..., 0] = 5.0
    logits[0, 3] = torch.tensor([-5.0, 5.0, -5.0])
    logits[1, 6] = torch.tensor([-5.0, -5.0, 5.0])
    pooled = LandmarkPooling()(features, places, visibility_gate(logits)).view(2, 8, 4)
    hidden = torch.zeros(2, 8, dtype=torch.bool)
    hidden[0, 3] = hidden[1, 6] = True
    assert (pooled[hidden] == 0).all()
    assert torch.equal(pooled[~hidden], window_maxima(features, places)[~hidden])


def test_the_gate_is_hard_and_lets_gradients_through() -> None:
    logits = torch.tensor([[[0.2, 0.1, 0.0], [0.0, 3.0, 0.0]]], requires_grad=True)
    gate = visibility_gate(logits)
    assert torch.allclose(gate.detach(), torch.tensor([[1.0, 0.0]]), atol=1e-6)
    gate.sum().backward()
    assert logits.grad is not None
    assert (logits.grad[..., 0] > 0).all()


def _network() -> FashionNet:
    torch.manual_seed(3)
    return FashionNet("small", categories=5, attributes=7)


def test_what_is_said_of_category_and_attributes_teaches_the_pose_branch() -> None:
    """The second stage's losses reach where and whether a landmark is, through pooling and gate."""
    network = _network()
    torch.nn.init.normal_(network.landmarks.weight, std=0.05)
    with torch.no_grad():
        network.visibility.bias.view(8, 3)[:, 0] = 2.0
    found = network(torch.rand(3, 3, 64, 64))
    (found.category.logsumexp(1).sum() + found.attributes.square().sum()).backward()
    for part in (network.landmarks, network.visibility, network.conv5_pose[0][0].downsample[0]):
        assert part.weight.grad is not None
        assert float(part.weight.grad.abs().sum()) > 0


def test_the_landmark_loss_leaves_the_global_and_local_branches_alone() -> None:
    network = _network()
    network(torch.rand(2, 3, 64, 64)).landmarks.square().sum().backward()
    assert all(parameter.grad is None for parameter in network.attribute_parameters())
    assert any(parameter.grad is not None for parameter in network.pose_parameters())


def test_the_two_stages_share_no_parameter_and_leave_none_out() -> None:
    network = _network()
    pose = {id(one) for one in network.pose_parameters()}
    rest = {id(one) for one in network.attribute_parameters()}
    assert not pose & rest
    assert pose | rest == {id(one) for one in network.parameters()}


def test_given_landmarks_replace_the_found_ones_for_pooling_only() -> None:
    network = _network().eval()
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        plain = network(images)
        told = network(images, torch.rand(2, 8, 2), torch.ones(2, 8))
        hidden = network(images, torch.rand(2, 8, 2), torch.zeros(2, 8))
        other = network(images, torch.rand(2, 8, 2), torch.zeros(2, 8))
    assert torch.equal(plain.landmarks, told.landmarks)
    assert not torch.allclose(told.embedding, hidden.embedding)
    assert torch.allclose(hidden.embedding, other.embedding)


@pytest.mark.parametrize(
    ("backbone", "side", "conv4", "flat", "device"),
    [("small", 128, 16, 8, "cpu"), ("vgg16", 224, 28, 7, "meta")],
)
def test_shapes_at_every_stage(backbone: str, side: int, conv4: int, flat: int, device: str) -> None:
    """The large network without numbers: to draw a hundred million of them takes longer than the rest."""
    torch.manual_seed(0)
    body = BODIES[backbone]
    with torch.no_grad(), torch.device(device):
        network = FashionNet(backbone, categories=50, attributes=26).eval()
        shared = network.shared(network.normalise(torch.rand(1, 3, side, side)))
        assert shared.shape == (1, body.conv4_channels, conv4, conv4)
        assert network.conv5_pose(shared).shape == (1, body.conv5_channels, flat, flat)
        places, visibility = network.pose(shared)
        assert (places.shape, visibility.shape) == ((1, 8, 2), (1, 8, 3))
        pooled = network.pool5_local(shared, places, visibility_gate(visibility))
        assert pooled.shape == (1, 8 * body.conv4_channels)
        fusion = network.fuse(shared, places, visibility_gate(visibility))
    assert fusion.shape == (1, network.embedding_size)
    assert (network.category(fusion).shape, network.attributes(fusion).shape) == ((1, 50), (1, 26))


def test_the_paper_s_sizes() -> None:
    with torch.device("meta"):
        network = FashionNet("vgg16", categories=50, attributes=1000)
    assert network.embedding_size == 5120
    assert [part.out_features for part in network.fc_pose if isinstance(part, torch.nn.Linear)] == [
        1024,
        1024,
    ]
    assert network.fc6_global[0].out_features == 4096
    assert network.fc6_local[0].out_features == 1024


def test_an_embedding_has_unit_length() -> None:
    with torch.no_grad():
        found = _network().eval()(torch.rand(4, 3, 64, 64))
    assert torch.allclose(found.embedding.norm(dim=1), torch.ones(4), atol=1e-5)

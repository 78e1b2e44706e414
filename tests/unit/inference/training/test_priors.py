"""A new network begins where landmarks lie on average."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from inference.data import Slice, crop_loader, select_one
from inference.models import build, spec_for
from inference.models.landmark_maps import LandmarkLayout, decode, enlarged
from inference.models.regions import ENLARGED
from inference.training.priors import landmark_priors, mean_places, set_priors
from store.db import Store
from store.runs.configuring import read_config


@pytest.fixture
def train(drawn_store: Path) -> Slice:
    """All garments of the drawn store."""
    with Store.open(drawn_store, read_only=True) as store:
        return select_one(store, "")[0]


def test_the_maps_say_where_a_landmark_of_the_category_was_seen(train: Slice) -> None:
    config = read_config(None, ["model.architecture=match-rcnn"])
    categories = train.categories()
    spec = spec_for(config, categories)
    layout = LandmarkLayout(tuple(one.landmarks for one in categories))
    priors = landmark_priors(train, spec, layout)
    assert priors.shape == (layout.channels, 28, 28)
    assert torch.allclose(priors.exp().sum(dim=(1, 2)), torch.ones(layout.channels), atol=1e-4)
    uniform = float(np.log(1 / 28**2))
    seen = []
    for garment in range(train.garments):
        label = [one.id for one in categories].index(int(train.category_ids[garment])) + 1
        own = priors[layout.span(label)]
        box = enlarged(torch.from_numpy(train.boxes[garment : garment + 1]).float(), ENLARGED)[0]
        places, states = train.landmarks(garment)
        cells = ((torch.from_numpy(places) + 0.5 - box[:2]) / (box[2:] - box[:2]) * 28).floor().long()
        for row, (column, line) in enumerate(cells.tolist()):
            if states[row] in (1, 2) and 0 <= column < 28 and 0 <= line < 28:
                seen.append(float(own[row, line, column]))
    # Where garments of the category have it is likelier than anywhere.
    assert np.mean(seen) > uniform + 2


def test_an_untrained_match_rcnn_says_the_mean_shape(train: Slice) -> None:
    torch.manual_seed(0)
    config = read_config(None, ["model.architecture=match-rcnn"])
    spec = spec_for(config, train.categories())
    network = build(spec)
    set_priors(network, spec, config, train)
    head = network.roi_heads.landmark_head
    torch.nn.init.zeros_(head.maps.weight)
    box = torch.tensor([[10.0, 20.0, 110.0, 220.0]])
    labels = torch.tensor([1])
    with torch.no_grad():
        maps = head.of_labels(torch.rand(1, 96, 14, 14), labels)[:, : spec.categories[0].landmarks]
    found = decode(maps.flatten(2).softmax(-1).view_as(maps), box)[0, :, :2]
    inside = (found >= box[0, :2]) & (found <= box[0, 2:])
    assert inside.all()
    assert float(found.std(dim=0).min()) > 5


@pytest.mark.parametrize("crop", ["square", "stretch"])
def test_fashionnet_begins_at_the_mean_places_of_its_crops(train: Slice, crop: str) -> None:
    config = read_config(
        None,
        ["model.architecture=fashionnet", f"data.crop={crop}", "data.image_size=64", "data.workers=0"],
    )
    places = mean_places(train, config)
    assert places.shape == (8, 2)
    ids = [one.id for one in train.categories()]
    total, count = torch.zeros(8, 2), torch.zeros(8, 1)
    for batch in crop_loader(train, config, False, ids, ()):
        labelled = ((batch["visibility"] == 0) | (batch["visibility"] == 1)).unsqueeze(-1)
        total += (batch["landmarks"] * labelled).sum(dim=0)
        count += labelled.sum(dim=0)
    seen = count[:, 0] > 0
    # The loader leaves out what lies outside of the crop; the mean does not.
    assert torch.allclose(places[seen], (total / count.clamp(min=1))[seen], atol=0.03)
    network = build(spec_for(config, train.categories()))
    set_priors(network, spec_for(config, train.categories()), config, train)
    with torch.no_grad():
        said = network.eval()(torch.rand(2, 3, 64, 64)).landmarks
    assert torch.allclose(said, places.expand(2, 8, 2), atol=0.05)

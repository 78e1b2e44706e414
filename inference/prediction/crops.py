"""From what FashionNet and embeddings give for crops to garments in pixels of the image."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.data.crops import PIXEL_CENTRE
from inference.models.fashionnet import FashionNetOutput
from resources.correspondence import schema_of, to_fashion8
from resources.taxonomy import Category
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentPrediction, GarmentTruth, ImagePrediction, ImageTruth

Arrays = dict[str, NDArray[np.float64]]


def crop_predictions(
    said: FashionNetOutput | Tensor, batch: Mapping[str, Tensor], spec: ModelSpec
) -> list[tuple[int, GarmentPrediction]]:
    """(image id, garment) for each of B crops; ``batch`` is the loader's (``garment_id image_id box``).

    FashionNet's landmarks are its eight, x y in image pixels with the chance of being in the picture as
    score. A tensor ``(B, E)`` is an embedding. Where nothing is said of the category it is the truth's, and
    where nothing is said of landmarks there are none.
    """
    boxes = batch["box"].double().cpu().numpy()
    garments, images = batch["garment_id"].tolist(), batch["image_id"].tolist()
    truth = [spec.categories[index].id for index in batch["category"].tolist()]
    if isinstance(said, Tensor):
        vectors = said.detach().double().cpu().numpy()
        return [
            (image, GarmentPrediction(category, 1.0, box=box, garment_id=garment, embedding=vector))
            for image, garment, category, box, vector in zip(
                images, garments, truth, boxes, vectors, strict=True
            )
        ]
    parts = _arrays(said)
    parts["places"] = (
        parts["landmarks"] * (boxes[:, None, 2:] - boxes[:, None, :2]) + boxes[:, None, :2] - PIXEL_CENTRE
    )
    known = batch["category"].tolist()
    return [
        (
            image,
            _garment({name: values[row] for name, values in parts.items()}, box, known[row], garment, spec),
        )
        for row, (image, garment, box) in enumerate(zip(images, garments, boxes, strict=True))
    ]


def _garment(
    said: Arrays, box: NDArray[np.float64], known: int, garment_id: int, spec: ModelSpec
) -> GarmentPrediction:
    """What FashionNet says of one crop; ``known`` is the index of the category that the garment has."""
    scores = said["category"]
    best = int(scores.argmax()) if len(scores) else known
    points = np.column_stack([said["places"], 1 - said["visibility"][:, 2]])
    return GarmentPrediction(
        spec.categories[best].id,
        float(scores[best]) if len(scores) else 1.0,
        box=box,
        landmarks=points if len(points) else None,
        category_scores=scores if len(scores) else None,
        attribute_scores=said["attributes"] if spec.attributes else None,
        garment_id=garment_id,
        embedding=said["embedding"],
    )


def _arrays(said: FashionNetOutput) -> Arrays:
    """Landmarks in 0..1 of the crop, everything else as probabilities."""
    probabilities = {
        "landmarks": said.landmarks,
        "visibility": said.visibility.float().softmax(dim=-1),
        "category": said.category.float().softmax(dim=-1),
        "attributes": said.attributes.float().sigmoid(),
        "embedding": said.embedding,
    }
    return {key: value.detach().double().cpu().numpy() for key, value in probabilities.items()}


def by_image(found: Iterable[tuple[int, GarmentPrediction]]) -> tuple[ImagePrediction, ...]:
    """The predictions of each image together, in ascending order of the images."""
    grouped: dict[int, list[GarmentPrediction]] = defaultdict(list)
    for image, garment in found:
        grouped[image].append(garment)
    return tuple(ImagePrediction(image, tuple(grouped[image])) for image in sorted(grouped))


def in_fashion8(truths: Sequence[ImageTruth], known: Mapping[int, Category]) -> tuple[ImageTruth, ...]:
    """The truths with FashionNet's eight landmarks where they mean the same, the others unlabelled.

    ``known`` are the store's categories by id.
    """
    return tuple(
        replace(image, garments=tuple(_eight(garment, known) for garment in image.garments))
        for image in truths
    )


def _eight(garment: GarmentTruth, known: Mapping[int, Category]) -> GarmentTruth:
    points = np.zeros((8, 3))
    own = garment.landmarks
    schema = None if own is None else schema_of(known[garment.category_id].schema, len(own))
    if own is not None and schema is not None:
        places = np.array(to_fashion8(schema))
        points[places >= 0] = own[places[places >= 0]]
    return replace(garment, landmarks=points if bool((points[:, 2] > 0).any()) else None)


def embedding_of(found: Sequence[GarmentPrediction]) -> Tensor:
    """The embeddings (n, E) of garments that all have one."""
    vectors = [garment.embedding for garment in found if garment.embedding is not None]
    return torch.from_numpy(np.stack(vectors))

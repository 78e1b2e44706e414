"""MMFashion's checkpoints: landmarks, category and attributes, or embeddings, on VGG-16 or ResNet-50.

Their layers have the same names in our networks; sizes and options follow from shapes and names.
"""

from __future__ import annotations

from typing import Any

import torch

from inference.checkpoints.layout import Converted, Weights, listed
from inference.checkpoints.naming import foreign, numbered
from inference.models.fashionnet import LANDMARKS
from inference.models.mmfashion import SIDE
from resources.taxonomy import categories, clothes_categories, fine_attributes
from store.errors import StudioError
from store.runs.manifest import ModelCategory, ModelSpec

_LANDMARKS = "landmark_feature_extractor.linear.weight"
_EMBEDDING = "embed_extractor.embed_linear.weight"
_CATEGORY, _ATTRIBUTES = "cate_predictor.linear_cate.weight", "attr_predictor.linear_attr.weight"
_FUSION = "concat.fc_fusion.weight"
#: Names of older versions, by their beginning.
_OLDER = {
    "attr_predictor.linear.": "attr_predictor.linear_attr.",
    "cate_predictor.linear.": "cate_predictor.linear_cate.",
}
_ASSUMED = (
    "The last layer of its global pooling is taken to end in a ReLU, and places to be counted from the "
    "centres of the outermost cells: a checkpoint says neither."
)
_POOLS = (
    "It was trained with true landmarks to pool at. Where none are given it pools where they usually lie, "
    "which costs accuracy."
)


def recognises(weights: Weights) -> bool:
    """Whether the names are those of MMFashion's networks."""
    parts = (
        "global_pool.global_layers.",
        "landmark_feature_extractor.",
        "embed_extractor.",
        "roi_pool.linear.",
    )
    return any(key.startswith("backbone.") for key in weights) and any(
        key.startswith(parts) for key in weights
    )


def convert(weights: Weights, names: tuple[str, ...] = ()) -> Converted:
    """The checkpoint as weights of the network of MMFashion that it belongs to.

    ``names`` are the categories that it tells apart, in order. StudioError where there is no head that is
    known, or the names are not as many as the categories.
    """
    found = {_current(key): value for key, value in weights.items()}
    backbone = "vgg16" if any(key.startswith("backbone.features.") for key in found) else "resnet50"
    head = next((one for one in (_LANDMARKS, _EMBEDDING, _CATEGORY, _ATTRIBUTES) if one in found), None)
    if head is None:
        raise StudioError(
            "The checkpoint has none of MMFashion's heads (landmarks, categories, attributes, embeddings).",
            f"It has {listed(sorted({key.partition('.')[0] for key in found}))}.",
        )
    options = _options(found)
    known = {_LANDMARKS: _landmarks, _EMBEDDING: _embedding}
    spec, tasks, unused = known.get(head, _attributes)(found, backbone, options, names)
    used = {key: value for key, value in found.items() if not key.startswith(unused)}
    for key in [key for key in used if key.endswith("running_var")]:
        used.setdefault(key.replace("running_var", "num_batches_tracked"), torch.tensor(0))
    left_out = tuple(key for key in found if key.startswith(unused))
    notes = (_ASSUMED, _POOLS) if "local_size" in options else (_ASSUMED,)
    return Converted(spec, tasks, used, f"MMFashion, {tasks[0]}", left_out, notes)


def _current(key: str) -> str:
    for older, name in _OLDER.items():
        if key.startswith(older):
            return name + key.removeprefix(older)
    return key


def _options(found: Weights) -> dict[str, Any]:
    """The sizes of the layers that all of them share."""
    options: dict[str, Any] = {"crop": "stretch", "crop_margin": 0.0, "global_hidden": 0}
    for name, key, rows in (
        ("global_size", "global_pool.global_layers.weight", 0),
        ("global_size", "global_pool.global_layers.3.weight", 0),
        ("global_hidden", "global_pool.global_layers.0.weight", 0),
        ("local_size", "roi_pool.linear.weight", 0),
        ("local_size", "roi_pool.linear.0.weight", 0),
        ("fusion_size", _FUSION, 0),
    ):
        if key in found:
            options[name] = int(found[key].shape[rows])
    if "local_size" in options:
        options["local_dense"] = "roi_pool.linear.0.weight" in found
    else:
        options.pop("fusion_size", None)
    return options


Read = tuple[ModelSpec, tuple[str, ...], tuple[str, ...]]


def _landmarks(found: Weights, backbone: str, options: dict[str, Any], names: tuple[str, ...]) -> Read:
    _refuse(names)
    options["landmark_size"] = int(found[_LANDMARKS].shape[0]) // LANDMARKS
    spec = ModelSpec("mmfashion-landmark", backbone, _every(), (), "fashion8", SIDE, options)
    return spec, ("landmarks",), ("\0",)


def _embedding(found: Weights, backbone: str, options: dict[str, Any], names: tuple[str, ...]) -> Read:
    _refuse(names)
    options["embedding_size"] = int(found[_EMBEDDING].shape[0])
    spec = ModelSpec("mmfashion-embedding", backbone, _every(), (), "", SIDE, options)
    # Told apart while it learnt, not when garments are compared.
    unused: tuple[str, ...] = ("embed_extractor.id_linear.", "embed_extractor.bn.", "attr_predictor.")
    return spec, ("embedding",), unused if "local_size" in options else (*unused, "concat.")


def _attributes(found: Weights, backbone: str, options: dict[str, Any], names: tuple[str, ...]) -> Read:
    kinds = int(found[_CATEGORY].shape[0]) if _CATEGORY in found else 0
    told = int(found[_ATTRIBUTES].shape[0]) if _ATTRIBUTES in found else 0
    if names and len(names) != kinds:
        raise StudioError(
            f"The checkpoint has {kinds} categories, {len(names)} were named.",
            "Name all of them in the order of its outputs.",
        )
    fifty = tuple(one.name for one in clothes_categories())
    chosen = names or (fifty if kinds == len(fifty) else numbered(kinds))
    fine = tuple(name for _, name in fine_attributes())
    words = fine if told == len(fine) else tuple(f"attribute {number}" for number in range(1, told + 1))
    options["tells_category"] = bool(kinds)
    spec = ModelSpec(
        "mmfashion-attribute", backbone, foreign(chosen) if kinds else _every(), words, "", SIDE, options
    )
    tasks = (("category",) if kinds else ()) + (("attributes",) if told else ()) + ("embedding",)
    return spec, tasks, ("\0",) if "local_size" in options else ("concat.",)


def _every() -> tuple[ModelCategory, ...]:
    """The categories that a network is asked about that tells none apart: all of DeepFashion2's."""
    return tuple(ModelCategory(one.id, one.name) for one in categories())


def _refuse(names: tuple[str, ...]) -> None:
    if names:
        raise StudioError("This checkpoint tells no categories apart.", "Leave their names out.")

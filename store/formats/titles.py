"""What the formats are called, on the command line and by people. Imports nothing: asking is quick."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "deepfashion2": "DeepFashion2",
        "coco": "COCO",
        "category-attribute": "Category and Attribute Prediction",
        "consumer-to-shop": "Consumer-to-shop Clothes Retrieval",
        "in-shop": "In-shop Clothes Retrieval",
        "landmarks": "Fashion Landmark Detection",
    }
)

#: How each is recognised, in words.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "deepfashion2": "A folder with image and annos, or with splits that have them.",
        "coco": "A JSON file with images, annotations and categories.",
        "category-attribute": "Lists of categories and attributes of images.",
        "consumer-to-shop": "Lists of boxes, landmarks and pairs of consumer-to-shop.",
        "in-shop": "Lists of boxes, landmarks and products of in-shop.",
        "landmarks": "Lists of landmarks with a variation type, and of boxes.",
    }
)

"""COCO: one JSON file with images, annotations and categories."""

FORMAT = "coco"

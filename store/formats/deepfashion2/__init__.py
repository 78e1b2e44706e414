"""DeepFashion2: a folder of pictures and a folder of small JSON files."""

FORMAT = "deepfashion2"

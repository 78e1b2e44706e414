"""DeepFashion2: a folder of pictures and a folder of small JSON files."""

FORMAT = "deepfashion2"
#: Annotations alone; with the ground truth of the retrieval benchmark.
ANNOTATIONS, RETRIEVAL = "annotations", "retrieval"
LAYOUTS = (ANNOTATIONS, RETRIEVAL)

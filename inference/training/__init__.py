"""Training: Lightning modules, the callbacks that a person watches a run through, and the run itself."""

from inference.training.run import train

__all__ = ["train"]

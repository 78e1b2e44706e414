"""The networks, and the folders that models are kept in."""

from inference.models.folder import load_matching, load_model, save_model
from inference.models.registry import ARCHITECTURES, Architecture, build, spec_for

__all__ = ["ARCHITECTURES", "Architecture", "build", "load_matching", "load_model", "save_model", "spec_for"]

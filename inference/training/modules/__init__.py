"""What is trained, as Lightning modules: one for detectors, one for FashionNet, one for embeddings."""

from inference.training.modules.base import GarmentModule, NotFinite
from inference.training.modules.detector import DetectorModule
from inference.training.modules.embedding import EmbeddingModule
from inference.training.modules.fashionnet import FashionNetModule

MODULES: dict[str, type[GarmentModule]] = {
    "fashionnet": FashionNetModule,
    "mask-rcnn": DetectorModule,
    "match-rcnn": DetectorModule,
    "embedding": EmbeddingModule,
}

__all__ = ["MODULES", "DetectorModule", "EmbeddingModule", "FashionNetModule", "GarmentModule", "NotFinite"]

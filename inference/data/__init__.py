"""Batches from a store: slices, crops, whole images, random changes, and the order of an epoch."""

from inference.data.crops import CropDataset, cut, frame, read_cut
from inference.data.detection import DetectionDataset
from inference.data.loaders import (
    StudioLoader,
    crop_loader,
    detection_loader,
    pair_crop_loader,
    pair_loader,
)
from inference.data.sampling import Batches, EpochSampler, IdentityBatches, InOrder, PairBatches
from inference.data.selection import Slices, select, select_one
from inference.data.slice import Slice

__all__ = [
    "Batches",
    "CropDataset",
    "DetectionDataset",
    "EpochSampler",
    "IdentityBatches",
    "InOrder",
    "PairBatches",
    "Slice",
    "Slices",
    "StudioLoader",
    "crop_loader",
    "cut",
    "detection_loader",
    "frame",
    "pair_crop_loader",
    "pair_loader",
    "read_cut",
    "select",
    "select_one",
]

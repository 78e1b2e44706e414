"""On what a run computes: Lightning's settings from ours, on one device, on several, or on a cluster."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import torch
from lightning.pytorch.strategies import DDPStrategy

from inference.devices import choose
from store.errors import StudioError
from store.runs.config import TrainingConfig

#: A paused run waits where its processes wait for each other.
_PATIENCE = timedelta(days=7)


def launched_by_others() -> bool:
    """Whether torchrun has started this process, and so has decided how many there are."""
    return "TORCHELASTIC_RUN_ID" in os.environ


def placement(settings: TrainingConfig) -> dict[str, Any]:
    """Lightning's ``accelerator devices num_nodes strategy precision sync_batchnorm``.

    StudioError for a device that is not there, or a precision that it cannot do.
    """
    device = choose(settings.device)
    on_gpu = device.startswith("cuda")
    local, nodes = settings.devices, settings.nodes
    if launched_by_others():
        local = int(os.environ["LOCAL_WORLD_SIZE"])
        nodes = int(os.environ["WORLD_SIZE"]) // local
    world = local * nodes
    if on_gpu and local > torch.cuda.device_count():
        raise StudioError(
            f"{local} devices are asked for; this machine has {torch.cuda.device_count()}.",
            "Set training.devices to what is there.",
        )
    devices: Any = [int(device.partition(":")[2] or 0)] if on_gpu and world == 1 else local
    backend = "nccl" if on_gpu else "gloo"
    return {
        "accelerator": "gpu" if on_gpu else "cpu",
        "devices": devices,
        "num_nodes": nodes,
        "strategy": DDPStrategy(process_group_backend=backend, timeout=_PATIENCE) if world > 1 else "auto",
        "precision": _precision(settings.precision, on_gpu),
        "sync_batchnorm": world > 1,
    }


def _precision(wanted: str, on_gpu: bool) -> str:
    if wanted == "auto":
        return "bf16-mixed" if on_gpu and torch.cuda.is_bf16_supported() else "32-true"
    if wanted == "16-mixed" and not on_gpu:
        raise StudioError("16-mixed needs a GPU.", "Set training.precision to auto or 32.")
    return "32-true" if wanted == "32" else wanted

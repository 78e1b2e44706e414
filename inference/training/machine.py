"""What the machine is doing: the device's load and memory, the processor's, and this process's."""

from __future__ import annotations

from typing import Any

import psutil
import torch

from inference.devices import devices


class Gauge:
    """Reads the machine for one device ("cpu", "cuda:0")."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.name = next((one.name for one in devices() if one.id == device), device)
        self._process = psutil.Process()
        self._handle = _nvml_handle(device)
        psutil.cpu_percent()

    def read(self) -> dict[str, Any]:
        """The data of a ``machine`` event: shares in 0..1 since the last reading, memory in bytes."""
        memory = psutil.virtual_memory()
        found: dict[str, Any] = {
            "device": self.device,
            "device_name": self.name,
            "device_use": None,
            "memory_used": memory.used,
            "memory_total": memory.total,
            "cpu_use": psutil.cpu_percent() / 100,
            "rss": self._rss(),
        }
        if self.device.startswith("cuda"):
            free, total = torch.cuda.mem_get_info(self.device)
            found |= {"memory_used": total - free, "memory_total": total, "device_use": self._gpu_use()}
        else:
            found["device_use"] = found["cpu_use"]
        return found

    def _rss(self) -> int:
        """Of this process and the loaders' processes."""
        total = int(self._process.memory_info().rss)
        for child in self._process.children(recursive=True):
            try:
                total += int(child.memory_info().rss)
            except psutil.Error:  # it has ended meanwhile
                continue
        return total

    def _gpu_use(self) -> float | None:
        if self._handle is None:
            return None
        import pynvml

        try:
            return float(pynvml.nvmlDeviceGetUtilizationRates(self._handle).gpu) / 100
        except pynvml.NVMLError:
            return None


def _nvml_handle(device: str) -> Any:
    """NVML's handle of a CUDA device, by its UUID, since CUDA may number devices otherwise; None without."""
    if not device.startswith("cuda"):
        return None
    import pynvml

    try:
        pynvml.nvmlInit()
        uuid = str(torch.cuda.get_device_properties(device).uuid)
        return pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}")
    except (pynvml.NVMLError, AttributeError):
        return None

"""What a model can run on. Importing this module is cheap; asking it imports torch."""

from __future__ import annotations

from dataclasses import dataclass

from store.errors import StudioError

_GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Device:
    """A place to compute: ``id`` is torch's name ("cpu", "cuda:0"), memory is bytes.

    ``free`` is what other programs have left of it now; 0 where nobody can say.
    """

    id: str
    name: str
    memory: int
    free: int

    def line(self) -> str:
        """One line for a person."""
        if not self.memory:
            return f"{self.id}  {self.name}"
        size = f"{self.memory / _GIB:.1f} GiB"
        free = f", {self.free / _GIB:.1f} GiB free" if self.free else ""
        return f"{self.id}  {self.name}  {size}{free}"


def is_leader() -> bool:
    """Whether this process is the first of a run of one or several: the one that writes.

    torchrun, Lightning and SLURM say so in the environment.
    """
    import os

    names = ("RANK", "LOCAL_RANK", "SLURM_PROCID")
    return all(int(os.environ.get(name, "0") or 0) == 0 for name in names)


def devices() -> tuple[Device, ...]:
    """The processor, then every CUDA device that torch can use, in torch's order."""
    import torch

    found = [_processor()]
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            free, total = torch.cuda.mem_get_info(index)
            found.append(Device(f"cuda:{index}", torch.cuda.get_device_name(index), total, free))
    return tuple(found)


def choose(wanted: str = "auto") -> str:
    """Torch's name of the device wanted; "auto" is the CUDA device with most free memory, else the CPU.

    Raises ``StudioError`` for a device that is not there, naming those that are.
    """
    found = devices()
    if wanted == "auto":
        cuda = [device for device in found if device.id.startswith("cuda")]
        return max(cuda, key=lambda device: device.free).id if cuda else "cpu"
    name = "cuda:0" if wanted == "cuda" else wanted
    if name not in {device.id for device in found}:
        there = ", ".join(device.id for device in found)
        raise StudioError(f"There is no device {wanted!r} on this machine.", f"There are: {there}.")
    return name


def _processor() -> Device:
    import os
    import platform

    name = platform.processor() or platform.machine() or "processor"
    total = free = 0
    if hasattr(os, "sysconf"):
        page = os.sysconf("SC_PAGE_SIZE")
        total = page * os.sysconf("SC_PHYS_PAGES")
        if "SC_AVPHYS_PAGES" in os.sysconf_names:
            free = page * os.sysconf("SC_AVPHYS_PAGES")
    return Device("cpu", f"{name}, {os.cpu_count() or 1} cores", total, free)

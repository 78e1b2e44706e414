"""A network that is driven hard: many pictures at once, in the number format that suits, within its
memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from inference.models.fashionnet import FashionNetOutput
from inference.prediction.loading import Batch
from inference.prediction.memory import no_memory
from store.errors import MemoryShortage

Say = Callable[[str, str], None]
#: What a detector says of an image; see ``inference/models/regions.py``.
Found = dict[str, Tensor]
Said = FashionNetOutput | Tensor

_TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


def _unheard(what: str, fix: str) -> None:
    del what, fix


class Engine:
    """A network on a device. What it gives is on the processor, in float32.

    Where memory runs out, half as many pictures go through at once from then on; where one alone is too much
    for a GPU, the processor goes on, unless it is to ``stay`` there. ``say(what, fix)`` hears of both.
    """

    def __init__(
        self,
        network: nn.Module,
        device: str,
        precision: str = "32",
        *,
        say: Say = _unheard,
        stay: bool = False,
    ) -> None:
        self.network = network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.precision = precision
        self.most: int | None = None
        self._say, self._stay = say, stay
        self.device = torch.device("cpu")
        self._move(device)

    def detect(self, batch: Batch) -> list[Found]:
        """A detector's output for each picture. MemoryShortage where nothing has room."""
        found: list[Found] = []
        for part in self._through(batch.pixels, lambda pixels: self._to_host(self.network(pixels))):
            found += part
        return found

    def describe(self, batch: Batch) -> Said:
        """What a network for crops says of all pictures ``(n, ...)``. MemoryShortage as of :meth:`detect`."""
        parts = self._through(batch.pixels, lambda pixels: self._described(self.network(torch.stack(pixels))))
        if isinstance(parts[0], Tensor):
            return torch.cat(parts)
        return FashionNetOutput(*(torch.cat(fields) for fields in zip(*parts, strict=True)))

    def number_format(self) -> AbstractContextManager[Any]:
        """In which float format convolutions and products are computed."""
        if self.precision == "32":
            return nullcontext()
        return torch.autocast(self.device.type, _TYPES[self.precision])

    def _through(self, pixels: Tensor | Sequence[Tensor], work: Callable[[list[Tensor]], Any]) -> list[Any]:
        done: list[Any] = []
        start = 0
        while start < len(pixels):
            count = min(self.most or len(pixels), len(pixels) - start)
            try:
                done.append(self._forward(pixels[start : start + count], work))
            except (RuntimeError, MemoryError) as error:
                if not no_memory(error):
                    raise
                told = str(error).splitlines()[0] if str(error) else "out of memory"
            else:
                start += count
                continue
            # After the except block: its traceback holds on to the tensors of the failed try.
            self._make_do(count, told)
        return done

    @torch.inference_mode()
    def _forward(self, pixels: Tensor | Sequence[Tensor], work: Callable[[list[Tensor]], Any]) -> Any:
        on_device = (
            [pixels.to(self.device, non_blocking=True)]
            if isinstance(pixels, Tensor)
            else [one[None].to(self.device, non_blocking=True) for one in pixels]
        )
        # The colours stay innermost in memory: that is what channels last means.
        images = [one for some in on_device for one in some.permute(0, 3, 1, 2).float().div_(255.0)]
        with self.number_format():
            return work(images)

    def _to_host(self, found: Sequence[Found]) -> list[Found]:
        """One transfer for each kind of tensor of a batch, not one for each image: each waits for the GPU."""
        if self.device.type == "cpu":
            return [{key: value.float() for key, value in one.items()} for one in found]
        counts = [len(one["boxes"]) for one in found]
        keys = list(found[0]) if found else []
        whole = {key: torch.cat([one[key] for one in found]).cpu() for key in keys}
        split = {key: torch.split(value.float(), counts) for key, value in whole.items()}
        return [{key: split[key][row] for key in keys} for row in range(len(found))]

    def _described(self, said: Said) -> Said:
        if isinstance(said, Tensor):
            return said.float().cpu()
        return FashionNetOutput(*(one.float().cpu() for one in said))

    def _make_do(self, count: int, told: str) -> None:
        if count > 1:
            self.most = count // 2
            self._say(
                f"{self.device} has too little memory for {count} pictures at once: it is {self.most} now.",
                "Nothing is lost. A smaller --batch avoids the halt.",
            )
        elif self.device.type != "cpu" and not self._stay:
            self._say(
                f"{self.device} has too little memory for one picture ({told}): the processor goes on.",
                "It is slower. Close other programs that use the GPU, then stop and resume.",
            )
            self._move("cpu")
            self.precision, self.most = "32", None
        else:
            raise MemoryShortage(
                f"There is too little memory for one picture ({told}).",
                "Close other programs, or choose a smaller model.",
            )
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _move(self, device: str) -> None:
        """To a device; where that has no room for the network itself, the processor it is."""
        wanted = torch.device(device)
        try:
            self.network.to(wanted)
        except (RuntimeError, MemoryError) as error:
            if wanted.type == "cpu" or not no_memory(error):
                raise
            self.network.to("cpu")
            self._say(
                f"{wanted} has too little memory for the model: the processor is used.",
                "Close other programs that use the GPU, then stop and resume.",
            )
            wanted, self.precision = torch.device("cpu"), "32"
        self.device = wanted

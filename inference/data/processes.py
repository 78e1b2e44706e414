"""What a process that loads data does first."""

from __future__ import annotations

import os
import threading
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess

import torch

#: More processes that decode keep no disk and no GPU busy.
_MOST = 8


def begin(_number: int) -> None:
    """Take one core, as there is a process for each already, and end with the process that is loaded for.

    Torch looks whether its parent is there, and where a server forks the processes that is the server: after
    a job was killed both would wait for each other for ever, with all that they hold in memory.
    """
    from store.cv import cv2

    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    loaded_for = parent_process()
    if loaded_for is not None:
        threading.Thread(target=_end_with, args=(loaded_for,), name="end with parent", daemon=True).start()


def _end_with(loaded_for: BaseProcess) -> None:
    loaded_for.join()
    # Nobody is left to be told of anything, and the queues of this process would be waited for.
    os._exit(1)


def beside(device: str) -> int:
    """How many processes decode beside a network that looks at pictures. On a processor none: decoding is
    quick, and the threads of a forward wait for each other wherever another process takes a core of theirs. A
    GPU wants to be fed."""
    return 0 if device == "cpu" else max(1, min(_MOST, torch.get_num_threads() - 1))

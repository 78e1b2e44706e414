"""What a process that loads data does first."""

from __future__ import annotations

import os
import threading
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess

import torch


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

"""The program's command line in processes of its own that share one reading in of torch.

They are forked from a process that has read it in and done nothing else, which takes milliseconds: each new
interpreter would need seconds. Several meet as those of torchrun do, by its environment.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess

#: What the common process reads in: all that the commands need.
_READ_IN = ["app.cli.predicting", "app.cli.training", "inference.prediction.job", "inference.training"]


def start(*arguments: str, count: int = 1) -> list[ForkServerProcess]:
    """Begin the program ``count`` times with these arguments; more than one work together."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_READ_IN)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    started = []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for rank in range(count):
        place = _place(rank, count, port) if count > 1 else {}
        started.append(context.Process(target=_work, args=({**environment, **place}, arguments)))
    for one in started:
        one.start()
    return started


def ended(started: Sequence[ForkServerProcess], seconds: float = 240.0) -> list[int | None]:
    """The exit codes, once all have ended; those that do not are killed."""
    for one in started:
        one.join(seconds)
        if one.is_alive():
            one.kill()
            one.join()
    return [one.exitcode for one in started]


def _place(rank: int, count: int, port: int) -> dict[str, str]:
    """What torchrun tells a process of its place among the others."""
    return {
        "TORCHELASTIC_RUN_ID": "test",
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }


def _work(environment: Mapping[str, str], arguments: Sequence[str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    import torch

    from app.cli.program import run

    torch.set_num_threads(1)
    raise SystemExit(run(list(arguments)))

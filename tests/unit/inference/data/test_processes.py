"""Processes that load data end with the one that they load for, however that one ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from store.processes import birth, runs

LOADING = """
import sys, time
from torch.utils.data import DataLoader
from inference.data import processes

if __name__ == "__main__":
    loader = DataLoader(
        list(range(100)), num_workers=1, worker_init_fn=processes.begin, multiprocessing_context={context!r}
    )
    batches = iter(loader)
    next(batches)
    print(batches._workers[0].pid, flush=True)
    time.sleep(600)
"""
PATIENCE = 60.0


@pytest.mark.parametrize("context", ["fork", "forkserver"])
def test_they_end_with_a_process_that_is_killed(context: str) -> None:
    command = [sys.executable, "-P", "-c", LOADING.format(context=context)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        worker = pid, birth(pid)
        assert runs(*worker)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    until = time.monotonic() + PATIENCE
    while runs(*worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not runs(*worker)

"""SIGKILL in the middle of work: every edit whose apply() returned is in the store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from store.db import Store
from store.document import Document

WORKER = """
import sys
from pathlib import Path
from store.db import Store
from store.document import Document, edits

document = Document(Store.open(Path(sys.argv[1])), 1)
for x in range(1000):
    document.apply(edits.move_landmarks(document.garments[x % 3], {0: (float(x), 0.5)}))
    print(x, flush=True)
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_acknowledged_edit_survives_a_kill(store: Store, seed: int) -> None:
    if not hasattr(signal, "SIGKILL"):
        pytest.skip("this system has no SIGKILL")
    start = [garment.points[0].tolist() for garment in store.garments.of_image(1)]
    wanted = Random(seed).randint(2, 40)
    repository = Path(__file__).resolve().parents[4]
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(store.folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
    ) as worker:
        assert worker.stdout is not None
        seen = [int(worker.stdout.readline()) for _ in range(wanted)]
        worker.send_signal(signal.SIGKILL)
        seen += [int(line) for line in worker.stdout.read().split("\n")[:-1]]
    store.close()

    with Store.open(store.folder) as reopened:
        steps = [r.edit_id for r in reopened.revisions.of_image(1) if r.garment_id]
        # The one that was under way may be there as well.
        assert len(steps) in (len(seen), len(seen) + 1)
        document = Document(reopened, 1)
        done = len(steps)
        for place in range(min(3, done)):
            last = max(x for x in range(done) if x % 3 == place)
            assert document.garments[place].points[0].tolist() == [last, 0.5]
        while document.undo() is not None:
            done -= 1
        assert done == 0
        assert [garment.points[0].tolist() for garment in document.garments] == start

"""How long a person waits for proposals: from asking to the answer received, against the bare forward.

``python -m benchmarks inline``. The client of the window asks the prediction process about one picture after
the other: the picture is read and scaled, goes through the network, masks become run lengths, the answer
comes back over the pipe and the event loop. The bare forward is the same network on the same picture,
decoded and on the device beforehand, in a process with the same number of threads. Both take turns, picture
by picture, so that a slow minute of the machine meets both. Weights are random: the detectors then find as
much as they may, which is the most that there can be to pass on. The pictures are drawn, 512 pixels high.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: The first turns of a model warm both up.
TURNS, FIRST = 9, 2
#: No answer takes longer, in milliseconds.
_PATIENCE = 300_000


@dataclass(frozen=True, slots=True)
class Case:
    """A network that is measured, and the longer side of what it sees."""

    title: str
    architecture: str
    backbone: str
    size: int


CASES = (
    Case("Match R-CNN small, 320 px", "match-rcnn", "small", 320),
    Case("FashionNet VGG-16, 224 px", "fashionnet", "vgg16", 224),
    Case("Mask R-CNN ResNet-50, 512 px", "mask-rcnn", "resnet50", 512),
    Case("Mask R-CNN ResNet-50, 800 px", "mask-rcnn", "resnet50", 800),
)


def questions(store: Path) -> list[Any]:
    """A question about each image of a store that has a garment, with the first of its garments."""
    from inference.serving.messages import Ask, AskedGarment
    from store.db import Store

    with Store.open(store, read_only=True) as opened:
        root = Path(opened.datasets.all()[0].images_root)
        records = [record for record in opened.stream() if record.garments]
    made = []
    for number, record in enumerate(records):
        image, garment = record.image, record.garments[0]
        x1, y1, x2, y2 = (float(value) for value in garment.box)
        asked = AskedGarment(garment.id, garment.category_id, (x1, y1, x2, y2))
        path = str(root / image.name)
        made.append(Ask(number, image.id, path, image.width, image.height, (asked,)))
    return made


def make_model(case: Case, folder: Path) -> Path:
    """A model of the 13 categories with random weights."""
    import torch

    from inference.models import ARCHITECTURES, build, save_model
    from resources.taxonomy import categories
    from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec

    torch.manual_seed(0)
    kinds = tuple(ModelCategory(one.id, one.name, one.schema.size) for one in categories())
    schema = {"match-rcnn": "own", "fashionnet": "fashion8"}.get(case.architecture, "")
    attributes = tuple(f"attribute {i}" for i in range(26)) if case.architecture == "fashionnet" else ()
    spec = ModelSpec(case.architecture, case.backbone, kinds, attributes, schema, case.size)
    made = folder / case.title.replace(" ", "-")
    save_model(build(spec), ModelManifest(case.title, spec, ARCHITECTURES[case.architecture].tasks), made)
    return made


def bare(folder: Path) -> Callable[[Any], float]:
    """A function that gives the seconds of the network's forward on an asked image."""
    import torch

    from inference.models import load_model
    from inference.serving.engine import Engine
    from inference.serving.messages import Load
    from inference.serving.single import garment_crops, whole_image

    engine = Engine.load(Load(0, str(folder)), print)
    device = torch.device(engine.way.device)
    network = load_model(folder)[0].to(device, memory_format=torch.channels_last)
    whole = engine.manifest.spec.architecture.endswith("rcnn")

    @torch.inference_mode()
    def forward(ask: Any) -> float:
        spec = engine.manifest.spec
        batch = whole_image(ask, spec) if whole else garment_crops(ask, spec)
        pixels = batch.pixels.to(device).permute(0, 3, 1, 2).float().div_(255.0)
        _wait(device)
        began = time.perf_counter()
        network([pixels[0]]) if whole else network(pixels)
        _wait(device)
        return time.perf_counter() - began

    return forward


def _wait(device: Any) -> None:
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize(device)


class Asker:
    """The client of the window, asked and waited for."""

    def __init__(self, client: Any) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        self._client, self._loop, self._timer = client, QEventLoop(), QTimer()
        self._timer.timeout.connect(self._loop.quit)
        self._heard: list[Any] = []
        client.answered.connect(self._hear)
        client.failed.connect(self._hear)

    def _hear(self, said: Any) -> None:
        self._ended = time.perf_counter()
        self._heard.append(said)
        self._loop.quit()

    def seconds(self, ask: Any) -> tuple[float, Any]:
        """From asking to the answer received, and the answer."""
        from inference.serving.messages import Answer

        self._heard.clear()
        self._timer.start(_PATIENCE)
        began = time.perf_counter()
        self._client.ask(ask)
        self._loop.exec()
        self._timer.stop()
        if not self._heard or not isinstance(self._heard[0], Answer):
            raise SystemExit(f"There was no answer: {self._heard or self._client.state.message}")
        return self._ended - began, self._heard[0]


def measure() -> None:
    """Print the median times of both, and the median of their ratios."""
    from PySide6.QtCore import QCoreApplication

    from app.jobs.predictor import PredictorClient
    from benchmarks.loader import draw
    from inference.serving.engine import use_threads

    program = QCoreApplication([])
    use_threads()
    client = PredictorClient(program)
    asker = Asker(client)
    with tempfile.TemporaryDirectory() as folder:
        asks = questions(draw(Path(folder), 3 * (TURNS + FIRST)))[: TURNS + FIRST]
        for case in CASES:
            made = make_model(case, Path(folder))
            forward = bare(made)
            client.start(made)
            rows = []
            for turn, ask in enumerate(asks):
                pair: dict[str, Any] = {}
                # Who came last in one turn is first in the next.
                for who in ("bare", "asked")[:: -1 if turn % 2 else 1]:
                    pair[who] = forward(ask) if who == "bare" else asker.seconds(ask)
                rows.append((pair["bare"], *pair["asked"]))
            _tell(case, rows[FIRST:])
    client.stop()


def _tell(case: Case, rows: list[tuple[float, float, Any]]) -> None:
    ratios = sorted(asked / alone for alone, asked, _ in rows)
    alone, asked, inside = (
        1000 * statistics.median(values)
        for values in zip(*((one, two, answer.seconds) for one, two, answer in rows), strict=True)
    )
    found = statistics.median(len(answer.prediction.garments) for _, _, answer in rows)
    print(
        f"{case.title}, {rows[0][2].device}: forward {alone:.0f} ms, asking to answer {asked:.0f} ms "
        f"({inside:.0f} ms of it in the process, {found:.0f} garments), "
        f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}; <= 1.15)"
    )


def main() -> None:
    """Measure in a process of its own, whose threads wait as those of the prediction process do."""
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    subprocess.run([sys.executable, "-m", "benchmarks.inline"], env=environment, check=True)


if __name__ == "__main__":
    measure()

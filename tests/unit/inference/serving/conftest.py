"""Models without any training, and questions about the images of the drawn store."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.data import Slice, select_one
from inference.models import ARCHITECTURES, build, save_model
from inference.serving.messages import (
    Ask,
    AskedGarment,
    FromWorker,
    Load,
    Memory,
    Ready,
    Refused,
    ToWorker,
    receive,
    send,
)
from store.db import Store
from store.runs.manifest import ModelManifest, ModelSpec
from tests.unit.inference.sure import sure

MakeModel = Callable[..., Path]


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def drawn(drawn_store: Path) -> Slice:
    with Store.open(drawn_store, read_only=True) as store:
        return select_one(store, "")[0]


@pytest.fixture(scope="session")
def make_model(drawn: Slice, tmp_path_factory: pytest.TempPathFactory) -> MakeModel:
    """Writes a model folder with random weights, ``sparing`` a detector that finds few garments; other
    keywords are facts of its spec."""

    def make(architecture: str, sparing: bool = False, **facts: object) -> Path:
        told = {
            "categories": drawn.categories(),
            "attributes": drawn.attribute_names() if architecture == "fashionnet" else (),
            "schema": {"match-rcnn": "own", "fashionnet": "fashion8"}.get(architecture, ""),
            "input_size": 96,
            "options": {"embedding_size": 16},
            **facts,
        }
        spec = ModelSpec(architecture, "small", **told)  # type: ignore[arg-type]
        torch.manual_seed(3)
        folder = tmp_path_factory.mktemp("models") / architecture
        folder.mkdir()
        network = build(spec)
        if sparing:
            sure(network)
        save_model(network, ModelManifest(architecture, spec, ARCHITECTURES[architecture].tasks), folder)
        return folder

    return make


@pytest.fixture(scope="session")
def detector(make_model: MakeModel) -> Path:
    """The folder of a Match R-CNN."""
    return make_model("match-rcnn", sparing=True)


@pytest.fixture(scope="session")
def asks(drawn: Slice) -> list[Ask]:
    """A question about each image of the drawn store, with its garments."""
    return [question(drawn, image) for image in range(len(drawn))]


def question(data: Slice, image: int) -> Ask:
    garments = tuple(
        AskedGarment(
            int(data.garment_ids[g]), int(data.category_ids[g]), tuple(float(v) for v in data.boxes[g])
        )
        for g in data.of_image(image)
    )
    width, height = (int(side) for side in data.sizes[image])
    return Ask(image + 1, int(data.image_ids[image]), data.paths[image], width, height, garments)


class Served:
    """A real worker process, spoken to directly."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "inference.serving.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

        self._loads = 1000

    def load(self, folder: Path, *more: ToWorker, device: str = "cpu") -> FromWorker:
        """Load a model and send more with it; what it says of the model, all from before passed over."""
        self._loads += 1
        self.say(Load(self._loads, str(folder), device), *more)
        while True:
            heard = self.hear()
            if isinstance(heard, Ready | Refused) and heard.id == self._loads:
                return heard

    def say(self, *messages: ToWorker) -> None:
        """Send them in one piece, so that they arrive together."""
        whole = io.BytesIO()
        for message in messages:
            send(whole, message)
        assert self.process.stdin is not None
        self.process.stdin.write(whole.getvalue())
        self.process.stdin.flush()

    def hear(self) -> FromWorker:
        """The next thing that it says, beside how much memory is used."""
        assert self.process.stdout is not None
        while True:
            message = receive(self.process.stdout)
            if not isinstance(message, Memory):
                return message  # type: ignore[return-value]

    def end(self) -> int:
        """Close its pipe, as the end of the window does, and wait for it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(10)

    def close(self) -> None:
        """End it in any case."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A process for all tests of a module, each of which loads its model."""
    worker = Served()
    yield worker
    worker.close()


@pytest.fixture
def start() -> Iterator[Callable[[], Served]]:
    """Starts a process of the test's own."""
    started: list[Served] = []

    def begin() -> Served:
        started.append(Served())
        return started[-1]

    yield begin
    for worker in started:
        worker.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture file of 90 x 60 pixels."""
    from store.cv import cv2

    file = tmp_path / "picture.png"
    cv2.imwrite(str(file), np.random.default_rng(0).integers(0, 255, (60, 90, 3), np.uint8))
    return file

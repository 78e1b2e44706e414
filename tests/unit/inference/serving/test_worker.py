"""The process itself: it answers, forgets what is stale, and never outlives the window."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from inference.devices import Device
from inference.serving.messages import (
    Ahead,
    Answer,
    Ask,
    Embed,
    Embedded,
    Explain,
    Explained,
    Failure,
    Ready,
    Refused,
    Sight,
)


def test_it_answers_about_the_newest_question_only(served: Any, detector: Path, asks: list[Ask]) -> None:
    ready = served.load(detector, *asks[:6])
    assert isinstance(ready, Ready)
    assert isinstance(ready.device, Device)
    answer = served.hear()
    assert isinstance(answer, Answer)
    assert (answer.id, answer.image_id, answer.model) == (6, asks[5].image_id, "match-rcnn")
    assert answer.device == "cpu"
    assert answer.prediction.garments
    served.say(asks[0])
    assert served.hear().id == 1


def test_what_is_ahead_is_done_when_nothing_is_asked(served: Any, detector: Path, asks: list[Ask]) -> None:
    served.load(detector, asks[0], Ahead(tuple(asks[1:4])))
    assert [served.hear().id for _ in range(4)] == [1, 2, 3, 4]
    served.say(Ahead(tuple(asks[4:20])), asks[20])
    # What is asked comes before all that is ahead, but for one that had begun.
    assert 21 in [served.hear().id for _ in range(2)]
    served.say(Ahead(), asks[21])
    heard = [served.hear().id]
    while heard[-1] != 22:
        heard.append(served.hear().id)
    assert len(heard) < 16


def test_what_was_just_done_ahead_is_not_done_again(served: Any, detector: Path, asks: list[Ask]) -> None:
    served.load(detector, Ahead((asks[0],)))
    first = served.hear()
    served.say(replace(asks[0], id=50))
    second = served.hear()
    assert (first.id, second.id) == (1, 50)
    # The same work, down to how long it took.
    assert first.seconds == second.seconds


def test_another_model_takes_its_place(served: Any, detector: Path, make_model: Any, asks: list[Ask]) -> None:
    served.load(detector, asks[0])
    assert served.hear().model == "match-rcnn"
    assert served.load(make_model("fashionnet"), asks[0]).model == "fashionnet"
    answer = served.hear()
    assert [one.garment_id for one in answer.prediction.garments] == [one.id for one in asks[0].garments]


@pytest.mark.parametrize("fault", ["missing", "cut", "text"])
def test_a_broken_model_is_refused_and_the_next_one_taken(
    fault: str, served: Any, make_model: Any, detector: Path, asks: list[Ask]
) -> None:
    folder = make_model("match-rcnn")
    weights = folder / "weights.safetensors"
    if fault == "missing":
        weights.unlink()
    elif fault == "cut":
        weights.write_bytes(weights.read_bytes()[:1000])
    else:
        (folder / "manifest.toml").write_text("nothing = of the kind")
    refused, failure = served.load(folder, asks[0]), served.hear()
    assert isinstance(refused, Refused)
    assert str(folder) in refused.message
    assert refused.fix
    assert isinstance(failure, Failure)
    assert (failure.message, failure.fix) == (refused.message, refused.fix)
    assert isinstance(served.load(detector, asks[0]), Ready)
    assert isinstance(served.hear(), Answer)


def test_a_device_that_is_not_there_is_refused(served: Any, detector: Path) -> None:
    refused = served.load(detector, device="cuda:77")
    assert isinstance(refused, Refused)
    assert "cuda:77" in refused.message
    assert refused.devices[0].id == "cpu"


def test_a_bad_picture_costs_one_answer(served: Any, detector: Path, asks: list[Ask], tmp_path: Path) -> None:
    file = tmp_path / "text.jpg"
    file.write_text("no picture")
    bad = Ask(50, 50, str(file), 10, 10)
    served.load(detector, bad)
    failure = served.hear()
    assert isinstance(failure, Failure)
    assert (failure.id, str(file) in failure.message, bool(failure.fix)) == (50, True, True)
    file.write_bytes(Path(asks[0].path).read_bytes())
    # Mended, it is looked at again and not remembered as bad.
    served.say(replace(bad, id=51))
    assert isinstance(served.hear(), Answer)


def test_sights_are_looked_at_after_the_question(served: Any, detector: Path, asks: list[Ask]) -> None:
    sight = Sight(asks[0].path, asks[0].garments[0].box)
    other = Sight(asks[1].path, asks[1].garments[0].box)
    served.load(detector, Explain(91, sight, other), Embed(90, sight), Embed(92, sight), asks[0])
    answer, embedded, explained = (served.hear() for _ in range(3))
    assert (answer.id, embedded.id, explained.id) == (1, 92, 91)
    assert isinstance(embedded, Embedded)
    assert isinstance(explained, Explained)
    assert (embedded.vector.shape, embedded.model, embedded.device) == ((16,), "match-rcnn", "cpu")
    assert len(embedded.sha256) == 64
    assert explained.heat.max() == pytest.approx(1)
    # The vector that was told does as well as the sight.
    served.say(Explain(93, other, embedded.vector))
    assert served.hear().likeness == pytest.approx(explained.likeness, abs=1e-4)


def test_a_bad_sight_costs_one_answer(served: Any, detector: Path, asks: list[Ask], tmp_path: Path) -> None:
    sight = Sight(asks[0].path, asks[0].garments[0].box)
    served.load(detector, Embed(90, Sight(str(tmp_path / "gone.jpg"))))
    failure = served.hear()
    assert isinstance(failure, Failure)
    assert (failure.id, failure.image_id, "gone.jpg" in failure.message) == (90, 0, True)
    served.say(Explain(91, sight, Sight(str(tmp_path / "gone.jpg"))))
    assert isinstance(served.hear(), Failure)
    served.say(Embed(92, sight))
    assert isinstance(served.hear(), Embedded)
    served.load(tmp_path, Embed(93, sight))
    failure = served.hear()
    assert isinstance(failure, Failure)
    assert str(tmp_path) in failure.message


def test_ctrl_c_is_not_meant_for_it(served: Any, detector: Path) -> None:
    served.load(detector)
    served.process.send_signal(signal.SIGINT)
    assert isinstance(served.load(detector), Ready)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_it_never_loads_qt(served: Any, detector: Path, asks: list[Ask]) -> None:
    served.load(detector, asks[0])
    assert isinstance(served.hear(), Answer)
    loaded = Path(f"/proc/{served.process.pid}/maps").read_text()
    assert "libtorch" in loaded
    assert "PySide6" not in loaded


def test_it_ends_with_its_pipe_amid_its_work(start: Any, detector: Path, asks: list[Ask]) -> None:
    served = start()
    served.load(detector, Ahead(tuple(asks) * 50))
    assert served.end() == 0


def test_it_ends_with_its_pipe_before_anything_is_read_in(start: Any) -> None:
    assert start().end() == 0


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_it_ends_when_its_parent_is_killed(detector: Path, asks: list[Ask]) -> None:
    script = (
        "import subprocess, sys\n"
        "from inference.serving.messages import *\n"
        "worker = subprocess.Popen([sys.executable, '-m', 'inference.serving.worker'],\n"
        "    stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"send(worker.stdin, Load(1, {str(detector)!r}, 'cpu'))\n"
        f"ask = {asks[0]!r}\n"
        "receive(worker.stdout)\n"
        "send(worker.stdin, Ahead((ask,)))\n"
        "print(worker.pid, flush=True)\n"
        "worker.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        assert worker.is_running()
        parent.kill()
    deadline = time.monotonic() + 10
    while worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the worker outlives the window"
        time.sleep(0.05)

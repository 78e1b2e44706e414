"""What goes over the pipe comes out as it went in, and needs no torch."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.serving.messages import (
    Ahead,
    Answer,
    Ask,
    AskedGarment,
    Embed,
    Explain,
    Explained,
    Failure,
    Load,
    Sight,
    receive,
    send,
)
from store.runs.predictions import GarmentPrediction, ImagePrediction

sides = st.integers(0, 100_000)
places = st.floats(-1e6, 1e6, allow_nan=False)
garments = st.builds(AskedGarment, sides, sides, st.tuples(places, places, places, places))
asks = st.builds(Ask, sides, sides, st.text(), sides, sides, st.lists(garments, max_size=3).map(tuple))
sights = st.builds(Sight, st.text(), st.none() | st.tuples(places, places, places, places), sides, sides)
messages = st.one_of(
    asks,
    st.builds(Embed, sides, sights),
    st.builds(Load, sides, st.text(), st.text()),
    st.builds(Ahead, st.lists(asks, max_size=3).map(tuple)),
    st.builds(Failure, sides, sides, st.text(), st.text()),
)


@given(st.lists(messages, max_size=4))
def test_messages_come_out_as_they_went_in(said: list[Ask | Embed | Load | Ahead | Failure]) -> None:
    pipe = io.BytesIO()
    for message in said:
        send(pipe, message)
    pipe.seek(0)
    assert [receive(pipe) for _ in said] == said
    with pytest.raises(EOFError):
        receive(pipe)


def test_an_answer_keeps_its_arrays() -> None:
    garment = GarmentPrediction(
        3, 0.5, np.arange(4.0), {"size": [2, 2], "counts": b"04"}, np.ones((5, 3)), embedding=np.ones(8)
    )
    pipe = io.BytesIO()
    send(pipe, Answer(1, 2, "a", ImagePrediction(2, (garment,)), 0.1, "cpu"))
    pipe.seek(0)
    answer = receive(pipe)
    assert isinstance(answer, Answer)
    (back,) = answer.prediction.garments
    assert back.mask == garment.mask
    assert back.landmarks is not None
    np.testing.assert_array_equal(back.landmarks, np.ones((5, 3)))


def test_a_reason_keeps_its_map() -> None:
    pipe, heat = io.BytesIO(), np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    send(pipe, Explain(1, Sight("a.jpg"), heat[0], "gradient"))
    send(pipe, Explained(1, heat, (0.0, 1.0, 2.0, 3.0), 0.5, "a", 0.1, "cpu"))
    pipe.seek(0)
    asked, told = receive(pipe), receive(pipe)
    assert isinstance(asked, Explain)
    assert isinstance(told, Explained)
    assert isinstance(asked.other, np.ndarray)
    np.testing.assert_array_equal(asked.other, heat[0])
    np.testing.assert_array_equal(told.heat, heat)
    assert (told.frame, asked.how) == ((0.0, 1.0, 2.0, 3.0), "gradient")


@pytest.mark.parametrize("kept", [3, 20])
def test_a_message_that_is_cut_short_is_the_end(kept: int) -> None:
    pipe = io.BytesIO()
    send(pipe, Failure(1, 2, "what"))
    with pytest.raises(EOFError):
        receive(io.BytesIO(pipe.getvalue()[:kept]))


def test_the_same_question_has_another_id() -> None:
    ask = Ask(1, 2, "a.jpg", 3, 4, (AskedGarment(1, 2, (0, 0, 1, 1)),))
    assert ask.same_as(Ask(9, 2, "a.jpg", 3, 4, (AskedGarment(1, 2, (0, 0, 1, 1)),)))
    assert not ask.same_as(Ask(1, 2, "a.jpg", 3, 4, (AskedGarment(1, 2, (0, 0, 1, 2)),)))


def test_messages_and_slots_need_neither_torch_nor_opencv() -> None:
    code = (
        "import sys, inference.serving.messages, inference.serving.slots, inference.serving.worker\n"
        "sys.exit(bool({'torch', 'torchvision', 'cv2', 'PySide6'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""The process beside the window that predicts: ``python -m inference.serving.worker``.

It reads what is asked from its standard input and writes what it has to say to its standard output (see
``inference/serving/messages.py``). It ends when its input does, and so with the window, however that ends.
Torch is read in after the listener has begun, so that the end is noticed from the first moment on.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import deque
from dataclasses import replace
from pickle import UnpicklingError
from threading import Thread
from typing import IO, TYPE_CHECKING

from inference.serving.messages import (
    Ahead,
    Answer,
    Ask,
    Embed,
    Embedded,
    Explain,
    Explained,
    Failure,
    FromWorker,
    Load,
    Memory,
    Refused,
    ToWorker,
    receive,
    send,
)
from inference.serving.slots import Slots
from store.errors import StudioError

if TYPE_CHECKING:
    from inference.serving.engine import Engine

#: How often an idle process says what memory is used, in seconds, and the least change worth saying.
_MEMORY_EVERY, _MEMORY_CHANGE = 5.0, 0.01


class Worker:
    """Does what is most urgent: a model, then what is asked, then what may be asked next."""

    def __init__(self, slots: Slots, out: IO[bytes]) -> None:
        self._slots, self._out = slots, out
        self._engine: Engine | None = None
        self._refused: Refused | None = None
        self._ahead: deque[Ask] = deque()
        # What was done last: it is often asked for in the very moment in which it is done ahead.
        self._last: tuple[Ask, Answer] | None = None
        self._memory = Memory(0, 0)

    def run(self) -> None:
        """Work until the slots are closed. OSError where the other end is gone."""
        while not self._slots.closed:
            message = self._slots.take(0.0 if self._ahead else _MEMORY_EVERY)
            if message is not None:
                self._do(message)
            elif self._ahead and not self._slots.closed:
                self._reply(self._ahead.popleft())
            elif self._engine is not None:
                self._engine.settle()
            self._tell_memory()

    def _do(self, message: ToWorker) -> None:
        if isinstance(message, Load):
            self._load(message)
        elif isinstance(message, Ahead):
            self._ahead = deque(message.asks)
        elif isinstance(message, Embed | Explain):
            self._say(self._looked(message))
        else:
            self._reply(message)

    def _load(self, load: Load) -> None:
        from inference.serving.engine import Engine

        # Two models at once may not fit into the device.
        self._engine, self._refused, self._last = None, None, None
        self._ahead.clear()
        try:
            self._engine = Engine.load(load, self._say)
            self._say(self._engine.ready())
        except StudioError as error:
            self._refused = self._refusal(load, error)
            self._say(self._refused)

    def _refusal(self, load: Load, error: StudioError) -> Refused:
        from inference.devices import devices

        return Refused(load.id, error.what, error.fix, devices())

    def _reply(self, ask: Ask) -> None:
        if self._last is not None and self._last[0].same_as(ask):
            self._say(replace(self._last[1], id=ask.id))
            return
        answer = self._answer(ask)
        self._last = (ask, answer) if isinstance(answer, Answer) else None
        self._say(answer)

    def _looked(self, message: Embed | Explain) -> Embedded | Explained | Failure:
        engine = self._engine
        if engine is None:
            return Failure(message.id, 0, *self._without())
        began = time.perf_counter()
        name, sha256 = engine.manifest.name, engine.manifest.sha256
        try:
            if isinstance(message, Embed):
                vector = engine.embed(message.sight)
                seconds = time.perf_counter() - began
                return Embedded(message.id, vector, name, sha256, seconds, engine.way.device)
            heat, frame = engine.explain(message.sight, message.other, message.how)
        except StudioError as error:
            return Failure(message.id, 0, error.what, error.fix)
        seconds = time.perf_counter() - began
        return Explained(message.id, heat.map, frame, heat.likeness, name, seconds, engine.way.device)

    def _without(self) -> tuple[str, str]:
        """Why nothing is answered without a model, and what to do."""
        if self._refused is not None:
            return self._refused.message, self._refused.fix
        return "No model is loaded.", "Choose a model."

    def _answer(self, ask: Ask) -> Answer | Failure:
        engine = self._engine
        if engine is None:
            return Failure(ask.id, ask.image_id, *self._without())
        began, way = time.perf_counter(), engine.way
        try:
            prediction = engine.answer(ask)
        except StudioError as error:
            return Failure(ask.id, ask.image_id, error.what, error.fix)
        finally:
            if engine.way.device != way.device:
                self._say(engine.ready())
        seconds = time.perf_counter() - began
        return Answer(ask.id, ask.image_id, engine.manifest.name, prediction, seconds, engine.way.device)

    def _say(self, message: FromWorker) -> None:
        send(self._out, message)

    def _tell_memory(self) -> None:
        """After the answer, so that nobody waits for it."""
        if self._engine is None:
            return
        now = self._engine.memory()
        if abs(now.used - self._memory.used) > _MEMORY_CHANGE * now.total or now.total != self._memory.total:
            self._memory = now
            self._say(now)


def listen(source: IO[bytes], slots: Slots) -> None:
    """Put all that comes into the slots; end the process where no more can come."""
    try:
        while True:
            message = receive(source)
            assert isinstance(message, Load | Ask | Embed | Explain | Ahead)
            slots.put(message)
    except (EOFError, OSError, UnpicklingError):
        # At once, amid whatever is being computed: nobody waits for it any more.
        os._exit(0)


def main() -> None:
    """Serve the window until it is gone."""
    # Threads of torch that wait for each other are to sleep, not to spin: on cores that others use as well, a
    # training run beside the window for one, spinning makes a picture take ten times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Ctrl+C in a terminal is meant for the window.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not come between the messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    slots = Slots()
    Thread(target=listen, args=(sys.stdin.buffer, slots), name="listener", daemon=True).start()
    from inference.serving.engine import use_threads

    use_threads()
    try:
        Worker(slots, out).run()
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()

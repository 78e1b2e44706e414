"""The window's side of predictions: asks the process beside the window, and never waits for it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.jobs.link import Ended, Link, Said
from app.jobs.sights import Question, SightQuestions
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
    Load,
    Memory,
    Notice,
    Ready,
    Refused,
)
from store.runs.predicting import CategoryMapping

_log = logging.getLogger(__name__)
#: How many answers are kept; each has some tens of kilobytes.
_KEPT = 200
#: How many questions are remembered whose answers may still come.
_OPEN = 64
#: Milliseconds before the process is started again, after the first, the second ... end without an answer
#: between. After the last it is left alone.
BACK_OFF = (300, 1000, 3000, 10_000)
#: How often the process may end over the same question.
_DEATHS = 2

_Key: TypeAlias = tuple[str, str, str, str, Ask]


@dataclass(frozen=True, slots=True)
class PredictorState:
    """How it stands with predictions.

    ``kind`` is "off" (no process, or a model that cannot be used: ``message`` says why), "starting" (process
    and model are loaded), "idle", "working" (a question waits for its answer) or "lost" (the process has
    ended; ``message`` says how, and whether it is started again). ``model`` is the model's name, ``device``
    torch's name of where it runs, memory is bytes of that device. ``message`` may also tell of short memory
    while the work goes on. ``ready`` says all of the model (its ``spec``, ``run``, ``sha256``); None before
    it is loaded.
    """

    kind: str = "off"
    model: str = ""
    device: str = ""
    devices: tuple[Device, ...] = ()
    memory_used: int = 0
    memory_total: int = 0
    message: str = ""
    fix: str = ""
    ready: Ready | None = None


class PredictorClient(QObject):
    """Asks one warmed process what is in an image. All calls return at once; call from the GUI thread.

    ``state_changed(PredictorState)``; ``answered(Answer)`` and ``failed(Failure)`` for the last question
    only, with its id, never from within the call that asks. A process that ends is started again, and the
    last question asked again; so it is when the model or the device is changed. Call :meth:`stop` before the
    object goes.

    Beside it, and after it, sights are looked at: ``embedded(Embedded)`` or ``not_embedded(Failure)`` for the
    last :meth:`embed`, ``explained(Explained)`` or ``not_explained(Failure)`` for the last :meth:`explain`.
    """

    state_changed = Signal(object)
    answered = Signal(object)
    failed = Signal(object)
    embedded = Signal(object)
    not_embedded = Signal(object)
    explained = Signal(object)
    not_explained = Signal(object)
    _came = Signal(object, object)
    _later = Signal(object)
    _denied = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = PredictorState()
        self._link: Link | None = None
        self._load: Load | None = None
        self._ready: Ready | None = None
        # As the process was last; answers are kept for what it is, also while it is started again.
        self._known: Ready | None = None
        self._refused: Failure | None = None
        self._asked: Ask | None = None
        self._open = False
        self._ahead: tuple[Ask, ...] = ()
        self._sent: OrderedDict[int, Ask] = OrderedDict()
        self._answers: OrderedDict[_Key, Answer] = OrderedDict()
        self._numbers = 0
        self._sights = SightQuestions(self._next)
        self._deaths = self._fatal = 0
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._launch)
        self._came.connect(self._heard, Qt.ConnectionType.QueuedConnection)
        self._later.connect(self._reply, Qt.ConnectionType.QueuedConnection)
        self._denied.connect(self._tell_sight, Qt.ConnectionType.QueuedConnection)

    @property
    def state(self) -> PredictorState:
        """How it stands now."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The id of the process, None without one."""
        return None if self._link is None else self._link.pid

    def start(self, model_folder: Path, device: str = "auto", mapped: CategoryMapping | None = None) -> None:
        """Use this model on this device ("auto", "cpu", "cuda:0") from now on.

        A running process loads it in place of its last; the last question is asked of it. ``mapped``:
        answers, and the ``spec`` of the state's ``ready``, are in the store's categories.
        """
        self._load = Load(self._next(), str(model_folder), device, mapped)
        self._again.stop()
        self._ready = self._known = self._refused = None
        self._deaths = self._fatal = 0
        self._open = self._asked is not None
        self._sights.again()
        if self._link is None:
            self._launch()
        else:
            self._sent.clear()
            self._link.send(self._load)
            self._change(kind="starting", model="", device="", message="", fix="", ready=None)

    def ask(self, ask: Ask) -> None:
        """Ask about an image; whatever was asked before is not answered any more."""
        self._asked, self._open, self._fatal = ask, True, 0
        self._pursue()

    def ahead(self, asks: Sequence[Ask]) -> None:
        """What may be asked next, likeliest first: done while nothing is asked, and kept."""
        self._ahead = tuple(asks)
        self._send_ahead()

    def embed(self, question: Embed) -> None:
        """Ask for the vector of a sight; one asked for before is not told any more."""
        self._sights.put(question)
        self._pursue_sights()

    def explain(self, question: Explain) -> None:
        """Ask what in a sight makes it like another; one asked about before is not told any more."""
        self._sights.put(question)
        self._pursue_sights()

    def forget(self) -> None:
        """Nothing is wanted any more of what was asked; the process stays."""
        self._asked, self._open = None, False
        self.ahead(())
        self._settle()

    def stop(self) -> None:
        """End the process and forget what was asked; answers are kept for the next :meth:`start`."""
        self._again.stop()
        if self._link is not None:
            self._link.stop()
            self._link = None
        self._load = self._ready = self._known = self._refused = self._asked = None
        self._open, self._ahead = False, ()
        self._sent.clear()
        self._sights.given_up()
        self._change(
            kind="off", model="", device="", message="", fix="", memory_used=0, memory_total=0, ready=None
        )

    # ------------------------------------------------------------------ asking

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    def _pursue(self) -> None:
        """Get the question that is open answered, from what is kept or by the process."""
        ask = self._asked
        if ask is None or not self._open:
            return
        if self._refused is not None:
            self._later.emit(replace(self._refused, id=ask.id, image_id=ask.image_id))
        elif (kept := self._kept(ask)) is not None:
            self._later.emit(replace(kept, id=ask.id))
        elif self._link is not None and self._ready is not None:
            self._link.send(self._number(ask))
            self._change(kind="working")

    def _pursue_sights(self) -> None:
        """Get what is asked about sights answered, now or when the model is there."""
        if self._refused is not None:
            self._deny_sights(self._refused.message, self._refused.fix)
        elif self._link is not None and self._ready is not None:
            for question in self._sights.unsent():
                self._link.send(question)
        elif self._link is None and not self._again.isActive():
            message = self._state.message or "No model is loaded."
            self._deny_sights(message, self._state.fix or "Choose a model.")

    def _deny_sights(self, message: str, fix: str) -> None:
        for kind, number in self._sights.given_up():
            self._denied.emit(kind, Failure(number, 0, message, fix))

    def _send_ahead(self) -> None:
        if self._link is None or self._ready is None:
            return
        wanted = (one for one in self._ahead if self._kept(one) is None)
        self._link.send(Ahead(tuple(self._number(one) for one in wanted)))

    def _number(self, ask: Ask) -> Ask:
        """The question under a number of ours: callers' may be given twice."""
        sent = replace(ask, id=self._next())
        self._sent[sent.id] = ask
        while len(self._sent) > _OPEN:
            self._sent.popitem(last=False)
        return sent

    def _key(self, ask: Ask) -> _Key:
        ready = self._known
        assert ready is not None
        return ready.folder, ready.sha256, ready.device.id, repr(ready.spec.categories), replace(ask, id=0)

    def _kept(self, ask: Ask) -> Answer | None:
        if self._known is None:
            return None
        key = self._key(ask)
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    def _keep(self, ask: Ask, answer: Answer) -> None:
        self._answers[self._key(ask)] = answer
        while len(self._answers) > _KEPT:
            self._answers.popitem(last=False)

    # ------------------------------------------------------------------ hearing

    def _launch(self) -> None:
        self._sent.clear()
        link = Link(lambda said: self._came.emit(link, said))
        self._link = link
        if self._load is not None:
            link.send(self._load)
        link.begin()
        message = self._state.message if self._state.kind == "lost" else ""
        self._change(kind="starting", model="", device="", message=message, fix="", ready=None)

    def _heard(self, link: Link, said: Said) -> None:
        if link is not self._link:
            return
        if isinstance(said, Embedded | Explained | Failure) and (mine := self._sights.concluded(said)):
            self._deaths = 0
            self._tell_sight(*mine)
        elif isinstance(said, Answer | Failure):
            self._concluded(said)
        elif isinstance(said, Ready):
            self._began(said)
        elif isinstance(said, Refused):
            self._was_refused(said)
        elif isinstance(said, Notice):
            self._change(message=said.message, fix=said.fix)
        elif isinstance(said, Memory):
            self._change(memory_used=said.used, memory_total=said.total)
        elif isinstance(said, Ended):
            self._lost(said)

    def _tell_sight(self, kind: type[Question], said: Embedded | Explained | Failure) -> None:
        told, untold = (
            (self.embedded, self.not_embedded) if kind is Embed else (self.explained, self.not_explained)
        )
        (untold if isinstance(said, Failure) else told).emit(said)

    def _concluded(self, said: Answer | Failure) -> None:
        ask = self._sent.pop(said.id, None)
        if ask is None or self._ready is None:
            return  # of a model that is not used any more
        self._deaths = 0
        if isinstance(said, Answer):
            self._keep(ask, said)
        if self._open and self._asked is not None and self._asked.same_as(ask):
            self._reply(replace(said, id=self._asked.id))

    def _reply(self, said: Answer | Failure) -> None:
        if not self._open or self._asked is None or said.id != self._asked.id:
            return
        self._open = False
        self._settle()
        (self.answered if isinstance(said, Answer) else self.failed).emit(said)

    def _settle(self) -> None:
        if self._state.kind == "working" and not self._open:
            self._change(kind="idle")

    def _began(self, ready: Ready) -> None:
        if self._load is None or ready.id != self._load.id:
            return
        again = self._ready is not None  # it has moved to another device
        self._ready = self._known = ready
        told = {"model": ready.model, "device": ready.device.id, "devices": ready.devices, "ready": ready}
        if again:
            self._change(**told)
            return
        self._change(kind="idle", message="", fix="", **told)
        self._pursue()
        self._pursue_sights()
        self._send_ahead()

    def _was_refused(self, refused: Refused) -> None:
        if self._load is None or refused.id != self._load.id:
            return
        self._refused = Failure(0, 0, refused.message, refused.fix)
        devices = refused.devices or self._state.devices
        self._change(kind="off", message=refused.message, fix=refused.fix, devices=devices)
        self._pursue()
        self._pursue_sights()

    def _lost(self, ended: Ended) -> None:
        _log.warning("the prediction process is gone: %s. %s", ended.how, ended.last_words)
        self._deaths += 1
        self._fatal += self._open and self._ready is not None
        self._link = self._ready = None
        # What it died of may be among these.
        self._ahead = ()
        self._sent.clear()
        what = f"The model stopped ({ended.how})"
        left = self._deaths <= len(BACK_OFF)
        if left:
            self._again.start(BACK_OFF[self._deaths - 1])
            self._change(kind="lost", message=f"{what} and is starting again.", fix="", ready=None)
        else:
            words = f" Its last words: {ended.last_words}" if ended.last_words else ""
            message = f"{what}, {self._deaths} times one after the other.{words}"
            self._change(kind="lost", message=message, fix="Choose it again, or another.", ready=None)
        for kind, number, deaths in self._sights.lost():
            told = f"{what}, {deaths} times over this picture."
            self._denied.emit(kind, Failure(number, 0, told, "Choose another model or device."))
        if not left:
            self._deny_sights(self._state.message, self._state.fix)
        if self._asked is not None and self._open and (not left or self._fatal >= _DEATHS):
            said = f"{what}, {self._fatal} times over this image." if left else self._state.message
            self._reply(
                Failure(self._asked.id, self._asked.image_id, said, "Choose another model or device.")
            )

    def _change(self, **facts: object) -> None:
        now = replace(self._state, **facts)  # type: ignore[arg-type]
        if now != self._state:
            self._state = now
            self.state_changed.emit(now)

"""One place for each kind of message, in which the newest wins. No torch here."""

from __future__ import annotations

from threading import Condition

from inference.serving.messages import Ahead, Ask, Load, ToWorker


class Slots:
    """What waits to be done: at most one model, one question and one list to be done ahead.

    Both ends of the pipe have one, so that neither a slow process nor a quick person makes a queue. Any
    thread may call.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._load: Load | None = None
        self._ask: Ask | None = None
        self._ahead: Ahead | None = None
        self._closed = False

    def put(self, message: ToWorker) -> None:
        """Take the place of what waits of this kind; a model also of all that was asked of the last one."""
        with self._changed:
            if isinstance(message, Load):
                self._load, self._ask, self._ahead = message, None, None
            elif isinstance(message, Ask):
                self._ask = message
            else:
                self._ahead = message
            self._changed.notify()

    def take(self, seconds: float | None = None) -> ToWorker | None:
        """The most urgent that waits: a model, then a question, then what is to be done ahead.

        Waits for something so many seconds, None: for ever. None where nothing has come, or it is closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting() is not None, seconds)
            found = None if self._closed else self._waiting()
            if isinstance(found, Load):
                self._load = None
            elif isinstance(found, Ask):
                self._ask = None
            elif found is not None:
                self._ahead = None
            return found

    @property
    def closed(self) -> bool:
        """Whether nothing more will be taken."""
        return self._closed

    def close(self) -> None:
        """Let go of all that waits and of whoever waits for it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _waiting(self) -> ToWorker | None:
        return self._load or self._ask or self._ahead

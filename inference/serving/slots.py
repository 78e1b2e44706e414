"""One place for each kind of message, in which the newest wins. No torch here."""

from __future__ import annotations

from threading import Condition

from inference.serving.messages import Ahead, Ask, Embed, Explain, Load, ToWorker

#: What is taken first of what waits.
_URGENT: tuple[type[ToWorker], ...] = (Load, Ask, Embed, Explain, Ahead)


class Slots:
    """What waits to be done: at most one model, one question of each kind and one list to be done ahead.

    Both ends of the pipe have one, so that neither a slow process nor a quick person makes a queue. Any
    thread may call.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._held: dict[type[ToWorker], ToWorker] = {}
        self._closed = False

    def put(self, message: ToWorker) -> None:
        """Take the place of what waits of this kind; a model also of all that was asked of the last one."""
        with self._changed:
            if isinstance(message, Load):
                self._held.clear()
            self._held[type(message)] = message
            self._changed.notify()

    def take(self, seconds: float | None = None) -> ToWorker | None:
        """The most urgent that waits: a model, then a question about an image, a vector, a reason, then what
        is to be done ahead.

        Waits for something so many seconds, None: for ever. None where nothing has come, or it is closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._held), seconds)
            if self._closed or not self._held:
                return None
            return self._held.pop(next(kind for kind in _URGENT if kind in self._held))

    @property
    def closed(self) -> bool:
        """Whether nothing more will be taken."""
        return self._closed

    def close(self) -> None:
        """Let go of all that waits and of whoever waits for it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

"""What is asked about sights (vectors, reasons for a likeness) until it is answered. No Qt here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from inference.serving.messages import Embed, Embedded, Explain, Explained, Failure

Question: TypeAlias = Embed | Explain
Said: TypeAlias = Embedded | Explained | Failure

#: How often the process may end over the same question.
_DEATHS = 2


@dataclass(slots=True)
class _Open:
    """A question under our number, 0 before it has been sent; how often the process ended over it."""

    question: Question
    number: int = 0
    deaths: int = 0


class SightQuestions:
    """The newest question of each kind. It outlives the process and the model that it was first put to."""

    def __init__(self, numbers: Callable[[], int]) -> None:
        """``numbers`` gives a number that no message has yet."""
        self._numbers = numbers
        self._open: dict[type[Question], _Open] = {}

    def put(self, question: Question) -> None:
        """Take the place of what was asked of this kind, which is not answered any more."""
        self._open[type(question)] = _Open(question)

    def unsent(self) -> list[Question]:
        """What is to be sent now, under numbers of ours."""
        found: list[Question] = []
        for one in self._open.values():
            if not one.number:
                one.number = self._numbers()
                found.append(replace(one.question, id=one.number))
        return found

    def again(self) -> None:
        """All that is open is to be sent once more: to another model."""
        for one in self._open.values():
            one.number = one.deaths = 0

    def concluded(self, said: Said) -> tuple[type[Question], Said] | None:
        """The kind of the question that this answers, and the answer under the asker's id; None where it is
        not wanted any more."""
        for kind, one in list(self._open.items()):
            if one.number == said.id:
                del self._open[kind]
                return kind, replace(said, id=one.question.id)
        return None

    def lost(self) -> list[tuple[type[Question], int, int]]:
        """The process is gone: the kinds, ids and deaths of the questions that it ended over too often."""
        found = []
        for kind, one in list(self._open.items()):
            if one.number:
                one.deaths += 1
                one.number = 0
            if one.deaths >= _DEATHS:
                del self._open[kind]
                found.append((kind, one.question.id, one.deaths))
        return found

    def given_up(self) -> list[tuple[type[Question], int]]:
        """The kinds and ids of all that is open; nothing is afterwards."""
        found = [(kind, one.question.id) for kind, one in self._open.items()]
        self._open.clear()
        return found

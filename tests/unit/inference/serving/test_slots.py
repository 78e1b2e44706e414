"""The newest wins, and what is most urgent comes first."""

from __future__ import annotations

from threading import Thread

from inference.serving.messages import Ahead, Ask, Embed, Explain, Load, Sight
from inference.serving.slots import Slots


def ask(number: int) -> Ask:
    return Ask(number, number, f"{number}.jpg", 10, 10)


def test_the_newest_question_is_taken_once() -> None:
    slots = Slots()
    for number in range(5):
        slots.put(ask(number))
    assert slots.take(0) == ask(4)
    assert slots.take(0) is None


def test_a_model_comes_before_a_question_and_that_before_what_is_ahead() -> None:
    slots = Slots()
    slots.put(Load(1, "a"))
    slots.put(Ahead((ask(2), ask(3))))
    slots.put(ask(1))
    assert [slots.take(0) for _ in range(3)] == [Load(1, "a"), ask(1), Ahead((ask(2), ask(3)))]


def test_what_is_asked_about_sights_waits_behind_the_question_each_kind_for_itself() -> None:
    slots = Slots()
    sight = Sight("a.jpg", (0, 0, 1, 1))
    explain = Explain(4, sight, sight)
    for message in (Ahead(), Explain(2, sight, sight), Embed(3, sight), explain, Embed(5, sight), ask(1)):
        slots.put(message)
    assert [slots.take(0) for _ in range(5)] == [ask(1), Embed(5, sight), explain, Ahead(), None]
    slots.put(Embed(6, sight))
    slots.put(Load(1, "a"))
    assert [slots.take(0) for _ in range(2)] == [Load(1, "a"), None]


def test_another_model_takes_the_place_of_what_the_last_was_asked() -> None:
    slots = Slots()
    for message in (Load(1, "a"), ask(1), Ahead((ask(2),)), Load(2, "b"), ask(3)):
        slots.put(message)
    assert [slots.take(0) for _ in range(3)] == [Load(2, "b"), ask(3), None]


def test_who_waits_is_woken_by_what_comes_and_by_the_end() -> None:
    slots = Slots()
    taken: list[object] = []

    def wait() -> None:
        while not slots.closed:
            taken.append(slots.take())

    waiting = Thread(target=wait)
    waiting.start()
    slots.put(ask(1))
    while not taken:
        pass
    slots.close()
    waiting.join(5)
    assert not waiting.is_alive()
    assert taken == [ask(1), None]
    slots.put(ask(2))
    assert slots.take(0) is None

"""Verdicts: several people's are kept, the newest of each stands."""

from __future__ import annotations

from datetime import UTC, datetime

from store.db import Store
from store.db.verdicts import CAUSE_KEYS, Cause, Verdict, standing


def test_verdicts_are_kept_and_the_newest_of_each_person_stands(store: Store, other: Store) -> None:
    before = datetime.now(UTC)
    first = store.verdicts.say(Verdict(garment_id=7, cause=Cause.HARD_VIEW, author="Ada"))
    second = other.verdicts.say(
        Verdict(
            garment_id=7,
            result_id=9,
            cause=Cause.MISSING_MATCH,
            note="same 花",
            author="Bo",
            run="r1",
            edit_id=4,
        )
    )
    third = store.verdicts.say(Verdict(garment_id=7, cause=Cause.MODEL, author="Ada"))
    store.verdicts.say(Verdict(garment_id=8, cause=Cause.BAD_CROP, author="Ada"))
    found = other.verdicts.of([7, 100])
    assert set(found) == {7}
    assert [one.same_as(said) for one, said in zip(found[7], (first, second, third), strict=True)] == [
        True
    ] * 3
    assert before <= found[7][0].at <= datetime.now(UTC)
    stands = standing(found[7])
    assert stands["Ada"].cause is Cause.MODEL
    assert (stands["Bo"].result_id, stands["Bo"].note, stands["Bo"].edit_id) == (9, "same 花", 4)
    store.verdicts.take_back(third.id)
    assert standing(store.verdicts.of([7])[7])["Ada"].cause is Cause.HARD_VIEW
    store.verdicts.take_back(third.id)


def test_there_is_a_key_for_each_cause() -> None:
    assert list(CAUSE_KEYS) == list(range(1, 9))
    assert set(CAUSE_KEYS.values()) == set(Cause)

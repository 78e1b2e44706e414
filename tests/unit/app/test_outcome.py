"""What an error becomes at the edge of the program."""

from __future__ import annotations

import pytest

from app import log
from app.cli.outcome import Boundary, Exit
from store.errors import Cancelled, StoreError


def outcome_of(error: BaseException) -> tuple[Exit, str]:
    told: list[str] = []
    with Boundary(told.append) as boundary:
        raise error
    return boundary.code, "\n".join(told)


def test_nothing_raised_is_done() -> None:
    with Boundary(lambda _text: None) as boundary:
        pass
    assert boundary.code is Exit.DONE


def test_a_wrong_world_is_told_with_what_to_do() -> None:
    code, told = outcome_of(StoreError("/x is not a store.", "Choose another folder."))
    assert code is Exit.BAD_INPUT
    assert told == "Error: /x is not a store. Choose another folder."


@pytest.mark.parametrize("error", [Cancelled(), KeyboardInterrupt()])
def test_cancelling_has_its_own_code(error: BaseException) -> None:
    assert outcome_of(error)[0] == 130


def test_our_own_fault_is_told_in_full_and_logged() -> None:
    code, told = outcome_of(ZeroDivisionError("by us"))
    assert code is Exit.OUR_BUG
    assert "ZeroDivisionError: by us" in told
    assert str(log.path()) in told
    assert "by us" in log.path().read_text(encoding="utf-8")


def test_leaving_passes_through() -> None:
    with pytest.raises(SystemExit), Boundary(lambda _text: None):
        raise SystemExit(7)

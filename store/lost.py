"""What a dataset that was imported before does not say any more because its files are damaged or gone.

A file that is cut off, or half copied, says nothing of what it does not hold any more; taken at its word it
would delete garments and empty facts that nobody has taken back. What was wrong the last time already is no
news: the store was filled with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from store.errors import FormatError
from store.records import Dataset, Problem, Severity

#: Errors with which a file, the rest of it or one of its entries was not read, so that it is not known what
#: that says. (Others are about what was read.)
_UNREAD = frozenset({"json", "list-text", "list-row", "list-count"})
#: How a problem of the same damage is recognised.
_SAME = ("code", "message", "file", "item")


def refuse_loss(found: Dataset, wanted: Dataset, before: Iterable[Problem], now: Iterable[Problem]) -> None:
    """FormatError where files that ``found`` was read from cannot be read now, or are not there any more.

    ``wanted`` is the dataset as its files say it now. ``before`` are the problems of the files as a whole at
    the last import, ``now`` those that are known before the first image is read.
    """
    known = {_told(problem) for problem in before}
    for problem in now:
        if problem.severity is Severity.ERROR and problem.code in _UNREAD and _told(problem) not in known:
            where = ", ".join(part for part in (problem.file, problem.item) if part)
            raise _refusal(found, f"{where}: {problem.message}")
    there = dict(_files(wanted.extra))
    for key, place in _files(found.extra):
        if key not in there:
            raise _refusal(found, f"{place} was read the last time; now it is not there or cannot be read.")


def _refusal(found: Dataset, why: str) -> FormatError:
    return FormatError(
        f'"{found.name}" is not brought up to date, for that would take away what its files do not hold any '
        f"more. {why}",
        "Put the whole file back and import again, or give another name: then what can be read comes in as a "
        "dataset of its own.",
    )


def _told(problem: Problem) -> tuple[str, ...]:
    return tuple(str(getattr(problem, name)) for name in _SAME)


def _files(extra: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The files that a reader notes with a dataset, by what tells them apart, and where they lie."""
    for format, notes in extra.items():
        if not isinstance(notes, Mapping):
            continue
        truths = notes.get("ground_truth")
        for kind in ("files", "wholes"):
            named = notes.get(kind)
            for key, about in named.items() if isinstance(named, Mapping) else ():
                if isinstance(about, Mapping):
                    yield (format, kind, key), str(about.get("place", key))
        if isinstance(truths, list):
            for about in truths:
                if isinstance(about, Mapping):
                    place = str(about.get("place", ""))
                    yield (format, *(str(about.get(name)) for name in ("split", "role", "list"))), place

"""Imports that were broken off, and go on where they stopped when the dataset is imported again.

An import marks its dataset on the problem list for as long as it runs. A mark whose process is gone is an
import that was cancelled or killed: whoever opens the store reads of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from store.db import Store
from store.processes import birth, runs
from store.records import Dataset, Problem, Severity

CODE = "import-unfinished"


@dataclass(frozen=True, slots=True)
class Begun:
    """A dataset to import into, and the names of the images it has already from the last time."""

    dataset: Dataset
    known: frozenset[str]


def begin(store: Store, wanted: Dataset) -> Begun:
    """The unfinished dataset of the same place and format, else ``wanted`` as a new one; marked either way.

    The name of a new one gets a number where it is taken: filters name a dataset.
    """
    for dataset in store.datasets.all():
        if _place(dataset) != _place(wanted):
            continue
        loose = store.problems.loose(dataset.id)
        marks = [problem for problem in loose if problem.code == CODE]
        if marks and not any(map(_is_running, marks)):
            # Those of the file as a whole are found anew.
            store.problems.remove([problem.id for problem in loose])
            return _marked(store, dataset, store.images.names(dataset.id))
    return _marked(store, store.datasets.add_named(wanted), frozenset())


def end(store: Store, dataset: Dataset) -> None:
    """Takes the mark away: all is in."""
    marks = [problem.id for problem in store.problems.loose(dataset.id) if problem.code == CODE]
    store.problems.remove(marks)


def is_unfinished(store: Store, dataset: Dataset) -> bool:
    """Whether an import of a dataset has not come to its end: it runs, or was broken off."""
    return any(problem.code == CODE for problem in store.problems.loose(dataset.id))


def _place(dataset: Dataset) -> tuple[str, ...]:
    return dataset.format, dataset.root, dataset.images_root


def _marked(store: Store, dataset: Dataset, known: frozenset[str]) -> Begun:
    mark = Problem(
        code=CODE,
        message=f'The import of "{dataset.name}" has not come to its end. If it does not run any more, '
        "import the same again: it goes on where it stopped.",
        severity=Severity.ERROR,
        file=dataset.root,
        item=f"process {os.getpid()} {birth(os.getpid())}",
        dataset_id=dataset.id,
    )
    store.problems.add([mark])
    return Begun(dataset, known)


def _is_running(mark: Problem) -> bool:
    """Whether another process is at it; one of this process has ended, for it does one at a time."""
    _, pid, born = mark.item.split()
    return int(pid) != os.getpid() and runs(int(pid), born)

"""Which dataset an import goes into, and imports that were broken off.

An import marks its dataset on the problem list for as long as it runs. A mark whose process is gone is an
import that was cancelled or killed: whoever opens the store reads of it, and it goes on where it stopped when
the dataset is imported again. A dataset that came in whole is brought up to date then.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from store.db import Store
from store.errors import StoreError
from store.lost import refuse_loss
from store.processes import birth, runs
from store.records import Dataset, Problem, Severity

CODE = "import-unfinished"
#: Where a dataset's ``extra`` keeps what was asked when it was imported.
ASKED = "import"
#: What the mark of an import calls its process: of one that fills a dataset, and of one that renews it.
_FILLING, _RENEWING = "process", "again"
#: So many pictures are looked for to say in which of two folders they lie.
_TRIED = 50


@dataclass(frozen=True, slots=True)
class Begun:
    """A dataset to import into.

    ``before`` counts the images that it has already, and ``last`` is the highest of their ids. ``again``: it
    was whole once, so these are to be brought up to date; else they are left as they are. ``outdated`` are
    the ids of the problems of the files as a whole that were found the last time, to be removed at the end.
    """

    dataset: Dataset
    before: int = 0
    last: int = 0
    again: bool = False
    outdated: tuple[int, ...] = ()


def begin(
    store: Store,
    wanted: Dataset,
    problems: Iterable[Problem] = (),
    *,
    named: bool = False,
    moved: bool = False,
) -> Begun:
    """The dataset of the same place and format, else ``wanted`` as a new one; marked either way.

    ``named``: only one of the same name will do. ``moved``: its pictures lie where ``wanted`` says, else
    where more of them are found. A new one's name gets a number where it is taken: filters name a dataset.
    ``problems`` are those of the files as a whole that are known so far. StoreError where another process is
    importing the same; FormatError, with nothing changed, where a dataset that came in whole would lose what
    its files cannot say any more.
    """
    found = known(store, wanted, named=named)
    if found is None:
        return Begun(_marked(store, store.datasets.add_named(wanted), _FILLING))
    loose = store.problems.loose(found.id)
    marks = [problem for problem in loose if problem.code == CODE]
    if any(map(_is_running, marks)):
        raise StoreError(
            f'"{found.name}" is being imported by another process.',
            "Wait until that has ended, or give another name to import it a second time.",
        )
    again = not any(mark.item.startswith(_FILLING) for mark in marks)
    if again:
        refuse_loss(found, wanted, loose, problems)
    root = wanted.images_root if moved else _better_root(store, found, wanted.images_root)
    dataset = store.datasets.update(found.but(images_root=root, extra=wanted.extra))
    before, last = store.datasets.extent(dataset.id)
    _marked(store, dataset, _RENEWING if again else _FILLING)
    # After the new mark: a half-filled dataset without any would be taken for a whole one.
    store.problems.remove([mark.id for mark in marks])
    outdated = tuple(problem.id for problem in loose if problem.code != CODE)
    return Begun(dataset, before, last, again, outdated)


def known(store: Store, wanted: Dataset, *, named: bool = False) -> Dataset | None:
    """The dataset of the same place and format, one that was broken off before others; None: there is none.

    ``named``: only one of the same name will do.
    """
    found = [
        dataset
        for dataset in store.datasets.all()
        if _place(dataset) == _place(wanted) and (not named or dataset.name == wanted.name)
    ]
    return next((one for one in found if is_unfinished(store, one)), found[0] if found else None)


def end(store: Store, dataset: Dataset) -> None:
    """Takes the mark away: all is in."""
    marks = [problem.id for problem in store.problems.loose(dataset.id) if problem.code == CODE]
    store.problems.remove(marks)


def is_unfinished(store: Store, dataset: Dataset) -> bool:
    """Whether an import of a dataset has not come to its end: it runs, or was broken off."""
    return any(problem.code == CODE for problem in store.problems.loose(dataset.id))


def _place(dataset: Dataset) -> tuple[str, ...]:
    """What makes two imports imports of the same."""
    return dataset.format, dataset.root, split_of(dataset)


def split_of(dataset: Dataset) -> str:
    """The split that was named when a dataset was imported; "": none was."""
    asked = dataset.extra.get(ASKED)
    return str(asked.get("split", "")) if isinstance(asked, Mapping) else ""


def _better_root(store: Store, dataset: Dataset, found: str) -> str:
    """The folder of the pictures: the one that somebody named for the dataset, or the one that was found."""
    if dataset.images_root == found:
        return found
    names = store.datasets.some_names(dataset.id, _TRIED)

    def there(root: str) -> int:
        return sum((Path(root) / name).is_file() for name in names)

    return found if there(found) > there(dataset.images_root) else dataset.images_root


def _marked(store: Store, dataset: Dataset, word: str) -> Dataset:
    mark = Problem(
        code=CODE,
        message=f'The import of "{dataset.name}" has not come to its end. If it does not run any more, '
        "import the same again: it goes on where it stopped.",
        severity=Severity.ERROR,
        file=dataset.root,
        item=f"{word} {os.getpid()} {birth(os.getpid())}",
        dataset_id=dataset.id,
    )
    store.problems.add([mark])
    return dataset


def _is_running(mark: Problem) -> bool:
    """Whether another process is at it; one of this process has ended, for it does one at a time."""
    _, pid, born = mark.item.split()
    return int(pid) != os.getpid() and runs(int(pid), born)

"""Edits in hand, kept in a file of the store's folder: they outlive the program, however it ends.

``unsaved/<image>-<number>.json`` is of one image and one process, which takes it away when all is saved. What
a process that is gone has left is taken up by whoever opens the image next, who gives the file a name of its
own first, ``….taken``: so two never take up the same. Their own file names it till it is gone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from store import processes
from store.db.change import Change
from store.db.codec import dump_json, load_json
from store.db.states import dump_state, load_state
from store.document.edits import Edit
from store.document.hand import Hand
from store.errors import StoreError
from store.records import Origin

FOLDER = "unsaved"
#: How the name of a file ends that a process has taken over and not yet copied into its own.
_TAKEN = ".taken"


@dataclass(frozen=True, slots=True)
class Left:
    """What a process that is gone had in hand of an image. ``file`` is taken away with
    :meth:`Journal.adopt`; ``sources`` are names of files that it holds already."""

    image_id: int
    hand: Hand
    file: Path
    sources: tuple[str, ...] = ()


class Journal:
    """The file of one image and this process. Nothing is written while there is nothing to keep."""

    def __init__(self, folder: Path, image_id: int) -> None:
        self._folder = folder / FOLDER
        self._image_id = image_id
        self._file = self._folder / f"{image_id}-{os.getpid()}.json"
        #: Files of others whose edits are in this one and that are not taken away yet.
        self._sources: tuple[str, ...] = ()

    def keep(self, hand: Hand) -> None:
        """Write what is in hand, or take the file away where nothing is. StoreError where it cannot be kept.

        When it returns a kill of the program does not lose it.
        """
        if not hand.edits:
            self._drop_sources()
            with suppress(OSError):
                self._file.unlink()
                self._folder.rmdir()
            return
        told = {
            "image": self._image_id,
            "pid": os.getpid(),
            "born": processes.birth(os.getpid()),
            "since": hand.since,
            "uncertain": bool(hand.uncertain),
            "sources": list(self._sources),
            "edits": [_written(edit) for edit in hand.edits],
        }
        beside = self._file.with_suffix(".new")
        try:
            self._folder.mkdir(exist_ok=True)
            with beside.open("wb") as stream:
                stream.write(dump_json(told))
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(self._file)
        except OSError as error:
            raise StoreError(
                f"{self._file} cannot be written: {error.strerror}.",
                "What is not saved is lost when the program ends; make room, or keep it open.",
            ) from error

    def set_aside(self) -> str:
        """Leave the file where it is under a name by which nobody takes it up; that name, "" for no file.

        StoreError where it cannot be renamed.
        """
        # A number of a process comes again: nothing that is kept may be put over something else that is.
        kept = self._file.with_suffix(f".{token_hex(4)}.kept")
        try:
            self._file.replace(kept)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise StoreError(
                f"{self._file} cannot be renamed: {error.strerror}.", "Check who may write there."
            ) from error
        return str(kept)

    def adopt(self) -> Hand:
        """What others that are gone had in hand of the image, oldest first, as this process's own now.

        Whoever was killed may have saved some of it. Of several processes that ask one gets it. StoreError
        where it cannot be kept.
        """
        hand = Hand()
        for one in left_over(self._folder.parent):
            taken = self._claim(one.file) if one.image_id == self._image_id else None
            if taken is not None:
                hand.since = min(hand.since, one.hand.since) if hand.edits else one.hand.since
                hand.edits += one.hand.edits
                self._sources += (*one.sources, taken.name)
        if hand.edits:
            hand.uncertain = len(hand.edits)
            self.keep(hand)
            self._drop_sources()
        return hand

    def _claim(self, file: Path) -> Path | None:
        """Gives a file a name that says whose it is now; None where somebody else was quicker."""
        pid = os.getpid()
        words = file.name.split(".")[0], str(pid), processes.birth(pid), token_hex(4)
        taken = file.with_name(f"{'.'.join(words)}{_TAKEN}")
        try:
            file.rename(taken)
        except OSError:
            return None
        return taken

    def _drop_sources(self) -> None:
        """Takes away what is in the own file now; what stays is named there and taken up by nobody."""
        for name in self._sources:
            with suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)
        self._sources = tuple(name for name in self._sources if (self._folder / name).exists())


def left_over(folder: Path) -> list[Left]:
    """What processes that are gone had in hand of the store in ``folder``, oldest first.

    A file that is not one of ours, or is damaged, is left alone; so is one that another has taken over.
    """
    found: list[Left] = []
    taken_over: set[str] = set()
    files = [*(folder / FOLDER).glob("*.json"), *(folder / FOLDER).glob(f"*{_TAKEN}")]
    for file in sorted(files, key=_age):
        with suppress(OSError, ValueError, KeyError, TypeError, StopIteration):
            told = load_json(file.read_bytes())
            pid, born = int(told["pid"]), str(told["born"])
            sources = tuple(str(name) for name in told.get("sources", ()))
            taken_over.update(sources)
            if file.name.endswith(_TAKEN):
                _, claimed, born, *_ = file.name.split(".")
                pid = int(claimed)
            # What this process has left itself, with a store that it closed, is there to be taken up too.
            if pid == os.getpid() or not processes.runs(pid, born):
                edits = [_read(raw) for raw in told["edits"]]
                hand = Hand(edits, int(told["since"]), int(told["uncertain"]))
                found.append(Left(int(told["image"]), hand, file, sources))
    return [one for one in found if one.file.name not in taken_over]


def images_left(folder: Path) -> tuple[int, ...]:
    """The ids of the images of which there is something left over."""
    return tuple(dict.fromkeys(one.image_id for one in left_over(folder)))


def _age(file: Path) -> float:
    with suppress(OSError):
        return file.stat().st_mtime
    return 0.0


def _written(edit: Edit) -> dict[str, Any]:
    changes = [[_plain(dump_state(one.before)), _plain(dump_state(one.after))] for one in edit.changes]
    return {"title": edit.title, "origin": str(edit.origin), "changes": changes}


def _plain(blob: bytes | None) -> Any:
    return None if blob is None else load_json(blob)


def _read(raw: Mapping[str, Any]) -> Edit:
    def state(plain: Any) -> Any:
        return load_state(None if plain is None else dump_json(plain))

    pairs: Iterable[list[Any]] = raw["changes"]
    changes = tuple(Change(state(before), state(after)) for before, after in pairs)
    return Edit(str(raw["title"]), changes, Origin(raw["origin"]))

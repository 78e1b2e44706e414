"""Writes the ground truth of the retrieval benchmark beside the annotations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from store.errors import FormatError
from store.formats.deepfashion2.documents import folder_of, held, notes_of
from store.formats.deepfashion2.ground_truth import (
    DOMAINS,
    ROLES,
    TruthFile,
    default_place,
    entries_of,
    entry_text,
    number_of,
)
from store.formats.deepfashion2.item_writing import crc
from store.formats.files import writing
from store.formats.lists.bodies import Bodies
from store.formats.source import Entry
from store.formats.values import mapping, word
from store.records import Garment, Image, ImageRecord

_TRAIN = "train"
_ENTRIES, _LIST = "entries", "list"


@dataclass(frozen=True, slots=True)
class Said:
    """What the ground truth says of an image; ``role`` is "" where it does not say which it has."""

    role: str = ""
    entries: Sequence[Entry] = ()


class TruthWriter:
    """Collects what the ground truth says while annotations are written, and writes its files at the end.

    ``notes`` are those of the dataset's own files, which are written again; ``asked``: all files are
    wanted, also of images whose role only their domain tells.
    """

    def __init__(self, notes: Any, *, asked: bool, precise: bool) -> None:
        self._asked = asked
        self._precise = precise
        self._files: dict[tuple[str, str, str], Mapping[str, Any]] = {}
        for note in notes if isinstance(notes, list) else ():
            said = mapping(note)
            place = PurePosixPath(word(said.get("place")))
            role, split = said.get("role"), word(said.get("split"))
            fit = not place.is_absolute() and ".." not in place.parts and place.parts
            if fit and role in ROLES and split == folder_of(split):
                kind = _LIST if said.get("list") is True else _ENTRIES
                self._files.setdefault((split, role, kind), said)
        self._bodies: Bodies | None = None
        #: Where files were written, below the export's folder.
        self.places: list[str] = []
        self._work = self._out = Path()

    def begin(self, work: Path, out: Path) -> None:
        """``work`` is the folder that becomes ``out``."""
        self._work, self._out = work, out
        self._bodies = Bodies(work, out)

    def replaces(self, file: TruthFile, folders: Collection[str]) -> bool:
        """Whether a file that is there already would be written anew, by an export of some folders."""
        return file.split in folders and self._is_written(
            file.split, file.role, _LIST if file.is_list else _ENTRIES
        )

    def _is_written(self, folder: str, role: str, kind: str) -> bool:
        return self._asked or (folder, role, kind) in self._files

    def said(self, record: ImageRecord, folder: str, stem: str) -> Said:
        """What the files say of an image that is written under a name."""
        image, number = record.image, number_of(stem)
        role = image.role or self._by_domain(image)
        if number is None or role not in ROLES:
            return Said()
        entries: Sequence[Entry] = ()
        if self._is_written(folder, role, _ENTRIES):
            entries = self._entries(image, held(record.garments), number, role)
        is_listed = self._is_written(folder, role, _LIST) and (bool(entries) or image.role == role)
        return Said(role if entries or is_listed else "", entries)

    def _by_domain(self, image: Image) -> str:
        """The role of an image that has none: consumers ask, shops answer."""
        if not self._asked or image.split == _TRAIN:
            return ""
        return next((role for role, domain in DOMAINS.items() if domain is image.domain), "")

    def _entries(self, image: Image, garments: Sequence[Garment], number: int, role: str) -> Sequence[Entry]:
        """The entries of an image: as they were read, while they are still those of its garments."""
        kept = mapping(notes_of(image).get("ground_truth"))
        said = kept.get("entries")
        now = crc(entries_of(image, garments, number, role)) if isinstance(said, list) else None
        if isinstance(said, list) and kept.get("role") == role and kept.get("of") == now:
            return [entry for entry in said if isinstance(entry, dict)]
        return entries_of(image, garments, number, role, precise=self._precise)

    def add(self, said: Said, folder: str, stem: str) -> None:
        """Takes what is said of an image into the files."""
        if not said.role:
            return
        assert self._bodies is not None
        key = _key(folder, said.role, _ENTRIES)
        compact = self._note(folder, said.role, _ENTRIES).get("compact") is True
        self._bodies.add(key, (entry_text(entry, compact=compact) for entry in said.entries))
        if self._is_written(folder, said.role, _LIST):
            self._bodies.put(_key(folder, said.role, _LIST), [stem])
        if self._asked:
            for kind in (_ENTRIES, _LIST):
                self._files.setdefault((folder, said.role, kind), {})

    def _note(self, folder: str, role: str, kind: str) -> Mapping[str, Any]:
        return self._files.get((folder, role, kind), {})

    def join(self) -> None:
        """Writes the files. Once."""
        if self._bodies is None:
            return
        bodies, self._bodies = self._bodies, None
        bodies.close()
        for (folder, role, kind), note in self._files.items():
            key = _key(folder, role, kind)
            if not bodies.counts[key]:
                continue
            place = word(note.get("place"))
            if not place or ("/" not in place and folder not in ("", "validation")):
                # Beside the folders of several splits nothing would say which of them it is about.
                place = default_place(folder, role, kind == _LIST)
            with writing(self._out / place):
                target = self._work / place
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("w", encoding="utf-8", newline="") as file:
                    rows = bodies.lines(key)
                    parts = _list_parts(rows, note) if kind == _LIST else _json_parts(rows, note)
                    file.writelines(parts)
                self.places.append(place)
                bodies.path(key).unlink()

    def abort(self) -> None:
        """Closes what is open."""
        if self._bodies is not None:
            with suppress(FormatError):  # what cannot be written is about to be deleted
                self._bodies.close()


def _key(folder: str, role: str, kind: str) -> str:
    return f"{folder}.{role}.{kind}"


def _json_parts(rows: Iterable[str], note: Mapping[str, Any]) -> Iterator[str]:
    """A JSON array of entries."""
    between = "," if note.get("compact") is True else ", "
    yield "["
    for place, row in enumerate(rows):
        yield f"{between}{row}" if place else row
    yield "]\n" if note.get("ended") is True else "]"


def _list_parts(rows: Iterable[str], note: Mapping[str, Any]) -> Iterator[str]:
    """A line for each stem."""
    ending = word(note.get("ending")) if "ending" in note else ".json"
    end = "\r\n" if note.get("newline") == "\r\n" else "\n"
    for place, row in enumerate(rows):
        yield f"{end if place else ''}{row}{ending}"
    if note.get("ended") is not False:
        yield end

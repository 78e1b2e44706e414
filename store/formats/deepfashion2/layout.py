"""Where the pictures and annotations of a DeepFashion2 folder lie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from store.errors import FormatError
from store.formats.base import ReadOptions
from store.formats.deepfashion2.ground_truth import is_truth, is_truth_name
from store.formats.files import reading

SPLITS = ("train", "validation", "test", "val")
_PICTURES = ("image", "images")
_ANNOTATIONS = "annos"
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")


@dataclass(frozen=True, slots=True)
class Part:
    """One split: a folder of annotations (None: there are none) and one of pictures.

    ``prefix`` goes before a picture's file name to make the image's name.
    """

    split: str
    annotations: Path | None
    pictures: Path
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One image of a part: the common stem, the picture's file name ("" if missing), other pictures."""

    stem: str
    picture: str
    annotated: bool
    others: tuple[str, ...] = ()


def find(path: Path, options: ReadOptions) -> tuple[Path, list[Part]]:
    """The folder that image names are relative to, and the parts of a dataset.

    Raises :class:`FormatError` where ``path`` holds nothing of the kind.
    """
    if not path.is_dir():
        what = "is a file, not a folder" if path.exists() else "does not exist"
        raise FormatError(f"{path} {what}.", "Give the folder that holds image/ and annos/, or the splits.")
    if options.images is not None and not options.images.is_dir():
        raise FormatError(f"{options.images} is not a folder.", "Give the folder that holds the pictures.")
    homes = _homes(path)
    if len(homes) == 1 and homes[0][1] == path:
        return _single(path, options)
    if not homes:
        if _has_annotations(_names(path)):
            return _bare(path, options)
        raise FormatError(
            f"{path} holds no DeepFashion2 dataset: neither image/ and annos/ nor folders with them.",
            "Give the folder that holds image/ and annos/, or the one that holds train/ and validation/.",
        )
    if options.split:
        homes = [home for home in homes if home[0] == options.split]
        if not homes:
            raise FormatError(
                f"{path} has no split {options.split!r}.", "Leave --split out to read all of it."
            )
    root = options.images or path
    return root, [_part(split, home, root, options) for split, home in homes]


def _homes(path: Path) -> list[tuple[str, Path]]:
    """Folders with pictures or annotations, by split: the folder itself and those below it."""
    homes = [("", path)] if _is_home(path) else []
    for entry in map(path.joinpath, sorted(_names(path))):
        if not entry.is_dir() or entry.name.startswith(".") or entry.name in (*_PICTURES, _ANNOTATIONS):
            continue
        # Unpacking the official archives makes train/train/image.
        for home in (entry, entry / entry.name):
            if _is_home(home):
                homes.append((entry.name, home))
                break
    return homes


def _is_home(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in (*_PICTURES, _ANNOTATIONS))


def _pictures_in(home: Path) -> Path:
    return next((home / name for name in _PICTURES if (home / name).is_dir()), home / _PICTURES[0])


def _single(path: Path, options: ReadOptions) -> tuple[Path, list[Part]]:
    split = options.split or (path.name if path.name in SPLITS else "")
    annotations = path / _ANNOTATIONS
    pictures = options.images or _pictures_in(path)
    return pictures, [Part(split, annotations if annotations.is_dir() else None, pictures)]


def _bare(path: Path, options: ReadOptions) -> tuple[Path, list[Part]]:
    home = path.parent
    split = options.split or (home.name if home.name in SPLITS else "")
    pictures = options.images or _pictures_in(home)
    return pictures, [Part(split, path, pictures)]


def _part(split: str, home: Path, root: Path, options: ReadOptions) -> Part:
    annotations = home / _ANNOTATIONS if (home / _ANNOTATIONS).is_dir() else None
    pictures = _pictures_in(home)
    if options.images is not None:
        places = [root / split / name for name in _PICTURES] + [root / split, *(root / n for n in _PICTURES)]
        pictures = next((place for place in places if place.is_dir()), root)
    prefix = pictures.relative_to(root).as_posix()
    return Part(split, annotations, pictures, "" if prefix == "." else f"{prefix}/")


def _has_annotations(names: list[str]) -> bool:
    """Whether some files of a folder are annotations; beside a ground truth only those named by numbers."""
    found = [name.removesuffix(".json") for name in names if name.endswith(".json")]
    return any(stem.isdecimal() for stem in found) if any(map(is_truth_name, names)) else bool(found)


def _names(folder: Path) -> list[str]:
    """All names in a folder. What is no file after all is complained of when it is read."""
    with reading(folder), os.scandir(folder) as entries:
        return [entry.name for entry in entries]


class Listing:
    """The images of a part by stem: those with a picture, an annotation or both.

    Only the names of the files stay in memory.
    """

    def __init__(self, part: Part) -> None:
        pictures = _names(part.pictures) if part.pictures.is_dir() else []
        self._pictures = sorted(filter(_is_picture, pictures), key=_place)
        folder = part.annotations
        notes = [] if folder is None else _names(folder)
        self._annotated = sorted(
            name.removesuffix(".json")
            for name in notes
            if folder is not None
            and name.endswith(".json")
            and not name.startswith(".")
            and not _is_truth(folder, name)
        )
        self._count = sum(1 for _ in self._stems())

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Found]:
        for stem, names, annotated in self._stems():
            yield Found(stem, names[0] if names else "", annotated, tuple(names[1:]))

    def _stems(self) -> Iterator[tuple[str, list[str], bool]]:
        """Each stem, the names of its pictures, the one that counts first, and whether it is annotated."""
        pictures = ((stem, list(names)) for stem, names in groupby(self._pictures, key=_stem))
        annotated = iter(self._annotated)
        picture, note = next(pictures, None), next(annotated, None)
        while picture is not None or note is not None:
            if note is not None and (picture is None or note < picture[0]):
                yield note, [], True
                note = next(annotated, None)
            elif picture is not None:
                both = picture[0] == note
                yield *picture, both
                picture = next(pictures, None)
                note = next(annotated, None) if both else note


def _is_picture(name: str) -> bool:
    stem, _, ending = name.rpartition(".")
    return f".{ending.lower()}" in _ENDINGS and bool(stem) and not stem.startswith(".")


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _is_truth(folder: Path, name: str) -> bool:
    return is_truth_name(name) and is_truth(folder / name)


def _place(name: str) -> tuple[str, int, str]:
    """Where the name of a picture stands: by its stem, and of one stem the ending that counts first."""
    stem, _, ending = name.rpartition(".")
    return stem, _ENDINGS.index("." + ending.lower()), name

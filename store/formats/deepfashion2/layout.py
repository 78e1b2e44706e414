"""Where the pictures and annotations of a DeepFashion2 folder lie."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from store.errors import FormatError
from store.formats.base import ReadOptions
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
        if any(name.endswith(".json") for name in _names(path)):
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


def _names(folder: Path) -> list[str]:
    """All names in a folder. What is no file after all is complained of when it is read."""
    with reading(folder), os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def listing(part: Part) -> list[Found]:
    """The images of a part by stem: those with a picture, an annotation or both."""
    pictures: dict[str, list[str]] = {}
    if part.pictures.is_dir():
        for name in _names(part.pictures):
            stem, _, ending = name.rpartition(".")
            if f".{ending.lower()}" in _ENDINGS and stem and not stem.startswith("."):
                pictures.setdefault(stem, []).append(name)
    annotated: Counter[str] = Counter()
    if part.annotations is not None:
        annotated.update(
            name.removesuffix(".json")
            for name in _names(part.annotations)
            if name.endswith(".json") and not name.startswith(".")
        )
    found = []
    for stem in sorted({*pictures, *annotated}):
        names = sorted(pictures.get(stem, ()), key=lambda name: (_rank(name), name))
        found.append(Found(stem, names[0] if names else "", stem in annotated, tuple(names[1:])))
    return found


def _rank(name: str) -> int:
    return _ENDINGS.index("." + name.rpartition(".")[2].lower())

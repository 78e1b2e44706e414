"""One image as COCO writes it."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from store.formats import source, studio
from store.formats.base import Complaints
from store.formats.coco import FORMAT
from store.formats.source import Entry, Notes
from store.formats.values import integer, mapping, text, word
from store.pictures import MAX_PIXELS
from store.records import Domain, Image, ImageState

_KNOWN = frozenset({"id", "file_name", "width", "height", "source", "pair_id", studio.KEY})
#: Our keys inside an image beyond those of :mod:`store.formats.studio`.
_OURS = frozenset({"size_known", "set_aside", "number", "backslash"})
_DOMAINS = {"user": Domain.CONSUMER, "shop": Domain.SHOP}
_WORDS = {domain: words for words, domain in _DOMAINS.items()}
#: What the official converter writes for every image, besides what it knows.
_OFFICIAL: Entry = {"coco_url": "", "date_captured": "", "flickr_url": "", "license": 0}
_OFFICIAL_ORDER = (
    *("coco_url", "date_captured", "file_name", "flickr_url", "id", "license", "width", "height"),
    *("source", "pair_id"),
)
_USUAL_ORDER = (*_OFFICIAL_ORDER, studio.KEY)
_USUAL = frozenset(_USUAL_ORDER)
#: What a usual entry says, in this order.
_SAID = ("file_name", "id", "width", "height", "source", "pair_id")
#: Such a name is as plain as can be: it leads nowhere else, and there is one way to write it.
_PLAIN_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")


def notes_of(image: Image) -> Notes:
    """What was kept of the entry that an image came from."""
    return mapping(image.extra.get(FORMAT))


def decode(entry: Entry, image_id: int, root: Path, split: str, told: Complaints) -> Image:
    """The image of an entry, without what it has no field for.

    A file name that leads out of ``root`` is refused: the image is kept as missing, under a safe name.
    """
    ours = mapping(entry.get(studio.KEY))
    name, state = _name(entry, image_id, root, told)
    width, height = (_side(entry.get(key)) for key in ("width", "height"))
    known = bool(width and height) and width * height <= MAX_PIXELS
    if not known and ("width" in entry or "height" in entry):
        size = f"{text(entry.get('width')).decode()} x {text(entry.get('height')).decode()}"
        told.warn("size", f"The size is {size}; it is taken from the picture.")
    domain = _DOMAINS.get(word(entry.get("source")), Domain.UNKNOWN)
    pair_id = integer(entry.get("pair_id")) if type(entry.get("pair_id")) is int else None
    image = Image(
        name=name,
        width=width if known else 0,
        height=height if known else 0,
        size_known=known and ours.get("size_known") is not False,
        state=state,
        split=split,
        domain=domain,
        pair_id=pair_id,
    )
    image = studio.image_from(image, ours)
    return image.but(split=split) if split else image


def with_notes(image: Image, entry: Entry, image_id: int, layout: str, set_aside: list[Any]) -> Image:
    """The image with what it has no field for. ``set_aside`` are its annotations that cannot be read."""
    usual = None if set_aside else _usual_notes(image, entry, image_id, layout)
    if usual is not None:
        return image.but(extra={**image.extra, FORMAT: usual})
    ours = mapping(entry.get(studio.KEY))
    aside = [*_list(ours.get("set_aside")), *set_aside]
    notes: Entry = {"id": image_id}
    if aside:
        notes["set_aside"] = aside
    if integer(ours.get("number")) is not None:
        notes["number"] = ours["number"]
    unknown = studio.unknown_image_values(ours, _OURS)
    if unknown:
        notes["studio"] = unknown
    # The same word in another file may mean something else: then it is kept as an unknown key.
    other = {"source"} if image.domain not in _WORDS else set()
    if type(entry.get("pair_id")) is not int:
        other.add("pair_id")
    kept = source.keep(
        lambda notes: encode(image, image_id, image.name, layout, notes),
        entry,
        _KNOWN - other,
        {},
        notes,
    )
    verbatim = {k: v for k, v in mapping(kept.get("verbatim")).items() if k in ("file_name", studio.KEY)}
    kept = {key: value for key, value in kept.items() if key != "verbatim"}
    if verbatim:
        kept["verbatim"] = verbatim
    return image.but(extra={**image.extra, FORMAT: kept})


def _usual_notes(image: Image, entry: Entry, image_id: int, layout: str) -> Entry | None:
    """The notes of an entry that has nothing odd, so that nothing need be tried out; None for any other."""
    official = {key: value for key, value in entry.items() if key in _OFFICIAL}
    if not entry.keys() <= _USUAL or (layout == "294" and len(official) < len(_OFFICIAL)):
        return None
    said = (image.name, image_id, image.width, image.height, _WORDS.get(image.domain), image.pair_id)
    numbers = [entry[key] for key in ("id", "width", "height", "pair_id") if key in entry]
    if tuple(map(entry.get, _SAID)) != said or set(map(type, numbers)) != {int} or not image.size_known:
        return None
    silent = image.split and studio.KEY not in entry
    if "\\" in image.name or not (silent or _is_simple(entry, image.split)):
        return None
    notes: Entry = {"id": image_id}
    if official:
        notes["unknown"] = official
    if silent or list(entry) != [key for key in _USUAL_ORDER if key in entry]:
        notes["keys"] = list(entry)
    return notes


def _is_simple(entry: Entry, split: str) -> bool:
    """Whether our key says nothing but the split, and what other formats said of the image."""
    if studio.KEY not in entry:
        return True
    ours = entry[studio.KEY]
    if type(ours) is not dict or ours.get("split", "") != split:
        return False
    extra = ours.get("extra")
    if "extra" in ours and (type(extra) is not dict or not extra or FORMAT in extra):
        return False
    return list(ours) == [*["split"] * bool(split), *["extra"] * ("extra" in ours)] and bool(ours)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _side(value: Any) -> int:
    side = integer(value)
    return side if side is not None and 0 < side <= MAX_PIXELS else 0


def _name(entry: Entry, image_id: int, root: Path, told: Complaints) -> tuple[str, ImageState]:
    stated = word(entry.get("file_name"))
    if not stated:
        told.error("file-name", f"Image {image_id} has no file_name; it is kept as missing.")
        return f"missing/{image_id}", ImageState.MISSING
    name, inside = safe_name(stated, root, mapping(entry.get(studio.KEY)).get("backslash") is True)
    if not inside:
        told.error(
            "file-name", f"{stated} leads out of the picture folder; it is not read and kept as missing."
        )
        return name, ImageState.MISSING
    return name, ImageState.PRESENT


def safe_name(stated: str, root: Path, backslash: bool = False) -> tuple[str, bool]:
    """A name relative to ``root`` with ``/``, and whether the stated one lies inside it.

    Names that do not are given one below ``refused/``, so that nothing outside is ever opened. A
    ``backslash`` belongs to the name where we said so, else it was written on Windows.
    """
    if _PLAIN_NAME.fullmatch(stated):
        return stated, True
    path = PurePosixPath(stated if backslash and os.sep == "/" else stated.replace("\\", "/"))
    if path.is_absolute() and path.is_relative_to(root.as_posix()):
        path = path.relative_to(root.as_posix())
    drive = bool(path.parts) and path.parts[0].endswith(":")
    if path.is_absolute() or drive or ".." in path.parts or "\0" in stated or not path.parts:
        parts = [part for part in path.parts if part not in ("/", "..", "//") and not part.endswith(":")]
        return "/".join(["refused", *parts]).replace("\0", ""), False
    return path.as_posix(), True


def told_apart(name: str, used: set[int]) -> str:
    """The name with ``./`` before it for each image that has it too: it still leads to the picture.

    ``used`` are the hashes of the names so far, to which it is added.
    """
    while hash(name) in used:
        name = f"./{name}"
    used.add(hash(name))
    return name


def encode(
    image: Image, image_id: int, file_name: str, layout: str, notes: Notes, number: int | None = None
) -> Entry:
    """The entry of an image; in the 294 layout with all that the official converter writes.

    ``number`` is the id that it would have had, were it not taken.
    """
    entry: Entry = {"file_name": file_name, "id": image_id, "width": image.width, "height": image.height}
    if layout == "294":
        entry.update({k: v for k, v in _OFFICIAL.items() if not source.omitted(notes, k)})
    if image.domain in _WORDS:
        entry["source"] = _WORDS[image.domain]
    if image.pair_id is not None:
        entry["pair_id"] = image.pair_id
    for key, value in mapping(notes.get("unknown")).items():
        if key not in entry or key in _OFFICIAL:
            entry[key] = value
    first = {key: entry[key] for key in _OFFICIAL_ORDER if key in entry}
    entry = {**first, **entry}
    ours = _our_values(image, image_id, file_name, notes, number)
    if ours:
        entry[studio.KEY] = ours
    return entry


def _our_values(
    image: Image, image_id: int, file_name: str, notes: Notes, number: int | None
) -> dict[str, Any]:
    ours = studio.image_values(image, FORMAT, with_split=True)
    if image.width and image.height and not image.size_known:
        ours["size_known"] = False
    if "\\" in file_name:
        ours["backslash"] = True
    number = notes.get("number", number)
    if number is not None and number != image_id:
        ours["number"] = number
    if notes.get("set_aside"):
        ours["set_aside"] = notes["set_aside"]
    ours.update(mapping(notes.get("studio")))
    return ours


def write(image: Image, image_id: int, file_name: str, layout: str, number: int | None = None) -> Entry:
    """The entry as it goes into the file: untouched parts as the source had them."""
    notes = notes_of(image)
    entry = encode(image, image_id, file_name, layout, notes, number)

    def unchanged(key: str, value: Any) -> bool:
        if key == studio.KEY:
            return bool(mapping(value) == mapping(entry.get(studio.KEY)))
        # A name that was refused is not handed on; one with backslashes or ./ is.
        return word(value) != "" and safe_name(word(value), Path("/")) == (file_name, True)

    return source.restore(entry, notes, unchanged)

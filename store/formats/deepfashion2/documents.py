"""One DeepFashion2 annotation file: an object with ``source``, ``pair_id`` and the items of one image."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from json import JSONDecodeError
from typing import Any

from resources.taxonomy import categories
from store.formats import source, studio
from store.formats.base import Complaints
from store.formats.deepfashion2 import FORMAT, plain
from store.formats.deepfashion2.item_reading import decode as decode_item
from store.formats.deepfashion2.item_writing import notes_of as item_notes_of
from store.formats.deepfashion2.item_writing import write as write_item
from store.formats.extents import size_from
from store.formats.source import Entry, Notes
from store.formats.values import integer, loads, mapping, text, word
from store.records import Domain, Garment, Image, ImageRecord, ImageState

ITEM = re.compile(r"item\d+")

_DOMAINS = {"user": Domain.CONSUMER, "shop": Domain.SHOP}
_WORDS = {domain: words for words, domain in _DOMAINS.items()}
#: Our keys of the image beyond those of :mod:`store.formats.studio`.
_OURS = frozenset({"pair_id", "size", "name"})
_SPLIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
#: Ways to write JSON that are recognised, so that a file comes back byte for byte.
_LAYOUTS: dict[str, dict[str, Any]] = {
    "": {},
    "unicode": {"ensure_ascii": False},
    "compact": {"separators": (",", ":")},
    "compact unicode": {"separators": (",", ":"), "ensure_ascii": False},
    "indent 2": {"indent": 2},
    "indent 4": {"indent": 4},
}


def notes_of(image: Image) -> Notes:
    """What was kept of the annotation file of an image."""
    return mapping(image.extra.get(FORMAT))


def folder_of(split: str) -> str:
    """The folder of a split; an empty one where its name is unfit for a folder."""
    return split if _SPLIT.fullmatch(split) and split not in ("image", "annos") else ""


def decode_plainly(raw: str, image: Image) -> plain.Plain | None:
    """What the text of an annotation says where nothing about it is odd; else None."""
    return plain.decode(raw, image) if folder_of(image.split) == image.split else None


def decode(raw: str, image: Image, told: Complaints) -> ImageRecord:
    """The record of an annotation file's text; its problems go to ``told``.

    What does not parse gives the image alone. The role of ``image`` is what the ground truth says.
    """
    quick = decode_plainly(raw, image)
    return decode_with_care(raw, image, told) if quick is None else quick.record()


def decode_with_care(raw: str, image: Image, told: Complaints) -> ImageRecord:
    """As :func:`decode`, for what is not plain."""
    repeated: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> Entry:
        entry = dict(found)
        if len(entry) < len(found):
            repeated.extend(key for key, times in Counter(key for key, _ in found).items() if times > 1)
        return entry

    try:
        document = loads(raw, told.odd_number, pairs)
    except ValueError as error:
        place = f"line {error.lineno}, column {error.colno}" if isinstance(error, JSONDecodeError) else ""
        what = error.msg if isinstance(error, JSONDecodeError) else error
        told.error(
            "json", f"The annotation does not parse: {what}. The image is imported without garments.", place
        )
        return ImageRecord(image)
    if not isinstance(document, dict):
        told.error("json", "The annotation is not an object. The image is imported without garments.")
        return ImageRecord(image)
    for key in repeated:
        told.error("json-key", "The key stands there more than once; only the last is read.", key)
    return _record(document, raw, image, told)


def _record(document: Entry, raw: str, image: Image, told: Complaints) -> ImageRecord:
    pair_id = integer(document.get("pair_id"))
    if "pair_id" in document and pair_id is None:
        told.error("fact-damaged", "pair_id is not a whole number.", "pair_id")
    domain = _DOMAINS.get(word(document.get("source")), Domain.UNKNOWN)
    if "source" in document and domain is Domain.UNKNOWN:
        told.warn("source-unknown", f"source is {text(document['source']).decode()}, not user or shop.")
    image = image.but(pair_id=pair_id, domain=domain)
    garments: list[Garment] = []
    ours: Mapping[str, Any] = {}
    for key, item in document.items():
        if not ITEM.fullmatch(key):
            continue
        if not isinstance(item, dict):
            told.error("item-damaged", "The item is not an object; it is kept aside unchanged.", key)
            continue
        found = decode_item(key, item, len(garments), pair_id, told)
        if found is not None:
            garments.append(found.garment)
            ours = ours or found.image
    told_role = image.role
    image = _image(image, ours, garments)
    return ImageRecord(_with_notes(image, tuple(garments), document, raw, told_role), tuple(garments))


def _image(image: Image, ours: Mapping[str, Any], garments: Sequence[Garment]) -> Image:
    image = studio.image_from(image, ours)
    if "pair_id" in ours:
        image = image.but(pair_id=integer(ours["pair_id"]))
    size = ours.get("size")
    if isinstance(size, list) and len(size) == 2 and all(type(side) is int and side > 0 for side in size):
        return image.but(width=size[0], height=size[1], size_known=True)
    if image.state is not ImageState.MISSING:
        return image
    width, height = size_from(garments)
    return image.but(width=width, height=height)


def _with_notes(
    image: Image, garments: tuple[Garment, ...], document: Entry, raw: str, told_role: str
) -> Image:
    items = {garment.key for garment in garments}
    known = frozenset({"source", "pair_id", *items})
    notes: Entry = {}
    for garment in garments:
        ours = mapping(mapping(document[garment.key].get(studio.KEY)).get("image"))
        unknown = studio.unknown_image_values(ours, _OURS)
        if unknown:
            notes["studio"] = unknown
        if word(ours.get("name")):
            notes["name"] = ours["name"]
        if ours:
            break

    as_read = {g.key: document[g.key] for g in garments if _comes_back(g, document[g.key])}

    def tried(notes: Notes) -> Entry:
        return encode(image, garments, precise=False, notes=notes, as_read=as_read, told_role=told_role)

    kept = source.keep(tried, document, known, {}, notes)
    # Items keep their own notes; what is verbatim here is the image's.
    if "verbatim" in kept:
        kept["verbatim"] = {key: value for key, value in kept["verbatim"].items() if key not in items}
        if not kept["verbatim"]:
            del kept["verbatim"]
    image = image.but(extra={**image.extra, FORMAT: {"file": True, **kept}})
    written = write(image, garments, precise=False, as_read=as_read, told_role=told_role)
    for name in _LAYOUTS:
        whole = _dumped(written, name)
        if raw.startswith(whole) and raw[len(whole) :] in ("", "\n"):
            image = image if not name else _noted(image, "layout", name)
            return image if raw == whole else _noted(image, "end", "\n")
    return _noted(image, "text", raw)


def _comes_back(garment: Garment, item: Entry) -> bool:
    """Whether encoding is sure to give the very item, so that it need not be done again."""
    return studio.KEY not in item and "verbatim" not in item_notes_of(garment)


def _noted(image: Image, key: str, value: Any) -> Image:
    return image.but(extra={**image.extra, FORMAT: {**image.extra[FORMAT], key: value}})


def held(garments: Sequence[Garment]) -> list[Garment]:
    """The garments that DeepFashion2 has a category for, in their order."""
    return sorted(
        (garment for garment in garments if 1 <= garment.category_id <= len(categories())),
        key=lambda garment: garment.position,
    )


def keys_of(garments: Sequence[Garment], notes: Notes) -> list[str]:
    """An item key for each garment: its own where that is one and free, else the next number."""
    taken = {key for key in mapping(notes.get("unknown")) if ITEM.fullmatch(key)}
    keys: list[str] = []
    for garment in garments:
        fit = ITEM.fullmatch(garment.key) is not None and garment.key not in taken
        keys.append(garment.key if fit else "")
        taken.add(keys[-1])
    free = (key for key in map("item{}".format, count(1)) if key not in taken)
    return [key or next(free) for key in keys]


def pair_of(image: Image, garments: Sequence[Garment]) -> int | None:
    """The one pair id that the file can hold: the garments' where they agree, else the image's."""
    pairs = {garment.pair_id for garment in garments}
    if len(pairs) == 1:
        return pairs.pop()
    if image.pair_id is not None or not pairs:
        return image.pair_id
    return Counter(g.pair_id for g in garments if g.pair_id is not None).most_common(1)[0][0]


def ours_of(image: Image, pair_id: int | None, notes: Notes, told_role: str = "") -> dict[str, Any]:
    """What our key says of the image, to go into its first item; ``told_role`` is what is said elsewhere."""
    values = studio.image_values(image, FORMAT, with_split=not folder_of(image.split))
    if told_role:
        values["role"] = image.role
        if image.role == told_role:
            del values["role"]
    if image.pair_id != pair_id:
        values["pair_id"] = image.pair_id
    if image.size_known and image.state is not ImageState.PRESENT:
        values["size"] = [image.width, image.height]
    if "name" in notes:
        values["name"] = notes["name"]
    values.update(mapping(notes.get("studio")))
    return values


def encode(
    image: Image,
    garments: Sequence[Garment],
    *,
    precise: bool,
    notes: Notes | None = None,
    more: Mapping[str, Any] | None = None,
    as_read: Mapping[str, Entry] | None = None,
    told_role: str = "",
) -> Entry:
    """The annotation of an image; ``more`` joins what our key says of the image.

    ``as_read`` gives items, by key, that are known to come out as they were read; ``told_role`` is the role
    that the ground truth says.

    Garments of categories that DeepFashion2 does not have are left out.
    """
    notes = notes_of(image) if notes is None else notes
    garments = held(garments)
    pair_id = pair_of(image, garments)
    document: Entry = {}
    if image.domain in _WORDS:
        document["source"] = _WORDS[image.domain]
    if pair_id is not None:
        document["pair_id"] = pair_id
    ours: Mapping[str, Any] = {**ours_of(image, pair_id, notes, told_role), **(more or {})}
    known = as_read or {}
    for key, garment in zip(keys_of(garments, notes), garments, strict=True):
        if key in known and not ours:
            document[key] = known[key]
        else:
            document[key] = write_item(garment, pair_id, ours, precise=precise)
        ours = {}
    for key, value in mapping(notes.get("unknown")).items():
        document.setdefault(key, value)
    return document


def write(
    image: Image,
    garments: Sequence[Garment],
    *,
    precise: bool,
    more: Mapping[str, Any] | None = None,
    as_read: Mapping[str, Entry] | None = None,
    told_role: str = "",
) -> Entry:
    """The annotation as it goes into the file: untouched parts as the source had them."""
    notes = notes_of(image)
    document = encode(image, garments, precise=precise, more=more, as_read=as_read, told_role=told_role)
    return source.restore(document, notes, lambda key, value: _unchanged(key, value, image, document))


def _unchanged(key: str, value: Any, image: Image, document: Entry) -> bool:
    if key == "source":
        return _DOMAINS.get(word(value), Domain.UNKNOWN) is image.domain
    return key == "pair_id" and integer(value) == document.get("pair_id")


def dump(document: Entry, notes: Notes) -> str:
    """The text of an annotation, in the source's way of writing JSON where the notes know it."""
    raw = notes.get("text")
    if isinstance(raw, str) and text(json.loads(raw)) == text(document):
        return raw
    return _dumped(document, word(notes.get("layout"))) + word(notes.get("end"))


def _dumped(document: Entry, layout: str) -> str:
    return json.dumps(document, **_LAYOUTS.get(layout, {}))

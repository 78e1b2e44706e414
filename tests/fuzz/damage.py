"""Ways to damage the files of a dataset, chosen by chance."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: What stands where a number should: too large, none at all, in other digits.
NUMBERS = (
    *("9" * 30, "-1", "NaN", "-Infinity", "1e400", "1e-400", "0x1f", "", "--", "1,5", "٣", "²", "99999"),
    *("2147483648", "9223372036854775808", "1.5.2", "+7", "00", "1_000", "null", "[]", '"7"'),
)
#: What stands where the name of an image should.
NAMES = (
    *("../../etc/passwd", "/etc/passwd", "C:\\x.jpg", "a/../../b.jpg", "img/../../../x.jpg", "..", ".", "~"),
    *(
        "img//x.jpg",
        "./img/./x.jpg",
        "img/" + "x" * 300 + ".jpg",
        "img/" + "y/" * 200 + "z.jpg",
        "img/\u202e",
    ),
    *("img/id_00000001/../../../shop_01.jpg", "con", "img/\x7f.jpg", "file:///etc/passwd", "\\\\host\\x"),
)
#: What stands where a JSON value should.
VALUES: tuple[Any, ...] = (
    *(None, True, [], {}, "", "x", -1, 0, 1.5, 10**40, -(2**63), 1e308, float("nan"), float("inf")),
    *([[]], [None], [[1, 2, 3]], {"a": {"b": []}}, [1e308, -1e308], "\ud800", "\0", [0] * 300, "../../x.jpg"),
)

Chance = random.Random
Damage = Callable[[bytes, Chance], bytes]


def cut_short(data: bytes, chance: Chance) -> bytes:
    """The end is missing."""
    return data[: chance.randrange(len(data) + 1)]


def flip_bytes(data: bytes, chance: Chance) -> bytes:
    """Some bytes are others."""
    found = bytearray(data)
    for _ in range(min(len(found), chance.randint(1, 8))):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def other_encoding(data: bytes, chance: Chance) -> bytes:
    """The text is in another encoding, or not all of it is text."""
    text = data.decode("utf-8", "replace")
    place = chance.randrange(len(data) + 1)
    return chance.choice(
        (
            lambda: text.encode("utf-16"),
            lambda: text.encode("utf-16-be"),
            lambda: b"\xef\xbb\xbf" + data,
            lambda: data.replace(b"\n", b"\r\n"),
            lambda: data.replace(b"\n", b"\r"),
            lambda: data[:place] + b"\xff\xfe\x00\x80" + data[place:],
            lambda: data[:place] + "é\u2028\x85".encode() + data[place:],
            lambda: b"\x1f\x8b" + data,
        )
    )()


def swap_lines(data: bytes, chance: Chance) -> bytes:
    """Lines are missing, doubled, or elsewhere."""
    lines = data.split(b"\n")
    place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.randrange(4)
    if kind == 0:
        del lines[place]
    elif kind == 1:
        lines.insert(place, lines[other])
    elif kind == 2:
        lines[place], lines[other] = lines[other], lines[place]
    else:
        lines.insert(place, b"")
    return b"\n".join(lines)


def swap_columns(data: bytes, chance: Chance) -> bytes:
    """The fields of a line are missing, doubled, in another order, or strange."""
    lines = data.split(b"\n")
    place = chance.randrange(len(lines))
    fields = lines[place].split()
    if not fields:
        return data
    one, other = chance.randrange(len(fields)), chance.randrange(len(fields))
    kind = chance.randrange(5)
    if kind == 0:
        fields[one], fields[other] = fields[other], fields[one]
    elif kind == 1:
        del fields[one]
    elif kind == 2:
        fields.insert(one, fields[other])
    elif kind == 3:
        fields[one] = chance.choice(NUMBERS).encode()
    else:
        fields[0] = chance.choice(NAMES).encode()
    lines[place] = chance.choice((b" ", b"  ", b"\t", b",")).join(fields)
    return b"\n".join(lines)


def wrong_count(data: bytes, chance: Chance) -> bytes:
    """The first line says another number."""
    lines = data.split(b"\n")
    lines[0] = chance.choice(NUMBERS).encode()
    return b"\n".join(lines)


def same_names(data: bytes, chance: Chance) -> bytes:
    """Two lines are about the same."""
    lines = data.split(b"\n")
    named = [number for number, line in enumerate(lines) if len(line.split()) > 1]
    if len(named) < 2:
        return data
    one, other = chance.sample(named, 2)
    lines[one] = b" ".join([lines[other].split()[0], *lines[one].split()[1:]])
    return b"\n".join(lines)


def strange_json(data: bytes, chance: Chance) -> bytes:
    """A value of a JSON text is another, is missing, or is there twice; ids are doubled."""
    try:
        document = json.loads(data)
        for _ in range(chance.randint(1, 3)):
            _change(document, chance)
        return json.dumps(document).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):  # there is no JSON left, or it is too deep for this
        return flip_bytes(data, chance)


def _change(document: Any, chance: Chance) -> None:
    holders = [one for one in _all_of(document) if one]
    if not holders:
        return
    holder = chance.choice(holders)
    if isinstance(holder, list):
        place = chance.randrange(len(holder))
        if chance.random() < 0.3:
            del holder[place]
        elif chance.random() < 0.3:
            holder.insert(place, json.loads(json.dumps(chance.choice(holder))))
        else:
            holder[place] = chance.choice(VALUES)
        return
    key = chance.choice(list(holder))
    if chance.random() < 0.2:
        del holder[key]
    elif chance.random() < 0.2:
        holder[chance.choice(("id", "item1", "image_id", "", "deepfashion_studio", "\ud800"))] = holder[key]
    elif chance.random() < 0.2:
        holder[key] = chance.choice(NAMES)
    else:
        holder[key] = chance.choice(VALUES)


def _all_of(value: Any) -> list[Any]:
    """All objects and lists in a value, however deep."""
    found, level = [], [value]
    while level:
        own = [part for part in level if isinstance(part, (dict, list))]
        found += own
        level = [part for one in own for part in (one.values() if isinstance(one, dict) else one)]
    return found


def deep_json(data: bytes, chance: Chance) -> bytes:
    """A JSON text is nested without end somewhere."""
    place, depth = chance.randrange(len(data) + 1), chance.choice((200, 1_000, 100_000))
    opened = chance.choice((b"[", b'{"a":'))
    closed = b"]" if opened == b"[" else b"}"
    whole = opened * depth + (b"1" + closed * depth if chance.random() < 0.5 else b"")
    if chance.random() < 0.5:
        return whole
    return data[:place] + whole + data[place:]


def empty(data: bytes, chance: Chance) -> bytes:
    """There is nothing, or nothing but blanks."""
    return chance.choice((b"", b"\n", b" \n\t\n", b"\0" * 50, b"{}", b"[]", b"null", data[:0]))


ALWAYS: tuple[Damage, ...] = (cut_short, flip_bytes, other_encoding, empty)
OF_LISTS: tuple[Damage, ...] = (swap_lines, swap_columns, swap_columns, wrong_count, same_names, *ALWAYS)
OF_JSON: tuple[Damage, ...] = (strange_json, strange_json, strange_json, deep_json, *ALWAYS)


def damaged(name: str, data: bytes, chance: Chance) -> bytes:
    """A file with one or two things wrong."""
    ways = OF_JSON if name.endswith(".json") else OF_LISTS
    for _ in range(chance.randint(1, 2)):
        data = chance.choice(ways)(data, chance)
    return data


def no_longer_a_file(path: Path, chance: Chance) -> None:
    """Where a file was there is a link that leads in a circle, outside or nowhere, a pipe, or a folder."""
    path.unlink()
    kind = chance.randrange(6)
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.mkdir()
    else:
        path.symlink_to(chance.choice((path.name, "/etc/passwd", "nowhere", "..", "/dev/zero")))

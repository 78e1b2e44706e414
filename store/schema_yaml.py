"""The YAML of a person's own landmark schemas, read node by node so that what is wrong has a line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import yaml

from resources import taxonomy
from resources.schemas import Schema
from store.schemas import Fault, Found, OwnCategory

#: More landmarks than this in one category are a mistake.
MOST = 1000

_T = TypeVar("_T")
_KEYS = ("name", "landmarks", "links", "pairs", "template", "aspect", "colour", "sigmas")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


class _Wrong(Exception):
    """A part of the file is wrong; carried to the category that it belongs to."""

    def __init__(self, node: yaml.Node, what: str) -> None:
        super().__init__(what)
        self.fault = Fault(node.start_mark.line + 1, what)


def parse(text: str) -> Found:
    """The categories that a text says, and what is wrong with it."""
    found = Found()
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found.faults.append(Fault((mark.line if mark else 0) + 1, f"{error.problem or error}"))
        return found
    except yaml.YAMLError as error:
        found.faults.append(Fault(1, str(error).splitlines()[0]))
        return found
    except RecursionError:
        found.faults.append(Fault(1, "lists lie too deep in each other"))
        return found
    if root is None:
        return found
    try:
        listed = isinstance(root, yaml.SequenceNode)
        nodes = _items(
            root if listed else _mapping(root, ("categories",), "the file").get("categories", root)
        )
    except _Wrong as wrong:
        found.faults.append(wrong.fault)
        return found
    for node in nodes:
        try:
            one = _category(node)
            if one.name.casefold() in {other.name.casefold() for other in found.categories}:
                raise _Wrong(node, f'"{one.name}" stands there twice')
        except _Wrong as wrong:
            found.faults.append(wrong.fault)
        else:
            found.categories.append(one)
    return found


def _category(node: yaml.Node) -> OwnCategory:
    parts = _mapping(node, _KEYS, "a category")
    for needed in ("name", "landmarks"):
        if needed not in parts:
            raise _Wrong(node, f'a category needs "{needed}"')
    name = _text(parts["name"])
    built_in = {word.casefold() for one in taxonomy.categories() for word in (one.name, one.coco_name)}
    if name.casefold() in built_in:
        raise _Wrong(parts["name"], f'"{name}" is one of the program\'s own categories')
    names = tuple(_text(one) for one in _items(parts["landmarks"]))
    if len(names) > MOST:
        raise _Wrong(parts["landmarks"], f"{len(names):,} landmarks are more than {MOST:,}")
    for place, one in enumerate(_items(parts["landmarks"])):
        if names.index(names[place]) != place:
            raise _Wrong(one, f'two landmarks are called "{names[place]}"')
    places = {one: index for index, one in enumerate(names)}

    def pairs(key: str) -> tuple[tuple[int, int], ...]:
        return tuple(_pair(one, places) for one in _listed(parts, key))

    schema = Schema(
        key=name,
        names=names,
        links=pairs("links"),
        swaps=_once(parts, pairs("pairs")),
        sigmas=_as_many(parts, "sigmas", len(names), _positive),
        template=_as_many(parts, "template", len(names), _point),
        template_aspect=_positive(parts["aspect"]) if "aspect" in parts else 1.0,
    )
    colour = _text(parts["colour"]) if "colour" in parts else ""
    if colour and not _COLOUR.fullmatch(colour):
        raise _Wrong(parts["colour"], f'"{colour}" is no colour such as "#B9B9B9"')
    return OwnCategory(name, schema, colour.upper(), node.start_mark.line + 1)


# --- nodes ---------------------------------------------------------------------------------------


def _mapping(node: yaml.Node, known: Sequence[str], what: str) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _Wrong(node, f"{what} must be a list of names with values, such as {known[0]}: ...")
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        word = _text(key)
        if word not in known:
            raise _Wrong(key, f'"{word}" is not known; there are {", ".join(known)}')
        if word in found:
            raise _Wrong(key, f'"{word}" stands there twice')
        found[word] = value
    return found


def _items(node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise _Wrong(node, "a list is needed here, such as [a, b]")
    return list(node.value)


def _listed(parts: dict[str, yaml.Node], key: str) -> list[yaml.Node]:
    return _items(parts[key]) if key in parts else []


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
        raise _Wrong(node, "a name is needed here")
    return str(node.value).strip()


def _number(node: yaml.Node) -> float:
    text = _text(node)
    try:
        value = float(text)
    except ValueError:
        raise _Wrong(node, f'"{text}" is no number') from None
    if not math.isfinite(value):
        raise _Wrong(node, f"{text} is no number")
    return value


def _positive(node: yaml.Node) -> float:
    value = _number(node)
    if value <= 0:
        raise _Wrong(node, "a number above 0 is needed here")
    return value


def _point(node: yaml.Node) -> tuple[float, float]:
    numbers = [_number(one) for one in _items(node)]
    if len(numbers) != 2 or not all(0 <= value <= 1 for value in numbers):
        raise _Wrong(node, "a place in the template is x and y from 0 to 1, such as [0.5, 0]")
    return numbers[0], numbers[1]


def _pair(node: yaml.Node, places: dict[str, int]) -> tuple[int, int]:
    ends = [_landmark(one, places) for one in _items(node)]
    if len(ends) != 2 or ends[0] == ends[1]:
        raise _Wrong(node, "two different landmarks are needed here")
    return ends[0], ends[1]


def _landmark(node: yaml.Node, places: dict[str, int]) -> int:
    word = _text(node)
    if word in places:
        return places[word]
    if word.isascii() and word.isdigit() and 1 <= int(word) <= len(places):
        return int(word) - 1
    raise _Wrong(node, f'there is no landmark "{word}"')


def _once(parts: dict[str, yaml.Node], pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Pairs of left and right: each landmark has one other side."""
    seen: set[int] = set()
    for place, pair in enumerate(pairs):
        if seen & set(pair):
            raise _Wrong(_items(parts["pairs"])[place], "a landmark of this pair is in another pair too")
        seen |= set(pair)
    return pairs


def _as_many(
    parts: dict[str, yaml.Node], key: str, count: int, read_one: Callable[[yaml.Node], _T]
) -> tuple[_T, ...]:
    values = tuple(read_one(one) for one in _listed(parts, key))
    if values and len(values) != count:
        raise _Wrong(parts[key], f"{key} has {len(values)} values for {count} landmarks")
    return values

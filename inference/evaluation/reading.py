"""Reading JSON of other programs: what was expected, what was found, in which file and at which record."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from store.errors import StudioError

#: Keys of an object that are told when it is not what was expected.
_KEYS_SHOWN = 8


def read_json(path: Path) -> Any:
    """The content of a JSON file. StudioError where it cannot be read or is no JSON."""
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise StudioError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except orjson.JSONDecodeError as error:
        raise StudioError(f"{path} is not JSON: {error}.", "Check that the file is whole.") from error


def described(value: Any) -> str:
    """A value in a few words: "an array of 5 objects with the keys image_id, score"."""
    if isinstance(value, dict):
        keys = ", ".join(str(key) for key in list(value)[:_KEYS_SHOWN]) or "none"
        more = f" and {len(value) - _KEYS_SHOWN} more" if len(value) > _KEYS_SHOWN else ""
        return f"an object with the keys {keys}{more}"
    if isinstance(value, list):
        if not value:
            return "an empty array"
        inner = described(value[0]).removeprefix("an ").removeprefix("a ")
        return f"an array of {len(value):,}, the first of them: {inner}"
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return f"the value {value!r}"


class Record:
    """One object of an array in a file, whose values are asked for by name and checked."""

    def __init__(self, path: Path, index: int, value: Any, expected: str, name: str = "Record") -> None:
        self.path, self.index, self.expected, self.name = path, index, expected, name
        if not isinstance(value, dict):
            self.value: dict[str, Any] = {}
            raise self.wrong(f"is {described(value)}")
        self.value = value

    def wrong(self, what: str) -> StudioError:
        """What to raise when the record is not as expected; ``what`` ends the sentence about it."""
        return StudioError(
            f"{self.name} {self.index} of {self.path} (counted from 0) {what}.", f"Expected: {self.expected}"
        )

    def take(self, key: str) -> Any:
        """The value of a key that must be there."""
        if key not in self.value:
            raise self.wrong(f'has no "{key}": it is {described(self.value)}')
        return self.value[key]

    def whole(self, key: str) -> int:
        """A whole number; one in quotes is read too."""
        value = self.take(key)
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            number = None
        if number is None or isinstance(value, bool) or (isinstance(value, float) and value != number):
            raise self.wrong(f'has a "{key}" that is no whole number: {described(value)}')
        return number

    def number(self, key: str) -> float:
        """A finite number."""
        value = self.take(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong(f'has a "{key}" that is no number: {described(value)}')
        return float(value)

    def numbers(self, key: str, count: int | None = None) -> list[float]:
        """An array of finite numbers, ``count`` of them where that is given."""
        return self.checked(self.take(key), key, count)

    def checked(self, value: Any, key: str, count: int | None = None) -> list[float]:
        """``value`` as an array of finite numbers."""
        if not isinstance(value, list) or not all(_finite(one) for one in value):
            raise self.wrong(f'has a "{key}" that is no array of numbers: {described(value)}')
        if count is not None and len(value) != count:
            raise self.wrong(f'has {len(value)} numbers in "{key}", not {count}')
        return value


def _finite(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def records(path: Path, content: Any, expected: str, wrapped: Sequence[str] = ()) -> list[Any]:
    """The array of a file, also where it lies in an object under one of the keys ``wrapped``.

    StudioError where there is none, or an empty one.
    """
    value = content
    if isinstance(content, Mapping):
        value = next((content[key] for key in wrapped if isinstance(content.get(key), list)), content)
    if not isinstance(value, list) or not value:
        raise StudioError(f"{path} is {described(content)}.", f"Expected: a JSON array of {expected}")
    return value

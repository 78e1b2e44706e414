"""How well a few typed letters fit a text: whole words before beginnings, beginnings before letters in order.

No edit distance: in a list of some hundred titles people type beginnings of words ("nex dif") or initials
("acn"), which a library for similar strings ranks behind texts that are merely as short as what was typed.
"""

from __future__ import annotations

import re

_WORDS = re.compile(r"\w+")
#: The least that each way to fit is worth.
_BEGINS, _INSIDE, _INITIALS, _LETTERS = 4.0, 2.5, 2.0, 1.0


def score(typed: str, text: str) -> float:
    """How well ``typed`` fits ``text``, both in lower case; 0 where a letter is missing, 1 for nothing typed.

    The words of ``typed`` may come in any order; each must be found, and all count.
    """
    words = typed.split()
    if not words:
        return 1.0
    found = [_word(word, text) for word in words]
    if not all(found):
        return 0.0
    # Of two texts that fit as well, the shorter one is meant.
    return sum(found) / (1 + len(text) / 400)


def _word(word: str, text: str) -> float:
    at = text.find(word)
    if at >= 0:
        starts = [one for one in _WORDS.finditer(text) if one.group().startswith(word)]
        if not starts:
            return _INSIDE
        # The first word, and a word that is typed whole, are more likely meant.
        return _BEGINS + (starts[0].start() == 0) + any(one.group() == word for one in starts)
    initials = "".join(one.group()[0] for one in _WORDS.finditer(text))
    if _in_order(word, initials) is not None:
        return _INITIALS
    span = _in_order(word, text)
    return 0.0 if span is None else _LETTERS * len(word) / span


def _in_order(letters: str, text: str) -> int | None:
    """How long a piece of the text has the letters in this order; None where none has."""
    first = at = text.find(letters[0])
    for letter in letters[1:]:
        if at < 0:
            return None
        at = text.find(letter, at + 1)
    return None if at < 0 else at - first + 1

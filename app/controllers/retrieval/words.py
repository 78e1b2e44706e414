"""What the audit board says in words."""

from __future__ import annotations

from collections.abc import Sequence

from resources.taxonomy import LEVELS
from store.db.products import FACTS, GarmentTable
from store.identities import Key
from store.retrieval.standing import Matches
from store.retrieval.suspicion import Signs

#: Of a margin this large it is said that the model was sure.
_SURE = 0.25


def short(key: Key) -> str:
    """A product in the fewest words: "12, 1" for pair 12 style 1; the item's own id."""
    if key[0] == "item":
        return str(key[2])
    return f"{key[3]}, {key[4]}" if len(key) > 4 and key[4] is not None else f"{key[3]}"


def level_words(table: GarmentTable, row: int, column: int) -> str:
    """A level of a garment: "slight occlusion"; "" where nothing is said."""
    fact = FACTS[column]
    word = LEVELS[fact].get(int(table.facts[row, column]), "") if row >= 0 else ""
    if not word or fact == "viewpoint":
        return word
    return f"{word} {fact.replace('_', '-')}"


def far_words(matches: Matches, results: Sequence[tuple[int, int, float]]) -> str:
    """How far off the nearest true match is, in a sentence."""
    if not results:
        return "The detector found nothing here, so nothing was looked for."
    if not len(matches.places):
        return "The gallery shows no true match."
    if matches.places[0] == 1:
        return "The first result is a true match."
    beyond = float(matches.distances[0]) - results[0][2]
    return f"Nearest true match: {beyond:.3f} beyond result 1."


def signs_words(signs: Signs | None) -> str:
    """Why a query is suspicious, as sentences that follow another."""
    if signs is None:
        return ""
    said = []
    if signs.same_pair:
        said.append("Result 1 is of the same pair, under another style.")
    if signs.other_category:
        said.append("The nearest true match has another category.")
    if signs.nothing_to_find:
        said.append("The gallery has nothing of its product.")
    if signs.nobody_asks:
        said.append("No query asks for the product of result 1.")
    if signs.one_product >= 0.6:
        said.append("Most of the first five results are one product.")
    if signs.margin > _SURE and not said:
        said.append("The model is surer of result 1 than of any true match.")
    return "".join(f" {one}" for one in said)

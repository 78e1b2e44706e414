"""What the board shows: records in, nothing of stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.db.verdicts import Cause, Verdict
from store.records import Garment

Box = tuple[float, float, float, float]

#: The orders of the list, by key.
ORDERS: Mapping[str, str] = {
    "suspicion": "suspicion, highest first",
    "worst": "worst rank first",
    "category": "category",
    "confidence": "confidence, surest first",
}
#: The causes that are repaired by joining the selected result, and that by taking the query out.
JOINING = (Cause.MISSING_MATCH, Cause.DUPLICATE)
SPLITTING = (Cause.WRONG_IDENTITY,)


@dataclass(frozen=True, slots=True)
class Shot:
    """What a picture is cut from: an image, and the garment's box x1 y1 x2 y2 in its pixels, if it has
    one."""

    image_id: int
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class RunChoice:
    """A retrieval run that can be looked at; ``title`` in few words."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class QueryRow:
    """A query in the list. ``query`` is its number in the ranking; ``first`` the place of the first true
    match, 0 for none found. ``failed``: it has a true match, and that is not first."""

    query: int
    garment_id: int
    shot: Shot
    category: str
    colour: str
    first: int
    failed: bool
    missed: bool
    product: str
    repaired: bool = False
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A garment of the gallery as it stands for a query: ``place`` from 1, ``distance`` 0..2.

    ``garment`` is None where it is gone from the store; ``match``: it is the query's product.
    """

    place: int
    distance: float
    garment_id: int
    shot: Shot
    match: bool
    category: str = ""
    colour: str = "#808080"
    product: str = ""
    garment: Garment | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One query with all that is shown of it. ``facts`` are (name, words); ``matches`` its true garments,
    nearest first; ``why`` says in a sentence how far off it was. ``verdicts`` are everybody's standing
    ones."""

    row: QueryRow
    garment: Garment
    name: str
    domain: str
    facts: tuple[tuple[str, str], ...]
    results: tuple[Hit, ...]
    matches: tuple[Hit, ...]
    why: str
    own: Verdict | None = None
    others: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of a ranking now: shares by k, and how top-1 began. ``older``: garments that have changed
    since they were indexed; ``gone``: queries whose garments the store has no more; ``moved``: entries whose
    rows of the index are of other garments by now."""

    top: Mapping[int, float]
    start: float
    queries: int
    gallery: int
    failures: int
    repairs: int = 0
    older: int = 0
    gone: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a repair would do: said in words, with top-1 as it is and as it would be.

    ``hindrance`` says why it cannot be; then the rest means nothing.
    """

    words: str = ""
    before: float = 0.0
    after: float = 0.0
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class BoardState:
    """A whole ranking: all its queries in the order asked for, its figures, the causes said so far."""

    rows: tuple[QueryRow, ...]
    metrics: Metrics
    causes: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

"""What the board shows: records in, nothing of stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.db.verdicts import Cause, Verdict
from store.records import Garment

Box = tuple[float, float, float, float]

#: The order of the list that needs a second ranking.
DIFFER = "differ"
#: The orders of the list, by key.
ORDERS: Mapping[str, str] = {
    "suspicion": "suspicion, highest first",
    "worst": "worst rank first",
    "category": "category",
    "confidence": "confidence, surest first",
    DIFFER: "where the two differ most",
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
    match, 0 for none found; ``other`` that of a second ranking, None without one. ``failed``: it has a true
    match, and that is not first."""

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
    other: int | None = None


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
    #: How many queries have a verdict; one on which people disagree counts under several causes.
    judged: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What of an image may be looked for: a garment, a box that was proposed, or all of it (``box`` None)."""

    words: str
    colour: str
    box: Box | None
    garment_id: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What similar garments are looked for: an image (below 0: a picture that is in no store), its parts, and
    the number of the one that is chosen."""

    title: str
    image_id: int
    parts: tuple[Part, ...]
    current: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """Similar garments, nearest first, among ``among``. ``marked``: whether they are hits or misses, which is
    so where what is looked for has a product."""

    hits: tuple[Hit, ...]
    among: int
    marked: bool

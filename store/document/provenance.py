"""Which parts of a garment a model said and a person accepted, kept in the garment's ``extra``.

Under :data:`ACCEPTED` a part's name ("box", "mask", "category", "attributes") maps to ``{"model", "score"}``
and, where they are known, ``"run"`` and ``"sha256"``; "landmarks" is a list of such, each with the 0-based
``"indices"`` that it speaks of. A part that a person changes by hand afterwards is forgotten here, so that
what is left tells the truth; undo brings it back with the rest of the garment. Formats that keep ``extra``
write it as they write everything in there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: The key in a garment's ``extra``.
ACCEPTED = "accepted"
_LANDMARKS = "landmarks"


@dataclass(frozen=True, slots=True)
class Said:
    """What said a part: a model by name, the run and the digest of the weights where known; its score."""

    model: str
    score: float
    run: str = ""
    sha256: str = ""


def noted(
    extra: Mapping[str, Any], said: Said, parts: Iterable[str], indices: Iterable[int] = ()
) -> dict[str, Any]:
    """``extra`` with these parts, and the landmarks of these indices, as accepted from ``said``."""
    chosen = sorted(set(indices))
    kept = _parts(forgotten(extra, indices=chosen))
    for part in parts:
        kept[part] = _written(said)
    if chosen:
        groups = list(_groups(kept))
        same = next((group for group in groups if _unindexed(group) == _written(said)), None)
        if same is not None:
            groups.remove(same)
            chosen = sorted({*same["indices"], *chosen})
        kept[_LANDMARKS] = [*groups, {**_written(said), "indices": chosen}]
    return {**extra, ACCEPTED: kept} if kept else dict(extra)


def forgotten(
    extra: Mapping[str, Any], parts: Iterable[str] = (), indices: Iterable[int] | None = ()
) -> Mapping[str, Any]:
    """``extra`` without these parts and the landmarks of these indices (None: of all)."""
    if ACCEPTED not in extra:
        return extra
    unwanted = set(parts)
    kept = {part: value for part, value in _parts(extra).items() if part not in unwanted}
    gone = None if indices is None else set(indices)
    groups = []
    for group in _groups(kept):
        left = [] if gone is None else [index for index in group["indices"] if index not in gone]
        if left:
            groups.append({**group, "indices": left})
    kept.pop(_LANDMARKS, None)
    if groups:
        kept[_LANDMARKS] = groups
    others = {key: value for key, value in extra.items() if key != ACCEPTED}
    return {**others, ACCEPTED: kept} if kept else others


def renumbered(extra: Mapping[str, Any], places: Mapping[int, int]) -> Mapping[str, Any]:
    """``extra`` after the landmarks got other indices, ``{old: new}``; those without a new one are
    forgotten."""
    kept = _parts(extra)
    groups = [
        {**group, "indices": sorted(places[index] for index in group["indices"] if index in places)}
        for group in _groups(kept)
    ]
    cleared = dict(forgotten(extra, indices=None))
    left = [group for group in groups if group["indices"]]
    return {**cleared, ACCEPTED: {**_parts(cleared), _LANDMARKS: left}} if left else cleared


def said_of(extra: Mapping[str, Any], part: str) -> Said | None:
    """What said a part ("box", "mask", "category", "attributes"); None where a person or file did."""
    value = _parts(extra).get(part)
    return _read(value) if isinstance(value, Mapping) else None


def said_of_landmarks(extra: Mapping[str, Any]) -> dict[int, Said]:
    """What said each landmark that was accepted, by 0-based index."""
    found = {}
    for group in _groups(_parts(extra)):
        found.update(dict.fromkeys(group["indices"], _read(group)))
    return found


def _parts(extra: Mapping[str, Any]) -> dict[str, Any]:
    value = extra.get(ACCEPTED)
    return dict(value) if isinstance(value, Mapping) else {}


def _groups(parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The groups of landmarks; what a file from elsewhere has under our key in another form is not
    believed."""
    value = parts.get(_LANDMARKS)
    groups = value if isinstance(value, list) else []
    return [
        dict(group)
        for group in groups
        if isinstance(group, Mapping)
        and isinstance(group.get("indices"), list)
        and all(type(index) is int for index in group["indices"])
    ]


def _unindexed(group: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in group.items() if key != "indices"}


def _written(said: Said) -> dict[str, Any]:
    whole = {"model": said.model, "score": round(said.score, 4), "run": said.run, "sha256": said.sha256}
    return {key: value for key, value in whole.items() if value != ""}


def _read(value: Mapping[str, Any]) -> Said:
    score = value.get("score")
    return Said(
        str(value.get("model", "")),
        float(score) if isinstance(score, int | float) else 0.0,
        str(value.get("run", "")),
        str(value.get("sha256", "")),
    )

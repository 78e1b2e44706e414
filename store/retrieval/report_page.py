"""The page of a report: one file of HTML without scripts, with its pictures beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape

from resources.theme import DARK, LIGHT, ROOT, Colours
from store.db.verdicts import Cause, Verdict
from store.db.verdicts import standing as newest
from store.retrieval.causes import Causes
from store.retrieval.crops import Crop
from store.retrieval.figures import Figures


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a failure: what it is, in a few lines, and ``hit`` (None: neither hit nor miss)."""

    crop: Crop
    head: str
    lines: tuple[str, ...]
    hit: bool | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A query that went wrong, its first results, its nearest true match where the gallery shows it, and what
    people said."""

    title: str
    facts: tuple[str, ...]
    query: Shown
    results: tuple[Shown, ...]
    match: Shown | None
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page says. ``facts`` are its headline in pairs of name and value."""

    title: str
    facts: tuple[tuple[str, str], ...]
    about: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    figures: Sequence[Figures]
    causes: Sequence[Causes]
    failures: Sequence[Failure]
    left_out: int
    made: datetime


def page(said: Page) -> str:
    """The page as HTML; every text is escaped."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="dark light">',
        f"<title>{escape(said.title)}</title>",
        f"<style>{_style()}</style></head><body>",
        f"<h1>{escape(said.title)}</h1>",
        *(f"<p>{escape(line)}</p>" for line in said.about),
        '<div class="facts">',
        *(
            f'<div class="fact"><b>{escape(value)}</b><span>{escape(name)}</span></div>'
            for name, value in said.facts
        ),
        "</div>",
        *(f'<div class="warn">{escape(line)}</div>' for line in said.warnings),
    ]
    if said.notes:
        parts += ["<ul>", *(f"<li>{escape(note)}</li>" for note in said.notes), "</ul>"]
    parts += ["<h2>Figures</h2>", _figures(said.figures)]
    parts += ["<h2>Why queries failed</h2>", _causes(said.causes)]
    parts += ["<h2>Failures</h2>", *_failures(said)]
    parts.append(f"<p>Made by DeepFashion Studio, {said.made:%Y-%m-%d %H:%M} UTC.</p></body></html>")
    return "\n".join(parts) + "\n"


def _style() -> str:
    def root(colours: Colours) -> str:
        return ":root {" + " ".join(f"--{name}: {value};" for name, value in asdict(colours).items()) + "}"

    sheet = (ROOT / "theme" / "report.css").read_text(encoding="utf-8")
    return f"{root(LIGHT)}\n@media (prefers-color-scheme: dark) {{ {root(DARK)} }}\n{sheet}"


def slice_name(group: str, level: str) -> str:
    """A slice in words: "occlusion: heavy", "all"."""
    return f"{group.replace('_', '-')}: {level}" if group else "all"


def _table(head: Iterable[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Cells are HTML already; the first row is that of all."""
    told = [f"<caption>{escape(caption)}</caption>"] if caption else []
    told.append("<tr>" + "".join(f'<th scope="col">{escape(one)}</th>' for one in head) + "</tr>")
    for place, row in enumerate(rows):
        kind = "" if place else ' class="all"'
        told.append(f"<tr{kind}>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>")
    return '<div class="scroll"><table>' + "\n".join(told) + "</table></div>"


def _figures(rows: Sequence[Figures]) -> str:
    ks = tuple(rows[0].top)
    return _table(
        ("slice", "queries", "not detected", *(f"top-{k}" for k in ks), "mAP"),
        (
            (
                escape(slice_name(one.group, one.level)),
                f"{one.queries:,}",
                f"{one.missed:,}",
                *(f"{one.top[k]:.3f}" for k in ks),
                f"{one.mean_precision:.3f}",
            )
            for one in rows
        ),
        "Share of the queries with a true match among the first k. A slice is the query's own.",
    )


def _causes(rows: Sequence[Causes]) -> str:
    whole = rows[0]
    if not whole.judged:
        return "<p>Nobody has judged a failure of this run yet.</p>"
    most = max(whole.counts.values())
    bars = _table(
        ("cause", "queries", ""),
        (
            (
                escape(cause.value),
                f"{count:,}",
                f'<span class="bar" style="width: {round(240 * count / max(most, 1))}px"></span>',
            )
            for cause, count in sorted(whole.counts.items(), key=lambda one: -one[1])
        ),
    )
    by = _table(
        ("slice", "failures", "judged", "right now", "open", *(cause.value for cause in Cause)),
        (
            (
                escape(slice_name(one.group, one.level)),
                *(f"{count:,}" for count in (one.failures, one.judged, one.repaired, one.open)),
                *(f"{one.counts[cause]:,}" if one.counts[cause] else "-" for cause in Cause),
            )
            for one in rows
        ),
        "A query counts under each cause that somebody's newest verdict names.",
    )
    told = "" if not whole.disagreed else f"<p>On {whole.disagreed:,} of them people do not agree.</p>"
    return bars + told + by


def _failures(said: Page) -> Iterable[str]:
    if not said.failures:
        yield "<p>There are none.</p>"
    for one in said.failures:
        yield _failure(one)
    if said.left_out:
        yield f"<p>{said.left_out:,} more are not shown here; verdicts.csv has what was said of all.</p>"


def _failure(one: Failure) -> str:
    match = [] if one.match is None else [_shown(one.match, "split ")]
    return "\n".join(
        [
            f"<article><h3>{escape(one.title)}</h3>",
            *(f"<p>{escape(line)}</p>" for line in one.facts),
            '<div class="row">',
            _shown(one.query),
            *(_shown(result, "split " if not place else "") for place, result in enumerate(one.results)),
            *match,
            "</div>",
            *_verdicts(one.verdicts),
            "</article>",
        ]
    )


def _shown(one: Shown, kind: str = "") -> str:
    words = {None: ("", "", ""), True: ("hit", "✓", "hit"), False: ("miss", "✕", "miss")}
    state, sign, name = words[one.hit]
    mark = f'<span class="mark" role="img" aria-label="{name}">{sign}</span>' if sign else ""
    picture = f"<i>{escape(one.crop.trouble)}</i>"
    if one.crop.file:
        picture = f'<img src="{escape(one.crop.file)}" alt="{escape(one.head)}" loading="lazy">'
    lines = "<br>".join(escape(line) for line in one.lines)
    return (
        f'<figure class="{kind}{state}"><div class="frame">{picture}{mark}</div>'
        f"<figcaption><b>{escape(one.head)}</b><br>{lines}</figcaption></figure>"
    )


def _verdicts(said: tuple[Verdict, ...]) -> Iterable[str]:
    stands = {one.id for one in newest(said).values()}
    for one in said:
        old = "" if one.id in stands else " was"
        note = f" <q>{escape(one.note)}</q>" if one.note else ""
        who = escape(one.author or "somebody")
        repaired = ", repaired" if one.edit_id else ""
        yield (
            f'<div class="verdict{old}"><b>{escape(one.cause.value)}</b>{repaired} - {who}, '
            f"{one.at:%Y-%m-%d}{note}</div>"
        )

"""Evaluations and comparisons as plain text, for people and for ``grep``."""

from __future__ import annotations

from collections.abc import Sequence

from store.runs.compare import Change, Comparison, TableChange, Turned
from store.runs.results import Cell, Column, Evaluation, Table

#: Images that are named in a list of what was fixed or broken.
IMAGES_SHOWN = 10


def evaluation_lines(evaluation: Evaluation) -> list[str]:
    """The tables of an evaluation with intervals, published figures beside, and the notes."""
    lines = [
        f"{evaluation.model} on {evaluation.data}: {evaluation.images:,} images, "
        f"{evaluation.garments:,} garments"
    ]
    for table in evaluation.tables:
        lines += ["", table.title, *_table_lines(table)]
        lines += _published_lines(evaluation, table.key)
        if table.note:
            lines.append(f"  {table.note}")
    lines += _baseline_lines(evaluation)
    if evaluation.notes:
        lines += ["", *(f"Note: {note}" for note in evaluation.notes)]
    return lines


def _baseline_lines(evaluation: Evaluation) -> list[str]:
    """The headline figures beside what simple rivals reach; nothing where there are none."""
    if not evaluation.baselines:
        return []
    rows = [["", "this model", *evaluation.baselines]]
    for name, value in evaluation.metrics.items():
        rivals = (rival.get(name) for rival in evaluation.baselines.values())
        rows.append([name, f"{value:.3f}", *("-" if one is None else f"{one:.3f}" for one in rivals)])
    return ["", "Beside baselines", *aligned(rows)]


def _published_lines(evaluation: Evaluation, key: str) -> list[str]:
    """One line a method and data: figures of papers are never told without what they were measured on."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for one in evaluation.published:
        if one.table == key:
            figures = found.setdefault((one.method, one.data, one.source), [])
            figures.append(f"{one.row} {one.value:.3f}")
    return [
        f"  published: {method}: {', '.join(figures)} (on {data}; {source})"
        for (method, data, source), figures in found.items()
    ]


def comparison_lines(comparison: Comparison) -> list[str]:
    """The differences of two evaluations, with what was fixed and what broke."""
    first, second = comparison.first, comparison.second
    lines = [f"first:  {first.model} on {first.data}", f"second: {second.model} on {second.data}"]
    for table in comparison.tables:
        lines += ["", f"{table.title}: second, and its change from first", *_change_lines(table)]
    if comparison.turned:
        lines += ["", "Garments"]
        rows = [["measure", "fixed", "broke", "unchanged", "mean change of score"]]
        rows += [_turned_row(one) for one in comparison.turned]
        lines += aligned(rows, left=(0, 4))
        for one in comparison.turned:
            for word, images in (("fixed", one.fixed_images), ("broke", one.broke_images)):
                if len(images):
                    ids = ", ".join(map(str, images[:IMAGES_SHOWN].tolist()))
                    more = f" and {len(images) - IMAGES_SHOWN:,} more" if len(images) > IMAGES_SHOWN else ""
                    lines.append(f"  {one.measure}, {word}: id in ({ids}){more}")
    if comparison.notes:
        lines += ["", *(f"Note: {note}" for note in comparison.notes)]
    return lines


def aligned(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> list[str]:
    """Rows of text in columns, two spaces apart; columns in ``left`` to the left, others to the right."""
    if not rows:
        return []
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(
            text.ljust(width) if place in left else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _head(columns: Sequence[Column]) -> list[list[str]]:
    groups, last = [""], ""
    for column in columns:
        groups.append("" if column.group == last else column.group.replace("_", "-"))
        last = column.group
    names = ["", *(column.name for column in columns)]
    return [groups, names] if any(groups) else [names]


def _table_lines(table: Table) -> list[str]:
    rows = _head(table.columns)
    for name, cells in zip(table.rows, table.cells, strict=True):
        rows.append([name, *(_value(cell) for cell in cells)])
        if any(cell.low is not None for cell in cells):
            rows.append(["", *(_spread(cell) for cell in cells)])
    rows.append(
        [
            "garments",
            *(f"{max(row[place].count for row in table.cells):,}" for place in range(len(table.columns))),
        ]
    )
    return aligned(rows)


def _value(cell: Cell) -> str:
    return "-" if cell.value is None else f"{cell.value:.3f}"


def _spread(cell: Cell | Change) -> str:
    if cell.low is None or cell.high is None:
        return ""
    sign = "+" if isinstance(cell, Change) else ""
    return f"{cell.low:{sign}.3f}..{cell.high:{sign}.3f}"


def _change_lines(table: TableChange) -> list[str]:
    rows = _head(table.columns)
    for name, cells in zip(table.rows, table.cells, strict=True):
        rows.append([name, *("-" if cell.second is None else f"{cell.second:.3f}" for cell in cells)])
        rows.append(["", *("-" if cell.value is None else f"{cell.value:+.3f}" for cell in cells)])
        if any(cell.low is not None for cell in cells):
            rows.append(["", *(_spread(cell) for cell in cells)])
    return aligned(rows)


def _turned_row(one: Turned) -> list[str]:
    mean, low, high = one.score
    spread = "" if low is None or high is None else f" ({low:+.3f}..{high:+.3f})"
    change = "-" if mean is None else f"{mean:+.4f}{spread}"
    return [one.measure, f"{len(one.fixed):,}", f"{len(one.broke):,}", f"{one.unchanged:,}", change]

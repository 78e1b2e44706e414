"""``compare``: what changed between two evaluated runs, and which garments were fixed or broken."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from app.cli.reporter import Reporter

#: The folder of a run in which its evaluation lies.
EVALUATION = "evaluation"


def compare(first: str, second: str, store: Path, json: Path | None) -> int:
    """Compare the evaluations of two runs, named or by folder, and print what changed."""
    from app.cli.evaluating import run_folder, write_json
    from app.cli.tables import comparison_lines
    from store.runs.compare import compare_folders

    with Reporter() as reporter:
        folders = [evaluation_folder(run_folder(name, store)) for name in (first, second)]
        comparison = compare_folders(*folders)
        data = {
            "first": comparison.first.model,
            "second": comparison.second.model,
            "metrics": {name: asdict(change) for name, change in comparison.metrics.items()},
            "tables": [asdict(table) for table in comparison.tables],
            "turned": [asdict(one) for one in comparison.turned],
            "notes": list(comparison.notes),
        }
        if json is not None:
            write_json(json, data)
        return reporter.result(data, comparison_lines(comparison))


def evaluation_folder(folder: Path) -> Path:
    """Where the evaluation of a run lies: inside it, or the folder itself."""
    from store.runs.results import FILE

    return folder if (folder / FILE).exists() else folder / EVALUATION

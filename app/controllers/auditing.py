"""The audit trail out of the window: asks for a file and starts the job."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.controllers.jobs import JobsController
from app.places import data_folder
from app.session import Session


def arguments_of(store: Path, out: Path, where: str = "") -> list[str]:
    """The command that writes the trail; over a file that is there: the dialog has asked about it."""
    filtered = ["--where", where] if where.strip() else []
    return ["audit", "--store", str(store), "--out", str(out), *filtered, "--force"]


def export_trail(session: Session, jobs: JobsController, where: str, parent: QWidget) -> None:
    """Ask where the trail of the images that ``where`` selects goes, and write it in a job."""
    store = session.store
    if store is None:
        return
    title = "Export the audit trail of this view" if where.strip() else "Export the audit trail"
    chosen, _kind = QFileDialog.getSaveFileName(parent, title, "audit.jsonl", "JSON lines (*.jsonl)")
    if chosen:
        folder = data_folder() if store.read_only else store.folder
        jobs.start(folder, arguments_of(store.folder, Path(chosen), where))

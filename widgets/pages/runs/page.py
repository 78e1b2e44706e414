"""The Runs page: what is trained and was trained, how it goes, and how good it has become."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.common import surface
from widgets.pages.runs.records import Comparison, RunDetails, RunSummary


class RunsPage(QWidget):
    """Shows runs; knows nothing of stores and processes. Runs are named by their id.

    ``selection_changed(ids)``: these should be shown, the current one first; :meth:`show_details` is
    awaited for each. ``resume_wanted(id, settings)``: settings change the configuration, None changes
    nothing. ``compare_wanted(first, second)``: :meth:`show_comparison` is awaited. ``cell_opened(where)``:
    Browse should show the images of a filter. ``images_opened(ids, title)``: Browse should show these
    images. ``image_annotated(id)``: open this one in Annotate.
    """

    new_run_wanted = Signal()
    pause_wanted = Signal(str)
    continue_wanted = Signal(str)
    stop_wanted = Signal(str)
    resume_wanted = Signal(str, object)
    evaluate_wanted = Signal(str)
    delete_wanted = Signal(str)
    folder_wanted = Signal(str)
    selection_changed = Signal(list)
    compare_wanted = Signal(str, str)
    cell_opened = Signal(str)
    images_opened = Signal(object, str)
    image_annotated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self._runs: tuple[RunSummary, ...] = ()

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs in the list, newest first; what is selected stays selected."""
        self._runs = tuple(runs)

    def show_details(self, details: RunDetails) -> None:
        """Show a selected run; one that is not selected any more is ignored."""

    def show_comparison(self, comparison: Comparison) -> None:
        """Show how two runs differ."""

    def show_message(self, text: str, fix: str = "") -> None:
        """Say across the page what went wrong and what to do; an empty text takes it away."""

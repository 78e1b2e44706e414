"""The window's pages: made when they are first needed, gone to and fro between, one at a time in front."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QMainWindow, QVBoxLayout, QWidget

import app
from app import regions
from app.actions.binding import ActionBinding
from app.controllers.away import ErrorBanner
from app.controllers.browse import BrowseController
from app.controllers.jobs import JobsController
from app.controllers.settings import SettingsController
from app.controllers.status import StatusController
from app.controllers.welcome import WelcomeController
from app.drops import PictureDrops
from app.session import Session
from store.errors import StudioError
from store.settings import SettingsFile
from widgets.common import Banner
from widgets.frame import RailEntry, Shell
from widgets.pages.browse import BrowsePage
from widgets.pages.welcome import WelcomePage
from widgets.turns import soon

if TYPE_CHECKING:
    from app.controllers.annotate import AnnotateController
    from app.controllers.export import ExportController
    from app.controllers.finding import FindingController
    from app.controllers.importing import ImportController
    from app.controllers.models import ModelsController
    from app.controllers.problems import ProblemsController
    from app.controllers.proposals import ProposalsController
    from app.controllers.retrieval.page import RetrievalController
    from app.controllers.runs import RunsController
    from app.controllers.sweep import SweepController

_log = logging.getLogger(__name__)
_PAGES = (
    RailEntry("browse", "Browse", "layout-grid", False, "Ctrl+1"),
    RailEntry("annotate", "Annotate", "vector-triangle", False, "Ctrl+2"),
    RailEntry("retrieval", "Retrieval", "photo-search", False, "Ctrl+3"),
    RailEntry("models", "Models", "cube", False, "Ctrl+4"),
    RailEntry("runs", "Runs", "activity", False, "Ctrl+5"),
    RailEntry("export", "Export", "package-export", False, "Ctrl+8"),
    RailEntry("settings", "Settings", "settings", True, "Ctrl+,", foot=True),
)
#: The pages that need an open store.
STORE_PAGES = ("browse", "annotate", "retrieval", "models", "runs", "export")


class PagedWindow(QMainWindow):
    """A window of pages over one session. Pages other than Welcome and Browse are made when first needed."""

    #: A dialog has been opened.
    dialog_opened = Signal(object)
    #: The model in this folder (a Path) is to propose in Annotate, which is in front.
    model_wanted = Signal(object)
    #: The QActions by the id of their action; the window that has the menus makes them.
    actions_: ActionBinding

    def __init__(self, settings: SettingsFile) -> None:
        super().__init__()
        self.session = Session(settings, self)
        self._annotate: AnnotateController | None = None
        self._export: ExportController | None = None
        self._importing: ImportController | None = None
        self._finding: FindingController | None = None
        self._problems: ProblemsController | None = None
        self._models: ModelsController | None = None
        self._runs: RunsController | None = None
        self._retrieval: RetrievalController | None = None
        self._sweep: SweepController | None = None
        self.shell = Shell(_PAGES)
        self.banner = Banner("bad", "", closable=True)
        self.banner.hide()
        self.errors = ErrorBanner(self.banner)
        self._set_central()
        self._drops = PictureDrops(self, lambda: self.session.store is not None, self.find_similar_to)
        self.settings = SettingsController(settings, self)
        self.status = StatusController(self.session, self.shell.status, self)
        self.jobs = JobsController(self.session, self.shell.status, self)
        self.welcome = WelcomeController(self.session, WelcomePage(app.__version__), self)
        self.browse = BrowseController(self.session, BrowsePage(), self)
        self.shell.add_page("welcome", self.welcome.page)
        self.shell.add_page("browse", self.browse.page)

    def _show_state(self) -> None:
        """Enable what is possible now, and say where one is."""
        raise NotImplementedError

    def _set_central(self) -> None:
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.shell, 1)
        self.setCentralWidget(central)

    # -- pages made when they are needed --------------------------------------------------------

    @property
    def annotate(self) -> AnnotateController:
        """The controller of Annotate; made with its page at the first call."""
        if self._annotate is None:
            from app.controllers.annotate import AnnotateController

            made = AnnotateController(self.session, self.browse, self)
            self._annotate = made
            self.shell.add_page("annotate", made.page)
            self.actions_.attach_canvas("annotate", made.canvas)
            made.changed.connect(self._show_state)
            made.failed.connect(self.tell_error)
            made.dialog_wanted.connect(self.run_dialog)
            made.pictures_wanted.connect(lambda dataset_id: self.finding.open(dataset_id))
            made.browse_wanted.connect(lambda: self.go_to("browse"))
            self._join_proposals(made.proposals)
        return self._annotate

    def _join_proposals(self, proposals: ProposalsController) -> None:
        """The model of Annotate: where it runs, which it is, and how to come by one."""
        self.model_wanted.connect(proposals.use)
        proposals.state_changed.connect(self.status.show_device)
        proposals.train_wanted.connect(lambda: self.new_run())
        proposals.add_wanted.connect(lambda: self.go_to("models"))
        self.shell.status.device_pressed.connect(
            lambda: self.status.device_menu(proposals.state, proposals.wishes.device, proposals.use_device)
        )

    @property
    def export(self) -> ExportController:
        """The controller of Export; made with its page at the first call."""
        if self._export is None:
            from app.controllers.export import ExportController

            made = ExportController(self.session, self.browse, self.jobs, self)
            made.dialog_wanted.connect(self.run_dialog)
            self._export = made
            self.shell.add_page("export", made.page)
            made.failed.connect(self.tell_error)
            made.show_wanted.connect(self.show_filter)
        return self._export

    @property
    def importing(self) -> ImportController:
        """The controller of the import dialog; made at the first call."""
        if self._importing is None:
            from app.controllers.importing import ImportController, tell

            self._importing = ImportController(self.session, self.jobs, self)
            self._importing.failed.connect(self.tell_error)
            self._importing.importing.connect(self.browse.watch_import)
            self._importing.told.connect(lambda result: tell(self, result))
        return self._importing

    @property
    def finding(self) -> FindingController:
        """The controller of the dialog that finds pictures; made at the first call."""
        if self._finding is None:
            from app.controllers.finding import FindingController

            made = self._finding = FindingController(self.session, self.jobs, self)
            made.failed.connect(self.tell_error)
            made.dialog_wanted.connect(self.run_dialog)
            made.moved.connect(self._show_picture_again)
        return self._finding

    def _show_picture_again(self) -> None:
        if self._annotate is not None:
            self._annotate.show_again()

    @property
    def problems(self) -> ProblemsController:
        """The controller of the problem list; made at the first call."""
        if self._problems is None:
            from app.controllers.problems import ProblemsController

            self._problems = ProblemsController(self.session, self)
            self._problems.open_wanted.connect(self.open_image)
            self._problems.failed.connect(self.tell_error)
        return self._problems

    @property
    def models(self) -> ModelsController:
        """The controller of Models; made with its page at the first call."""
        if self._models is None:
            from app.controllers.models import ModelsController

            made = ModelsController(self.session, self.browse, self.jobs, self)
            self._models = made
            self.shell.add_page("models", made.page)
            made.failed.connect(self.tell_error)
            made.dialog_wanted.connect(self.run_dialog)
            made.run_wanted.connect(self.show_run)
            made.fine_tune_wanted.connect(self.new_run)
            made.annotate_wanted.connect(self.propose_with)
            made.changed.connect(self._models_changed)
            made.removing.proposing = self._proposing
            made.guide_wanted.connect(self.welcome.show_guide)
        return self._models

    def _proposing(self) -> str:
        """The name of the model that proposes in Annotate, "" while none does."""
        return "" if self._annotate is None else self._annotate.proposals.state.model

    def _models_changed(self) -> None:
        """Models have come or gone: Annotate offers them, and proposes with another where its own has."""
        if self._annotate is not None:
            self._annotate.proposals.refresh_models()

    @property
    def runs(self) -> RunsController:
        """The controller of Runs; made with its page at the first call."""
        if self._runs is None:
            from app.controllers.runs import RunsController

            made = RunsController(self.session, self.jobs, self)
            self._runs = made
            self.shell.add_page("runs", made.page)
            made.failed.connect(self.tell_error)
            made.show_wanted.connect(self.show_filter)
            made.images_wanted.connect(self.show_images)
            made.annotate_wanted.connect(self.open_image)
            made.dialog_wanted.connect(self.run_dialog)
        return self._runs

    @property
    def retrieval(self) -> RetrievalController:
        """The controller of Retrieval; made with its page at the first call."""
        if self._retrieval is None:
            from app.controllers.retrieval.page import RetrievalController

            made = RetrievalController(self.session, self.jobs, self)
            self._retrieval = made
            self.shell.add_page("retrieval", made.page)
            self.actions_.attach_canvas("retrieval", made.page.board)
            made.failed.connect(self.tell_error)
            made.annotate_wanted.connect(self.open_image)
            made.images_wanted.connect(self.show_images)
        return self._retrieval

    @property
    def sweep(self) -> SweepController:
        """The controller of the sweep; made with its page at the first call."""
        if self._sweep is None:
            from app.controllers.sweep_window import joined

            self._sweep = joined(self)
            self._sweep.changed.connect(self._show_state)
        return self._sweep

    # -- from page to page ----------------------------------------------------------------------

    def go_to(self, page: str) -> None:
        """Show a page; Annotate opens the current image of Browse where none is open."""
        if self.session.store is None:
            return
        if page == "annotate" and not self.annotate.ensure_image():
            # Where the server is away, that has been said.
            self.shell.status.set_hint("" if self.session.others.away else "No image fits the filter")
            return
        if page == "export":
            self.export.show()
        if page == "models":
            # Made before it is shown.
            _ = self.models
        if page == "retrieval":
            _ = self.retrieval
        if page == "runs" and self._runs is None:
            self.shell.rail.set_current(self.shell.page())
            self._with_runs(lambda _runs: self.go_to("runs"))
            return
        if page == "browse" and self._annotate is not None and self._annotate.take_touched():
            self.browse.refresh()
            self.session.refresh_totals()
        self.shell.show_page(page)
        regions.focus(self, page)
        self._show_state()

    def _with_runs(self, then: Callable[[RunsController], object]) -> None:
        """Do something with the Runs page. What it is made of, charts above all, is read in by a thread."""
        if self._runs is not None:
            then(self._runs)
            return

        def read_in(_module: object) -> None:
            # Made in one turn and shown in the next one.
            runs = self.runs
            soon(self, lambda: then(runs))

        self.session.desk.ask(
            "window.runs", lambda: import_module("app.controllers.runs"), read_in, self.tell_error
        )

    def new_run(self, start: Mapping[str, Any] | None = None) -> None:
        """Open the dialog of a new training run, on the Runs page; it begins with the values of ``start``."""

        def offer(runs: RunsController) -> None:
            self.go_to("runs")
            runs.new_run(start)

        if self.session.store is not None:
            self._with_runs(offer)

    def propose_with(self, model: Path) -> None:
        """Go to Annotate, and have this model propose there."""
        self.go_to("annotate")
        self.model_wanted.emit(model)

    def show_run(self, run_id: str) -> None:
        """Go to Runs and select a run."""

        def show(runs: RunsController) -> None:
            self.go_to("runs")
            runs.select(run_id)

        if self.session.store is not None:
            self._with_runs(show)

    def shows_run(self, run_id: str) -> bool:
        """Whether a run is what the person sees now."""
        return self._runs is not None and self.shell.page() == "runs" and self._runs.shows(run_id)

    def open_row(self, row: int) -> None:
        """Open an image of the slice in Annotate."""
        self.annotate.open_row(row)
        self.go_to("annotate")

    def annotate_current(self) -> None:
        """Open the current image of Browse in Annotate."""
        self.open_row(max(0, self.browse.page.current_row))

    def focus_filter(self) -> None:
        """Go to Browse and begin to type a filter."""
        self.go_to("browse")
        self.browse.page.focus_filter()

    def show_filter(self, where: str) -> None:
        """Go to Browse and show the images of a filter."""
        self.go_to("browse")
        self.browse.show_filter(where)

    def show_images(self, ids: Sequence[int], title: str) -> None:
        """Go to Browse and show only these images, under a title."""
        self.go_to("browse")
        self.browse.show_images(ids, title)

    def show_problems(self) -> None:
        """Open the list of what was wrong with the data."""
        self.problems.show()

    def open_image(self, image_id: int) -> None:
        """Open an image by its id in Annotate, whether it is in the slice or not."""
        if self.annotate.open_image(image_id):
            self.go_to("annotate")

    def find_similar_to(self, picture: Path) -> None:
        """Find what looks like a picture file that was dropped."""
        self.go_to("retrieval")
        self.retrieval.similar.of_picture(picture)

    def toggle_side(self) -> None:
        """Show or hide the side panel of the page."""
        regions.toggle_side(self, self.shell.page())

    def next_region(self, by: int = 1) -> None:
        """Give the keys to the next region: rail, page, side panel, status bar."""
        home, side = regions.of_page(self, self.shell.page())
        regions.step([self.shell.rail, home, *side, self.shell.status], home, by)

    # -- said across the page --------------------------------------------------------------------

    def run_dialog(self, dialog: QDialog) -> None:
        """Show a dialog till it is closed, and have the keys again afterwards."""
        QTimer.singleShot(0, dialog, lambda: self.dialog_opened.emit(dialog))
        dialog.exec()
        dialog.deleteLater()
        # Where no window manager gives the focus back, shortcuts would be dead.
        self.activateWindow()

    def tell_error(self, error: StudioError) -> None:
        """Say what went wrong above the page, and keep it in the log."""
        _log.warning("%s", error)
        self.errors.tell(error)

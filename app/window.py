"""The main window: menu bar, rail, pages, status bar; it joins the controllers and knows no data."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import QDialog, QMainWindow, QVBoxLayout, QWidget

import app
from app import log
from app.actions.action import State
from app.actions.binding import ActionBinding, sheet
from app.actions.table import GESTURES, MENUS, actions
from app.controllers.browse import BrowseController
from app.controllers.jobs import JobsController
from app.controllers.settings import SettingsController
from app.controllers.status import StatusController
from app.controllers.welcome import WelcomeController
from app.session import Session
from app.window_parts import FirstPaint, geometry_of, restore_geometry, step_region
from store.errors import StudioError
from store.settings import SettingsFile
from widgets.common import Banner
from widgets.frame import MenuBar, RailEntry, Shell
from widgets.pages.browse import BrowsePage
from widgets.pages.welcome import WelcomePage

if TYPE_CHECKING:
    from app.controllers.annotate import AnnotateController
    from app.controllers.export import ExportController
    from app.controllers.importing import ImportController
    from app.controllers.problems import ProblemsController

_log = logging.getLogger(__name__)
_MINIMUM = (1280, 800)
_FIRST_SIZE = (1600, 1000)
#: After the first picture of a store is up, what the next page needs is loaded; milliseconds.
_AHEAD = 600
_PAGES = (
    RailEntry("browse", "Browse", "layout-grid", False, "Ctrl+1"),
    RailEntry("annotate", "Annotate", "vector-triangle", False, "Ctrl+2"),
    RailEntry("export", "Export", "package-export", False, "Ctrl+3"),
    RailEntry("settings", "Settings", "settings", True, "Ctrl+,", foot=True),
)


def _read_pages() -> None:
    for name in ("annotate", "export", "importing"):
        import_module(f"app.controllers.{name}")


class MainWindow(QMainWindow):
    """The window. Pages other than Welcome and Browse are made when they are first needed."""

    #: Once, after the window has been painted for the first time.
    painted = Signal()

    def __init__(self, settings: SettingsFile) -> None:
        super().__init__()
        self.setWindowTitle("DeepFashion Studio")
        self.setMinimumSize(*_MINIMUM)
        self.resize(QSize(*_FIRST_SIZE).boundedTo(self.screen().availableSize()))
        self.session = Session(settings, self)
        self._annotate: AnnotateController | None = None
        self._export: ExportController | None = None
        self._importing: ImportController | None = None
        self._problems: ProblemsController | None = None
        self._start_with: Path | None = None
        #: A store has been opened and its first rows are not there yet: only then can the grid be focused.
        self._fresh = False
        self.shell = Shell(_PAGES)
        self.banner = Banner("bad", "", closable=True)
        self.banner.hide()
        self._set_central()
        self.settings = SettingsController(settings, self)
        self.status = StatusController(self.session, self.shell.status, self)
        self.jobs = JobsController(self.session, self.shell.status, self)
        self.welcome = WelcomeController(self.session, WelcomePage(app.__version__), self)
        self.browse = BrowseController(self.session, BrowsePage(), self)
        self.shell.add_page("welcome", self.welcome.page)
        self.shell.add_page("browse", self.browse.page)
        self.table = actions()
        self.actions_ = ActionBinding(self, self.table)
        bar = MenuBar()
        self.setMenuBar(bar)
        self.actions_.fill(bar, MENUS)
        self._first_paint = FirstPaint(self)
        self._first_paint.happened.connect(self._after_first_paint)
        self._connect()
        self._restore()
        self._show_state()

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
            made.browse_wanted.connect(lambda: self.go_to("browse"))
        return self._annotate

    @property
    def export(self) -> ExportController:
        """The controller of Export; made with its page at the first call."""
        if self._export is None:
            from app.controllers.export import ExportController

            made = ExportController(self.session, self.browse, self.jobs, self)
            self._export = made
            self.shell.add_page("export", made.page)
            made.failed.connect(self.tell_error)
            made.show_wanted.connect(self.show_filter)
        return self._export

    @property
    def importing(self) -> ImportController:
        """The controller of the import dialog; made at the first call."""
        if self._importing is None:
            from app.controllers.importing import ImportController

            self._importing = ImportController(self.session, self.jobs, self)
            self._importing.failed.connect(self.tell_error)
            self._importing.importing.connect(self.browse.watch_import)
        return self._importing

    @property
    def problems(self) -> ProblemsController:
        """The controller of the problem list; made at the first call."""
        if self._problems is None:
            from app.controllers.problems import ProblemsController

            self._problems = ProblemsController(self.session, self)
            self._problems.open_wanted.connect(self.open_image)
            self._problems.failed.connect(self.tell_error)
        return self._problems

    # -- what actions do ------------------------------------------------------------------------

    def start(self, store: Path | None) -> None:
        """Begin with a store, the last one for None; it is opened when the window has been painted."""
        recent = [one.path for one in self.session.settings.recent() if one.found]
        self._start_with = store or (recent[0] if recent else None)
        if self._start_with is None:
            self._show_welcome()
        else:
            self.shell.show_page("browse")
            self.shell.status.set_store(self._start_with.name)
        if self.session.settings.problem:
            self.banner.show_message("warn", self.session.settings.problem)
            self.banner.show()

    def go_to(self, page: str) -> None:
        """Show a page; Annotate opens the current image of Browse where none is open."""
        if page == "settings":
            self.show_settings()
            return
        if self.session.store is None:
            return
        if page == "annotate" and not self.annotate.ensure_image():
            self.shell.status.set_hint("No image fits the filter")
            return
        if page == "export":
            self.export.show()
        if page == "browse" and self._annotate is not None and self._annotate.take_touched():
            self.browse.refresh()
            self.session.refresh_totals()
        self.shell.show_page(page)
        self._focus_page(page)
        self._show_state()

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

    def import_dataset(self, path: str) -> None:
        """Open the import dialog, on a dataset if one is given."""
        self.importing.open(path)

    def open_demo(self) -> None:
        """Draw the demo if it is not there, and open it."""
        self.importing.open_demo()

    def close_store(self) -> None:
        """Close the store and show Welcome."""
        self._remember()
        self.session.close()

    def tell_saved(self) -> None:
        """Say that everything is saved already: it always is."""
        self.status.tell_saved(self._annotate)

    def toggle_side(self) -> None:
        """Show or hide the side panel of the page."""
        page = self.shell.page()
        if page == "browse":
            side = self.browse.page.side
            self.browse.page.show_side(side.isHidden())
        elif page == "annotate":
            self.annotate.page.toggle_side()
        elif page == "export":
            self.export.page.side.setVisible(self.export.page.side.isHidden())

    def next_region(self, by: int = 1) -> None:
        """Give the keys to the next region: rail, page, side panel, status bar."""
        page = self.shell.page()
        home: QWidget = self.welcome.page
        side: list[QWidget] = []
        if page == "browse":
            home, side = self.browse.page.grid, [self.browse.page.side]
        elif page == "annotate":
            home, side = self.annotate.canvas, [self.annotate.page.right]
        elif page == "export":
            home, side = self.export.page.form, [self.export.page.side]
        step_region([self.shell.rail, home, *side, self.shell.status], home, by)

    def switch_theme(self) -> None:
        """From dark to light and back."""
        self.settings.switch_theme()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or do not any more."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def show_settings(self) -> None:
        """Open the settings; every change there is in force at once."""
        self.shell.rail.set_current(self.shell.page())
        self.settings.show(self.run_dialog)

    def show_shortcuts(self) -> None:
        """Open the sheet of shortcuts."""
        from widgets.dialogs.shortcuts import ShortcutsDialog

        self.run_dialog(ShortcutsDialog(sheet(self.table, GESTURES), self))

    def run_dialog(self, dialog: QDialog) -> None:
        """Show a dialog till it is closed, and have the keys again afterwards."""
        dialog.exec()
        dialog.deleteLater()
        # Where no window manager gives the focus back, shortcuts would be dead.
        self.activateWindow()

    def show_log(self) -> None:
        """Open the log file in whatever the system opens texts with."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.path())))

    def show_about(self) -> None:
        """Say which version this is."""
        self.banner.show_message(
            "info", f"DeepFashion Studio {app.__version__}", "Log and settings stay on this machine."
        )
        self.banner.show()

    def tell_error(self, error: StudioError) -> None:
        """Say what went wrong above the page, and keep it in the log."""
        _log.warning("%s", error)
        self.banner.show_message("bad", error.what, error.fix)
        self.banner.show()

    def quit(self) -> None:
        """Close the window; jobs go on."""
        self.close()

    # -- joining --------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.shell.rail.chosen.connect(self.go_to)
        self.shell.status.saved_pressed.connect(self.tell_saved)
        self.shell.status.store_pressed.connect(lambda: self.actions_["store.open"].trigger())
        session = self.session
        session.opened.connect(self._opened)
        session.closed.connect(self._closed)
        session.failed.connect(self._open_failed)
        session.totals_changed.connect(self._show_state)
        self.welcome.demo_wanted.connect(self.open_demo)
        self.welcome.import_wanted.connect(self.import_dataset)
        self.welcome.shortcuts_wanted.connect(self.show_shortcuts)
        self.welcome.failed.connect(self.tell_error)
        self.browse.open_wanted.connect(self.open_row)
        self.browse.export_wanted.connect(self._export_selection)
        self.browse.import_wanted.connect(lambda: self.import_dataset(""))
        self.browse.problems_wanted.connect(self.show_problems)
        self.browse.failed.connect(self.tell_error)
        self.browse.counted.connect(self._counted)
        self.browse.page.selection_changed.connect(self._show_state)
        self.jobs.failed.connect(self.tell_error)
        self.jobs.found.connect(lambda: self.browse.watch_import(bool(self.jobs.running("import"))))
        self.settings.failed.connect(self.tell_error)
        self.settings.changed.connect(self._settings_changed)
        self.jobs.finished.connect(lambda _run, _state: self._job_finished())
        self.shell.pages.currentChanged.connect(lambda _index: self._show_state())

    def _opened(self) -> None:
        store = self.session.needed()
        self.banner.hide()
        self.setWindowTitle(f"{store.name} - DeepFashion Studio")
        if self.shell.page() == "welcome":
            self.go_to("browse")
        self._fresh = True
        self._show_state()
        QTimer.singleShot(_AHEAD, self._read_ahead)

    def _counted(self) -> None:
        if self._fresh:
            self._fresh = False
            self._focus_page(self.shell.page())
        self._show_state()

    def _read_ahead(self) -> None:
        """Read in what the other pages are made of, in a thread: it would hold up the first of them."""
        self.session.desk.ask("window.ahead", _read_pages, lambda _none: self._load_ahead(), self.tell_error)

    def _load_ahead(self) -> None:
        if self.session.store is not None:
            self.annotate.warm_up()

    def _closed(self) -> None:
        self.setWindowTitle("DeepFashion Studio")
        if self.session.opening is None:
            self._show_welcome()
        else:
            self.shell.show_page("browse")
            self._show_state()

    def _show_welcome(self) -> None:
        self.welcome.show_recent()
        self.shell.show_page("welcome")
        self._show_state()

    def _open_failed(self, error: StudioError) -> None:
        self.shell.status.set_store("" if self.session.store is None else self.session.store.name)
        if self.session.store is None:
            self._show_welcome()
        self.tell_error(error)

    def _export_selection(self, ids: list[int]) -> None:
        self.export.offer_selection(ids)
        self.go_to("export")

    def _job_finished(self) -> None:
        if not self.jobs.running("import"):
            self.browse.watch_import(False)

    def _focus_page(self, page: str) -> None:
        if page == "annotate":
            self.annotate.canvas.setFocus()
        elif page == "browse":
            self.browse.page.grid.setFocus()
        elif page == "export":
            self.export.page.form.setFocus()

    def saved_at(self) -> datetime | None:
        """When the last change of the image in Annotate was saved."""
        return self._annotate.saved_at if self._annotate is not None else None

    # -- what is shown of the state -------------------------------------------------------------

    def state(self) -> State:
        """What decides which actions are possible."""
        store = self.session.store is not None
        base = State(
            page=self.shell.page(),
            store=store,
            writable=self.session.writable,
            images=len(self.browse.slice.ids),
            selected=self.browse.page.grid.selected_count() if store else 0,
        )
        return base if self._annotate is None else self._annotate.state(base)

    def _show_state(self) -> None:
        state = self.state()
        self.actions_.update(state)
        if self._annotate is not None:
            for layer, shown in self._annotate.layers().items():
                self.actions_[f"view.{layer}"].setChecked(shown)
        for page in ("browse", "annotate", "export"):
            self.shell.rail.set_enabled(page, state.store, "No store is open")
        self.status.show(state, self._annotate)

    # -- remembered -----------------------------------------------------------------------------

    def _settings_changed(self) -> None:
        if self._annotate is not None:
            self._annotate.apply_settings()

    def _restore(self) -> None:
        restore_geometry(self, self.session.settings.layout("geometry"))

    def _remember(self) -> None:
        try:
            self.session.settings.set_layout(geometry=geometry_of(self), page=self.shell.page())
            self.browse.remember()
            if self._annotate is not None:
                self._annotate.remember()
        except StudioError as error:
            _log.warning("%s", error)

    # -- Qt -------------------------------------------------------------------------------------

    def _after_first_paint(self) -> None:
        self.painted.emit()
        if self._start_with is not None and self.session.store is None:
            self.session.open(self._start_with)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._remember()
        self.jobs.close()
        if self._annotate is not None:
            self._annotate.close()
        self.session.close()
        self.browse.page.settle()
        event.accept()

"""The main window: menu bar, rail, pages, status bar; it joins the controllers and knows no data."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices

import app
from app import log, regions
from app.actions.action import State
from app.actions.binding import ActionBinding
from app.actions.table import MENUS, actions
from app.ahead import Ahead
from app.controllers.jobs import notice_of
from app.controllers.keys import KeysController
from app.controllers.palette import PaletteController
from app.controllers.schemas import SchemasController
from app.paged_window import STORE_PAGES, PagedWindow
from app.window_parts import FirstPaint, geometry_of, restore_geometry
from store.errors import StudioError
from store.runs import RunFolder, RunState
from store.settings import SettingsFile
from widgets.frame import MenuBar
from widgets.frame.menubar import CommandField

_log = logging.getLogger(__name__)
_MINIMUM = (1280, 800)
_FIRST_SIZE = (1600, 1000)
#: After the first picture of a store is up, what the next page needs is loaded; milliseconds.
_AHEAD = 600


class MainWindow(PagedWindow):
    """The window with its menus: joins the pages, and remembers how it was left."""

    #: Once, after the window has been painted for the first time.
    painted = Signal()

    def __init__(self, settings: SettingsFile) -> None:
        super().__init__(settings)
        self.setWindowTitle("DeepFashion Studio")
        self.setMinimumSize(*_MINIMUM)
        self.resize(QSize(*_FIRST_SIZE).boundedTo(self.screen().availableSize()))
        self._start_with: Path | None = None
        #: A store has been opened and its first rows are not there yet: only then can the grid be focused.
        self._fresh = False
        table = actions()
        self.actions_ = ActionBinding(self, table)
        bar = MenuBar()
        self.setMenuBar(bar)
        self.actions_.fill(bar, MENUS)
        self.keys = KeysController(table, settings, self)
        self.keys.bind(self.actions_)
        self.palette_ = PaletteController(self)
        self._command_field = CommandField()
        bar.set_right(self._command_field)
        self.schemas = SchemasController(self)
        self._ahead = Ahead(self.session.desk, self._warm_up, self.tell_error, self)
        self._first_paint = FirstPaint(self)
        self._first_paint.happened.connect(self._after_first_paint)
        self._connect()
        self._restore()
        self._show_state()

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
        """Show a page; what stands at the foot of the rail opens a dialog."""
        if page == "settings":
            self.show_settings()
        else:
            super().go_to(page)

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
        self.keys.show_sheet()

    def show_log(self) -> None:
        """Open the log file in whatever the system opens texts with."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.path())))

    def show_about(self) -> None:
        """Say which version this is."""
        self.banner.show_message(
            "info", f"DeepFashion Studio {app.__version__}", "Log and settings stay on this machine."
        )
        self.banner.show()

    def quit(self) -> None:
        """Close the window; jobs go on."""
        self.close()

    # -- joining --------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.shell.rail.chosen.connect(self.go_to)
        self._command_field.clicked.connect(self.palette_.show)
        self.keys.failed.connect(self.tell_error)
        self.shell.status.saved_pressed.connect(self.tell_saved)
        self.shell.status.store_pressed.connect(lambda: self.actions_["store.open"].trigger())
        session = self.session
        session.opened.connect(self._opened)
        session.closed.connect(self._closed)
        session.failed.connect(self._open_failed)
        session.totals_changed.connect(self._show_state)
        session.others.away_changed.connect(self._away_changed)
        session.unsaved_found.connect(self._tell_unsaved)
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
        self.browse.many.dialog_wanted.connect(self.run_dialog)
        self.browse.many.titles_changed.connect(self._show_state)
        self.browse.page.selection_changed.connect(self._show_state)
        self.browse.page.wishes.similar.connect(lambda: self.actions_["retrieval.similar"].trigger())
        self.jobs.failed.connect(self.tell_error)
        self.jobs.found.connect(lambda: self.browse.watch_import(bool(self.jobs.running("import"))))
        self.settings.failed.connect(self.tell_error)
        self.settings.changed.connect(self._settings_changed)
        self.jobs.finished.connect(self._job_finished)
        self.shell.pages.currentChanged.connect(lambda _index: self._show_state())

    def _opened(self) -> None:
        store = self.session.needed()
        self.banner.hide()
        self.setWindowTitle(f"{store.name} - DeepFashion Studio")
        if self.shell.page() == "welcome":
            self.go_to("browse")
        self._fresh = True
        self._show_state()
        QTimer.singleShot(_AHEAD, self._ahead.start)

    def _tell_unsaved(self, ids: tuple[int, ...], aside: tuple[str, ...]) -> None:
        """There are changes that the window had in hand when it ended: they are saved where they are shown,
        or kept in the files ``aside`` where their image is gone."""
        kept = f"Changes of images that are no longer in the store are kept in {', '.join(aside)}."
        if not ids:
            self.banner.show_message("warn", "An image with changes in hand was taken out of the store", kept)
        else:
            what = "Changes of an image are" if len(ids) == 1 else f"Changes of {len(ids)} images are"
            told = "They were in hand when the window was closed last; nothing of them is lost."
            fix = f"{told} {kept}" if aside else told
            show = [("Show", lambda: self.open_image(ids[0]))]
            self.banner.show_message("warn", f"{what} not saved yet", fix, show)
        self.banner.show()

    def _away_changed(self, gone: bool) -> None:
        """The server of the store went away, or is back."""
        self._show_state()
        if not gone:
            self.errors.server_back()
            self.status.tell("The server is back")

    def _counted(self) -> None:
        if self._fresh:
            self._fresh = False
            regions.focus(self, self.shell.page())
        self._show_state()

    def _warm_up(self) -> None:
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

    def _job_finished(self, run: RunFolder, state: RunState) -> None:
        if not self.jobs.running("import"):
            self.browse.watch_import(False)
        notice = notice_of(self.jobs.title(run), state)
        if notice is not None and not self.shows_run(run.id):
            self.banner.show_message(*notice, [("Show", lambda: self.show_run(run.id))])
            self.banner.show()

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
            undo_many=self.browse.many.undo_title,
            redo_many=self.browse.many.redo_title,
        )
        if self._sweep is not None:
            base = self._sweep.state(base)
        return base if self._annotate is None else self._annotate.state(base)

    def _show_state(self) -> None:
        state = self.state()
        self.actions_.update(state)
        if self._annotate is not None:
            for name, shown in self._annotate.switches().items():
                self.actions_[f"view.{name}"].setChecked(shown)
        for page in STORE_PAGES:
            self.shell.rail.set_enabled(page, state.store, "No store is open")
        self.status.show(state, self._annotate)
        self._ahead.wait()

    # -- remembered -----------------------------------------------------------------------------

    def _settings_changed(self) -> None:
        self.keys.follow_settings()
        if self._annotate is not None:
            self._annotate.apply_settings()

    def _restore(self) -> None:
        restore_geometry(self, self.session.settings.layout("geometry"))

    def _remember(self) -> None:
        try:
            self.session.settings.set_layout(geometry=geometry_of(self), page=self.shell.page())
            self.browse.remember()
            if self._models is not None:
                self._models.remember()
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
        self._ahead.stop()
        self.jobs.close()
        if self._annotate is not None:
            self._annotate.close()
        if self._models is not None:
            self._models.close()
        if self._runs is not None:
            self._runs.close()
        if self._retrieval is not None:
            self._retrieval.close()
        self.session.close()
        self.browse.page.settle()
        event.accept()

"""Models: which there are, what their categories become in the open store, and what is done with them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app import category_maps
from app.controllers.browse import BrowseController
from app.controllers.jobs import JobsController
from app.controllers.models_adding import AddingController
from app.controllers.models_asking import Asking
from app.controllers.models_jobs import ModelJobs
from app.controllers.models_reading import MapFound, choices, read_map, read_rows, unmapped
from app.controllers.models_removing import RemovingController
from app.session import Session
from store.errors import StudioError
from store.runs import RunFolder, RunState
from widgets.dialogs.category_mapping import CategoryMappingDialog
from widgets.pages.models.page import ModelsPage
from widgets.pages.models.records import DeviceChoice, ModelRow, Trial

_log = logging.getLogger(__name__)
#: So long after the page is shown the devices are asked for, in milliseconds: it takes a process of its own.
_DEVICES_AFTER = 1200
#: Jobs whose end may mean another model, or other figures of one.
_CHANGING = ("train", "evaluate", "models")
_LAYOUT = "models columns"


class ModelsController(QObject):
    """Joins the Models page to the models that the open store can use.

    ``annotate_wanted(Path)``: Annotate should propose with this model. ``fine_tune_wanted(values)``: the
    dialog of a new run should begin with these. ``run_wanted(id)``: Runs should show this run.
    ``dialog_wanted``: show it till it is closed. ``listed(rows)`` after the page was told. ``changed``:
    models may have come or gone.
    """

    failed = Signal(object)
    annotate_wanted = Signal(object)
    fine_tune_wanted = Signal(object)
    run_wanted = Signal(str)
    dialog_wanted = Signal(object)
    listed = Signal(object)
    changed = Signal()
    guide_wanted = Signal()

    def __init__(
        self,
        session: Session,
        browse: BrowseController,
        jobs: JobsController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.page = ModelsPage()
        self.page.table.restore_layout(session.settings.layout(_LAYOUT))
        self._rows: tuple[ModelRow, ...] = ()
        self._map: MapFound | None = None
        self._trials: dict[str, Trial] = {}
        self._tested = ""
        #: To be made current as soon as it is listed: a folder's name.
        self._wanted = ""
        self.devices: tuple[DeviceChoice, ...] = ()
        self._asking_devices, self._testing = Asking(self), Asking(self)
        self.adding = AddingController(session, jobs, self.page, self)
        self.removing = RemovingController(session, self.page, self)
        self.work = ModelJobs(session, browse, jobs, self)
        self._later = QTimer(self, singleShot=True, interval=_DEVICES_AFTER)
        self._later.timeout.connect(self.ask_devices)
        self.page.installEventFilter(self)
        self._connect()

    def _connect(self) -> None:
        page = self.page
        page.add_wanted.connect(self.adding.open)
        page.guide_wanted.connect(self.guide_wanted)
        page.current_changed.connect(self._current_changed)
        page.remove_wanted.connect(self.removing.remove)
        self.removing.removed.connect(lambda _gone: self._changed())
        self.removing.back.connect(self._came_back)
        page.predict_wanted.connect(
            lambda row: self.work.open("predict", row, self.devices, self._lost_words())
        )
        page.evaluate_wanted.connect(
            lambda row: self.work.open("evaluate", row, self.devices, self._lost_words())
        )
        page.annotate_wanted.connect(lambda row: self.annotate_wanted.emit(row.folder))
        page.fine_tune_wanted.connect(lambda row: self.fine_tune_wanted.emit(self._start_values(row)))
        page.folder_wanted.connect(lambda row: QDesktopServices.openUrl(QUrl.fromLocalFile(str(row.folder))))
        page.mapping_wanted.connect(lambda row: self.open_mapping(row))
        page.test_wanted.connect(self.test)
        page.test_stop_wanted.connect(self._stop_test)
        page.run_wanted.connect(self.run_wanted)
        self.adding.added.connect(self._added)
        self.adding.dialog_wanted.connect(self.dialog_wanted)
        self.work.dialog_wanted.connect(self.dialog_wanted)
        self.work.mapping_wanted.connect(self._map_from_dialog)
        self.work.devices_wanted.connect(self.ask_devices)
        self.work.started.connect(lambda run: self.run_wanted.emit(run.id))
        self.work.failed.connect(self._tell)
        self._asking_devices.answered.connect(self._take_devices)
        self._asking_devices.failed.connect(
            lambda error: _log.warning("the devices are not known: %s", error)
        )
        self._testing.answered.connect(self._take_trial)
        self._testing.failed.connect(self._test_failed)
        self._session.opened.connect(self.look)
        self._session.closing.connect(self._closing)
        self._jobs.finished.connect(self._job_finished)

    # -- what others ask ------------------------------------------------------------------------

    def look(self) -> None:
        """Read the models anew, in a thread; only while the page is shown."""
        store = self._session.store
        if store is not None and self.page.isVisible():
            folder = store.folder
            self._session.desk.ask("models.look", lambda: read_rows(folder), self._show, self._tell)

    def select(self, name: str) -> None:
        """Make a model current by the name of its folder; one that is not listed yet is when it is."""
        self._wanted = name
        self._select_wanted()

    def ask_devices(self) -> None:
        """Ask what models can run on, unless it is known already."""
        if not self.devices and not self._asking_devices.running:
            self._asking_devices.ask(["devices"])

    def test(self, row: ModelRow, device: str, seconds: float = 5.0) -> None:
        """Let a model run on a device, in a process of its own."""
        store = self._session.store
        if store is None:
            return
        self._tested = row.key
        self.page.side.test.show_running(True)
        arguments = ["test-model", str(row.folder), "--device", device, "--seconds", str(seconds)]
        self._testing.ask([*arguments, "--store", str(store.folder)])

    def open_mapping(self, row: ModelRow) -> None:
        """Open the dialog of what a model's categories become."""
        store, manifest = self._session.store, row.manifest
        if store is None or manifest is None:
            return
        folder, categories = store.folder, self._session.categories
        self._session.desk.ask(
            "models.mapping",
            lambda: read_map(folder, manifest, categories),
            lambda found: self._show_mapping(row, found),
            self._tell,
        )

    def remember(self) -> None:
        """Keep how the columns stand. SettingsError where that cannot be written."""
        self._session.settings.set_layout(**{_LAYOUT: self.page.table.layout_text()})

    def close(self) -> None:
        """Ask nothing more; the window is going."""
        self._later.stop()
        self._asking_devices.stop()
        self._testing.stop()
        self.work.close()

    # -- what was read --------------------------------------------------------------------------

    def _show(self, rows: tuple[ModelRow, ...]) -> None:
        self._rows = rows
        self.page.show_models(rows)
        self._select_wanted()
        self._current_changed(self.page.current())
        self.listed.emit(rows)

    def _select_wanted(self) -> None:
        found = next((row.key for row in self._rows if self._wanted in (row.folder.name, row.key)), "")
        if self._wanted and found:
            self._wanted = ""
            self.page.select(found)

    def _current_changed(self, row: ModelRow | None) -> None:
        self._map = None
        store = self._session.store
        if row is None or store is None:
            return
        test = self.page.side.test
        running = self._testing.running and self._tested == row.key
        test.show_running(running)
        if not running:
            test.show_trial(self._trials.get(row.key))
        manifest, folder, categories = row.manifest, store.folder, self._session.categories
        if manifest is not None:
            self._session.desk.ask(
                "models.map",
                lambda: read_map(folder, manifest, categories),
                self._show_map,
                self._tell,
            )

    def _show_map(self, found: MapFound) -> None:
        self._map = found
        unsure = found.needed and not found.chosen
        self.page.side.show_map(found.lines, choices(self._session.categories), unsure=unsure)

    def _lost_words(self) -> str:
        """What of the current model's categories should be looked at before it is let loose."""
        found = self._map
        if found is None or not found.needed:
            return ""
        lost = unmapped(found)
        if lost:
            names = ", ".join(lost[:4]) + (f" and {len(lost) - 4} more" if len(lost) > 4 else "")
            return f"Left out: {names}."
        return "" if found.chosen else "What they become is proposed, and nobody has looked at it yet."

    # -- categories -----------------------------------------------------------------------------

    def _show_mapping(self, row: ModelRow, found: MapFound) -> None:
        dialog = CategoryMappingDialog(
            row.name, found.lines, choices(self._session.categories), found.proposed, self.page.window()
        )
        dialog.accepted.connect(lambda: self._keep_map(row, dialog.chosen()))
        self.dialog_wanted.emit(dialog)

    def _keep_map(self, row: ModelRow, chosen: Mapping[str, int | None]) -> None:
        store, manifest = self._session.store, row.manifest
        if store is None or manifest is None:
            return
        folder, categories = store.folder, self._session.categories

        def work() -> MapFound:
            category_maps.save(folder, manifest.name, chosen)
            return read_map(folder, manifest, categories)

        def done(found: MapFound) -> None:
            current = self.page.current()
            if current is not None and current.key == row.key:
                self._show_map(found)
                self.work.show_map(self._lost_words())

        self._session.desk.ask("models.keep", work, done, self._tell)

    def _map_from_dialog(self) -> None:
        row = self.page.current()
        if row is not None:
            self.open_mapping(row)

    # -- devices --------------------------------------------------------------------------------

    def _take_devices(self, found: Mapping[str, Any]) -> None:
        self.devices = tuple(
            DeviceChoice(str(one["id"]), f"{one['id']}  {one['name']}") for one in found.get("devices", ())
        )
        self.page.side.test.show_devices(self.devices)
        self.work.show_devices(self.devices)

    def _take_trial(self, found: Mapping[str, Any]) -> None:
        self._trials[self._tested] = Trial(
            str(found["device"]),
            float(found["images_per_second"]),
            int(found["memory"]),
            float(found["load_seconds"]),
            int(found["batch"]),
        )
        self._test_over()

    def _test_failed(self, error: StudioError) -> None:
        self._trials.pop(self._tested, None)
        if self._test_over():
            self.page.side.test.show_failure(error.what, error.fix)

    def _stop_test(self) -> None:
        self._testing.stop()
        self._test_over()

    def _test_over(self) -> bool:
        """Show what is known now; whether the model that was tested is still the current one."""
        row = self.page.current()
        here = row is not None and row.key == self._tested
        if here:
            self.page.side.test.show_running(False)
            self.page.side.test.show_trial(self._trials.get(self._tested))
        return here

    # -- what the person wants ------------------------------------------------------------------

    def _start_values(self, row: ModelRow) -> dict[str, Any]:
        """With what the dialog of a new run begins, to fine-tune a model."""
        assert row.manifest is not None
        spec = row.manifest.spec
        # By name where that means this very model; another place may hold one of the same name before it.
        first = next((one for one in self._rows if one.folder.name == row.folder.name), row)
        values: dict[str, Any] = {
            "name": f"{row.folder.name}-tuned",
            "model.architecture": spec.architecture,
            "model.backbone": spec.backbone,
            "model.start_from": row.folder.name if first.key == row.key else str(row.folder),
            "data.image_size": spec.input_size,
        }
        for name, group in (("embedding_size", "model"), ("crop", "data"), ("crop_margin", "data")):
            if name in spec.options:
                values[f"{group}.{name}"] = spec.options[name]
        return values

    def _changed(self) -> None:
        """Models have come or gone."""
        self.look()
        self.changed.emit()

    def _came_back(self, folder: Path) -> None:
        self._wanted = str(folder)
        self._changed()

    def _added(self, folder: Path) -> None:
        """A model is there: it becomes current, and where its categories are foreign they are asked about."""
        self._wanted = str(folder) if folder.is_absolute() else folder.name

        def ask(rows: tuple[ModelRow, ...]) -> None:
            self.listed.disconnect(ask)
            row = next((one for one in rows if folder in (one.folder, Path(one.folder.name))), None)
            if row is not None and row.manifest is not None:
                self._ask_where_foreign(row)

        self.listed.connect(ask)
        self._changed()

    def _ask_where_foreign(self, row: ModelRow) -> None:
        manifest = row.manifest
        if manifest is not None and category_maps.needed(manifest.spec.categories, self._session.categories):
            self.open_mapping(row)

    def _tell(self, error: StudioError) -> None:
        _log.warning("%s", error)
        self.page.show_message("bad", error.what, error.fix)

    # -- the store and the page -----------------------------------------------------------------

    def _job_finished(self, _run: RunFolder, state: RunState) -> None:
        if state.kind in _CHANGING:
            self._changed()

    def _closing(self) -> None:
        self._testing.stop()
        self._rows, self._map, self._wanted = (), None, ""
        self.page.show_message("bad", "")
        self.page.show_adding("")
        self.page.show_models(())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.page:
            if event.type() == QEvent.Type.Show:
                QTimer.singleShot(0, self, self.look)
                if not self.devices:
                    self._later.start()
            elif event.type() == QEvent.Type.Hide:
                self._later.stop()
        return False

"""The landmark schemas of the open store: shown in a dialog, and what is wrong with a person's own said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from app.window import MainWindow


class SchemasController(QObject):
    """Says above the page what is wrong with ``schemas.yaml``, and shows all schemas."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._faults: tuple[str, ...] = ()
        #: What the banner says of them.
        self._said = ""
        window.session.schemas_wrong.connect(self._tell)
        window.session.closed.connect(self._forget)

    def _tell(self, faults: tuple[str, ...]) -> None:
        banner, before = self._window.banner, self._said
        self._faults, self._said = faults, ""
        if not faults:
            # Mended in the file: what was said of it is no longer so.
            if before and banner.accessibleName() == before:
                banner.hide()
            return
        more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
        text = f"That category is not taken over; the store can be used.{more}"
        banner.show_message("warn", faults[0], text, [("Show", self.show)])
        banner.show()
        self._said = banner.accessibleName()

    def _forget(self) -> None:
        self._faults, self._said = (), ""

    def show(self) -> None:
        """Show the schemas of the store's categories, first that of the garment in Annotate."""
        # Imported when it is first wanted: most days nobody looks.
        from store.schemas import FILE
        from widgets.dialogs.schemas import SchemasDialog

        session = self._window.session
        file = session.needed().folder / FILE
        annotating = self._window.shell.page() == "annotate"
        garment = self._window.annotate.page.garment if annotating else None
        categories = [session.categories[number] for number in sorted(session.categories)]
        current = garment.category_id if garment is not None else 0
        dialog = SchemasDialog(categories, str(file), self._faults, current, self._window)
        self._window.run_dialog(dialog)

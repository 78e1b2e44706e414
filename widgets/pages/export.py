"""The Export page: choose what goes out and as what, see what would be lost, write it, see it proved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets import style
from widgets.common import Banner, Button, Card, PageToolbar, SidePanel, label, surface
from widgets.pages.export_cards import Bar, CategoryBars, Row, RowsCard
from widgets.pages.export_form import ExportChoice, ExportForm, Slice
from widgets.pages.export_side import ExportSide, WrittenFile

_LEFT_WIDTH, _LEFT_NARROW = 324, 280
#: Below this width of the page the left panel is narrower.
_NARROW = 1300

__all__ = ["Bar", "ExportChoice", "ExportPage", "Preview", "Row", "Slice", "WrittenFile"]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the page shows before an export.

    ``kind`` is "ok", "warn" or "bad"; ``blocked`` says why the export cannot be done, empty when it
    can. ``proofs`` are the checks that follow, by the key under which the job reports them.
    """

    kind: str
    title: str
    detail: str
    button: str
    blocked: str = ""
    note: str = ""
    checks: tuple[Row, ...] = ()
    checks_foot: str = ""
    checks_note: str = ""
    losses: tuple[Row, ...] = ()
    losses_title: str = ""
    bars: tuple[Bar, ...] = ()
    bars_note: str = ""
    files: tuple[WrittenFile, ...] = ()
    proofs: Mapping[str, str] = field(default_factory=dict)
    command: str = ""


class ExportPage(QWidget):
    """Shows a :class:`Preview`, the running job and its end; knows nothing of stores and processes.

    ``changed``: another choice was made, :meth:`show_preview` is awaited. ``check_wanted``: look again.
    """

    changed = Signal()
    check_wanted = Signal()
    export_wanted = Signal()
    cancel_wanted = Signal()
    folder_wanted = Signal()
    #: The images that a check is about, as a filter.
    show_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self.form = ExportForm()
        self.side = ExportSide()
        self._blocked = "Checking"
        self._running = False
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._build_toolbar())
        line = QHBoxLayout()
        line.setSpacing(0)
        self.left = SidePanel(_LEFT_WIDTH, side="left", name="What to export")
        self.left.add(self.form)
        line.addWidget(self.left)
        line.addWidget(self._build_middle(), 1)
        line.addWidget(self.side)
        whole.addLayout(line, 1)
        self.form.changed.connect(self.changed)
        self.side.export_wanted.connect(self._export)
        self.side.cancel_wanted.connect(self._cancel)
        self.side.folder_wanted.connect(self.folder_wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.left.set_width(_LEFT_NARROW if self.width() < style.tokens().px(_NARROW) else _LEFT_WIDTH)

    # -- what is shown --------------------------------------------------------------------------

    def choice(self) -> ExportChoice:
        """What the person has chosen."""
        return self.form.choice()

    def show_checking(self) -> None:
        """The choice has changed and its preview is being worked out; what is shown stays till then."""
        self._blocked = "Checking"
        self.side.export.setEnabled(False)

    def show_preview(self, preview: Preview) -> None:
        """Show what the export would do."""
        self._blocked = preview.blocked
        self.banner.show_message(preview.kind, preview.title, preview.detail)
        self.checks.note.setText(preview.checks_note)
        self.checks.show_rows(preview.checks, preview.checks_foot)
        self.checks.setVisible(bool(preview.checks or preview.checks_foot))
        self.losses.note.setText(preview.losses_title)
        self.losses.show_rows(preview.losses)
        self.losses.setVisible(bool(preview.losses))
        self.bars.show_bars(preview.bars)
        self.bars_card.note.setText(preview.bars_note)
        self.bars_card.setVisible(bool(preview.bars))
        self.side.show_files(preview.files)
        self.side.show_proofs(preview.proofs)
        self.side.show_command(preview.command)
        self.copy_command.setEnabled(bool(preview.command))
        self.side.show_done(shown=False)
        self.side.show_ready(preview.button, preview.blocked, preview.note)

    def show_running(self, message: str, done: int, total: int) -> None:
        """The job is at ``done`` of ``total`` (0: not known)."""
        if not self._running:
            self._running = True
            self.form.show_running(True)
            self.again.setEnabled(False)
            self.banner.show_message("info", "Exporting", "You can go on working; it runs on its own.")
        self.side.show_running(message, done, total)

    def show_end(self, kind: str, title: str, detail: str, *, folder: bool) -> None:
        """The job has ended: "ok", "warn" or "bad", and whether there is something to show in a folder."""
        self._running = False
        self.form.show_running(False)
        self.again.setEnabled(True)
        self.banner.show_message(kind, title, detail)
        self.side.show_done(shown=folder)
        self.middle.verticalScrollBar().setValue(0)

    def running(self) -> bool:
        """Whether an export of this page runs."""
        return self._running

    def show_slices(self, slices: Sequence[Slice], keep: str = "") -> None:
        """Offer these slices to export."""
        self.form.show_slices(slices, keep)

    def start_export(self) -> None:
        """What the main button does, for its key."""
        self._export()

    # -- how it is built ------------------------------------------------------------------------

    def _build_toolbar(self) -> QWidget:
        bar = PageToolbar()
        bar.add(label("Export", "heading"))
        bar.add_stretch()
        self.copy_command = Button("Copy command", "terminal-2")
        self.copy_command.setEnabled(False)
        self.copy_command.clicked.connect(lambda: self.side.copy_command())
        self.again = Button("Check again", "refresh")
        self.again.clicked.connect(self.check_wanted)
        bar.add(self.copy_command)
        bar.add(self.again)
        return bar

    def _build_middle(self) -> QWidget:
        self.middle = QScrollArea()
        self.middle.setWidgetResizable(True)
        self.middle.setFrameShape(QFrame.Shape.NoFrame)
        self.middle.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.middle.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setProperty("look", "scrolled")
        box = QVBoxLayout(inside)
        box.setContentsMargins(16, 16, 16, 16)
        box.setSpacing(12)
        self.banner = Banner("info", "Checking what would be written")
        self.checks = RowsCard("Checks", ("check", "records", "what happens"), stretch=(1, 4))
        self.losses = RowsCard(
            "What the format cannot hold", ("what", "records", "how it is written"), stretch=(5, 4)
        )
        self.checks.show_wanted.connect(self.show_wanted)
        self.bars = CategoryBars()
        self.bars_card = Card("Garments that go out", " ", padding=4)
        self.bars_card.body.addWidget(self.bars)
        for card in (self.checks, self.losses, self.bars_card):
            card.hide()
        for widget in (self.banner, self.checks, self.losses, self.bars_card):
            box.addWidget(widget)
        box.addStretch(1)
        self.middle.setWidget(inside)
        self.middle.viewport().setAutoFillBackground(False)
        return self.middle

    # -- what happens ---------------------------------------------------------------------------

    def _export(self) -> None:
        if not self._blocked and not self._running:
            self.export_wanted.emit()

    def _cancel(self) -> None:
        self.side.show_stopping()
        self.cancel_wanted.emit()

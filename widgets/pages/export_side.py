"""The right of the Export page: what will be written, the proofs that follow, the command, and the button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from resources import theme as look
from widgets.common import (
    Button,
    IconLabel,
    PrimaryButton,
    ProgressBar,
    Section,
    SidePanel,
    label,
    surface,
)

#: How a proof's state is shown: icon, colour role, word for screen readers.
PROOF_STATES: Mapping[str, tuple[str, str, str]] = {
    "to come": ("circle-dashed", "t3", "still to come"),
    "running": ("loader-2", "acc", "running"),
    "held": ("circle-check", "ok", "held"),
    "failed": ("alert-circle", "bad", "failed"),
}


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file or folder that the export makes, and what is said beside it."""

    name: str
    note: str = ""
    folder: bool = False
    depth: int = 0


class _Proof(QWidget):
    def __init__(self, text: str) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self._mark = IconLabel("circle-dashed", "t3")
        self._text = label(text, "table", wrap=True)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._text, 1)
        self.show_state("to come")

    def show_state(self, state: str) -> None:
        icon, role, words = PROOF_STATES[state]
        self._mark.set_icon(icon, role)
        self.setAccessibleName(f"{self._text.text()}: {words}")
        self.state = state


class ExportSide(SidePanel):
    """What will be written, and the one button that does it."""

    export_wanted = Signal()
    cancel_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(look.SIZES["panel_export"], name="Export summary")
        self._files = self._section("What will be written")
        self._proof_box = self._section("Afterwards, before it counts as done")
        self.command = label("", "mono", wrap=True)
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._section("Same from the command line").addWidget(self.command)
        self.set_foot(self._build_foot())
        self._proofs: dict[str, _Proof] = {}

    # -- what is shown --------------------------------------------------------------------------

    def show_files(self, files: Sequence[WrittenFile]) -> None:
        """Show what the export will make."""
        _empty(self._files)
        for file in files:
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(file.depth * 18, 0, 0, 0)
            line.setSpacing(8)
            line.addWidget(IconLabel("folder" if file.folder else "file-code", "t2"))
            line.addWidget(label(file.name, "table"))
            line.addStretch(1)
            line.addWidget(label(file.note, "note"))
            self._files.addWidget(row)

    def show_proofs(self, proofs: Mapping[str, str]) -> None:
        """Show the proofs that will follow, by key; all still to come."""
        _empty(self._proof_box)
        self._proofs = {key: _Proof(text) for key, text in proofs.items()}
        for proof in self._proofs.values():
            self._proof_box.addWidget(proof)

    def set_proof(self, key: str, state: str) -> None:
        """Show that a proof is "to come", "running", "held" or "failed"; unknown keys are ignored."""
        if key in self._proofs:
            self._proofs[key].show_state(state)

    def proofs(self) -> dict[str, str]:
        """The state of each proof shown, by key."""
        return {key: proof.state for key, proof in self._proofs.items()}

    def show_command(self, text: str) -> None:
        """Show the command line that does the same."""
        self.command.setText(text)

    def copy_command(self) -> None:
        """Put the command line on the clipboard."""
        QGuiApplication.clipboard().setText(self.command.text())

    def show_ready(self, text: str, blocked: str, note: str) -> None:
        """Offer the export under ``text``; ``blocked`` says why not, empty when it can be done."""
        self._foot.setCurrentIndex(0)
        self.export.set_face(text, "package-export", "Ctrl+Enter")
        self.export.setEnabled(not blocked)
        self.export.setToolTip(blocked or "Ctrl+Enter")
        self._note.setText(blocked or note)

    def show_running(self, message: str, done: int, total: int) -> None:
        """Show how far the job is, and how to stop it."""
        self._foot.setCurrentIndex(1)
        self.bar.set_share(done / total if total else 0.0)
        self._running.setText(f"{message} {done:,} of {total:,}" if total else message)

    def show_stopping(self) -> None:
        """The person has cancelled; the job is asked to stop."""
        self.cancel.setEnabled(False)
        self._running.setText("Stopping; nothing is left half-written")

    def show_done(self, shown: bool) -> None:
        """Leave the running state; offer the folder where there is one to show."""
        self.cancel.setEnabled(True)
        self._foot.setCurrentIndex(0)
        self.folder.setVisible(shown)

    # -- how it is built ------------------------------------------------------------------------

    def _section(self, title: str) -> QVBoxLayout:
        section = Section(title, chevron=False)
        section.body.setSpacing(8)
        self.add(section)
        return section.body

    def _build_foot(self) -> QWidget:
        foot = surface(QWidget(), "footbar")
        box = QVBoxLayout(foot)
        box.setContentsMargins(12, 12, 12, 12)
        self._foot = QStackedWidget()
        self._foot.addWidget(self._build_ready())
        self._foot.addWidget(self._build_running())
        box.addWidget(self._foot)
        return foot

    def _build_ready(self) -> QWidget:
        ready = QWidget()
        box = QVBoxLayout(ready)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.folder = Button("Show in folder", "folder-open")
        self.folder.clicked.connect(self.folder_wanted)
        self.folder.hide()
        self.export = PrimaryButton("Export", "package-export", "Ctrl+Enter")
        self.export.clicked.connect(self.export_wanted)
        self._note = label("", "hint", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for widget in (self.folder, self.export, self._note):
            box.addWidget(widget)
        return ready

    def _build_running(self) -> QWidget:
        running = QWidget()
        box = QVBoxLayout(running)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._running: QLabel = label("", "table", wrap=True)
        self.bar = ProgressBar(name="Progress of the export")
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.cancel = Button("Cancel", "x")
        self.cancel.clicked.connect(self.cancel_wanted)
        for widget in (self._running, self.bar, self.cancel):
            box.addWidget(widget)
        return running


def _empty(box: QVBoxLayout) -> None:
    while (taken := box.takeAt(0)) is not None:
        widget = taken.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()

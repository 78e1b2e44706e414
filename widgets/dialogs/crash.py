"""The dialog for our own mistakes: what happened, that the edits are safe, and a way on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from widgets import style
from widgets.common import Banner, Button, PrimaryButton, label
from widgets.dialogs.frame import Dialog


class CrashDialog(Dialog):
    """Shown after an error that nobody expected. ``restart_wanted`` asks for a new start.

    ``summary`` is one line, ``details`` the traceback. ``saved_at`` is when the last edit was
    saved, None if nothing was changed.
    """

    restart_wanted = Signal()

    def __init__(
        self, summary: str, details: str, saved_at: datetime | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("DeepFashion Studio has made a mistake", 720, parent)
        self._details = details
        safe = (
            f"All edits up to {saved_at:%H:%M:%S} are saved"
            if saved_at is not None
            else "Nothing is lost: no edit was waiting to be saved"
        )
        self.body.addWidget(Banner("ok", safe, "Every change is written the moment it is made."))
        self.body.addWidget(label(summary, "strong", wrap=True))
        self.body.addWidget(
            label(
                "This is a fault in the program, not in your data. You can go on, but a restart is safer. "
                "The details help to repair it; they hold file names, but no pictures.",
                "second",
                wrap=True,
            )
        )
        text = QPlainTextEdit(details)
        text.setReadOnly(True)
        text.setProperty("look", "mono")
        text.setAccessibleName("Details")
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        text.setMinimumHeight(style.tokens().px(220))
        self.body.addWidget(text, 1)
        self._copy = Button("Copy details", "copy")
        self._copy.clicked.connect(self._copy_details)
        self.add_button(self._copy, left=True)
        go_on = Button("Go on", key="Esc")
        go_on.clicked.connect(self.reject)
        self.add_button(go_on)
        restart = PrimaryButton("Restart", "refresh")
        restart.clicked.connect(self._restart)
        self.add_button(restart, main=True)
        restart.setFocus()

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
        self._copy.set_face("Copied", "check")

    def _restart(self) -> None:
        self.accept()
        self.restart_wanted.emit()

"""Asks before something is done that cannot be taken back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from widgets.common import Button, DangerButton, label
from widgets.dialogs.frame import Dialog


class ConfirmDialog(Dialog):
    """A question with Cancel, which has the keys, and a button named by the ``verb``; Enter cancels.

    Accepted where the person presses the verb.
    """

    def __init__(self, title: str, text: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(title, 560, parent)
        self.body.addWidget(label(text, wrap=True))
        cancel = self.add_button(Button("Cancel"), main=True)
        cancel.clicked.connect(self.reject)
        self.confirm = self.add_button(DangerButton(verb))
        self.confirm.clicked.connect(self.accept)
        cancel.setFocus()

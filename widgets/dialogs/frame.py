"""What the dialogs have in common: a title, a body, and buttons at the right named by verbs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from widgets import style
from widgets.common import label, surface


class Dialog(QDialog):
    """A dialog of a given width (logical pixels at a font scale of 1) with a title in it.

    ``body`` takes the content. Buttons are added from left to right with :meth:`add_button`.
    """

    def __init__(self, title: str, width: int = 560, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._wide = width
        self._made = QSize()
        self.setMinimumWidth(style.tokens().px(width))
        style.changed.connect(self._restyle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(24, 20, 24, 20)
        inner.setSpacing(12)
        self.heading = label(title, "title", wrap=True)
        inner.addWidget(self.heading)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        inner.addLayout(self.body, 1)
        column.addLayout(inner, 1)
        foot = surface(QWidget(), "dialogfoot")
        self._foot = foot
        self._buttons = QHBoxLayout(foot)
        self._buttons.setContentsMargins(24, 12, 24, 12)
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        foot.hide()
        column.addWidget(foot)

    def _restyle(self) -> None:
        self.setMinimumWidth(style.tokens().px(self._wide))
        # The parts take their new fonts first.
        QTimer.singleShot(0, self, self._make_room)

    def _make_room(self) -> None:
        """Be as large as the content wants: wrapped texts may have got longer, or shorter again.

        A dialog that the person has made larger stays so.
        """
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        self.layout().activate()
        width = max(self.minimumWidth(), self.layout().minimumSize().width())
        wanted = QSize(width, self.layout().totalHeightForWidth(width))
        if self._made.isValid() and self.size() != self._made:
            wanted = wanted.expandedTo(self.size())
        self.resize(wanted)
        self._made = self.size()

    def add_button(self, button: QPushButton, *, main: bool = False, left: bool = False) -> QPushButton:
        """Add a button to the foot; Enter presses the ``main`` one. Returns it."""
        button.setAutoDefault(main)
        button.setDefault(main)
        self._buttons.insertWidget(
            0 if left else self._buttons.count(), button, 0, Qt.AlignmentFlag.AlignVCenter
        )
        self._foot.show()
        return button

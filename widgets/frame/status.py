"""The status bar: where one is, what the tool does, what is running, and that all is saved."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from widgets import style
from widgets.common import ElidedLabel, ProgressBar, surface, vline
from widgets.common.face import Face

#: A save that is over sooner is not worth a flicker.
_SAVING_AFTER_MS = 300


class _FlatButton(QAbstractButton):
    """A text with an icon in the status bar that can be pressed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._face = Face()
        self._role, self._icon_role = "t2", "t2"
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.updateGeometry)

    def set_face(self, text: str, icon: str = "", role: str = "t2", icon_role: str = "") -> None:
        if (self._face.text, self._face.icon, self._role) == (text, icon, role):
            return
        self._face = Face(icon, text)
        self._role, self._icon_role = role, icon_role or role
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look = style.tokens()
        width = self._face.size(style.font("table")).width() + look.px(16)
        return QSize(width, look.size("status_bar") - look.px(4))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isEnabled() and self.underMouse():
            painter.setBrush(look.hover)
            painter.drawRoundedRect(self.rect(), 4, 4)
        if self.hasFocus():
            painter.setPen(look.acc)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        self._face.paint(
            painter, self.rect(), style.font("table"), self._role, icon_role=self._icon_role, ground="bg0"
        )


class SavedState(_FlatButton):
    """Whether the edits are on the disk, by shape, word and time. Pressed, it explains itself."""

    def __init__(self) -> None:
        super().__init__("Saved state")
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_SAVING_AFTER_MS)
        self._wait.timeout.connect(lambda: self.set_face("Saving", "loader-2", "t2"))
        self.hide()

    def clear(self) -> None:
        """No store: say nothing."""
        self._wait.stop()
        self.hide()

    def all_saved(self) -> None:
        """Nothing has been changed yet."""
        self._show("All saved", "circle-check", "ok", "Every change is written the moment it is made")

    def saving(self) -> None:
        """A save has begun; shows only if it takes longer than a moment."""
        if not self._wait.isActive():
            self._wait.start()

    def saved(self, at: datetime) -> None:
        """Everything up to ``at`` is on the disk."""
        text = f"Saved {at:%H:%M:%S}"
        self._show(text, "circle-check", "ok", "Every change is written the moment it is made")

    def not_saved(self, why: str) -> None:
        """Edits are not on the disk; stays until something else is said."""
        self._show(f"Not saved: {why}", "alert-triangle", "bad", why)

    def server_away(self) -> None:
        """Nothing can be written now, and nothing is waiting to be."""
        tip = "Only the image that is open in Annotate can be changed till the server is back"
        self._show("Server away", "alert-triangle", "bad", tip)

    def _show(self, text: str, icon: str, role: str, tip: str) -> None:
        self._wait.stop()
        self.set_face(text, icon, role)
        self.setToolTip(tip)
        self.show()


class StatusBar(QWidget):
    """28 high. Left: the store, then facts; a hint; right: jobs with their bar, the device of the model, the
    saved state.

    Signals: ``store_pressed``, ``jobs_pressed``, ``device_pressed``, ``saved_pressed``.
    """

    store_pressed = Signal()
    jobs_pressed = Signal()
    device_pressed = Signal()
    saved_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        surface(self, "status")
        self.setAccessibleName("Status")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 8, 0)
        row.setSpacing(8)
        self._store = _FlatButton("Store")
        self._store.set_face("No store open", "database")
        self._store.clicked.connect(self.store_pressed)
        row.addWidget(self._store)
        self._facts: list[tuple[QWidget, ElidedLabel]] = []
        self._facts_row = QHBoxLayout()
        self._facts_row.setSpacing(10)
        row.addLayout(self._facts_row)
        self._hint_line = vline(16)
        row.addWidget(self._hint_line)
        self._hint = ElidedLabel("", "table")
        self._hint.setProperty("look", "status")
        row.addWidget(self._hint, 1)
        self._jobs = _FlatButton("Jobs")
        self._jobs.clicked.connect(self.jobs_pressed)
        self._bar = ProgressBar(96, "Job")
        self._jobs_line = vline(16)
        self._device_line, self._saved_line = vline(16), vline(16)
        self.device = _FlatButton("Device of the model")
        self.device.clicked.connect(self.device_pressed)
        self.saved = SavedState()
        self.saved.clicked.connect(self.saved_pressed)
        device = (self._device_line, self.device)
        for widget in (self._jobs_line, self._jobs, self._bar, *device, self._saved_line, self.saved):
            row.addWidget(widget)
        self.set_device("")
        self.set_facts([])
        self.set_hint("")
        self.set_jobs("", 0)
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        self.setFixedHeight(style.tokens().size("status_bar"))

    def set_store(self, name: str, tip: str = "") -> None:
        """The name of the open store, or "" for none."""
        self._store.set_face(name or "No store open", "database")
        self._store.setToolTip(tip)

    def set_facts(self, texts: list[str]) -> None:
        """Short facts after the store, separated by lines (counts, the selection)."""
        while len(self._facts) < len(texts):
            self._facts.append((vline(16), ElidedLabel("", "status")))
            for widget in self._facts[-1]:
                self._facts_row.addWidget(widget)
        # With every image others: labels that are used again are laid out and dressed only once.
        for number, (line, fact) in enumerate(self._facts):
            there = number < len(texts)
            if there and fact.full_text() != texts[number]:
                fact.set_full_text(texts[number])
            for widget in (line, fact):
                widget.setVisible(there)

    def set_hint(self, text: str) -> None:
        """What the current tool does, or what goes on."""
        self._hint.set_full_text(text)
        self._hint_line.setVisible(bool(text))

    def set_device(self, text: str, tip: str = "", bad: bool = False) -> None:
        """Where the model runs and how much of its memory is used; an empty text for no model."""
        for widget in (self._device_line, self.device):
            widget.setVisible(bool(text))
        self.device.set_face(text, "alert-triangle" if bad else "cpu", "warn" if bad else "t2")
        self.device.setToolTip(tip)

    def set_jobs(self, text: str, share: float) -> None:
        """What is running and how far it is, 0 to 1; an empty text for nothing."""
        for widget in (self._jobs_line, self._jobs, self._bar):
            widget.setVisible(bool(text))
        self._jobs.set_face(text, "progress")
        self._bar.set_share(share)
        self._saved_line.setVisible(bool(text))

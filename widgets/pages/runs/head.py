"""The top of a run: its name, how it stands, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from widgets import style
from widgets.common import Button, ElidedLabel, IconButton, surface
from widgets.pages.runs.records import RESUMABLE, RunSummary, Standing
from widgets.pages.runs.words import MARKS, network, progress, when

#: The ground of the mark of each standing.
_GROUNDS = {"acc": "infobg", "ok": "okbg", "warn": "warnbg", "bad": "badbg"}


class StandingTag(QWidget):
    """How a run stands: icon and word on the ground of that state."""

    def __init__(self) -> None:
        super().__init__()
        self._standing: Standing = "waiting"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.updateGeometry)

    def show_standing(self, standing: Standing) -> None:
        """Show another state."""
        self._standing = standing
        self.setAccessibleName(standing)
        self.updateGeometry()
        self.update()

    def standing(self) -> Standing:
        """What is shown."""
        return self._standing

    def sizeHint(self) -> QSize:
        look = style.tokens()
        text = QFontMetrics(style.font("small")).horizontalAdvance(self._standing)
        return QSize(text + look.px(32), look.px(20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        icon, role = MARKS[self._standing]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(look.colour(_GROUNDS.get(role, "bg3")))
        painter.setPen(QPen(look.line2, 1) if look.theme == "light" else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        side = look.px(14)
        style.draw(painter, QRectF(look.px(6), (self.height() - side) / 2, side, side), icon, role)
        painter.setFont(style.font("small"))
        painter.setPen(look.t1)
        room = QRectF(look.px(24), 0, self.width() - look.px(24), self.height())
        painter.drawText(
            room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self._standing
        )
        painter.end()


class RunHead(QWidget):
    """Title, state and buttons of the current run; only what can be done is offered.

    Signals carry nothing: the page knows which run is current. ``compare_chosen(id)``: with which other.
    """

    pause_pressed = Signal()
    continue_pressed = Signal()
    stop_pressed = Signal()
    resume_pressed = Signal()
    evaluate_pressed = Signal()
    delete_pressed = Signal()
    folder_pressed = Signal()
    compare_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        surface(self, "page")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 9, 16, 9)
        row.setSpacing(8)
        self.title = ElidedLabel("", "title", Qt.TextElideMode.ElideMiddle)
        self.tag = StandingTag()
        self.note = ElidedLabel("", "second")
        row.addWidget(self.title)
        row.addSpacing(2)
        row.addWidget(self.tag)
        row.addWidget(self.note, 1)
        self.compare = Button("Compare", "git-compare")
        self.compare.setMenu(QMenu(self.compare))
        self.evaluate = Button("Evaluate", "table")
        self.pause = Button("Pause", "player-pause")
        self.go_on = Button("Go on", "player-play")
        self.stop = Button("Stop", "player-stop")
        self.resume = Button("Resume", "player-play")
        self.more = IconButton("dots", "More", look="square")
        self._build_menu()
        ways = (self.pause, self.go_on, self.resume, self.stop)
        for button in (self.compare, self.evaluate, *ways, self.more):
            row.addWidget(button)
        # No run needs room for all of them.
        for button in (self.evaluate, *ways):
            button.hide()
        self.pause.clicked.connect(self.pause_pressed)
        self.go_on.clicked.connect(self.continue_pressed)
        self.stop.clicked.connect(self.stop_pressed)
        self.resume.clicked.connect(self.resume_pressed)
        self.evaluate.clicked.connect(self.evaluate_pressed)
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        self.setFixedHeight(style.tokens().px(52))

    def _build_menu(self) -> None:
        menu = QMenu(self.more)
        self.folder = QAction(style.icon("folder-open"), "Open folder", menu)
        self.folder.triggered.connect(self.folder_pressed)
        self.delete = QAction(style.icon("trash", "bad"), "Delete the run…", menu)
        self.delete.triggered.connect(self.delete_pressed)
        menu.addAction(self.folder)
        menu.addSeparator()
        menu.addAction(self.delete)
        self.more.setMenu(menu)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)

    def show_run(self, run: RunSummary, *, evaluated: bool) -> None:
        """Show a run and what can be done with it."""
        self.title.set_full_text(run.name)
        self.tag.show_standing(run.standing)
        told = progress(run)
        if not run.live or not told:
            told = ", ".join(filter(None, (network(run.network), told, f"started {when(run.started)}")))
        self.note.set_full_text(told)
        standing = run.standing
        # These have something that can be measured, wait when asked to, and go on where they were stopped.
        has_results = run.kind in RESUMABLE
        self._offer(
            {
                self.go_on: has_results and standing in ("pausing", "paused"),
                self.pause: has_results and standing in ("running", "starting"),
                self.resume: has_results and standing in ("failed", "stopped", "killed"),
            }
        )
        self.stop.setVisible(run.live)
        self.stop.setEnabled(standing != "stopping")
        self.stop.setToolTip("It stops at its next step." if standing == "stopping" else "")
        # Of a prediction in which no image was looked at there is nothing to measure.
        found = run.kind != "predict" or run.standing == "done" or run.share > 0
        self.evaluate.setVisible(has_results and not run.live and found)
        self.compare.setVisible(run.kind == "train")
        self.evaluate.set_face("Evaluate again" if evaluated else "Evaluate", "table")
        self.delete.setEnabled(not run.live)
        self.delete.setToolTip("Stop the run first." if run.live else "")

    def _offer(self, offered: Mapping[Button, bool]) -> None:
        """Show buttons of which one takes the place of another; the keys stay with whichever is there.

        Else they would go on to Stop, and who presses once more would stop the run.
        """
        held = self.window().focusWidget() in offered
        for button, shown in offered.items():
            if shown:
                button.show()
                if held:
                    button.setFocus()
        for button, shown in offered.items():
            if not shown:
                button.hide()

    def show_rivals(self, runs: Sequence[tuple[str, str, bool]]) -> None:
        """Offer to compare with these: (id, name, whether it is drawn in the charts), those first."""
        menu = self.compare.menu()
        told = [(action.data(), action.text()) for action in menu.actions()]
        ordered = sorted(runs, key=lambda run: not run[2])
        if told != [(run, name) for run, name, _ in ordered]:
            menu.clear()
            for run, name, _ in ordered:
                action = QAction(name, menu)
                action.setData(run)
                action.triggered.connect(lambda _on=False, run=run: self.compare_chosen.emit(run))
                menu.addAction(action)
        self.compare.setEnabled(bool(ordered))
        self.compare.setToolTip(
            "Compare this run with another one" if ordered else "Evaluate this run and another one first."
        )

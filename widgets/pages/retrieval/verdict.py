"""The right of the board: the verdict, the repair and what it does, what others say, the causes so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from store.db.verdicts import CAUSE_KEYS, Cause, Verdict
from widgets import style
from widgets.common import (
    Button,
    Card,
    ElidedLabel,
    IconButton,
    LinkButton,
    PrimaryButton,
    ProgressBar,
    Section,
    SidePanel,
    label,
)
from widgets.common.face import draw_key, key_width
from widgets.pages.retrieval.records import JOINING, SPLITTING, Forecast

_ICONS: Mapping[Cause, str] = {
    Cause.MISSING_MATCH: "link",
    Cause.WRONG_IDENTITY: "arrows-split-2",
    Cause.DUPLICATE: "copy",
    Cause.MISSED: "target",
    Cause.BAD_CROP: "crop",
    Cause.WRONG_CATEGORY: "category",
    Cause.HARD_VIEW: "eye-off",
    Cause.MODEL: "cpu",
}


class VerdictButton(QAbstractButton):
    """One cause: its key, icon and name; checked where it is the verdict."""

    def __init__(self, key: int, cause: Cause) -> None:
        super().__init__()
        self._key, self._icon = str(key), _ICONS[cause]
        self.setText(cause.value)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        self.setAccessibleName(cause.value)
        self.setAccessibleDescription(self._key)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(240), look.control)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = style.tokens(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        chosen, marked = self.isChecked(), self.isChecked() or self.hasFocus()
        ground = "sel" if chosen else "hover" if self.underMouse() and self.isEnabled() else "bg2"
        painter.setPen(QPen(look.acc if marked else look.line, 1))
        painter.setBrush(look.colour(ground))
        painter.drawRoundedRect(room, 4, 4)
        wide, left = key_width(self._key), look.px(10)
        place = self.rect().adjusted(left, 0, left + wide - self.width(), 0)
        draw_key(painter, place, self.height() / 2, self._key, "t2" if self.isEnabled() else "dis", ground)
        side = look.px(16)
        left += wide + look.px(10)
        middle = (self.height() - side) / 2
        role = "t1" if self.isEnabled() else "dis"
        style.draw(painter, QRectF(left, middle, side, side), self._icon, role)
        painter.setFont(style.font("strong" if chosen else "body"))
        painter.setPen(look.colour(role))
        words = QRectF(self.rect()).adjusted(left + side + look.px(8), 0, -look.px(30), 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text())
        if chosen:
            end = QRectF(self.width() - side - look.px(10), middle, side, side)
            style.draw(painter, end, "check", "acc")


class VerdictSide(SidePanel):
    """``said(Cause)``: a verdict was chosen; ``noted(text)``: the note was written; ``go()``: the main
    action; ``undo()``: take back the last repair; ``annotate()``: open the query in Annotate."""

    said = Signal(object)
    noted = Signal(str)
    go = Signal()
    undo = Signal()
    annotate = Signal()

    def __init__(self) -> None:
        super().__init__(308, name="Verdict")
        self._noted = ""
        self.add(self._build_verdict())
        self.add(self._build_repair())
        self.others = Section("Others say")
        self.add(self.others)
        self.causes = Section("Failure causes")
        self.report = LinkButton("Report")
        self.report.setToolTip("The causes by slice, and the report for others")
        self.causes.add_action(self.report)
        self.add(self.causes)
        self.add(QWidget(), 1)
        self.show_verdict(None)
        self.show_forecast(None, None)

    def _build_verdict(self) -> QWidget:
        self.verdict = Section("Verdict")
        self.buttons: dict[Cause, VerdictButton] = {}
        for key, cause in CAUSE_KEYS.items():
            button = VerdictButton(key, cause)
            button.clicked.connect(lambda _on=False, cause=cause: self.said.emit(cause))
            self.buttons[cause] = button
            self.verdict.add(button)
        self.note = QLineEdit()
        self.note.setPlaceholderText("Note")
        self.note.setAccessibleName("Note on the verdict")
        self.note.editingFinished.connect(self._note)
        self.verdict.add(self.note)
        return self.verdict

    def _build_repair(self) -> QWidget:
        section = Section("Repair")
        self.words = label("", "table", wrap=True)
        section.add(self.words)
        self.card = Card()
        self.card_head, self.change = label("", "hint", wrap=True), label("", "title")
        self.card_note = label("", "hint", wrap=True)
        for part in (self.card_head, self.change, self.card_note):
            self.card.body.addWidget(part)
        section.add(self.card)
        row = QHBoxLayout()
        self.main = PrimaryButton("Next", "arrow-right", "Enter")
        self.main.clicked.connect(self.go)
        self.back = IconButton("arrow-back-up", "Undo the last repair", "Ctrl+Z", look="square")
        self.back.clicked.connect(self.undo)
        self.edit = Button("Annotate", "vector-triangle")
        self.edit.clicked.connect(self.annotate)
        row.addWidget(self.main, 1)
        row.addWidget(self.back)
        section.add(row)
        section.add(self.edit)
        return section

    # -- what is shown --------------------------------------------------------------------------

    def show_selected(self, place: int) -> None:
        """Which result the verdict would be about; 0 for none."""
        self.verdict.set_note(f"result {place} selected" if place else "no result")

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Show one's own verdict on the query."""
        for cause, button in self.buttons.items():
            button.setChecked(verdict is not None and verdict.cause is cause)
        self._noted = verdict.note if verdict is not None else ""
        self.note.setText(self._noted)

    def set_writable(self, writable: bool) -> None:
        """Offer verdicts, or say why not."""
        for button in self.buttons.values():
            button.setEnabled(writable)
            button.setToolTip("" if writable else "The store is open read-only")
        self.note.setEnabled(writable)

    def show_forecast(self, cause: Cause | None, found: Forecast | None) -> None:
        """What the repair of a cause would do; ``found`` is None while that is counted, or where none is."""
        repairs = cause in JOINING or cause in SPLITTING
        possible = repairs and found is not None and not found.hindrance
        words = "Join and next" if cause in JOINING else "Split and next"
        self.main.set_face(words if possible else "Next", "arrow-right", "Enter")
        self.edit.setVisible(cause in (Cause.MISSED, Cause.BAD_CROP, Cause.WRONG_CATEGORY))
        if cause is None:
            self.words.setText("Say with 1 to 8 why the query failed.")
        elif not repairs:
            self.words.setText("The verdict is kept. The identities are left as they are.")
        elif found is None:
            self.words.setText("Counting what the repair would do.")
        else:
            self.words.setText(found.hindrance or found.words)
        self.card.setVisible(possible)
        if possible and found is not None:
            gain = found.after - found.before
            self.card_head.setText("top-1 of this run")
            self.change.setText(f"{found.before:.4f} → {found.after:.4f}   {gain:+.4f}")

    def show_repairs(self, count: int, start: float, now: float) -> None:
        """How many repairs this audit has made, and what top-1 was before the first."""
        plural = "" if count == 1 else "s"
        self.card_note.setText(
            f"{now:.4f} with {count:,} repair{plural} in this audit, {start:.4f} at the start"
        )
        self.back.setEnabled(count > 0)
        undo = "Undo the last repair (Ctrl+Z)"
        self.back.setToolTip(undo if count else "No repair in this audit yet")

    def show_others(self, verdicts: Sequence[Verdict]) -> None:
        """What other people said of the query."""
        _clear(self.others.body)
        self.others.setVisible(bool(verdicts))
        for one in verdicts:
            row = QHBoxLayout()
            row.addWidget(label(one.author or "someone", "strong"))
            told = f"{one.cause.value}: {one.note}" if one.note else one.cause.value
            row.addWidget(ElidedLabel(told, "table"), 1)
            row.addWidget(label(_ago(one.at), "hint"))
            self.others.add(_held(row))

    def show_causes(self, causes: Mapping[str, int], judged: int) -> None:
        """How often each cause was said of the queries of this run."""
        _clear(self.causes.body)
        self.causes.set_note(f"{judged:,} judged")
        self.causes.setVisible(bool(judged))
        most = max(causes.values(), default=1)
        for name, count in causes.items():
            row = QHBoxLayout()
            row.addWidget(ElidedLabel(name, "table"), 1)
            bar = ProgressBar(90, name=f"{name}: {count}")
            bar.set_share(count / most, "t3")
            row.addWidget(bar)
            number = label(f"{count:,}", "table")
            number.setMinimumWidth(style.tokens().px(28))
            number.setAlignment(Qt.AlignmentFlag.AlignRight)
            row.addWidget(number)
            self.causes.add(_held(row))

    def _note(self) -> None:
        text = self.note.text().strip()
        if text != self._noted:
            self._noted = text
            self.noted.emit(text)


def _held(row: QHBoxLayout) -> QWidget:
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    made = QWidget()
    made.setLayout(row)
    return made


def _clear(column: QVBoxLayout) -> None:
    while (found := column.takeAt(0)) is not None:
        if (old := found.widget()) is not None:
            old.hide()
            old.deleteLater()


def _ago(at: datetime) -> str:
    """How long ago something was said: "4 h", "2 days"."""
    minutes = max(0, int((datetime.now(UTC) - at).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60):,} days"

"""Fields of one fact: a choice that is found by its number or by typing, a whole number, a word."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QRegularExpression, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegularExpressionValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
    QWidget,
)

from widgets import style

#: What stands where the dataset says nothing.
UNSAID = "not said"
#: The same, and captions, where a field is too narrow for them.
_UNSAID_SHORT = "–"
_SHORT = {"occlusion": "occl.", "zoom-in": "zoom", "viewpoint": "view"}
#: Between a caption and its value.
_GAP = 6
#: What is typed within so many seconds belongs together.
_TOGETHER = 1.2
#: More rows have numbers of two figures at most.
_LARGEST_NUMBER = 99


def _number_of(data: object) -> int:
    """The number by which a choice is found, 0 for none."""
    return data if isinstance(data, int) and 0 < data <= _LARGEST_NUMBER else 0


class _Rows(QListView):
    """The opened list: typed letters find a name wherever they stand in it, digits a number.

    ``picked(int)``: a number was typed that no other one begins with.
    """

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._typed, self._at = "", 0.0

    def keyboardSearch(self, search: str) -> None:
        now = monotonic()
        typed = self._typed + search if now - self._at < _TOGETHER else search
        rows = self._matches(typed)
        if not rows:
            typed, rows = search, self._matches(search)
        self._typed, self._at = typed, now
        if not rows:
            return
        self.setCurrentIndex(self.model().index(rows[0], self.modelColumn()))
        if typed.isdecimal() and len(rows) == 1:
            self._typed = ""
            self.picked.emit(rows[0])

    def _matches(self, typed: str) -> list[int]:
        """The rows that fit, the best ones first."""
        model, wanted = self.model(), typed.strip().casefold()
        found: list[tuple[int, int]] = []
        for row in range(model.rowCount()):
            index = model.index(row, self.modelColumn())
            number = str(_number_of(index.data(Qt.ItemDataRole.UserRole)))
            name = str(index.data()).casefold()
            if wanted.isdecimal():
                if number.startswith(wanted):
                    found.append((int(number != wanted), row))
            elif wanted and wanted in name:
                starts = name.startswith(wanted)
                found.append((0 if starts else 1 if f" {wanted}" in f" {name}" else 2, row))
        return [row for _, row in sorted(found)]


class _Numbered(QStyledItemDelegate):
    """A row of the opened list with its number at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        super().paint(painter, option, index)
        number = _number_of(index.data(Qt.ItemDataRole.UserRole))
        if number:
            look = style.tokens()
            painter.save()
            painter.setFont(style.font("small"))
            painter.setPen(look.t3)
            right = option.rect.adjusted(0, 0, -look.px(10), 0)
            painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(number))
            painter.restore()


class Choice(QComboBox):
    """A choice that shows its own label at the left; the wheel scrolls the panel, not the choice.

    Digits choose by number, letters by name, Delete, Backspace and 0 "not said" where that is a choice, and
    ``=`` takes what is suggested (:meth:`set_hint`). All of it is told by ``activated``.
    """

    #: The list of choices was closed, with a choice or without.
    closed = Signal()

    def __init__(self, caption: str, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self._caption = caption
        self._hint: int | None = None
        self.setAccessibleName(name or caption or "category")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)
        rows = _Rows()
        rows.picked.connect(self._picked)
        self.setView(rows)
        self.setItemDelegate(_Numbered(self))

    def set_hint(self, level: int | None, because: str = "") -> None:
        """What is suggested instead of what is chosen, and why; None for nothing."""
        self._hint = level
        said = f"{because[:1].upper()}{because[1:]}: {self.itemText(self.findData(level))} (=)"
        self.setToolTip(said if level is not None else "")
        self.setAccessibleDescription(said if level is not None else "")
        self.update()

    @property
    def hint(self) -> int | None:
        """What is suggested instead of what is chosen."""
        return self._hint

    def _picked(self, row: int) -> None:
        self.setCurrentIndex(row)
        self.hidePopup()
        self.activated.emit(row)

    def _pick(self, data: object) -> bool:
        row = self.findData(data)
        if row >= 0:
            self._picked(row)
        return row >= 0

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._uses(event)
        ):
            # While it has the focus its keys are its own, not those of the page.
            event.accept()
            return True
        return super().event(event)

    def _uses(self, event: QKeyEvent) -> bool:
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if held != Qt.KeyboardModifier.NoModifier:
            return False
        return event.text().isalnum() or event.text() == "=" or event.key() in _EMPTYING

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if not self._uses(event):
            super().keyPressEvent(event)
        elif text == "=":
            if self._hint is not None:
                self._pick(self._hint)
        elif event.key() in _EMPTYING or (text == "0" and self.findData(None) >= 0):
            if self.findData(None) >= 0:
                self._pick(None)
        elif text.isdecimal() and self.count() <= 10:
            self._pick(int(text))
        else:
            # Of many one sees what is found while one types.
            self.showPopup()
            self.view().keyboardSearch(text)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def showPopup(self) -> None:  # noqa: N802
        super().showPopup()
        # Qt calls no function of ours when the list is closed by Esc or by a click beside it.
        self.view().window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self.view().window():
            self.closed.emit()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return QSize(120, style.tokens().control)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._caption:
            super().paintEvent(event)
            return
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        value, option.currentText = option.currentText, ""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        look = style.tokens()
        rect = self.rect().adjusted(look.px(9), 0, -look.px(26), 0)
        if self._hint is not None and self.isEnabled():
            side = look.px(12)
            mark = QRect(rect.right() - side, rect.center().y() - side // 2, side, side)
            style.draw(painter, mark, "ruler", "warn")
            rect.adjust(0, 0, -side - look.px(4), 0)
        painter.setFont(style.font("body"))
        metrics = painter.fontMetrics()
        if self.currentData() is None and not _fits(self._caption, value, rect.width()):
            value = _UNSAID_SHORT
        text = metrics.elidedText(value, Qt.TextElideMode.ElideRight, rect.width())
        said = self.isEnabled() and self.currentData() is not None
        painter.setPen(look.t1 if said else look.t3 if self.isEnabled() else look.dis)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        # Where there is not room for both, the value is what one looks for.
        used = metrics.horizontalAdvance(text) + look.px(_GAP)
        _paint_caption(painter, rect.adjusted(0, 0, -used, 0), self._caption)


_EMPTYING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


def _fits(caption: str, value: str, width: int) -> bool:
    """Whether there is room for both in a field."""
    label = QFontMetrics(style.font("table")).horizontalAdvance(caption)
    used = QFontMetrics(style.font("body")).horizontalAdvance(value) + style.tokens().px(_GAP)
    return label + used <= width


def _paint_caption(painter: QPainter, rect: QRect, caption: str) -> None:
    """The label inside a field, in short where there is no room for all of it: a stump says nothing."""
    painter.setFont(style.font("table"))
    painter.setPen(style.tokens().t3)
    metrics = painter.fontMetrics()
    words = (caption, _SHORT.get(caption, ""))
    text = next((one for one in words if metrics.horizontalAdvance(one) <= rect.width()), "")
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class _Line(QLineEdit):
    """A line with its label inside; Esc takes back what was typed.

    While nothing is typed that could be taken back, the keys of undo and redo are those of the page.
    """

    def __init__(self, caption: str) -> None:
        super().__init__()
        self._caption = caption
        self._just_entered = False
        self.setAccessibleName(caption)
        self.setPlaceholderText(UNSAID)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self._finish)

    def sizeHint(self) -> QSize:
        return QSize(120, style.tokens().control)

    @property
    def is_typed_into(self) -> bool:
        """Whether something is being typed that counts not yet."""
        return self.hasFocus() and self.isModified()

    def _finish(self) -> None:
        """What was typed counts now."""

    def _restore(self) -> None:
        """What was typed counts no more."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()
            if undo or (event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._restore()
            # The page leads back to the canvas.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._just_entered = event.reason() == Qt.FocusReason.MouseFocusReason
        self.selectAll()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        # The press that brought the focus has put the cursor somewhere; a value is written anew.
        if self._just_entered and not self.hasSelectedText():
            self.selectAll()
        self._just_entered = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        look = style.tokens()
        _paint_caption(painter, self.rect().adjusted(look.px(9), 0, 0, 0), self._caption)


class Number(_Line):
    """A whole number or nothing. ``changed`` carries it, or None."""

    changed = Signal(object)

    def __init__(self, caption: str) -> None:
        super().__init__(caption)
        self._value: int | None = None
        # Nothing is an answer too: a validator of integers would not let an empty field be left.
        self.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,9}"), self))

    def set_value(self, value: int | None) -> None:
        """Show a number, or None."""
        self._value = value
        self.setText("" if value is None else str(value))

    def _restore(self) -> None:
        self.set_value(self._value)

    def _finish(self) -> None:
        text = self.text().strip()
        value = int(text) if text else None
        if value != self._value:
            self._value = value
            self.changed.emit(value)


class Word(_Line):
    """A text or nothing. ``changed`` carries it, without spaces at its ends."""

    changed = Signal(str)

    def __init__(self, caption: str) -> None:
        super().__init__(caption)
        self._value = ""

    def set_value(self, value: str) -> None:
        """Show a text."""
        self._value = value
        self.setText(value)
        self.setCursorPosition(0)

    def _restore(self) -> None:
        self.set_value(self._value)

    def _finish(self) -> None:
        value = self.text().strip()
        if value != self._value:
            self._value = value
            self.changed.emit(value)

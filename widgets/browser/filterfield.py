"""The line in which a filter is typed: coloured, completed, applied while it is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCompleter, QListView

from store.errors import FilterError
from store.filters import complete, parse, terms
from store.filters.terms import part_start
from widgets import style
from widgets.common import SearchField

#: A text that parses is applied when nothing was typed for so long.
LIVE_MS = 250

_ROLES = {"field": "acc", "operator": "t1", "value": "t1", "keyword": "t3", "error": "bad"}
_Attribute = QInputMethodEvent.Attribute


class FilterField(SearchField):
    """A filter text. ``applied(str)`` when another text that parses should be in force.

    ``complained(str)`` says what is wrong with the text, or "" when nothing is. Enter applies at once,
    Escape closes the completions, then empties, then leaves.
    """

    applied = Signal(str)
    complained = Signal(str)

    def __init__(self) -> None:
        super().__init__("Filter: category = trousers and review != accepted", "/", "filter", "Filter")
        self._applied = ""
        self._error: FilterError | None = None
        self._words: Mapping[str, Sequence[str]] = {}
        self._live = QTimer(self, singleShot=True, interval=LIVE_MS)
        self._live.timeout.connect(self._apply_live)
        self._options = QStringListModel(self)
        self._completer = QCompleter(self._options, self)
        self._popup = QListView()
        self._popup.setAccessibleName("Completions")
        self._completer.setPopup(self._popup)
        self._completer.setWidget(self.edit)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(10)
        self._completer.activated.connect(self._insert)
        # After the completer, so that this filter is asked first.
        self._popup.installEventFilter(self)
        self.changed.connect(self._on_changed)
        self.edit.textEdited.connect(lambda _text: self._offer())
        self.entered.connect(lambda _text: self.apply())
        style.changed.connect(self._colour)

    def set_words(self, words: Mapping[str, Sequence[str]]) -> None:
        """The store's own values by field, to be offered ("category", "dataset", "split", "tag")."""
        self._words = words

    @property
    def is_wrong(self) -> bool:
        """Whether the text was found to be wrong, or not finished."""
        return self._error is not None

    @property
    def in_force(self) -> str:
        """The last text that was applied."""
        return self._applied

    def show_text(self, text: str) -> None:
        """Show a text as the one in force, without applying it."""
        self._applied = text
        self.edit.setText(text)
        self._live.stop()
        self._complain(None)

    def apply(self) -> None:
        """Put the text in force now, or say what is wrong with it."""
        self._live.stop()
        self._popup.hide()
        text = self.text()
        try:
            parse(text)
        except FilterError as error:
            self._complain(error)
            return
        self._complain(None)
        if text.strip() != self._applied.strip():
            self._applied = text
            self.applied.emit(text)

    def complain(self, message: str, position: int) -> None:
        """Underline the place of something that only the store could know to be wrong."""
        self._complain(FilterError(message, "", position))

    def _apply_live(self) -> None:
        if self._popup.isVisible() and self._typed():
            # Half a word with its completions below it: not meant yet.
            return
        try:
            parse(self.text())
        except FilterError as error:
            # Who is still typing has not made a mistake yet.
            unfinished = error.position >= len(self.text().rstrip()) or self._popup.isVisible()
            self._complain(None if unfinished and self.edit.hasFocus() else error)
            return
        offered = self._popup.isVisible()
        self.apply()
        if offered:
            self._offer()

    def _complain(self, error: FilterError | None) -> None:
        self._error = error
        self.set_bad(error is not None)
        self.edit.setToolTip(str(error) if error is not None else "")
        self.edit.setAccessibleDescription(str(error) if error is not None else "")
        self._colour()
        self.complained.emit(str(error) if error is not None else "")

    def _on_changed(self, text: str) -> None:
        self._error = None
        self._colour()
        if text:
            self._live.start()
        else:
            # Emptying is a decision, not typing.
            self.apply()

    def _colour(self) -> None:
        """Colour the terms; a line edit takes formats only in the way input methods give them."""
        text, cursor, look = self.text(), self.edit.cursorPosition(), style.tokens()
        attributes = []

        def add(start: int, end: int, made: QTextCharFormat) -> None:
            attributes.append(
                _Attribute(QInputMethodEvent.AttributeType.TextFormat, start - cursor, end - start, made)
            )

        for span in terms(text):
            made = QTextCharFormat()
            made.setForeground(look.colour(_ROLES[span.kind]))
            if self._error is not None and span.start <= self._error.position < span.end:
                made.setForeground(look.bad)
                made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                made.setUnderlineColor(look.bad)
            elif span.kind == "error" and self._error is None:
                made.setForeground(look.t1)
            add(span.start, span.end, made)
        if self._error is not None and text and self._error.position >= len(text.rstrip()):
            made = QTextCharFormat()
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            made.setUnderlineColor(look.bad)
            made.setForeground(look.bad)
            add(max(0, len(text) - 1), len(text), made)
        QCoreApplication.sendEvent(self.edit, QInputMethodEvent("", attributes))

    # -- completion -----------------------------------------------------------------------------

    def _offer(self, always: bool = False) -> None:
        text, cursor, typed = self.text(), self.edit.cursorPosition(), self._typed()
        options = complete(text, cursor, self._words)
        if not options or options == [typed] or not (always or text.strip()):
            self._popup.hide()
            return
        self._options.setStringList(options)
        rect = self.edit.cursorRect()
        rect.setWidth(style.tokens().px(220))
        rect.translate(0, style.tokens().px(6))
        self._completer.complete(rect)
        # Where something is missing, Enter and Tab take the first; otherwise Enter applies the filter.
        self._popup.setCurrentIndex(self._options.index(0 if typed or not _parses(text) else -1))

    def _typed(self) -> str:
        """The part that is being typed."""
        text, cursor = self.text(), self.edit.cursorPosition()
        return text[part_start(text, cursor) : cursor]

    def _insert(self, word: str) -> None:
        text, cursor = self.text(), self.edit.cursorPosition()
        start = part_start(text, cursor)
        before, after = text[:start] + word + " ", text[cursor:].lstrip()
        self.edit.setText(before + after)
        self.edit.setCursorPosition(len(before))
        self._colour()
        self._offer()

    def _key_in_popup(self, event: QKeyEvent) -> bool:
        """Enter and Tab take what is marked, and typing goes on; Enter with nothing marked applies.

        Qt's completer would hand the key to the line first, which takes Enter for the end of the text.
        """
        chosen = self._popup.currentIndex()
        if event.key() == Qt.Key.Key_Tab and not chosen.isValid():
            chosen = self._options.index(0)
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            return False
        self._popup.hide()
        finished = not chosen.isValid() or chosen.data() == self._typed()
        if finished and event.key() != Qt.Key.Key_Tab:
            self.entered.emit(self.text())
        else:
            self._insert(chosen.data())
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self._popup:
                return self._key_in_popup(event)
            control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
            if (control and event.key() == Qt.Key.Key_Space) or event.key() == Qt.Key.Key_Down:
                self._offer(always=True)
                return True
        return super().eventFilter(watched, event)


def _parses(text: str) -> bool:
    try:
        parse(text)
    except FilterError:
        return False
    return True

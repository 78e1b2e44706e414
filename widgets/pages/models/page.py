"""The Models page: which models there are, what they are good for, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from widgets import style
from widgets.common import (
    Banner,
    Button,
    ElidedLabel,
    EmptyState,
    FootBar,
    IconButton,
    PageToolbar,
    PrimaryButton,
    SearchField,
    label,
    surface,
)
from widgets.pages.models.records import ModelRow
from widgets.pages.models.side import ModelsSide
from widgets.pages.models.table import ModelsTable

#: Below this width the foot bar leaves the model's name out: the table marks it.
_NARROW = 760


class ModelsPage(QWidget):
    """Shows models; knows nothing of stores and processes.

    ``current_changed(ModelRow | None)``: another one is current. The ``..._wanted`` signals carry the
    current :class:`ModelRow`; ``test_wanted(ModelRow, device)``.
    """

    add_wanted = Signal()
    guide_wanted = Signal()
    current_changed = Signal(object)
    remove_wanted = Signal(object)
    undo_wanted = Signal()
    predict_wanted = Signal(object)
    evaluate_wanted = Signal(object)
    annotate_wanted = Signal(object)
    fine_tune_wanted = Signal(object)
    folder_wanted = Signal(object)
    mapping_wanted = Signal(object)
    test_wanted = Signal(object, str)
    test_stop_wanted = Signal()
    run_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self.table, self.side = ModelsTable(), ModelsSide()
        self._side_wanted = True
        self._read = False
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._build_middle(), 1)
        whole.addWidget(self.side)
        self._connect()
        self.setFocusProxy(self.table)
        self._follow(None)

    # -- what is shown --------------------------------------------------------------------------

    def show_models(self, rows: Sequence[ModelRow]) -> None:
        """Show these models and refused folders; the current one stays current."""
        self._read = True
        self.table.show_rows(rows)
        refused = sum(bool(row.reason) for row in rows)
        models = len(rows) - refused
        words = f"{models:,} model{'' if models == 1 else 's'}"
        self.count.setText(f"{words}, {refused:,} refused" if refused else words)
        self._follow(self.table.current())

    def show_message(
        self, kind: str, text: str, fix: str = "", actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Say across the page what has happened; an empty text takes it away."""
        self.message.setVisible(bool(text))
        self.message.setToolTip("")
        if text:
            self.message.show_message(kind, text, fix, actions)
        self._make_room()

    def show_undo(self, name: str) -> None:
        """Offer to bring back a removed model; nothing where there is no name."""
        self.undo.setEnabled(bool(name))
        self.undo.setText(f"Bring back {name}" if name else "Bring back the removed model")

    def show_adding(self, text: str, stop: Callable[[], object] | None = None) -> None:
        """Say how far a model that is being added is; an empty text takes it away."""
        self.adding.setVisible(bool(text))
        if text:
            self.adding.show_message("info", text, "", [("Cancel", stop)] if stop is not None else ())
        self._make_room()

    def _make_room(self) -> None:
        """A little space below the messages, where there are any."""
        told = not (self.message.isHidden() and self.adding.isHidden())
        self._around.setContentsMargins(12, 0, 12, 8 if told else 0)

    def select(self, key: str) -> bool:
        """Make a model current, as if the person had; false where it is not there."""
        there = any(row.key == key for row in self.table.rows.rows())
        if there:
            self.search.clear()
            self.table.choose(key)
        return there

    def current(self) -> ModelRow | None:
        """The model that the buttons are about."""
        return self.table.current()

    def toggle_side(self) -> None:
        """Show the side panel, or hide it."""
        self._side_wanted = self.side.isHidden()
        self.side.setVisible(self._side_wanted and self.current() is not None)

    # -- how it is built ------------------------------------------------------------------------

    def _build_middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_bar())
        self.message = Banner("bad", " ", closable=True)
        self.adding = Banner("info", " ")
        around = QVBoxLayout()
        around.setContentsMargins(12, 0, 12, 0)
        around.setSpacing(8)
        for banner in (self.adding, self.message):
            banner.hide()
            around.addWidget(banner)
        self.message.closed.connect(lambda: self.show_message("", ""))
        self._around = around
        column.addLayout(around)
        self.empty = EmptyState(
            "cube",
            "Models that propose garments show here: trained on this store, added from a file, or shipped",
            "Add model",
            "How models are added",
        )
        self.empty.action.connect(self.add_wanted)
        self.empty.link.connect(self.guide_wanted)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.table)
        column.addWidget(self.stack, 1)
        column.addWidget(self._build_foot())
        return middle

    def _build_bar(self) -> QWidget:
        bar = PageToolbar()
        self.search = SearchField("Filter models", name="Filter models")
        self.search.setMaximumWidth(style.tokens().px(320))
        self.search.changed.connect(self._searched)
        self.search.left.connect(self.table.setFocus)
        self.add = PrimaryButton("Add model", "plus")
        self.add.clicked.connect(self.add_wanted)
        self.count = label("", "second")
        bar.row.addWidget(self.search, 1)
        bar.add(self.count)
        bar.add_stretch()
        bar.add(self.add)
        return bar

    def _build_foot(self) -> QWidget:
        self.foot = FootBar()
        self.what = ElidedLabel("", "strong")
        self.annotate = Button("Use in Annotate", "vector-triangle")
        self.predict = Button("Predict…", "wand")
        self.evaluate = Button("Evaluate…", "table")
        self.fine_tune = Button("Fine-tune…", "activity")
        self.more = IconButton("dots", "More", look="square")
        menu = QMenu(self.more)
        self.folder = QAction(style.icon("folder-open"), "Show folder", menu)
        self.mapping = QAction(style.icon("category"), "Categories…", menu)
        self.remove = QAction(style.icon("trash", "bad"), "Remove the model", menu)
        self.undo = QAction(style.icon("arrow-back-up"), "", self)
        self.undo.setShortcut(QKeySequence.StandardKey.Undo)
        # Of the page too, so that its key is listened to while the menu, or all of the foot, is closed.
        self.addAction(self.undo)
        self.show_undo("")
        menu.addActions([self.folder, self.mapping])
        menu.addSeparator()
        menu.addActions([self.remove, self.undo])
        self.more.setMenu(menu)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.foot.row.addWidget(self.what, 1)
        for button in (self.annotate, self.predict, self.evaluate, self.fine_tune, self.more):
            self.foot.add(button)
        return self.foot

    def _connect(self) -> None:
        self.table.chosen.connect(self._follow)
        self.table.chosen.connect(self.current_changed)
        self.table.opened.connect(
            lambda _row: self._about(self.annotate_wanted) if self.annotate.isEnabled() else None
        )
        self.table.removal_wanted.connect(lambda: self._about(self.remove_wanted))
        for button, signal in (
            (self.annotate, self.annotate_wanted),
            (self.predict, self.predict_wanted),
            (self.evaluate, self.evaluate_wanted),
            (self.fine_tune, self.fine_tune_wanted),
        ):
            button.clicked.connect(lambda _on=False, signal=signal: self._about(signal))
        for action, signal in (
            (self.folder, self.folder_wanted),
            (self.mapping, self.mapping_wanted),
            (self.remove, self.remove_wanted),
        ):
            action.triggered.connect(lambda _on=False, signal=signal: self._about(signal))
        self.undo.triggered.connect(self.undo_wanted)
        self.side.mapping_wanted.connect(lambda: self._about(self.mapping_wanted))
        self.side.run_wanted.connect(self.run_wanted)
        self.side.test.stop_wanted.connect(self.test_stop_wanted)
        self.side.test.wanted.connect(self._test)

    # -- what happens ---------------------------------------------------------------------------

    def _about(self, signal: SignalInstance) -> None:
        row = self.current()
        if row is not None:
            signal.emit(row)

    def _test(self, device: str) -> None:
        row = self.current()
        if row is not None:
            self.test_wanted.emit(row, device)

    def _searched(self, text: str) -> None:
        self.table.search(text)
        self._follow(self.table.current())

    def _follow(self, row: ModelRow | None) -> None:
        """Show what is known of the current model, and offer only what can be done with it."""
        # A search that finds nothing leaves the table, with its heads; without models there is none.
        empty = not self.table.rows.rows()
        self.stack.setCurrentIndex(0 if empty and self._read else 1)
        self.search.setEnabled(not empty)
        # The empty page has its own button.
        self.add.setVisible(not empty)
        self.foot.setVisible(row is not None)
        self.side.setVisible(row is not None and self._side_wanted)
        if row is None:
            return
        self.what.set_full_text(row.name)
        good = row.manifest is not None
        for part in (self.annotate, self.predict, self.evaluate, self.fine_tune):
            part.setEnabled(good)
            part.setToolTip("" if good else f"This folder is no model that can be used: {row.reason}")
        self.mapping.setEnabled(good)
        self.remove.setEnabled(row.removable)
        self.remove.setText("Remove the model" if row.removable else "Comes with the program, and stays")
        self.side.show_model(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.what.setVisible(self.width() - self.side.width() >= style.tokens().px(_NARROW))

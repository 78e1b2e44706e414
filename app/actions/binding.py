"""Turns the table of actions into what Qt knows: QActions with shortcuts, and menus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.actions.action import Action, Scope, State
from widgets import style

if TYPE_CHECKING:
    from app.window import MainWindow


class ActionBinding:
    """The QActions of one window, by the id of their action."""

    def __init__(self, window: MainWindow, table: Iterable[Action]) -> None:
        self._window = window
        self._table = tuple(table)
        self._actions = {action.id: self._make(action) for action in self._table}
        self._shown: State | None = None
        self._canvases: dict[str, QWidget] = {}

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    @property
    def table(self) -> tuple[Action, ...]:
        """The actions, with the keys that they have now."""
        return self._table

    def attach_canvas(self, page: str, canvas: QWidget) -> None:
        """The widget whose focus the canvas-scoped keys of a page need."""
        for action in self._table:
            if action.scope is Scope.CANVAS and action.page == page:
                canvas.addAction(self._actions[action.id])
        self._canvases[page] = canvas
        self._tell_own_keys()

    def _tell_own_keys(self) -> None:
        """Tell the canvases which keys they have to listen to themselves."""
        for action in self._table:
            canvas = self._canvases.get(action.page)
            if canvas is not None and not action.listened:
                # A method of its own and not a type: this module does not load the canvas.
                canvas.set_own_keys(action.id, action.keys)  # type: ignore[attr-defined]

    def rebind(self, table: Iterable[Action]) -> None:
        """Listen to other keys: the same actions in the same order, with the keys that they have now."""
        self._table = tuple(table)
        for action in self._table:
            _listen(self._actions[action.id], action)
        self._tell_own_keys()

    def reason(self, action_id: str) -> str:
        """Why an action is not possible now, "" where it is."""
        qaction = self._actions[action_id]
        return "" if qaction.isEnabled() else qaction.toolTip()

    def fill(self, bar: QMenuBar, order: Iterable[str]) -> dict[str, QMenu]:
        """Add the menus in ``order`` to the bar, each with its actions in the table's order."""
        menus = {}
        for title in order:
            menu = bar.addMenu(title)
            menu.setToolTipsVisible(True)
            for action in self._table:
                if action.menu != title:
                    continue
                if action.separated:
                    menu.addSeparator()
                menu.addAction(self._actions[action.id])
            menus[title] = menu
        return menus

    def update(self, state: State) -> None:
        """Enable what is possible in ``state``; a disabled action's tool tip says why."""
        if state == self._shown:
            return
        self._shown = state
        for action in self._table:
            qaction = self._actions[action.id]
            reason = action.enabled_when(state)
            # Another page's keys must not fire here: a disabled action does not listen.
            if not reason and action.page and action.page != state.page:
                reason = f"Works on the {action.page.capitalize()} page"
            qaction.setEnabled(not reason)
            qaction.setToolTip(reason or action.hint or action.title)
        self._name("edit.undo", "Undo", state.undo)
        self._name("edit.redo", "Redo", state.redo)
        self._name("browse.undo", "Undo in Browse", state.undo_many)
        self._name("browse.redo", "Redo in Browse", state.redo_many)

    def _name(self, action_id: str, verb: str, title: str) -> None:
        # The title of an edit begins like a sentence; here it goes on from the verb. What a note says is in
        # it too, and menus take an & for the mark of a key.
        said = f"{title[:1].lower()}{title[1:]}".replace("&", "&&")
        self._actions[action_id].setText(f"{verb}: {said}" if title else verb)

    def _make(self, action: Action) -> QAction:
        qaction = QAction(action.title, self._window)
        qaction.setObjectName(action.id)
        qaction.setCheckable(action.checkable)
        if action.icon:
            qaction.setIcon(style.icon(action.icon))
        _listen(qaction, action)
        run = partial(action.run, self._window)
        # Through a lambda: ``triggered`` says whether it is checked, which nobody asked.
        qaction.triggered.connect(lambda _checked=False, run=run: run())
        if action.scope is Scope.CANVAS:
            qaction.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        else:
            self._window.addAction(qaction)
        return qaction


def _listen(qaction: QAction, action: Action) -> None:
    """Give a QAction the keys of its action; those that its widget listens to are only shown."""
    if action.listened:
        qaction.setShortcuts([QKeySequence(key) for key in action.keys])
    else:
        shown = f"\t{key_words(action).split(' / ')[0]}" if action.keys else ""
        qaction.setText(f"{action.title}{shown}")


#: Qt's names of keys as they stand on keyboards; "" for one that is another's second name.
_KEY_WORDS = {"Return": "Enter", "Backtab": "", "Shift+Backtab": ""}


def key_words(action: Action) -> str:
    """The keys of an action as people read them, ways to press it joined by " / "."""
    shown = []
    for key in action.keys:
        text = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        for name, word in _KEY_WORDS.items():
            if text == name or text.endswith(f"+{name}"):
                text = text[: -len(name)] + word if word else ""
        if text:
            shown.append(text)
    return " / ".join(dict.fromkeys(shown))


def sheet(
    table: Iterable[Action], gestures: Mapping[str, Iterable[tuple[str, str]]]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The shortcuts sheet: groups of (keys, what they do), in the table's order, then the gestures."""
    groups: dict[str, list[tuple[str, str]]] = {"Everywhere": [], "Browse": [], "Annotate": []}
    for action in table:
        if action.keys:
            group = action.page.capitalize() or "Everywhere"
            groups.setdefault(group, []).append((key_words(action), action.title.rstrip("…")))
    for group, rows in gestures.items():
        groups.setdefault(group, []).extend(rows)
    return list(groups.items())

"""Every control of every page has a name to be read out, and can be reached by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from tests.gui.app.window_hand import Key, press
from widgets.common import Button

CONTROLS = (
    *(QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox),
    *(QComboBox, QGraphicsView, QLineEdit, QTextEdit),
)
#: What Tab leaves out because keys do the same: PgUp and PgDown walk the filmstrip, Esc clears a search.
BY_OTHER_KEYS = ("Filmstrip:", "Clear:")
PAGES = ("browse", "annotate", "sweep", "retrieval", "models", "runs", "export")


def controls(widget: QWidget) -> list[QWidget]:
    """The controls in a widget, without those that Qt makes inside of its own."""

    def inner(one: QWidget) -> bool:
        at = one.parentWidget()
        while at is not None and not isinstance(at, QAbstractSpinBox | QComboBox | QLineEdit):
            at = at.parentWidget()
        return at is not None or one.objectName().startswith("qt_")

    return [
        one
        for one in widget.findChildren(QWidget)
        if isinstance(one, CONTROLS) and not isinstance(one, QScrollBar | QHeaderView) and not inner(one)
    ]


def by_arrows(one: QWidget) -> bool:
    """Whether the arrow keys reach it: Qt leaves all but the chosen one of an exclusive group out of Tab."""
    group = one.group() if isinstance(one, QAbstractButton) else None
    if group is None or not group.exclusive():
        return False
    return any(mate.focusPolicy() & Qt.FocusPolicy.TabFocus for mate in group.buttons())


def name(widget: QWidget) -> str:
    """What is read out: the accessible name, else the text on a button."""
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def path(widget: QWidget) -> str:
    """Where a widget is, for the message."""
    parts = []
    at: QWidget | None = widget
    while at is not None and len(parts) < 5:
        parts.append(type(at).__name__)
        at = at.parentWidget()
    return " < ".join(parts)


def go(window: MainWindow, qtbot: QtBot, page: str) -> None:
    if page == "sweep":
        # It has no place on the rail.
        window.actions_["sweep.open"].trigger()
        qtbot.waitUntil(lambda: not window.sweep.work.busy())
    else:
        window.go_to(page)
    qtbot.waitUntil(lambda: window.shell.page() == page)
    qtbot.waitUntil(lambda: not window.session.desk.busy())


def test_every_control_has_a_name(annotating: MainWindow, qtbot: QtBot) -> None:
    for page in PAGES:
        go(annotating, qtbot, page)
    # A button without a text, and what is hidden, gets its name with what it is to show.
    silent = [one for one in controls(annotating) if not name(one) and not one.isHidden()]
    nameless = {path(one) for one in silent if not (isinstance(one, Button) and not one.text())}
    assert not nameless, "\n".join(sorted(nameless))


@pytest.mark.parametrize("page", PAGES)
def test_the_regions_of_a_page_are_walked_by_keys(annotating: MainWindow, qtbot: QtBot, page: str) -> None:
    go(annotating, qtbot, page)
    seen: list[QWidget] = []
    for _ in range(8):
        press(qtbot, annotating, Key.Key_F6, Qt.KeyboardModifier.ControlModifier)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert focus.isVisible()
        assert name(focus)
        if focus in seen:
            break
        seen.append(focus)
    assert len(seen) >= 2


@pytest.mark.parametrize("page", PAGES)
def test_tab_reaches_what_a_mouse_can_press(annotating: MainWindow, qtbot: QtBot, page: str) -> None:
    """What takes part in Tab: all that is shown and enabled, or has an action or a key that does the same."""
    go(annotating, qtbot, page)
    front = annotating.shell.pages.currentWidget()
    unreached = [
        f"{name(one)}: {path(one)}"
        for one in controls(front)
        if one.isVisibleTo(front)
        and one.isEnabled()
        and not one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not by_arrows(one)
    ]
    assert [one for one in sorted(set(unreached)) if not one.startswith(BY_OTHER_KEYS)] == []

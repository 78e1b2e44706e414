"""Facts, history and the audit trail by key in the whole window, with undo and redo of each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.records import Garment
from tests.gui.app.window_hand import Key, press, stored
from widgets.dialogs.compare import CompareDialog

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def garment(window: MainWindow) -> Garment:
    return stored(window).garments[0]


def facts(window: MainWindow) -> tuple[int | None, ...]:
    now = garment(window)
    return now.scale, now.occlusion, now.zoom_in, now.viewpoint


@pytest.mark.parametrize(
    ("key", "modifier", "after"),
    [
        (Key.Key_G, Qt.KeyboardModifier.NoModifier, (3, 1, 1, 2)),
        (Key.Key_1, ALT, (1, None, None, None)),
        (Key.Key_2, ALT, (None, 1, None, None)),
        (Key.Key_3, ALT, (None, None, 1, None)),
        (Key.Key_4, ALT, (None, None, None, 1)),
    ],
)
def test_a_key_sets_facts_in_one_step(
    annotating: MainWindow,
    qtbot: QtBot,
    key: Key,
    modifier: Qt.KeyboardModifier,
    after: tuple[int | None, ...],
) -> None:
    press(qtbot, annotating, key, modifier)
    assert facts(annotating) == after
    annotating.annotate.undo()
    assert facts(annotating) == (None,) * 4
    annotating.annotate.redo()
    assert facts(annotating) == after


def test_attributes_and_categories_are_reached_by_key(annotating: MainWindow, qtbot: QtBot) -> None:
    panel = annotating.annotate.page.more.clothes
    press(qtbot, annotating, Key.Key_A)
    qtbot.waitUntil(panel.attributes.search.edit.hasFocus)
    QTest.keyClicks(panel.attributes.search.edit, "striped")
    QTest.keyClick(panel.attributes.search.edit, Key.Key_Return)
    assert garment(annotating).attributes == {"striped": 1}
    annotating.annotate.undo()
    assert garment(annotating).attributes == {}
    QTest.keyClick(panel.attributes.search.edit, Key.Key_Escape)
    QTest.keyClick(panel.attributes.search.edit, Key.Key_Escape)
    qtbot.waitUntil(annotating.annotate.canvas.hasFocus)
    press(qtbot, annotating, Key.Key_C, SHIFT)
    qtbot.waitUntil(panel.kind.view().isVisible)
    QTest.keyClicks(panel.kind.view(), "17")
    qtbot.waitUntil(annotating.annotate.canvas.hasFocus)
    assert garment(annotating).clothes_category == 17


def test_history_is_compared_and_restored_by_key(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    before = garment(annotating)
    press(qtbot, annotating, Key.Key_Tab)
    press(qtbot, annotating, Key.Key_Right, SHIFT)
    press(qtbot, annotating, Key.Key_H, CTRL)
    view = page.history_panel.view
    qtbot.waitUntil(lambda: view.model().rowCount() == 2)
    view.setFocus()
    QTest.keyClick(view, Key.Key_End)
    assert "10.0 px" in page.history_panel.compare.words.text()
    shown: list[QDialog] = []
    annotating.annotate.dialog_wanted.disconnect()
    annotating.annotate.dialog_wanted.connect(shown.append)
    QTest.keyClick(view, Key.Key_Return)
    (dialog,) = shown
    assert isinstance(dialog, CompareDialog)
    assert "10.0 px" in dialog.compare.words.text()
    dialog.deleteLater()
    press(qtbot, annotating, Key.Key_H, ALT)
    assert garment(annotating).points.tolist() == before.points.tolist()
    annotating.annotate.undo()
    assert garment(annotating).points.tolist() != before.points.tolist()
    annotating.annotate.redo()
    assert garment(annotating).points.tolist() == before.points.tolist()


def test_the_audit_trail_is_written_by_a_job(
    annotating: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(qtbot, annotating, Key.Key_G)
    out = tmp_path / "trail.jsonl"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(out), ""))
    annotating.actions_["store.audit"].trigger()
    qtbot.waitUntil(out.exists, timeout=60_000)
    titles = [json.loads(line)["title"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert any(title.startswith("Take from geometry") for title in titles)
    qtbot.waitUntil(lambda: not annotating.jobs.running("audit"), timeout=20_000)

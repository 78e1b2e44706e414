"""What the tests of the Models page do and answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from widgets.common import Banner
from widgets.pages.models.records import ModelRow

#: Stands in for the commands: keeps its arguments and ends as its first word says.
JOB = """
import sys
from pathlib import Path
from store.runs import RunFolder

arguments = sys.argv[1:]
run = RunFolder(Path(arguments[arguments.index("--run") + 1]))
run.begin()
(run.path / "arguments.txt").write_text("\\n".join(arguments))
run.progress(1, 2, "reading")
if arguments[:2] == ["models", "add"] and "bad" in arguments[2]:
    run.finish("failed", what="bad.pth is no checkpoint.", fix="Get it again.")
elif arguments[:2] == ["models", "add"]:
    store = Path(arguments[arguments.index("--store") + 1])
    run.finish("done", name="clothes", folder=str(store / "models" / "clothes"))
else:
    run.finish("done", images=2, garments=3)
"""


def select(window: MainWindow, qtbot: QtBot, name: str) -> ModelRow:
    page = window.models.page
    row = next(row for row in page.table.rows.rows() if row.name == name)
    page.table.choose(row.key)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    return row


def answered(window: MainWindow, kind: type[QDialog], answer: Callable[[Any], object]) -> list[QDialog]:
    """Answers the next dialogs of a kind as they open."""
    seen: list[QDialog] = []

    def reply(dialog: QDialog) -> None:
        seen.append(dialog)
        if isinstance(dialog, kind):
            answer(dialog)
        else:
            dialog.reject()

    window.dialog_opened.connect(reply)
    return seen


def arguments(store: Path, kind: str, qtbot: QtBot) -> list[str]:
    def found() -> list[Path]:
        return sorted((store / "runs").glob(f"*-{kind}/arguments.txt"))

    qtbot.waitUntil(lambda: bool(found()), timeout=20000)
    return found()[-1].read_text().split("\n")


def press(banner: Banner, words: str) -> None:
    next(one for one in banner.findChildren(QPushButton) if one.text() == words).click()

"""The regions of a page: which there are, which has the keys first, and the way round them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QWidget

if TYPE_CHECKING:
    from app.paged_window import PagedWindow


def of_page(window: PagedWindow, page: str) -> tuple[QWidget, list[QWidget]]:
    """What of a page has the keys first, and what stands beside it."""
    match page:
        case "browse":
            return window.browse.page.grid, [window.browse.page.side]
        case "annotate":
            second = window.annotate.comforting.parts.companion.canvas
            return window.annotate.canvas, [second, window.annotate.page.right]
        case "export":
            return window.export.page.form, [window.export.page.side]
        case "models":
            models = window.models.page
            return models.table, [models.foot, models.side]
        case "retrieval":
            return window.retrieval.page.regions()
        case "runs":
            runs = window.runs.page
            return runs.list, [runs.panes, runs.side]
        case "sweep":
            return window.sweep.page.wall, [window.sweep.page.bar, window.sweep.page.foot]
        case _:
            return window.welcome.page, []


def focus(window: PagedWindow, page: str) -> None:
    """Give the keys to a page that has come to the front."""
    match page:
        case "annotate":
            window.annotate.canvas.setFocus()
        case "browse":
            window.browse.page.grid.setFocus()
        case "export":
            window.export.page.form.setFocus()
        case "models":
            window.models.page.setFocus()
        case "retrieval":
            window.retrieval.page.setFocus()
        case "runs":
            window.runs.page.setFocus()
        case "sweep":
            window.sweep.page.setFocus()


def toggle_side(window: PagedWindow, page: str) -> None:
    """Show or hide the side panel of a page."""
    match page:
        case "browse":
            window.browse.page.show_side(window.browse.page.side.isHidden())
        case "annotate":
            window.annotate.page.toggle_side()
        case "export":
            window.export.page.side.setVisible(window.export.page.side.isHidden())
        case "models":
            window.models.page.toggle_side()
        case "retrieval":
            window.retrieval.page.toggle_side()
        case "runs":
            window.runs.page.side.setVisible(window.runs.page.side.isHidden())


def step(regions: Sequence[QWidget], home: QWidget, by: int = 1) -> None:
    """Give the keys to the next of the regions that has a use for them, or to the one before with -1.

    What lies in none of them counts as part of ``home``, which is one of them.
    """
    focus = QApplication.focusWidget()
    shown = [region for region in regions if region.isVisible() and _first(region) is not None]
    if not shown:
        return
    inside = [region for region in shown if focus is region or (focus and region.isAncestorOf(focus))]
    now = inside[0] if inside else home
    place = shown.index(now) + by if now in shown else 0
    target = _first(shown[place % len(shown)])
    if target is not None:
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _first(region: QWidget) -> QWidget | None:
    """What of a region takes the keys: itself, what is chosen in it, its first list, its first control."""
    if region.focusPolicy() & Qt.FocusPolicy.TabFocus or region.focusProxy() is not None:
        return region
    able = [
        one
        for one in region.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isEnabled() and one.isVisible()
    ]
    chosen = [one for one in able if isinstance(one, QAbstractButton) and one.isChecked()]
    lists = [one for one in able if isinstance(one, QAbstractItemView)]
    return next(iter([*chosen, *lists, *able]), None)

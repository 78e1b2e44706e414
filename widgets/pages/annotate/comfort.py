"""What makes looking easier on the Annotate page: the picture's tone, a crosshair, a second image beside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from widgets.canvas.tone import NEUTRAL, Tone
from widgets.common import IconButton
from widgets.pages.annotate.companion import Companion
from widgets.pages.annotate.tone_popover import TonePopover, value_words

if TYPE_CHECKING:
    from widgets.pages.annotate.page import AnnotatePage


class Comfort(QObject):
    """Adds its parts to a page. ``changed()``: something was switched; ``beside_switched(bool)``."""

    changed = Signal()
    beside_switched = Signal(bool)

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        self._page = page
        self.companion = Companion(page.canvas)
        self.companion.closed.connect(lambda: self.set_beside(False))
        self.companion.linked.toggled.connect(lambda _on: self.changed.emit())
        _layout_of(page.canvas).addWidget(self.companion, 1)
        self.popover = TonePopover(page)
        self.popover.changed.connect(self.set_tone)
        self.button = IconButton("adjustments-horizontal", "Brightness, contrast, gamma", "P", checkable=True)
        self.beside_button = IconButton("photo-search", "Another image of the product", "I", checkable=True)
        for button in (self.button, self.beside_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            page.toolbar.add(button)
        self.button.clicked.connect(lambda _on=False: self.open_tone())
        self.beside_button.clicked.connect(lambda on=False: self.set_beside(on))

    # --- the picture's tone ----------------------------------------------------------------------

    @property
    def tone(self) -> Tone:
        """How the picture looks."""
        return self._page.canvas.backdrop.tone

    def open_tone(self) -> None:
        """Open the card with the sliders."""
        self.button.setChecked(self.tone != NEUTRAL)
        self.popover.show_tone(self.tone)
        self.popover.open_below(self.button)

    def set_tone(self, tone: Tone) -> None:
        """Look otherwise, in both images."""
        self._page.canvas.backdrop.set_tone(tone)
        self.companion.canvas.backdrop.set_tone(tone)
        self.button.setChecked(tone != NEUTRAL)
        self.popover.show_tone(tone)

    def change(self, name: str, by: int) -> None:
        """Change "brightness", "contrast" or "gamma" by a step, as far as it goes."""
        slider = self.popover.sliders[name]
        value = min(max(getattr(self.tone, name) + by, slider.minimum()), slider.maximum())
        self.set_tone(replace(self.tone, **{name: value}))
        self._page.say(f"{name.capitalize()} {value_words(name, value)}, on the screen only")

    def reset_tone(self) -> None:
        """Show the picture as it is."""
        self.set_tone(NEUTRAL)
        self._page.say("The picture is shown as it is")

    # --- the others ------------------------------------------------------------------------------

    @property
    def crosshair(self) -> bool:
        """Whether the crosshair is on."""
        return self._page.canvas.crosshair.on

    def set_crosshair(self, on: bool) -> None:
        """Show the crosshair, or not."""
        self._page.canvas.crosshair.set_on(on)
        self.changed.emit()

    @property
    def beside(self) -> bool:
        """Whether a second image is shown."""
        return not self.companion.isHidden()

    def set_beside(self, on: bool) -> None:
        """Show a second image of the product, or not."""
        had_keys = self.companion.isAncestorOf(self._page.focusWidget() or self._page)
        self.companion.setVisible(on)
        self.beside_button.setChecked(on)
        if had_keys and not on:
            self._page.to_canvas()
        self.beside_switched.emit(on)
        self.changed.emit()

    def toggle_linked(self) -> None:
        """Let the second image show what the first one shows, or not any more."""
        if not self.beside:
            self.set_beside(True)
        self.companion.linked.toggle()

    def settle(self) -> None:
        """Wait for the threads; the window is going."""
        for canvas in (self._page.canvas, self.companion.canvas):
            canvas.backdrop.settle()


def _layout_of(widget: QWidget) -> QBoxLayout:
    """The innermost layout that a widget lies in. LookupError where it lies in none."""
    parent = widget.parentWidget()
    waiting: list[QLayout | None] = [parent.layout() if parent is not None else None]
    while waiting:
        layout = waiting.pop()
        if layout is None:
            continue
        if isinstance(layout, QBoxLayout) and layout.indexOf(widget) >= 0:
            return layout
        waiting += [
            item.layout() for place in range(layout.count()) if (item := layout.itemAt(place)) is not None
        ]
    raise LookupError(f"{widget} lies in no layout")

"""What can be done with the selected images: the bar at the foot and the menu; and how far that work is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from store.records import REVIEW_WORDS, Review
from widgets import style
from widgets.browser.delegate import REVIEW_MARKS
from widgets.common import (
    ElidedLabel,
    FootBar,
    GhostButton,
    IconButton,
    IconLabel,
    PrimaryButton,
    label,
)
from widgets.common.bars import ProgressBar

#: A bar narrower than this has shorter words, in logical pixels at a font scale of 1.
_ROOMY = 1000


class SelectionWishes(QObject):
    """What a person wants of the selected images; the bar and the menu say the same."""

    annotate = Signal()
    review = Signal(Review)
    tag = Signal()
    category = Signal()
    swap = Signal()
    similar = Signal()
    export = Signal()
    clear = Signal()
    everything = Signal()


def review_menu(wishes: SelectionWishes, parent: QWidget) -> QMenu:
    """The states of a review to choose from."""
    menu = QMenu("Set review", parent)
    menu.setIcon(style.icon("circle-check"))
    for review, words in REVIEW_WORDS.items():
        action = QAction(style.icon(*REVIEW_MARKS[review]), words[:1].upper() + words[1:], menu)
        action.triggered.connect(lambda _on=False, review=review: wishes.review.emit(review))
        menu.addAction(action)
    return menu


def _garments_menu(wishes: SelectionWishes, parent: QWidget) -> QMenu:
    """What can be done with the garments of the selected images."""
    menu = QMenu(parent)
    category = menu.addAction(style.icon("category"), "Change category…\tCtrl+G")
    category.triggered.connect(lambda _on=False: wishes.category.emit())
    swap = menu.addAction(style.icon("arrows-left-right"), "Swap left and right…\tCtrl+Shift+S")
    swap.triggered.connect(lambda _on=False: wishes.swap.emit())
    return menu


class SelectionMenu(QMenu):
    """The menu at the pointer. What changes images is only offered where they may be changed."""

    def __init__(self, wishes: SelectionWishes, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = self.addAction("")
        self._title.setEnabled(False)
        self.addSeparator()
        self._add("Annotate", "vector-triangle", wishes.annotate, "Enter")
        self._add("Find similar", "photo-search", wishes.similar, "Ctrl+Shift+F")
        self.review = review_menu(wishes, self)
        self.addMenu(self.review)
        self._writing = [
            self.review.menuAction(),
            self._add("Tag…", "tag", wishes.tag, "Ctrl+T"),
            self._add("Change category…", "category", wishes.category, "Ctrl+G"),
            self._add("Swap left and right…", "arrows-left-right", wishes.swap, "Ctrl+Shift+S"),
        ]
        self.addSeparator()
        self._add("Export selection", "package-export", wishes.export, "Ctrl+Shift+E")
        self.addSeparator()
        self._add("Select all", "checks", wishes.everything, "Ctrl+A")
        self._add("Clear selection", "x", wishes.clear, "Esc")

    def _add(self, text: str, icon: str, wish: SignalInstance, keys: str) -> QAction:
        # The keys are only shown: the window's actions and the grid listen to them.
        action = self.addAction(style.icon(icon), f"{text}\t{keys}")
        action.triggered.connect(lambda _on=False: wish.emit())
        return action

    def show_for(self, count: int, writable: bool) -> None:
        """Offer what can be done with so many images."""
        self._title.setText(f"{count:,} image{'' if count == 1 else 's'}")
        for action in self._writing:
            action.setEnabled(writable)


class SelectionBar(FootBar):
    """How many images are selected, and what can be done with them."""

    def __init__(self, wishes: SelectionWishes) -> None:
        super().__init__()
        self._count = label("", "strong")
        self.add(self._count)
        self.add_line()
        annotate = PrimaryButton("Annotate", "vector-triangle", "Enter")
        annotate.clicked.connect(wishes.annotate)
        self.add(annotate)
        self.review = GhostButton("Set review", "circle-check")
        self.review.setMenu(review_menu(wishes, self))
        self.add(self.review)
        self._writing = [self.review]
        self._writing.append(self._add("Tag", "tag", wishes.tag))
        garments = GhostButton("Garments", "hanger")
        garments.setMenu(_garments_menu(wishes, self))
        self.add(garments)
        self._writing.append(garments)
        self._similar = self._add("Find similar", "photo-search", wishes.similar)
        self._export = self._add("Export selection", "package-export", wishes.export)
        self.add_stretch()
        self._clear = GhostButton("Clear selection", "x", "Esc")
        self._clear.clicked.connect(wishes.clear)
        self.add(self._clear)
        self._short = False
        # The bar gets shorter by itself; it must not keep the window wide.
        self.setMinimumWidth(1)
        self.setAccessibleName("Selection")

    def _add(self, text: str, icon: str, wish: SignalInstance) -> GhostButton:
        button = GhostButton(text, icon)
        button.clicked.connect(lambda _on=False: wish.emit())
        self.add(button)
        return button

    def show_count(self, count: int) -> None:
        """Show the bar for so many selected images, or hide it."""
        self._count.setText(f"{count:,} selected")
        self.setVisible(count > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        short = event.size().width() < style.tokens().px(_ROOMY)
        if short != self._short:
            self._short = short
            self._similar.setVisible(not short)
            self._export.set_face("Export" if short else "Export selection", "package-export")
            self._clear.set_face("Clear" if short else "Clear selection", "x", "Esc")

    def set_writable(self, writable: bool) -> None:
        """Whether the images may be changed, and are not being changed now."""
        for button in self._writing:
            button.setEnabled(writable)


class WorkBar(FootBar):
    """What is being done to many images, and how far it is; afterwards what was done, and a way back."""

    cancel_wanted = Signal()
    undo_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._icon = IconLabel("progress", "acc")
        self.add(self._icon)
        self._words = ElidedLabel("", "strong", Qt.TextElideMode.ElideRight)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.row.addWidget(self._words, 1)
        self.progress = ProgressBar(240, "Progress of the change")
        self.add(self.progress)
        self.cancel = GhostButton("Stop", "player-stop")
        self.cancel.clicked.connect(self.cancel_wanted)
        self.add(self.cancel)
        self.undo = GhostButton("Undo", "arrow-back-up", "Ctrl+Z")
        self.undo.clicked.connect(self.undo_wanted)
        self.add(self.undo)
        self.close_button = IconButton("x", "Close")
        self.close_button.clicked.connect(self.hide)
        self.add(self.close_button)
        self.setAccessibleName("Work on many images")
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.full_text()

    def show_progress(self, words: str, done: int, total: int) -> None:
        """Say that something is being done, and how far it is."""
        self._icon.set_icon("progress", "acc")
        self._say(f"{words}: {done:,} of {total:,}", working=True, undo=False)
        self.progress.set_share(done / total if total else 0.0)

    def show_done(self, words: str, undo: bool, good: bool = True) -> None:
        """Say what was done; ``undo`` offers to take it back."""
        self._icon.set_icon(*(("circle-check", "ok") if good else ("alert-triangle", "warn")))
        self._say(words, working=False, undo=undo)

    def _say(self, words: str, working: bool, undo: bool) -> None:
        self._words.set_full_text(words)
        self.progress.setVisible(working)
        self.cancel.setVisible(working)
        self.undo.setVisible(undo)
        self.close_button.setVisible(not working)
        self.show()

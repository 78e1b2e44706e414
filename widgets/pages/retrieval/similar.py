"""What looks like a garment, or like a picture that was dropped: the nearest of an index."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets import style
from widgets.common import Button, ElidedLabel, EmptyState, Segmented, label, set_look, surface, vline
from widgets.pages.retrieval.choice import Choice
from widgets.pages.retrieval.crops import Crops
from widgets.pages.retrieval.records import Found, Hit, Subject
from widgets.pages.retrieval.results import ResultsGrid
from widgets.pages.retrieval.subject import SubjectPicture

_SIDE = 301
_NOTHING = "Choose a garment in Annotate, Browse or on the board, or drop a picture on the window"


class SimilarView(QWidget):
    """``part_wanted(number)``: look for another part of the image; ``index_wanted(name)``: look in another
    index; ``annotate_wanted(image_id)``; ``images_wanted(ids, title)``: show these in Browse;
    ``again_wanted(Hit)``: look for what looks like a result."""

    part_wanted = Signal(int)
    index_wanted = Signal(str)
    annotate_wanted = Signal(int)
    images_wanted = Signal(object, str)
    again_wanted = Signal(object)

    def __init__(self, crops: Crops) -> None:
        super().__init__()
        surface(self, "page")
        self._crops = crops
        self._subject: Subject | None = None
        self._number = 0
        self.picture, self.results = SubjectPicture(), ResultsGrid()
        self.picture.crops = self.results.crops = crops
        self.results.most = 8
        self.empty = EmptyState("photo-search", _NOTHING)
        self._places = QStackedWidget()
        self._places.addWidget(self.empty)
        self._places.addWidget(self._build())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._places)
        self.setFocusProxy(self.results)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._want)
        self._connect()

    def _build(self) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(12, 12, 12, 10)
        row.setSpacing(12)
        row.addWidget(self._build_side())
        line = vline()
        line.setMinimumHeight(0)
        line.setMaximumHeight(16777215)
        row.addWidget(line)
        row.addWidget(self._build_results(), 1)
        return held

    def _build_side(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._title = ElidedLabel("", "hint", Qt.TextElideMode.ElideLeft)
        self.part = Choice("What is looked for", "hanger", _SIDE)
        self.index = Choice("Index", "database", _SIDE)
        self._words = label("", "hint", wrap=True)
        column.addWidget(label("Looked for", "heading"))
        column.addWidget(self._title)
        column.addWidget(self.picture, 1)
        column.addWidget(self.part)
        column.addWidget(label("Among the garments of", "hint"))
        column.addWidget(self.index)
        column.addWidget(self._words)
        self._side = held
        self._fix()
        style.changed.connect(self._fix)
        return held

    def _fix(self) -> None:
        self._side.setFixedWidth(style.tokens().px(_SIDE))

    def _build_results(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.title = ElidedLabel("", "heading")
        self.looks = Segmented([("crop", "Crop"), ("whole", "Whole image")], "crop", name="What is shown")
        self.browse = Button("Show in Browse", "layout-grid")
        self.annotate = Button("Annotate", "vector-triangle", "Enter")
        head.addWidget(self.title, 1)
        for part in (self.browse, self.annotate, self.looks):
            head.addWidget(part)
        column.addLayout(head)
        column.addWidget(self.results, 1)
        return held

    def _connect(self) -> None:
        self._crops.arrived.connect(self._repaint)
        self.picture.picked.connect(self.part_wanted)
        self.picture.wanted.connect(self._later.start)
        self.part.chosen.connect(lambda key: self.part_wanted.emit(int(key)))
        self.index.chosen.connect(self.index_wanted)
        self.looks.chosen.connect(self._look)
        self.browse.clicked.connect(self._browse)
        self.annotate.clicked.connect(self._annotate)
        self.results.installEventFilter(self)

    # -- what is shown --------------------------------------------------------------------------

    def show_indices(self, names: Sequence[tuple[str, str]], current: str) -> None:
        """The indices to look in, as (name, words)."""
        self.index.offer(names, current)

    def show_subject(self, subject: Subject) -> None:
        """What is looked for; what was found before is shown no more."""
        self._subject = subject
        self._number += 1
        self._places.setCurrentIndex(1)
        self._title.set_full_text(subject.title)
        parts = [(str(number), part.words) for number, part in enumerate(subject.parts)]
        self.part.offer(parts, str(subject.current))
        self.picture.show_subject(subject)
        self.results.show_hits(self._number, ())
        self._entitle(0)

    def show_found(self, found: Found) -> None:
        """What was found."""
        self.results.marked = found.marked
        self.results.show_hits(self._number, found.hits)
        self._entitle(found.among)
        self.say("")
        self._later.start()

    def say(self, words: str, *, trouble: bool = False) -> None:
        """How it stands: what is waited for, or why there is nothing."""
        self._words.setText(words)
        set_look(self._words, "warn" if trouble else "hint")

    def say_nothing(self, sentence: str = "") -> None:
        """Why nothing is looked for."""
        self._subject = None
        self.empty.say(sentence or _NOTHING)
        self._places.setCurrentIndex(0)

    def selected(self) -> Hit | None:
        """The selected result, None where there is none or its garment is gone."""
        hit = self.results.selected() if self._subject is not None else None
        return hit if hit is not None and hit.shot.image_id > 0 else None

    def subject(self) -> Subject | None:
        """What is looked for."""
        return self._subject

    def _entitle(self, among: int) -> None:
        shown = len(self.results.hits())
        self.title.set_full_text(f"Nearest {shown} of {among:,} garments" if shown else "No results yet")
        for button in (self.browse, self.annotate):
            button.setEnabled(shown > 0)

    # -- what happens ---------------------------------------------------------------------------

    def _want(self) -> None:
        if not self.isVisible():
            return
        cut = self.picture.cut()
        self._crops.want([*([cut] if cut is not None else []), *self.results.cuts()])

    def _repaint(self) -> None:
        self.picture.update()
        self.results.update()

    def _look(self, key: str) -> None:
        self.results.whole = key == "whole"
        self._later.start()
        self.results.update()

    def _browse(self) -> None:
        ids = [hit.shot.image_id for hit in self.results.hits() if hit.shot.image_id > 0]
        if ids and self._subject is not None:
            self.images_wanted.emit(list(dict.fromkeys(ids)), f"Similar to {self._subject.title}")

    def _annotate(self) -> None:
        hit = self.selected()
        if hit is not None:
            self.annotate_wanted.emit(hit.shot.image_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.results:
            kind = event.type()
            if kind == QEvent.Type.Resize:
                self._later.start()
            opened = kind == QEvent.Type.MouseButtonDblClick or (
                isinstance(event, QKeyEvent)
                and kind == QEvent.Type.KeyPress
                and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            )
            if opened:
                self._annotate()
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._later.start()

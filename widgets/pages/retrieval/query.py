"""The query itself: its crop with the overlay, what is known of it, its true matches, and how it agrees."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from widgets import style
from widgets.common import ElidedLabel, Tag, hline, label, set_look, surface
from widgets.pages.retrieval.agreement import agreement
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.fact_rows import FactRows
from widgets.pages.retrieval.heat import Heat, paint_heat
from widgets.pages.retrieval.over import OverButton
from widgets.pages.retrieval.painting import paint_crop, paint_overlay
from widgets.pages.retrieval.records import Hit, Query

_TRUE = 3


class QueryPicture(QWidget):
    """The crop of the query, with its outline and landmarks unless they are switched off."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Query")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.crops: Crops | None = None
        self.zoom = 1.0
        self._query: Query | None = None
        self._heat: Heat | None = None
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(8, 8, 8, 8)
        column.addStretch(1)
        column.addLayout(row)
        row.setSpacing(6)
        self.landmarks, self.heat = OverButton("Landmarks"), OverButton("Heat map", "H")
        self.landmarks.setChecked(True)
        self.landmarks.toggled.connect(self.update)
        for button in (self.landmarks, self.heat):
            row.addWidget(button)
        row.addStretch(1)

    def show_query(self, query: Query | None) -> None:
        """Show this query."""
        self._query = query
        self.update()

    def show_heat(self, heat: Heat | None) -> None:
        """What drove the match, over the crop."""
        self._heat = heat
        self.update()

    def cut(self, query: Query) -> Cut:
        """The picture of a query at the size it is painted."""
        ratio = self.devicePixelRatioF()
        wide, high = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        return Cut(query.row.shot, wide, high, zoom=self.zoom)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        query, frame = self._query, self.rect()
        made = self.crops.get(self.cut(query)) if query is not None and self.crops is not None else None
        paint_crop(painter, frame, made)
        if made is not None and self._heat is not None:
            paint_heat(painter, frame, made, self._heat)
        if made is not None and query is not None and self.landmarks.isChecked():
            paint_overlay(painter, frame, made, query.garment, query.row.colour)

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(277), look.px(300))

    def minimumSizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(200), look.px(180))


class TrueMatches(QWidget):
    """The nearest true matches, with their ranks and distances."""

    def __init__(self) -> None:
        super().__init__()
        self.crops: Crops | None = None
        self._hits: tuple[Hit, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """Show the first of these."""
        self._hits = hits[:_TRUE]
        told = [f"rank {one.place:,}, distance {one.distance:.3f}" for one in self._hits]
        self.setAccessibleName(f"True shop garments: {'; '.join(told) or 'none'}")
        self.setVisible(bool(hits))
        self.update()

    def cuts(self, hits: tuple[Hit, ...]) -> list[Cut]:
        """The pictures of the first of these at the size they are painted."""
        ratio = self.devicePixelRatioF()
        frames = [self._frame(number) for number in range(_TRUE)]
        return [
            Cut(hit.shot, round(frame.width() * ratio), round(frame.height() * ratio))
            for hit, frame in zip(hits, frames, strict=False)
            if hit.shot.image_id
        ]

    def _frame(self, number: int) -> QRect:
        look = style.tokens()
        gap = look.px(8)
        wide = max(1, (self.width() - gap * (_TRUE - 1)) // _TRUE)
        return QRect(number * (wide + gap), 0, wide, look.px(100))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, look = QPainter(self), style.tokens()
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        ready = {cut.shot: cut for cut in self.cuts(self._hits)}
        for number, hit in enumerate(self._hits):
            frame = self._frame(number)
            cut = ready.get(hit.shot)
            paint_crop(painter, frame, self.crops.get(cut) if cut and self.crops is not None else None)
            line = look.px(16)
            low = QRectF(frame.left(), frame.bottom() + look.px(3), frame.width(), line)
            painter.setPen(look.t1)
            painter.setFont(style.font("table", 600))
            painter.drawText(low, left, f"rank {hit.place:,}")
            painter.setPen(look.t2)
            painter.setFont(style.font("small"))
            painter.drawText(low.translated(0, line), left, f"{hit.distance:.3f}")

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(277), style.tokens().px(136))

    def minimumSizeHint(self) -> QSize:
        return QSize(style.tokens().px(200), style.tokens().px(136))


class QueryPane(QWidget):
    """The second column of the board."""

    def __init__(self) -> None:
        super().__init__()
        surface(self, "page")
        self.picture, self.true = QueryPicture(), TrueMatches()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        column.addLayout(self._build_head())
        column.addWidget(self.picture, 5)
        column.addWidget(self._build_words(), 6)

    def _build_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._domain, self._name = Tag(""), ElidedLabel("", "hint", Qt.TextElideMode.ElideLeft)
        self._name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(label("Query", "heading"))
        row.addWidget(self._domain)
        row.addWidget(self._name, 1)
        return row

    def _build_words(self) -> QWidget:
        inner = surface(QWidget(), "page")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        self._facts = FactRows()
        self._true_head = label("True shop garments", "heading")
        self._why = label("", "table", wrap=True)
        self._agreement_head = label("", "heading")
        self._agreement = FactRows()
        # Not between picture and words: the picture would change its size with it.
        self._heat_words = label("", "hint", wrap=True)
        self._heat_words.hide()
        column.addWidget(self._heat_words)
        column.addLayout(self._facts)
        column.addWidget(self._true_head)
        column.addWidget(self.true)
        column.addWidget(self._why)
        column.addWidget(hline())
        column.addWidget(self._agreement_head)
        column.addLayout(self._agreement)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        return scroll

    # -- what is shown --------------------------------------------------------------------------

    def show_query(self, query: Query) -> None:
        """Show a query."""
        self.picture.show_query(query)
        self._domain.setText(query.domain or "domain not said")
        self._name.set_full_text(query.name)
        facts = [("category", query.row.category), *query.facts]
        self._facts.show_facts([(name, words, None) for name, words in facts])
        count = len(query.matches)
        self._true_head.setText(f"True shop garments   {count:,}")
        self.true.show_hits(query.matches)
        self._why.setText(query.why)

    def show_agreement(self, query: Query, hit: Hit | None) -> None:
        """Show how the query agrees with a result."""
        there = hit is not None and hit.garment is not None
        self._agreement_head.setVisible(there)
        found = agreement(query, hit) if hit is not None else ()
        self._agreement.show_facts([(one.name, one.words, one.same) for one in found])
        if hit is not None:
            self._agreement_head.setText(f"Agreement with result {hit.place}")

    def say_heat(self, words: str, *, trouble: bool = False) -> None:
        """How it stands with the heat map, below the picture; "" for nothing to say."""
        self._heat_words.setText(words)
        set_look(self._heat_words, "warn" if trouble else "hint")
        self._heat_words.setVisible(bool(words))

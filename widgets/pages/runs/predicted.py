"""A prediction run: what was found in how many images, and the images by score or by disagreement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from resources.taxonomy import Category
from store.records import Image
from store.runs.predicted import ImageSummary, Order, PredictionCounts, PredictionFacts
from widgets import style
from widgets.browser.thumbnails import ThumbnailSource
from widgets.common import (
    Button,
    Card,
    DoubleSpinBox,
    ElidedLabel,
    EmptyState,
    ProgressBar,
    Segment,
    Segmented,
    hline,
    label,
)
from widgets.common.bars import swatch_icon
from widgets.pages.runs.predicted_table import PredictedTable
from widgets.pages.runs.records import RunDetails
from widgets.pages.runs.words import images_done

#: At most so many images are listed in Browse: nobody looks at more one by one.
MOST_LISTED = 10_000


@dataclass(frozen=True, slots=True)
class PredictedQuery:
    """Which images are asked for, and in which order; ``category`` None is any."""

    least_score: float = 0.0
    category: int | None = None
    order: Order = "disagreement"


def compared_words(facts: PredictionFacts) -> str:
    """What the disagreement of a run's images says, and what was counted for it."""
    if facts.tasks == ("embedding",):
        return "This model says nothing that the annotations say"
    if "boxes" not in facts.tasks and facts.tasks:
        return "0: the model is sure of the annotated categories; 1: it is sure of others"
    return (
        "0: model and annotations agree; 1: nothing of one is in the other.\n"
        f"Counted are garments that the model gives a score of {facts.counted_from:.2f} or more,\n"
        "whatever is chosen at Score from."
    )


class _Figure(Card):
    def __init__(self, name: str) -> None:
        super().__init__(padding=10)
        self._name = name
        self.body.setSpacing(0)
        self.body.addWidget(ElidedLabel(name, "note"))
        self._value = label("–", "title")
        self.body.addWidget(self._value)

    def show_value(self, value: str, tip: str = "") -> None:
        self._value.setText(value)
        self.setToolTip(tip)
        self.setAccessibleName(f"{self._name} {value}")

    def value(self) -> str:
        return self._value.text()


class PredictedPane(QWidget):
    """Shows one prediction run. ``query_changed(PredictedQuery)``: :meth:`show_rows` is awaited.

    ``images_opened(ids, title)``: Browse should show these. ``image_annotated(id)``: open this one.
    """

    query_changed = Signal(object)
    images_opened = Signal(object, str)
    image_annotated = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.table = PredictedTable()
        self.figures = {
            name: _Figure(name) for name in ("images", "garments", "nothing found", "not readable")
        }
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        cards = QHBoxLayout()
        cards.setSpacing(12)
        for card in self.figures.values():
            cards.addWidget(card, 1)
        column.addLayout(cards)
        self.note = label("", "note", wrap=True)
        self.note.hide()
        column.addWidget(self.note)
        frame = Card(padding=0)
        frame.body.setSpacing(0)
        frame.body.addLayout(self._build_bar())
        frame.body.addWidget(hline())
        frame.body.addWidget(self.table, 1)
        column.addWidget(frame, 1)
        self.empty = EmptyState("wand", "What the model finds shows here, image by image")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._build_progress())
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(inside)
        whole.addLayout(self._stack, 1)
        self.setFocusProxy(self.table)
        self.table.opened.connect(self._opened)

    def _build_progress(self) -> QWidget:
        """How far a run is that goes on."""
        self.progress = QWidget()
        row = QHBoxLayout(self.progress)
        row.setContentsMargins(16, 12, 16, 0)
        row.setSpacing(12)
        self.bar = ProgressBar(name="Images done")
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.how_far = label("", "second")
        row.addWidget(self.bar, 1)
        row.addWidget(self.how_far)
        self.progress.hide()
        return self.progress

    def _build_bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setContentsMargins(14, 8, 10, 8)
        bar.setSpacing(8)
        self.category = QComboBox()
        self.category.setAccessibleName("Category")
        self.category.addItem("Any category", None)
        self.category.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.category.setMinimumContentsLength(11)
        self.score = DoubleSpinBox()
        self.score.setAccessibleName("Least score")
        self.score.setRange(0.0, 1.0)
        self.score.setSingleStep(0.05)
        self.score.setDecimals(2)
        self.order = Segmented(
            [
                Segment(
                    "disagreement", "Disagreement", hint="Where model and annotations differ most, first"
                ),
                Segment("score", "Score", hint="The least sure first"),
                Segment("image", "As stored"),
            ],
            "disagreement",
            name="Order",
        )
        self.count = ElidedLabel("", "second")
        self.count.setMinimumWidth(style.tokens().px(88))
        self.browse = Button("Open in Browse", "layout-grid")
        self.browse.clicked.connect(self._browse)
        bar.addWidget(label("Score from", "second"))
        for part in (self.score, self.category, self.order):
            bar.addWidget(part)
        bar.addWidget(self.count, 1)
        bar.addWidget(self.browse)
        self.category.currentIndexChanged.connect(lambda _index: self._changed())
        self.score.valueChanged.connect(lambda _value: self._changed())
        self.order.chosen.connect(lambda _key: self._changed())
        return bar

    # -- what is shown --------------------------------------------------------------------------

    def set_source(
        self, images: Callable[[Sequence[int]], Sequence[Image]] | None, pictures: ThumbnailSource | None
    ) -> None:
        """Read names and pictures of images from here; None before their store is closed."""
        self.table.set_source(images, pictures)

    def begin(self, words: str = "") -> None:
        """Another run is shown, of which nothing is known yet; ``words`` say why there is nothing."""
        self._stack.setCurrentIndex(0)
        self.empty.say(words or "What the model finds shows here, image by image")
        self.table.show_rows(())
        self.count.set_full_text("")

    def show_progress(self, run: RunDetails) -> None:
        """Show how far the run is; nothing of one that has ended."""
        # Before it is known how many there are, the banner of the page says what it does.
        self.progress.setVisible(run.live and run.total > 0)
        if run.live:
            self.bar.set_share(run.done / max(1, run.total), "warn" if run.standing == "paused" else "acc")
            self.how_far.setText(images_done(run))

    def show_facts(
        self, facts: PredictionFacts, counts: PredictionCounts, categories: Mapping[int, Category]
    ) -> None:
        """Show what the run is and how much it has found."""
        self._stack.setCurrentIndex(1)
        shown = {
            "images": counts.images,
            "garments": counts.garments,
            "nothing found": counts.empty,
            "not readable": counts.broken,
        }
        for name, count in shown.items():
            self.figures[name].show_value(f"{count:,}")
        self.score.setMinimum(round(facts.least_score, 2))
        self.table.images.show_compared(compared_words(facts))
        self.note.setText("\n".join(facts.notes))
        self.note.setVisible(bool(facts.notes))
        self._offer(facts, counts, categories)

    def show_rows(self, rows: Sequence[ImageSummary], query: PredictedQuery) -> None:
        """Show the images of a query; those of one that was replaced are ignored."""
        if query != self.query():
            return
        self.table.show_rows(rows)
        words = f"{len(rows):,} image{'' if len(rows) == 1 else 's'}"
        self.count.set_full_text(words if rows else "No images")
        self.count.setToolTip("" if rows else "No image that was looked at has such a garment")
        self.browse.setEnabled(bool(rows))
        self.browse.setToolTip("" if rows else "There is none to open")

    def query(self) -> PredictedQuery:
        """What is asked for now."""
        chosen = self.category.currentData()
        order: Order = "image"
        if self.order.value() == "disagreement":
            order = "disagreement"
        elif self.order.value() == "score":
            order = "score"
        return PredictedQuery(
            round(self.score.value(), 2), int(chosen) if chosen is not None else None, order
        )

    def settle(self) -> None:
        """Wait for what is being fetched; for the end of the program."""
        self.table.settle()

    # -- what happens ---------------------------------------------------------------------------

    def _offer(
        self, facts: PredictionFacts, counts: PredictionCounts, categories: Mapping[int, Category]
    ) -> None:
        """Offer the categories of which something was found, with how many."""
        chosen = self.category.currentData()
        blocked = self.category.blockSignals(True)
        while self.category.count() > 1:
            self.category.removeItem(1)
        for one in facts.spec.categories:
            count = counts.categories.get(one.id, 0)
            if count or one.id == chosen:
                known = categories.get(one.id)
                colour = known.colour if known is not None else style.tokens().t3.name()
                icon = swatch_icon(colour, self.devicePixelRatioF())
                self.category.addItem(icon, f"{one.name}  {count:,}", one.id)
        self.category.setCurrentIndex(max(0, self.category.findData(chosen)))
        self.category.blockSignals(blocked)

    def _changed(self) -> None:
        self.query_changed.emit(self.query())

    def _opened(self, ids: list[int]) -> None:
        if len(ids) == 1:
            self.image_annotated.emit(ids[0])
        elif ids:
            self.images_opened.emit(ids, f"{len(ids):,} predicted images")

    def _browse(self) -> None:
        chosen = self.table.chosen()
        ids = chosen if len(chosen) > 1 else self.table.ids()
        title = f"{min(len(ids), MOST_LISTED):,} predicted images"
        if len(ids) > MOST_LISTED:
            title = f"the first {title} of {len(ids):,}"
        self.images_opened.emit(ids[:MOST_LISTED], title)

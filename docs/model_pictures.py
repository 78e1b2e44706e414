"""The pictures of the user guide that need a model: proposals in Annotate, and the Models page.

They show the models that come with the program; before those are trained there is nothing to show.
"""

from __future__ import annotations

from typing import Protocol

from hand import Hand, wait
from PySide6.QtCore import Qt

from app.window import MainWindow
from store.db import Store
from store.records import Domain, Garment
from store.runs.library import all_models

DETECTOR, CROPS = "demo-match-rcnn-s", "demo-fashionnet-s"
#: A process has to read in torch first.
PATIENCE = 180.0


class Guide(Protocol):
    """Who takes the pictures: a hand on the window, one picture, and one in the light theme."""

    hand: Hand
    window: MainWindow

    def shot(self, name: str) -> None:
        """A picture of that name."""

    def light(self, name: str) -> None:
        """The same in the light theme."""


def possible() -> bool:
    """Whether the models are there that the pictures show."""
    return {DETECTOR, CROPS} <= {one.name for one in all_models(None)}


def worn_alone(store: Store) -> int:
    """The id of a consumer's image with one garment, of the most landmarks."""
    records = (record for record in store.stream(None) if len(record.garments) == 1)
    consumers = (record for record in records if record.image.domain is Domain.CONSUMER)
    return max(consumers, key=lambda one: len(one.garments[0].points)).image.id


def predictions(guide: Guide, image: int) -> None:
    """A garment beside its proposal, the landmarks that differ most marked; one that is only proposed."""
    hand, annotate = guide.hand, guide.window.annotate
    store = guide.window.session.needed()
    use(guide, DETECTOR)
    hand.filter("")
    hand.annotate(image)
    annotate.page.set_layer("predictions", True)
    proposed(guide, image)
    garment = max(store.garments.of_image(image), key=lambda one: len(one.points))
    annotate.page.select(garment.id, -1)
    hand.settle()
    hand.press(Qt.Key.Key_D)
    guide.shot("predictions-dark")
    guide.light("predictions-light")
    without(guide, garment)
    hand.press(Qt.Key.Key_QuoteLeft)
    hand.resize(1280, 800)
    guide.shot("predictions-new")
    hand.undo()
    annotate.page.set_layer("predictions", False)
    hand.resize(1600, 1000)


def without(guide: Guide, garment: Garment) -> None:
    """Delete a garment, so that the model proposes it anew."""
    page = guide.window.annotate.page
    page.select(garment.id, -1)
    guide.hand.press(Qt.Key.Key_Delete)
    guide.hand.settle()


def proposed(guide: Guide, image: int) -> None:
    """Wait till the model has said what it sees in the image."""
    seen: list[int] = []
    shown = guide.window.annotate.proposals.shown
    hand: Hand = guide.hand
    connection = shown.connect(seen.append)
    try:
        guide.window.annotate.proposals.again()
        wait(lambda: seen and seen[-1], f"proposals for image {image}", PATIENCE)
    finally:
        shown.disconnect(connection)
    hand.settle()


def use(guide: Guide, name: str) -> None:
    """Have a model that comes with the program propose."""
    folder = next(one.folder for one in all_models(None) if one.name == name)
    guide.window.annotate.proposals.use(folder)


def models(guide: Guide) -> None:
    """The Models page with the detector's facts beside it, in both themes."""
    hand, window = guide.hand, guide.window
    window.go_to("models")
    page = window.models.page
    wait(lambda: {DETECTOR, CROPS} <= {row.name for row in page.table.rows.rows()}, "the models")
    window.models.select(DETECTOR)
    wait(lambda: (row := page.current()) is not None and row.name == DETECTOR, "the model's facts")
    hand.settle()
    guide.shot("models-dark")
    guide.light("models-light")

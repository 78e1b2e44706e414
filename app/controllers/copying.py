"""Landmarks taken over from the previous image, or from another garment of the same product."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session import Session
from store.records import Garment
from widgets.pages.annotate import AnnotatePage

if TYPE_CHECKING:
    from store.db import Store


class Copying(QObject):
    """Reads in a thread whose landmarks the selected garment can have, and gives them to the page.

    ``previous`` says the id of the image before the one in front, 0 where there is none.
    """

    failed = Signal(object)

    def __init__(
        self, session: Session, page: AnnotatePage, previous: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._previous = session, page, previous

    def from_previous(self) -> None:
        """Give the selected garment the landmarks of the likeliest one of the previous image."""
        image_id = self._previous()
        if not image_id:
            self._page.say("There is no image before this one")
            return
        nothing = "The previous image has no landmarks that mean the same"
        self._ask(lambda store, _garment: store.garments.of_image(image_id), "the previous image", nothing)

    def from_product(self) -> None:
        """Give it the landmarks of the likeliest garment of the same product in another image."""
        image = self._page.image
        if image is None:
            return

        def others(store: Store, garment: Garment) -> list[Garment]:
            from store.copying import of_same_product

            return of_same_product(store, garment, image)

        self._ask(others, "", "No other garment of this product has landmarks that mean the same")

    def _ask(
        self,
        others: Callable[[Store, Garment], tuple[Garment, ...] | list[Garment]],
        whence: str,
        nothing: str,
    ) -> None:
        page, session = self._page, self._session
        garment, store, image = page.garment, session.store, page.image
        if garment is None or store is None or image is None or page.read_only:
            return
        if not len(garment.points):
            page.say("This garment has no landmarks")
            return
        categories = session.categories

        def work() -> tuple[Garment, dict[int, int]] | None:
            from store.copying import likeliest

            return likeliest(garment, others(store, garment), categories)

        def take(found: tuple[Garment, dict[int, int]] | None) -> None:
            now = page.image
            if now is None or now.id != image.id:
                return
            if found is None:
                page.say(nothing)
            else:
                source, same = found
                page.shaping.take_from(garment.id, source, same, whence or f"image {source.image_id}")

        session.desk.ask("annotate.copying", work, take, self.failed.emit)

"""The second image beside the canvas: which images show the same product, read in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session import Session
from widgets.canvas import Picture, Pictures
from widgets.pages.annotate import AnnotatePage
from widgets.pages.annotate.comfort import Comfort
from widgets.pages.annotate.companion import Sibling

if TYPE_CHECKING:
    from store.db import Store
    from store.records import Garment, Image

#: Image and garment whose product is looked for, and what says which product it is.
Of = tuple[int, int, str, int | None, int | None]
_NOBODY: Of = (0, 0, "", None, None)
#: What the settings call how the page is looked at.
_LAYOUT = "comfort"


class Comforting(QObject):
    """Fills the second image of a page and keeps how the page is looked at."""

    failed = Signal(object)
    changed = Signal()

    def __init__(self, session: Session, page: AnnotatePage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._page = session, page
        self.parts = Comfort(page)
        self._pictures = Pictures(self, threads=1)
        self._pictures.ready.connect(self._picture_ready)
        self._of = _NOBODY
        self._siblings: list[Sibling] = []
        self._number = 0
        self.parts.changed.connect(self.changed)
        self.parts.beside_switched.connect(lambda on: self._follow(anew=on))
        self.parts.companion.step_wanted.connect(self.step)
        page.selection_changed.connect(lambda _garment, _landmark: self._follow())
        session.closing.connect(self._forget)
        kept = session.settings.layout(_LAYOUT)
        if isinstance(kept, dict) and kept.get("crosshair") is True:
            self.parts.set_crosshair(True)

    def remember(self) -> None:
        """Keep how the page is looked at. StudioError where that cannot be written."""
        self._session.settings.set_layout(**{_LAYOUT: {"crosshair": self.parts.crosshair}})

    def switched(self) -> dict[str, bool]:
        """What is on, by the names of the actions that switch it."""
        linked = self.parts.companion.linked.isChecked()
        return {"crosshair": self.parts.crosshair, "beside": self.parts.beside, "linked": linked}

    def close(self) -> None:
        """Wait for the threads; the window is going."""
        self._pictures.close()
        self.parts.settle()

    def step(self, by: int) -> None:
        """Show the next of the other images, or the one before with -1; round and round."""
        if not self.parts.beside:
            self.parts.set_beside(True)
        elif self._siblings:
            self._show((self._number + by) % len(self._siblings))

    def _forget(self) -> None:
        """The store is closed: what was beside is nothing any more."""
        self._of, self._siblings = _NOBODY, []
        self._pictures.show(None)
        self.parts.companion.say_nothing("")

    def _follow(self, *, anew: bool = False) -> None:
        """The garment may be another one: so are the images of its product."""
        page, store = self._page, self._session.store
        if not self.parts.beside:
            self._of = _NOBODY
            return
        garment, image = page.garment, page.image
        now = _NOBODY
        if garment is not None and image is not None:
            now = (image.id, garment.id, garment.item_id, garment.pair_id, garment.style)
        if now == self._of and not anew:
            self.parts.companion.follow()
            return
        self._of = now
        self._siblings = []
        if garment is None or image is None or store is None:
            self.parts.companion.say_nothing("Select a garment to see other images of its product")
            return
        self._session.desk.ask(
            "annotate.beside",
            lambda: _siblings(store, garment, image),
            lambda found: self._take(now, found),
            self.failed.emit,
        )

    def _take(self, of: Of, found: list[Sibling]) -> None:
        if of != self._of:
            return
        self._siblings = found
        if found:
            self._show(0)
        else:
            self.parts.companion.say_nothing("No other image shows this product")

    def _show(self, number: int) -> None:
        self._number = number
        sibling = self._siblings[number]
        count = len(self._siblings)
        self.parts.companion.show_sibling(sibling, self._session.categories, number + 1, count)
        after = self._siblings[(number + 1) % count].path
        picture = self._pictures.show(sibling.path, [after] if count > 1 else [])
        if picture is not None:
            self._picture_ready(picture)

    def _picture_ready(self, picture: Picture) -> None:
        self.parts.companion.show_picture(picture)


def _siblings(store: Store, garment: Garment, image: Image) -> list[Sibling]:
    """Other images of a garment's product, those of the other domain first; one garment of each."""
    from store.copying import of_same_product

    same: dict[int, Garment] = {}
    for one in of_same_product(store, garment, image):
        same.setdefault(one.image_id, one)
    images = store.images.get_many(list(same))
    garments = store.garments.of_images(list(same))
    images.sort(key=lambda one: (one.domain is image.domain, one.name))
    return [Sibling(one, store.images.path(one), garments.get(one.id, ()), same[one.id].id) for one in images]

"""The pictures of the user guide that show the command palette, the editor of keys, and a second image."""

from __future__ import annotations

from typing import Protocol

from hand import Hand, wait
from PySide6.QtWidgets import QDialog

from app.window import MainWindow
from store.db import Store
from store.records import Domain
from widgets.dialogs.keys import KeysDialog
from widgets.dialogs.palette import CommandPalette

LARGE, SMALL = (1600, 1000), (1280, 800)


class Guide(Protocol):
    """Who takes the pictures: a hand on the window, a picture with what lies over the window."""

    hand: Hand
    window: MainWindow

    def shot(self, name: str, *over: QDialog) -> None:
        """A picture of that name."""

    def light(self, name: str) -> None:
        """The same in the light theme."""


def twin(store: Store) -> int:
    """The id of a consumer's image with one garment, of a product that a shop shows too."""
    shops: set[tuple[int | None, int | None, str]] = set()
    consumers: dict[tuple[int | None, int | None, str], int] = {}
    for record in store.stream(None):
        image = record.image
        for garment in record.garments:
            key = (image.pair_id if garment.pair_id is None else garment.pair_id, garment.style, image.split)
            if image.domain is Domain.SHOP:
                shops.add(key)
            elif len(record.garments) == 1 and garment.style and len(garment.points) > 20:
                consumers.setdefault(key, image.id)
    return next(image for key, image in consumers.items() if key in shops)


def comfort(guide: Guide) -> None:
    """A consumer's image beside the shop's in both themes; palette and editor of keys over Annotate."""
    hand, window = guide.hand, guide.window
    hand.annotate(twin(window.session.needed()))
    parts = window.annotate.comforting.parts
    parts.set_beside(True)
    companion = parts.companion
    wait(lambda: not companion.canvas.image.isNull(), "the second image")
    garment = window.annotate.page.canvas.shown.garments[0]
    window.annotate.page.select(garment.id, 6)
    hand.settle()
    guide.shot("beside-dark")
    guide.light("beside-light")
    parts.set_beside(False)
    hand.resize(*SMALL)

    def palette(dialog: QDialog) -> None:
        assert isinstance(dialog, CommandPalette)
        dialog.field.set_text("acc")
        hand.settle()
        guide.shot("palette", dialog)

    def keys(dialog: QDialog) -> None:
        assert isinstance(dialog, KeysDialog)
        dialog.choose("tool.box")
        dialog.press_key("Ctrl+L")
        hand.settle()
        guide.shot("keys", dialog)

    hand.in_dialog(window.palette_.show, palette)
    hand.in_dialog(window.keys.edit, keys)
    hand.resize(*LARGE)

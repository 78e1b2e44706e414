"""Keeps what the store says of picture files true: what they turned out to be."""

from __future__ import annotations

from pathlib import Path

from store.db import Store
from store.records import Image, ImageState
from widgets.canvas import Picture


def found_again(store: Store, image: Image, path: Path) -> bool:
    """Note that a picture that was missing is there now; whether it is. Nothing is noted read-only."""
    if image.state is not ImageState.MISSING or store.read_only or not path.is_file():
        return False
    store.images.set_state(image.id, ImageState.PRESENT)
    return True


def note_picture(store: Store, image: Image, picture: Picture) -> bool:
    """Note what a decoded picture says: that it can be read, and its size; whether that was news."""
    if picture.error:
        state = ImageState.UNREADABLE if picture.path.is_file() else ImageState.MISSING
        if state is image.state:
            return False
        store.images.set_state(image.id, state)
        return True
    size = picture.size
    known = image.size_known and size == (image.width, image.height)
    if known and image.state is ImageState.PRESENT:
        return False
    store.images.set_state(image.id, ImageState.PRESENT, size)
    return True

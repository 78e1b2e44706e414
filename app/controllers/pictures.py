"""Keeps what the store says of picture files true: what they turned out to be."""

from __future__ import annotations

from pathlib import Path

from app.session import Session
from store.db import Store
from store.document import KeepingDocument
from store.records import Image, ImageState
from widgets.canvas import Picture


def found_again(store: Store, image: Image, path: Path) -> bool:
    """Note that a picture that was missing is there now; whether it is. Nothing is noted read-only."""
    if image.state is not ImageState.MISSING or store.read_only or not path.is_file():
        return False
    store.images.set_state(image.id, ImageState.PRESENT)
    return True


def take_note(session: Session, document: KeepingDocument, picture: Picture) -> None:
    """Note what a decoded picture says of the image in front, and let everybody know where that was news."""
    store = session.store
    if store is not None and not store.read_only and note_picture(store, document.image, picture):
        document.refresh()
        session.images_changed.emit(frozenset({document.image.id}))


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
